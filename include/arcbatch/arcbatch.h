// The public interface of arcbatch: compile programs of the ARC DSL and run their functions, with
// the outcomes of CPython. Needs no other header of the project. Names live in arcbatch::api.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace arcbatch::api {

// A Python value to call a function with: None, a bool, an int, a tuple or a frozenset. A grid is
// a tuple of rows, each a tuple of ints.
class Data {
 public:
  enum class Kind : std::uint8_t { none, boolean, integer, tuple, set };

  Data() = default;
  static Data none() { return Data(); }
  static Data boolean(bool value);
  static Data integer(std::int64_t value);
  static Data tuple(std::vector<Data> items);
  // frozenset(items): its iteration order is that of a set which got the items one by one.
  static Data set(std::vector<Data> items);
  static Data grid(const std::vector<std::vector<int>>& rows);

  [[nodiscard]] Kind kind() const { return kind_; }
  [[nodiscard]] std::int64_t integer() const { return integer_; }  // 0 or 1 for a bool
  [[nodiscard]] const std::vector<Data>& items() const { return items_; }
  // Whether two are written alike: sets by their items in the order given, True is not 1.
  bool operator==(const Data&) const = default;

 private:
  Kind kind_ = Kind::none;
  std::int64_t integer_ = 0;
  std::vector<Data> items_;
};

// What the front end says about a program's text.
struct Message {
  bool is_error = false;
  std::string file;
  std::uint32_t line = 0;    // 1-based
  std::uint32_t column = 0;  // 1-based, in bytes
  std::string text;
  std::string source_line;
};

// Thrown by Program::compile(); what() is all messages with their source lines.
class CompileError : public std::runtime_error {
 public:
  CompileError(const std::string& what, std::vector<Message> messages)
      : std::runtime_error(what), messages_(std::move(messages)) {}
  [[nodiscard]] const std::vector<Message>& messages() const { return messages_; }

 private:
  std::vector<Message> messages_;
};

// A compiled source file. Immutable and cheap to copy; threads may share it.
class Program {
 public:
  struct FunctionInfo {
    std::string name;
    std::vector<std::string> parameters;
    std::uint32_t required = 0;  // parameters without a default
    std::uint32_t line = 0;
  };

  // Compiles source text; `file` only labels messages. Throws CompileError for text that is not
  // Python or goes beyond the supported subset, std::invalid_argument for a dialect that does not
  // exist: there are arc-dsl and tokpidjin.
  static Program compile(std::string_view source, std::string_view file = "<string>",
                         std::string_view dialect = "arc-dsl");

  // The functions that can be called, in source order.
  [[nodiscard]] std::vector<FunctionInfo> functions() const;
  // Unknown names and the like, which raise only where they are reached.
  [[nodiscard]] std::vector<Message> warnings() const;

  struct Impl;

 private:
  friend class Engine;
  friend struct Access;
  explicit Program(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<const Impl> impl_;
};

// Budgets and kernels of an engine. The first four are logical: exhausting one ends a run as
// `limit`, at the same statement on every machine.
struct Options {
  std::uint64_t max_steps = 400'000'000;
  std::uint64_t max_bytes = std::uint64_t{4} << 30;
  std::uint32_t max_depth = 400;             // nesting of a value
  std::uint64_t max_expanded = 100'000'000;  // parts of a value, shared ones counted repeatedly
  std::uint64_t memory_bytes = std::uint64_t{8} << 30;  // physical; beyond: `resource`
  std::string kernels = "auto";  // auto, generic, scalar, simd or lanes; all agree
};

enum class Ending : std::uint8_t { value, error, limit, resource, unsupported };

// Returns "value", "error", "limit", "resource" or "unsupported".
const char* ending_name(Ending ending);

// How a run ended.
struct RunResult {
  Ending ending = Ending::value;
  std::string value;        // repr() of the returned value; empty unless ending is `value`
  std::string error;        // Python's exception class; empty unless ending is `error`
  std::string reason;       // of a limit, resource or unsupported ending
  std::string statement;    // source of the statement that ended the run; may be empty
  std::uint32_t line = 0;   // of that statement; 0 if there is none
  std::uint64_t steps = 0;  // logical steps charged
};

// Runs functions, one at a time. Not for use by several threads at once; make one per thread.
class Engine {
 public:
  // Throws std::invalid_argument for kernels that do not exist or cannot run on this machine.
  explicit Engine(const Options& options = {});
  ~Engine();
  Engine(Engine&&) noexcept;
  Engine& operator=(Engine&&) noexcept;

  // Calls a function with positional arguments; a wrong number of them is a TypeError, as in
  // Python. Throws std::out_of_range if the program has no such function.
  RunResult call(const Program& program, std::string_view function, std::span<const Data> args);
  RunResult call(const Program& program, std::string_view function,
                 std::initializer_list<Data> args) {
    return call(program, function, std::span<const Data>(args.begin(), args.size()));
  }

  // The kernels in use: never "auto".
  [[nodiscard]] std::string kernels() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace arcbatch::api
