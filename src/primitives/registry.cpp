// The registry's tables, expanded from primitives.def, and look-up by DSL name.
#include "primitives/registry.h"

#include <unordered_map>

namespace arcbatch {

namespace {

constexpr PrimInfo kPrimitives[kPrimCount] = {
#define ARC_PRIMITIVE(ident, name, arity, params, types, ret, kind, family, order, doc) \
  PrimInfo{#ident,                                                                      \
           name,                                                                        \
           arity,                                                                       \
           params,                                                                      \
           types,                                                                       \
           ret,                                                                         \
           PrimKind::kind,                                                              \
           PrimFamily::family,                                                          \
           OrderDependence::order,                                                      \
           doc},
#include "primitives/primitives.def"
};

}  // namespace

const DialectConstant kConstants[kConstantCount] = {
    {"F", DialectConstant::Kind::boolean, 0, 0},
    {"T", DialectConstant::Kind::boolean, 1, 0},
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
    {"NEG_ONE", DialectConstant::Kind::integer, -1, 0},
    {"NEG_TWO", DialectConstant::Kind::integer, -2, 0},
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

const PrimInfo& prim_info(Prim p) { return kPrimitives[static_cast<u32>(p)]; }

int find_primitive(std::string_view name) {
  static const auto* const index = [] {
    auto* map = new std::unordered_map<std::string_view, int>;  // lives as long as the process
    for (u32 i = 0; i < kPrimCount; ++i) map->emplace(kPrimitives[i].name, static_cast<int>(i));
    return map;
  }();
  const auto it = index->find(name);
  return it == index->end() ? -1 : it->second;
}

int find_constant(std::string_view name) {
  for (u32 i = 0; i < kConstantCount; ++i) {
    if (kConstants[i].name == name) return static_cast<int>(i);
  }
  return -1;
}

const char* family_name(PrimFamily family) {
  switch (family) {
    case PrimFamily::arithmetic: return "arithmetic";
    case PrimFamily::container: return "container";
    case PrimFamily::function: return "function";
    case PrimFamily::grid: return "grid";
    case PrimFamily::patch: return "patch";
    case PrimFamily::object: return "object";
  }
  return "unknown";
}

const char* order_name(OrderDependence order) {
  switch (order) {
    case OrderDependence::never: return "never";
    case OrderDependence::ties: return "ties";
    case OrderDependence::always: return "always";
  }
  return "unknown";
}

}  // namespace arcbatch
