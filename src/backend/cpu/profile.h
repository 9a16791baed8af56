// Counting and timing of calls by primitive, at no cost to runs that do not ask for it.
#pragma once

#include "backend/execution.h"

namespace arcbatch {

// Kernels that note a call in ctx.profile and run the kernel that is named there.
FastKernels profiling_kernels();

}  // namespace arcbatch
