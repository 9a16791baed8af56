// repr: values as CPython prints them. Host only.
#pragma once

#include <string>

#include "values/ops.h"

namespace arcbatch {

// Appends repr(v) to `out`, sets in their iteration order, functions as `<function NAME>`. Returns
// unsupported_order where a set's order is by address, or resource_memory; `out` then holds a part.
Status append_repr(Ctx& ctx, const Value& v, std::string& out);

}  // namespace arcbatch
