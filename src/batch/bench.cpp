// Timing of the engine and the arithmetic of ratios.
#include "batch/bench.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>

namespace arcbatch {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kSampleNs = 20e3;   // shortest batch that is timed
constexpr u64 kMaxSamples = 25;      // per call of measure()
constexpr double kWarmUpNs = 200e3;  // untimed repetitions first, unless one alone takes longer

double nanoseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::nano>(Clock::now() - start).count();
}

}  // namespace

std::vector<BenchCase> bench_cases(const std::vector<Candidate>& candidates,
                                   const std::vector<Task>& tasks, u64 limit) {
  std::map<std::string_view, const Task*> by_id;
  for (const Task& task : tasks) by_id.emplace(task.id, &task);
  std::vector<BenchCase> all;
  const auto add = [&all](const Candidate& c, const Task& task) {
    for (u32 i = 0; i < task.train.size(); ++i) all.push_back({&c, &task, false, i});
    for (u32 i = 0; i < task.test.size(); ++i) all.push_back({&c, &task, true, i});
  };
  for (const Candidate& c : candidates) {
    if (c.task_id.empty()) {
      for (const Task& task : tasks) add(c, task);
    } else if (const auto found = by_id.find(c.task_id); found != by_id.end()) {
      add(c, *found->second);
    }
  }
  if (limit == 0 || all.size() <= limit) return all;
  std::vector<BenchCase> some;
  for (u64 k = 0; k < limit; ++k) some.push_back(all[k * all.size() / limit]);
  return some;
}

EngineTimer::EngineTimer(const RunOptions& options) : options_(options), runner_(options) {}

Outcome EngineTimer::select(const BenchCase& c) {
  if (c.candidate->program.get() != loaded_) {
    loaded_ = c.candidate->program.get();
    runner_.load(*loaded_);
  }
  function_ = c.candidate->function;
  copies_.assign(kInputCopies, c.pair().input);
  next_copy_ = 0;
  Outcome outcome = run_on_grid(runner_, options_, function_, c.pair().input,
                                c.pair().output ? &*c.pair().output : nullptr);
  estimate_ = std::max(outcome.seconds * 1e9, 50.0);
  return outcome;
}

void EngineTimer::repeat_once() {
  runner_.begin();
  Value input;
  Value out;
  // A failure is the outcome of the repetition, and takes the time it takes.
  if (grid_value(runner_.ctx(), copies_[next_copy_], input) != Status::ok) return;
  next_copy_ = (next_copy_ + 1) % kInputCopies;
  if (runner_.run(function_, &input, 1, out) != Status::ok) return;
  static_cast<void>(finish_value(runner_.ctx(), out));
}

void EngineTimer::measure(double budget, std::vector<double>& samples) {
  if (estimate_ < 0.2 * budget * 1e9) {
    const Clock::time_point start = Clock::now();
    u64 runs = 0;
    do {
      repeat_once();
      runs++;
    } while (nanoseconds_since(start) < kWarmUpNs);
    estimate_ = nanoseconds_since(start) / static_cast<double>(runs);
  }
  const u64 batch = static_cast<u64>(std::max(1.0, std::ceil(kSampleNs / estimate_)));
  const Clock::time_point first = Clock::now();
  for (u64 taken = 0; taken < kMaxSamples; ++taken) {
    const Clock::time_point start = Clock::now();
    for (u64 k = 0; k < batch; ++k) repeat_once();
    samples.push_back(nanoseconds_since(start) / static_cast<double>(batch));
    if (nanoseconds_since(first) >= budget * 1e9) break;
  }
}

double median_of(std::vector<double> samples) {
  if (samples.empty()) return 0;
  std::sort(samples.begin(), samples.end());
  const std::size_t middle = samples.size() / 2;
  if (samples.size() % 2 == 1) return samples[middle];
  return (samples[middle - 1] + samples[middle]) / 2;
}

Quantiles quantiles_of(std::vector<double> numbers) {
  Quantiles q;
  if (numbers.empty()) return q;
  std::sort(numbers.begin(), numbers.end());
  // Linear between neighbours, as numpy's default.
  const auto at = [&numbers](double p) {
    const double place = p * static_cast<double>(numbers.size() - 1);
    const std::size_t low = static_cast<std::size_t>(place);
    const std::size_t high = std::min(low + 1, numbers.size() - 1);
    return numbers[low] + (numbers[high] - numbers[low]) * (place - static_cast<double>(low));
  };
  double logs = 0;
  for (const double n : numbers) {
    logs += std::log(n);
    q.total += n;
  }
  q.geomean = std::exp(logs / static_cast<double>(numbers.size()));
  q.p10 = at(0.1);
  q.median = at(0.5);
  q.p90 = at(0.9);
  q.p99 = at(0.99);
  q.least = numbers.front();
  q.greatest = numbers.back();
  return q;
}

BenchSummary summarise(const std::vector<BenchResult>& results) {
  BenchSummary s;
  std::vector<double> engine;
  std::vector<double> reference;
  std::vector<double> ratios;
  struct Totals {
    double engine = 0;
    double reference = 0;
  };
  std::map<std::string, Totals> by_task;
  for (const BenchResult& r : results) {
    engine.push_back(r.engine_ns);
    if (!r.agrees) s.disagreements++;
    if (r.reference_ns <= 0) continue;
    reference.push_back(r.reference_ns);
    ratios.push_back(r.ratio());
    if (r.ratio() < 1) s.slower_than_reference++;
    Totals& totals = by_task[r.where.task->id];
    totals.engine += r.engine_ns;
    totals.reference += r.reference_ns;
  }
  s.engine_ns = quantiles_of(engine);
  s.reference_ns = quantiles_of(reference);
  s.ratio = quantiles_of(ratios);
  if (by_task.empty()) return s;
  const auto slowest = std::max_element(
      by_task.begin(), by_task.end(),
      [](const auto& a, const auto& b) { return a.second.reference < b.second.reference; });
  s.slowest_task = slowest->first;
  Totals all;
  for (const auto& [id, totals] : by_task) {
    all.engine += totals.engine;
    all.reference += totals.reference;
  }
  s.total_ratio = all.reference / all.engine;
  const double engine_rest = all.engine - slowest->second.engine;
  // With one task alone nothing is left to compare.
  s.total_without_slowest = by_task.size() == 1
                                ? s.total_ratio
                                : (all.reference - slowest->second.reference) / engine_rest;
  return s;
}

}  // namespace arcbatch
