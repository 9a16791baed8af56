// PythonReference: the reference implementation in a CPython of its own, timed on request over
// pipes, so that its measurements and ours can take turns.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/macros.h"
#include "core/status.h"
#include "task/task.h"

namespace arcbatch {

// What the interpreter says about itself.
struct PythonInfo {
  std::string version;         // sys.version on one line
  std::string implementation;  // "CPython"
  std::string config_args;     // the configure arguments that sysconfig reports
  std::string compile_flags;   // sysconfig's PY_CFLAGS
  bool optimised = false;      // --enable-optimizations is among the configure arguments
  bool lto = false;            // --with-lto is
};

// How a run ended under CPython.
struct PythonOutcome {
  bool is_value = false;
  std::string text;  // repr of the value, or the exception's class
};

// Whether the two outcomes are the same. Functions print as addresses in Python: not compared.
bool same_outcome(Status status, const std::string& value, const PythonOutcome& theirs);

// All functions throw std::runtime_error when Python cannot be started, ends, or answers
// something unexpected.
class PythonReference {
 public:
  // Starts `python` with the reference's dsl.py and constants.py from `folder`.
  PythonReference(const std::string& python, const std::string& folder);
  ~PythonReference();
  PythonReference(const PythonReference&) = delete;
  PythonReference& operator=(const PythonReference&) = delete;

  [[nodiscard]] const PythonInfo& info() const { return info_; }

  // Executes a programs file; its functions are known under `file` from then on.
  void load(const std::string& file, std::string_view source);

  // Chooses the function and input to time, and runs it once.
  PythonOutcome select(const std::string& file, const std::string& function, const GridData& input);

  // Appends samples (nanoseconds per run) for about `budget` seconds, at least one.
  void measure(double budget, std::vector<double>& samples);

  // Chooses the functions of one primitive call (see call_program()) and the grid that its
  // arguments are made from, and runs them once.
  struct CallFunctions {
    std::string setup;
    std::string calls;
    std::string empty;
    u32 copies = 0;
  };
  PythonOutcome select_call(const std::string& file, const CallFunctions& functions,
                            const GridData& grid);

  // Appends samples of both functions, in nanoseconds, for about `budget` seconds, at least one of
  // each; arguments are made anew for each.
  void measure_call(double budget, std::vector<double>& calls, std::vector<double>& empty);

 private:
  struct Process;
  std::string exchange(const std::string& request);
  std::unique_ptr<Process> process_;
  PythonInfo info_;
};

// The script that the interpreter runs.
extern const char* const kBenchScript;

}  // namespace arcbatch
