// The way of `arcbatch run` from texts to outcomes, with a clock around it.
#include "batch/bench_batches.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <random>
#include <thread>

#include "batch/cpu_evaluator.h"
#include "batch/mutants.h"
#include "batch/shared_evaluator.h"

namespace arcbatch {
namespace {

using Clock = std::chrono::steady_clock;

// CPython is asked for no run of more steps than this, which take it about half a minute, and for
// samples of a run for so many seconds.
constexpr u64 kMostReferenceSteps = 2'000'000;
constexpr double kReferenceBudget = 0.002;
constexpr double kEngineBudget = 0.0005;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// Compiles every text, on as many threads as there are jobs; what does not compile is left out.
CandidateList compile_all(const BatchWorkload& workload, u32 jobs) {
  const std::size_t count = workload.files.size();
  std::vector<CandidateList> parts(std::min<std::size_t>(jobs, std::max<std::size_t>(count, 1)));
  const auto compile_part = [&](std::size_t part) {
    for (std::size_t k = count * part / parts.size(); k < count * (part + 1) / parts.size(); ++k) {
      add_candidates(parts[part], workload.files[k].text, workload.files[k].name);
    }
  };
  {
    std::vector<std::jthread> threads;
    for (std::size_t part = 1; part < parts.size(); ++part)
      threads.emplace_back(compile_part, part);
    compile_part(0);
  }
  CandidateList all = std::move(parts[0]);
  for (std::size_t part = 1; part < parts.size(); ++part) {
    const u32 files = static_cast<u32>(all.files.size());
    for (Candidate& c : parts[part].candidates) {
      c.file_index += files;
      all.candidates.push_back(std::move(c));
    }
    std::move(parts[part].files.begin(), parts[part].files.end(), std::back_inserter(all.files));
  }
  if (workload.all) {
    for (Candidate& c : all.candidates) c.task_id.clear();
  }
  return all;
}

// "VmHWM:   1234 kB"
u64 peak_resident() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::stoull(line.substr(6)) * 1024;
  }
  return 0;
}

const std::string& text_named(const BatchWorkload& workload, const std::string& name) {
  const auto found = std::find_if(workload.files.begin(), workload.files.end(),
                                  [&name](const BatchText& file) { return file.name == name; });
  return found->text;
}

void forget_peak() { std::ofstream("/proc/self/clear_refs") << "5"; }

class Consumer : public BatchConsumer {
 public:
  Consumer(BatchTiming& timing, const std::function<void(u64)>& progress)
      : timing_(timing), progress_(progress) {}

  void consume(const BatchResult& result) override {
    for (const RunRecord& record : result.records) {
      const Outcome& o = record.outcome;
      part_.add(static_cast<u64>(o.status)).add(o.steps);
      if (o.output && o.status == Status::ok) part_.add(*o.output);
      timing_.matched += o.match.value_or(false) ? 1 : 0;
      timing_.by_kind[static_cast<std::size_t>(o.kind())]++;
      // In parts of one size, so that it does not show how batches were cut.
      if (++timing_.runs % kPart == 0) end_part();
    }
    timing_.statements += result.statements;
    timing_.evaluated += result.evaluated;
    timing_.device.add(result.device);
  }

  bool go_on() override {
    progress_(timing_.runs);
    return true;
  }

  void finish() { end_part(); }

 private:
  static constexpr u64 kPart = 1024;

  void end_part() {
    const Fingerprint part = part_.take();
    timing_.outcomes = part_.add(timing_.outcomes).add(part).take();
  }

  BatchTiming& timing_;
  const std::function<void(u64)>& progress_;
  Fingerprinter part_;
};

double least_of(const std::vector<double>& samples) {
  return *std::min_element(samples.begin(), samples.end());
}

std::string mutant_name(u64 k) { return "mutant" + std::to_string(k); }

}  // namespace

BatchWorkload mutant_workload(const std::vector<Candidate>& candidates,
                              const std::vector<Task>& tasks, u64 count, u32 examples, u64 seed) {
  BatchWorkload workload;
  for (const Task& task : tasks) {
    Task& part = workload.tasks.emplace_back(task);
    part.train.resize(std::min<std::size_t>(part.train.size(), examples));
    part.test.resize(std::min<std::size_t>(part.test.size(), examples - part.train.size()));
  }
  std::vector<const Candidate*> ancestors;
  for (const Candidate& c : candidates) {
    const bool runs =
        c.task_id.empty() ||
        std::any_of(tasks.begin(), tasks.end(), [&](const Task& t) { return t.id == c.task_id; });
    if (runs) ancestors.push_back(&c);
  }
  std::mt19937_64 random(seed);
  for (std::size_t a = 0; a < ancestors.size(); ++a) {
    const Candidate& c = *ancestors[a];
    const u64 share = count * (a + 1) / ancestors.size() - count * a / ancestors.size();
    for (u64 k = 0; k < share; ++k) {
      std::string text = mutant_of(*c.program, c.function, c.name, random);
      if (text.empty()) break;
      workload.files.push_back({mutant_name(workload.files.size()), std::move(text)});
    }
  }
  return workload;
}

