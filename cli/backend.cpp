// Options of devices, and their share of the summary.
#include "backend.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "backend/device/cuda_device.h"
#include "backend/device/emulated_device.h"
#include "backend/frame.h"
#include "common.h"
#include "summary.h"

namespace arcbatch::cli {
namespace {

// What --device-memory may be has room for the most frames that --device-frames may ask for.
static_assert(kMaxFrames * sizeof(Frame) < (u64{448} << 10));

constexpr u32 kEmulatedStackKib = 256;
constexpr u32 kCudaStackKib = 16;

u64 stack_bytes(const BackendArguments& arguments, u32 otherwise) {
  return u64{arguments.stack_kib == 0 ? otherwise : arguments.stack_kib} << 10;
}

// Devices evaluate by the kernels of their own, and have no clock to stop a run by.
void refuse_for_devices(const BackendArguments& arguments, const RunOptions& options) {
  const auto refuse = [&arguments](const char* what) {
    throw CommandError(fmt::format("--backend {} cannot be had with {}", arguments.name, what));
  };
  if (options.max_seconds > 0) refuse("--max-seconds: no clock stops a run on a device");
  if (options.profile) refuse("--profile, which is of the CPU's kernels");
  if (options.path == KernelPath::simd) refuse("--path simd, which is of the CPU's vectors");
}

std::unique_ptr<device::DevicePool> open_emulated(const BackendArguments& arguments,
                                                  const RunOptions& options, u32 jobs) {
  std::vector<std::unique_ptr<device::Device>> devices;
  for (u32 k = 0; k < arguments.emulated_devices; ++k) {
    device::EmulatedOptions o;
    o.name = fmt::format("emulated:{}", k);
    o.workers = std::max(1u, jobs / arguments.emulated_devices);
    if (options.path != KernelPath::automatic) o.path = options.path;
    o.worker_bytes = arguments.worker_kib << 10;
    o.frames = arguments.frames;
    o.stack_bytes = stack_bytes(arguments, kEmulatedStackKib);
    if (k == 0) o.lost_in_slice = arguments.lost_in_slice;
    devices.push_back(std::make_unique<device::EmulatedDevice>(o));
  }
  return std::make_unique<device::DevicePool>(std::move(devices));
}

std::unique_ptr<device::DevicePool> open_cuda(const BackendArguments& arguments,
                                              const RunOptions& options) {
  if (options.path != KernelPath::automatic && options.path != KernelPath::scalar) {
    throw CommandError(
        fmt::format("--backend {} has the kernels of --path scalar alone", arguments.name));
  }
  std::string driver;
  const std::vector<device::CudaDescription> found = device::cuda_devices(driver);
  std::vector<u32> wanted = arguments.devices;
  if (wanted.empty()) {
    for (const device::CudaDescription& d : found) {
      if (d.usable) wanted.push_back(d.index);
    }
    if (wanted.empty()) wanted.push_back(0);  // which says why it cannot be used
  }
  device::CudaOptions o;
  o.worker_bytes = arguments.worker_kib << 10;
  o.stack_bytes = stack_bytes(arguments, kCudaStackKib);
  o.frames = arguments.frames;
  o.lanes_per_warp = arguments.lanes_per_warp;
  std::vector<std::unique_ptr<device::Device>> devices;
  for (const u32 index : wanted) devices.push_back(device::open_cuda_device(index, o));
  return std::make_unique<device::DevicePool>(std::move(devices));
}

std::string left_text(const DeviceCounts& counts) {
  std::string text;
  for (u32 k = 1; k < device::kGiveUps; ++k) {
    if (counts.left[k] == 0) continue;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", counts.left[k],
                        give_up_text(static_cast<device::GiveUp>(k)));
  }
  return text.empty() ? "none" : text;
}

// What took part, what it did, how long it took.
void write_json(const BackendArguments& arguments, device::DevicePool* pool,
                const BatchTotals& totals, double seconds) {
  nlohmann::ordered_json json;
  json["backend"] = pool == nullptr ? "cpu" : arguments.name;
  json["runs"] = totals.runs;
  json["seconds"] = seconds;
  json["devices"] = nlohmann::ordered_json::array();
  if (pool != nullptr) {
    for (u32 k = 0; k < pool->devices(); ++k) {
      const device::DeviceInfo& info = pool->info(k);
      json["devices"].push_back(
          {{"name", info.name}, {"workers", info.workers}, {"worker_bytes", info.worker_bytes}});
    }
    json["lost"] = pool->losses();
    json.update(nlohmann::ordered_json::parse(device_counts_json(totals.device)));
  }
  OutputFile file(arguments.json);
  file.write(json.dump(2) + "\n");
  file.close();
}

}  // namespace

