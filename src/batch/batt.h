// Batt files on tasks: functions batt(task_id, S, I, C, log_path), which return two lists of what
// they found, on every example with C = None and, where its output is known, with that.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "backend/cpu/runner.h"
#include "task/task.h"

namespace arcbatch {

// One item of an entry. A text is as it is; a `value` is shown by its repr.
struct BattItem {
  enum class Kind : u8 { unknown, boolean, integer, text, value };
  Kind kind = Kind::unknown;  // unknown: its repr depends on addresses, or is too long
  i64 integer = 0;            // of a boolean too
  std::string text;           // of a text, or the repr
};

// What was appended to a list: a tuple, whose last item is shown by its repr whatever it is, or
// one item.
struct BattEntry {
  bool is_tuple = true;
  std::vector<BattItem> items;
};

// How one call ended.
struct BattOutcome {
  Status status = Status::ok;
  std::string reason;  // unless the status is ok
  u32 line = 0;        // of the statement that ended the call, or 0
  std::vector<BattEntry> o;
  std::vector<BattEntry> s;
  // The first items of the entries of `o` whose last item is the expected output, where that is
  // known.
  std::optional<std::vector<BattItem>> matches;
};

struct BattFile {
  const Program* program = nullptr;
  u32 function = 0;
};

// One call of one file's function.
struct BattRun {
  u32 file = 0;  // these two are places in the lists given
  u32 task = 0;
  bool is_demo = false;  // an example of Task::train, else of Task::test
  u32 index = 0;         // of the example there
  bool scored = false;   // whether C is the output
  const BattOutcome& outcome;
};

struct BattOptions {
  RunOptions run;
  u32 jobs = 1;  // threads
};

// Calls the files' functions, and `consume` with each outcome, on the thread of the caller, in this
// order whatever the number of jobs: by task, demo before test, example, C = None before the
// output, file. What `consume` throws ends the work.
void run_batt(const std::vector<BattFile>& files, const std::vector<Task>& tasks,
              const BattOptions& options, const std::function<void(const BattRun&)>& consume);

// Appends the run as a JSON object on one line, with its newline: {"task", "kind", "index", "C",
// "file" unless that is empty, "status", then "o", "s" and "matches", or "reason" and "line"}.
void append_batt_line(const BattRun& run, const std::string& task, const std::string& file,
                      std::string& out);

}  // namespace arcbatch
