// The dialects' tables, and look-up by name.
#include "primitives/dialects.h"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "primitives/tokpidjin/registry.h"

namespace arcbatch {

namespace {

constexpr DialectConstant kTokpidjinConstants[] = {
    {"F", DialectConstant::Kind::boolean, 0, 0},
    {"T", DialectConstant::Kind::boolean, 1, 0},
    {"F0", DialectConstant::Kind::integer, 0, 0},
    {"F1", DialectConstant::Kind::integer, 1, 0},
    {"F2", DialectConstant::Kind::integer, 2, 0},
    {"F3", DialectConstant::Kind::integer, 3, 0},
    {"F4", DialectConstant::Kind::integer, 4, 0},
    {"F5", DialectConstant::Kind::integer, 5, 0},
    {"F6", DialectConstant::Kind::integer, 6, 0},
    {"F7", DialectConstant::Kind::integer, 7, 0},
    {"F8", DialectConstant::Kind::integer, 8, 0},
    {"F9", DialectConstant::Kind::integer, 9, 0},
    {"L1", DialectConstant::Kind::integer, -1, 0},
    {"L2", DialectConstant::Kind::integer, -2, 0},
    {"L3", DialectConstant::Kind::integer, -3, 0},
    {"L4", DialectConstant::Kind::integer, -4, 0},
    {"L5", DialectConstant::Kind::integer, -5, 0},
    {"L6", DialectConstant::Kind::integer, -6, 0},
    {"L7", DialectConstant::Kind::integer, -7, 0},
    {"L8", DialectConstant::Kind::integer, -8, 0},
    {"L9", DialectConstant::Kind::integer, -9, 0},
    {"L10", DialectConstant::Kind::integer, -10, 0},
    {"R0", DialectConstant::Kind::integer, 0, 0},
    {"R1", DialectConstant::Kind::integer, 1, 0},
    {"R2", DialectConstant::Kind::integer, 2, 0},
    {"R3", DialectConstant::Kind::integer, 3, 0},
    {"R4", DialectConstant::Kind::integer, 4, 0},
    {"R5", DialectConstant::Kind::integer, 5, 0},
    {"R6", DialectConstant::Kind::integer, 6, 0},
    {"R7", DialectConstant::Kind::integer, 7, 0},
    {"R8", DialectConstant::Kind::integer, 8, 0},
    {"R9", DialectConstant::Kind::integer, 9, 0},
    {"NEG_TWO", DialectConstant::Kind::integer, -2, 0},
    {"NEG_ONE", DialectConstant::Kind::integer, -1, 0},
    {"ZERO", DialectConstant::Kind::integer, 0, 0},
    {"ONE", DialectConstant::Kind::integer, 1, 0},
    {"TWO", DialectConstant::Kind::integer, 2, 0},
    {"THREE", DialectConstant::Kind::integer, 3, 0},
    {"FOUR", DialectConstant::Kind::integer, 4, 0},
    {"FIVE", DialectConstant::Kind::integer, 5, 0},
    {"SIX", DialectConstant::Kind::integer, 6, 0},
    {"SEVEN", DialectConstant::Kind::integer, 7, 0},
    {"EIGHT", DialectConstant::Kind::integer, 8, 0},
    {"NINE", DialectConstant::Kind::integer, 9, 0},
    {"TEN", DialectConstant::Kind::integer, 10, 0},
    {"BLACK", DialectConstant::Kind::integer, 0, 0},
    {"BLUE", DialectConstant::Kind::integer, 1, 0},
    {"RED", DialectConstant::Kind::integer, 2, 0},
    {"GREEN", DialectConstant::Kind::integer, 3, 0},
    {"YELLOW", DialectConstant::Kind::integer, 4, 0},
    {"GRAY", DialectConstant::Kind::integer, 5, 0},
    {"MAGENTA", DialectConstant::Kind::integer, 6, 0},
    {"ORANGE", DialectConstant::Kind::integer, 7, 0},
    {"CYAN", DialectConstant::Kind::integer, 8, 0},
    {"BURGUNDY", DialectConstant::Kind::integer, 9, 0},
    {"A0", DialectConstant::Kind::integer, 0, 0},
    {"A1", DialectConstant::Kind::integer, 1, 0},
    {"A2", DialectConstant::Kind::integer, 2, 0},
    {"A3", DialectConstant::Kind::integer, 3, 0},
    {"A4", DialectConstant::Kind::integer, 4, 0},
    {"A5", DialectConstant::Kind::integer, 5, 0},
    {"A6", DialectConstant::Kind::integer, 6, 0},
    {"A7", DialectConstant::Kind::integer, 7, 0},
    {"A8", DialectConstant::Kind::integer, 8, 0},
    {"A9", DialectConstant::Kind::integer, 9, 0},
    {"SM2", DialectConstant::Kind::integer, 2, 0},
    {"SM3", DialectConstant::Kind::integer, 3, 0},
    {"SD2", DialectConstant::Kind::integer, -2, 0},
    {"SD3", DialectConstant::Kind::integer, -3, 0},
    {"DOWN", DialectConstant::Kind::pair, 1, 0},
    {"RIGHT", DialectConstant::Kind::pair, 0, 1},
    {"UP", DialectConstant::Kind::pair, -1, 0},
    {"LEFT", DialectConstant::Kind::pair, 0, -1},
    {"ORIGIN", DialectConstant::Kind::pair, 0, 0},
    {"UNITY", DialectConstant::Kind::pair, 1, 1},
    {"NEG_UNITY", DialectConstant::Kind::pair, -1, -1},
    {"UP_RIGHT", DialectConstant::Kind::pair, -1, 1},
    {"DOWN_LEFT", DialectConstant::Kind::pair, 1, -1},
    {"ZERO_BY_TWO", DialectConstant::Kind::pair, 0, 2},
    {"TWO_BY_ZERO", DialectConstant::Kind::pair, 2, 0},
    {"TWO_BY_TWO", DialectConstant::Kind::pair, 2, 2},
    {"THREE_BY_THREE", DialectConstant::Kind::pair, 3, 3},
};

const DialectFunction* arc_dsl_functions() {
  static const auto* const all = [] {
    auto* made = new std::array<DialectFunction, kPrimCount>();  // lives as long as the process
    for (u32 k = 0; k < kPrimCount; ++k) {
      const PrimInfo& info = prim_info(static_cast<Prim>(k));
      (*made)[k] = {info.name, info.arity, info.arity, info.params};
    }
    return made;
  }();
  return all->data();
}

const DialectFunction* tokpidjin_functions() {
  static const auto* const all = [] {
    auto* made = new std::array<DialectFunction, tok::kFnCount>();  // lives as long as the process
    for (u32 k = 0; k < tok::kFnCount; ++k) {
      const tok::FnInfo& info = tok::kFunctions[k];
      (*made)[k] = {info.name, info.least, info.most, info.params};
    }
    return made;
  }();
  return all->data();
}

}  // namespace

const DialectInfo& dialect_info(Dsl dialect) {
  static const DialectInfo arc_dsl = {"arc-dsl",  arc_dsl_functions(), kPrimCount,
                                      kConstants, kConstantCount,      false};
  static const DialectInfo tokpidjin = {"tokpidjin",
                                        tokpidjin_functions(),
                                        tok::kFnCount,
                                        kTokpidjinConstants,
                                        static_cast<u32>(std::size(kTokpidjinConstants)),
                                        true};
  return dialect == Dsl::arc_dsl ? arc_dsl : tokpidjin;
}

bool find_dialect(std::string_view name, Dsl& out) {
  for (const Dsl dialect : kDialects) {
    if (dialect_info(dialect).name != name) continue;
    out = dialect;
    return true;
  }
  return false;
}

int find_function(Dsl dialect, std::string_view name) {
  if (dialect == Dsl::arc_dsl) return find_primitive(name);
  static const auto* const index = [] {
    auto* map = new std::unordered_map<std::string_view, int>;  // lives as long as the process
    for (u32 k = 0; k < tok::kFnCount; ++k) {
      map->emplace(tok::kFunctions[k].name, static_cast<int>(k));
    }
    return map;
  }();
  const auto it = index->find(name);
  return it == index->end() ? -1 : it->second;
}

const DialectInfo* other_dialect_with(Dsl dialect, std::string_view name) {
  for (const Dsl other : kDialects) {
    if (other == dialect) continue;
    const DialectInfo& info = dialect_info(other);
    const auto is_it = [name](const DialectConstant& c) { return c.name == name; };
    if (find_function(other, name) >= 0 ||
        std::any_of(info.constants, info.constants + info.constant_count, is_it)) {
      return &info;
    }
  }
  return nullptr;
}

}  // namespace arcbatch
