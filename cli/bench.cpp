// arcbatch bench: times of runs on one core, and with --against the same runs under CPython.
#include "batch/bench.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "batch/bench_costs.h"
#include "batch/bench_count.h"
#include "batch/bench_reference.h"
#include "batch/signature.h"
#include "bench_batches.h"
#include "bench_primitives.h"
#include "bench_report.h"
#include "bench_shared.h"
#include "commands.h"
#include "common.h"
#include "progress.h"
#include "sources.h"

namespace arcbatch::cli {
namespace {

// Budgets in seconds for one round of one case, and the run from which on there are fewer rounds.
constexpr double kEngineRound = 0.004;
constexpr double kReferenceRound = 0.005;
constexpr double kSlowRun = 0.1;
constexpr u32 kSlowRounds = 3;

struct BenchArguments {
  std::vector<std::string> programs;
  std::vector<std::string> tasks;
  std::string against;
  std::string python = "/usr/bin/python3";
  std::string json;
  u32 rounds = 5;
  u64 limit = 0;
  bool signature = false;
  std::string signature_runs;
  u32 count_runs = 0;
  SharedArguments shared;
  CommonOptions common;
};

void measure_case(const BenchArguments& arguments, EngineTimer& engine, PythonReference* reference,
                  BenchResult& result) {
  u32 rounds = arguments.rounds;
  if (reference != nullptr) {
    const Candidate& c = *result.where.candidate;
    const PythonOutcome theirs = reference->select(c.file, c.name, result.where.pair().input);
    result.agrees = same_outcome(result.outcome.status, result.outcome.value, theirs);
    result.reference_outcome = theirs.text;
  }
  std::vector<double> ours;
  std::vector<double> theirs;
  for (u32 round = 0; round < rounds; ++round) {
    engine.measure(kEngineRound, ours);
    if (reference == nullptr) continue;
    reference->measure(kReferenceRound, theirs);
    if (theirs.back() > kSlowRun * 1e9) rounds = std::min(rounds, kSlowRounds);
  }
  result.engine_ns = median_of(ours);
  result.engine_samples = ours.size();
  result.reference_ns = median_of(theirs);
  result.reference_samples = theirs.size();
}

// Prints the number alone on standard output, for scripts; what it is made of goes beside it.
int print_signature(const BenchArguments& arguments) {
  std::optional<OutputFile> lines;
  if (!arguments.signature_runs.empty()) lines.emplace(arguments.signature_runs);
  const Signature signature = take_signature(arguments.common.run.path);
  if (lines) {
    for (const std::string& line : signature.lines) lines->write(line + "\n");
    lines->close();
  }
  print(signature_text(signature) + "\n");
  flush_output();
  fmt::print(stderr, "{} runs: {} values, {} errors, {} others\n", signature.runs, signature.values,
             signature.errors, signature.runs - signature.values - signature.errors);
  return 0;
}

// Prints what scripts/instruction-count divides by.
int run_counted(const BenchArguments& arguments) {
  LoadOptions load;
  load.grids_only = true;
  const Sources sources = load_sources(arguments.programs, arguments.tasks, load);
  if (!sources.report(true)) throw CommandError("some files cannot be used (see above)");
  const RunOptions& options = arguments.common.run;
  print(fmt::format("kernels {}\n", kernel_path_name(resolve_kernel_path(options.path))));
  for (const CountedRuns& c : count_runs(options, sources.programs.candidates, sources.tasks.tasks,
                                         arguments.count_runs)) {
    print(fmt::format("{} {}\n", c.name, c.runs));
  }
  return 0;
}

int bench(const BenchArguments& arguments) {
  if (arguments.signature) return print_signature(arguments);
  if (arguments.count_runs > 0) return run_counted(arguments);
  LoadOptions load;
  load.grids_only = true;
  const Sources sources = load_sources(arguments.programs, arguments.tasks, load);
  if (!sources.report(true)) throw CommandError("some files cannot be used (see above)");
  if (arguments.shared.shared) {
    return bench_shared(
        arguments.shared, arguments.common.run, sources,
        {arguments.rounds, pin_to_one_core(), arguments.against, arguments.python, arguments.json});
  }
  const std::vector<BenchCase> cases =
      bench_cases(sources.programs.candidates, sources.tasks.tasks, arguments.limit);
  if (cases.empty()) throw CommandError("nothing to run: " + sources.nothing_text());
  // Opened first: minutes of measuring should not end at a path that cannot be written.
  std::optional<OutputFile> json;
  if (!arguments.json.empty()) json.emplace(arguments.json);

  BenchReport report;
  report.machine.core = pin_to_one_core();
  report.machine.kernels = kernel_path_name(resolve_kernel_path(arguments.common.run.path));
  report.rounds = arguments.rounds;
  std::set<std::string> files;
  for (const BenchCase& c : cases) files.insert(c.candidate->file);
  std::optional<PythonReference> reference;
  if (!arguments.against.empty()) {
    reference.emplace(arguments.python, arguments.against);
    report.machine.python = reference->info();
    for (const std::string& file : files) reference->load(file, source_text(file));
  }
  print_machine(report.machine);
  flush_output();
  std::vector<std::string> texts;
  for (const std::string& file : files) texts.push_back(source_text(file));
  report.dispatch_ns = measure_dispatch(arguments.common.run);
  report.compile = measure_compile(arguments.common.run, texts);

  EngineTimer engine(arguments.common.run);
  Progress progress(cases.size(), "cases", true);
  for (std::size_t k = 0; k < cases.size(); ++k) {
    BenchResult result;
    result.where = cases[k];
    result.outcome = engine.select(cases[k]);
    const StatusKind kind = result.outcome.kind();
    if (kind == StatusKind::value || kind == StatusKind::error) {
      measure_case(arguments, engine, reference ? &*reference : nullptr, result);
      report.results.push_back(std::move(result));
    } else {
      report.left_out.push_back(std::move(result));
    }
    progress.update(k + 1);
  }
  progress.finish();
  if (report.results.empty()) throw CommandError("no run ended with a value or an error");
  if (json) {
    json->write(report_json(report));
    json->close();
  }
  print_report(report);
  return 0;
}

}  // namespace

void add_bench(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<BenchArguments>();
  CLI::App* sub = app.add_subcommand("bench", "Time runs on one core, alone or against CPython");
  sub->add_option("--programs", arguments->programs,
                  "A .py file, or a folder searched for them; several may be given")
      ->type_name("PATH");
  sub->add_option("--tasks", arguments->tasks, "As for run; several may be given")
      ->type_name("PATH");
  add_reference_options(*sub, arguments->against, arguments->python);
  sub->add_option("--repeat", arguments->rounds, "Rounds of measuring a case, ours and CPython's")
      ->check(CLI::Range(1, 1000))
      ->type_name("N")
      ->capture_default_str();
  sub->add_option("--limit", arguments->limit, "At most N cases, evenly spread")
      ->check(CLI::PositiveNumber)
      ->type_name("N");
  sub->add_option("--json", arguments->json, "Write machine, cases and summary to this file")
      ->type_name("FILE");
  add_common(*sub, arguments->common);
  CLI::Option* const signature = sub->add_flag(
      "--signature", arguments->signature,
      "Time nothing: print one number for all outcomes and steps of a fixed set of runs");
  // The number is of its own runs within their own limits.
  for (const char* other :
       {"--programs", "--tasks", "--against", "--limit", "--json", "--max-steps", "--max-bytes",
        "--max-depth", "--max-seconds", "--max-memory"}) {
    signature->excludes(sub->get_option(other));
  }
  sub->add_option("--signature-runs", arguments->signature_runs,
                  "With --signature: write its runs to this file, a line each")
      ->type_name("FILE")
      ->needs(signature);
  sub->add_option("--count-runs", arguments->count_runs,
                  "Time nothing: run every case N times in the function "
                  "arcbatch_counted_runs, for a profiler to count")
      ->check(CLI::Range(1, 1000000))
      ->type_name("N")
      ->excludes(signature);
  add_shared(*sub, arguments->shared);
  sub->footer(kBenchFooter);
  add_bench_primitives(*sub, exit_code);
  add_bench_batches(*sub, exit_code);
  add_bench_plot(*sub, exit_code);
  sub->callback([arguments, sub, &exit_code] {
    if (sub->get_subcommands().empty()) exit_code = bench(*arguments);
  });
}

}  // namespace arcbatch::cli
