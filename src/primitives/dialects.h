// Dialects: the languages that programs are written in. Each has functions, constants and an error
// policy; the front end takes all that it must know of them from here.
#pragma once

#include <string_view>

#include "core/macros.h"
#include "primitives/registry.h"

namespace arcbatch {

// arc_dsl's functions are the primitives; those of others are in folders of their own.
enum class Dsl : u8 { arc_dsl, tokpidjin };

inline constexpr Dsl kDialects[] = {Dsl::arc_dsl, Dsl::tokpidjin};

// What the front end must know of a function. Its number is its place among the dialect's.
struct DialectFunction {
  std::string_view name;
  u32 least;  // arguments without those that have a default
  u32 most;
  std::string_view params;  // "grid,value,patch"
};

struct DialectInfo {
  std::string_view name;  // as `--dialect` takes it
  const DialectFunction* functions;
  u32 function_count;
  const DialectConstant* constants;
  u32 constant_count;
  bool safe;  // a function's error is a default value for its caller
};

// Returns the facts of a dialect.
const DialectInfo& dialect_info(Dsl dialect);

// Sets `out` to the dialect called `name`; false for other names.
bool find_dialect(std::string_view name, Dsl& out);

// Returns the index of the dialect's function called `name`, or -1.
int find_function(Dsl dialect, std::string_view name);

// Returns the first other dialect that has a function or constant called `name`, or null.
const DialectInfo* other_dialect_with(Dsl dialect, std::string_view name);

}  // namespace arcbatch
