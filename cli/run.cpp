// arcbatch run: programs on tasks, with a line per run for machines and a summary for people.
#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <filesystem>
#include <memory>
#include <vector>

#include "backend.h"
#include "batch_run.h"
#include "commands.h"
#include "common.h"
#include "report/profile.h"
#include "results/lines.h"
#include "results/writer.h"
#include "results_common.h"
#include "routing_log.h"
#include "selection_output.h"
#include "sources.h"
#include "summary.h"

namespace arcbatch::cli {
namespace {

constexpr std::size_t kSlowestShown = 5;

// Part `index` (from 1) of `count`.
struct Shard {
  u64 index = 1;
  u64 count = 1;
};

struct RunArguments {
  std::vector<std::string> programs;
  std::vector<std::string> tasks;
  std::string jsonl;
  bool profile = false;
  std::string profile_json;
  std::string out;
  bool score = false;
  SelectionArguments selection;
  Shard shard;
  Comparison comparison = Comparison::none;
  bool keep_going = false;
  bool quiet = false;
  BatchArguments batch;
  BackendArguments backend;
  CommonOptions common;
};

struct Finished {
  BatchTotals totals;
  RunRange range;
  double seconds = 0;
};

std::string shared_text(const BatchTotals& totals) {
  return fmt::format("{} statements evaluated for the {} that the runs came through",
                     totals.evaluated, totals.statements);
}

void print_summary(const RunArguments& arguments, const Sources& sources, const RunPlan& plan,
                   const RunStatistics& stats, const Finished& finished) {
  const bool colour = use_colour(stdout);
  if (finished.totals.end != BatchEnd::finished) {
    print(fmt::format("{} after {} of {}\n", styled(end_text(finished.totals.end), "1;33", colour),
                      stats.runs, counted(finished.range.size(), "run")));
    if (!arguments.out.empty()) {
      print_row("saved", fmt::format("go on with: arcbatch resume {}", arguments.out));
    }
  }
  print_row("programs", sources.programs_text());
  if (plan.comparison() != Comparison::none) {
    print_row("comparison", comparison_text(plan.comparison()));
  }
  if (arguments.shard.count > 1) {
    print_row("shard",
              fmt::format("{} of {}: {} of {}", arguments.shard.index, arguments.shard.count,
                          finished.range.size(), counted(plan.size(), "run")));
  }
  print_outcome_rows(stats);
  if (const std::string skipped = sources.skipped_text(plan.without_task()); !skipped.empty()) {
    print_row("skipped", styled(skipped, "33", colour));
  }
  const bool on_devices = finished.totals.device.slices > 0;
  print_kernel_row(
      on_devices ? "" : kernel_path_name(resolve_kernel_path(arguments.common.run.path)),
      finished.totals.fast_calls, finished.totals.generic_calls);
  if (finished.totals.statements > 0) print_row("shared", shared_text(finished.totals));
  const std::string workers = counted(job_count(arguments.batch), "worker");
  if (stats.seconds == 0) {  // shared work has no time of one program's own
    print_row("time", fmt::format("{} with {}", format_seconds(finished.seconds), workers));
    return;
  }
  print_row("time", fmt::format("{} in programs, {} in all with {}", format_seconds(stats.seconds),
                                format_seconds(finished.seconds), workers));
  print_slowest_rows(
      stats.slowest(), [&plan](u32 c) { return plan.candidates()[c].name; },
      [&plan](u32 t) { return plan.tasks()[t].id; });
}

// Makes the results file and opens it for writing.
std::unique_ptr<ResultsWriter> open_out(const RunArguments& arguments, const RunOptions& options,
                                        const Sources& sources, const RunPlan& plan,
                                        RunRange range) {
  ResultsHeader header =
      make_header(options, sources.programs.dialect, plan, sources.programs.files);
  header.range = range;
  ResultsSetup setup;
  setup.programs = arguments.programs;
  setup.tasks = arguments.tasks;
  setup.directory = std::filesystem::current_path().string();
  setup.keep_going = arguments.keep_going;
  create_results(arguments.out, header, setup, plan, sources.programs.files);
  return std::make_unique<ResultsWriter>(arguments.out);
}

// Returns null where nothing is to be selected.
std::unique_ptr<SelectionOutput> open_selection(const SelectionArguments& arguments,
                                                const RunPlan& plan) {
  if (!arguments.any()) return nullptr;
  auto selection = std::make_unique<SelectionOutput>(arguments, [&plan](const Selected& s) {
    const Candidate& c = plan.candidates()[s.candidate];
    return SelectedNames{c.name, c.file, plan.tasks()[s.task].id, c.identity};
  });
  for (const Task& task : plan.tasks()) {
    selection->add_task(task.id, static_cast<u32>(task.test.size()));
  }
  return selection;
}

SelectionFacts facts_of(const RunRecord& record) {
  return {.candidate = record.candidate,
          .task = record.task,
          .is_test = record.is_test,
          .index = record.index,
          .matched = record.outcome.match.value_or(false),
          .prediction = record.prediction};
}

int run(const RunArguments& arguments) {
  const auto started = std::chrono::steady_clock::now();
  start_logging(arguments.batch, arguments.quiet);
  if (!arguments.out.empty()) require_absent(arguments.out);
  LoadOptions load;
  load.keep_bytes = arguments.batch.cache_bytes();
  load.identify = !arguments.out.empty() || arguments.selection.any();
  load.dialect = arguments.common.dialect;
  require_backend_for(arguments.backend, load.dialect, arguments.comparison);
  Sources sources = load_sources(arguments.programs, arguments.tasks, load);
  const bool clean = sources.report(arguments.quiet);
  if (!clean && !arguments.keep_going) {
    throw CommandError("some files cannot be used (see above); --keep-going runs the others");
  }
  const RunPlan plan(sources.programs.candidates, sources.tasks.tasks, arguments.comparison);
  if (plan.size() == 0) throw CommandError("nothing to run: " + sources.nothing_text());
  const std::unique_ptr<ProgramCache> programs =
      make_program_cache(sources, arguments.batch.cache_bytes());

  Finished finished;
  finished.range = plan.part(arguments.shard.index - 1, arguments.shard.count);
  std::unique_ptr<OutputFile> jsonl;
  if (!arguments.jsonl.empty()) jsonl = std::make_unique<OutputFile>(arguments.jsonl);
  std::unique_ptr<OutputFile> profile;
  if (!arguments.profile_json.empty()) {
    profile = std::make_unique<OutputFile>(arguments.profile_json);
  }
  RunOptions options = arguments.common.run;
  options.score = arguments.score;
  options.profile = arguments.profile || profile != nullptr;
  // What devices leave is the CPU's, which has vectors instead of lanes.
  const bool has_profile = arguments.backend.name == "cpu"
                               ? fast_kernels(resolve_kernel_path(options.path)).table != nullptr
                               : options.path != KernelPath::generic;
  if (options.profile && !has_profile) {
    throw CommandError(
        "--profile counts calls of the fast kernels: it needs --path simd or scalar");
  }
  const std::unique_ptr<SelectionOutput> selection = open_selection(arguments.selection, plan);
  const std::unique_ptr<CostTable> guide = open_guide(arguments.backend);
  const std::unique_ptr<device::DevicePool> devices =
      open_backend(arguments.backend,
                   {plan, finished.range.size(), options, job_count(arguments.batch)}, guide.get());
  std::unique_ptr<ResultsWriter> results;
  if (!arguments.out.empty()) results = open_out(arguments, options, sources, plan, finished.range);

  RunStatistics stats(known_outputs(sources.tasks.tasks), kSlowestShown);
  BatchJob job{.plan = plan,
               .programs = *programs,
               .range = finished.range,
               .options = options,
               .arguments = arguments.batch,
               .quiet = arguments.quiet,
               .started = started,
               .results = results.get(),
               .predictions = selection != nullptr,
               .devices = devices.get(),
               .slices = slice_limits(arguments.backend),
               .cores = arguments.backend.name == "auto",
               .costs = guide.get()};
  if (jsonl) job.finish = [&plan](RunRecord& r) { r.line = json_line(text_of(plan, r)); };
  job.consume = [&](const BatchResult& result) {
    for (const RunRecord& record : result.records) {
      add_record(stats, record);
      if (jsonl) jsonl->write(record.line);
      // Who was given the output has not found it.
      if (selection && !record.compared.value_or(false)) selection->add(facts_of(record));
    }
    // Batch by batch, so that whatever ends the program leaves what was finished.
    if (jsonl) jsonl->flush();
  };
  const auto began = std::chrono::steady_clock::now();
  finished.totals = run_batch_job(job);
  const std::chrono::duration<double> evaluating = std::chrono::steady_clock::now() - began;
  stats.finish();
  if (jsonl) jsonl->close();
  if (selection) selection->close();
  if (profile) {
    profile->write(profile_json(finished.totals.profile));
    profile->close();
  }
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - started;
  finished.seconds = wall.count();
  if (!arguments.quiet) print_summary(arguments, sources, plan, stats, finished);
  if (!arguments.quiet && selection) print_row("selected", selection->text());
  report_backend(arguments.backend, devices.get(), finished.totals, evaluating.count(),
                 arguments.quiet);
  if (!arguments.quiet) print(batch_complete_text(job, finished.totals) + "\n");
  if (arguments.profile) print("\n" + profile_table(finished.totals.profile));
  return finished.totals.end == BatchEnd::finished ? 0 : 1;
}

// Sets `shard` from "2/8".
void parse_shard(const std::string& text, Shard& shard) {
  const auto number = [](std::string_view part, u64& value) {
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), value);
    return error == std::errc() && end == part.data() + part.size();
  };
  const std::size_t slash = text.find('/');
  if (slash == std::string::npos || !number(std::string_view(text).substr(0, slash), shard.index) ||
      !number(std::string_view(text).substr(slash + 1), shard.count) || shard.index < 1 ||
      shard.index > shard.count) {
    throw CLI::ValidationError(
        "--shard", fmt::format("'{}' is not I/N with I from 1 to N, such as 2/8", text));
  }
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
  sub->add_flag(
      "--profile", arguments->profile,
      "Print calls, time and orders asked for by primitive, and of statements that programs "
      "share by what they depend on (makes runs slower)");
  sub->add_option("--profile-json", arguments->profile_json, "Write the profile to this file")
      ->type_name("FILE");
  sub->add_option("--out", arguments->out,
                  "Save every outcome in this new SQLite file, for resume, report and export")
      ->type_name("FILE");
  sub->add_option_function<std::string>(
         "--shard", [arguments](const std::string& text) { parse_shard(text, arguments->shard); },
         "Do part I of N of the work, to be joined by 'arcbatch merge-runs'")
      ->type_name("I/N")
      ->group("Batch");
  sub->add_option_function<std::string>(
         "--comparison",
         [arguments](const std::string& name) { find_comparison(name, arguments->comparison); },
         "What C is for functions that take it: none (None), expected (the expected output where "
         "it is known), both (two runs, one with each)")
      ->check(CLI::IsMember({"none", "expected", "both"}))
      ->type_name("WHAT");
  sub->add_flag("--keep-going", arguments->keep_going,
                "Run what can be run although some files cannot be read or compiled");
  sub->add_flag("-q,--quiet", arguments->quiet, "Print errors only: no warnings, no summary");
  sub->add_flag("--score", arguments->score,
                "Score outputs by how near they are to the expected ones: shape, cells, palette");
  add_selection_options(*sub, arguments->selection);
  add_batch_options(*sub, arguments->batch);
  add_backend_options(*sub, arguments->backend);
  add_dialect(*sub, arguments->common);
  add_common(*sub, arguments->common);
  sub->footer(
      std::string(
          "A function solve_ID runs on task ID; any other one on every task, if it can be called "
          "with\n"
          "one argument, the input I, or takes (S, I), (S, I, C) or (task_id, S, I, C, log_path): "
          "S is\n"
          "the tuple of the training pairs, each (input, output); C, which stands for the output "
          "to\n"
          "compare with, is None, unless --comparison has it be the expected one; task_id and "
          "log_path\n"
          "are None. What a function returns is its value, lists that it filled as well: 'arcbatch "
          "batt'\n"
          "shows the entries of such lists one by one, and shares work within such functions.\n"
          "Without --programs and --tasks the built-in examples run. All cores are used; "
          "neither\n"
          "--jobs nor --batch-size changes a byte of what is written, or its order.\n"
          "\n"
          "Examples:\n"
          "  arcbatch run\n"
          "  arcbatch run --programs solvers.py --tasks data/training\n"
          "  arcbatch run --programs mine/ --tasks arc-agi_training_challenges.json --jsonl "
          "out.jsonl\n"
          "  arcbatch run --programs mine/ --tasks data/training --out mine.sqlite\n"
          "  arcbatch run --programs mine/ --tasks data/training --out 2.sqlite --shard 2/8\n"
          "  arcbatch run --programs scored/ --tasks data/training --comparison both --jsonl "
          "out.jsonl\n"
          "  arcbatch run --dialect tokpidjin --programs solvers_pre.py --tasks data/training "
          "--out "
          "1.sqlite\n"
          "\n"
          "Keys of a JSON line: program, file, task, split (train, test), index (from 0), status\n"
          "(value, error, limit, resource, unsupported), match (true, false, or null where the\n"
          "expected output is unknown), value (as Python's repr), error (Python's class), "
          "statement,\n"
          "line, reason; null where one does not apply; output (equal for runs with equal value, "
          "class\n"
          "of error or reason); with --score, score {shape: the lesser height over the greater, "
          "times\n"
          "the same of widths; cells: equal ones over those of the larger grid; palette: common "
          "colours\n"
          "over all; total: their mean}, not where the expected output is unknown; with "
          "--comparison,\n"
          "C (None, output, or null for functions without C). Runs that were given the output as C "
          "count\n"
          "neither as matched or solved in summaries nor for --select and --submission.\n"
          "\n"
          "Exit code 0 whatever the outcomes of the runs are; 1 if a file cannot be used (unless\n"
          "--keep-going is given), if writing fails, or if --time-limit or Ctrl-C ended the work "
          "early:\n"
          "the batches that were begun are finished and saved, and the summary is printed. A "
          "second\n"
          "Ctrl-C stops at once. A run with --out goes on by 'arcbatch resume FILE' in any case, "
          "even\n"
          "after a crash.\n"
          "\n") +
      kSelectionFooter);
  sub->callback([arguments, &exit_code] { exit_code = run(*arguments); });
}

}  // namespace arcbatch::cli
