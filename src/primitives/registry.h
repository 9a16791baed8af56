// Registry: every fact about the primitives and the dialect's constants, derived from
// primitives.def. The enum, arities, names and types all come from here.
#pragma once

#include <string_view>

#include "core/macros.h"

namespace arcbatch {

enum class Prim : u16 {
#define ARC_PRIMITIVE(ident, name, arity, params, types, ret, kind, family, order, doc) ident,
#include "primitives/primitives.def"
  count_
};

inline constexpr u32 kPrimCount = static_cast<u32>(Prim::count_);

inline constexpr u32 kMaxLeafArgs = 4;  // parameters of a leaf primitive

enum class PrimKind : u8 { leaf, higher };
enum class PrimFamily : u8 { arithmetic, container, function, grid, patch, object };
enum class OrderDependence : u8 { never, ties, always };

struct PrimInfo {
  std::string_view ident;   // C++ identifier: "double_"
  std::string_view name;    // the DSL's name: "double"
  u32 arity;                // co_argcount
  std::string_view params;  // "grid,value,patch"
  std::string_view types;   // "Grid,Integer,Patch"
  std::string_view result;  // "Grid"
  PrimKind kind;
  PrimFamily family;
  OrderDependence order;
  std::string_view doc;
};

// Returns the facts of primitive `p`.
const PrimInfo& prim_info(Prim p);

// Returns the index of the primitive called `name` in the DSL, or -1.
int find_primitive(std::string_view name);

const char* family_name(PrimFamily family);
const char* order_name(OrderDependence order);

// A constant of the dialect: a bool, an int or a pair of ints.
struct DialectConstant {
  std::string_view name;
  enum class Kind : u8 { boolean, integer, pair } kind;
  i32 a;
  i32 b;
};

inline constexpr u32 kConstantCount = 28;
extern const DialectConstant kConstants[kConstantCount];

// Returns the index of the dialect constant called `name`, or -1.
int find_constant(std::string_view name);

}  // namespace arcbatch
