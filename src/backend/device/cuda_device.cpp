// Finds and loads the module, and speaks its C interface.
#include "backend/device/cuda_device.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>

#include "backend/cuda/abi.h"

namespace arcbatch::device {
namespace {

constexpr const char* kModuleName = "arcbatch_cuda.so";
constexpr const char* kModuleVariable = "ARCBATCH_CUDA_MODULE";
// Runs a worker should have on average, so that the last ones of a slice do not leave most idle.
constexpr u64 kRunsPerWorker = 8;
constexpr u64 kMaxSliceRuns = u64{1} << 16;

// Room for the text of a failure.
class ErrorText {
 public:
  operator arcbatch_cuda_error() { return {text_.data(), text_.size()}; }
  [[nodiscard]] std::string text() const { return text_.data(); }

 private:
  std::array<char, 512> text_{};
};

// Beside the program, or beside the library that this code is part of.
std::vector<std::filesystem::path> module_places() {
  std::vector<std::filesystem::path> places;
  std::error_code ignored;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", ignored);
  if (!self.empty()) places.push_back(self.parent_path() / kModuleName);
  Dl_info info{};
  if (dladdr(reinterpret_cast<const void*>(&module_places), &info) != 0 &&
      info.dli_fname != nullptr) {
    const std::filesystem::path place =
        std::filesystem::path(info.dli_fname).parent_path() / kModuleName;
    if (std::find(places.begin(), places.end(), place) == places.end()) places.push_back(place);
  }
  return places;
}

std::filesystem::path find_module() {
  const char* const given = std::getenv(kModuleVariable);
  if (given != nullptr && *given != '\0') return given;
  std::string looked;
  for (const std::filesystem::path& place : module_places()) {
    std::error_code ignored;
    if (std::filesystem::exists(place, ignored)) return place;
    looked += (looked.empty() ? "" : ", ") + place.string();
  }
  throw CudaUnavailable(fmt::format("this build has no CUDA module: looked for {} (or set {})",
                                    looked, kModuleVariable));
}

const arcbatch_cuda_module& load_module() {
  const std::filesystem::path path = find_module();
  void* const library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    const char* const why = dlerror();
    throw CudaUnavailable(
        fmt::format("the CUDA module cannot be loaded: {}", why == nullptr ? path.c_str() : why));
  }
  const auto entry =
      reinterpret_cast<arcbatch_cuda_entry_function>(dlsym(library, ARCBATCH_CUDA_ENTRY));
  const arcbatch_cuda_module* const module = entry == nullptr ? nullptr : entry(ARCBATCH_CUDA_ABI);
  if (module == nullptr || module->abi != ARCBATCH_CUDA_ABI ||
      module->layout != layout_of_images()) {
    throw CudaUnavailable(
        fmt::format("the CUDA module {} is of another version of arcbatch", path.string()));
  }
  return *module;
}

std::string version_text(int version) {
  return fmt::format("{}.{}", version / 1000, version % 1000 / 10);
}

// Throws where the module finds nothing to run on.
arcbatch_cuda_system usable_system(const arcbatch_cuda_module& module) {
  arcbatch_cuda_system system{};
  ErrorText error;
  if (module.system(&system, error) != 0) throw CudaUnavailable(error.text());
  if (system.driver_version < system.needed_version) {
    throw CudaUnavailable(fmt::format(
        "the NVIDIA driver is too old: it is for CUDA {}, this build needs one for CUDA {}",
        version_text(system.driver_version), version_text(system.needed_version)));
  }
  if (system.devices == 0) throw CudaUnavailable("the NVIDIA driver finds no CUDA device");
  return system;
}

CudaDescription describe(const arcbatch_cuda_module& module, u32 index) {
  arcbatch_cuda_description d{};
  ErrorText error;
  if (module.describe(static_cast<int>(index), &d, error) != 0) throw CudaUnavailable(error.text());
  return {index,
          d.name,
          static_cast<u32>(d.major),
          static_cast<u32>(d.minor),
          static_cast<u32>(d.multiprocessors),
          d.memory,
          d.runs_here != 0};
}

class CudaDevice : public Device {
 public:
  CudaDevice(const arcbatch_cuda_module& module, u32 index, const CudaOptions& options)
      : module_(module), slots_(options.slots) {
    const arcbatch_cuda_options wanted{options.worker_bytes, options.stack_bytes,    options.frames,
                                       options.workers,      options.lanes_per_warp, options.slots};
    ErrorText error;
    info_.name = fmt::format("cuda:{} {}", index, describe(module, index).name);
    if (module.open(static_cast<int>(index), &wanted, &device_, &info_.workers, error) != 0) {
      throw CudaUnavailable(fmt::format("{}: {}", info_.name, error.text()));
    }
    info_.worker_bytes = options.worker_bytes;
    info_.preferred_runs = std::min(info_.workers * kRunsPerWorker, kMaxSliceRuns);
  }
  ~CudaDevice() override { module_.close(device_); }
  CudaDevice(const CudaDevice&) = delete;
  CudaDevice& operator=(const CudaDevice&) = delete;

  [[nodiscard]] const DeviceInfo& info() const override { return info_; }
  [[nodiscard]] u32 slots() const override { return slots_; }

  void put_examples(std::span<const u8> image) override {
    ErrorText error;
    if (module_.put_examples(device_, image.data(), image.size(), error) != 0) {
      throw DeviceLost(error.text());
    }
  }

  u8* slice_memory(u32 slot, u64 bytes) override {
    ErrorText error;
    void* memory = nullptr;
    if (module_.slice_memory(device_, slot, bytes, &memory, error) != 0) {
      throw DeviceLost(error.text());
    }
    return static_cast<u8*>(memory);
  }

  SliceEnd* evaluate(u32 slot, u64 bytes, Traffic& traffic) override {
    ErrorText error;
    void* end = nullptr;
    arcbatch_cuda_traffic took{};
    if (module_.evaluate(device_, slot, bytes, &end, &took, error) != 0) {
      throw DeviceLost(error.text());
    }
    traffic.up += bytes;
    traffic.down += took.down;
    traffic.launches += took.launches;
    traffic.nanoseconds += took.nanoseconds;
    return static_cast<SliceEnd*>(end);
  }

 private:
  const arcbatch_cuda_module& module_;
  u32 slots_;
  DeviceInfo info_;
  arcbatch_cuda_device* device_ = nullptr;
};

}  // namespace

std::vector<CudaDescription> cuda_devices(std::string& driver) {
  const arcbatch_cuda_module& module = load_module();
  const arcbatch_cuda_system system = usable_system(module);
  driver = version_text(system.driver_version);
  std::vector<CudaDescription> all;
  for (int k = 0; k < system.devices; ++k) all.push_back(describe(module, static_cast<u32>(k)));
  return all;
}

std::unique_ptr<Device> open_cuda_device(u32 index, const CudaOptions& options) {
  const arcbatch_cuda_module& module = load_module();
  const arcbatch_cuda_system system = usable_system(module);
  if (index >= static_cast<u32>(system.devices)) {
    throw CudaUnavailable(
        fmt::format("there is no CUDA device {}: there are {}", index, system.devices));
  }
  const CudaDescription d = describe(module, index);
  if (!d.usable) {
    throw CudaUnavailable(
        fmt::format("this build has no code for CUDA device {}, {} of compute capability {}.{}",
                    index, d.name, d.major, d.minor));
  }
  return std::make_unique<CudaDevice>(module, index, options);
}

}  // namespace arcbatch::device
