// Launches as threads.
#include "backend/device/emulated_device.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <thread>

#include "backend/device/worker.h"

namespace arcbatch::device {
namespace {

template <KernelPath Path>
Status profiled(Ctx& ctx, Prim p, const Value* args, Value& out) {
  static const FastDispatch kernel = framed_kernels(Path).dispatch;
  return note_call(ctx, p, [&] { return kernel(ctx, p, args, out); });
}

FastKernels profiled_kernels(KernelPath path) {
  switch (path) {
    case KernelPath::scalar: return {&profiled<KernelPath::scalar>, nullptr};
    case KernelPath::lanes: return {&profiled<KernelPath::lanes>, nullptr};
    default: return {};
  }
}

}  // namespace

EmulatedDevice::EmulatedDevice(const EmulatedOptions& options)
    : options_(options),
      kernels_(framed_kernels(options.path)),
      profiled_(profiled_kernels(options.path)),
      slots_(options.slots) {
  info_ = {options.name, options.workers, options.worker_bytes, options.slice_runs};
  for (u32 k = 0; k < kPrimCount; ++k) primitives_.push_back(Value::primitive(k));
}

void EmulatedDevice::put_examples(std::span<const u8> image) {
  std::memcpy(examples_.hold(image.size()), image.data(), image.size());
}

u8* EmulatedDevice::slice_memory(u32 slot, u64 bytes) { return slots_[slot].slice.hold(bytes); }

SliceEnd* EmulatedDevice::evaluate(u32 slot, u64 bytes, Traffic& traffic) {
  Slot& s = slots_[slot];
  std::memcpy(s.device_in.hold(bytes), s.slice.get(), bytes);
  const auto* slice = reinterpret_cast<const SliceImage*>(s.slice.get());
  const u32 runs = slice->run_count;
  const u64 fixed = slice_end_bytes(runs);
  auto* out = reinterpret_cast<SliceEnd*>(s.device_out.hold(fixed + slice->value_bytes));
  *out = SliceEnd{};
  {
    const std::lock_guard lock(running_);
    const bool lost = ++slices_ == options_.lost_in_slice;
    const auto began = std::chrono::steady_clock::now();
    launch(s, lost);
    const std::chrono::nanoseconds took = std::chrono::steady_clock::now() - began;
    traffic.nanoseconds += static_cast<u64>(took.count());
    if (options_.lost_in_slice != 0 && slices_ >= options_.lost_in_slice) {
      throw DeviceLost("made to fail by a test");
    }
  }
  const u64 down = fixed + min_of(out->values, slice->value_bytes);
  std::memcpy(s.end.hold(down), s.device_out.get(), down);
  traffic.up += bytes;
  traffic.down += down;
  traffic.launches += slice->program_count > 0 ? 2 : 1;
  return reinterpret_cast<SliceEnd*>(s.end.get());
}

void EmulatedDevice::launch(Slot& slot, bool lost) {
  auto* slice = reinterpret_cast<SliceImage*>(slot.device_in.get());
  for (u32 k = 0; k < slice->program_count; ++k) rebase(*slice->program(k));
  if (lost) slice->queue_length /= 2;
  Workspace w;
  w.slice = slice;
  w.examples = reinterpret_cast<const ExamplesImage*>(examples_.get());
  w.end = reinterpret_cast<SliceEnd*>(slot.device_out.get());
  w.primitives = primitives_.data();
  w.memory = worker_memory_.hold(options_.workers * options_.worker_bytes);
  w.worker_bytes = options_.worker_bytes;
  w.frames = options_.frames;
  w.stack_bytes = options_.stack_bytes;
  const u32 workers = std::max(1u, std::min(options_.workers, slice->queue_length));
  std::vector<std::jthread> threads;
  for (u32 k = 1; k < workers; ++k) {
    threads.emplace_back([&w, k, this] { work(w, k, kernels_, profiled_); });
  }
  work(w, 0, kernels_, profiled_);
}

}  // namespace arcbatch::device
