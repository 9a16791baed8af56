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
  u64 calls = 0;               // of primitives, in runs that devices decided
  u64 cpu_calls = 0;           // in runs that the CPU did instead
  u64 device_nanoseconds = 0;  // of launches that evaluate
  u64 worker_nanoseconds = 0;  // the same, times the workers of the device
  u64 busy_nanoseconds = 0;    // of these, those in which a worker had a run
  u64 shared_runs = 0;         // that came to devices as programs of a graph
  u64 items = 0;               // graphs times examples
  u64 statements = 0;          // that these runs came through
  u64 evaluated = 0;           // nodes that were evaluated for them
  u64 core_runs = 0;           // that the CPU's cores took as their share, under `auto`

  void add(const DeviceCounts& other);
  // Runs that were left to the CPU, for whatever reason.
  [[nodiscard]] u64 all_left() const;
  // The share of its workers' time that a device used; 0 where there were no launches.
  [[nodiscard]] double occupancy() const {
    return worker_nanoseconds == 0
               ? 0
               : static_cast<double>(busy_nanoseconds) / static_cast<double>(worker_nanoseconds);
  }
  // The share of so many seconds in which so many devices had a launch.
  [[nodiscard]] double busy_share(double seconds, u32 devices) const {
    return seconds <= 0 || devices == 0
               ? 0
               : static_cast<double>(device_nanoseconds) * 1e-9 / seconds / devices;
  }
};

// Returns a few words for why a device left a run to the CPU, or its name in JSON.
const char* give_up_text(device::GiveUp reason);
const char* give_up_name(device::GiveUp reason);

// Returns the counts as a JSON object of one line.
std::string device_counts_json(const DeviceCounts& counts);

}  // namespace arcbatch
