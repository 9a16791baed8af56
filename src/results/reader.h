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
  bool shows_compared_;
  Query select_;
};

// Adds every run of the file to the statistics, without times, and finishes them.
void add_stored_runs(Database& database, RunStatistics& statistics);

// Returns the programs with the greatest total time.
std::vector<CandidateTotals> slowest_programs(Database& database, std::size_t count);

// Returns a program of the file.
StoredProgram read_program(Database& database, u32 id);

// A program and what its runs came to.
struct ProgramRow {
  StoredProgram program;
  u64 runs = 0;
  u64 values = 0;
  u64 errors = 0;
  u64 others = 0;
  u64 matched = 0;                       // but of runs that were given the expected output as C
  std::optional<double> score;           // the mean of the totals of the others that have one
  std::optional<Fingerprint> behaviour;  // of all outputs in order, if every run has one
};

// Reads the programs in order, with the runs that are saved.
class ProgramReader {
 public:
  explicit ProgramReader(Database& database);

  // Sets `row` to the next program; false after the last.
  bool next(ProgramRow& row);

 private:
  Query programs_;
  Query runs_;
};

// The table of programs as RFC 4180 has it.
std::string program_header();
std::string program_row(const ProgramRow& row);

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
