// Registry of the dialect tokpidjin, derived from tokpidjin.def.
#pragma once

#include "primitives/dialects.h"

namespace arcbatch::tok {

enum class Fn : u16 {
#define ARC_TOKPIDJIN(ident, name, least, most, params, ret, fallback, relation, like, kernel) \
  ident,
#include "primitives/tokpidjin/tokpidjin.def"
  count_
};

inline constexpr u32 kFnCount = static_cast<u32>(Fn::count_);

// Numbers beyond the functions: the default that is a function, and a text, whose `captures` point
// to its std::string.
inline constexpr u32 kDefaultFunction = kFnCount;
inline constexpr u32 kTextFunction = kFnCount + 1;
inline constexpr u32 kUnknown = kFnCount + 2;  // a value that depends on addresses

// What a call that raises gives its caller. `function`: one that returns () whatever it is given.
enum class Fallback : u8 { tuple, set, zero, no, function };

// How a function stands to arc-dsl's primitive of the same idea.
enum class Relation : u8 { same, differs, fresh };

struct FnInfo {
  std::string_view name;
  u32 least;
  u32 most;  // co_argcount
  std::string_view params;
  std::string_view result;
  Fallback fallback;
  Relation relation;
  std::string_view like;
};

inline constexpr FnInfo kFunctions[kFnCount] = {
#define ARC_TOKPIDJIN(ident, name, least, most, params, ret, fallback, relation, like, kernel) \
  FnInfo{name, least, most, params, ret, Fallback::fallback, Relation::relation, like},
#include "primitives/tokpidjin/tokpidjin.def"
};

}  // namespace arcbatch::tok
