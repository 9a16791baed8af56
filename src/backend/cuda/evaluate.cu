// The evaluator on the device: one thread per (program, example), each with its own arena and
// frames in device memory. The same headers as the CPU's; not launched by any executor.
#include "backend/cuda/fast.cuh"
#include "backend/evaluator.h"

namespace arcbatch::cuda {

// One call to make: a function of the program on one grid.
struct DeviceRun {
  CodeView code;
  u32 function;
  u32 h;
  u32 w;
  const i8* cells;
  char* arena;
  u64 arena_bytes;
  Frame* frames;  // kMaxFrames
  Status status;
  Value result;
};

__device__ void evaluate(DeviceRun& run, const Limits& limits, FastDispatch fast) {
  Arena arena;
  arena.adopt(run.arena, run.arena_bytes);
  Ctx ctx;
  ctx.start(&arena, limits);
  GridObj* g = nullptr;
  run.status = make_grid(ctx, run.h, run.w, g);
  if (run.status != Status::ok) return;
  for (u64 k = 0; k < u64{run.h} * run.w; ++k) g->cells()[k] = run.cells[k];
  Evaluator evaluator(ctx, run.code, run.frames, FastKernels{fast, nullptr});
  const Value arg = Value::of(g);
  run.status = evaluator.run(run.code.function_values[run.function], &arg, 1, run.result);
}

__global__ void evaluate_scalar(DeviceRun* runs, u32 count, Limits limits) {
  const u32 k = blockIdx.x * blockDim.x + threadIdx.x;
  if (k < count) evaluate(runs[k], limits, &fast_scalar);
}

__global__ void evaluate_lanes(DeviceRun* runs, u32 count, Limits limits) {
  const u32 k = blockIdx.x * blockDim.x + threadIdx.x;
  if (k < count) evaluate(runs[k], limits, &fast_lanes);
}

}  // namespace arcbatch::cuda
