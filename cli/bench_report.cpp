// Tables and JSON of the bench.
#include "bench_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "common.h"

namespace arcbatch::cli {

const char* const kBenchFooter =
    "Method: everything runs on one core, one case at a time; a case is one function on one\n"
    "example. Timed is all that is done per input: emptying the arena, making the grid's value\n"
    "from raw cells (32 copies in turn), the run, and working out the set orders that the result\n"
    "still defers. Compiling and loading are not timed, nor is printing. With --against, rounds "
    "of\n"
    "ours and of CPython's take turns; CPython is warm, its collector is off, its inputs rotate\n"
    "through 32 copies too. A case's time is the median of all its samples. Cases that end as\n"
    "limit, resource or unsupported are left out and counted.\n"
    "\n"
    "Two costs of the engine itself come first. Dispatch is what a statement of a chain of 200\n"
    "identities takes. Compile is how many statements a second the front end turns from text\n"
    "into a program that can run, over the files of the cases: the median of several passes.\n"
    "\n"
    "Without --programs and --tasks the built-in examples run.\n"
    "\n"
    "Examples:\n"
    "  arcbatch bench\n"
    "  arcbatch bench --programs ref/solvers.py --tasks data/training --against ref\n"
    "  arcbatch bench primitives --against ref\n"
    "\n"
    "With --shared, batches are timed: all programs of a task on each of its inputs, one by one "
    "and\n"
    "through a graph that evaluates a statement once, whichever programs have it; the two take\n"
    "turns, and times go from a grid to an outcome for each program, repr and match included. The\n"
    "last line has the median ratio of the rounds. Differing outcomes end it with exit code 1.\n"
    "With --against, --inputs of the inputs have all their programs done by CPython too, one by "
    "one;\n"
    "a ratio is its time for them over ours for all at once, limits included. JSON then has "
    "machine,\n"
    "python, rounds, graphs, programs, opaque, statements, nodes, runs, run_statements, "
    "evaluated,\n"
    "build_seconds, sequential_seconds, shared_seconds, input_seconds (as ratio below), reference\n"
    "{inputs, runs, too_long, unanswered, ratio, total_ratio, disagreements} or null.\n"
    "\n"
    "The last line is, with --against,\n"
    "  geomean N.Nx p10 N.Nx median N.Nx total N.Nx total-without-slowest N.Nx\n"
    "where a ratio is CPython's time over ours, and total the ratio of the sums, once without the\n"
    "task that takes CPython longest.\n"
    "\n"
    "JSON keys: machine {cpu, cores, core, compiler, build, kernels}; rounds; python {version,\n"
    "implementation, config_args, compile_flags, optimised, lto} or null; engine {dispatch_ns,\n"
    "dispatch_statements, compile_files, compile_statements, compile_statements_per_second};\n"
    "cases [{program, file, task, split, index, status, error, ns, samples, reference_ns,\n"
    "reference_samples, ratio, agrees}] (reference keys null without --against); left_out\n"
    "[{program, task, split, index, status, reason}]; summary {cases, left_out, ns, reference_ns,\n"
    "ratio: each {geomean, p10, median, p90, p99, least, greatest, total}, total_ratio,\n"
    "total_ratio_without_slowest, slowest_task, slower_than_reference, disagreements}. Times are\n"
    "nanoseconds.";

namespace {

constexpr std::size_t kListed = 10;

std::string case_name(const BenchResult& r) {
  return fmt::format("{} {}[{}]{}", r.where.candidate->name, r.where.is_test ? "test" : "train",
                     r.where.index,
                     r.where.candidate->task_id.empty() ? " of " + r.where.task->id : "");
}

std::string duration(double ns) { return format_seconds(ns * 1e-9); }

void print_quantiles(const BenchSummary& s, bool with_reference) {
  print(fmt::format("\n{:<10} {:>10}", "", "arcbatch"));
  if (with_reference) print(fmt::format(" {:>10} {:>10}", "CPython", "ratio"));
  print("\n");
  const auto row = [&](const char* name, double Quantiles::*q) {
    print(fmt::format("{:<10} {:>10}", name, duration(s.engine_ns.*q)));
    if (with_reference) {
      print(fmt::format(" {:>10} {:>9.1f}x", duration(s.reference_ns.*q), s.ratio.*q));
    }
    print("\n");
  };
  row("geomean", &Quantiles::geomean);
  row("least", &Quantiles::least);
  row("p10", &Quantiles::p10);
  row("median", &Quantiles::median);
  row("p90", &Quantiles::p90);
  row("p99", &Quantiles::p99);
  row("greatest", &Quantiles::greatest);
  print(fmt::format("{:<10} {:>10}", "total", duration(s.engine_ns.total)));
  if (with_reference) {
    print(fmt::format(" {:>10} {:>9.1f}x", duration(s.reference_ns.total), s.total_ratio));
  }
  print("\n");
}

void print_cases(const char* title, std::vector<const BenchResult*> cases, bool with_reference) {
  print(fmt::format("\n{}\n", title));
  cases.resize(std::min(cases.size(), kListed));
  for (const BenchResult* r : cases) {
    print(fmt::format("  {:>10}", duration(r->engine_ns)));
    if (with_reference) {
      print(fmt::format(" {:>10} {:>9.1f}x", duration(r->reference_ns), r->ratio()));
    }
    print(fmt::format("  {}\n", case_name(*r)));
  }
}

std::vector<const BenchResult*> sorted_by(const std::vector<BenchResult>& results,
                                          double (*key)(const BenchResult&)) {
  std::vector<const BenchResult*> sorted;
  sorted.reserve(results.size());
  for (const BenchResult& r : results) sorted.push_back(&r);
  std::stable_sort(sorted.begin(), sorted.end(),
                   [key](const BenchResult* a, const BenchResult* b) { return key(*a) < key(*b); });
  return sorted;
}

void print_disagreements(const BenchReport& report) {
  std::size_t shown = 0;
  for (const BenchResult& r : report.results) {
    if (r.agrees) continue;
    if (++shown > kListed) break;
    const std::string ours =
        r.outcome.status == Status::ok ? r.outcome.value : status_name(r.outcome.status);
    print(fmt::format("  {}: {:.60} here, {:.60} in CPython\n", case_name(r), ours,
                      r.reference_outcome));
  }
}

using Json = nlohmann::ordered_json;

Json case_json(const BenchResult& r, bool with_reference) {
  const auto optional = [with_reference](auto value) {
    return with_reference ? Json(value) : Json(nullptr);
  };
  return {{"program", r.where.candidate->name},
          {"file", r.where.candidate->file},
          {"task", r.where.task->id},
          {"split", r.where.is_test ? "test" : "train"},
          {"index", r.where.index},
          {"status", status_kind_name(r.outcome.status)},
          {"error", is_error(r.outcome.status) ? Json(status_name(r.outcome.status)) : Json()},
          {"ns", r.engine_ns},
          {"samples", r.engine_samples},
          {"reference_ns", optional(r.reference_ns)},
          {"reference_samples", optional(r.reference_samples)},
          {"ratio", with_reference ? Json(r.ratio()) : Json()},
          {"agrees", optional(r.agrees)}};
}

}  // namespace

void print_report(const BenchReport& report) {
  const bool with_reference = report.machine.python.has_value();
  const BenchSummary s = summarise(report.results);
  print(fmt::format("\ndispatch  {:.2f} ns a statement, over a chain of {} identities\n",
                    report.dispatch_ns, kDispatchStatements));
  print(fmt::format("compile   {:.3g} million statements a second, over {} in {} files\n",
                    report.compile.per_second * 1e-6, report.compile.statements,
                    report.compile.files));
  print(fmt::format("cases     {} measured, {} left out", report.results.size(),
                    report.left_out.size()));
  if (with_reference) {
    print(fmt::format("; {} of them end as in CPython, {} are slower than CPython",
                      report.results.size() - s.disagreements, s.slower_than_reference));
  }
  print("\n");
  print_disagreements(report);
  for (const BenchResult& r : report.left_out) {
    print(fmt::format("  left out: {}: {} ({})\n", case_name(r), status_kind_name(r.outcome.status),
                      r.outcome.reason));
  }
  print_quantiles(s, with_reference);
  print_cases("slowest here",
              sorted_by(report.results, [](const BenchResult& r) { return -r.engine_ns; }),
              with_reference);
  if (with_reference) {
    print_cases("least ratios",
                sorted_by(report.results, [](const BenchResult& r) { return r.ratio(); }), true);
    print_cases("slowest in CPython",
                sorted_by(report.results, [](const BenchResult& r) { return -r.reference_ns; }),
                true);
    print(fmt::format("\nthe slowest task is {}\n", s.slowest_task));
    print(fmt::format(
        "geomean {:.1f}x p10 {:.1f}x median {:.1f}x total {:.1f}x total-without-slowest {:.1f}x\n",
        s.ratio.geomean, s.ratio.p10, s.ratio.median, s.total_ratio, s.total_without_slowest));
    return;
  }
  print(fmt::format("\ngeomean {} median {} p90 {} total {}\n", duration(s.engine_ns.geomean),
                    duration(s.engine_ns.median), duration(s.engine_ns.p90),
                    duration(s.engine_ns.total)));
}

nlohmann::ordered_json quantiles_json(const Quantiles& q) {
  return {{"geomean", q.geomean}, {"p10", q.p10},     {"median", q.median},     {"p90", q.p90},
          {"p99", q.p99},         {"least", q.least}, {"greatest", q.greatest}, {"total", q.total}};
}

std::string report_json(const BenchReport& report) {
  const bool with_reference = report.machine.python.has_value();
  const BenchSummary s = summarise(report.results);
  Json json;
  json["machine"] = machine_json(report.machine);
  json["rounds"] = report.rounds;
  json["python"] = python_json(report.machine);
  json["engine"] = {{"dispatch_ns", report.dispatch_ns},
                    {"dispatch_statements", kDispatchStatements},
                    {"compile_files", report.compile.files},
                    {"compile_statements", report.compile.statements},
                    {"compile_statements_per_second", report.compile.per_second}};
  json["cases"] = Json::array();
  for (const BenchResult& r : report.results) {
    json["cases"].push_back(case_json(r, with_reference));
  }
  json["left_out"] = Json::array();
  for (const BenchResult& r : report.left_out) {
    json["left_out"].push_back({{"program", r.where.candidate->name},
                                {"task", r.where.task->id},
                                {"split", r.where.is_test ? "test" : "train"},
                                {"index", r.where.index},
                                {"status", status_kind_name(r.outcome.status)},
                                {"reason", r.outcome.reason}});
  }
  json["summary"] = {
      {"cases", report.results.size()},
      {"left_out", report.left_out.size()},
      {"ns", quantiles_json(s.engine_ns)},
      {"reference_ns", with_reference ? quantiles_json(s.reference_ns) : Json()},
      {"ratio", with_reference ? quantiles_json(s.ratio) : Json()},
      {"total_ratio", with_reference ? Json(s.total_ratio) : Json()},
      {"total_ratio_without_slowest", with_reference ? Json(s.total_without_slowest) : Json()},
      {"slowest_task", with_reference ? Json(s.slowest_task) : Json()},
      {"slower_than_reference", with_reference ? Json(s.slower_than_reference) : Json()},
      {"disagreements", with_reference ? Json(s.disagreements) : Json()}};
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace arcbatch::cli
