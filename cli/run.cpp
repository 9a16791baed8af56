// arcbatch run: programs on tasks, with a line per run for machines and a summary for people.
#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <vector>

#include "batch_run.h"
#include "commands.h"
#include "common.h"
#include "report/profile.h"
#include "results/lines.h"
#include "sources.h"
#include "summary.h"

namespace arcbatch::cli {
namespace {

constexpr std::size_t kSlowestShown = 5;

struct RunArguments {
  std::vector<std::string> programs;
  std::vector<std::string> tasks;
  std::string jsonl;
  bool profile = false;
  std::string profile_json;
  bool keep_going = false;
  bool quiet = false;
  BatchArguments batch;
  CommonOptions common;
};

struct Finished {
  BatchTotals totals;
  u64 planned = 0;
  double seconds = 0;
};

const char* end_text(BatchEnd end) {
  return end == BatchEnd::time_limit ? "time limit reached" : "interrupted";
}

void print_summary(const RunArguments& arguments, const Sources& sources, const RunPlan& plan,
                   const RunStatistics& stats, const Finished& finished) {
  const bool colour = use_colour(stdout);
  if (finished.totals.end != BatchEnd::finished) {
    print(fmt::format("{} after {} of {}\n", styled(end_text(finished.totals.end), "1;33", colour),
                      stats.runs, counted(finished.planned, "run")));
  }
  print_row("programs", sources.programs_text());
  print_outcome_rows(stats);
  if (const std::string skipped = sources.skipped_text(plan.without_task()); !skipped.empty()) {
    print_row("skipped", styled(skipped, "33", colour));
  }
  print_kernel_row(kernel_path_name(resolve_kernel_path(arguments.common.run.path)),
                   finished.totals.fast_calls, finished.totals.generic_calls);
  print_row("time", fmt::format("{} in programs, {} in all with {}", format_seconds(stats.seconds),
                                format_seconds(finished.seconds),
                                counted(job_count(arguments.batch), "worker")));
  print_slowest_rows(
      stats.slowest(), [&plan](u32 c) { return plan.candidates()[c].name; },
      [&plan](u32 t) { return plan.tasks()[t].id; });
}

int run(const RunArguments& arguments) {
  const auto started = std::chrono::steady_clock::now();
  LoadOptions load;
  load.keep_bytes = kProgramCacheBytes;
  Sources sources = load_sources(arguments.programs, arguments.tasks, load);
  const bool clean = sources.report(arguments.quiet);
  if (!clean && !arguments.keep_going) {
    throw CommandError("some files cannot be used (see above); --keep-going runs the others");
  }
  const RunPlan plan(sources.programs.candidates, sources.tasks.tasks);
  if (plan.size() == 0) throw CommandError("nothing to run: " + sources.nothing_text());
  const std::unique_ptr<ProgramCache> programs = make_program_cache(sources, kProgramCacheBytes);

  std::unique_ptr<OutputFile> jsonl;
  if (!arguments.jsonl.empty()) jsonl = std::make_unique<OutputFile>(arguments.jsonl);
  std::unique_ptr<OutputFile> profile;
  if (!arguments.profile_json.empty()) {
    profile = std::make_unique<OutputFile>(arguments.profile_json);
  }
  RunOptions options = arguments.common.run;
  options.profile = arguments.profile || profile != nullptr;
  if (options.profile && fast_kernels(resolve_kernel_path(options.path)).table == nullptr) {
    throw CommandError(
        "--profile counts calls of the fast kernels: it needs --path simd or scalar");
  }
  RunStatistics stats(known_outputs(sources.tasks.tasks), kSlowestShown);
  BatchJob job{.plan = plan,
               .programs = *programs,
               .range = {0, plan.size()},
               .options = options,
               .arguments = arguments.batch,
               .quiet = arguments.quiet,
               .started = started};
  if (jsonl) job.finish = [&plan](RunRecord& r) { r.line = json_line(text_of(plan, r)); };
  job.consume = [&](const BatchResult& result) {
    for (const RunRecord& record : result.records) {
      add_record(stats, record);
      if (jsonl) jsonl->write(record.line);
    }
    // Batch by batch, so that whatever ends the program leaves what was finished.
    if (jsonl) jsonl->flush();
  };
  Finished finished;
  finished.planned = job.range.size();
  finished.totals = run_batch_job(job);
  stats.finish();
  if (jsonl) jsonl->close();
  if (profile) {
    profile->write(profile_json(finished.totals.profile));
    profile->close();
  }
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - started;
  finished.seconds = wall.count();
  if (!arguments.quiet) print_summary(arguments, sources, plan, stats, finished);
  if (arguments.profile) print("\n" + profile_table(finished.totals.profile));
  return finished.totals.end == BatchEnd::finished ? 0 : 1;
}

}  // namespace

void add_run(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<RunArguments>();
  CLI::App* sub = app.add_subcommand("run", "Run programs on tasks and compare the outputs");
  sub->add_option("--programs", arguments->programs,
                  "A .py file, or a folder searched for them; several may be given")
      ->type_name("PATH");
  sub->add_option("--tasks", arguments->tasks,
                  "A task's .json file, a combined *_challenges.json, or a folder of them; "
                  "several may be given")
      ->type_name("PATH");
  sub->add_option("--jsonl", arguments->jsonl, "Write one JSON object per run to this file")
      ->type_name("FILE");
  sub->add_flag("--profile", arguments->profile,
                "Print calls, time and orders asked for by primitive (makes runs slower)");
  sub->add_option("--profile-json", arguments->profile_json, "Write the profile to this file")
      ->type_name("FILE");
  sub->add_flag("--keep-going", arguments->keep_going,
                "Run what can be run although some files cannot be read or compiled");
  sub->add_flag("-q,--quiet", arguments->quiet, "Print errors only: no warnings, no summary");
  add_batch_options(*sub, arguments->batch);
  add_common(*sub, arguments->common);
  sub->footer(
      "A function solve_ID runs on task ID; any other function of one parameter runs on every\n"
      "task. Without --programs and --tasks the built-in examples run. All cores are used; "
      "neither\n"
      "--jobs nor --batch-size changes a byte of what is written, or its order.\n"
      "\n"
      "Examples:\n"
      "  arcbatch run\n"
      "  arcbatch run --programs solvers.py --tasks data/training\n"
      "  arcbatch run --programs mine/ --tasks arc-agi_training_challenges.json --jsonl out.jsonl\n"
      "\n"
      "Keys of a JSON line: program, file, task, split (train, test), index (from 0), status\n"
      "(value, error, limit, resource, unsupported), match (true, false, or null where the\n"
      "expected output is unknown), value (as Python's repr), error (Python's class), statement,\n"
      "line, reason; null where one does not apply.\n"
      "\n"
      "Exit code 0 whatever the outcomes of the runs are; 1 if a file cannot be used (unless\n"
      "--keep-going is given), if writing fails, or if --time-limit or Ctrl-C ended the work "
      "early:\n"
      "the batches that were begun are finished, and the summary of what was done is printed. A\n"
      "second Ctrl-C stops at once.");
  sub->callback([arguments, &exit_code] { exit_code = run(*arguments); });
}

}  // namespace arcbatch::cli
