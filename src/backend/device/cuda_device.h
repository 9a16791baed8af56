// CUDA devices, through the module that is loaded where they are asked for.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "backend/device/device.h"

namespace arcbatch::device {

// CUDA cannot be used here: no module, no driver, too old a driver, no device.
class CudaUnavailable : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct CudaDescription {
  u32 index = 0;
  std::string name;
  u32 major = 0;  // compute capability
  u32 minor = 0;
  u32 multiprocessors = 0;
  u64 memory = 0;
  bool usable = false;  // the module has code for it
};

struct CudaOptions {
  u64 worker_bytes = u64{8} << 20;
  u64 stack_bytes = u64{16} << 10;
  u32 frames = 256;
  u32 workers = 0;         // 0: as many as fit
  u32 lanes_per_warp = 1;  // threads of a warp that are workers
  u32 slots = 2;
};

// Returns what CUDA devices there are, and sets `driver` to the driver's version ("12.4"). Throws
// CudaUnavailable, naming the reason.
std::vector<CudaDescription> cuda_devices(std::string& driver);

// Opens a device by its index. Throws CudaUnavailable.
std::unique_ptr<Device> open_cuda_device(u32 index, const CudaOptions& options);

}  // namespace arcbatch::device
