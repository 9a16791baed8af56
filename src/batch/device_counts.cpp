// Sums and names of what devices did.
#include "batch/device_counts.h"

#include <fmt/format.h>

namespace arcbatch {

using device::GiveUp;

void DeviceCounts::add(const DeviceCounts& other) {
  runs += other.runs;
  for (u32 k = 0; k < device::kGiveUps; ++k) left[k] += other.left[k];
  slices += other.slices;
  slices_again += other.slices_again;
  launches += other.launches;
  bytes_up += other.bytes_up;
  bytes_down += other.bytes_down;
  calls += other.calls;
  cpu_calls += other.cpu_calls;
  device_nanoseconds += other.device_nanoseconds;
  worker_nanoseconds += other.worker_nanoseconds;
  busy_nanoseconds += other.busy_nanoseconds;
  shared_runs += other.shared_runs;
  items += other.items;
  statements += other.statements;
  evaluated += other.evaluated;
  core_runs += other.core_runs;
}

u64 DeviceCounts::all_left() const {
  u64 total = 0;
  for (const u64 n : left) total += n;
  return total;
}

const char* give_up_text(GiveUp reason) {
  switch (reason) {
    case GiveUp::arena: return "a worker's memory full";
    case GiveUp::frames: return "calls nested too deeply";
    case GiveUp::stack: return "values nested too deeply";
    case GiveUp::steps: return "too many steps for a slice";
    case GiveUp::order: return "order by address";
    case GiveUp::value_size: return "value too large to bring down";
    case GiveUp::values_full: return "no room left for values";
    case GiveUp::lost: return "no device left";
    case GiveUp::batt: return "lists and texts of batt functions";
    case GiveUp::none:
    case GiveUp::count_: break;
  }
  return "?";
}

const char* give_up_name(GiveUp reason) {
  switch (reason) {
    case GiveUp::arena: return "arena";
    case GiveUp::frames: return "frames";
    case GiveUp::stack: return "stack";
    case GiveUp::steps: return "steps";
    case GiveUp::order: return "order";
    case GiveUp::value_size: return "value_size";
    case GiveUp::values_full: return "values_full";
    case GiveUp::lost: return "lost";
    case GiveUp::batt: return "batt";
    case GiveUp::none:
    case GiveUp::count_: break;
  }
  return "?";
}

std::string device_counts_json(const DeviceCounts& counts) {
  std::string reasons;
  for (u32 k = 1; k < device::kGiveUps; ++k) {
    reasons += fmt::format("{}\"{}\": {}", reasons.empty() ? "" : ", ",
                           give_up_name(static_cast<GiveUp>(k)), counts.left[k]);
  }
  return fmt::format(
      "{{\"device_runs\": {}, \"cpu_runs\": {}, \"left_to_cpu\": {{{}}}, \"slices\": {}, "
      "\"slices_again\": {}, \"launches\": {}, \"bytes_up\": {}, \"bytes_down\": {}, "
      "\"core_runs\": {}, \"device_calls\": {}, \"cpu_calls\": {}, "
      "\"shared_runs\": {}, \"items\": {}, \"statements\": {}, \"evaluated\": {}, "
      "\"device_seconds\": {:.6f}, "
      "\"occupancy\": {:.4f}}}",
      counts.runs, counts.all_left(), reasons, counts.slices, counts.slices_again, counts.launches,
      counts.bytes_up, counts.bytes_down, counts.core_runs, counts.calls, counts.cpu_calls,
      counts.shared_runs, counts.items, counts.statements, counts.evaluated,
      static_cast<double>(counts.device_nanoseconds) * 1e-9, counts.occupancy());
}

}  // namespace arcbatch
