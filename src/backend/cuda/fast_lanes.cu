// Fast kernels over RowsLanes, for the device.
#include "backend/cuda/fast.cuh"
#include "primitives/fast/fast.h"
#include "primitives/force_order.h"
#include "primitives/rows/rows_lanes.h"

namespace arcbatch::cuda {

__device__ Status fast_lanes(Ctx& ctx, Prim p, const Value* args, Value& out) {
  return fast::dispatch<RowsLanes>(ctx, p, args, out);
}

}  // namespace arcbatch::cuda
