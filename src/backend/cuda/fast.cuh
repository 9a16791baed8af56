// The fast kernels as a device function of a translation unit of its own, so that it compiles
// beside the evaluator.
#pragma once

#include "primitives/registry.h"
#include "values/context.h"

namespace arcbatch::cuda {

// Runs the fast kernel of p over scalar rows, or returns fallback.
__device__ Status fast_scalar(Ctx& ctx, Prim p, const Value* args, Value& out);

}  // namespace arcbatch::cuda
