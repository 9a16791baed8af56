// Reading of runs from a results file, in the canonical order.
#pragma once

#include <string>
#include <vector>

#include "batch/statistics.h"
#include "results/lines.h"
#include "results/store.h"

namespace arcbatch {

class RunReader {
 public:
  RunReader(Database& database, const std::vector<StoredTask>& tasks);

  // Sets `run` to the next one; its texts live until the next call. False after the last.
  bool next(RunText& run);

 private:
  const std::vector<StoredTask>& tasks_;
  Query select_;
};

// Adds every run of the file to the statistics, without times, and finishes them.
void add_stored_runs(Database& database, RunStatistics& statistics);

// Returns the programs with the greatest total time.
std::vector<CandidateTotals> slowest_programs(Database& database, std::size_t count);

// Returns a program of the file.
StoredProgram read_program(Database& database, u32 id);

// Sums over the sessions of a file.
struct SessionTotals {
  u64 sessions = 0;
  double seconds = 0;  // from their beginnings to their ends
  double seconds_in_programs = 0;
  u64 fast_calls = 0;
  u64 generic_calls = 0;
};
SessionTotals read_sessions(Database& database);

}  // namespace arcbatch
