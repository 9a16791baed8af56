// Batches as slices: laid out, evaluated by whichever device is free, read back.
#include "batch/device_evaluator.h"

#include <algorithm>
#include <utility>

#include "backend/device/decode.h"
#include "batch/shared_evaluator.h"

namespace arcbatch {

using device::DeviceLost;
using device::GiveUp;
using device::RunEnd;
using device::SliceEnd;
using device::SliceImage;
using device::Stage;

DeviceWork::DeviceWork(device::DevicePool& pool, const RunPlan& plan, const SliceLimits& limits)
    : pool_(pool), limits_(limits) {
  device::ExamplesBuilder examples;
  for (const Task& task : plan.tasks()) {
    first_examples_.push_back(examples.count());
    examples.add(task);
  }
  const std::vector<u8> image = examples.finish();
  example_bytes_ = image.size();
  pool.put_examples(image);
}

u64 slice_size(const device::DevicePool& pool, u64 runs) {
  u64 wanted = 1;
  for (u32 k = 0; k < pool.devices(); ++k) wanted = std::max(wanted, pool.info(k).preferred_runs);
  const u64 share = runs / (u64{2} * pool.slots()) + 1;
  return std::clamp(share, std::min(kRunsAlone, wanted), wanted);
}

// Without times, as the runs on devices are.
void CoreEvaluator::evaluate(BatchResult& result) {
  CpuEvaluator::evaluate(result);
  result.device.core_runs = result.range.size();
  for (RunRecord& record : result.records) record.outcome.seconds = 0;
}

namespace {

// What the devices leave, the fastest kernels of the CPU do.
RunOptions cpu_options(RunOptions options) {
  if (options.path == KernelPath::lanes) options.path = KernelPath::automatic;
  return options;
}

}  // namespace

DeviceEvaluator::DeviceEvaluator(const RunOptions& options, const RunPlan& plan,
                                 ProgramCache& programs, DeviceWork& work, bool keep_values,
                                 CpuEvaluator::Finish finish, const CostTable* costs)
    : options_(options),
      plan_(plan),
      programs_(programs),
      work_(work),
      keep_values_(keep_values),
      finish_(std::move(finish)),
      costs_(costs),
      runner_(cpu_options(options)) {}

void DeviceEvaluator::evaluate(BatchResult& result) {
  lay_out(result);
  const u64 leaf_before = runner_.ctx().leaf_calls;
  const u64 generic_before = runner_.ctx().generic_calls;
  const std::size_t left = left_.size();
  try {
    if (!rows_.empty()) evaluate_slice(result);
  } catch (const DeviceLost&) {  // there is none left
    if (!work_.limits().cpu_when_lost) throw;
    left_.resize(left);
    for (const Row& row : rows_) left_.push_back(row.record);
    result.device.left[static_cast<u32>(GiveUp::lost)] += rows_.size();
  }
  for (const u32 k : left_) run_on_cpu(result.records[k]);
  const u64 generic = runner_.ctx().generic_calls - generic_before;
  result.generic_calls += generic;
  const u64 leaf = runner_.ctx().leaf_calls - leaf_before;
  result.fast_calls += leaf - generic;
  result.device.cpu_calls += leaf;
  if (!finish_) return;
  for (RunRecord& record : result.records) finish_(record);
}

void DeviceEvaluator::lay_out(BatchResult& result) {
  slice_ = {};
  left_.clear();
  loaded_.clear();
  rows_.clear();
  result.records.resize(result.range.size());
  u32 last = ~u32{0};  // candidate
  u64 cost = 0;
  for (u64 run = result.range.first; run < result.range.end;) {
    RunPlan::Place place = plan_.place_of(run);
    const u32 train = static_cast<u32>(plan_.tasks()[place.task].train.size());
    const u64 end = std::min(result.range.end, plan_.pair_end(run));
    const Candidate& candidate = plan_.candidates()[place.candidate];
    const bool for_cpu = candidate.parameters == Parameters::batt;
    if (for_cpu) result.device.left[static_cast<u32>(GiveUp::batt)] += end - run;
    if (!for_cpu && place.candidate != last) {
      last = place.candidate;
      ProgramCache::ProgramPtr program = programs_.get(candidate.file_index);
      device::BuiltProgram built =
          device::build_program(*program, candidate.function, candidate.parameters);
      cost = costs_ == nullptr ? 0 : costs_->cost_of(*program, built.functions);
      slice_.add_program(std::move(built.bytes));
      loaded_.push_back({std::move(program), std::move(built.functions)});
    }
    for (; run < end; ++run, place = plan_.after(place)) {
      RunRecord& record = result.records[run - result.range.first];
      record.run = run;
      record.candidate = place.candidate;
      record.task = place.task;
      record.is_test = place.example >= train;
      record.index = record.is_test ? place.example - train : place.example;
      record.compared = plan_.compared_at(place);
      if (for_cpu) {
        left_.push_back(static_cast<u32>(run - result.range.first));
        continue;
      }
      rows_.push_back({cost, slice_.programs() - 1, work_.first_example(place.task) + place.example,
                       static_cast<u32>(run - result.range.first)});
    }
  }
  if (costs_ != nullptr) {
    std::stable_sort(rows_.begin(), rows_.end(),
                     [](const Row& a, const Row& b) { return a.cost > b.cost; });
  }
  for (const Row& row : rows_) slice_.add_run(row.program, row.example);
}

// A device that is lost takes nothing along: the slice is begun anew on another.
void DeviceEvaluator::evaluate_slice(BatchResult& result) {
  SliceImage header;
  header.limits = options_.limits;
  header.most_steps = work_.limits().most_steps;
  header.want_values = wants_values() ? 1 : 0;
  header.want_grids = options_.score ? 1 : 0;
  header.most_nanoseconds = static_cast<u64>(std::min(options_.max_seconds * 1e9, 1e18));
  header.largest_value = work_.limits().largest_value;
  header.value_bytes = wants_values() ? u64{slice_.runs()} * work_.limits().value_bytes_a_run : 0;
  const u64 bytes = slice_.bytes();
  for (;;) {
    const device::DevicePool::Lease lease = work_.pool().take();
    result.device.slices++;
    try {
      header.serial = work_.pool().next_serial();
      slice_.write(lease.device().slice_memory(lease.slot(), bytes), header);
      device::Traffic traffic;
      SliceEnd* end = lease.device().evaluate(lease.slot(), bytes, traffic);
      result.device.launches += traffic.launches;
      result.device.bytes_up += traffic.up;
      result.device.bytes_down += traffic.down;
      result.device.device_nanoseconds += traffic.nanoseconds;
      result.device.worker_nanoseconds += traffic.nanoseconds * lease.device().info().workers;
      result.device.busy_nanoseconds += end->busy_nanoseconds;
      for (u32 k = 0; k < slice_.runs(); ++k) {
        if (end->ends()[k].serial != header.serial) throw DeviceLost("left runs undone");
      }
      read(*end, result);
      return;
    } catch (const DeviceLost& lost) {
      work_.pool().lose(lease.number(), lost.what());
      result.device.slices_again++;
    }
  }
}

void DeviceEvaluator::read(const SliceEnd& slice_end, BatchResult& result) {
  auto& slice = const_cast<SliceEnd&>(slice_end);
  const u8* const values = slice.value_bytes(slice_.runs());
  const u64 size = std::min(slice.values, u64{slice_.runs()} * work_.limits().value_bytes_a_run);
  DeviceCounts counts;
  u64 leaf_calls = 0;
  u64 generic_calls = 0;
  for (u32 k = 0; k < slice_.runs(); ++k) {
    const RunEnd& end = slice.ends()[k];
    RunRecord& record = result.records[rows_[k].record];
    Outcome& outcome = record.outcome;
    outcome = Outcome{};
    if (end.give_up != GiveUp::none) {
      if (end.give_up >= GiveUp::count_) throw DeviceLost("gave a reason that there is not");
      counts.left[static_cast<u32>(end.give_up)]++;
      left_.push_back(rows_[k].record);
      continue;
    }
    counts.runs++;
    leaf_calls += end.leaf_calls;
    generic_calls += end.generic_calls;
    const Pair& pair = plan_.pair_at(plan_.place_of(record.run));
    read_run(end, loaded_[rows_[k].program], outcome);
    const bool is_value = outcome.status == Status::ok;
    if (pair.output) outcome.match = is_value && end.match != 0;
    if (pair.output && options_.score) outcome.score.emplace();
    if (!is_value) {
      note_output(outcome);
      continue;
    }
    if (!wants_values()) continue;
    if (end.value_at > size || end.value_bytes > size - end.value_at) {
      throw DeviceLost("sent a value that is none");
    }
    read_value({values + end.value_at, end.value_bytes}, pair, outcome);
  }
  counts.calls = leaf_calls;
  result.device.add(counts);
  result.fast_calls += leaf_calls - generic_calls;
  result.generic_calls += generic_calls;
}

// Says what run_on_values() says of a value.
void DeviceEvaluator::read_value(std::span<const u8> bytes, const Pair& pair,
                                 Outcome& outcome) const {
  if (!device::append_repr_of(bytes, outcome.value)) throw DeviceLost("sent a value that is none");
  note_output(outcome);
  if (!keep_values_) outcome.value.clear();
  if (!outcome.score) return;
  if (*outcome.match) {
    outcome.score = Score{.shape = 1, .cells = 1, .palette = 1};
  } else if (const std::optional<device::GridBytes> g = device::grid_of(bytes)) {
    outcome.score = score_of_cells(g->h, g->w, g->cells, *pair.output);
  }
}

// Says what run_on_values() and Runner::run() say of a failure.
void DeviceEvaluator::read_run(const RunEnd& end, const Loaded& loaded, Outcome& outcome) const {
  outcome.status = end.status;
  outcome.steps = end.steps;
  if (end.status == Status::ok) return;
  const Program& program = *loaded.program;
  if (end.stage == Stage::called) {
    // Where no statement had begun, the first function of the file stands for it.
    const bool nowhere = end.function == device::kNowhere;
    if (!nowhere && end.function >= loaded.functions.size()) {
      throw DeviceLost("named a function that there is not");
    }
    const u32 number = nowhere ? 0 : loaded.functions[end.function];
    const std::vector<Statement>& statements = program.functions[number].statements;
    if (end.statement < statements.size()) {
      outcome.statement = statements[end.statement].text;
      outcome.line = statements[end.statement].line;
    }
  }
  if (is_error(end.status)) return;
  const bool refused = end.status == Status::unsupported_construct && end.refusal >= 0 &&
                       static_cast<u64>(end.refusal) < program.reasons.size() &&
                       !program.reasons[static_cast<u64>(end.refusal)].empty();
  outcome.reason =
      refused ? program.reasons[static_cast<u64>(end.refusal)] : status_name(end.status);
}

void DeviceEvaluator::run_on_cpu(RunRecord& record) {
  const Candidate& candidate = plan_.candidates()[record.candidate];
  ProgramCache::ProgramPtr program = programs_.get(candidate.file_index);
  if (program != bound_) {
    bound_ = std::move(program);
    runner_.load(*bound_);
  }
  const Pair& pair = plan_.pair_at(plan_.place_of(record.run));
  record.outcome = run_on_example(runner_, options_, candidate.function, candidate.parameters,
                                  {&pair.input, &plan_.tasks()[record.task].train},
                                  pair.output ? &*pair.output : nullptr);
  record.outcome.seconds = 0;  // the runs on devices have none either
  if (!keep_values_) record.outcome.value.clear();
  if (!wants_values() && record.outcome.status == Status::ok) record.outcome.output.reset();
}

}  // namespace arcbatch
