// The engine as a long-lived object: tasks are loaded once, programs are submitted as they come,
// as text or as arrays of operations, and reports are taken as they are ready.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "arcbatch/arcbatch.h"

namespace arcbatch::api {

// A function of the input I as arrays, for programs that write programs. Statement k, from 1 on,
// calls something on arguments, and its result is x<k>; x0 is the input.
//
// A reference is 4 * number + kind, with the kinds below. `code` has for every statement: a
// reference to what is called, the number of arguments, a reference for each argument.
struct CompactProgram {
  enum Kind : std::int32_t {
    result = 0,     // x<number>
    constant = 1,   // constants[number]
    primitive = 2,  // primitive_names()[number]
    form = 3,       // of what is called alone: 0 is a tuple of the arguments, 1 is a[b] with the
                    // constant int b
  };
  static constexpr std::int32_t reference(Kind kind, std::int32_t number) {
    return 4 * number + kind;
  }

  std::vector<std::int32_t> code;
  std::vector<Data> constants;  // None, bools, ints, and tuples of such
  std::int32_t returned = 0;    // a reference to what is returned

  bool operator==(const CompactProgram&) const = default;
};

// The primitives by number. Numbers may change from one version of the library to the next, names
// do not.
const std::vector<std::string>& primitive_names();

// Returns the function as text. Throws std::invalid_argument, naming the place in `code`, for
// references to what is not there and arrays that end too early.
std::string to_text(const CompactProgram& program, std::string_view name = "solve");

// Returns a function of a program as arrays: nested calls become statements of their own, and calls
// keep their order, so that values, classes of errors and steps are the same. Throws
// std::invalid_argument, saying why, for what the arrays cannot say: other parameters than one,
// keywords, lambdas, tuple unpacking, other functions of the file. std::out_of_range if there is no
// such function.
CompactProgram to_compact(const Program& program, std::string_view function);

struct ExampleData {
  std::vector<std::vector<int>> input;  // 1 to 30 rows of 1 to 30 colours from 0 to 9
  std::optional<std::vector<std::vector<int>>> output;
};

struct TaskData {
  std::string id;
  std::vector<ExampleData> train;
  std::vector<ExampleData> test;
};

struct SessionOptions {
  Options run;
  std::uint32_t jobs = 0;           // workers; 0: one for every core
  bool score = false;               // whether runs get a score
  std::string dialect = "arc-dsl";  // of the programs; or tokpidjin
  // What C is for functions that take it: none, None; expected, the expected output where that is
  // known; both, two runs of such examples, one with each. See docs/results.md.
  std::string comparison = "none";
  // Who evaluates: cpu; cuda, NVIDIA GPUs; emulated, the same on threads; auto, cuda where it can
  // be used and else cpu. No report depends on it.
  // Devices do arc-dsl with None for C: auto takes the CPU for anything else.
  std::string backend = "cpu";
  // Programs that are worth a launch on a device, 0: as many as keep it busy; and how long a
  // program waits at most until there are so many.
  std::uint32_t gather_programs = 0;
  std::chrono::milliseconds gather_time{5};
};

// What devices did for a session.
struct SessionCounts {
  std::uint64_t device_runs = 0;
  std::uint64_t cpu_runs = 0;  // that devices left to the CPU
  std::uint64_t slices = 0;    // of programs that were gathered
  std::uint64_t launches = 0;
  std::uint64_t bytes_up = 0;
  std::uint64_t bytes_down = 0;
};

// How near an output came to the expected one, each part from 0 to 1; see docs/results.md.
struct ScoreData {
  double shape = 0;
  double cells = 0;
  double palette = 0;
};

struct RunReport {
  std::string task;
  bool is_test = false;
  std::uint32_t index = 0;       // of the example within its split
  std::optional<bool> compared;  // whether C was the expected output; nothing without C
  std::optional<bool> match;
  std::optional<ScoreData> score;
  std::string output;  // 32 digits that stand for what the run came to; empty for `resource`
  RunResult result;
};

// What a function did on its tasks.
struct FunctionReport {
  std::string name;
  std::string fingerprint;  // equal for functions that differ in names and layout alone
  std::uint64_t size = 0;   // calls, tuples and subscripts
  std::string behaviour;    // stands for all outputs in order; empty if one is
  std::vector<RunReport> runs;
};

struct Report {
  std::uint64_t ticket = 0;
  std::vector<Message> errors;  // of text that does not compile; then there are no functions
  std::vector<FunctionReport> functions;
};

// All functions may be called by several threads at once.
class Session {
 public:
  // Throws std::invalid_argument for tasks or options that are wrong, std::runtime_error where the
  // backend cannot be used.
  Session(const std::vector<TaskData>& tasks, const SessionOptions& options);
  explicit Session(const std::vector<TaskData>& tasks);
  // Drops what has not begun, and waits for what has.
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // Adds a program and returns its ticket, 1 for the first. Its functions run as `arcbatch run` has
  // it: solve_<id> on the task <id>, others on every task.
  std::uint64_t submit(std::string_view source);
  std::uint64_t submit(const CompactProgram& program, std::string_view name = "solve") {
    return submit(to_text(program, name));
  }

  // Returns a finished report, or nothing if there is none at the moment. Reports come in the order
  // of tickets.
  std::optional<Report> poll();
  // Waits for the next report; nothing if none is under way, or none comes in time.
  std::optional<Report> wait();
  std::optional<Report> wait_for(std::chrono::milliseconds time);

  // The devices that evaluate, by name; empty where the CPU does.
  [[nodiscard]] std::vector<std::string> devices() const;
  [[nodiscard]] SessionCounts counts() const;

  // The programs that were submitted and not yet reported.
  [[nodiscard]] std::uint64_t pending() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace arcbatch::api
