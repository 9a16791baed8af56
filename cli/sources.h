// Programs and tasks as a command line names them.
#pragma once

#include <string>
#include <vector>

#include "batch/run_tasks.h"
#include "task/loader.h"

namespace arcbatch::cli {

struct Sources {
  CandidateList programs;
  LoadResult tasks;
  std::vector<std::string> unreadable;  // messages about program files that cannot be read

  // Prints what is wrong to standard error, warnings only unless `quiet`. Returns false if some
  // file is lost.
  [[nodiscard]] bool report(bool quiet) const;

  // "2 files that do not compile, 1 function of another parameter count"; empty if all is well.
  [[nodiscard]] std::string skipped_text(u32 without_task) const;

  // Why there may be nothing to run.
  [[nodiscard]] std::string nothing_text() const;
};

// Loads program files (folders are searched for *.py) and tasks. Without any programs, or without
// any tasks, those of the built-in examples stand in.
Sources load_sources(const std::vector<std::string>& programs,
                     const std::vector<std::string>& tasks);

// Returns the text of a program file that load_sources() compiled, read again.
std::string source_text(const std::string& file);

}  // namespace arcbatch::cli
