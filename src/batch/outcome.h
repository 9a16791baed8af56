// Outcome: how one run ended, in words that no longer depend on the runner's arena.
#pragma once

#include <optional>
#include <string>

#include "backend/cpu/runner.h"
#include "batch/score.h"
#include "task/task.h"

namespace arcbatch {

struct Outcome {
  Status status = Status::ok;
  std::string value;           // repr of the returned value; set if status is ok
  std::string reason;          // of a limit, resource or unsupported outcome
  std::string statement;       // source of the statement that ended the run, if any
  u32 line = 0;                // of that statement; 0 if there is none
  u64 steps = 0;               // logical steps charged
  double seconds = 0;          // wall-clock time of the call, without comparing and printing
  std::optional<bool> match;   // whether the value equals the expected one, if that is known
  std::optional<Score> score;  // of the value against the expected one, if asked for and known

  [[nodiscard]] StatusKind kind() const { return kind_of(status); }
};

// Sets `out` to the grid as a value in the context's arena: a tuple of rows of ints.
Status grid_value(Ctx& ctx, const GridData& grid, Value& out);

// Works out every set order that `v` still defers, deeply, so that nothing is left to do.
Status finish_value(Ctx& ctx, const Value& v);

// Calls function `index` of the runner's program on one grid, and compares what it returns with
// `expected` unless that is null; with `scored`, scores it too. Comparing and printing have the
// run's budgets anew.
Outcome run_on_grid(Runner& runner, const Limits& limits, u32 index, const GridData& input,
                    const GridData* expected, bool scored = false);

// Calls the function on arguments that were built after runner.begin(). Sets `returned`, unless
// null, to what it returns, which lives until the next begin().
Outcome run_on_values(Runner& runner, const Limits& limits, u32 index, const Value* args, u32 n,
                      const GridData* expected, bool scored = false, Value* returned = nullptr);

}  // namespace arcbatch
