// arcbatch resume: goes on with the work of a results file.
#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <vector>

#include "backend.h"
#include "batch_run.h"
#include "commands.h"
#include "common.h"
#include "results/writer.h"
#include "results_common.h"
#include "routing_log.h"
#include "sources.h"
#include "summary.h"

namespace arcbatch::cli {
namespace {

constexpr std::size_t kTop = 5;

struct ResumeArguments {
  std::string file;
  std::vector<std::string> programs;
  std::vector<std::string> tasks;
  bool quiet = false;
  bool has_steps = false;
  bool has_bytes = false;
  bool has_depth = false;
  BatchArguments batch;
  BackendArguments backend;
  CommonOptions common;
};

// The limits of the file, except those that the command line names.
Limits limits_of(const ResumeArguments& arguments, const Limits& stored) {
  Limits limits = stored;
  const Limits& given = arguments.common.run.limits;
  if (arguments.has_steps) limits.steps = given.steps;
  if (arguments.has_bytes) limits.bytes = given.bytes;
  if (arguments.has_depth) limits.depth = given.depth;
  limits.expanded = given.expanded;
  return limits;
}

// Loads what the file was begun with, or what stands for it now.
Sources load_for(const ResumeArguments& arguments, const ResultsSetup& setup, Dsl dialect) {
  LoadOptions load;
  load.dialect = dialect;
  load.keep_bytes = arguments.batch.cache_bytes();
  const std::string here = std::filesystem::current_path().string();
  const auto choose = [&](const std::vector<std::string>& given,
                          const std::vector<std::string>& stored) {
    std::vector<std::string> paths;
    const std::filesystem::path base = given.empty() ? setup.directory : here;
    for (const std::string& path : given.empty() ? stored : given) {
      paths.push_back((base / path).string());
    }
    return paths;
  };
  return load_sources(choose(arguments.programs, setup.programs),
                      choose(arguments.tasks, setup.tasks), load);
}

int finish(const ResumeArguments& arguments, BatchEnd end) {
  if (!arguments.quiet) {
    print_report(*open_results(arguments.file, Database::Mode::read), kTop);
  }
  return end == BatchEnd::finished ? 0 : 1;
}

int resume(const ResumeArguments& arguments) {
  const auto started = std::chrono::steady_clock::now();
  start_logging(arguments.batch, arguments.quiet);
  auto results = std::make_unique<ResultsWriter>(arguments.file);
  const RunRange left{results->next(), results->header().range.end};
  if (left.size() == 0) {
    results.reset();
    return finish(arguments, BatchEnd::finished);
  }
  const ResultsSetup setup = read_setup(results->database());
  const Comparison comparison = results->header().comparison;
  Dsl dialect = Dsl::arc_dsl;
  if (!find_dialect(results->header().dialect, dialect)) {
    throw CommandError(fmt::format("cannot resume {}: its dialect is {}, which is not known",
                                   arguments.file, results->header().dialect));
  }
  require_backend_for(arguments.backend, dialect, comparison);
  Sources sources = load_for(arguments, setup, dialect);
  if (!sources.report(true) && !setup.keep_going) {
    throw CommandError(fmt::format("cannot resume {}: some of its files cannot be used (see above)",
                                   arguments.file));
  }
  const RunPlan plan(sources.programs.candidates, sources.tasks.tasks, comparison);
  RunOptions options = arguments.common.run;
  options.limits = limits_of(arguments, results->header().limits);
  options.score = results->header().score;
  const ResultsHeader header = make_header(options, dialect, plan, sources.programs.files);
  const std::string difference =
      describe_difference(results->database(), header, plan, sources.programs.files);
  if (!difference.empty()) {
    throw CommandError(fmt::format("cannot resume {}: {}", arguments.file, difference));
  }
  const std::unique_ptr<ProgramCache> programs =
      make_program_cache(sources, arguments.batch.cache_bytes());
  const std::unique_ptr<CostTable> guide = open_guide(arguments.backend);
  const std::unique_ptr<device::DevicePool> devices = open_backend(
      arguments.backend, {plan, left.size(), options, job_count(arguments.batch)}, guide.get());
  const BatchJob job{.plan = plan,
                     .programs = *programs,
                     .range = left,
                     .options = options,
                     .arguments = arguments.batch,
                     .quiet = arguments.quiet,
                     .started = started,
                     .results = results.get(),
                     .devices = devices.get(),
                     .slices = slice_limits(arguments.backend),
                     .cores = arguments.backend.name == "auto",
                     .costs = guide.get()};
  const auto began = std::chrono::steady_clock::now();
  const BatchTotals totals = run_batch_job(job);
  const std::chrono::duration<double> evaluating = std::chrono::steady_clock::now() - began;
  report_backend(arguments.backend, devices.get(), totals, evaluating.count(), arguments.quiet);
  results.reset();
  if (!arguments.quiet) print(batch_complete_text(job, totals) + "\n");
  if (!arguments.quiet && totals.end != BatchEnd::finished) {
    print(fmt::format("{} after {} of {} that were left\n",
                      styled(end_text(totals.end), "1;33", use_colour(stdout)), totals.runs,
                      counted(left.size(), "run")));
  }
  return finish(arguments, totals.end);
}

}  // namespace

void add_resume(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<ResumeArguments>();
  CLI::App* sub = app.add_subcommand("resume", "Go on with a run that was stopped");
  sub->add_option("file", arguments->file, "The results file of run --out")
      ->type_name("FILE")
      ->required();
  sub->add_option("--programs", arguments->programs,
                  "Where the programs are now, if they were moved")
      ->type_name("PATH");
  sub->add_option("--tasks", arguments->tasks, "Where the tasks are now, if they were moved")
      ->type_name("PATH");
  sub->add_flag("-q,--quiet", arguments->quiet, "Print errors only: no progress, no report");
  add_batch_options(*sub, arguments->batch);
  add_backend_options(*sub, arguments->backend);
  add_common(*sub, arguments->common);
  sub->footer(
      "The file knows where its programs and tasks are and how far it came, whatever ended the\n"
      "run: Ctrl-C, a time limit, a full disk, a crash. When the rest is done, its content is "
      "that\n"
      "of a run that was never stopped. Programs, tasks, limits and the version of arcbatch must\n"
      "be the same as before; otherwise nothing is run, and the message names what differs.\n"
      "--jobs, --batch-size, --path and --isa may differ. A report is printed at the end.\n"
      "\n"
      "Examples:\n"
      "  arcbatch resume mine.sqlite\n"
      "  arcbatch resume mine.sqlite --tasks /data/arc/training\n"
      "  until arcbatch resume mine.sqlite --time-limit 3600 -q; do echo one more hour; done\n"
      "\n"
      "Exit code 0 if everything is done now, 1 if something is left or a file cannot be used.");
  sub->callback([arguments, sub, &exit_code] {
    arguments->has_steps = sub->count("--max-steps") > 0;
    arguments->has_bytes = sub->count("--max-bytes") > 0;
    arguments->has_depth = sub->count("--max-depth") > 0;
    exit_code = resume(*arguments);
  });
}

}  // namespace arcbatch::cli
