// The evaluator on the device. A worker is a thread: programs part at every statement, so that
// threads of a warp seldom go together, and a launch has fewer workers than threads
// (docs/gpu.md counts both).
#include "backend/cuda/fast.cuh"
#include "backend/cuda/kernels.cuh"

namespace arcbatch::cuda {
namespace {

__global__ void rebase_programs(device::SliceImage* slice) {
  const u32 k = blockIdx.x * blockDim.x + threadIdx.x;
  if (k < slice->program_count) device::rebase(*slice->program(k));
}

__device__ Status profiled_scalar(Ctx& ctx, Prim p, const Value* args, Value& out) {
  return device::note_call(ctx, p, [&] { return fast_scalar(ctx, p, args, out); });
}

__global__ void __launch_bounds__(kBlock) work_slice(device::Workspace workspace, u32 lanes) {
  const u32 lane = threadIdx.x % kWarp;
  if (lane >= lanes) return;
  const u32 warp = (blockIdx.x * blockDim.x + threadIdx.x) / kWarp;
  device::work(workspace, warp * lanes + lane, FastKernels{&fast_scalar, nullptr},
               FastKernels{&profiled_scalar, nullptr});
}

}  // namespace

cudaError_t launch_rebase(device::SliceImage* slice, u32 programs, cudaStream_t stream) {
  rebase_programs<<<(programs + kBlock - 1) / kBlock, kBlock, 0, stream>>>(slice);
  return cudaGetLastError();
}

cudaError_t launch_work(const device::Workspace& workspace, const LaunchShape& shape,
                        cudaStream_t stream) {
  work_slice<<<shape.blocks, kBlock, 0, stream>>>(workspace, shape.lanes_per_warp);
  return cudaGetLastError();
}

cudaError_t blocks_per_multiprocessor(int& blocks) {
  return cudaOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, work_slice, kBlock, 0);
}

}  // namespace arcbatch::cuda
