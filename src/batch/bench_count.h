// The workload whose instructions scripts/instruction-count counts.
#pragma once

#include <string>
#include <vector>

#include "backend/cpu/runner.h"
#include "batch/candidates.h"
#include "task/task.h"

namespace arcbatch {

struct CountedRuns {
  std::string name;  // of the function
  u64 runs = 0;
};

// Runs every candidate `repetitions` times on each pair of its tasks, after one warm-up, within one
// call of arcbatch_counted_runs per candidate: the only code that a profiler should count.
std::vector<CountedRuns> count_runs(const RunOptions& options,
                                    const std::vector<Candidate>& candidates,
                                    const std::vector<Task>& tasks, u32 repetitions);

}  // namespace arcbatch
