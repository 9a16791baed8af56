// The launch and memory half of the CUDA backend behind its C interface: contexts, pinned buffers,
// streams. What is evaluated, and how, is backend/device's.
#include <dlfcn.h>

#include <cstdio>
#include <cstring>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "backend/cuda/abi.h"
#include "backend/cuda/kernels.cuh"

namespace arcbatch::cuda {
namespace {

using device::SliceEnd;
using device::SliceImage;

// Of a stack, what a look (ARC_CHECK_STACK) leaves to the calls up to the next, and what there must
// be for a call before the first. tools/device_stack.py works both out.
constexpr u64 kStackReserve = 4096;
constexpr u64 kStackLeast = 12288;
constexpr const char* kDriver = "libcuda.so.1";
// Of the memory that is free, what workers take at most.
constexpr double kMemoryShare = 0.8;

// Thrown and turned into a return value at the interface.
struct Failure {
  std::string text;
};

void check(cudaError_t status, const char* what) {
  if (status == cudaSuccess) return;
  throw Failure{std::string(what) + ": " + cudaGetErrorString(status)};
}

// Copies from pageable memory. Slots' streams do not wait for the default stream, so this does.
void copy_up(void* to, const void* from, u64 bytes, const char* what) {
  check(cudaMemcpy(to, from, bytes, cudaMemcpyHostToDevice), what);
  check(cudaDeviceSynchronize(), what);
}

// Runs a body and returns 0, or 1 with the failure's text.
template <class F>
int guarded(arcbatch_cuda_error error, F&& body) {
  try {
    body();
    return 0;
  } catch (const Failure& failure) {
    std::snprintf(error.text, error.size, "%s", failure.text.c_str());
  } catch (const std::exception& other) {
    std::snprintf(error.text, error.size, "%s", other.what());
  }
  return 1;
}

enum class Where { device, pinned };

// Memory that grows when more is asked for; what it held is lost then.
class Buffer {
 public:
  explicit Buffer(Where where) : where_(where) {}
  Buffer(Buffer&& o) noexcept : where_(o.where_), bytes_(o.bytes_), size_(o.size_) {
    o.bytes_ = nullptr;
    o.size_ = 0;
  }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  ~Buffer() { release(); }

  u8* hold(u64 bytes) {
    if (bytes <= size_) return bytes_;
    release();
    const u64 size = bytes + bytes / 4;
    void* made = nullptr;
    check(where_ == Where::device ? cudaMalloc(&made, size) : cudaMallocHost(&made, size),
          where_ == Where::device ? "cudaMalloc" : "cudaMallocHost");
    bytes_ = static_cast<u8*>(made);
    size_ = size;
    return bytes_;
  }
  [[nodiscard]] u8* get() const { return bytes_; }

 private:
  // Errors of a device that is lost already say nothing new.
  void release() {
    if (bytes_ == nullptr) return;
    (void)(where_ == Where::device ? cudaFree(bytes_) : cudaFreeHost(bytes_));
    bytes_ = nullptr;
    size_ = 0;
  }

  Where where_;
  u8* bytes_ = nullptr;
  u64 size_ = 0;
};

struct Slot {
  Buffer slice{Where::pinned};
  Buffer end{Where::pinned};
  Buffer device_slice{Where::device};
  Buffer device_end{Where::device};
  cudaStream_t stream = nullptr;
  cudaEvent_t began = nullptr;  // around the launch that evaluates, for its time
  cudaEvent_t ended = nullptr;
};

}  // namespace
}  // namespace arcbatch::cuda

struct arcbatch_cuda_device {
  int index = 0;
  arcbatch::cuda::LaunchShape shape;
  arcbatch::device::Workspace workspace;  // but for what a slot has
  arcbatch::cuda::Buffer workers{arcbatch::cuda::Where::device};
  arcbatch::cuda::Buffer primitives{arcbatch::cuda::Where::device};
  arcbatch::cuda::Buffer examples{arcbatch::cuda::Where::device};
  std::vector<arcbatch::cuda::Slot> slots;
  // Workers' memory is one launch's at a time: each waits for the one before, on the device.
  std::mutex launching;
  cudaEvent_t launched = nullptr;

  ~arcbatch_cuda_device() {
    (void)cudaSetDevice(index);
    (void)cudaDeviceSynchronize();
    for (arcbatch::cuda::Slot& slot : slots) {
      if (slot.stream != nullptr) (void)cudaStreamDestroy(slot.stream);
      if (slot.began != nullptr) (void)cudaEventDestroy(slot.began);
      if (slot.ended != nullptr) (void)cudaEventDestroy(slot.ended);
    }
    if (launched != nullptr) (void)cudaEventDestroy(launched);
  }
};

