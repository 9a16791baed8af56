// The pool's book-keeping: free slots in turn over the devices.
#include "backend/device/device.h"

namespace arcbatch::device {

DevicePool::DevicePool(std::vector<std::unique_ptr<Device>> devices) {
  for (std::unique_ptr<Device>& device : devices) {
    Entry& entry = devices_.emplace_back();
    entry.busy.resize(device->slots());
    entry.device = std::move(device);
  }
}

DevicePool::Lease DevicePool::take() {
  std::unique_lock lock(mutex_);
  for (;;) {
    bool any = false;
    // In turn, so that one device does not get all slices while another stands idle.
    for (u32 k = 1; k <= devices_.size(); ++k) {
      const u32 number = static_cast<u32>((last_ + k) % devices_.size());
      Entry& entry = devices_[number];
      if (entry.lost) continue;
      any = true;
      for (u32 slot = 0; slot < entry.busy.size(); ++slot) {
        if (entry.busy[slot]) continue;
        entry.busy[slot] = true;
        last_ = number;
        return {*this, number, slot};
      }
    }
    if (!any) {
      throw DeviceLost("no device is left: " +
                       (losses_.empty() ? "none was given" : losses_.back()));
    }
    freed_.wait(lock);
  }
}

void DevicePool::give_back(u32 device, u32 slot) {
  {
    const std::lock_guard lock(mutex_);
    devices_[device].busy[slot] = false;
  }
  freed_.notify_one();
}

void DevicePool::lose(u32 device, const std::string& why) {
  {
    const std::lock_guard lock(mutex_);
    Entry& entry = devices_[device];
    if (!entry.lost) losses_.push_back(entry.device->info().name + ": " + why);
    entry.lost = true;
  }
  freed_.notify_all();
}

void DevicePool::put_examples(std::span<const u8> image) {
  for (u32 k = 0; k < devices_.size(); ++k) {
    try {
      devices_[k].device->put_examples(image);
    } catch (const DeviceLost& lost) {
      lose(k, lost.what());
    }
  }
}

u32 DevicePool::slots() const {
  u32 total = 0;
  for (const Entry& entry : devices_) total += static_cast<u32>(entry.busy.size());
  return total;
}

std::vector<std::string> DevicePool::losses() {
  const std::lock_guard lock(mutex_);
  return losses_;
}

u32 DevicePool::next_serial() {
  const std::lock_guard lock(mutex_);
  return ++serial_;
}

}  // namespace arcbatch::device
