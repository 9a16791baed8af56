// Many solvers as one batt file.
#pragma once

#include <string>
#include <vector>

#include "primitives/dialects.h"

namespace arcbatch {

struct MergeInput {
  std::string file;  // for messages
  std::string source;
};

struct Merged {
  std::string source;
  u32 solvers = 0;
  u32 opaque = 0;                     // of them, kept as functions that the batt calls
  u32 statements = 0;                 // of the others
  u32 shared = 0;                     // of these, found again in a solver before
  std::vector<std::string> left_out;  // messages about functions that could not be merged
};

// Returns a file with `batt(task_id, S, I, C, log_path)`, which appends to `o`, for each function
// of the files that takes (I), (S, I) or (S, I, C), an entry (number, False, name, value), or
// (number, False, name, 'TypeError') where the function raises that. What several functions compute
// alike is one variable. Throws RewriteError for a file that does not compile.
Merged merge_solvers(const std::vector<MergeInput>& inputs, Dsl dialect);

}  // namespace arcbatch
