// A CUDA module for tests: the C interface of the real one in front of emulated devices. FAKE_CUDA
// in the environment says what is wrong with them.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "backend/cuda/abi.h"
#include "backend/device/emulated_device.h"

struct arcbatch_cuda_device {
  std::unique_ptr<arcbatch::device::EmulatedDevice> device;
};

namespace arcbatch {
namespace {

constexpr int kDevices = 2;
constexpr int kNeeded = 13000;

std::string_view fault() {
  const char* text = std::getenv("FAKE_CUDA");
  return text == nullptr ? "" : text;
}

int fail(arcbatch_cuda_error error, const char* text) {
  std::snprintf(error.text, error.size, "%s", text);
  return 1;
}

int system_of(arcbatch_cuda_system* out, arcbatch_cuda_error error) {
  if (fault() == "no-driver") return fail(error, "no NVIDIA driver: none was faked");
  *out = {fault() == "old-driver" ? 12040 : 13010, kNeeded, fault() == "no-device" ? 0 : kDevices};
  return 0;
}

int describe(int index, arcbatch_cuda_description* out, arcbatch_cuda_error error) {
  if (index < 0 || index >= kDevices) return fail(error, "invalid device ordinal");
  *out = {};
  std::snprintf(out->name, sizeof out->name, "Fake GPU");
  out->major = 9;
  out->minor = index;
  out->multiprocessors = 4;
  out->memory = std::uint64_t{8} << 30;
  out->runs_here = fault() == "no-code" ? 0 : 1;
  return 0;
}

int open(int index, const arcbatch_cuda_options* options, arcbatch_cuda_device** out,
         uint32_t* workers, arcbatch_cuda_error error) {
  if (fault() == "no-memory") return fail(error, "not enough memory: 1 MiB are free");
  device::EmulatedOptions o;
  o.workers = 2;
  o.path = KernelPath::scalar;  // what the real kernels are
  o.worker_bytes = options->worker_bytes;
  o.frames = options->frames;
  o.slots = options->slots;
  o.stack_bytes = options->stack_bytes;
  if ((fault() == "loss" && index == 1) || fault() == "losses") o.lost_in_slice = 2;
  *out = new arcbatch_cuda_device{std::make_unique<device::EmulatedDevice>(o)};
  *workers = o.workers;
  return 0;
}

void close(arcbatch_cuda_device* device) { delete device; }

int put_examples(arcbatch_cuda_device* device, const void* image, uint64_t bytes,
                 arcbatch_cuda_error) {
  device->device->put_examples({static_cast<const u8*>(image), bytes});
  return 0;
}

int slice_memory(arcbatch_cuda_device* device, uint32_t slot, uint64_t bytes, void** out,
                 arcbatch_cuda_error) {
  *out = device->device->slice_memory(slot, bytes);
  return 0;
}

int evaluate(arcbatch_cuda_device* device, uint32_t slot, uint64_t bytes, void** out,
             arcbatch_cuda_traffic* traffic, arcbatch_cuda_error error) {
  if (fault() == "slow") std::this_thread::sleep_for(std::chrono::milliseconds(30));
  try {
    device::Traffic took;
    *out = device->device->evaluate(slot, bytes, took);
    *traffic = {took.down, took.launches, took.nanoseconds};
    return 0;
  } catch (const std::exception& lost) {
    return fail(error, lost.what());
  }
}

}  // namespace
}  // namespace arcbatch

extern "C" __attribute__((visibility("default"))) const arcbatch_cuda_module* arcbatch_cuda_entry(
    uint32_t abi) {
  using namespace arcbatch;
  if (fault() == "old-module" || abi != ARCBATCH_CUDA_ABI) return nullptr;
  static arcbatch_cuda_module module = {ARCBATCH_CUDA_ABI,
                                        device::layout_of_images(),
                                        &system_of,
                                        &describe,
                                        &open,
                                        &close,
                                        &put_examples,
                                        &slice_memory,
                                        &evaluate};
  if (fault() == "other-layout") module.layout++;
  return &module;
}
