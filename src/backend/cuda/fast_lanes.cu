// The fast kernels over RowsLanes, compiled for the device though no kernel of ours runs them yet:
// what a warp would run together must stay code that nvcc takes.
#include "primitives/fast/fast.h"
#include "primitives/force_order.h"
#include "primitives/rows/rows_lanes.h"

namespace arcbatch::cuda {

__device__ Status fast_lanes(Ctx& ctx, Prim p, const Value* args, Value& out) {
  return fast::dispatch<RowsLanes>(ctx, p, args, out);
}

}  // namespace arcbatch::cuda
