// Binding: what an executor has to know of a program besides its code.
#pragma once

#include <vector>

#include "graph/leaf_call.h"
#include "graph/program.h"

namespace arcbatch {

// Appends the leaf call that each instruction of a function is, or one of count 0.
void add_leaf_calls(const Function& f, std::vector<LeafCall>& calls);

// What a call of a function can come to.
struct Reached {
  std::vector<u32> functions;  // the function itself first
  std::vector<u32> constants;  // children before their parents
};

// Returns what a call of function `index` can come to.
Reached reached_from(const Program& program, u32 index);

}  // namespace arcbatch
