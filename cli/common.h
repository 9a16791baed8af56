// What the subcommands share: the options of a run, errors that end the program, checked output,
// and what a terminal is told.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <string_view>

#include "backend/cpu/runner.h"
#include "primitives/dialects.h"

namespace arcbatch::cli {

// Ends the program with one message on standard error and exit code 1.
class CommandError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct CommonOptions {
  RunOptions run;
  Dsl dialect = Dsl::arc_dsl;
};

// Adds --path, --isa, --max-steps, --max-bytes, --max-depth, --max-seconds and --max-memory, which
// set `options.run`. A path that this machine lacks throws CommandError while arguments are parsed,
// an instruction set a usage error. `options` must outlive `app`.
void add_common(CLI::App& app, CommonOptions& options);

// Adds --dialect, which sets `options.dialect`.
void add_dialect(CLI::App& app, CommonOptions& options);

// Writes to standard output; throws CommandError where that fails (a full disk, a closed pipe).
void print(std::string_view text);

// Flushes standard output; throws CommandError where that fails.
void flush_output();

// Writes "arcbatch: warning: TEXT" to standard error.
void warn(std::string_view text);

// Returns the whole content of a file; throws CommandError naming the file and the reason.
std::string read_file(const std::string& path);

// A file being written. Every failure throws CommandError naming the file and the reason.
class OutputFile {
 public:
  explicit OutputFile(std::string path);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  void write(std::string_view text);
  void flush();
  // Flushes and closes; nothing may be written afterwards.
  void close();

 private:
  [[noreturn]] void fail(int error) const;

  std::string path_;
  std::FILE* file_ = nullptr;
};

// Returns true if `stream` is a terminal.
bool is_terminal(std::FILE* stream);

// Returns true if `stream` is a terminal that shows colours and NO_COLOR is not set.
bool use_colour(std::FILE* stream);

// Returns `text` between the escape sequences of `style` (an SGR code such as "1" or "31"), or
// `text` itself where `colour` is false.
std::string styled(std::string_view text, std::string_view style, bool colour);

// Returns seconds in the unit a person reads: "1.23 s", "45.6 ms", "7.89 us", "12.3 ns".
std::string format_seconds(double seconds);

}  // namespace arcbatch::cli
