// ResultsWriter: saves the results of batches in a results file, in transactions, so that
// whatever ends the program leaves the runs saved so far.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>

#include "batch/coordinator.h"
#include "results/store.h"

namespace arcbatch {

// What is noted of one use of `run` or `resume`.
struct ResultsSession {
  std::string kernels;
  u32 jobs = 0;
  u64 batch_size = 0;
};

class ResultsWriter {
 public:
  // Opens a results file. ResultsError if another process writes to it.
  explicit ResultsWriter(const std::string& path);
  // Saves what was added, if it can.
  ~ResultsWriter();
  ResultsWriter(const ResultsWriter&) = delete;
  ResultsWriter& operator=(const ResultsWriter&) = delete;

  [[nodiscard]] Database& database() { return *database_; }
  [[nodiscard]] const ResultsHeader& header() const { return header_; }
  // The first run that is to be added.
  [[nodiscard]] u64 next() const { return next_; }

  // Begins a session; call once, before the functions below.
  void begin_session(const ResultsSession& session);
  // Adds the results of the batch that starts with next().
  void add(const BatchResult& result);
  // Saves what was added if that is due: after a second, or hundreds of runs.
  void save_if_due();
  // Saves everything, notes how the session ended, and makes the file one that stands alone.
  void close(const std::string& ended);

 private:
  using Clock = std::chrono::steady_clock;

  class Lock;
  struct Times {
    u64 runs = 0;
    double seconds = 0;
    double longest = -1;
    u32 longest_task = 0;
  };
  struct Queries;

  void begin();
  void save(const char* ended);
  [[noreturn]] void rethrow(const ResultsError& error) const;

  std::string path_;
  std::unique_ptr<Lock> lock_;
  std::unique_ptr<Database> database_;
  ResultsHeader header_;
  std::unique_ptr<Queries> queries_;
  u64 next_ = 0;
  u64 saved_ = 0;               // the first run that is not saved
  std::map<u32, Times> times_;  // of runs that are not saved, by program
  i64 session_ = 0;
  u64 session_runs_ = 0;
  u64 fast_calls_ = 0;
  u64 generic_calls_ = 0;
  DeviceCounts device_;
  Clock::time_point started_;
  Clock::time_point last_save_;
  bool failed_ = false;
};

}  // namespace arcbatch
