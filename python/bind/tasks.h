// Tasks as the Python package holds them.
#pragma once

#include <memory>
#include <vector>

#include "task/task.h"

namespace arcbatch::python {

struct TaskList {
  std::shared_ptr<std::vector<Task>> tasks = std::make_shared<std::vector<Task>>();
};

// An example of a task, which it keeps alive.
struct Example {
  std::shared_ptr<const std::vector<Task>> tasks;
  u32 task = 0;
  bool is_test = false;
  u32 index = 0;

  [[nodiscard]] const Pair& pair() const {
    const Task& t = (*tasks)[task];
    return is_test ? t.test[index] : t.train[index];
  }
};

}  // namespace arcbatch::python
