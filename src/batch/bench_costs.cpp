// Timing of the dispatch and of the front end.
#include "batch/bench_costs.h"

#include <algorithm>
#include <chrono>
#include <memory>

#include "batch/bench.h"

namespace arcbatch {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kDispatchBudget = 0.01;  // seconds a round
constexpr u32 kDispatchRounds = 5;
constexpr double kCompileBudget = 0.5;  // seconds in all
constexpr std::size_t kLeastPasses = 5;
constexpr std::size_t kMostPasses = 101;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::string identity_chain() {
  std::string text = "def chain(I):\n";
  std::string last = "I";
  for (u32 k = 1; k <= kDispatchStatements; ++k) {
    const std::string name = "x" + std::to_string(k);
    text += "    " + name + " = identity(" + last + ")\n";
    last = name;
  }
  return text + "    return " + last + "\ndef nothing(I):\n    return I\n";
}

}  // namespace

double measure_dispatch(const RunOptions& options) {
  CandidateList list;
  add_candidates(list, identity_chain(), "dispatch");
  Task task;
  task.id = "dispatch";
  Pair& pair = task.train.emplace_back();
  pair.input.h = pair.input.w = 3;
  pair.input.cells.assign(9, 0);
  EngineTimer timer(options);
  double times[2] = {};
  for (u32 k = 0; k < 2; ++k) {
    timer.select(BenchCase{&list.candidates[k], &task, false, 0});
    std::vector<double> samples;
    for (u32 round = 0; round < kDispatchRounds; ++round) timer.measure(kDispatchBudget, samples);
    times[k] = median_of(samples);
  }
  return std::max(0.0, times[0] - times[1]) / kDispatchStatements;
}

CompileSpeed measure_compile(const RunOptions& options, const std::vector<std::string>& texts) {
  CompileSpeed speed;
  speed.files = texts.size();
  Runner runner(options);
  std::vector<double> passes;
  const Clock::time_point first = Clock::now();
  while (passes.size() < kLeastPasses ||
         (passes.size() < kMostPasses && seconds_since(first) < kCompileBudget)) {
    speed.statements = 0;
    double seconds = 0;  // without freeing the programs
    for (const std::string& text : texts) {
      const Clock::time_point start = Clock::now();
      const CompileResult compiled = compile_source(text, "file");
      runner.load(compiled.program);
      seconds += seconds_since(start);
      for (const u32 def : compiled.program.defs) {
        speed.statements += compiled.program.functions[def].statements.size();
      }
    }
    passes.push_back(seconds);
  }
  speed.per_second = static_cast<double>(speed.statements) / std::max(median_of(passes), 1e-9);
  return speed;
}

}  // namespace arcbatch
