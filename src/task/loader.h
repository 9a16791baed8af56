// Loads tasks from ARC-AGI files and folders, and names what is wrong with those it cannot load.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "task/task.h"

namespace arcbatch {

struct LoadResult {
  std::vector<Task> tasks;        // sorted by id
  std::vector<TaskError> errors;  // in the order met; the other tasks are loaded all the same
};

// Loads every path: a task's file (its id is the file's name), a combined file
// (X_challenges.json, with X_solutions.json beside it if there), or a folder, searched with the
// folders in it for *.json. In a folder, solutions are read with their challenges, and
// sample_submission.json is passed over. Two files with a task of one id are an error; one file
// reached by two paths is not.
LoadResult load_tasks(std::span<const std::string> paths);

// Returns the tasks of embedded_examples().
LoadResult load_embedded_tasks();

// Loads the task or tasks in `text`; `file` gives the id and labels the errors.
LoadResult load_task_text(std::string_view file, std::string_view text);

struct GridResult {
  bool ok = false;
  GridData grid;
  TaskError error;  // set if not ok
};

// Loads a file that holds one grid: an array of rows.
GridResult load_grid(const std::string& path);

// Loads the grid in `text`; `file` labels the error.
GridResult load_grid_text(std::string_view file, std::string_view text);

// Returns true if the file can be read and holds a JSON array: a grid, as a task is an object.
bool is_grid_file(const std::string& path);

}  // namespace arcbatch
