// RunPlan: the runs of candidates on tasks, numbered in the canonical order: by candidate, then
// task, training examples before test examples. Nothing is listed run by run, so that a million
// candidates on hundreds of tasks cost a number each.
#pragma once

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

class RunPlan {
 public:
  // Where a run stands.
  struct Place {
    u32 candidate = 0;
    u32 task = 0;
    u32 example = 0;  // of the task, those for training first
  };

  // Neither list may change while the plan is used.
  RunPlan(const std::vector<Candidate>& candidates, const std::vector<Task>& tasks);

  // The number of runs: candidates times the examples of their tasks.
  [[nodiscard]] u64 size() const { return starts_.back(); }
  // Candidates named for a task that is not among the tasks.
  [[nodiscard]] u32 without_task() const { return without_task_; }

  [[nodiscard]] const std::vector<Candidate>& candidates() const { return *candidates_; }
  [[nodiscard]] const std::vector<Task>& tasks() const { return *tasks_; }

  // Returns the place of run `run`, which must be below size().
  [[nodiscard]] Place place_of(u64 run) const;
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
  // Returns whether two candidates run on the same tasks.
  [[nodiscard]] bool run_alike(u32 a, u32 b) const { return own_task_[a] == own_task_[b]; }
  // Returns an example of a task by its number in Place.
  [[nodiscard]] const Pair& pair_at(const Place& place) const;

  // Returns part `index` (from 0) of `count` about equal parts, each of whole tasks of a
  // candidate; together they are all runs.
  [[nodiscard]] RunRange part(u64 index, u64 count) const;

 private:
  [[nodiscard]] u64 pair_start_at_or_after(u64 run) const;

  const std::vector<Candidate>* candidates_;
  const std::vector<Task>* tasks_;
  std::vector<u32> own_task_;     // by candidate; kEveryTask, kNoTask
  std::vector<u64> starts_;       // by candidate: its first run; the size at the end
  std::vector<u64> task_starts_;  // by task: examples of the tasks before it
  u32 without_task_ = 0;
};

// Cuts the next batch off the runs first..end-1: at most `size` runs (at least one), ending where
// a pair of candidate and task ends if one does, so that the examples of a task stay together.
RunRange cut_batch(const RunPlan& plan, u64 first, u64 end, u64 size);

}  // namespace arcbatch
