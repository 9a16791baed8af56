// DeviceEvaluator: evaluates a batch as one slice on a device of a pool, and on the CPU the runs
// that the device leaves.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "backend/device/device.h"
#include "backend/device/program_image.h"
#include "batch/cpu_evaluator.h"

namespace arcbatch {

// What bounds a slice.
struct SliceLimits {
  // A run of more steps is left to the CPU, so that a slice does not wait for it.
  u64 most_steps = 20'000'000;
  u64 largest_value = u64{64} << 10;
  u64 value_bytes_a_run = 2048;  // room for the values of a slice, on average
};

// The devices with the examples of a plan on them. Shared by the workers of one piece of work.
class DeviceWork {
 public:
  // Pool and plan must outlive this.
  DeviceWork(device::DevicePool& pool, const RunPlan& plan, const SliceLimits& limits = {});

  [[nodiscard]] device::DevicePool& pool() const { return pool_; }
  [[nodiscard]] const SliceLimits& limits() const { return limits_; }
  // The number on the devices of a task's first example.
  [[nodiscard]] u32 first_example(u32 task) const { return first_examples_[task]; }
  [[nodiscard]] u64 example_bytes() const { return example_bytes_; }

 private:
  device::DevicePool& pool_;
  SliceLimits limits_;
  std::vector<u32> first_examples_;
  u64 example_bytes_ = 0;
};

// Returns how many runs a slice should have: as many as the devices want, but so that no device
// waits for another's last.
u64 slice_runs(const device::DevicePool& pool, u64 runs);

class DeviceEvaluator : public BatchEvaluator {
 public:
  // As for CpuEvaluator. Without `keep_values`, outcomes come without the value, and, unless they
  // are scored, those of values without `output`.
  DeviceEvaluator(const RunOptions& options, const RunPlan& plan, ProgramCache& programs,
                  DeviceWork& work, bool keep_values = true, CpuEvaluator::Finish finish = {});

  void evaluate(BatchResult& result) override;

 private:
  // A candidate of the batch and its image.
  struct Loaded {
    ProgramCache::ProgramPtr program;
    std::vector<u32> functions;  // of the image, as the program numbers them
  };

  void lay_out(BatchResult& result);
  void evaluate_slice(BatchResult& result);
  void read(const device::SliceEnd& end, BatchResult& result);
  // Values are brought down to be kept or to be scored.
  [[nodiscard]] bool wants_values() const { return keep_values_ || options_.score; }
  void read_value(std::span<const u8> bytes, const Pair& pair, Outcome& outcome) const;
  void read_run(const device::RunEnd& end, const Loaded& loaded, Outcome& outcome) const;
  void run_on_cpu(RunRecord& record);

  RunOptions options_;
  const RunPlan& plan_;
  ProgramCache& programs_;
  DeviceWork& work_;
  bool keep_values_;
  CpuEvaluator::Finish finish_;
  Runner runner_;
  ProgramCache::ProgramPtr bound_;  // to the runner

  // Of the batch at hand.
  device::SliceBuilder slice_;
  std::vector<Loaded> loaded_;
  std::vector<u32> program_of_;  // by run
  std::vector<u32> left_;        // runs for the CPU
};

}  // namespace arcbatch
