// Formatting of task errors.
#include "task/task.h"

#include <fmt/format.h>

namespace arcbatch {

std::string format_task_error(const TaskError& error) {
  if (error.line == 0) return fmt::format("{}: {}", error.file, error.message);
  if (error.column == 0) return fmt::format("{}:{}: {}", error.file, error.line, error.message);
  return fmt::format("{}:{}:{}: {}", error.file, error.line, error.column, error.message);
}

}  // namespace arcbatch
