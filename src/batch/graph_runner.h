// GraphRunner: runs all programs of a BatchGraph on one input after the other, with the outcomes
// that each would have alone.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backend/cpu/node_executor.h"
#include "batch/outcome.h"
#include "graph/batch_graph.h"

namespace arcbatch {

// What sharing came to, over all inputs.
struct SharingCounts {
  u64 inputs = 0;
  u64 runs = 0;           // programs times inputs
  u64 statements = 0;     // that these runs came through
  u64 visits = 0;         // steps that were taken for them
  u64 results = 0;        // values that were compared and printed
  u64 alone_opaque = 0;   // runs of programs that nodes cannot say
  u64 alone_limits = 0;   // runs for which a limit ends a program before its first statement
  u64 alone_memory = 0;   // runs whose nodes found no memory beside those of the others
  u64 leaf_calls = 0;     // of primitives, in nodes and alone
  u64 generic_calls = 0;  // of them, those that the generic kernels answered
  NodeCounts nodes;
};

// How a program ended, in views that hold until the next input.
struct Ending {
  Status status = Status::ok;
  u64 steps = 0;
  std::optional<bool> match;
  std::optional<Score> score;
  std::optional<Fingerprint> output;
  std::string_view value;
  std::string_view reason;
  std::string_view statement;  // that ended the run, if any
  u32 line = 0;                // of that statement; 0 if there is none
};

// The ending as an Outcome without a time; without `texts`, the value and the statement are left
// out.
Outcome outcome_of(const Ending& ending, bool texts);

// One worker's executor; several may share a graph. A warm input allocates nothing for programs
// that need not run alone.
class GraphRunner {
 public:
  explicit GraphRunner(const RunOptions& options, const FlushLimits& flush = {});
  GraphRunner(const GraphRunner&) = delete;
  GraphRunner& operator=(const GraphRunner&) = delete;

  // Takes a finished graph, which must outlive its use here.
  void load(const BatchGraph& graph);

  // Runs every program on one example and compares what it returns with `expected` unless that is
  // null. Neither is used after the call, but by run_compared(). `same_pairs` says that the
  // training pairs are those of the last call, so that what follows from them alone need not be
  // worked out again.
  void run(const RunInput& input, const GridData* expected, bool same_pairs = false);
  void run(const GridData& input, const GridData* expected) { run({&input, nullptr}, expected); }
  // Runs every program once more on the example of the last call, which must still be there, with
  // another C. What does not depend on C is not evaluated again.
  void run_compared(const GridData* compared);

  // How a program ended on the last input.
  [[nodiscard]] Ending ending(u32 program) const;

  // The same as an Outcome, equal to that of run_on_grid() but for `seconds`: a program that
  // shared its work has no time of its own.
  [[nodiscard]] Outcome outcome(u32 program) const;

  [[nodiscard]] SharingCounts counts();

  // Returns what was counted since the last call, of nodes and of programs that ran alone; empty
  // unless RunOptions::profile.
  Profile take_profile();

 private:
  // How the programs end whose paths part or end at one step.
  struct End {
    Status status = Status::ok;
    u32 depth = 0;   // of the step, where it is what failed
    u32 node = 0;    // the same
    u32 result = 0;  // 1 + the result, where a value was returned
    u64 steps = 0;
  };
  struct Result {
    u64 input = 0;  // counts_.inputs when it was worked out
    Status status = Status::ok;
    bool match = false;
    Score score;
    std::optional<Fingerprint> output;
    u64 first = 0;  // into text_
    u64 size = 0;
  };

  void start_run();
  void walk(Status begun);
  [[nodiscard]] bool is_described(u32 ret, const Result& result) const;
  void end_programs(u32 first_step, u32 last_step, const End& end);
  Status finish(u32 ret, End& end);
  Status describe(const Value& value, Result& result);
  void run_alone();

  const BatchGraph* graph_ = nullptr;
  RunOptions options_;
  Limits limits_;
  NodeExecutor executor_;
  RunInput input_;
  const GridData* expected_ = nullptr;
  Value expected_value_;
  u32 expected_epoch_ = 0;    // in which it was made; 0: not yet
  u64 first_on_example_ = 0;  // counts_.inputs of the first run on this example

  std::vector<Budget> left_;  // by depth
  std::vector<End> ends_;
  std::vector<u32> end_of_;  // by program: its End, or kAlone with its place in alone_
  std::vector<Result> results_;
  std::string text_;

  std::vector<u32> always_alone_;  // opaque ones and limited_ others
  u64 limited_ = 0;
  std::vector<u32> alone_programs_;  // of this input
  std::vector<Outcome> alone_;
  std::unique_ptr<Runner> runner_;
  const Program* loaded_ = nullptr;
  SharingCounts counts_;
};

}  // namespace arcbatch
