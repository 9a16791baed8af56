// Fast kernels over RowsScalar, for the device.
#include "backend/cuda/fast.cuh"
#include "primitives/fast/fast.h"
#include "primitives/force_order.h"
#include "primitives/rows/rows_scalar.h"

namespace arcbatch::cuda {

__device__ Status fast_scalar(Ctx& ctx, Prim p, const Value* args, Value& out) {
  return fast::dispatch<RowsScalar>(ctx, p, args, out);
}

}  // namespace arcbatch::cuda
