// The fast kernels as device functions of their own translation units, so that they compile side
// by side.
#pragma once

#include "primitives/registry.h"
#include "values/context.h"

namespace arcbatch::cuda {

// Runs the fast kernel of p over scalar rows, or returns fallback.
__device__ Status fast_scalar(Ctx& ctx, Prim p, const Value* args, Value& out);

// The same over 32 lanes.
__device__ Status fast_lanes(Ctx& ctx, Prim p, const Value* args, Value& out);

}  // namespace arcbatch::cuda
