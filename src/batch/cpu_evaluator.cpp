// The loop over the pairs of candidate and task in a batch.
#include "batch/cpu_evaluator.h"

#include <algorithm>
#include <utility>

namespace arcbatch {

CpuEvaluator::CpuEvaluator(const RunOptions& options, const RunPlan& plan, ProgramCache& programs,
                           Finish finish)
    : options_(options),
      plan_(plan),
      programs_(programs),
      finish_(std::move(finish)),
      runner_(options) {}

// Candidates of one file follow each other, so that a file is bound about once a batch.
void CpuEvaluator::load(u32 file) {
  if (program_ != nullptr && file == file_) return;
  program_ = programs_.get(file);
  file_ = file;
  runner_.load(*program_);
}

void CpuEvaluator::evaluate(BatchResult& result) {
  const u64 leaf_before = runner_.ctx().leaf_calls;
  const u64 generic_before = runner_.ctx().generic_calls;
  result.records.reserve(result.range.size());
  for (u64 run = result.range.first; run < result.range.end;) {
    RunPlan::Place place = plan_.place_of(run);
    const Candidate& candidate = plan_.candidates()[place.candidate];
    const u32 train = static_cast<u32>(plan_.tasks()[place.task].train.size());
    const u64 end = std::min(result.range.end, plan_.pair_end(run));
    load(candidate.file_index);
    for (; run < end; ++run, place = plan_.after(place)) {
      const Pair& pair = plan_.pair_at(place);
      RunRecord& record = result.records.emplace_back();
      record.run = run;
      record.candidate = place.candidate;
      record.task = place.task;
      record.is_test = place.example >= train;
      record.index = record.is_test ? place.example - train : place.example;
      record.compared = plan_.compared_at(place);
      const GridData* expected = pair.output ? &*pair.output : nullptr;
      record.outcome = run_on_example(
          runner_, options_, candidate.function, candidate.parameters,
          {&pair.input, &plan_.tasks()[place.task].train, place.compared ? expected : nullptr},
          expected);
      if (finish_) finish_(record);
    }
  }
  runner_.rest();
  result.profile.primitives = runner_.take_profile();
  result.generic_calls = runner_.ctx().generic_calls - generic_before;
  result.fast_calls = runner_.ctx().leaf_calls - leaf_before - result.generic_calls;
}

}  // namespace arcbatch
