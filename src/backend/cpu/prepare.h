// Preparing functions: what of a call does not depend on its arguments is done once.
#pragma once

#include "backend/code.h"
#include "backend/prepared.h"

namespace arcbatch {

// Sets `out` to function `index`, bound by `code`, or to one that is not usable: the function has
// try blocks, might read a variable that is not assigned, or can be called by its program. `code`
// and what it points to outlive the use of `out`. Memory of `out` is used again. `is_compound` is
// by constant: that its value is made anew for each run.
void prepare_function(const Program& program, u32 index, const CodeView& code,
                      const std::vector<bool>& is_compound, const FastKernels& kernels,
                      PreparedFunction& out);

}  // namespace arcbatch