BatchTiming time_batches(const RunOptions& options, const BatchWorkload& workload,
                         const BatchMode& mode, const std::function<void(u64)>& progress) {
  BatchTiming timing;
  forget_peak();
  const Clock::time_point started = Clock::now();
  const CandidateList list = compile_all(workload, mode.jobs);
  timing.compile_seconds = seconds_since(started);
  const RunPlan plan(list.candidates, workload.tasks);
  ProgramCache cache(std::vector<u64>(list.files.size(), 0), 1,
                     [](u32) { return ProgramCache::ProgramPtr(); });
  for (const Candidate& c : list.candidates) cache.put(c.file_index, c.program);
  CoordinatorOptions coordination;
  coordination.jobs = mode.jobs;
  const u64 size = plan.size();
  BatchShape shape = batch_shape(size, mode.jobs, mode.share);
  std::optional<DeviceWork> device_work;
  u32 feeders = 0;  // workers that feed devices
  if (mode.devices != nullptr) {
    device_work.emplace(*mode.devices, plan, mode.slices);
    // As run_batch_job() has it.
    coordination.jobs += mode.devices->slots() * (mode.cores ? 2 : 1);
    feeders = mode.cores ? 2 * mode.devices->slots() : coordination.jobs;
    shape.runs = slice_size(*mode.devices, size);
    shape.batches = window_of(shape.runs, coordination.jobs);
  }
  coordination.window_batches = shape.batches;
  coordination.help = mode.share;
  WorkBoard board;
  const auto cut = [&](u64 first) {
    if (mode.devices != nullptr) {
      return cut_device_batch(plan, first, size, shape.runs, mode.slices.share);
    }
    return mode.share ? cut_shared_batch(plan, first, size, shape.runs)
                      : cut_batch(plan, first, size, shape.runs);
  };
  std::atomic<u32> made = 0;
  const auto make = [&]() -> std::unique_ptr<BatchEvaluator> {
    if (device_work && made++ < feeders) {
      return std::make_unique<DeviceEvaluator>(options, plan, cache, *device_work);
    }
    if (device_work) return std::make_unique<CoreEvaluator>(options, plan, cache);
    if (mode.share) {
      return std::make_unique<SharedEvaluator>(options, plan, cache, false, CpuEvaluator::Finish{},
                                               &board);
    }
    return std::make_unique<CpuEvaluator>(options, plan, cache);
  };
  Consumer consumer(timing, progress);
  if (size > 0) run_batches({0, size}, coordination, cut, make, consumer);
  consumer.finish();
  timing.seconds = seconds_since(started);
  timing.programs = list.candidates.size();
  timing.peak_bytes = peak_resident();
  return timing;
}

std::optional<double> run_in_python(const Candidate& candidate, const Task& task, const Pair& pair,
                                    const Outcome& outcome, PythonReference& reference,
                                    ReferenceRuns& sum) {
  const StatusKind kind = outcome.kind();
  if (kind != StatusKind::value && kind != StatusKind::error) {
    sum.unanswered++;
    return std::nullopt;
  }
  if (outcome.steps > kMostReferenceSteps) {
    sum.too_long++;
    return std::nullopt;
  }
  const PythonOutcome theirs = reference.select(candidate.file, candidate.name, pair.input);
  if (!same_outcome(outcome.status, outcome.value, theirs) && sum.disagreements++ == 0) {
    sum.first_case = candidate.file + " " + candidate.name + " on " + task.id + ": " +
                     theirs.text.substr(0, 200);
  }
  std::vector<double> samples;
  reference.measure(kReferenceBudget, samples);
  sum.runs++;
  return least_of(samples);
}

BatchSample sample_batches(const RunOptions& options, const BatchWorkload& workload, u64 count,
                           u64 seed, PythonReference& reference,
                           const std::function<void(u64)>& progress) {
  BatchSample sample;
  const CandidateList list = compile_all(workload, 1);
  const RunPlan plan(list.candidates, workload.tasks);
  if (plan.size() == 0) return sample;
  std::mt19937_64 random(seed);
  std::vector<bool> loaded(list.files.size());
  EngineTimer engine(options);
  std::vector<double> ratios;
  double seconds = 0;
  double engine_seconds = 0;
  for (u64 k = 0; k < count; ++k) {
    progress(k);
    const RunPlan::Place place = plan.place_of(random() % plan.size());
    const Candidate& c = list.candidates[place.candidate];
    const Pair& pair = plan.pair_at(place);
    if (c.parameters != Parameters::i) {
      sample.unanswered++;
      continue;
    }
    const Task& task = plan.tasks()[place.task];
    const bool is_test = place.example >= task.train.size();
    const u32 index = is_test ? place.example - static_cast<u32>(task.train.size()) : place.example;
    const Outcome outcome = engine.select({&c, &task, is_test, index});
    if (!loaded[c.file_index]) {
      loaded[c.file_index] = true;
      reference.load(c.file, text_named(workload, c.file));
    }
    const std::optional<double> theirs_ns =
        run_in_python(c, task, pair, outcome, reference, sample);
    if (!theirs_ns) continue;
    std::vector<double> samples;
    engine.measure(kEngineBudget, samples);
    const double ours_ns = least_of(samples);
    ratios.push_back(*theirs_ns / ours_ns);
    seconds += *theirs_ns * 1e-9;
    engine_seconds += ours_ns * 1e-9;
  }
  if (sample.runs > 0) {
    sample.reference_seconds = seconds / static_cast<double>(sample.runs);
    sample.total_ratio = seconds / engine_seconds;
    sample.ratio = quantiles_of(std::move(ratios));
  }
  return sample;
}

}  // namespace arcbatch
