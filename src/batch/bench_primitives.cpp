// Arguments, clocks and counts behind the table of primitives.
#include "batch/bench_primitives.h"

#include <algorithm>
#include <chrono>
#include <numeric>
#include <set>
#include <stdexcept>

#include "batch/bench.h"
#include "values/print.h"

namespace arcbatch {
namespace {

using Clock = std::chrono::steady_clock;

// Per call of measure(). Where making the arguments takes long, the least number of repetitions
// outruns the budget, up to a multiple of it.
constexpr u64 kWarmRepetitions = 2;
constexpr u64 kLeastRepetitions = 5;
constexpr u64 kMaxRepetitions = 2000;
constexpr double kMostBudgets = 20;
constexpr double kLeastNs = 0.01;

double nanoseconds(Clock::time_point from, Clock::time_point to) {
  return std::chrono::duration<double, std::nano>(to - from).count();
}

Program compiled_calls() {
  CompileResult compiled =
      compile_source(call_program(CallTimer::kCopies, Dialect::engine), "calls");
  if (!compiled.ok) {
    throw std::logic_error("the table of calls: " + format_diagnostic(compiled.errors.front()));
  }
  return std::move(compiled.program);
}

// Follows a setup and keeps what it assigns to the names that are wanted.
struct Capture {
  const Program* program = nullptr;
  u32 function = 0;
  const std::vector<std::string>* names = nullptr;
  std::vector<Value>* values = nullptr;

  static void done(void* self, Ctx&, u32 function, u32 statement, const Value* registers) {
    const Capture& capture = *static_cast<Capture*>(self);
    if (function != capture.function) return;
    const Function& f = capture.program->functions[function];
    const Statement& s = f.statements[statement];
    for (u32 k = s.first_target; k < s.first_target + s.target_count; ++k) {
      for (std::size_t n = 0; n < capture.names->size(); ++n) {
        if ((*capture.names)[n] == f.targets[k].name) {
          (*capture.values)[n] = registers[f.targets[k].reg];
        }
      }
    }
  }
};

}  // namespace

CallTimer::CallTimer(const RunOptions& options)
    : options_(options), program_(compiled_calls()), runner_(options) {
  runner_.load(program_);
}

// The grid in which a setup looks is not the grid that the call gets: it would know too much.
Status CallTimer::make_arguments() {
  Capture capture{&program_, setup_, &names_, &captured_};
  arguments_.clear();
  for (u32 copy = 0; copy < 2 * kCopies; ++copy) {
    Value grids[2];
    Value ignored;
    ARC_TRY(grid_value(runner_.ctx(), *grid_, grids[0]));
    ARC_TRY(grid_value(runner_.ctx(), *grid_, grids[1]));
    captured_.assign(names_.size(), Value{});
    runner_.observer = Observer{&capture, &Capture::done};
    const Status status = runner_.run(setup_, grids, 2, ignored);
    runner_.observer = Observer{};
    ARC_TRY(status);
    for (std::size_t k = 0; k < names_.size(); ++k) {
      arguments_.push_back(names_[k] == "G" ? grids[1] : captured_[k]);
    }
  }
  return Status::ok;
}

CallOutcome CallTimer::select(u32 call, const GridData& grid) {
  const PrimitiveCall& c = primitive_calls()[call];
  call_ = call;
  grid_ = &grid;
  names_ = call_arguments(c);
  setup_ = static_cast<u32>(program_.find(setup_name(call)));
  calls_ = static_cast<u32>(program_.find(calls_name(call)));
  empty_ = static_cast<u32>(program_.find(empty_name(call)));
  runner_.begin();
  Ctx& ctx = runner_.ctx();
  CallOutcome outcome;
  Value result;
  outcome.status = make_arguments();
  const u64 leaf_calls = ctx.leaf_calls;
  const u64 generic_calls = ctx.generic_calls;
  if (outcome.status == Status::ok) {
    outcome.status =
        runner_.run(calls_, arguments_.data(), static_cast<u32>(arguments_.size() / 2), result);
  }
  if (ctx.leaf_calls > leaf_calls) {
    outcome.generic_share = static_cast<double>(ctx.generic_calls - generic_calls) /
                            static_cast<double>(ctx.leaf_calls - leaf_calls);
  }
  if (outcome.status != Status::ok) {
    if (const Statement* s = runner_.error_statement(); s != nullptr) {
      outcome.failed_in_text = s->text;
    }
    return outcome;
  }
  // A function prints as its address in Python.
  if (result.is_function() || (flags_of(result) & kHasFunction) != 0) {
    outcome.value = "<function>";
  } else {
    outcome.status = append_repr(ctx, result, outcome.value);
  }
  outcome.floor = call_floor(c.bytes, c.operations, [&](std::string_view name) {
    if (name == "r") return packed_size(ctx, result);
    for (std::size_t k = 0; k < names_.size(); ++k) {
      if (names_[k] == name) return packed_size(ctx, arguments_[k]);
    }
    throw std::invalid_argument("no argument: " + std::string(name));
  });
  return outcome;
}

void CallTimer::measure(double budget, std::vector<double>& calls, std::vector<double>& empty) {
  const Clock::time_point first = Clock::now();
  for (u64 k = 0; k < kMaxRepetitions; ++k) {
    runner_.begin();
    if (make_arguments() != Status::ok) return;
    const u32 n = static_cast<u32>(arguments_.size() / 2);
    const Value* const fresh = arguments_.data() + n;
    Value out;
    static_cast<void>(runner_.run(calls_, arguments_.data(), n, out));
    static_cast<void>(runner_.run(empty_, fresh, n, out));
    const Clock::time_point start = Clock::now();
    static_cast<void>(runner_.run(empty_, fresh, n, out));
    const Clock::time_point middle = Clock::now();
    static_cast<void>(runner_.run(calls_, fresh, n, out));
    const Clock::time_point end = Clock::now();
    if (k < kWarmRepetitions) continue;
    empty.push_back(nanoseconds(start, middle));
    calls.push_back(nanoseconds(middle, end));
    const double spent = nanoseconds(first, end) / (budget * 1e9);
    if (spent >= kMostBudgets) return;
    if (spent >= 1 && k >= kWarmRepetitions + kLeastRepetitions - 1) return;
  }
}

void CallTimes::add_round(std::vector<double> calls, std::vector<double> empty) {
  const double c = median_of(std::move(calls));
  const double e = median_of(std::move(empty));
  calls_ = any_ ? std::min(calls_, c) : c;
  empty_ = any_ ? std::min(empty_, e) : e;
  any_ = true;
}

double CallTimes::ns() const { return std::max((calls_ - empty_) / CallTimer::kCopies, kLeastNs); }

std::vector<u64> count_mentions(const std::vector<Candidate>& candidates) {
  std::vector<u64> mentions(kPrimCount, 0);
  std::set<const Program*> seen;
  for (const Candidate& c : candidates) {
    if (!seen.insert(c.program.get()).second) continue;
    for (const Function& f : c.program->functions) {
      for (const Operand o : f.operands) {
        if (o.kind() == OperandKind::primitive) mentions[o.index()]++;
      }
    }
  }
  return mentions;
}

std::vector<Prim> by_mentions(const std::vector<u64>& mentions) {
  std::vector<u32> order(kPrimCount);
  std::iota(order.begin(), order.end(), 0u);
  std::stable_sort(order.begin(), order.end(),
                   [&mentions](u32 a, u32 b) { return mentions[a] > mentions[b]; });
  std::vector<Prim> prims;
  for (const u32 p : order) prims.push_back(static_cast<Prim>(p));
  return prims;
}

}  // namespace arcbatch
