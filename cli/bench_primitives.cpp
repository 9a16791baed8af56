// arcbatch bench primitives: the options and the order of measuring.
#include "bench_primitives.h"

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <utility>

#include "batch/bench_reference.h"
#include "bench_batches.h"
#include "common.h"
#include "progress.h"
#include "sources.h"

namespace arcbatch::cli {
namespace {

// Budgets in seconds for one round of one call.
constexpr double kEngineCallRound = 0.004;
constexpr double kReferenceCallRound = 0.01;
constexpr const char* kReferenceFile = "calls";

struct PrimitivesArguments {
  std::vector<std::string> programs;
  std::string against;
  std::string python = "/usr/bin/python3";
  std::string json;
  u32 rounds = 5;
  u32 used = kPrimCount;
  CommonOptions common;
};

// The three that take turns.
struct Sides {
  CallTimer fast;
  CallTimer exact;
  std::optional<PythonReference> reference;
};

// Runs the call once on every side and measures one round of each.
void measure_round(Sides& sides, const CallGrid& grid, CallResult& result) {
  const PrimitiveCall& call = primitive_calls()[result.call];
  result.outcome = sides.fast.select(result.call, grid.grid);
  if (result.outcome.status != Status::ok) {
    throw CommandError(fmt::format("{} on {} ends with {}", call.call, grid.name,
                                   status_name(result.outcome.status)));
  }
  const CallOutcome exact = sides.exact.select(result.call, grid.grid);
  result.agrees = exact.status == Status::ok && exact.value == result.outcome.value;
  if (sides.reference) {
    const PythonReference::CallFunctions functions{setup_name(result.call), calls_name(result.call),
                                                   empty_name(result.call), CallTimer::kCopies};
    const PythonOutcome theirs = sides.reference->select_call(kReferenceFile, functions, grid.grid);
    result.agrees =
        result.agrees && same_outcome(result.outcome.status, result.outcome.value, theirs);
  }
  std::vector<double> calls;
  std::vector<double> empty;
  sides.fast.measure(kEngineCallRound, calls, empty);
  result.fast.add_round(std::exchange(calls, {}), std::exchange(empty, {}));
  sides.exact.measure(kEngineCallRound, calls, empty);
  result.exact.add_round(std::exchange(calls, {}), std::exchange(empty, {}));
  if (!sides.reference) return;
  sides.reference->measure_call(kReferenceCallRound, calls, empty);
  if (!result.reference) result.reference.emplace();
  result.reference->add_round(std::move(calls), std::move(empty));
}

// The calls of a primitive, on every grid that makes a difference.
std::vector<CallResult> calls_of(Prim prim) {
  std::vector<CallResult> results;
  for (u32 k = 0; k < primitive_calls().size(); ++k) {
    const PrimitiveCall& call = primitive_calls()[k];
    if (call.prim != prim) continue;
    for (const CallGrid& grid : call_grids()) {
      CallResult& result = results.emplace_back();
      result.call = k;
      if (!uses_grid(call)) break;
      result.grid = grid.name;
    }
  }
  return results;
}

const CallGrid& grid_of(const CallResult& result) {
  for (const CallGrid& grid : call_grids()) {
    if (grid.name == result.grid) return grid;
  }
  return call_grids().front();
}

RunOptions exact_options(RunOptions options) {
  options.path = KernelPath::generic;
  return options;
}

// "scalar", or "simd avx2".
std::string kernels_name(const RunOptions& options) {
  const KernelPath path = resolve_kernel_path(options.path);
  std::string name = kernel_path_name(path);
  if (path == KernelPath::simd) name += std::string(" ") + isa_name(resolve_isa(options.isa));
  return name;
}

int bench_primitives(const PrimitivesArguments& arguments) {
  const Sources sources = load_sources(arguments.programs, {});
  if (!sources.report(true)) throw CommandError("some files cannot be used (see above)");
  // Opened first: minutes of measuring should not end at a path that cannot be written.
  std::optional<OutputFile> json;
  if (!arguments.json.empty()) json.emplace(arguments.json);

  PrimitivesReport report;
  report.rounds = arguments.rounds;
  report.programs = sources.programs.candidates.size();
  report.machine.core = pin_to_one_core();
  report.machine.kernels = kernels_name(arguments.common.run);
  Sides sides{CallTimer(arguments.common.run), CallTimer(exact_options(arguments.common.run)), {}};
  if (!arguments.against.empty()) {
    sides.reference.emplace(arguments.python, arguments.against);
    report.machine.python = sides.reference->info();
    sides.reference->load(kReferenceFile, call_program(CallTimer::kCopies, Dialect::python));
  }
  print_machine(report.machine);
  flush_output();

  const std::vector<u64> mentions = count_mentions(sources.programs.candidates);
  for (const Prim p : by_mentions(mentions)) {
    if (report.rows.size() == arguments.used) break;
    report.rows.push_back({p, mentions[static_cast<u32>(p)], calls_of(p)});
  }
  // A round is a pass over the whole table, so that the rounds of a call lie seconds apart.
  Progress progress(report.rows.size() * arguments.rounds, "primitives", true);
  std::size_t done = 0;
  for (u32 round = 0; round < arguments.rounds; ++round) {
    for (PrimitiveRow& row : report.rows) {
      for (CallResult& result : row.calls) measure_round(sides, grid_of(result), result);
      progress.update(++done);
    }
  }
  progress.finish();
  if (json) {
    json->write(primitives_json(report));
    json->close();
  }
  print_primitives(report);
  return 0;
}

}  // namespace

CLI::App* add_bench_primitives(CLI::App& bench, int& exit_code) {
  auto arguments = std::make_shared<PrimitivesArguments>();
  CLI::App* sub = bench.add_subcommand(
      "primitives", "Time single calls of every primitive beside a floor, and against CPython");
  sub->add_option("--programs", arguments->programs,
                  "Programs whose most used primitives come first: a .py file, or a folder "
                  "searched for them; several may be given")
      ->type_name("PATH");
  sub->add_option("--used", arguments->used, "Only the N primitives that the programs use most")
      ->check(CLI::Range(1u, kPrimCount))
      ->type_name("N");
  add_reference_options(*sub, arguments->against, arguments->python);
  sub->add_option("--repeat", arguments->rounds, "Rounds of measuring a call, ours and CPython's")
      ->check(CLI::Range(1, 1000))
      ->type_name("N")
      ->capture_default_str();
  sub->add_option("--json", arguments->json, "Write machine, calls and summary to this file")
      ->type_name("FILE");
  add_common(*sub, arguments->common);
  sub->footer(kPrimitivesFooter);
  sub->callback([arguments, &bench, &exit_code] {
    refuse_options_of_bench(bench, "primitives");
    exit_code = bench_primitives(*arguments);
  });
  return sub;
}

}  // namespace arcbatch::cli
