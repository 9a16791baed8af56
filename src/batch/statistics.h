// RunStatistics: totals over runs that come in the canonical order. Memory grows with the tasks,
// not with the candidates or the runs.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/macros.h"
#include "core/status.h"
#include "task/task.h"

namespace arcbatch {

// What the totals need of a run.
struct RunFacts {
  u32 candidate = 0;
  u32 task = 0;
  StatusKind kind = StatusKind::value;
  std::string_view reason;    // the class of an error; the reason of anything but a value
  std::optional<bool> match;  // empty where the expected output is not known
  bool compared = false;      // C was the expected output: what matches then has solved nothing
  double seconds = 0;
};

// All runs of one candidate.
struct CandidateTotals {
  u32 candidate = 0;
  u64 runs = 0;
  u64 matched = 0;
  u64 values = 0;
  u64 errors = 0;
  u32 tasks_solved = 0;
  double seconds = 0;
  double longest = 0;    // of one run
  u32 longest_task = 0;  // of that run
};

// The candidates that solve a task.
struct Solvers {
  u64 count = 0;
  std::vector<u32> first;  // the first few
};

class RunStatistics {
 public:
  static constexpr std::size_t kSolversListed = 3;
  static constexpr std::size_t kReasonsListed = 200;

  // `known` has, for every task, the number of examples with an expected output; `top` is the
  // length of the lists of candidates.
  RunStatistics(std::vector<u32> known, std::size_t top);

  // Adds a run: the runs of a candidate come together, and among them those of a task.
  void add(const RunFacts& facts);
  // Ends the runs; call before the functions below.
  void finish();

  // Tasks that had a run.
  [[nodiscard]] u32 tasks_tried() const;
  // Tasks of which one candidate matched every example with an expected output (at least one).
  [[nodiscard]] u32 tasks_solved() const;
  // The candidates that solve a task.
  [[nodiscard]] const Solvers& solvers(u32 task) const { return solvers_[task]; }
  // The candidates with the greatest total time.
  [[nodiscard]] const std::vector<CandidateTotals>& slowest() const { return slowest_; }
  // The candidates that solve most tasks and, among them, match most runs.
  [[nodiscard]] const std::vector<CandidateTotals>& best() const { return best_; }

  using Counts = std::map<std::string, u64, std::less<>>;
  u64 runs = 0;
  u64 by_kind[5] = {};  // indexed by StatusKind
  u64 expected = 0;     // runs with a known expected output that were not given it as C
  u64 matched = 0;
  double seconds = 0;  // in the runs themselves
  Counts errors;       // by Python class
  Counts limits;       // by reason; resource included
  Counts unsupported;  // by reason; beyond kReasonsListed of them, "other reasons"

 private:
  void end_pair();
  void end_candidate();

  std::vector<u32> known_;
  std::size_t top_;
  std::vector<bool> tried_;
  std::vector<Solvers> solvers_;
  CandidateTotals current_;
  u32 task_ = 0;          // of the last run
  u64 pair_matched_ = 0;  // runs of the current candidate on that task
  std::vector<CandidateTotals> slowest_;
  std::vector<CandidateTotals> best_;
};

// Returns, for every task, how many of its examples have an expected output.
std::vector<u32> known_outputs(const std::vector<Task>& tasks);

}  // namespace arcbatch
