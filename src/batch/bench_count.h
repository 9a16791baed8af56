// The workload whose instructions scripts/instruction-count counts.
#pragma once

#include <string>
#include <vector>

#include "backend/cpu/runner.h"

namespace arcbatch {

struct CountedRuns {
  std::string name;  // of the example's function
  u64 runs = 0;
};

// Runs every built-in example `repetitions` times on each of its pairs, after one warm-up, within
// one call of arcbatch_counted_runs per example: the only code that a profiler should count.
std::vector<CountedRuns> count_examples(const RunOptions& options, u32 repetitions);

}  // namespace arcbatch
