// Grids and tasks as pictures for a terminal: coloured blocks, or digits where colour is off.
#pragma once

#include <string>

#include "task/task.h"

namespace arcbatch {

// Returns the grid, two characters to a cell, each row ended by a newline.
std::string render_grid(const GridData& grid, bool colour);

// Returns the task's pairs one below the other, each as input -> output side by side, with "?"
// for an unknown output.
std::string render_task(const Task& task, bool colour);

}  // namespace arcbatch
