// The forms in which runs leave the program: a JSON line, a CSV row, and predicted grids.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "batch/coordinator.h"

namespace arcbatch {

// A run in words; absent texts do not apply to it.
struct RunText {
  std::string_view program;
  std::string_view file;
  std::string_view task;
  bool is_test = false;
  u32 index = 0;
  std::string_view status;
  std::optional<bool> match;
  bool shows_compared = false;   // whether the work has comparisons, and lines tell of them
  std::optional<bool> compared;  // see RunRecord
  std::optional<std::string_view> value;
  std::optional<std::string_view> error;
  std::optional<std::string_view> statement;
  u32 line = 0;  // 0: none
  std::optional<std::string_view> reason;
  u64 steps = 0;
  std::optional<std::string> output;  // see Outcome
  std::optional<Score> score;
};

// Returns a record's words, which point into the record and the plan.
RunText text_of(const RunPlan& plan, const RunRecord& record);

// Returns the JSON object of a run on one line, with its newline. Bytes that are not UTF-8 are
// replaced.
std::string json_line(const RunText& run);

// Returns the names of the columns of csv_row(), as a row.
std::string csv_header(bool scored, bool compared = false);

// Returns the run as a row of RFC 4180 with its newline; what is absent is empty.
std::string csv_row(const RunText& run, bool scored);

// Returns a text as a field of RFC 4180.
std::string csv_field(std::string_view text);

// Returns a value's repr as a JSON array of rows, if it is what a task may ask for: a tuple of 1 to
// 30 tuples of equally many, 1 to 30, colours 0 to 9 (True and False are 1 and 0).
std::optional<std::string> grid_json(std::string_view repr);

}  // namespace arcbatch
