// The consumer of a command: progress, Ctrl-C and the time limit around the coordinator.
#include "batch_run.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <limits>
#include <memory>
#include <optional>

#include "batch/cpu_evaluator.h"
#include "batch/shared_evaluator.h"
#include "common.h"
#include "interrupt.h"
#include "progress.h"
#include "results/lines.h"
#include "routing_log.h"

namespace arcbatch::cli {
namespace {

using Clock = std::chrono::steady_clock;

class Consumer : public BatchConsumer {
 public:
  explicit Consumer(const BatchJob& job)
      : job_(job),
        progress_(job.range.size(), "runs", !job.quiet, job.arguments.progress_interval) {}

  void consume(const BatchResult& result) override {
    if (job_.consume) job_.consume(result);
    if (job_.results != nullptr) job_.results->add(result);
    totals.runs += result.range.size();
    totals.statements += result.statements;
    totals.evaluated += result.evaluated;
    totals.fast_calls += result.fast_calls;
    totals.generic_calls += result.generic_calls;
    add_profile(totals.profile, result.profile);
    totals.device.add(result.device);
  }

  bool go_on() override {
    if (job_.results != nullptr) job_.results->save_if_due();
    progress_.update(totals.runs);
    if (InterruptGuard::interrupted()) {
      totals.end = BatchEnd::interrupted;
    } else if (job_.arguments.time_limit > 0 &&
               std::chrono::duration<double>(Clock::now() - job_.started).count() >=
                   job_.arguments.time_limit) {
      totals.end = BatchEnd::time_limit;
    }
    return totals.end == BatchEnd::finished;
  }

  BatchTotals totals;

