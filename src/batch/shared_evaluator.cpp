// Batches as graphs, example by example, put back into the canonical order.
#include "batch/shared_evaluator.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace arcbatch {

SharedEvaluator::SharedEvaluator(const RunOptions& options, const RunPlan& plan,
                                 ProgramCache& programs, bool keep_values,
                                 CpuEvaluator::Finish finish)
    : plan_(plan),
      programs_(programs),
      keep_values_(keep_values),
      finish_(finish),
      alone_(options, plan, programs, std::move(finish)),
      shared_(options) {}

void SharedEvaluator::evaluate(BatchResult& result) {
  const u32 first = plan_.place_of(result.range.first).candidate;
  const u32 end = plan_.place_of(result.range.end - 1).candidate + 1;
  bool alike = true;
  for (u32 c = first + 1; c < end; ++c) alike = alike && plan_.run_alike(first, c);
  if (alike && end - first > 1) {
    evaluate_graph(result, first, end);
  } else {
    alone_.evaluate(result);
  }
}

void SharedEvaluator::evaluate_graph(BatchResult& result, u32 first, u32 end) {
  std::vector<ProgramCache::ProgramPtr> held;
  BatchGraph graph;
  for (u32 c = first; c < end; ++c) {
    const Candidate& candidate = plan_.candidates()[c];
    held.push_back(programs_.get(candidate.file_index));
    graph.add(*held.back(), candidate.function);
  }
  graph.finish();
  const SharingCounts before = shared_.counts();
  shared_.load(graph);
  result.records.resize(result.range.size());
  u64 number = 0;  // over the tasks: a candidate's runs are in this order
  const RunPlan::TaskRange tasks = plan_.tasks_of(first);
  for (u32 t = tasks.first; t < tasks.end; ++t) {
    const Task& task = plan_.tasks()[t];
    const u64 count = task.train.size() + task.test.size();
    for (u64 e = 0; e < count; ++e) {
      const bool is_test = e >= task.train.size();
      RunRecord record;
      record.task = t;
      record.is_test = is_test;
      record.index = static_cast<u32>(is_test ? e - task.train.size() : e);
      const Pair& pair = is_test ? task.test[record.index] : task.train[record.index];
      const GridData* expected = pair.output ? &*pair.output : nullptr;
      const u32 comparisons = plan_.comparisons(first, pair);
      for (u32 k = 0; k < comparisons; ++k, ++number) {
        const bool compared = k > 0 || plan_.first_compared(first, pair);
        if (k == 0) {
          shared_.run({&pair.input, &task.train, compared ? expected : nullptr}, expected, e > 0);
        } else {
          shared_.run_compared(expected);
        }
        record.compared = compared;
        read_runs(result, record, number, first, end);
      }
    }
  }
  result.profile = shared_.take_profile();
  const SharingCounts after = shared_.counts();
  result.statements = after.statements - before.statements;
  result.evaluated = after.nodes.evaluated - before.nodes.evaluated;
  result.generic_calls = after.generic_calls - before.generic_calls;
  result.fast_calls = after.leaf_calls - before.leaf_calls - result.generic_calls;
}

// Puts the outcomes of the graph's last run, which is run `number` of each candidate, in place.
void SharedEvaluator::read_runs(BatchResult& result, const RunRecord& example, u64 number,
                                u32 first, u32 end) {
  for (u32 c = first; c < end; ++c) {
    const u64 run = plan_.runs_of(c).first + number;
    // The first and the last candidate of a range may be there in part.
    if (run < result.range.first || run >= result.range.end) continue;
    RunRecord& record = result.records[run - result.range.first];
    record = example;
    record.run = run;
    record.candidate = c;
    record.compared = takes_compared(plan_.candidates()[c].parameters)
                          ? std::optional<bool>(example.compared.value_or(false))
                          : std::nullopt;
    record.outcome =
        keep_values_ ? shared_.outcome(c - first) : outcome_of(shared_.ending(c - first), false);
    if (finish_) finish_(record);
  }
}

BatchShape batch_shape(u64 runs, u32 jobs, bool share) {
  constexpr u64 kMaxSharedRuns = u64{1} << 14;
  constexpr u64 kEnoughToShare = u64{1} << 11;
  constexpr u64 kBatchesPerWorker = 8;
  constexpr u64 kSharedPerWorker = 64;  // where batches stay large: workers end at about one time
  BatchShape shape;
  const u64 workers = std::max(jobs, u32{1});
  const u64 most = share ? kMaxSharedRuns : kRunsAlone;
  const u64 few = std::clamp<u64>(runs / (kBatchesPerWorker * workers), 1, most);
  shape.runs =
      share ? std::clamp(runs / (kSharedPerWorker * workers), std::min(few, kEnoughToShare), most)
            : few;
  shape.batches = window_of(shape.runs, jobs);
  return shape;
}

u64 window_of(u64 runs, u32 jobs) {
  constexpr u64 kWindowRuns = u64{1} << 16;
  constexpr u64 kMaxBatches = 4096;
  return std::max(std::min(kWindowRuns / runs, kMaxBatches), u64{4} * jobs);
}

RunRange cut_shared_batch(const RunPlan& plan, u64 first, u64 end, u64 size) {
  const u32 count = static_cast<u32>(plan.candidates().size());
  const u32 start = plan.place_of(first).candidate;
  u32 c = start + 1;
  if (c < count && plan.run_alike(start, c)) {
    do {
      ++c;
    } while (c < count && plan.run_alike(start, c) && plan.runs_of(c).end - first <= size);
    return {first, std::min(plan.runs_of(c - 1).end, end)};
  }
  // Up to the next two that are alike.
  const auto begins_group = [&](u32 k) { return k + 1 < count && plan.run_alike(k, k + 1); };
  while (c < count && !begins_group(c) && plan.runs_of(c).first - first < size) ++c;
  return cut_batch(plan, first, std::min(plan.runs_of(c - 1).end, end),
                   std::min<u64>(size, kRunsAlone));
}

}  // namespace arcbatch
