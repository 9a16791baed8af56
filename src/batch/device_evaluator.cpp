// Batches as slices: laid out, evaluated by whichever device is free, read back.
#include "batch/device_evaluator.h"

#include <algorithm>
#include <utility>

#include "backend/device/decode.h"
#include "batch/shared_evaluator.h"
#include "core/ticks.h"

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

RunRange cut_device_batch(const RunPlan& plan, u64 first, u64 end, u64 size, bool share) {
  constexpr u32 kTogether = 64;
  constexpr u64 kMostRuns = u64{1} << 15;
  const RunRange plain = cut_batch(plan, first, end, size);
  const u32 start = plan.place_of(first).candidate;
  const u32 count = static_cast<u32>(plan.candidates().size());
  if (!share || start + 1 == count || !plan.run_alike(start, start + 1)) return plain;
  // Whole candidates: up to the last that ends in the batch, but at least some.
  u32 c = start + 1;
  while (c < count && plan.run_alike(start, c) &&
         (plan.runs_of(c).end <= plain.end ||
          (c - start < kTogether && plan.runs_of(c).end - first <= max_of(size, kMostRuns)))) {
    ++c;
  }
  const u64 whole = min_of(plan.runs_of(c - 1).end, end);
  // The candidates behind, where these end early, are others.
  return {first, c < count && plan.run_alike(start, c) ? whole : max_of(whole, plain.end)};
}

// Without times, as the runs on devices are.
void CoreEvaluator::evaluate(BatchResult& result) {
  CpuEvaluator::evaluate(result);
  result.device.core_runs = result.range.size();
  for (RunRecord& record : result.records) record.outcome.seconds = 0;
}

namespace {

// What a slice counted of primitives, in the host's ticks.
std::vector<PrimProfile> profile_of(const SliceEnd& end) {
  std::vector<PrimProfile> profile(kPrimCount + 1);
  const double tick = nanoseconds_per_tick();
  for (u32 k = 0; k <= kPrimCount; ++k) {
    const device::PrimCounts& from = end.primitives[k];
    profile[k].calls = from.calls;
    profile[k].generic = from.generic;
    profile[k].orders = from.orders;
    profile[k].ticks = static_cast<u64>(static_cast<double>(from.nanoseconds) / tick);
  }
  return profile;
}

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
  const std::size_t left = left_.size();  // functions of batt files
  result.device.left[static_cast<u32>(GiveUp::batt)] += left;
  try {
    if (!rows_.empty()) evaluate_slice(result);
  } catch (const DeviceLost&) {  // there is none left
    if (!work_.limits().cpu_when_lost) throw;
    left_.resize(left);
    for (const Row& row : rows_) left_.push_back(row.record);
    result.device.left[static_cast<u32>(GiveUp::lost)] += rows_.size();
  }
  for (const u32 k : left_) run_on_cpu(result.records[k]);
  if (options_.profile) add_profile(result.profile.primitives, runner_.take_profile());
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
  groups_.clear();
  rows_.clear();
  items_.clear();
  name_records(result);
  const RunRange batch = result.range;
  const u32 end = plan_.place_of(batch.end - 1).candidate + 1;
  const u64 size = group_size(batch.size());
  for (u32 c = plan_.place_of(batch.first).candidate; c < end;) {
    u32 next = c + 1;
    while (next < end && plan_.run_alike(c, next)) ++next;
    if (size > 1 && next - c > 1) {
      lay_out_groups(batch, c, next, size);
    } else {
      for (u32 k = c; k < next; ++k) lay_out_alone(batch, k);
    }
    c = next;
  }
  if (costs_ != nullptr) {
    const auto costlier = [](const auto& a, const auto& b) { return a.cost > b.cost; };
    std::stable_sort(rows_.begin(), rows_.end(), costlier);
    std::stable_sort(items_.begin(), items_.end(), costlier);
  }
  for (const Row& row : rows_) slice_.add_run(row.program, row.example);
  std::vector<u32> numbers;
  for (const Item& item : items_) {
    const Group& group = *groups_[item.group];
    numbers.assign(group.graph.by_end().size(), device::kNoRun);
    for (const Row& row : item.rows) {
      numbers[group.places[row.program]] = static_cast<u32>(rows_.size());
      rows_.push_back(row);
    }
    slice_.add_item(item.group, item.example, numbers);
  }
}

