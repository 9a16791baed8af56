// What sharing gains: the same runs one after the other and through a graph, on one core in turns.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "batch/candidates.h"
#include "batch/graph_runner.h"

namespace arcbatch {

struct SharedBench {
  u64 graphs = 0;
  GraphSize size;            // of all graphs together
  double build_seconds = 0;  // for all graphs, from compiled programs; the median of several
  u64 runs = 0;              // a round
  // By round: seconds for all runs, from a grid to an Outcome of each.
  std::vector<double> sequential;
  std::vector<double> shared;
  SharingCounts counts;    // of all rounds
  u64 disagreements = 0;   // outcomes that differ, which must not be
  std::string first_case;  // one of them
};

// Runs candidates on their tasks, or with `all` every one on every task. Programs that run on the
// same inputs share a graph. The two ways take turns by input, and the order of the two with the
// input. `progress` gets the inputs done, over all rounds.
SharedBench measure_sharing(const RunOptions& options, const std::vector<Candidate>& candidates,
                            const std::vector<Task>& tasks, bool all, u32 rounds,
                            const std::function<void(u64)>& progress);

// Puts `count` mutants of each candidate that has a task, and that mutant_of() takes, in the place
// of the candidates. They run on their ancestor's task.
void replace_by_mutants(std::vector<Candidate>& candidates, const std::vector<Task>& tasks,
                        u32 count, u64 seed);

}  // namespace arcbatch
