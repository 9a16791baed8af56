// Runs one function and describes how it ended.
#include "batch/outcome.h"

#include <chrono>
#include <vector>

#include "backend/grid_argument.h"
#include "primitives/force_order.h"
#include "values/print.h"

namespace arcbatch {
namespace {

// The reason of an outcome that is neither a value nor an error.
std::string reason_of(const Runner& runner, Status status) {
  if (status == Status::unsupported_construct && !runner.refusal().empty()) {
    return std::string(runner.refusal());
  }
  return status_name(status);
}

Status compare_with(Ctx& ctx, const Value& v, const GridData& expected, bool& match) {
  Value e;
  ARC_TRY(grid_value(ctx, expected, e));
  return equal(ctx, v, e, match);
}

// What matches scores 1, though it be no grid: True equals 1 in a cell.
Status score_value(Ctx& ctx, const Value& v, const GridData& expected, bool match, Score& score) {
  if (!match) return score_output(ctx, v, expected, score);
  score = {.shape = 1, .cells = 1, .palette = 1};
  return Status::ok;
}

}  // namespace

Status grid_value(Ctx& ctx, const GridData& grid, Value& out) {
  return cells_value(ctx, grid.h, grid.w, grid.cells.data(), out);
}

Status finish_value(Ctx& ctx, const Value& v) {
  std::vector<Value> pending;
  const auto defers = [](const Value& x) {
    return (x.is_set() && x.set->table == nullptr) || order_depth_of(x) > 0;
  };
  if (defers(v)) pending.push_back(v);
  while (!pending.empty()) {
    const Value container = pending.back();
    pending.pop_back();
    Iter it;
    ARC_TRY(it.start(ctx, container));
    for (Value e; it.next(e);) {
      if (defers(e)) pending.push_back(e);
    }
  }
  return Status::ok;
}

Outcome run_on_values(Runner& runner, const Limits& limits, u32 index, const Value* args, u32 n,
                      const GridData* expected, bool scored, Value* returned) {
  using Clock = std::chrono::steady_clock;
  Outcome outcome;
  Value out;
  const Clock::time_point started = Clock::now();
  outcome.status = runner.run(index, args, n, out);
  outcome.seconds = std::chrono::duration<double>(Clock::now() - started).count();
  outcome.steps = runner.steps_used();
  if (returned != nullptr) *returned = out;
  if (outcome.status == Status::ok) {
    Ctx& ctx = runner.ctx();
    ctx.steps = static_cast<i64>(limits.steps);
    ctx.bytes = static_cast<i64>(limits.bytes);
    if (expected != nullptr) {
      bool match = false;
      outcome.status = compare_with(ctx, out, *expected, match);
      outcome.match = match;
      if (scored && outcome.status == Status::ok) {
        outcome.status = score_value(ctx, out, *expected, match, outcome.score.emplace());
      }
    }
    if (outcome.status == Status::ok) outcome.status = append_repr(ctx, out, outcome.value);
    if (outcome.status != Status::ok) outcome.value.clear();
  } else if (runner.error_statement() != nullptr) {
    outcome.statement = runner.error_statement()->text;
    outcome.line = runner.error_statement()->line;
  }
  if (outcome.status != Status::ok) {
    if (expected != nullptr) {
      outcome.match = false;
      if (scored) outcome.score = Score{};
    }
    if (!is_error(outcome.status)) outcome.reason = reason_of(runner, outcome.status);
  }
  return outcome;
}

Outcome run_on_grid(Runner& runner, const Limits& limits, u32 index, const GridData& input,
                    const GridData* expected, bool scored) {
  runner.begin();
  Value argument;
  const Status status = grid_value(runner.ctx(), input, argument);
  if (status != Status::ok) {
    Outcome outcome;
    outcome.status = status;
    outcome.reason = status_name(status);
    if (expected != nullptr) {
      outcome.match = false;
      if (scored) outcome.score = Score{};
    }
    return outcome;
  }
  return run_on_values(runner, limits, index, &argument, 1, expected, scored);
}

}  // namespace arcbatch
