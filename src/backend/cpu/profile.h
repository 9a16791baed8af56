// Counting and timing of calls by primitive, at no cost to runs that do not ask for it.
#pragma once

#include "backend/execution.h"

namespace arcbatch {

// Kernels that note a call in ctx.profile and run the kernel that is named there.
FastKernels profiling_kernels();

// Cycle counter of this core, in its own unit; 0 where there is none.
u64 ticks_now();

// Nanoseconds of one tick, measured once.
double nanoseconds_per_tick();

}  // namespace arcbatch