 private:
  const BatchJob& job_;
  Progress progress_;
};

}  // namespace

void add_batch_options(CLI::App& app, BatchArguments& arguments) {
  app.add_option("--jobs", arguments.jobs, "Workers; every core has one unless this is given")
      ->check(CLI::Range(1, 4096))
      ->type_name("N")
      ->group("Batch");
  app.add_option(
         "--batch-size", arguments.batch_size,
         "Runs that a worker takes at a time; changes no outcome. By default up to 64, and many "
         "more where programs share work")
      ->check(CLI::Range(1, 10000000))
      ->type_name("N")
      ->group("Batch");
  app.add_flag("!--no-share", arguments.share,
               "Run every program for itself: by default, statements that programs have in common "
               "are done once for every example; changes no outcome")
      ->group("Batch");
  app.add_option("--time-limit", arguments.time_limit,
                 "Stop after so many seconds as after Ctrl-C, with exit code 1 unless all is done")
      ->check(CLI::PositiveNumber)
      ->type_name("SECONDS")
      ->group("Batch");
  app.add_option("--program-cache", arguments.cache_mib,
                 "Source text, in MiB, of programs that stay compiled; the others are compiled "
                 "again when their turn comes")
      ->check(CLI::Range(0, 1 << 20))
      ->type_name("MIB")
      ->capture_default_str()
      ->group("Batch");
  app.add_option("--progress-interval", arguments.progress_interval,
                 "Seconds between lines about progress where standard error is no terminal; 0 for "
                 "none")
      ->check(CLI::NonNegativeNumber)
      ->type_name("SECONDS")
      ->capture_default_str()
      ->group("Batch");
  add_log_level(app, arguments.log_level);
}

void start_logging(const BatchArguments& arguments, bool quiet) {
  set_log_level(quiet && arguments.log_level < LogLevel::error ? LogLevel::error
                                                               : arguments.log_level);
}

const char* end_text(BatchEnd end) {
  switch (end) {
    case BatchEnd::finished: break;
    case BatchEnd::interrupted: return "interrupted";
    case BatchEnd::time_limit: return "time limit reached";
  }
  return "finished";
}

u32 job_count(const BatchArguments& arguments) {
  return arguments.jobs > 0 ? arguments.jobs : available_cores();
}

BatchTotals run_batch_job(const BatchJob& job) {
  CoordinatorOptions options;
  options.jobs = static_cast<u32>(std::min<u64>(job_count(job.arguments), job.range.size()));
  // Wall-clock limits are of runs that stand alone.
  const bool share =
      job.devices == nullptr && job.arguments.share && job.options.max_seconds == 0 &&
      fast_kernels(resolve_kernel_path(job.options.path), job.options.isa).table != nullptr;
  u64 batch_size = job.arguments.batch_size;
  if (batch_size == 0) {
    batch_size = job.devices != nullptr ? slice_size(*job.devices, job.range.size())
                                        : batch_shape(job.range.size(), options.jobs, share).runs;
  }
  std::optional<DeviceWork> device_work;
  if (job.devices != nullptr) {
    SliceLimits slices = job.slices;
    slices.share = job.arguments.share;
    device_work.emplace(*job.devices, job.plan, slices);
    // Each slot has one who waits for it, and the others lay out, read and do what is left.
    options.jobs += job.devices->slots() * (job.cores ? 2 : 1);
  }
  // With `cores`, two for each slot feed the devices, and the others do whole batches on the CPU.
  const u32 feeders =
      device_work && job.cores ? 2 * job.devices->slots() : std::numeric_limits<u32>::max();
  std::atomic<u32> made = 0;
  options.window_batches = window_of(batch_size, options.jobs);
  options.help = share;
  WorkBoard board;
  const bool share_on_devices = job.devices != nullptr && job.arguments.share &&
                                job.options.max_seconds == 0 && job.arguments.batch_size == 0;
  const auto cut = [&job, batch_size, share, share_on_devices](u64 first) {
    if (job.devices != nullptr) {
      return cut_device_batch(job.plan, first, job.range.end, batch_size, share_on_devices);
    }
    return share ? cut_shared_batch(job.plan, first, job.range.end, batch_size)
                 : cut_batch(job.plan, first, job.range.end, batch_size);
  };
  const bool keep_predictions = job.predictions || job.results != nullptr;
  const auto finish = [&job, keep_predictions](RunRecord& record) {
    if (job.finish) job.finish(record);
    if (!keep_predictions || !is_prediction(record)) return;
    record.prediction = grid_json(record.outcome.value).value_or("");
  };
  const bool keep_values = job.finish || keep_predictions;
  const std::string backend =
      job.devices != nullptr ? job.devices->info(0).name : cpu_name(job.options);
  const auto make_plain = [&]() -> std::unique_ptr<BatchEvaluator> {
    if (device_work && made++ >= feeders) {
      return std::make_unique<CoreEvaluator>(job.options, job.plan, job.programs, finish);
    }
    if (device_work) {
      return std::make_unique<DeviceEvaluator>(job.options, job.plan, job.programs, *device_work,
                                               keep_values, finish, job.costs);
    }
    if (share) {
      return std::make_unique<SharedEvaluator>(job.options, job.plan, job.programs, keep_values,
                                               finish, &board);
    }
    return std::make_unique<CpuEvaluator>(job.options, job.plan, job.programs, finish);
  };
  const auto make_evaluator = [&]() -> std::unique_ptr<BatchEvaluator> {
    if (!is_logged(LogLevel::debug)) return make_plain();
    return logged_routing(make_plain(), job.plan, job.programs, backend);
  };
  if (job.results != nullptr) {
    job.results->begin_session({job.devices != nullptr
                                    ? job.devices->info(0).name
                                    : kernel_path_name(resolve_kernel_path(job.options.path)),
                                options.jobs, batch_size});
  }
  if (is_logged(LogLevel::info)) {
    log(LogLevel::info, fmt::format("{} runs in batches of {} to {} with {} workers",
                                    job.range.size(), batch_size, backend, options.jobs));
  }
  const InterruptGuard guard;
  Consumer consumer(job);
  const u64 runs = run_batches(job.range, options, cut, make_evaluator, consumer);
  // A signal that came after the last batch began has ended nothing.
  if (runs == job.range.size()) consumer.totals.end = BatchEnd::finished;
  if (job.results != nullptr) job.results->close(end_text(consumer.totals.end));
  return consumer.totals;
}

void add_record(RunStatistics& statistics, const RunRecord& record) {
  const Outcome& outcome = record.outcome;
  RunFacts facts;
  facts.candidate = record.candidate;
  facts.task = record.task;
  facts.kind = outcome.kind();
  facts.reason = facts.kind == StatusKind::error ? std::string_view(status_name(outcome.status))
                                                 : std::string_view(outcome.reason);
  facts.match = outcome.match;
  facts.compared = record.compared.value_or(false);
  facts.seconds = outcome.seconds;
  statistics.add(facts);
}

}  // namespace arcbatch::cli
