// Outcome: how one run ended, in words that no longer depend on the runner's arena.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backend/cpu/runner.h"
#include "batch/score.h"
#include "graph/fingerprint.h"
#include "graph/parameters.h"
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
  // What the run came to as one number: equal for equal `value`s, classes of errors or reasons.
  // Not for `resource`, which is of the machine.
  std::optional<Fingerprint> output;

  [[nodiscard]] StatusKind kind() const { return kind_of(status); }
};

// Returns Outcome::output of a value's repr, an error's class or a reason.
std::optional<Fingerprint> fingerprint_of_output(StatusKind kind, std::string_view text);

// Sets outcome.output by the other fields.
void note_output(Outcome& outcome);

// Sets `score` for a value that does or does not equal the expected grid.
Status score_value(Ctx& ctx, const Value& v, const GridData& expected, bool match, Score& score);

// What a function runs on.
struct RunInput {
  const GridData* input = nullptr;
  const std::vector<Pair>* pairs = nullptr;  // for S; needed where the parameters have it
  const GridData* compared = nullptr;        // for C, which is None without
};

// Sets `out` to the training pairs as a tuple of (input, output); pairs without an output are left
// out.
Status pairs_value(Ctx& ctx, const std::vector<Pair>& pairs, Value& out);

// Sets `out` to C.
Status compared_value(Ctx& ctx, const RunInput& input, Value& out);

// Calls a function of these parameters on an example; else as run_on_grid().
Outcome run_on_example(Runner& runner, const RunOptions& options, u32 index, Parameters parameters,
                       const RunInput& input, const GridData* expected);

// Sets `out` to the grid as a value in the context's arena: a tuple of rows of ints.
Status grid_value(Ctx& ctx, const GridData& grid, Value& out);

// Works out every set order that `v` still defers, deeply, so that nothing is left to do.
Status finish_value(Ctx& ctx, const Value& v);

// Calls function `index` of the runner's program on one grid, and compares what it returns with
// `expected` unless that is null; scores it if the options say so. The options' limits are those
// that the runner was made with. Comparing and printing have the run's budgets anew.
Outcome run_on_grid(Runner& runner, const RunOptions& options, u32 index, const GridData& input,
                    const GridData* expected);

// Calls the function on arguments that were built after runner.begin(). Sets `returned`, unless
// null, to what it returns, which lives until the next begin().
Outcome run_on_values(Runner& runner, const RunOptions& options, u32 index, const Value* args,
                      u32 n, const GridData* expected, Value* returned = nullptr);

}  // namespace arcbatch