namespace arcbatch::cuda {
namespace {

int system_of(arcbatch_cuda_system* out, arcbatch_cuda_error error) {
  return guarded(error, [&] {
    *out = {};
    // Without a driver the runtime calls any driver too old.
    void* const driver = dlopen(kDriver, RTLD_NOW | RTLD_LOCAL);
    if (driver == nullptr)
      throw Failure{std::string("no NVIDIA driver: ") + kDriver + " was not found"};
    dlclose(driver);
    // Minor versions of one CUDA run on each other's drivers.
    out->needed_version = CUDART_VERSION / 1000 * 1000;
    check(cudaDriverGetVersion(&out->driver_version), "cudaDriverGetVersion");
    if (out->driver_version < out->needed_version) return;
    const cudaError_t status = cudaGetDeviceCount(&out->devices);
    if (status == cudaErrorNoDevice) {
      out->devices = 0;
      return;
    }
    check(status, "cudaGetDeviceCount");
  });
}

int describe(int index, arcbatch_cuda_description* out, arcbatch_cuda_error error) {
  return guarded(error, [&] {
    cudaDeviceProp properties{};
    check(cudaGetDeviceProperties(&properties, index), "cudaGetDeviceProperties");
    *out = {};
    std::snprintf(out->name, sizeof out->name, "%s", properties.name);
    out->major = properties.major;
    out->minor = properties.minor;
    out->multiprocessors = properties.multiProcessorCount;
    out->memory = properties.totalGlobalMem;
    check(cudaSetDevice(index), "cudaSetDevice");
    int blocks = 0;
    out->runs_here = blocks_per_multiprocessor(blocks) == cudaSuccess ? 1 : 0;
    (void)cudaGetLastError();
  });
}

// Chooses how many workers there are: as many as a multiprocessor holds and memory allows.
LaunchShape shape_for(int index, const arcbatch_cuda_options& options) {
  cudaDeviceProp properties{};
  check(cudaGetDeviceProperties(&properties, index), "cudaGetDeviceProperties");
  int blocks = 0;
  check(blocks_per_multiprocessor(blocks), "cudaOccupancyMaxActiveBlocksPerMultiprocessor");
  if (blocks < 1) throw Failure{"a multiprocessor holds no block of the kernel"};
  size_t free = 0;
  size_t total = 0;
  check(cudaMemGetInfo(&free, &total), "cudaMemGetInfo");
  // The driver sets a stack aside for every thread that could be resident.
  const u64 stacks = u64{options.stack_bytes} * static_cast<u64>(properties.multiProcessorCount) *
                     static_cast<u64>(properties.maxThreadsPerMultiProcessor);
  const double share = static_cast<double>(free) * kMemoryShare - static_cast<double>(stacks);
  LaunchShape shape;
  shape.lanes_per_warp = min_of(max_of(options.lanes_per_warp, 1u), kWarp);
  const u64 block_bytes = options.worker_bytes * (kBlock / kWarp) * shape.lanes_per_warp;
  const u64 fit = share <= 0 ? 0 : static_cast<u64>(share) / block_bytes;
  u64 wanted = static_cast<u64>(blocks) * static_cast<u64>(properties.multiProcessorCount);
  if (options.workers != 0) {
    const u64 a_block = u64{kBlock / kWarp} * shape.lanes_per_warp;
    wanted = (options.workers + a_block - 1) / a_block;
  }
  shape.blocks = static_cast<u32>(min_of(wanted, fit));
  if (shape.blocks == 0) {
    throw Failure{"not enough memory: " + std::to_string(free >> 20) + " MiB are free, " +
                  std::to_string((stacks + block_bytes) >> 20) +
                  " MiB are the least for stacks "
                  "and workers"};
  }
  return shape;
}

void open_device(arcbatch_cuda_device& d, const arcbatch_cuda_options& options) {
  check(cudaSetDevice(d.index), "cudaSetDevice");
  // A thread that waits for its slice sleeps: the cores do what devices leave.
  if (cudaSetDeviceFlags(cudaDeviceScheduleBlockingSync) != cudaSuccess) (void)cudaGetLastError();
  check(cudaDeviceSetLimit(cudaLimitStackSize, options.stack_bytes), "cudaDeviceSetLimit");
  d.shape = shape_for(d.index, options);
  if (options.stack_bytes < kStackLeast) {
    throw Failure{"stacks of " + std::to_string(options.stack_bytes) + " bytes are too small"};
  }
  d.workspace.worker_bytes = options.worker_bytes;
  d.workspace.frames = options.frames;
  d.workspace.stack_bytes = options.stack_bytes - kStackReserve;
  d.workspace.memory = d.workers.hold(u64{d.shape.workers()} * options.worker_bytes);
  std::vector<Value> primitives;
  for (u32 k = 0; k < kPrimCount; ++k) primitives.push_back(Value::primitive(k));
  u8* const at = d.primitives.hold(primitives.size() * sizeof(Value));
  copy_up(at, primitives.data(), primitives.size() * sizeof(Value), "copying primitives up");
  d.workspace.primitives = reinterpret_cast<const Value*>(at);
  check(cudaEventCreateWithFlags(&d.launched, cudaEventDisableTiming), "cudaEventCreate");
  d.slots.resize(max_of(options.slots, 1u));
  for (Slot& slot : d.slots) {
    check(cudaStreamCreateWithFlags(&slot.stream, cudaStreamNonBlocking), "cudaStreamCreate");
    check(cudaEventCreate(&slot.began), "cudaEventCreate");
    check(cudaEventCreate(&slot.ended), "cudaEventCreate");
  }
}

int open(int index, const arcbatch_cuda_options* options, arcbatch_cuda_device** out,
         uint32_t* workers, arcbatch_cuda_error error) {
  return guarded(error, [&] {
    auto d = std::make_unique<arcbatch_cuda_device>();
    d->index = index;
    open_device(*d, *options);
    *workers = d->shape.workers();
    *out = d.release();
  });
}

void close(arcbatch_cuda_device* d) { delete d; }

int put_examples(arcbatch_cuda_device* d, const void* image, uint64_t bytes,
                 arcbatch_cuda_error error) {
  return guarded(error, [&] {
    check(cudaSetDevice(d->index), "cudaSetDevice");
    u8* const at = d->examples.hold(bytes);
    copy_up(at, image, bytes, "copying examples up");
    d->workspace.examples = reinterpret_cast<const device::ExamplesImage*>(at);
  });
}

int slice_memory(arcbatch_cuda_device* d, uint32_t slot, uint64_t bytes, void** out,
                 arcbatch_cuda_error error) {
  return guarded(error, [&] {
    check(cudaSetDevice(d->index), "cudaSetDevice");
    *out = d->slots[slot].slice.hold(bytes);
  });
}

int evaluate(arcbatch_cuda_device* d, uint32_t number, uint64_t bytes, void** out,
             arcbatch_cuda_traffic* traffic, arcbatch_cuda_error error) {
  return guarded(error, [&] {
    check(cudaSetDevice(d->index), "cudaSetDevice");
    Slot& slot = d->slots[number];
    const auto& image = *reinterpret_cast<const SliceImage*>(slot.slice.get());
    const u64 fixed = device::slice_end_bytes(image.run_count);
    u8* const in = slot.device_slice.hold(bytes);
    u8* const end = slot.device_end.hold(fixed + image.value_bytes);
    u8* const host = slot.end.hold(fixed + image.value_bytes);
    check(cudaMemcpyAsync(in, slot.slice.get(), bytes, cudaMemcpyHostToDevice, slot.stream),
          "copying a slice up");
    check(cudaMemsetAsync(end, 0, sizeof(SliceEnd), slot.stream), "cudaMemsetAsync");
    device::Workspace workspace = d->workspace;
    workspace.slice = reinterpret_cast<SliceImage*>(in);
    workspace.end = reinterpret_cast<SliceEnd*>(end);
    if (image.program_count > 0) {
      check(launch_rebase(workspace.slice, image.program_count, slot.stream), "launching rebase");
    }
    {
      const std::lock_guard lock(d->launching);
      check(cudaStreamWaitEvent(slot.stream, d->launched, 0), "cudaStreamWaitEvent");
      check(cudaEventRecord(slot.began, slot.stream), "cudaEventRecord");
      check(launch_work(workspace, d->shape, slot.stream), "launching a slice");
      check(cudaEventRecord(slot.ended, slot.stream), "cudaEventRecord");
      check(cudaEventRecord(d->launched, slot.stream), "cudaEventRecord");
    }
    check(cudaMemcpyAsync(host, end, fixed, cudaMemcpyDeviceToHost, slot.stream),
          "copying ends down");
    check(cudaStreamSynchronize(slot.stream), "evaluating a slice");
    const u64 values = min_of(reinterpret_cast<const SliceEnd*>(host)->values, image.value_bytes);
    if (values > 0) {
      check(cudaMemcpyAsync(host + fixed, end + fixed, values, cudaMemcpyDeviceToHost, slot.stream),
            "copying values down");
      check(cudaStreamSynchronize(slot.stream), "copying values down");
    }
    *out = host;
    float milliseconds = 0;
    check(cudaEventElapsedTime(&milliseconds, slot.began, slot.ended), "cudaEventElapsedTime");
    traffic->down = fixed + values;
    traffic->launches = image.program_count > 0 ? 2 : 1;
    traffic->nanoseconds = static_cast<u64>(static_cast<double>(milliseconds) * 1e6);
  });
}

constexpr arcbatch_cuda_module kModule = {ARCBATCH_CUDA_ABI,
                                          device::layout_of_images(),
                                          &system_of,
                                          &describe,
                                          &open,
                                          &close,
                                          &put_examples,
                                          &slice_memory,
                                          &evaluate};

}  // namespace
}  // namespace arcbatch::cuda

extern "C" __attribute__((visibility("default"))) const arcbatch_cuda_module* arcbatch_cuda_entry(
    uint32_t abi) {
  return abi == ARCBATCH_CUDA_ABI ? &arcbatch::cuda::kModule : nullptr;
}
