// Benches of whole batches, from program text to the outcomes of all runs, in the ways that there
// are to run them, and beside CPython.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "batch/bench.h"
#include "batch/bench_reference.h"
#include "batch/device_evaluator.h"
#include "graph/fingerprint.h"

namespace arcbatch {

struct BatchText {
  std::string name;
  std::string text;
};

// What is run: every function of the texts that takes one argument, on the tasks.
struct BatchWorkload {
  std::string name;
  std::vector<BatchText> files;
  std::vector<Task> tasks;
  bool all = false;  // every function on every task, whatever it is called
};

// Returns a workload of `count` mutants (see mutant_of()), a file for each, of candidates that have
// a task, as many of each candidate as of the others, on the first `examples` examples of their
// tasks.
BatchWorkload mutant_workload(const std::vector<Candidate>& candidates,
                              const std::vector<Task>& tasks, u64 count, u32 examples, u64 seed);

struct BatchMode {
  std::string name;  // "sequential", "shared", "parallel", "emulated", "cuda", "auto"
  u32 jobs = 1;
  bool share = false;                     // on the CPU
  device::DevicePool* devices = nullptr;  // what evaluates; null: the CPU
  bool cores = false;                     // whether the CPU's cores take a share beside devices
  SliceLimits slices = {};
};

struct BatchTiming {
  double seconds = 0;          // from text to the last outcome
  double compile_seconds = 0;  // of them, until all texts were compiled
  u64 programs = 0;
  u64 runs = 0;
  u64 matched = 0;
  u64 statements = 0;   // of programs that shared work: those that their runs came through
  u64 evaluated = 0;    // and those that were evaluated for them
  u64 peak_bytes = 0;   // resident memory of the process at its greatest; 0 where not known
  u64 by_kind[5] = {};  // runs, indexed by StatusKind
  DeviceCounts device;
  Fingerprint outcomes;  // of all outcomes in order: status, output, steps
};

// Runs the workload once. `progress` is called with the runs done, at least ten times a second.
BatchTiming time_batches(const RunOptions& options, const BatchWorkload& workload,
                         const BatchMode& mode, const std::function<void(u64)>& progress);

// Runs that CPython did too, of those chosen.
struct ReferenceRuns {
  u64 runs = 0;
  u64 too_long = 0;    // chosen, but of more steps than CPython is asked for
  u64 unanswered = 0;  // chosen, but ended as limit, resource or unsupported
  u64 disagreements = 0;
  std::string first_case;
};

// Has CPython do a run that ended as `outcome` here, compares, and counts it in `sum`. Returns its
// time there in nanoseconds, the least of those measured within some milliseconds, or nothing
// where CPython is not asked. The reference has the program's file.
std::optional<double> run_in_python(const Candidate& candidate, const Task& task, const Pair& pair,
                                    const Outcome& outcome, PythonReference& reference,
                                    ReferenceRuns& sum);

// A sample of a workload.
struct BatchSample : ReferenceRuns {
  double reference_seconds = 0;  // of a run, the mean
  // Of the same runs, each alone, as bench times them: CPython's time over ours.
  Quantiles ratio;
  double total_ratio = 0;
};

// Chooses `count` runs evenly by a seed, runs each alone and in CPython, and compares outcomes and
// times. A run's time is the least of those measured within some milliseconds.
BatchSample sample_batches(const RunOptions& options, const BatchWorkload& workload, u64 count,
                           u64 seed, PythonReference& reference,
                           const std::function<void(u64)>& progress);

}  // namespace arcbatch
