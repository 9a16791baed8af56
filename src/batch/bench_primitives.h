// Timing of single primitive calls: each on arguments that nothing has looked at since they were
// made.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "backend/cpu/runner.h"
#include "batch/call_floor.h"
#include "batch/candidates.h"
#include "batch/primitive_calls.h"

namespace arcbatch {

// How a call ended, once, untimed.
struct CallOutcome {
  Status status = Status::ok;
  std::string value;           // repr of the result; "<function>" where there is one in it
  double generic_share = 0;    // of the leaf calls within, those that the generic kernels answered
  CallFloor floor;             // of a call that ended with a value
  std::string failed_in_text;  // the statement that raised, where status is not ok
};

// Measures calls of the table on one choice of kernels.
//
// A value keeps what is once found out about it (bit rows, boxes, hashes, orders), so only the
// first call on an argument tells what a call costs; and one call of ten nanoseconds is below what
// a clock can tell. A repetition therefore empties the arena and makes twice kCopies sets of
// arguments through the call's setup. A function of kCopies statements, one call on each set, runs
// on the first half untimed, since the setup has left other code in the caches and predictors than
// a second run of a program would find. Then two functions are timed on the other half: one that
// only takes the arguments, and the one with the calls. Their difference by kCopies (CallTimes) is
// what a statement of that call adds to a program: reading operands, dispatch, kernel, storing the
// result, and order only where the call itself asks for it. What the calls read stays in the nearer
// caches, as what a program has just made would.
class CallTimer {
 public:
  static constexpr u32 kCopies = 8;

  explicit CallTimer(const RunOptions& options);
  CallTimer(const CallTimer&) = delete;
  CallTimer& operator=(const CallTimer&) = delete;

  // Chooses the call (an index of primitive_calls()) and the grid, and runs it.
  CallOutcome select(u32 call, const GridData& grid);

  // Appends samples of both functions, in nanoseconds, for about `budget` seconds, at least one
  // of each.
  void measure(double budget, std::vector<double>& calls, std::vector<double>& empty);

 private:
  Status make_arguments();

  RunOptions options_;
  Program program_;
  Runner runner_;
  u32 call_ = 0;
  const GridData* grid_ = nullptr;
  u32 setup_ = 0;
  u32 calls_ = 0;
  u32 empty_ = 0;
  std::vector<std::string> names_;  // of one set of arguments
  std::vector<Value> captured_;     // their values
  std::vector<Value> arguments_;    // twice kCopies sets
};

// The times of one side of a call: of its two functions, the least of the medians of all rounds.
// Other work on the processor makes whole rounds slower, by a factor of two where it shares the
// core, and never makes one faster.
class CallTimes {
 public:
  // Adds the samples of a round, in nanoseconds; at least one of each.
  void add_round(std::vector<double> calls, std::vector<double> empty);

  // Returns nanoseconds a call; at least a hundredth, since a call may vanish in the noise of the
  // clock.
  [[nodiscard]] double ns() const;

 private:
  bool any_ = false;
  double calls_ = 0;
  double empty_ = 0;
};

// A call and its times.
struct CallResult {
  u32 call = 0;         // index of primitive_calls()
  std::string grid;     // "30x30"; empty where the call has nothing to do with one
  CallOutcome outcome;  // on the fast kernels
  CallTimes fast;
  CallTimes exact;
  std::optional<CallTimes> reference;  // where CPython was measured
  bool agrees = true;                  // both kernels, and CPython where it was asked

  // CPython's time over that of the fast kernels; 0 where it was not measured.
  [[nodiscard]] double ratio() const { return reference ? reference->ns() / fast.ns() : 0; }
  [[nodiscard]] double over_floor() const { return fast.ns() / outcome.floor.ns; }
};

// A call slower than this many floors, or less than this many times faster than CPython, is worth
// a look.
inline constexpr double kFarOverFloor = 10;
inline constexpr double kLeastRatio = 20;

// Returns by primitive how often the programs mention it, called or handed to a function. Each
// program counts once, however many candidates it has.
std::vector<u64> count_mentions(const std::vector<Candidate>& candidates);

// Returns the primitives, those that are mentioned most first, equal ones in the registry's order.
std::vector<Prim> by_mentions(const std::vector<u64>& mentions);

}  // namespace arcbatch
