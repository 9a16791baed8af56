// Options and tables of bench --shared.
#include "bench_shared.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "batch/bench.h"
#include "batch/bench_shared.h"
#include "bench_machine.h"
#include "bench_report.h"
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

void print_inputs(const SharedBench& b) {
  const Quantiles q = quantiles_of(b.inputs);
  print(fmt::format("an input   all programs at once: median {}, p90 {}, p99 {}, at most {}\n",
                    format_seconds(q.median), format_seconds(q.p90), format_seconds(q.p99),
                    format_seconds(q.greatest)));
}

void print_reference(const SharedReference& r) {
  print(fmt::format("python     {} inputs, {} runs one by one; {} too long, {} limits\n",
                    grouped(r.inputs), grouped(r.runs), grouped(r.too_long),
                    grouped(r.unanswered)));
  print(
      fmt::format("by input   geomean {:.1f}x p10 {:.1f}x median {:.1f}x p90 {:.1f}x total "
                  "{:.1f}x of python\n",
                  r.ratio.geomean, r.ratio.p10, r.ratio.median, r.ratio.p90, r.total_ratio));
}

std::string shared_json(const BenchMachine& machine, const SharedBench& b,
                        const std::optional<SharedReference>& r) {
  nlohmann::ordered_json json = {{"machine", machine_json(machine)},
                                 {"python", python_json(machine)},
                                 {"rounds", b.shared.size()},
                                 {"graphs", b.graphs},
                                 {"programs", b.size.programs},
                                 {"opaque", b.size.opaque},
                                 {"statements", b.size.statements},
                                 {"nodes", b.size.nodes},
                                 {"runs", b.runs},
                                 {"run_statements", b.counts.statements / b.shared.size()},
                                 {"evaluated", b.counts.nodes.evaluated / b.shared.size()},
                                 {"build_seconds", b.build_seconds},
                                 {"sequential_seconds", b.sequential},
                                 {"shared_seconds", b.shared},
                                 {"input_seconds", quantiles_json(quantiles_of(b.inputs))},
                                 {"reference", nullptr}};
  if (r) {
    json["reference"] = {{"inputs", r->inputs},
                         {"runs", r->runs},
                         {"too_long", r->too_long},
                         {"unanswered", r->unanswered},
                         {"ratio", quantiles_json(r->ratio)},
                         {"total_ratio", r->total_ratio},
                         {"disagreements", r->disagreements}};
  }
  return json.dump(1) + "\n";
}

}  // namespace

void add_shared(CLI::App& app, SharedArguments& arguments) {
  CLI::Option* const shared =
      app.add_flag("--shared", arguments.shared,
                   "Time batches: each statement that programs share once, against the programs "
                   "one after the other; the outcomes are compared");
  for (const char* other : {"--limit", "--signature", "--signature-runs", "--count-runs"}) {
    shared->excludes(app.get_option(other));
  }
  app.add_flag("--all", arguments.all, "With --shared: every program on every task")->needs(shared);
  app.add_option("--mutants", arguments.mutants,
                 "With --shared: N mutants of each program, one primitive changed, in its place")
      ->check(CLI::Range(1, 1000000))
      ->type_name("N")
      ->needs(shared)
      ->excludes(app.get_option("--against"));
  app.add_option("--inputs", arguments.inputs,
                 "With --shared and --against: inputs whose programs CPython runs one by one")
      ->check(CLI::Range(1, 1000000))
      ->type_name("N")
      ->capture_default_str()
      ->needs(shared);
}

int bench_shared(const SharedArguments& arguments, const RunOptions& options,
                 const Sources& sources, const SharedMethod& method) {
  std::vector<Candidate> candidates = sources.programs.candidates;
  if (arguments.mutants > 0) {
    replace_by_mutants(candidates, sources.tasks.tasks, arguments.mutants, kMutantSeed);
  }
  // Opened first: minutes of measuring should not end at a path that cannot be written.
  std::optional<OutputFile> json;
  if (!method.json.empty()) json.emplace(method.json);
  BenchMachine machine;
  machine.core = method.core;
  machine.kernels = kernel_path_name(resolve_kernel_path(options.path));
  std::optional<PythonReference> reference;
  if (!method.against.empty()) {
    reference.emplace(method.python, method.against);
    machine.python = reference->info();
    std::set<std::string> files;
    for (const Candidate& c : candidates) files.insert(c.file);
    for (const std::string& file : files) reference->load(file, source_text(file));
  }
  print_machine(machine);
  flush_output();
  const std::vector<Task>& tasks = sources.tasks.tasks;
  Progress progress(input_count(tasks) * method.rounds, "inputs", true);
  const SharedBench b = measure_sharing(options, candidates, tasks, arguments.all, method.rounds,
                                        [&progress](u64 done) { progress.update(done); });
  progress.finish();
  if (b.runs == 0) throw CommandError("nothing to run: " + sources.nothing_text());
  print_graph(b);
  print_counts(b);
  print_inputs(b);
  print_way("one by one", b.runs, b.sequential);
  print_way("shared", b.runs, b.shared);
  std::vector<double> ratios;
  for (std::size_t k = 0; k < b.shared.size(); ++k) ratios.push_back(b.sequential[k] / b.shared[k]);
  if (b.disagreements > 0) {
    throw CommandError(
        fmt::format("{} outcomes differ, first of {}", grouped(b.disagreements), b.first_case));
  }
  std::optional<SharedReference> in_python;
  if (reference) {
    Progress runs(0, "runs", true);
    in_python =
        measure_shared_reference(options, candidates, tasks, arguments.all, b, arguments.inputs,
                                 *reference, [&runs](u64 done) { runs.update(done); });
    runs.finish();
    print_reference(*in_python);
    if (in_python->disagreements > 0) {
      throw CommandError(fmt::format("{} of {} outcomes differ from CPython's, first of {}",
                                     in_python->disagreements, in_python->runs,
                                     in_python->first_case));
    }
  }
  if (json) {
    json->write(shared_json(machine, b, in_python));
    json->close();
  }
  print(fmt::format("shared {:.2f}x over {} runs, all outcomes the same\n", median_of(ratios),
                    grouped(b.runs)));
  return 0;
}

}  // namespace arcbatch::cli
