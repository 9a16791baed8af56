// Programs and tasks as a command line names them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "batch/candidates.h"
#include "batch/program_cache.h"
#include "task/loader.h"

namespace arcbatch::cli {

struct Sources {
  CandidateList programs;
  LoadResult tasks;
  std::vector<std::string> unreadable;  // messages about program files that cannot be read

  // Prints what is wrong to standard error, warnings only unless `quiet`. Returns false if some
  // file is lost.
  [[nodiscard]] bool report(bool quiet) const;

  // "120 functions in 3 files".
  [[nodiscard]] std::string programs_text() const;

  // "2 files that do not compile, 1 function of another parameter count"; empty if all is well.
  [[nodiscard]] std::string skipped_text(u32 without_task) const;

  // Why there may be nothing to run.
  [[nodiscard]] std::string nothing_text() const;
};

struct LoadOptions {
  // Compiled programs are kept while the texts are no longer than this together; the others are
  // checked and let go (Candidate::program is null then).
  u64 keep_bytes = ~u64{0};
  bool identify = false;    // set Candidate::identity
  bool grids_only = false;  // leave functions out that take more than the input
  Dsl dialect = Dsl::arc_dsl;
};

// Loads program files (folders are searched for *.py) and tasks. Without any programs, or without
// any tasks, those of the built-in examples stand in.
Sources load_sources(const std::vector<std::string>& programs,
                     const std::vector<std::string>& tasks, const LoadOptions& options = {});

// Returns a cache of the sources' programs that holds `capacity` bytes of text, and takes over
// those that the candidates keep. A file that has changed since it was loaded throws CommandError
// when it is compiled again. `sources` must outlive the cache and stay where it is.
std::unique_ptr<ProgramCache> make_program_cache(Sources& sources, u64 capacity);

// Returns the text of a program file that load_sources() compiled, read again.
std::string source_text(const std::string& path);

}  // namespace arcbatch::cli
