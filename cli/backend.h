// Which backend evaluates the runs of a command: the CPU, or devices.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "backend/cpu/runner.h"
#include "backend/device/device.h"
#include "batch_run.h"

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
};

// Adds --backend and the options of devices. `arguments` must outlive `app`.
void add_backend_options(CLI::App& app, BackendArguments& arguments);

// Opens the devices that the arguments ask for; null stands for the CPU. Says on standard error
// where `auto` takes the CPU, and why. Throws CommandError where devices that were asked for by
// name cannot be used, or cannot do what the options ask.
std::unique_ptr<device::DevicePool> open_backend(const BackendArguments& arguments,
                                                 const RunOptions& options, u32 jobs);

// The same, with why `auto` takes the CPU as text in `why_cpu`, and CudaUnavailable where `cuda`
// cannot be used.
std::unique_ptr<device::DevicePool> open_devices(const BackendArguments& arguments,
                                                 const RunOptions& options, u32 jobs,
                                                 std::string& why_cpu);

// Prints what devices did, if there were any, and writes it where --backend-json asks for it, with
// the seconds from the first batch to the last.
void report_backend(const BackendArguments& arguments, device::DevicePool* pool,
                    const BatchTotals& totals, double seconds, bool quiet);

}  // namespace arcbatch::cli
