// Options and tables of bench --shared.
#include "bench_shared.h"

#include <fmt/format.h>

#include <algorithm>

#include "batch/bench.h"
#include "batch/bench_shared.h"
#include "bench_machine.h"
#include "common.h"
#include "progress.h"

namespace arcbatch::cli {
namespace {

constexpr u64 kMutantSeed = 1;

double percent(u64 part, u64 whole) {
  return whole == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

u64 input_count(const std::vector<Task>& tasks) {
  u64 count = 0;
  for (const Task& task : tasks) count += task.train.size() + task.test.size();
  return count;
}

void print_graph(const SharedBench& b) {
  print(fmt::format("programs   {}, of which {} are opaque, in {} {}\n", grouped(b.size.programs),
                    grouped(b.size.opaque), grouped(b.graphs), b.graphs == 1 ? "graph" : "graphs"));
  print(fmt::format("statements {}, of which {} are different; {} steps\n",
                    grouped(b.size.statements), grouped(b.size.nodes), grouped(b.size.steps)));
  print(fmt::format("built in   {}, {:.2f} million statements a second\n",
                    format_seconds(b.build_seconds),
                    static_cast<double>(b.size.statements) / b.build_seconds * 1e-6));
}

void print_way(const char* name, u64 runs, const std::vector<double>& rounds) {
  const double median = median_of(rounds);
  const auto [least, most] = std::minmax_element(rounds.begin(), rounds.end());
  print(fmt::format("{:<10} {} ({} to {}), {} runs a second\n", name, format_seconds(median),
                    format_seconds(*least), format_seconds(*most),
                    grouped(static_cast<u64>(static_cast<double>(runs) / median))));
}

void print_counts(const SharedBench& b) {
  const SharingCounts& c = b.counts;
  print(fmt::format("ran        {} statements by {} visits and {} evaluations ({:.1f}%)\n",
                    grouped(c.statements), grouped(c.visits), grouped(c.nodes.evaluated),
                    percent(c.nodes.evaluated, c.statements)));
  print(fmt::format("           {} of them again after {} flushes, {} for one budget alone\n",
                    grouped(c.nodes.again), grouped(c.nodes.flushes), grouped(c.nodes.bound)));
  print(fmt::format("results    {} compared and printed, for {} runs\n", grouped(c.results),
                    grouped(c.runs)));
  print(fmt::format(
      "alone      {} runs: {} of opaque programs, {} by limits, {} for want of memory\n",
      grouped(c.alone_opaque + c.alone_limits + c.alone_memory), grouped(c.alone_opaque),
      grouped(c.alone_limits), grouped(c.alone_memory)));
}

}  // namespace

void add_shared(CLI::App& app, SharedArguments& arguments) {
  CLI::Option* const shared =
      app.add_flag("--shared", arguments.shared,
                   "Time batches: each statement that programs share once, against the programs "
                   "one after the other; the outcomes are compared");
  for (const char* other :
       {"--against", "--limit", "--json", "--signature", "--signature-runs", "--count-runs"}) {
    shared->excludes(app.get_option(other));
  }
  app.add_flag("--all", arguments.all, "With --shared: every program on every task")->needs(shared);
  app.add_option("--mutants", arguments.mutants,
                 "With --shared: N mutants of each program, one primitive changed, in its place")
      ->check(CLI::Range(1, 1000000))
      ->type_name("N")
      ->needs(shared);
}

int bench_shared(const SharedArguments& arguments, const RunOptions& options,
                 const Sources& sources, u32 rounds, int core) {
  std::vector<Candidate> candidates = sources.programs.candidates;
  if (arguments.mutants > 0) {
    replace_by_mutants(candidates, sources.tasks.tasks, arguments.mutants, kMutantSeed);
  }
  BenchMachine machine;
  machine.core = core;
  machine.kernels = kernel_path_name(resolve_kernel_path(options.path));
  print_machine(machine);
  flush_output();
  Progress progress(input_count(sources.tasks.tasks) * rounds, "inputs", true);
  const SharedBench b = measure_sharing(options, candidates, sources.tasks.tasks, arguments.all,
                                        rounds, [&progress](u64 done) { progress.update(done); });
  progress.finish();
  if (b.runs == 0) throw CommandError("nothing to run: " + sources.nothing_text());
  print_graph(b);
  print_counts(b);
  print_way("one by one", b.runs, b.sequential);
  print_way("shared", b.runs, b.shared);
  std::vector<double> ratios;
  for (std::size_t k = 0; k < b.shared.size(); ++k) ratios.push_back(b.sequential[k] / b.shared[k]);
  if (b.disagreements > 0) {
    throw CommandError(
        fmt::format("{} outcomes differ, first of {}", grouped(b.disagreements), b.first_case));
  }
  print(fmt::format("shared {:.2f}x over {} runs, all outcomes the same\n", median_of(ratios),
                    grouped(b.runs)));
  return 0;
}

}  // namespace arcbatch::cli
