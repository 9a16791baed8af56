// EmulatedDevice: a device whose workers are threads of this machine. Memory of the device is
// apart from the host's and everything is copied, as over a bus.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "backend/cpu/runner.h"
#include "backend/device/device.h"

namespace arcbatch::device {

struct EmulatedOptions {
  std::string name = "emulated";
  u32 workers = 1;
  KernelPath path = KernelPath::lanes;  // lanes, scalar or generic
  u64 worker_bytes = u64{8} << 20;
  u32 frames = 256;
  u64 stack_bytes = u64{128} << 10;
  u32 slots = 2;
  u64 slice_runs = 1024;
  // For tests: the slice, counted from 1, in whose middle the device is lost; 0 for none.
  u32 lost_in_slice = 0;
};

class EmulatedDevice : public Device {
 public:
  explicit EmulatedDevice(const EmulatedOptions& options);

  [[nodiscard]] const DeviceInfo& info() const override { return info_; }
  [[nodiscard]] u32 slots() const override { return options_.slots; }
  void put_examples(std::span<const u8> image) override;
  u8* slice_memory(u32 slot, u64 bytes) override;
  SliceEnd* evaluate(u32 slot, u64 bytes, Traffic& traffic) override;

 private:
  // Bytes that are aligned to 16 and not cleared.
  class Memory {
   public:
    // Returns memory for so many bytes; what it held may be lost.
    u8* hold(u64 bytes) {
      if (bytes > size_) {
        bytes_ = std::make_unique_for_overwrite<u8[]>(bytes);
        size_ = bytes;
      }
      return bytes_.get();
    }
    [[nodiscard]] u8* get() const { return bytes_.get(); }

   private:
    std::unique_ptr<u8[]> bytes_;
    u64 size_ = 0;
  };
  struct Slot {
    Memory slice;      // the host's
    Memory end;        // the host's
    Memory device_in;  // the device's copies
    Memory device_out;
  };

  // Where the device is `lost` meanwhile, half of the queue is left.
  void launch(Slot& slot, bool lost);

  EmulatedOptions options_;
  DeviceInfo info_;
  FastKernels kernels_;
  FastKernels profiled_;
  std::vector<Value> primitives_;
  std::vector<Slot> slots_;
  Memory examples_;
  std::mutex running_;  // one launch at a time: they share the workers' memory
  Memory worker_memory_;
  u32 slices_ = 0;
};

}  // namespace arcbatch::device
