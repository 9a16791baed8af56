// The table of primitives, as text and as JSON.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "batch/bench.h"
#include "bench_primitives.h"
#include "common.h"

namespace arcbatch::cli {

const char* const kPrimitivesFooter =
    "Every primitive is called on arguments such as programs make, on a grid of 10x10 and one of\n"
    "30x30 (G) where it takes any. Exact is --path generic, fast the kernels of --path and --isa.\n"
    "The floor is the least that its dispatch, the bytes that have to be touched, and the\n"
    "operations that depend on one another can take; bench/README.md has the model.\n"
    "\n"
    "Method: everything runs on one core. A repetition empties the arena, makes 16 sets of\n"
    "arguments through the call's setup, and runs a function of 8 statements, one call on each\n"
    "set: untimed on the first 8, timed on the others. A function that only takes the same\n"
    "arguments is timed before it. A call is their difference by 8; of each, the least of the\n"
    "rounds' medians, where a round is a pass over the whole table. So the code is warm, but each\n"
    "call is the first on its arguments and pays for the facts that it asks for, the order of a\n"
    "set among them. An order that nothing asks for is not worked out. CPython, measured in the\n"
    "same way and in turn, has always paid for it, and pays for freeing its results.\n"
    "\n"
    "Marks: F more than 10 times the floor; P less than 20 times as fast as CPython, p where the\n"
    "floor would be too; g the generic kernels answered, as the fast ones do not take these\n"
    "arguments; ! another result than --path generic or CPython has.\n"
    "\n"
    "The order is that of how often the programs name a primitive, called or handed on; without\n"
    "--programs, the built-in examples.\n"
    "\n"
    "Examples:\n"
    "  arcbatch bench primitives\n"
    "  arcbatch bench primitives --used 40 --programs ref/solvers.py --against ref\n"
    "\n"
    "JSON keys: machine {cpu, cores, core, compiler, build, kernels}; rounds; python as for "
    "bench;\n"
    "floor {dispatch_ns, access_bytes, access_ns, operation_ns}; primitives [{name, mentions,\n"
    "calls [{call, setup, grid, ns, exact_ns, reference_ns, floor_ns, floor_bytes,\n"
    "floor_operations, ratio, over_floor, generic_share, agrees}]}]; summary {primitives, calls,\n"
    "ratio, over_floor: each {geomean, p10, median, p90, least, greatest}, far_over_floor,\n"
    "below_ratio, disagreements}. ns is the fast path's, grid null where none matters;\n"
    "reference_ns, ratio and below_ratio are null without --against; generic_share is the part of\n"
    "the leaf calls that the generic kernels answered.";

namespace {

using Json = nlohmann::ordered_json;

bool far_over_floor(const CallResult& r) { return r.over_floor() > kFarOverFloor; }
bool below_ratio(const CallResult& r) { return r.reference && r.ratio() < kLeastRatio; }

struct Summary {
  u64 calls = 0;
  Quantiles ratio;
  Quantiles over_floor;
  u64 far = 0;
  u64 below = 0;
  u64 disagreements = 0;
};

Summary summary_of(const PrimitivesReport& report) {
  Summary s;
  std::vector<double> ratios;
  std::vector<double> over;
  for (const PrimitiveRow& row : report.rows) {
    for (const CallResult& r : row.calls) {
      s.calls++;
      over.push_back(r.over_floor());
      if (r.reference) ratios.push_back(r.ratio());
      if (far_over_floor(r)) s.far++;
      if (below_ratio(r)) s.below++;
      if (!r.agrees) s.disagreements++;
    }
  }
  s.ratio = quantiles_of(ratios);
  s.over_floor = quantiles_of(over);
  return s;
}

std::string marks_of(const CallResult& r) {
  std::string marks;
  if (far_over_floor(r)) marks += 'F';
  if (below_ratio(r)) marks += r.reference->ns() / r.outcome.floor.ns < kLeastRatio ? 'p' : 'P';
  if (r.outcome.generic_share > 0) marks += 'g';
  if (!r.agrees) marks += '!';
  return marks.empty() ? marks : " " + marks;
}

// Nanoseconds with as many digits as mean something.
std::string ns_text(double ns) {
  if (ns >= 99999.5) return fmt::format("{:.0f}k", ns / 1000);
  return ns < 99.5 ? fmt::format("{:.1f}", ns) : fmt::format("{:.0f}", ns);
}

std::string ratio_text(double ratio) {
  return ratio < 99.5 ? fmt::format("{:.1f}", ratio) : fmt::format("{:.0f}", ratio);
}

Json call_quantiles_json(const Quantiles& q) {
  return {{"geomean", q.geomean}, {"p10", q.p10},     {"median", q.median},
          {"p90", q.p90},         {"least", q.least}, {"greatest", q.greatest}};
}

Json call_json(const CallResult& r) {
  const PrimitiveCall& call = primitive_calls()[r.call];
  return {{"call", call.call},
          {"setup", call.setup},
          {"grid", r.grid.empty() ? Json() : Json(r.grid)},
          {"ns", r.fast.ns()},
          {"exact_ns", r.exact.ns()},
          {"reference_ns", r.reference ? Json(r.reference->ns()) : Json()},
          {"floor_ns", r.outcome.floor.ns},
          {"floor_bytes", r.outcome.floor.bytes},
          {"floor_operations", r.outcome.floor.operations},
          {"ratio", r.reference ? Json(r.ratio()) : Json()},
          {"over_floor", r.over_floor()},
          {"generic_share", r.outcome.generic_share},
          {"agrees", r.agrees}};
}

}  // namespace

void print_primitives(const PrimitivesReport& report) {
  const bool with_reference = report.machine.python.has_value();
  print(fmt::format("\n{:>5} {:<35} {:>6} {:>8} {:>8} {:>8} {:>6} {:>8} {:>8}\n", "named", "call",
                    "grid", "CPython", "exact", "fast", "floor", "CPython/", "fast/"));
  print(fmt::format("{:>5} {:<35} {:>6} {:>8} {:>8} {:>8} {:>6} {:>8} {:>8}\n", "", "", "", "ns",
                    "ns", "ns", "ns", "fast", "floor"));
  for (const PrimitiveRow& row : report.rows) {
    for (const CallResult& r : row.calls) {
      const std::string text = primitive_calls()[r.call].call;
      const std::string name(prim_info(row.prim).name);
      // A call of a closure does not say which primitive made it.
      const std::string label =
          text.starts_with(name + "(") ? text : fmt::format("{}, called: {}", name, text);
      print(fmt::format("{:>5} {:<35} {:>6} {:>8} {:>8} {:>8} {:>6} {:>8} {:>8}{}\n", row.mentions,
                        label, r.grid, r.reference ? ns_text(r.reference->ns()) : "",
                        ns_text(r.exact.ns()), ns_text(r.fast.ns()), ns_text(r.outcome.floor.ns),
                        r.reference ? ratio_text(r.ratio()) : "", ratio_text(r.over_floor()),
                        marks_of(r)));
    }
  }
  const Summary s = summary_of(report);
  print(fmt::format("\n{} calls of {} primitives, named in {} programs\n", s.calls,
                    report.rows.size(), report.programs));
  if (s.disagreements > 0)
    print(fmt::format("calls with another result: {} (!)\n", s.disagreements));
  print(fmt::format("fast/floor geomean {:.1f} median {:.1f} p90 {:.1f}; {} above {:.0f} (F)\n",
                    s.over_floor.geomean, s.over_floor.median, s.over_floor.p90, s.far,
                    kFarOverFloor));
  if (!with_reference) return;
  print(
      fmt::format("CPython/fast geomean {:.1f} p10 {:.1f} median {:.1f}; {} below {:.0f} (P, p)\n",
                  s.ratio.geomean, s.ratio.p10, s.ratio.median, s.below, kLeastRatio));
}

std::string primitives_json(const PrimitivesReport& report) {
  const bool with_reference = report.machine.python.has_value();
  const Summary s = summary_of(report);
  Json json;
  json["machine"] = machine_json(report.machine);
  json["rounds"] = report.rounds;
  json["python"] = python_json(report.machine);
  json["floor"] = {{"dispatch_ns", kFloorDispatchNs},
                   {"access_bytes", kFloorAccessBytes},
                   {"access_ns", kFloorAccessNs},
                   {"operation_ns", kFloorOperationNs}};
  json["primitives"] = Json::array();
  for (const PrimitiveRow& row : report.rows) {
    Json calls = Json::array();
    for (const CallResult& r : row.calls) calls.push_back(call_json(r));
    json["primitives"].push_back({{"name", prim_info(row.prim).name},
                                  {"mentions", row.mentions},
                                  {"calls", std::move(calls)}});
  }
  json["summary"] = {{"primitives", report.rows.size()},
                     {"calls", s.calls},
                     {"ratio", with_reference ? call_quantiles_json(s.ratio) : Json()},
                     {"over_floor", call_quantiles_json(s.over_floor)},
                     {"far_over_floor", s.far},
                     {"below_ratio", with_reference ? Json(s.below) : Json()},
                     {"disagreements", s.disagreements}};
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace arcbatch::cli
