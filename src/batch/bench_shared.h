// What sharing gains: the same runs one after the other and through a graph, on one core in turns.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "batch/bench_batches.h"
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
  std::vector<double> inputs;  // seconds of all programs on each input at once, the least of rounds
  SharingCounts counts;        // of all rounds
  u64 disagreements = 0;       // outcomes that differ, which must not be
  std::string first_case;      // one of them
};

// Runs candidates on their tasks, or with `all` every one on every task. Programs that run on the
// same inputs share a graph. The two ways take turns by input, and the order of the two with the
// input. `progress` gets the inputs done, over all rounds.
SharedBench measure_sharing(const RunOptions& options, const std::vector<Candidate>& candidates,
                            const std::vector<Task>& tasks, bool all, u32 rounds,
                            const std::function<void(u64)>& progress);

// The programs of some inputs, each in CPython, against all at once here.
struct SharedReference : ReferenceRuns {  // limits count in our time alone
  u64 inputs = 0;
  Quantiles ratio;  // by input: CPython's time for its runs over ours for all
  double total_ratio = 0;
};

// Chooses about `count` of the inputs, evenly, and has CPython do what `bench`, of the same
// programs and tasks, has timed of them. A run's time in CPython is the least of those measured
// within some milliseconds. The reference has the programs' files.
SharedReference measure_shared_reference(const RunOptions& options,
                                         const std::vector<Candidate>& candidates,
                                         const std::vector<Task>& tasks, bool all,
                                         const SharedBench& bench, u64 count,
                                         PythonReference& reference,
                                         const std::function<void(u64)>& progress);

// Puts `count` mutants of each candidate that has a task, and that mutant_of() takes, in the place
// of the candidates. They run on their ancestor's task.
void replace_by_mutants(std::vector<Candidate>& candidates, const std::vector<Task>& tasks,
                        u32 count, u64 seed);

}  // namespace arcbatch
