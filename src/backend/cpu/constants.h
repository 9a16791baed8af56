// Literals of programs as values.
#pragma once

#include <vector>

#include "graph/program.h"
#include "values/value.h"

namespace arcbatch {

// Sets values[k] to the literal `k` and returns true, unless that is a tuple that has to live in
// an arena. Values of the literals before it are there.
bool inline_constant(const std::vector<Constant>& constants, u32 k, Value* values);

}  // namespace arcbatch
