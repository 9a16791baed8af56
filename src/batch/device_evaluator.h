// DeviceEvaluator: evaluates a batch as one slice on a device of a pool, and on the CPU the runs
// that the device leaves.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "backend/device/device.h"
#include "backend/device/program_image.h"
#include "batch/cost_table.h"
#include "batch/cpu_evaluator.h"

namespace arcbatch {

// What bounds a slice.
struct SliceLimits {
  // A run of more steps is left to the CPU, so that a slice does not wait for it.
  u64 most_steps = 20'000'000;
  u64 largest_value = u64{64} << 10;
  u64 value_bytes_a_run = 2048;  // room for the values of a slice, on average
  // Whether programs that run on the same tasks share their work, and how many do: 0 for as many as
  // leave every worker several items.
  bool share = true;
  u32 group = 0;
  // Whether the CPU does the work where no device is left; otherwise DeviceLost is thrown.
  bool cpu_when_lost = false;
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

// The runs of a slice where `runs` are to be done: as many as the devices want, but no device
// should wait for another's last.
u64 slice_size(const device::DevicePool& pool, u64 runs);

// Cuts a batch of about `size` runs for a device. With `share`, where programs run on the same
// tasks, it has several of them, as whole as the work up to `end` allows.
RunRange cut_device_batch(const RunPlan& plan, u64 first, u64 end, u64 size, bool share);

// A core that takes its share beside devices.
class CoreEvaluator : public CpuEvaluator {
 public:
  using CpuEvaluator::CpuEvaluator;
  void evaluate(BatchResult& result) override;
};

class DeviceEvaluator : public BatchEvaluator {
 public:
  // As for CpuEvaluator. Without `keep_values`, outcomes come without the value, and, unless they
  // are scored, those of values without `output`.
  // `costs` says what programs cost, if something is known of that.
  DeviceEvaluator(const RunOptions& options, const RunPlan& plan, ProgramCache& programs,
                  DeviceWork& work, bool keep_values = true, CpuEvaluator::Finish finish = {},
                  const CostTable* costs = nullptr);

  void evaluate(BatchResult& result) override;

 private:
  // A candidate of the batch and its image.
  struct Loaded {
    ProgramCache::ProgramPtr program;
    std::vector<u32> functions;  // of the image, as the program numbers them
  };

  // Programs of the batch that share their work.
  struct Group {
    std::vector<ProgramCache::ProgramPtr> held;
    BatchGraph graph;
    std::vector<u32> places;  // by program of the graph: where it ends among the others, or kNoRun
  };
  struct Row {
    u64 cost = 0;
    u32 program = 0;  // of loaded_, or of the group's graph
    u32 example = 0;  // on the devices
    u32 record = 0;
    u32 group = kAlone;  // of groups_
  };
  static constexpr u32 kAlone = ~u32{0};

  // Fills slice_ with the runs, the costly ones first: what a slice ends with should be short, for
  // the workers that have nothing left wait for it.
  void lay_out(BatchResult& result);
  // Names the records of the batch.
  void name_records(BatchResult& result) const;
  [[nodiscard]] u64 group_size(u64 runs) const;
  // Adds runs first..end-1, of candidates that run on the same tasks, as groups of about `size`.
  void lay_out_groups(RunRange batch, u32 first, u32 end, u64 size);
  void lay_out_group(RunRange batch, u32 first, u32 end);
  void lay_out_alone(RunRange batch, u32 candidate);
  void evaluate_slice(BatchResult& result);
  void read(const device::SliceEnd& end, BatchResult& result);
  // Values are brought down to be kept or to be scored.
  [[nodiscard]] bool wants_values() const { return keep_values_ || options_.score; }
  void read_value(std::span<const u8> bytes, const Pair& pair, Outcome& outcome) const;
  void read_run(const device::RunEnd& end, const Loaded& loaded, Outcome& outcome) const;
  static void read_shared(const device::RunEnd& end, const Group& group, u32 program,
                          Outcome& outcome);
  void run_on_cpu(RunRecord& record);

  RunOptions options_;
  const RunPlan& plan_;
  ProgramCache& programs_;
  DeviceWork& work_;
  bool keep_values_;
  CpuEvaluator::Finish finish_;
  const CostTable* costs_;
  Runner runner_;
  ProgramCache::ProgramPtr bound_;  // to the runner

  // Of the batch at hand.
  device::SliceBuilder slice_;
  std::vector<Loaded> loaded_;
  std::vector<std::unique_ptr<Group>> groups_;
  std::vector<Row> rows_;  // by run of the slice
  // An item of the slice before they are put in order.
  struct Item {
    u64 cost = 0;
    u32 group = 0;
    u32 example = 0;
    std::vector<Row> rows;
  };
  std::vector<Item> items_;
  std::vector<u32> left_;  // records for the CPU
};

}  // namespace arcbatch
