// repr: values as CPython prints them. Host only.
#pragma once

#include <string>
#include <string_view>

#include "values/ops.h"

namespace arcbatch {

// Appends repr(v) to `out`, sets in their iteration order, functions as `<function NAME>`. Returns
// unsupported_order where a set's order is by address, or resource_memory; `out` then holds a part.
Status append_repr(Ctx& ctx, const Value& v, std::string& out);

// What stands in a repr for a value that depends on addresses, which a batt function goes on
// behind.
inline constexpr std::string_view kUnknownRepr = "<unknown>";

// The parts of a repr: an int, a grid of h rows of w cells, a function.
void append_int(std::string& out, i64 n);
void append_grid(std::string& out, const i8* cell, u32 h, u32 w);
void append_function(std::string& out, std::string_view name);

// The name of a function that was made at run time.
const char* closure_name(ClosureKind kind);

}  // namespace arcbatch
