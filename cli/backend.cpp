// Options of devices, and their share of the summary.
#include "backend.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "backend/device/cuda_device.h"
#include "backend/device/emulated_device.h"
#include "backend/frame.h"
#include "common.h"
#include "sources.h"
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

// Devices evaluate by the kernels of their own.
void refuse_for_devices(const BackendArguments& arguments, const RunOptions& options) {
  const auto refuse = [&arguments](const char* what) {
    throw CommandError(fmt::format("--backend {} cannot be had with {}", arguments.name, what));
  };
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

constexpr u32 kCandidatesSampled = 1000;

// Seconds that a core takes for a run, guessed from the profile if there is one.
double run_seconds(const RunPlan& plan, const CostTable* costs) {
  if (costs == nullptr) return kRunSeconds;
  double nanoseconds = 0;
  u64 sampled = 0;
  const std::vector<Candidate>& all = plan.candidates();
  const std::size_t step = all.size() / kCandidatesSampled + 1;
  for (std::size_t k = 0; k < all.size(); k += step) {
    if (all[k].program == nullptr) continue;
    nanoseconds += static_cast<double>(costs->cost_of(*all[k].program, {all[k].function}));
    sampled++;
  }
  return sampled == 0 ? kRunSeconds : nanoseconds * 1e-9 / static_cast<double>(sampled);
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
  const DeviceCounts& counts = totals.device;
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
    json.update(nlohmann::ordered_json::parse(device_counts_json(counts)));
    json["busy_share"] = counts.busy_share(seconds, pool->devices());
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
         "threads), auto (cuda where it can be used and is worth it, else cpu). Changes no outcome")
      ->check(CLI::IsMember({"cpu", "emulated", "cuda", "auto"}))
      ->type_name("NAME");
  option("--backend-json", arguments.json,
         "Write what devices did to this file: runs, reasons of what was left to the CPU, bytes")
      ->type_name("FILE");
  add_device_options(app, arguments);
}

void add_device_options(CLI::App& app, BackendArguments& arguments) {
  const auto option = [&app](const char* name, auto& target, const char* text) {
    return app.add_option(name, target, text)->group("Backend")->capture_default_str();
  };
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
  option("--device-group", arguments.slices.group,
         "Programs that share their work on a device: more share more, fewer leave more workers "
         "something to do; 0: as many as leave each of them four items")
      ->check(CLI::Range(0, 1 << 16))
      ->type_name("N");
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
  option("--guide", arguments.guide,
         "A profile of --profile-json: slices begin with the runs that it says are costly, and "
         "auto chooses by it")
      ->type_name("FILE");
  option("--auto-start", arguments.auto_start,
         "With auto: seconds that a device needs before its first run; the CPU takes work that it "
         "does sooner")
      ->check(CLI::NonNegativeNumber)
      ->type_name("SECONDS");
}

std::unique_ptr<CostTable> open_guide(const BackendArguments& arguments) {
  if (arguments.guide.empty()) return nullptr;
  try {
    return std::make_unique<CostTable>(source_text(arguments.guide));
  } catch (const std::invalid_argument& wrong) {
    throw CommandError(fmt::format("{}: {}", arguments.guide, wrong.what()));
  }
}

std::string too_small_for_devices(const BackendArguments& arguments, u64 runs, u32 jobs,
                                  double run_seconds) {
  const double seconds = run_seconds * static_cast<double>(runs) / jobs;
  if (seconds >= arguments.auto_start) return "";
  return fmt::format("{} take {} about {}, a device takes {} to begin", counted(runs, "run"),
                     counted(jobs, "core"), format_seconds(seconds),
                     format_seconds(arguments.auto_start));
}

std::unique_ptr<device::DevicePool> open_pool(const BackendArguments& arguments,
                                              const RunOptions& options, u32 jobs) {
  refuse_for_devices(arguments, options);
  if (arguments.name == "emulated") return open_emulated(arguments, options, jobs);
  return open_cuda(arguments, options);
}

std::unique_ptr<device::DevicePool> open_devices(const BackendArguments& arguments,
                                                 const RunOptions& options, u32 jobs) {
  try {
    return open_pool(arguments, options, jobs);
  } catch (const device::CudaUnavailable& why) {
    throw CommandError(fmt::format("--backend {}: {}", arguments.name, why.what()));
  }
}

void require_backend_for(const BackendArguments& arguments, Dsl dialect, Comparison comparison) {
  if (arguments.name == "cpu") return;
  if (dialect != Dsl::arc_dsl) {
    throw CommandError(
        fmt::format("--backend {} is for arc-dsl: devices lack other dialects", arguments.name));
  }
  if (comparison != Comparison::none) {
    throw CommandError(fmt::format("--backend {} is for --comparison none: devices have None for C",
                                   arguments.name));
  }
}

std::unique_ptr<device::DevicePool> open_backend(const BackendArguments& arguments,
                                                 const BackendWork& work, const CostTable* costs) {
  const RunOptions& options = work.options;
  if (arguments.name == "cpu") return nullptr;
  if (arguments.name == "auto") {
    try {
      refuse_for_devices(arguments, options);
      std::string driver;
      (void)device::cuda_devices(driver);
      const std::string reason =
          too_small_for_devices(arguments, work.runs, work.jobs, run_seconds(work.plan, costs));
      if (reason.empty()) return open_cuda(arguments, options);
      fmt::print(stderr, "arcbatch: --backend auto takes the CPU: {}\n", reason);
      return nullptr;
    } catch (const std::runtime_error& why) {
      fmt::print(stderr, "arcbatch: --backend auto takes the CPU: {}\n", why.what());
      return nullptr;
    }
  }
  return open_devices(arguments, options, work.jobs);
}

SliceLimits slice_limits(const BackendArguments& arguments) {
  SliceLimits limits = arguments.slices;
  limits.cpu_when_lost = arguments.name == "auto";
  return limits;
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
  const u64 all = counts.runs + counts.all_left() + counts.core_runs;
  const u64 calls = counts.calls + counts.cpu_calls;
  print_row("backend", fmt::format("{}, {}: {} of {} by devices, {} left to the CPU ({:.2f} %)",
                                   arguments.name, counted(pool->devices(), "device"), counts.runs,
                                   counted(all, "run"), counts.all_left(),
                                   all == 0 ? 0.0
                                            : 100.0 * static_cast<double>(counts.all_left()) /
                                                  static_cast<double>(all)));
  if (counts.core_runs > 0) {
    print_row("cores", fmt::format("{} by the CPU's cores as their share",
                                   counted(counts.core_runs, "run")));
  }
  print_row("left", left_text(counts));
  print_row(
      "operations",
      fmt::format(
          "{} on devices ({:.2f} %), {} in runs left to the CPU", counts.calls,
          calls == 0 ? 0.0 : 100.0 * static_cast<double>(counts.calls) / static_cast<double>(calls),
          counts.cpu_calls));
  print_row(
      "devices",
      fmt::format("{} in launches, {:.1f} % of the time; workers busy {:.1f} % of it",
                  format_seconds(static_cast<double>(counts.device_nanoseconds) * 1e-9),
                  100 * counts.busy_share(seconds, pool->devices()), 100 * counts.occupancy()));
  print_row("traffic",
            fmt::format("{} bytes up, {} bytes down, {} launches for {}", counts.bytes_up,
                        counts.bytes_down, counts.launches, counted(counts.slices, "slice")));
}

}  // namespace arcbatch::cli
