// Runs the functions of program files on the examples of tasks, one after the other.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "batch/outcome.h"
#include "frontend/frontend.h"
#include "task/task.h"

namespace arcbatch {

// A function to run: on one task where its name says so, else on all of them.
struct Candidate {
  std::shared_ptr<const Program> program;
  u32 function = 0;
  std::string name;     // "solve_00d62c1b"
  std::string file;     // where it was read
  std::string task_id;  // "00d62c1b" for a name solve_<id>; empty: every task
};

// A function that cannot be called with one argument.
struct SkippedFunction {
  std::string file;
  std::string name;
  u32 line = 0;
  u32 required = 0;  // parameters without a default
};

struct CandidateList {
  std::vector<Candidate> candidates;
  std::vector<SkippedFunction> skipped;
  std::vector<Diagnostic> warnings;
  std::vector<Diagnostic> errors;      // of the files that do not compile
  std::vector<std::string> bad_files;  // those files
  u32 files = 0;                       // files that compiled
};

// Compiles one file's text and appends its functions. Of several functions of one name the last
// counts, as in Python.
void add_candidates(CandidateList& list, std::string_view source, const std::string& file);

// One run as it ended.
struct RunRecord {
  const Candidate* candidate = nullptr;
  const Task* task = nullptr;
  bool is_test = false;
  u32 index = 0;  // of the example within its split, from 0
  Outcome outcome;
};

// The work of one call of run_tasks().
class RunPlan {
 public:
  // Neither list may change while the plan is used.
  RunPlan(const std::vector<Candidate>& candidates, const std::vector<Task>& tasks);

  // The number of runs: candidates times the examples of their tasks.
  [[nodiscard]] u64 size() const { return size_; }
  // Candidates named for a task that is not among the tasks.
  [[nodiscard]] u32 without_task() const { return without_task_; }

  // Runs everything in order: by candidate, then task, train before test. `on_record` sees every
  // run and ends the work by returning false.
  void execute(const RunOptions& options, const std::function<bool(const RunRecord&)>& on_record);

  // Calls of primitives that the fast kernels and the generic ones answered.
  [[nodiscard]] u64 fast_calls() const { return fast_calls_; }
  [[nodiscard]] u64 generic_calls() const { return generic_calls_; }
  // See Runner::profile().
  [[nodiscard]] const std::vector<PrimProfile>& profile() const { return profile_; }

 private:
  struct Item {
    const Candidate* candidate;
    const Task* task;
  };
  std::vector<Item> items_;
  u64 size_ = 0;
  u32 without_task_ = 0;
  u64 fast_calls_ = 0;
  u64 generic_calls_ = 0;
  std::vector<PrimProfile> profile_;
};

// Totals over runs.
class RunStatistics {
 public:
  struct Slow {
    const Candidate* candidate = nullptr;
    const Task* task = nullptr;  // of its longest run
    double seconds = 0;          // all its runs together
    double longest = 0;
    u64 runs = 0;
  };

  // Adds one run. Candidate and task must outlive the statistics.
  void add(const RunRecord& record);

  // Tasks of which one candidate matched every example with an expected output (at least one).
  [[nodiscard]] u32 tasks_solved() const;
  // Tasks that had a run.
  [[nodiscard]] u32 tasks_tried() const { return static_cast<u32>(tasks_.size()); }
  // The slowest candidates by their total time, at most `count`.
  [[nodiscard]] std::vector<Slow> slowest(std::size_t count) const;

  u64 runs = 0;
  u64 by_kind[5] = {};  // indexed by StatusKind
  u64 expected = 0;     // runs with a known expected output
  u64 matched = 0;
  double seconds = 0;                                   // in the runs themselves
  std::map<std::string, u64, std::less<>> errors;       // by Python class
  std::map<std::string, u64, std::less<>> limits;       // by reason; resource included
  std::map<std::string, u64, std::less<>> unsupported;  // by reason

 private:
  std::map<const Task*, std::map<const Candidate*, u64>> tasks_;  // runs matched
  std::map<const Candidate*, Slow> times_;
};

}  // namespace arcbatch
