// Device: what the batch driver asks of a machine that evaluates slices, be it a GPU or its
// emulation, and the pool that shares slices among several.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "backend/device/image.h"

namespace arcbatch::device {

// A device that cannot go on. What it had begun has to be done elsewhere.
class DeviceLost : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct DeviceInfo {
  std::string name;
  u32 workers = 1;         // runs that are evaluated at once
  u64 worker_bytes = 0;    // of frames and arena, each
  u64 preferred_runs = 1;  // of a slice
};

// Bytes that a slice took over the bus, launches for it, and how long the runs' launch took.
struct Traffic {
  u64 up = 0;
  u64 down = 0;
  u64 launches = 0;
  u64 nanoseconds = 0;
};

// A device evaluates slices in slots, each with memory of its own for what goes up and comes down,
// so that one slot's copies go on beside another's runs. A slot is used by one thread at a time;
// different slots by several.
class Device {
 public:
  virtual ~Device() = default;
  [[nodiscard]] virtual const DeviceInfo& info() const = 0;
  [[nodiscard]] virtual u32 slots() const = 0;

  // Takes the examples that slices name until others are put. No slot may be in use.
  virtual void put_examples(std::span<const u8> image) = 0;

  // Memory of a slot for a slice of so many bytes; it holds until the slot is asked again.
  virtual u8* slice_memory(u32 slot, u64 bytes) = 0;

  // Evaluates the slice that was written there and returns what came down, which holds until the
  // slot is used again. Throws DeviceLost.
  virtual SliceEnd* evaluate(u32 slot, u64 bytes, Traffic& traffic) = 0;
};

// Shares slices among devices: whoever has one takes a free slot of any device that is not lost.
class DevicePool {
 public:
  explicit DevicePool(std::vector<std::unique_ptr<Device>> devices);

  // A slot that was taken; given back at the end of its life.
  class Lease {
   public:
    Lease(DevicePool& pool, u32 device, u32 slot) : pool_(&pool), device_(device), slot_(slot) {}
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    ~Lease() { pool_->give_back(device_, slot_); }
    [[nodiscard]] Device& device() const { return *pool_->devices_[device_].device; }
    [[nodiscard]] u32 number() const { return device_; }
    [[nodiscard]] u32 slot() const { return slot_; }

   private:
    DevicePool* pool_;
    u32 device_;
    u32 slot_;
  };

  // Waits for a free slot. Throws DeviceLost where all devices are lost.
  [[nodiscard]] Lease take();
  // Lets no further slice go to a device, for a reason that is kept.
  void lose(u32 device, const std::string& why);

  void put_examples(std::span<const u8> image);

  [[nodiscard]] u32 slots() const;
  [[nodiscard]] u32 devices() const { return static_cast<u32>(devices_.size()); }
  [[nodiscard]] const DeviceInfo& info(u32 device) const { return devices_[device].device->info(); }
  // Reasons of the devices that were lost: "NAME: WHY".
  [[nodiscard]] std::vector<std::string> losses();
  // Returns numbers that differ from each other, for slices.
  u32 next_serial();

 private:
  struct Entry {
    std::unique_ptr<Device> device;
    std::vector<bool> busy;  // by slot
    bool lost = false;
  };
  void give_back(u32 device, u32 slot);

  std::mutex mutex_;
  std::condition_variable freed_;
  std::vector<Entry> devices_;
  std::vector<std::string> losses_;
  u32 serial_ = 0;
  u32 last_ = 0;  // device that was taken last
};

}  // namespace arcbatch::device
