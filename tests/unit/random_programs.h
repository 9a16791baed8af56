// Random straight-line programs over the registry, for tests that compare kernel paths in one
// process. Wilder than those of batch/corpus.h: types are followed most of the time only.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "batch/corpus.h"
#include "primitives/registry.h"

namespace arcbatch::test {

class ProgramWriter {
 public:
  explicit ProgramWriter(u64 seed) : random_(seed) {}

  // Returns the source of `def program(I)` with about `statements` statements.
  std::string program(u32 statements) {
    pool_.clear();
    pool_.push_back({"I", "Grid"});
    std::string text = "def program(I):\n";
    for (u32 k = 1; k <= statements; ++k) {
      const Prim p = static_cast<Prim>(below(kPrimCount));
      const PrimInfo& info = prim_info(p);
      std::string call = std::string(info.name) + "(";
      const std::vector<std::string> types = split(info.types);
      for (std::size_t a = 0; a < types.size(); ++a) {
        if (a > 0) call += ", ";
        call += argument(types[a]);
      }
      const std::string name = "x" + std::to_string(k);
      text += "    " + name + " = " + call + ")\n";
      pool_.push_back({name, std::string(info.result)});
    }
    return text + "    return " + pool_.back().name + "\n";
  }

  GridData grid() { return CorpusWriter::random_grid(random_); }

  u32 below(u32 n) { return static_cast<u32>(random_() % n); }

 private:
  struct Variable {
    std::string name;
    std::string type;
  };

  static std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> parts(1);
    for (const char c : text) {
      if (c == ',') {
        parts.emplace_back();
      } else {
        parts.back() += c;
      }
    }
    return parts;
  }

  static bool suits(const std::string& wanted, const std::string& type) {
    if (wanted == type || wanted == "Any") return true;
    const auto one_of = [&](std::initializer_list<const char*> names) {
      for (const char* n : names) {
        if (type == n) return true;
      }
      return false;
    };
    if (wanted == "Patch") return one_of({"Object", "Indices"});
    if (wanted == "Piece") return one_of({"Object", "Indices", "Grid", "Patch"});
    if (wanted == "Element") return one_of({"Object", "Grid"});
    if (wanted == "Container" || wanted == "FrozenSet") {
      return one_of({"Object", "Indices", "Objects", "IntegerSet", "FrozenSet", "Patch"}) ||
             (wanted == "Container" && one_of({"Grid", "Tuple", "TupleTuple"}));
    }
    if (wanted == "ContainerContainer") return one_of({"Objects", "Grid", "IndicesSet"});
    if (wanted == "Numerical") return one_of({"Integer", "IntegerTuple"});
    if (wanted == "Tuple") return one_of({"Grid", "IntegerTuple", "TupleTuple"});
    return false;
  }

  std::string constant(const std::string& type) {
    if (type == "Boolean") return below(2) == 0 ? "T" : "F";
    if (type == "IntegerTuple" || (type == "Numerical" && below(2) == 0)) {
      return std::string(kConstants[13 + 2 + below(13)].name);
    }
    return std::string(kConstants[2 + below(13)].name);
  }

  std::string argument(const std::string& type) {
    if (below(12) != 0) {
      if (type == "Callable") {
        if (below(3) == 0) {
          for (u32 tries = 0; tries < 8; ++tries) {
            const Variable& v = pool_[below(static_cast<u32>(pool_.size()))];
            if (v.type == "Callable") return v.name;
          }
        }
        return std::string(prim_info(static_cast<Prim>(below(kPrimCount))).name);
      }
      for (u32 tries = 0; tries < 6; ++tries) {
        const Variable& v = pool_[below(static_cast<u32>(pool_.size()))];
        if (suits(type, v.type)) return v.name;
      }
      if (type == "Boolean" || type == "Integer" || type == "IntegerTuple" || type == "Numerical" ||
          type == "Any") {
        return constant(type);
      }
    }
    if (below(6) == 0) return constant("Any");
    return pool_[below(static_cast<u32>(pool_.size()))].name;
  }

  std::mt19937_64 random_;
  std::vector<Variable> pool_;
};

}  // namespace arcbatch::test