void DeviceEvaluator::name_records(BatchResult& result) const {
  result.records.resize(result.range.size());
  for (u64 run = result.range.first; run < result.range.end;) {
    RunPlan::Place place = plan_.place_of(run);
    const u32 train = static_cast<u32>(plan_.tasks()[place.task].train.size());
    const u64 end = std::min(result.range.end, plan_.pair_end(run));
    for (; run < end; ++run, place = plan_.after(place)) {
      RunRecord& record = result.records[run - result.range.first];
      record.run = run;
      record.candidate = place.candidate;
      record.task = place.task;
      record.is_test = place.example >= train;
      record.index = record.is_test ? place.example - train : place.example;
      record.compared = plan_.compared_at(place);
    }
  }
}

// How many programs share their work, of those of a slice of so many runs: as many as leave every
// worker a few items. Wall-clock limits are of runs that stand alone, and so is one without a step.
u64 DeviceEvaluator::group_size(u64 runs) const {
  constexpr u64 kItemsPerWorker = 4;
  constexpr u64 kMost = 1024;
  const SliceLimits& limits = work_.limits();
  if (!limits.share || options_.max_seconds != 0 || options_.limits.steps == 0) return 1;
  if (limits.group != 0) return limits.group;
  u64 workers = 1;
  for (u32 k = 0; k < work_.pool().devices(); ++k) {
    workers = std::max(workers, u64{work_.pool().info(k).workers});
  }
  return std::clamp(runs / (kItemsPerWorker * workers), u64{1}, kMost);
}

void DeviceEvaluator::lay_out_groups(RunRange batch, u32 first, u32 end, u64 size) {
  u64 memory = ~u64{0};
  for (u32 k = 0; k < work_.pool().devices(); ++k) {
    memory = std::min(memory, work_.pool().info(k).worker_bytes / 8);
  }
  for (u32 c = first; c < end;) {
    u64 instructions = 0;
    u32 next = c;
    for (; next < end && next - c < size; ++next) {
      const Candidate& candidate = plan_.candidates()[next];
      const ProgramCache::ProgramPtr program = programs_.get(candidate.file_index);
      instructions += program->functions[candidate.function].code.size();
      if (next > c && device::graph_table_bytes(instructions) > memory) break;
    }
    if (next - c > 1) {
      lay_out_group(batch, c, next);
    } else {
      lay_out_alone(batch, c);
    }
    c = next;
  }
}

void DeviceEvaluator::lay_out_group(RunRange batch, u32 first, u32 end) {
  const u32 number = static_cast<u32>(groups_.size());
  Group& group = *groups_.emplace_back(std::make_unique<Group>());
  for (u32 c = first; c < end; ++c) {
    const Candidate& candidate = plan_.candidates()[c];
    group.held.push_back(programs_.get(candidate.file_index));
    group.graph.add(*group.held.back(), candidate.function);
  }
  group.graph.finish();
  group.places.assign(end - first, device::kNoRun);
  const std::vector<u32>& by_end = group.graph.by_end();
  for (u32 k = 0; k < by_end.size(); ++k) group.places[by_end[k]] = k;
  std::vector<u64> item_of(plan_.runs_of(first).size(), ~u64{0});  // by example
  for (u32 c = first; c < end; ++c) {
    const u32 k = c - first;
    if (group.places[k] == device::kNoRun ||
        group.graph.constant_depth(k) > options_.limits.depth) {
      lay_out_alone(batch, c);
      continue;
    }
    const u64 cost =
        costs_ == nullptr ? 0 : costs_->cost_of(group.graph.program(k), {group.graph.function(k)});
    const RunRange runs = plan_.runs_of(c);
    // The first and the last candidate of a batch may be there in part.
    for (u64 run = max_of(runs.first, batch.first); run < min_of(runs.end, batch.end); ++run) {
      u64& at = item_of[run - runs.first];
      if (at == ~u64{0}) {
        at = items_.size();
        const RunPlan::Place place = plan_.place_of(run);
        items_.push_back({0, number, work_.first_example(place.task) + place.example, {}});
      }
      items_[at].cost += cost;
      items_[at].rows.push_back(
          {cost, k, items_[at].example, static_cast<u32>(run - batch.first), number});
    }
  }
  slice_.add_graph(device::build_graph(group.graph));
}

