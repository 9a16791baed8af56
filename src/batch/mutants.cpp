// Rewrites one name in the text of a function's statements.
#include "batch/mutants.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "primitives/registry.h"

namespace arcbatch {
namespace {

struct Mention {
  std::size_t first = 0;
  std::size_t size = 0;
  int prim = 0;
};

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

std::vector<Mention> mentions_in(std::string_view text) {
  std::vector<Mention> found;
  for (std::size_t k = 0; k < text.size();) {
    std::size_t end = k;
    while (end < text.size() && is_name_character(text[end])) ++end;
    const int prim = end > k ? find_primitive(text.substr(k, end - k)) : -1;
    if (prim >= 0) found.push_back({k, end - k, prim});
    k = std::max(end, k + 1);
  }
  return found;
}

// Another primitive with as many arguments, or the same where it is the only one.
std::string_view stand_in(int prim, std::mt19937_64& random) {
  std::vector<int> others;
  const u32 arity = prim_info(static_cast<Prim>(prim)).arity;
  for (int k = 0; k < static_cast<int>(kPrimCount); ++k) {
    if (k != prim && prim_info(static_cast<Prim>(k)).arity == arity) others.push_back(k);
  }
  if (others.empty()) return prim_info(static_cast<Prim>(prim)).name;
  return prim_info(static_cast<Prim>(others[random() % others.size()])).name;
}

}  // namespace

std::string mutant_of(const Program& program, u32 function, const std::string& name,
                      std::mt19937_64& random) {
  const Function& f = program.functions[function];
  if (f.params.size() != 1 || f.required != 1) return {};
  const bool plain = std::all_of(f.code.begin(), f.code.end(), [](const Instr& in) {
    return in.op == Opcode::move || in.op == Opcode::call || in.op == Opcode::tuple ||
           in.op == Opcode::subscript || in.op == Opcode::ret;
  });
  if (!plain) return {};
  std::string body;
  for (const Statement& s : f.statements) body.append("    ").append(s.text).append("\n");
  const std::vector<Mention> mentions = mentions_in(body);
  if (mentions.empty()) return {};
  const Mention& chosen = mentions[random() % mentions.size()];
  body.replace(chosen.first, chosen.size, stand_in(chosen.prim, random));
  return "def " + name + "(" + f.params[0] + "):\n" + body;
}

}  // namespace arcbatch
