// RunPlan: the runs of candidates on tasks, numbered in the canonical order: by candidate, then
// task, training examples before test examples. Nothing is listed run by run, so that a million
// candidates on hundreds of tasks cost a number each.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "batch/candidates.h"
#include "task/task.h"

namespace arcbatch {

// The runs first, first + 1, ..., end - 1.
struct RunRange {
  u64 first = 0;
  u64 end = 0;
  [[nodiscard]] u64 size() const { return end - first; }
  bool operator==(const RunRange&) const = default;
};

// What C is for functions that take it: None; the expected output, or None where that is not known;
// or each in turn, as two runs. Functions without C run once an example in any case.
enum class Comparison : u8 { none, expected, both };

// "none", "expected" or "both"; and back, false for other names.
const char* comparison_name(Comparison comparison);
bool find_comparison(std::string_view name, Comparison& out);

class RunPlan {
 public:
  // Where a run stands.
  struct Place {
    u32 candidate = 0;
    u32 task = 0;
    u32 example = 0;        // of the task, those for training first
    u32 within = 0;         // runs of the candidate on the task before this
    bool compared = false;  // whether C is the expected output
  };

  // Neither list may change while the plan is used.
  RunPlan(const std::vector<Candidate>& candidates, const std::vector<Task>& tasks,
          Comparison comparison = Comparison::none);

  // The number of runs: candidates times the examples of their tasks, and what is compared with.
  [[nodiscard]] u64 size() const { return starts_.back(); }
  // Candidates named for a task that is not among the tasks.
  [[nodiscard]] u32 without_task() const { return without_task_; }

  [[nodiscard]] const std::vector<Candidate>& candidates() const { return *candidates_; }
  [[nodiscard]] const std::vector<Task>& tasks() const { return *tasks_; }

  [[nodiscard]] Comparison comparison() const { return comparison_; }

  // Returns the place of run `run`, which must be below size().
  [[nodiscard]] Place place_of(u64 run) const;
  // Returns the place of the run after that at `place`, of the same candidate and task.
  [[nodiscard]] Place after(Place place) const;
  // Returns whether C is the expected output in the first run of a candidate on an example, and how
  // many runs there are: in a second one it is in any case.
  [[nodiscard]] bool first_compared(u32 candidate, const Pair& pair) const {
    return comparison_ == Comparison::expected && takes_compared_[candidate] && pair.output;
  }
  [[nodiscard]] u32 comparisons(u32 candidate, const Pair& pair) const {
    return comparison_ == Comparison::both && takes_compared_[candidate] && pair.output ? 2 : 1;
  }
  // Returns whether C is the expected output at a place; nothing where the candidate takes no C.
  [[nodiscard]] std::optional<bool> compared_at(const Place& place) const {
    if (!takes_compared_[place.candidate]) return std::nullopt;
    return place.compared;
  }
  // Returns the end of the runs that have the candidate and the task of run `run`.
  [[nodiscard]] u64 pair_end(u64 run) const;
  // Returns the runs of a candidate.
  [[nodiscard]] RunRange runs_of(u32 candidate) const {
    return {starts_[candidate], starts_[candidate + 1]};
  }
  // The tasks that a candidate runs on: first, first + 1, ..., end - 1.
  struct TaskRange {
    u32 first = 0;
    u32 end = 0;
  };
  [[nodiscard]] TaskRange tasks_of(u32 candidate) const;
  // Returns whether two candidates have the same runs: tasks, and what C is.
  [[nodiscard]] bool run_alike(u32 a, u32 b) const {
    return own_task_[a] == own_task_[b] &&
           (comparison_ == Comparison::none || takes_compared_[a] == takes_compared_[b]);
  }
  // Returns an example of a task by its number in Place.
  [[nodiscard]] const Pair& pair_at(const Place& place) const;

  // Returns part `index` (from 0) of `count` about equal parts, each of whole tasks of a
  // candidate; together they are all runs.
  [[nodiscard]] RunRange part(u64 index, u64 count) const;

 private:
  [[nodiscard]] u64 pair_start_at_or_after(u64 run) const;
  [[nodiscard]] const std::vector<u64>& task_starts_of(u32 candidate) const {
    return twice(candidate) ? compared_starts_ : task_starts_;
  }
  [[nodiscard]] bool twice(u32 candidate) const {
    return comparison_ == Comparison::both && takes_compared_[candidate];
  }

  const std::vector<Candidate>* candidates_;
  const std::vector<Task>* tasks_;
  std::vector<u32> own_task_;     // by candidate; kEveryTask, kNoTask
  std::vector<u64> starts_;       // by candidate: its first run; the size at the end
  std::vector<u64> task_starts_;  // by task: examples of the tasks before it
  // The same of runs, where examples of known output have two.
  std::vector<u64> compared_starts_;
  std::vector<bool> takes_compared_;  // by candidate
  Comparison comparison_;
  u32 without_task_ = 0;
};

// Cuts the next batch off the runs first..end-1: at most `size` runs (at least one), ending where
// a pair of candidate and task ends if one does, so that the examples of a task stay together.
RunRange cut_batch(const RunPlan& plan, u64 first, u64 end, u64 size);

}  // namespace arcbatch
