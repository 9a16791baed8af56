// Runs one function and describes how it ended.
#include "batch/outcome.h"

#include <chrono>
#include <vector>

#include "backend/grid_argument.h"
#include "values/lazy.h"
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

// Whether a function of a batt file returned what depends on addresses. No text can be written so.
bool holds_unknown(const Runner& runner, u32 index, const std::string& value) {
  return parameters_of(runner.program().functions[index]) == Parameters::batt &&
         value.find(kUnknownRepr) != std::string::npos;
}

Status compare_with(Ctx& ctx, const Value& v, const GridData& expected, bool& match) {
  Value e;
  ARC_TRY(grid_value(ctx, expected, e));
  return equal(ctx, v, e, match);
}

}  // namespace

std::optional<Fingerprint> fingerprint_of_output(StatusKind kind, std::string_view text) {
  if (kind == StatusKind::resource) return std::nullopt;
  return Fingerprinter().add(static_cast<u64>(kind)).add(text).take();
}

// What matches scores 1, though it be no grid: True equals 1 in a cell.
Status score_value(Ctx& ctx, const Value& v, const GridData& expected, bool match, Score& score) {
  if (!match) return score_output(ctx, v, expected, score);
  score = {.shape = 1, .cells = 1, .palette = 1};
  return Status::ok;
}

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

void note_output(Outcome& outcome) {
  const StatusKind kind = outcome.kind();
  outcome.output = fingerprint_of_output(
      kind, kind == StatusKind::value   ? std::string_view(outcome.value)
            : kind == StatusKind::error ? std::string_view(status_name(outcome.status))
                                        : std::string_view(outcome.reason));
}

Outcome run_on_values(Runner& runner, const RunOptions& options, u32 index, const Value* args,
                      u32 n, const GridData* expected, Value* returned) {
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
    ctx.steps = static_cast<i64>(options.limits.steps);
    ctx.bytes = static_cast<i64>(options.limits.bytes);
    if (expected != nullptr) {
      bool match = false;
      outcome.status = compare_with(ctx, out, *expected, match);
      outcome.match = match;
      if (options.score && outcome.status == Status::ok) {
        outcome.status = score_value(ctx, out, *expected, match, outcome.score.emplace());
      }
    }
    if (outcome.status == Status::ok) outcome.status = append_repr(ctx, out, outcome.value);
    if (outcome.status == Status::ok && holds_unknown(runner, index, outcome.value)) {
      outcome.status = Status::unsupported_order;
    }
    if (outcome.status != Status::ok) outcome.value.clear();
  } else if (runner.error_statement() != nullptr) {
    outcome.statement = runner.error_statement()->text;
    outcome.line = runner.error_statement()->line;
  }
  if (outcome.status != Status::ok) {
    if (expected != nullptr) {
      outcome.match = false;
      if (options.score) outcome.score = Score{};
    }
    if (!is_error(outcome.status)) outcome.reason = reason_of(runner, outcome.status);
  }
  note_output(outcome);
  return outcome;
}

Status pairs_value(Ctx& ctx, const std::vector<Pair>& pairs, Value& out) {
  std::vector<Value> items;
  for (const Pair& pair : pairs) {
    if (!pair.output) continue;
    Value parts[2];
    ARC_TRY(grid_value(ctx, pair.input, parts[0]));
    ARC_TRY(grid_value(ctx, *pair.output, parts[1]));
    ARC_TRY(make_tuple(ctx, parts, 2, items.emplace_back()));
  }
  if (items.empty()) return make_empty_tuple(ctx, out);
  return make_tuple(ctx, items.data(), items.size(), out);
}

Status compared_value(Ctx& ctx, const RunInput& input, Value& out) {
  out = Value::none();
  return input.compared == nullptr ? Status::ok : grid_value(ctx, *input.compared, out);
}

Outcome run_on_grid(Runner& runner, const RunOptions& options, u32 index, const GridData& input,
                    const GridData* expected) {
  return run_on_example(runner, options, index, Parameters::i, {&input, nullptr}, expected);
}

Outcome run_on_example(Runner& runner, const RunOptions& options, u32 index, Parameters parameters,
                       const RunInput& input, const GridData* expected) {
  runner.begin();
  Value arguments[5];
  u32 count = 0;
  Status status = Status::ok;
  if (parameters == Parameters::batt) arguments[count++] = Value::none();
  if (parameters != Parameters::i) {
    status = pairs_value(runner.ctx(), *input.pairs, arguments[count++]);
  }
  if (status == Status::ok) status = grid_value(runner.ctx(), *input.input, arguments[count++]);
  if (status == Status::ok && takes_compared(parameters)) {
    status = compared_value(runner.ctx(), input, arguments[count++]);
  }
  if (parameters == Parameters::batt) arguments[count++] = Value::none();
  if (status != Status::ok) {
    Outcome outcome;
    outcome.status = status;
    outcome.reason = status_name(status);
    note_output(outcome);
    if (expected != nullptr) {
      outcome.match = false;
      if (options.score) outcome.score = Score{};
    }
    return outcome;
  }
  return run_on_values(runner, options, index, arguments, count, expected);
}

}  // namespace arcbatch