void DeviceEvaluator::lay_out_alone(RunRange batch, u32 c) {
  const Candidate& candidate = plan_.candidates()[c];
  const RunRange runs = plan_.runs_of(c);
  const RunRange here = {max_of(runs.first, batch.first), min_of(runs.end, batch.end)};
  if (candidate.parameters == Parameters::batt) {
    for (u64 run = here.first; run < here.end; ++run) {
      left_.push_back(static_cast<u32>(run - batch.first));
    }
    return;
  }
  ProgramCache::ProgramPtr program = programs_.get(candidate.file_index);
  device::BuiltProgram built =
      device::build_program(*program, candidate.function, candidate.parameters);
  const u64 cost = costs_ == nullptr ? 0 : costs_->cost_of(*program, built.functions);
  slice_.add_program(std::move(built.bytes));
  loaded_.push_back({std::move(program), std::move(built.functions)});
  for (u64 run = here.first; run < here.end; ++run) {
    const RunPlan::Place place = plan_.place_of(run);
    rows_.push_back({cost, slice_.programs() - 1, work_.first_example(place.task) + place.example,
                     static_cast<u32>(run - batch.first)});
  }
}

// A device that is lost takes nothing along: the slice is begun anew on another.
void DeviceEvaluator::evaluate_slice(BatchResult& result) {
  SliceImage header;
  header.limits = options_.limits;
  header.most_steps = work_.limits().most_steps;
  header.want_values = wants_values() ? 1 : 0;
  header.want_grids = options_.score ? 1 : 0;
  header.profile = options_.profile ? 1 : 0;
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
    const Row& row = rows_[k];
    if (row.group == kAlone) {
      read_run(end, loaded_[row.program], outcome);
    } else {
      read_shared(end, *groups_[row.group], row.program, outcome);
    }
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
  leaf_calls += slice.leaf_calls;
  generic_calls += slice.generic_calls;
  counts.calls = leaf_calls;
  counts.shared_runs = slice_.runs() - slice_.alone();
  counts.items = slice_.items();
  counts.statements = slice.statements;
  counts.evaluated = slice.evaluated;
  result.statements += slice.statements;
  result.evaluated += slice.evaluated;
  if (options_.profile) add_profile(result.profile.primitives, profile_of(slice));
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

// Says what Ending says of a failure.
void DeviceEvaluator::read_shared(const RunEnd& end, const Group& group, u32 program,
                                  Outcome& outcome) {
  outcome.status = end.status;
  outcome.steps = end.steps;
  if (end.status == Status::ok) return;
  if (end.stage == Stage::called) {
    if (const Statement* statement = group.graph.statement(program, end.statement)) {
      outcome.statement = statement->text;
      outcome.line = statement->line;
    }
  }
  if (is_error(end.status)) return;
  if (end.refusal < 0) {
    outcome.reason = status_name(end.status);
  } else if (!group.graph.reason_at(static_cast<u64>(end.refusal), outcome.reason)) {
    throw DeviceLost("gave a reason that there is not");
  }
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
