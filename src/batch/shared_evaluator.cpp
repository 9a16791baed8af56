// Batches as graphs, example by example, put back into the canonical order.
#include "batch/shared_evaluator.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace arcbatch {

SharedEvaluator::SharedEvaluator(const RunOptions& options, const RunPlan& plan,
                                 ProgramCache& programs, bool keep_values,
                                 CpuEvaluator::Finish finish, WorkBoard* board)
    : plan_(plan),
      programs_(programs),
      keep_values_(keep_values),
      finish_(finish),
      alone_(options, plan, programs, std::move(finish)),
      shared_(options),
      board_(board) {}

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
  result.records.resize(result.range.size());
  GraphWork work;
  work.graph = &graph;
  work.first = first;
  work.end = end;
  work.result = &result;
  u64 number = 0;  // over the tasks: a candidate's runs are in this order
  const RunPlan::TaskRange tasks = plan_.tasks_of(first);
  for (u32 t = tasks.first; t < tasks.end; ++t) {
    const Task& task = plan_.tasks()[t];
    u32 index = 0;
    for (const std::vector<Pair>* pairs : {&task.train, &task.test}) {
      for (const Pair& pair : *pairs) {
        work.examples.push_back({t, index++, number});
        number += plan_.comparisons(first, pair);
      }
    }
  }
  if (board_ != nullptr) board_->offer(work);
  const std::exception_ptr error = take_part(work);
  if (board_ != nullptr) board_->withdraw(work);
  if (error) std::rethrow_exception(error);
}

bool SharedEvaluator::help() {
  GraphWork* work = board_ != nullptr ? board_->join() : nullptr;
  if (work == nullptr) return false;
  board_->leave(*work, take_part(*work));
  return true;
}

// Takes examples until there are no more. Where that fails, nobody takes another; returns why.
std::exception_ptr SharedEvaluator::take_part(GraphWork& work) {
  try {
    take_examples(work);
    return nullptr;
  } catch (...) {
    work.next = work.examples.size();
    return std::current_exception();
  }
}

void SharedEvaluator::take_examples(GraphWork& work) {
  const SharingCounts before = shared_.counts();
  shared_.load(*work.graph);
  const GraphWork::Example* last = nullptr;
  for (u64 k = work.next++; k < work.examples.size(); k = work.next++) {
    const GraphWork::Example& example = work.examples[k];
    run_example(work, example, last != nullptr && last->task == example.task);
    last = &example;
  }
  const SharingCounts after = shared_.counts();
  const std::lock_guard lock(work.merging);
  BatchResult& result = *work.result;
  add_profile(result.profile, shared_.take_profile());
  result.statements += after.statements - before.statements;
  result.evaluated += after.nodes.evaluated - before.nodes.evaluated;
  const u64 generic = after.generic_calls - before.generic_calls;
  result.generic_calls += generic;
  result.fast_calls += after.leaf_calls - before.leaf_calls - generic;
}

void SharedEvaluator::run_example(GraphWork& work, const GraphWork::Example& example,
                                  bool same_pairs) {
  const Task& task = plan_.tasks()[example.task];
  const u32 train = static_cast<u32>(task.train.size());
  RunRecord record;
  record.task = example.task;
  record.is_test = example.index >= train;
  record.index = record.is_test ? example.index - train : example.index;
  const Pair& pair = record.is_test ? task.test[record.index] : task.train[record.index];
  const GridData* expected = pair.output ? &*pair.output : nullptr;
  const u32 comparisons = plan_.comparisons(work.first, pair);
  for (u32 k = 0; k < comparisons; ++k) {
    const bool compared = k > 0 || plan_.first_compared(work.first, pair);
    if (k == 0) {
      shared_.run({&pair.input, &task.train, compared ? expected : nullptr}, expected, same_pairs);
    } else {
      shared_.run_compared(expected);
    }
    record.compared = compared;
    read_runs(*work.result, record, example.number + k, work.first, work.end);
  }
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
