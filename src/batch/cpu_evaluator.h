// CpuEvaluator: evaluates a batch run by run, with a Runner of its own.
#pragma once

#include <functional>
#include <memory>

#include "batch/coordinator.h"
#include "batch/program_cache.h"

namespace arcbatch {

class CpuEvaluator : public BatchEvaluator {
 public:
  // What is done with a record once its outcome is known; called on the worker's thread.
  using Finish = std::function<void(RunRecord&)>;

  // Plan and cache must outlive the evaluator.
  CpuEvaluator(const RunOptions& options, const RunPlan& plan, ProgramCache& programs,
               Finish finish = {});

  void evaluate(BatchResult& result) override;

 private:
  void load(u32 file);

  RunOptions options_;
  const RunPlan& plan_;
  ProgramCache& programs_;
  Finish finish_;
  Runner runner_;
  u32 file_ = 0;
  ProgramCache::ProgramPtr program_;  // bound to the runner; null before the first run
};

}  // namespace arcbatch
