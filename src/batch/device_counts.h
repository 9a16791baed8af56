// DeviceCounts: what devices did of a piece of work, and what was left to the CPU.
#pragma once

#include <string>

#include "backend/device/image.h"

namespace arcbatch {

struct DeviceCounts {
  u64 runs = 0;                     // that devices decided
  u64 left[device::kGiveUps] = {};  // runs that the CPU did instead, by device::GiveUp
  u64 slices = 0;
  u64 slices_again = 0;  // of them, those that were begun on a device that was lost
  u64 launches = 0;
  u64 bytes_up = 0;
  u64 bytes_down = 0;

  void add(const DeviceCounts& other);
  // Runs that were left to the CPU, for whatever reason.
  [[nodiscard]] u64 all_left() const;
};

// Returns a few words for why a device left a run to the CPU, or its name in JSON.
const char* give_up_text(device::GiveUp reason);
const char* give_up_name(device::GiveUp reason);

// Returns the counts as a JSON object of one line.
std::string device_counts_json(const DeviceCounts& counts);

}  // namespace arcbatch
