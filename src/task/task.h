// Tasks as the files hold them: plain grids of colours 0 to 9, before they become DSL values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/macros.h"

namespace arcbatch {

inline constexpr u32 kMaxGridSide = 30;

struct GridData {
  u32 h = 0;
  u32 w = 0;
  std::vector<i8> cells;  // h rows of w

  [[nodiscard]] i8 at(u32 row, u32 column) const {
    return cells[static_cast<std::size_t>(row) * w + column];
  }
  bool operator==(const GridData&) const = default;
};

struct Pair {
  GridData input;
  std::optional<GridData> output;  // absent where a test's solution is not known
};

struct Task {
  std::string id;
  std::vector<Pair> train;
  std::vector<Pair> test;
};

// Where and why a task could not be loaded. Line and column are 1-based, the column in bytes;
// 0 means that the error has no such position.
struct TaskError {
  std::string file;
  u32 line = 0;
  u32 column = 0;
  std::string message;
};

// Returns "file:line:column: message", without the positions that are 0.
std::string format_task_error(const TaskError& error);

}  // namespace arcbatch
