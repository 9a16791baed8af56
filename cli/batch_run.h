// Running the runs of a plan with all cores, as the subcommands run and resume do.
#pragma once

#include <chrono>
#include <functional>
#include <vector>

#include "batch/coordinator.h"
#include "batch/device_evaluator.h"
#include "batch/program_cache.h"
#include "batch/statistics.h"
#include "logging.h"
#include "results/writer.h"

// As in CLI11, which takes long to read.
namespace CLI {
class App;
}

namespace arcbatch::cli {

struct BatchArguments {
  u32 jobs = 0;           // 0: one for every core
  u64 batch_size = 0;     // 0: as fits the work
  bool share = true;      // among programs that run on every task
  double time_limit = 0;  // seconds; 0: none
  double progress_interval = 10;
  u64 cache_mib = 64;
  LogLevel log_level = LogLevel::warning;

  // The source text of the programs that stay compiled.
  [[nodiscard]] u64 cache_bytes() const { return cache_mib << 20; }
};

// Adds --jobs, --batch-size, --time-limit, --program-cache, --progress-interval and --log-level.
// `arguments` must outlive `app`.
void add_batch_options(CLI::App& app, BatchArguments& arguments);

// Returns the number of workers that the arguments ask for.
u32 job_count(const BatchArguments& arguments);

// How the work ended.
enum class BatchEnd { finished, interrupted, time_limit };

// "finished", "interrupted" or "time limit reached".
const char* end_text(BatchEnd end);

// What is to be done and who sees it. The pointers and references must outlive run_batch_job().
struct BatchJob {
  const RunPlan& plan;
  ProgramCache& programs;
  RunRange range;
  RunOptions options;
  const BatchArguments& arguments;
  bool quiet = false;
  std::chrono::steady_clock::time_point started;  // where the time limit starts
  ResultsWriter* results = nullptr;               // where everything is saved, if not null
  bool predictions = false;  // whether to set RunRecord::prediction; it is with `results`
  device::DevicePool* devices = nullptr;  // what evaluates; null: the CPU
  SliceLimits slices = {};                // of the devices
  bool cores = false;                     // whether the CPU's cores take a share beside devices
  const CostTable* costs = nullptr;       // of programs, if something is known of that
  // Called on a worker's thread for every run.
  std::function<void(RunRecord&)> finish = {};
  // Called for every batch in order.
  std::function<void(const BatchResult&)> consume = {};
};

struct BatchTotals {
  BatchEnd end = BatchEnd::finished;
  u64 runs = 0;
  u64 statements = 0;  // see BatchResult
  u64 evaluated = 0;
  u64 fast_calls = 0;
  u64 generic_calls = 0;
  Profile profile;  // empty unless RunOptions::profile
  DeviceCounts device;
};

// Shows messages from the level that the arguments ask for, only errors where `quiet`.
void start_logging(const BatchArguments& arguments, bool quiet);

// Does the work, with progress on standard error and Ctrl-C watched, and closes the results file.
// Logs how the work goes to its backends.
BatchTotals run_batch_job(const BatchJob& job);

// Adds a run to the statistics.
void add_record(RunStatistics& statistics, const RunRecord& record);

}  // namespace arcbatch::cli
