// Selection: the programs that reproduce every training pair of a task, and of their predictions
// the two for each test input that a submission to the ARC Prize may have.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "batch/candidates.h"

namespace arcbatch {

// What a selection needs of a run.
struct SelectionFacts {
  u32 candidate = 0;
  u32 task = 0;
  bool is_test = false;
  u32 index = 0;  // of the example within its split
  bool matched = false;
  std::string_view prediction = {};  // of a test input, as a JSON grid; empty where it is none
};

// A candidate that reproduces the training pairs of a task, of which there is at least one.
struct Selected {
  u32 candidate = 0;
  u32 task = 0;
  std::vector<std::string> predictions;  // by test input, as JSON; empty where it is no grid
};

// Finds them among runs that come in the canonical order.
class Selector {
 public:
  // Adds a run. Returns the pair of candidate and task that has ended before it, if selected.
  std::optional<Selected> add(const SelectionFacts& facts);
  // Ends the runs. Returns the last pair, if selected.
  std::optional<Selected> finish();

 private:
  bool begun_ = false;
  bool has_training_ = false;
  bool failed_ = false;
  Selected pair_;
};

// Keeps the best two different predictions of every test input. Predictions are ranked by the
// least size of a program that makes them, then by that program's fingerprint, then by text; so
// the order in which programs come does not matter.
class Submission {
 public:
  static constexpr std::size_t kAttempts = 2;

  // Adds a selected program's predictions for the task called `task`.
  void add(const std::string& task, const Identity& program, const Selected& selected);

  // Adds a task, with the number of its test inputs, whether or not something solves it.
  void add_task(const std::string& task, u32 tests) { tests_[task] = tests; }

  // Returns the submission: {"<task>": [{"attempt_1": grid, "attempt_2": grid}, ...]} with one
  // object for each test input. Where there is one prediction, both attempts are it; where there is
  // none, [[0]].
  [[nodiscard]] std::string json() const;

  // Tasks that have a prediction.
  [[nodiscard]] u64 predicted() const;

 private:
  // Size, fingerprint, grid.
  using Ranked = std::tuple<u64, u64, u64, std::string>;

  std::map<std::string, u32> tests_;
  std::map<std::pair<std::string, u32>, std::vector<Ranked>> best_;  // by task and test input
};

}  // namespace arcbatch
