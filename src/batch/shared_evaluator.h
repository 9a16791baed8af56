// SharedEvaluator: evaluates a batch of many candidates as one graph, so that what they have in
// common is done once for every example.
#pragma once

#include <exception>
#include <memory>

#include "batch/cpu_evaluator.h"
#include "batch/graph_runner.h"
#include "batch/work_board.h"

namespace arcbatch {

class SharedEvaluator : public BatchEvaluator {
 public:
  // As for CpuEvaluator, which does the batches where nothing can be shared. Without
  // `keep_values`, outcomes of graphs come without the value and the statement. Evaluators with one
  // board, which must outlive them, help each other.
  SharedEvaluator(const RunOptions& options, const RunPlan& plan, ProgramCache& programs,
                  bool keep_values = true, CpuEvaluator::Finish finish = {},
                  WorkBoard* board = nullptr);

  void evaluate(BatchResult& result) override;
  bool help() override;

 private:
  void evaluate_graph(BatchResult& result, u32 first, u32 end);
  std::exception_ptr take_part(GraphWork& work);
  void take_examples(GraphWork& work);
  void run_example(GraphWork& work, const GraphWork::Example& example, bool same_pairs);
  void read_runs(BatchResult& result, const RunRecord& example, u64 number, u32 first, u32 end);

  const RunPlan& plan_;
  ProgramCache& programs_;
  bool keep_values_;
  CpuEvaluator::Finish finish_;
  CpuEvaluator alone_;
  GraphRunner shared_;
  WorkBoard* board_;
};

// The most runs in a batch where every run is done alone.
inline constexpr u64 kRunsAlone = 64;

// How to cut work for workers.
struct BatchShape {
  u64 runs = 1;     // of a batch
  u64 batches = 1;  // that may be begun and not consumed
};

// Returns the shape for `runs` runs and so many workers: small enough that all workers have some
// to the end, and with `share` large, since programs of one batch share work: the larger, the
// more outcomes are held, and the longer the work goes on after Ctrl-C.
BatchShape batch_shape(u64 runs, u32 jobs, bool share);

// Returns how many batches of `runs` runs may be begun and not consumed: enough for the other
// workers to go on while one run takes seconds.
u64 window_of(u64 runs, u32 jobs);

// Cuts batches for a SharedEvaluator: as many whole candidates that run on the same tasks as have
// `size` runs together, at least two; for those that stand alone as cut_batch() does.
RunRange cut_shared_batch(const RunPlan& plan, u64 first, u64 end, u64 size);

}  // namespace arcbatch
