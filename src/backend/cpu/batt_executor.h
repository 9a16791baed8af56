// BattExecutor: runs the plans of batt functions on the examples of a task. A step is evaluated for
// what it depends on, and a call of the same values is made once, whoever makes it. Every run is
// charged as if it were alone.
#pragma once

#include <memory>
#include <vector>

#include "backend/code.h"
#include "backend/cpu/call_memo.h"
#include "backend/cpu/runner.h"
#include "graph/batt_plan.h"

namespace arcbatch {

class Evaluator;

// What was done, over all runs.
struct BattCounts {
  u64 runs = 0;
  u64 steps = 0;      // that these runs came through
  u64 evaluated = 0;  // of them, those that had to be looked at
  u64 calls = 0;      // of these, calls that had not been made before
  u64 restarts = 0;   // times that all values were dropped
};

class BattExecutor {
 public:
  explicit BattExecutor(const RunOptions& options);
  ~BattExecutor();
  BattExecutor(const BattExecutor&) = delete;
  BattExecutor& operator=(const BattExecutor&) = delete;

  // Takes a plan, to be run with others; the program must outlive this. Returns its number, from 0.
  u32 add(const Program& program, BattPlan plan);

  // Drops all values; those of the samples, the input and what it is compared with are made in
  // ctx() after this.
  void restart();
  // Whether so much is held that to make it anew costs less than to go on.
  [[nodiscard]] bool restart_is_due() const;

  // Sets S, I or C for the runs that follow. Their grids must be canonical().
  void set_samples(const Value& samples);
  void set_input(const Value& input);
  void set_compared(const Value& compared);

  // Sets `out` to the one value for all grids that are equal to `v`; to `v` if it is no grid.
  Status canonical(const Value& v, Value& out) { return memo_.canonical(ctx_, v, out); }

  // Runs a plan: ok, or how else it ends, at error_line(). resource_memory is not the run's end but
  // this executor's: the function has to run alone.
  Status run(u32 plan);
  [[nodiscard]] u32 error_line() const { return error_line_; }

  // What the last run, which was ok, appended to its lists, in order.
  struct Appended {
    u32 list = 0;  // 0 or 1
    Value item;
  };
  [[nodiscard]] const std::vector<Appended>& appended() const { return appended_; }

  // Moves on whenever all values are dropped.
  [[nodiscard]] u64 epoch() const { return counts_.restarts; }
  Ctx& ctx() { return ctx_; }
  [[nodiscard]] const BattCounts& counts() const { return counts_; }

 private:
  struct StepState {
    u64 stamp = 0;  // when it was evaluated
    i64 steps = 0;  // charged
    i64 bytes = 0;
    Status status = Status::ok;
    u32 failed_at = 0;  // the instruction; of a guarded step that is ok, its append
  };
  // A plan with the values that it works on.
  struct Bound {
    u32 number = 0;
    const Program* program = nullptr;
    BattPlan plan;
    FunctionView view;
    std::vector<LeafCall> leaf_calls;  // all empty: no call is one of arc-dsl's
    std::vector<Value> constants;
    std::vector<u32> compound_constants;  // that live in the arena
    std::vector<ClosureObj> texts;
    std::vector<Value> registers;
    std::vector<StepState> states;
    ListObj lists[2];
    u64 epoch = 0;  // for which constants are there
  };

  Status open(Bound& bound);
  Status append(Bound& bound, u32 at);
  Status end_within(Bound& bound, const BattStep& step, StepState& state, i64 steps, i64 bytes);
  void evaluate(Bound& bound, const BattStep& step, StepState& state, i64 steps, i64 bytes);
  Status run_instr(Bound& bound, u32 at);
  Status call(Bound& bound, u32 at);
  Status run_single(u32 at);
  [[nodiscard]] bool may_be_kept(const Value& v) const;

  RunOptions options_;
  Arena arena_;
  Ctx ctx_;
  CodeView code_;
  std::vector<std::unique_ptr<Bound>> bound_;
  std::vector<Value> primitives_;
  std::vector<Value> items_;
  std::unique_ptr<Frame[]> frames_;
  std::unique_ptr<Evaluator> evaluator_;
  CallMemo memo_;
  const Value unknown_;
  Value arguments_[3];  // S, I, C
  u64 clock_ = 1;
  u64 valid_from_[3] = {1, 1, 1};  // by BattLevel: states of an earlier stamp are not valid
  std::vector<Appended> appended_;
  u32 error_line_ = 0;
  BattCounts counts_;
};

}  // namespace arcbatch
