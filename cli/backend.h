// Which backend evaluates the runs of a command: the CPU, or devices.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "backend/cpu/runner.h"
#include "backend/device/device.h"
#include "batch_run.h"

// As in CLI11, which takes long to read.
namespace CLI {
class App;
}

namespace arcbatch::cli {

struct BackendArguments {
  std::string name = "cpu";  // cpu, emulated, cuda or auto
  std::vector<u32> devices;  // CUDA devices by index; all if empty
  u32 emulated_devices = 1;
  u32 lost_in_slice = 0;  // of the first emulated device, for tests; 0: never
  u64 worker_kib = 8192;
  u32 frames = 256;
  u32 stack_kib = 0;  // 0: as fits the backend
  u32 lanes_per_warp = 1;
  SliceLimits slices;
  std::string json;
  std::string guide;      // a profile
  double auto_start = 1;  // seconds
};

// What is to be evaluated, for choosing who does it.
struct BackendWork {
  const RunPlan& plan;
  u64 runs = 0;
  const RunOptions& options;
  u32 jobs = 1;
};

// The profile that --guide names; null where it names none. Throws CommandError.
std::unique_ptr<CostTable> open_guide(const BackendArguments& arguments);

// Adds --backend and the options of devices. `arguments` must outlive `app`.
void add_backend_options(CLI::App& app, BackendArguments& arguments);
// The latter alone.
void add_device_options(CLI::App& app, BackendArguments& arguments);

// Throws CommandError where the backend cannot run programs of the dialect, or be given C.
void require_backend_for(const BackendArguments& arguments, Dsl dialect, Comparison comparison);

// Opens the devices that the arguments ask for; null stands for the CPU. `auto` takes the CPU where
// devices cannot be used, or are not worth their start, and says so on standard error. Throws
// CommandError where devices that were asked for by name cannot be used, or cannot do what the
// options ask.
std::unique_ptr<device::DevicePool> open_backend(const BackendArguments& arguments,
                                                 const BackendWork& work, const CostTable* costs);

// A run of arc-dsl's solvers on a core, with its share of compiling: bench/README.md, batches.
inline constexpr double kRunSeconds = 25e-6;

// Says why so many runs are not worth the start of a device; "" where they are.
std::string too_small_for_devices(const BackendArguments& arguments, u64 runs, u32 jobs,
                                  double run_seconds = kRunSeconds);

// Opens the devices of the backends emulated, cuda and auto. Throws CommandError, saying why they
// cannot be used.
std::unique_ptr<device::DevicePool> open_devices(const BackendArguments& arguments,
                                                 const RunOptions& options, u32 jobs);

// The same, with CudaUnavailable where CUDA cannot be used.
std::unique_ptr<device::DevicePool> open_pool(const BackendArguments& arguments,
                                              const RunOptions& options, u32 jobs);

// The bounds of slices; under `auto`, the CPU goes on where no device is left.
SliceLimits slice_limits(const BackendArguments& arguments);

// Prints what devices did, if there were any, and writes it where --backend-json asks for it, with
// the seconds from the first batch to the last.
void report_backend(const BackendArguments& arguments, device::DevicePool* pool,
                    const BatchTotals& totals, double seconds, bool quiet);

}  // namespace arcbatch::cli