void add_backend_options(CLI::App& app, BackendArguments& arguments) {
  const auto option = [&app](const char* name, auto& target, const char* text) {
    return app.add_option(name, target, text)->group("Backend")->capture_default_str();
  };
  option("--backend", arguments.name,
         "Who evaluates: cpu, cuda (NVIDIA GPUs), emulated (the same driver and worker as cuda, on "
         "threads), auto (cuda where it can be used, else cpu). Changes no outcome")
      ->check(CLI::IsMember({"cpu", "emulated", "cuda", "auto"}))
      ->type_name("NAME");
  option("--device", arguments.devices,
         "A CUDA device by its index, as 'arcbatch devices' lists "
         "them; several may be given. By default all")
      ->type_name("N");
  option("--device-memory", arguments.worker_kib,
         "Memory, in KiB, of each run that a device evaluates; runs that need more are left to the "
         "CPU")
      ->check(CLI::Range(512, 1 << 24))
      ->type_name("KIB");
  option("--device-steps", arguments.slices.most_steps,
         "Logical steps from which on a device leaves a run to the CPU")
      ->check(CLI::PositiveNumber)
      ->type_name("N");
  option("--device-value", arguments.slices.largest_value,
         "Bytes from which on a device leaves a run's value to the CPU")
      ->type_name("N");
  option("--device-values", arguments.slices.value_bytes_a_run,
         "Bytes for the values of a slice, for each of its runs")
      ->type_name("N");
  option("--device-frames", arguments.frames, "Calls that may be nested on a device")
      ->check(CLI::Range(8, static_cast<int>(kMaxFrames)))
      ->type_name("N");
  option("--device-stack", arguments.stack_kib,
         "Native stack, in KiB, of each worker of a device; 0: as fits the backend")
      ->check(CLI::Range(0, 1024))
      ->type_name("KIB");
  option("--device-lanes", arguments.lanes_per_warp,
         "Threads of a warp that evaluate runs on a CUDA device")
      ->check(CLI::Range(1, 32))
      ->type_name("N");
  option("--emulated-devices", arguments.emulated_devices, "Devices of --backend emulated")
      ->check(CLI::Range(1, 64))
      ->type_name("N");
  option("--emulated-loss", arguments.lost_in_slice,
         "For tests: the slice in whose middle the first emulated device is lost; 0 for none")
      ->type_name("N");
  option("--backend-json", arguments.json,
         "Write what devices did to this file: runs, reasons of what was left to the CPU, bytes")
      ->type_name("FILE");
}

std::unique_ptr<device::DevicePool> open_devices(const BackendArguments& arguments,
                                                 const RunOptions& options, u32 jobs,
                                                 std::string& why_cpu) {
  if (arguments.name == "cpu") return nullptr;
  if (arguments.name == "auto") {
    try {
      refuse_for_devices(arguments, options);
      return open_cuda(arguments, options);
    } catch (const std::runtime_error& why) {
      why_cpu = why.what();
      return nullptr;
    }
  }
  refuse_for_devices(arguments, options);
  if (arguments.name == "emulated") return open_emulated(arguments, options, jobs);
  return open_cuda(arguments, options);
}

std::unique_ptr<device::DevicePool> open_backend(const BackendArguments& arguments,
                                                 const RunOptions& options, u32 jobs) {
  std::string why_cpu;
  try {
    std::unique_ptr<device::DevicePool> pool = open_devices(arguments, options, jobs, why_cpu);
    if (!why_cpu.empty()) {
      fmt::print(stderr, "arcbatch: --backend auto takes the CPU: {}\n", why_cpu);
    }
    return pool;
  } catch (const device::CudaUnavailable& why) {
    throw CommandError(fmt::format("--backend cuda: {}", why.what()));
  }
}

void report_backend(const BackendArguments& arguments, device::DevicePool* pool,
                    const BatchTotals& totals, double seconds, bool quiet) {
  const DeviceCounts& counts = totals.device;
  if (pool != nullptr) {
    for (const std::string& loss : pool->losses()) warn("a device was lost: " + loss);
  }
  if (!arguments.json.empty()) {
    write_json(arguments, pool, totals, seconds);
  }
  if (quiet || pool == nullptr) return;
  const u64 all = counts.runs + counts.all_left();
  print_row("backend", fmt::format("{}, {}: {} of {} by devices, {} left to the CPU ({:.2f} %)",
                                   arguments.name, counted(pool->devices(), "device"), counts.runs,
                                   counted(all, "run"), counts.all_left(),
                                   all == 0 ? 0.0
                                            : 100.0 * static_cast<double>(counts.all_left()) /
                                                  static_cast<double>(all)));
  print_row("left", left_text(counts));
  print_row("traffic",
            fmt::format("{} bytes up, {} bytes down, {} launches for {}", counts.bytes_up,
                        counts.bytes_down, counts.launches, counted(counts.slices, "slice")));
}

}  // namespace arcbatch::cli
