// Bench: how long runs take on one core, here and under CPython, and what the ratios come to.
#pragma once

#include <string>
#include <vector>

#include "batch/candidates.h"
#include "batch/outcome.h"

namespace arcbatch {

// One function on one input.
struct BenchCase {
  const Candidate* candidate = nullptr;
  const Task* task = nullptr;
  bool is_test = false;
  u32 index = 0;  // of the example within its split
  [[nodiscard]] const Pair& pair() const {
    return is_test ? task->test[index] : task->train[index];
  }
};

// Lists every case of the candidates on their tasks; with `limit` > 0 at most that many, evenly
// spread.
std::vector<BenchCase> bench_cases(const std::vector<Candidate>& candidates,
                                   const std::vector<Task>& tasks, u64 limit);

// Measures runs of this engine. A repetition is all that is done for one input: emptying the
// arena, making the input value from raw cells (one of kInputCopies copies in turn, so that
// neither derived facts nor results of an earlier repetition are there), the run, and working out
// every set order that the result still defers. Repetitions are timed in batches long enough for
// the clock.
class EngineTimer {
 public:
  static constexpr u32 kInputCopies = 32;

  explicit EngineTimer(const RunOptions& options);

  // Chooses the case to time and returns its outcome.
  Outcome select(const BenchCase& c);

  // Appends samples (nanoseconds per repetition) to `samples` for about `budget` seconds, at
  // least one; an untimed warm-up comes first.
  void measure(double budget, std::vector<double>& samples);

 private:
  void repeat_once();

  RunOptions options_;
  Runner runner_;
  const Program* loaded_ = nullptr;
  u32 function_ = 0;
  u32 next_copy_ = 0;
  double estimate_ = 0;  // nanoseconds of a repetition
  std::vector<GridData> copies_;
};

// A case and its times: nanoseconds per run, medians over all samples.
struct BenchResult {
  BenchCase where;
  Outcome outcome;
  double engine_ns = 0;
  u64 engine_samples = 0;
  double reference_ns = 0;  // 0 where CPython was not measured
  u64 reference_samples = 0;
  bool agrees = true;  // with CPython's outcome, where that was compared
  std::string reference_outcome;

  [[nodiscard]] double ratio() const { return reference_ns / engine_ns; }
};

struct Quantiles {
  double geomean = 0;
  double p10 = 0;
  double median = 0;
  double p90 = 0;
  double p99 = 0;
  double least = 0;
  double greatest = 0;
  double total = 0;
};

// Returns the quantiles of positive numbers; all zero for none.
Quantiles quantiles_of(std::vector<double> numbers);

// Returns the middle of the samples; 0 for none.
double median_of(std::vector<double> samples);

struct BenchSummary {
  Quantiles engine_ns;
  Quantiles reference_ns;
  Quantiles ratio;
  double total_ratio = 0;            // CPython's total over ours
  double total_without_slowest = 0;  // the same without the task that takes CPython longest
  std::string slowest_task;
  u64 slower_than_reference = 0;  // runs with a ratio below one
  u64 disagreements = 0;
};

BenchSummary summarise(const std::vector<BenchResult>& results);

}  // namespace arcbatch
