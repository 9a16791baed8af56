// Coordinator: a fixed pool of workers that evaluates batches of runs, and one consumer that gets
// their results in the canonical order, whatever the number of workers and the size of batches.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "backend/cpu/profile.h"
#include "batch/device_counts.h"
#include "batch/outcome.h"
#include "batch/run_plan.h"

namespace arcbatch {

// One run as it ended.
struct RunRecord {
  u64 run = 0;  // its number in the plan
  u32 candidate = 0;
  u32 task = 0;
  bool is_test = false;
  u32 index = 0;  // of the example within its split, from 0
  // Whether C was the expected output; nothing for a function that takes no C.
  std::optional<bool> compared;
  Outcome outcome;
  std::string line;        // the run's JSON line, if asked for
  std::string prediction;  // the grid as JSON, if asked for and the run predicts one
};

// Whether what the run came to may be a prediction of a test output: not where it was given that.
inline bool is_prediction(const RunRecord& record) {
  return record.is_test && record.outcome.status == Status::ok && !record.compared.value_or(false);
}

struct BatchResult {
  RunRange range;
  std::vector<RunRecord> records;  // one a run, in the canonical order
  // Calls of primitives that the fast kernels and the generic ones answered.
  u64 fast_calls = 0;
  u64 generic_calls = 0;
  // Of programs that shared their work: the statements that their runs came through, and how many
  // were evaluated for them.
  u64 statements = 0;
  u64 evaluated = 0;
  Profile profile;  // empty unless RunOptions::profile
  DeviceCounts device;

  // Returns about how much memory the result holds.
  [[nodiscard]] u64 bytes() const;
};

// Evaluates batches, one at a time; every worker has one of its own. It gets whole batches, so
// that an implementation may share work between programs and take the runs in any order.
class BatchEvaluator {
 public:
  virtual ~BatchEvaluator() = default;
  // Sets `result`, whose range alone is set, to the results of its runs.
  virtual void evaluate(BatchResult& result) = 0;
  // Does a part of a batch that another evaluator has begun. Returns whether there was one. What
  // goes wrong is that evaluator's error.
  virtual bool help() { return false; }
};

// Receives the results, on the thread that called run_batches().
class BatchConsumer {
 public:
  virtual ~BatchConsumer() = default;
  virtual void consume(const BatchResult& result) = 0;
  // Called at least ten times a second. Returning false ends the work: the batches that workers
  // have begun are finished and consumed, no others begin.
  virtual bool go_on() = 0;
};

struct CoordinatorOptions {
  u32 jobs = 1;  // workers
  // Batches that were begun and not consumed: workers wait at this number, or while finished
  // results hold this much memory. Both bound memory where the consumer, or one long run, is slow.
  u64 window_batches = 64;
  u64 window_bytes = u64{256} << 20;
  // Whether workers that may begin no batch help() those that have one.
  bool help = false;
};

using BatchCutter = std::function<RunRange(u64 first)>;
using EvaluatorFactory = std::function<std::unique_ptr<BatchEvaluator>()>;

// Evaluates the runs of `work`. `cut` returns the batch that starts at a run: a range within
// `work`, not empty, that depends on that run alone; it is called by one thread at a time.
// `make_evaluator` is called once by every worker that has something to do. Returns the number of
// runs consumed, which are the first ones of `work`. What the evaluators or the consumer throw ends
// the work and is thrown here, after the batches before it were consumed.
u64 run_batches(RunRange work, const CoordinatorOptions& options, const BatchCutter& cut,
                const EvaluatorFactory& make_evaluator, BatchConsumer& consumer);

// Returns the number of cores that this process may use.
u32 available_cores();

}  // namespace arcbatch
