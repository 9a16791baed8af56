// The two kernels of a slice.
#pragma once

#include <cuda_runtime.h>

#include "backend/device/worker.h"

namespace arcbatch::cuda {

inline constexpr u32 kWarp = 32;
inline constexpr u32 kBlock = 128;  // threads

// How many workers a launch has: `lanes_per_warp` threads of each warp.
struct LaunchShape {
  u32 blocks = 0;
  u32 lanes_per_warp = 1;
  [[nodiscard]] u32 workers() const { return blocks * (kBlock / kWarp) * lanes_per_warp; }
};

// Makes addresses of the offsets in the slice's programs.
cudaError_t launch_rebase(device::SliceImage* slice, u32 programs, cudaStream_t stream);

// Runs the slice to its end.
cudaError_t launch_work(const device::Workspace& workspace, const LaunchShape& shape,
                        cudaStream_t stream);

// Blocks of launch_work() that a multiprocessor holds at once.
cudaError_t blocks_per_multiprocessor(int& blocks);
}  // namespace arcbatch::cuda
