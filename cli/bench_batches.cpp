// Options, order of measuring, table and JSON of bench batches.
#include "bench_batches.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <vector>

#include "backend.h"
#include "batch/bench_batches.h"
#include "batch/coordinator.h"
#include "bench_machine.h"
#include "common.h"
#include "progress.h"
#include "sources.h"

namespace arcbatch::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kFooter =
    "A workload is run from program text to the outcomes of all its runs, in the same way as by\n"
    "'arcbatch run': sequential on one worker, each program alone; shared on one worker, "
    "statements\n"
    "that programs have in common once for each example; parallel as shared, on all cores;\n"
    "emulated, cuda and auto as --backend of run has them. A mode that cannot be run says NOT RUN "
    "and why;\n"
    "auto says where it takes the CPU. The modes take turns; a mode's time is the median of its "
    "rounds. All outcomes (status, value, steps) "
    "have\n"
    "to be the same in every mode and round: otherwise the command ends with exit code 1.\n"
    "\n"
    "Workloads: programs, each function on its task as 'arcbatch run' has it; all, every function "
    "on\n"
    "every task; mutants, --mutants N functions in files of their own that differ from the given "
    "ones\n"
    "by one primitive, on the first --examples examples of their tasks.\n"
    "\n"
    "With --against, --sample runs of each workload, chosen evenly by a seed, are done by CPython "
    "too,\n"
    "and the outcomes compared. python is its mean time of these. Runs of more than 2,000,000 "
    "steps\n"
    "are left out of the sample, which makes CPython look faster than it is; their number is "
    "shown.\n"
    "Its time has no compiling in it, ours has. The ratios of these very runs, each alone and as\n"
    "bench times them, are printed too.\n"
    "\n"
    "Columns: programs and runs a second; of python, how many times as many runs a second; of "
    "one,\n"
    "the same of the mode sequential; per core, that by the workers; peak, the greatest resident\n"
    "memory of the process meanwhile.\n"
    "\n"
    "Examples:\n"
    "  arcbatch bench batches\n"
    "  arcbatch bench batches --programs ref/solvers.py --tasks data/training --against ref \\\n"
    "      --workloads programs,mutants --mutants 100000 --json batches.json\n"
    "  arcbatch bench batches --programs ref/solvers.py --tasks data/training --workloads all \\\n"
    "      --max-steps 100000\n"
    "  arcbatch bench plot batches.json batches.svg\n"
    "\n"
    "JSON keys: machine, python (as of bench); rounds; workloads [{name, programs, tasks, runs, "
    "values,\n"
    "errors, limits, resource, unsupported, matched, outcomes (a hash), statements, evaluated, "
    "sample\n"
    "{runs, too_long, unanswered, disagreements, seconds_per_run, ratio_geomean, ratio_p10,\n"
    "ratio_median, ratio_p90, ratio_total} or null, modes [{name, jobs, seconds (by round),\n"
    "compile_seconds, programs_per_second, runs_per_second, peak_bytes,\n"
    "ratio_to_python or null, ratio_to_sequential or null, note or null (why auto took the CPU), "
    "device\n"
    "(null, or of the round of the median time what run --backend-json has)} or {name, not_run "
    "(why)}]}].";

struct BatchesArguments {
  std::vector<std::string> programs;
  std::vector<std::string> tasks;
  std::vector<std::string> workloads = {"programs", "mutants"};
  std::vector<std::string> modes = {"sequential", "shared", "parallel"};
  std::string against;
  std::string python = "/usr/bin/python3";
  std::string json;
  u64 mutants = 10000;
  u32 examples = 3;
  u64 sample = 200;
  u64 seed = 1;
  u32 rounds = 3;
  u32 jobs = 0;
  BackendArguments backend;
  CommonOptions common;
};

struct ModeResult {
  BatchMode mode;
  std::string note;     // of auto: why it took the CPU
  std::string not_run;  // why there are no rounds
  std::unique_ptr<device::DevicePool> devices = {};
  std::vector<BatchTiming> rounds;

  [[nodiscard]] double seconds() const {
    std::vector<double> all;
    for (const BatchTiming& t : rounds) all.push_back(t.seconds);
    return median_of(all);
  }
  // The round of the median time.
  [[nodiscard]] const BatchTiming& middle() const {
    std::vector<const BatchTiming*> all;
    for (const BatchTiming& t : rounds) all.push_back(&t);
    std::sort(all.begin(), all.end(),
              [](const BatchTiming* a, const BatchTiming* b) { return a->seconds < b->seconds; });
    return *all[all.size() / 2];
  }
  [[nodiscard]] double compile_seconds() const {
    std::vector<double> all;
    for (const BatchTiming& t : rounds) all.push_back(t.compile_seconds);
    return median_of(all);
  }
  [[nodiscard]] u64 peak_bytes() const {
    u64 most = 0;
    for (const BatchTiming& t : rounds) most = std::max(most, t.peak_bytes);
    return most;
  }
};

struct WorkloadResult {
  BatchWorkload workload;
  std::vector<ModeResult> modes;
  std::optional<BatchSample> sample;

  [[nodiscard]] const BatchTiming& any() const {
    for (const ModeResult& m : modes) {
      if (!m.rounds.empty()) return m.rounds.front();
    }
    throw CommandError("no mode could be run: " + modes.front().not_run);
  }
  [[nodiscard]] const ModeResult* find(const std::string& mode) const {
    for (const ModeResult& m : modes) {
      if (m.mode.name == mode && !m.rounds.empty()) return &m;
    }
    return nullptr;
  }
  // The same work done by CPython, from the sample.
  [[nodiscard]] double reference_seconds() const {
    return sample ? sample->reference_seconds * static_cast<double>(any().runs) : 0;
  }
};

// A rate, in whole numbers.
std::string rate_text(double number) { return grouped(static_cast<u64>(std::llround(number))); }

BatchWorkload workload_named(const std::string& name, const BatchesArguments& arguments,
                             const Sources& sources) {
  if (name == "mutants") {
    BatchWorkload mutants = mutant_workload(sources.programs.candidates, sources.tasks.tasks,
                                            arguments.mutants, arguments.examples, arguments.seed);
    mutants.name = name;
    return mutants;
  }
  BatchWorkload workload;
  workload.name = name;
  workload.all = name == "all";
  workload.tasks = sources.tasks.tasks;
  for (const ProgramFile& file : sources.programs.files) {
    workload.files.push_back({file.path, source_text(file.path)});
  }
  return workload;
}

// About how many runs a workload has.
u64 runs_of(const BatchesArguments& arguments, const BatchWorkload& workload,
            const Sources& sources) {
  if (workload.name == "mutants") return arguments.mutants * arguments.examples;
  u64 runs = RunPlan(sources.programs.candidates, workload.tasks).size();
  if (!workload.all) return runs;
  runs = 0;
  for (const Task& task : workload.tasks) runs += task.train.size() + task.test.size();
  return runs * sources.programs.candidates.size();
}

// Opens the devices of a mode, or says why it does not run or takes the CPU.
void open_mode(const BatchesArguments& arguments, u64 runs, ModeResult& mode) {
  BackendArguments backend = arguments.backend;
  backend.name = mode.mode.name;
  const bool is_auto = backend.name == "auto";
  try {
    mode.devices = open_devices(backend, arguments.common.run, mode.mode.jobs);
  } catch (const CommandError& why) {
    (is_auto ? mode.note : mode.not_run) = why.what();
  }
  if (is_auto && mode.note.empty()) {
    mode.note = too_small_for_devices(backend, runs, mode.mode.jobs);
    if (!mode.note.empty()) mode.devices.reset();
  }
  mode.mode.devices = mode.devices.get();
  mode.mode.cores = is_auto;
  mode.mode.slices = slice_limits(backend);
}

void add_modes(const BatchesArguments& arguments, u64 runs, WorkloadResult& result) {
  const u32 jobs = arguments.jobs > 0 ? arguments.jobs : available_cores();
  for (const std::string& name : arguments.modes) {
    const bool one = name == "sequential" || name == "shared";
    ModeResult& mode = result.modes.emplace_back();
    mode.mode = {.name = name, .jobs = one ? 1 : jobs, .share = name != "sequential"};
    if (!one && name != "parallel") open_mode(arguments, runs, mode);
  }
}

void measure(const BatchesArguments& arguments, PythonReference* reference,
             WorkloadResult& result) {
  Progress progress(0, "runs", true);
  for (u32 round = 0; round < arguments.rounds; ++round) {
    for (ModeResult& mode : result.modes) {
      if (!mode.not_run.empty()) continue;
      mode.rounds.push_back(time_batches(arguments.common.run, result.workload, mode.mode,
                                         [&progress](u64 done) { progress.update(done); }));
    }
  }
  if (reference != nullptr) {
    result.sample =
        sample_batches(arguments.common.run, result.workload, arguments.sample, arguments.seed,
                       *reference, [&progress](u64 done) { progress.update(done); });
  }
  progress.finish();
}

// The runs that differ end the command: what is measured then is not one work.
void check(const WorkloadResult& result) {
  for (const ModeResult& mode : result.modes) {
    for (const BatchTiming& timing : mode.rounds) {
      if (timing.outcomes == result.any().outcomes) continue;
      throw CommandError(fmt::format("outcomes of mode {} differ from those of {}", mode.mode.name,
                                     result.modes.front().mode.name));
    }
  }
  if (result.sample && result.sample->disagreements > 0) {
    throw CommandError(fmt::format("{} of {} sampled outcomes differ from CPython's, first of {}",
                                   result.sample->disagreements, result.sample->runs,
                                   result.sample->first_case));
  }
}

std::string times(double ratio) { return ratio > 0 ? fmt::format("{:.2f}x", ratio) : "-"; }

void print_devices(const ModeResult& mode) {
  const BatchTiming& t = mode.middle();
  const DeviceCounts& d = t.device;
  print(
      fmt::format("  {} runs by devices, {} left to the CPU, {} by cores; {} bytes up, {} down, {} "
                  "launches, {} in them: {:.0f} % of the time, workers busy {:.0f} % of it\n",
                  grouped(d.runs), grouped(d.all_left()), grouped(d.core_runs), grouped(d.bytes_up),
                  grouped(d.bytes_down), grouped(d.launches),
                  format_seconds(static_cast<double>(d.device_nanoseconds) * 1e-9),
                  100 * d.busy_share(t.seconds - t.compile_seconds, mode.devices->devices()),
                  100 * d.occupancy()));
}

void print_result(const WorkloadResult& result) {
  const BatchTiming& any = result.any();
  print(fmt::format("\n{}: {} programs, {} tasks, {} runs", result.workload.name,
                    grouped(any.programs), result.workload.tasks.size(), grouped(any.runs)));
  print(fmt::format(" ({} values, {} errors, {} others)\n", grouped(any.by_kind[0]),
                    grouped(any.by_kind[1]),
                    grouped(any.by_kind[2] + any.by_kind[3] + any.by_kind[4])));
  if (const ModeResult* shared = result.find("shared")) {
    const BatchTiming& t = shared->rounds.front();
    if (t.statements > 0) {
      print(fmt::format("shared: {} statements evaluated for the {} that runs came through\n",
                        grouped(t.evaluated), grouped(t.statements)));
    }
  }
  print(fmt::format("{:<11} {:>4} {:>10} {:>11} {:>12} {:>9} {:>8} {:>8} {:>9}\n", "mode", "jobs",
                    "time", "programs/s", "runs/s", "of python", "of one", "per core", "peak"));
  const double runs = static_cast<double>(any.runs);
  const double reference = result.reference_seconds();
  if (result.sample) {
    print(fmt::format("{:<11} {:>4} {:>10} {:>11} {:>12} {:>9} {:>8} {:>8} {:>9}  (from {} runs",
                      "python", 1, format_seconds(reference), "-", rate_text(runs / reference),
                      "1.00x", "-", "-", "-", result.sample->runs));
    print(fmt::format("; {} too long, {} limits)\n", result.sample->too_long,
                      result.sample->unanswered));
    const BatchSample& sample = *result.sample;
    if (sample.runs > 0) {
      print(
          fmt::format("these runs one by one, as bench times them: geomean {:.1f}x p10 {:.1f}x "
                      "median {:.1f}x p90 {:.1f}x total {:.1f}x of python\n",
                      sample.ratio.geomean, sample.ratio.p10, sample.ratio.median, sample.ratio.p90,
                      sample.total_ratio));
    }
  }
  const ModeResult* one = result.find("sequential");
  for (const ModeResult& mode : result.modes) {
    if (!mode.not_run.empty()) {
      print(fmt::format("{:<11} NOT RUN: {}\n", mode.mode.name, mode.not_run));
      continue;
    }
    const double seconds = mode.seconds();
    const double of_one = one != nullptr ? one->seconds() / seconds : 0;
    print(fmt::format("{:<11} {:>4} {:>10} {:>11} {:>12} {:>9} {:>8} {:>8} {:>9}\n", mode.mode.name,
                      mode.mode.jobs, format_seconds(seconds),
                      rate_text(static_cast<double>(any.programs) / seconds),
                      rate_text(runs / seconds), times(reference / seconds), times(of_one),
                      times(of_one / mode.mode.jobs),
                      fmt::format("{} MiB", mode.peak_bytes() >> 20)));
    if (!mode.note.empty())
      print(fmt::format("  {} takes the CPU: {}\n", mode.mode.name, mode.note));
    if (mode.devices != nullptr) print_devices(mode);
  }
}

Json devices_json(const ModeResult& mode) {
  if (mode.devices == nullptr) return nullptr;
  const BatchTiming& t = mode.middle();
  Json json = Json::parse(device_counts_json(t.device));
  json["busy_share"] = t.device.busy_share(t.seconds - t.compile_seconds, mode.devices->devices());
  for (u32 k = 0; k < mode.devices->devices(); ++k) {
    const device::DeviceInfo& info = mode.devices->info(k);
    json["devices"].push_back({{"name", info.name}, {"workers", info.workers}});
  }
  return json;
}

Json mode_json(const WorkloadResult& result, const ModeResult& mode) {
  if (!mode.not_run.empty()) return {{"name", mode.mode.name}, {"not_run", mode.not_run}};
  const BatchTiming& any = result.any();
  const double seconds = mode.seconds();
  const ModeResult* one = result.find("sequential");
  Json rounds = Json::array();
  for (const BatchTiming& t : mode.rounds) rounds.push_back(t.seconds);
  return {{"name", mode.mode.name},
          {"jobs", mode.mode.jobs},
          {"seconds", rounds},
          {"compile_seconds", mode.compile_seconds()},
          {"programs_per_second", static_cast<double>(any.programs) / seconds},
          {"runs_per_second", static_cast<double>(any.runs) / seconds},
          {"peak_bytes", mode.peak_bytes()},
          {"ratio_to_python",
           result.sample ? Json(result.reference_seconds() / seconds) : Json(nullptr)},
          {"ratio_to_sequential", one != nullptr ? Json(one->seconds() / seconds) : Json(nullptr)},
          {"note", mode.note.empty() ? Json(nullptr) : Json(mode.note)},
          {"device", devices_json(mode)}};
}

Json workload_json(const WorkloadResult& result) {
  const BatchTiming& any = result.any();
  const ModeResult* shared = result.find("shared");
  Json json = {{"name", result.workload.name},
               {"programs", any.programs},
               {"tasks", result.workload.tasks.size()},
               {"runs", any.runs},
               {"values", any.by_kind[static_cast<std::size_t>(StatusKind::value)]},
               {"errors", any.by_kind[static_cast<std::size_t>(StatusKind::error)]},
               {"limits", any.by_kind[static_cast<std::size_t>(StatusKind::limit)]},
               {"resource", any.by_kind[static_cast<std::size_t>(StatusKind::resource)]},
               {"unsupported", any.by_kind[static_cast<std::size_t>(StatusKind::unsupported)]},
               {"matched", any.matched},
               {"outcomes", any.outcomes.text()},
               {"statements", shared != nullptr ? shared->rounds.front().statements : 0},
               {"evaluated", shared != nullptr ? shared->rounds.front().evaluated : 0}};
  json["sample"] = nullptr;
  if (result.sample) {
    json["sample"] = {{"runs", result.sample->runs},
                      {"too_long", result.sample->too_long},
                      {"unanswered", result.sample->unanswered},
                      {"disagreements", result.sample->disagreements},
                      {"seconds_per_run", result.sample->reference_seconds},
                      {"ratio_geomean", result.sample->ratio.geomean},
                      {"ratio_p10", result.sample->ratio.p10},
                      {"ratio_median", result.sample->ratio.median},
                      {"ratio_p90", result.sample->ratio.p90},
                      {"ratio_total", result.sample->total_ratio}};
  }
  for (const ModeResult& mode : result.modes) json["modes"].push_back(mode_json(result, mode));
  return json;
}

int bench_batches(const BatchesArguments& arguments) {
  const Sources sources = load_sources(arguments.programs, arguments.tasks);
  if (!sources.report(true)) throw CommandError("some files cannot be used (see above)");
  std::optional<OutputFile> json;
  if (!arguments.json.empty()) json.emplace(arguments.json);
  BenchMachine machine;
  machine.kernels = kernel_path_name(resolve_kernel_path(arguments.common.run.path));
  std::optional<PythonReference> reference;
  if (!arguments.against.empty()) {
    reference.emplace(arguments.python, arguments.against);
    machine.python = reference->info();
  }
  print_machine(machine);
  flush_output();
  Json report = {{"machine", machine_json(machine)},
                 {"rounds", arguments.rounds},
                 {"python", python_json(machine)},
                 {"workloads", Json::array()}};
  for (const std::string& name : arguments.workloads) {
    WorkloadResult result;
    result.workload = workload_named(name, arguments, sources);
    add_modes(arguments, runs_of(arguments, result.workload, sources), result);
    measure(arguments, reference ? &*reference : nullptr, result);
    if (result.any().runs == 0) throw CommandError("nothing to run: " + sources.nothing_text());
    print_result(result);
    flush_output();
    check(result);
    report["workloads"].push_back(workload_json(result));
  }
  print("\nall outcomes the same in every mode\n");
  if (json) {
    json->write(report.dump(2) + "\n");
    json->close();
  }
  return 0;
}

}  // namespace

void refuse_options_of_bench(const CLI::App& bench, const std::string& subcommand) {
  for (const CLI::Option* option : bench.get_options()) {
    if (option->count() == 0 || !option->get_envname().empty()) continue;
    throw CLI::ValidationError(option->get_name(), "goes after `" + subcommand + "`");
  }
}

CLI::App* add_bench_batches(CLI::App& bench, int& exit_code) {
  auto arguments = std::make_shared<BatchesArguments>();
  CLI::App* sub = bench.add_subcommand(
      "batches", "Time batches from text to outcomes: one by one, shared, parallel, CPython");
  sub->add_option("--programs", arguments->programs,
                  "A .py file, or a folder searched for them; several may be given")
      ->type_name("PATH");
  sub->add_option("--tasks", arguments->tasks, "As for run; several may be given")
      ->type_name("PATH");
  sub->add_option("--workloads", arguments->workloads, "Of programs, mutants, all")
      ->delimiter(',')
      ->check(CLI::IsMember(std::set<std::string>{"programs", "mutants", "all"}))
      ->type_name("LIST")
      ->default_str("programs,mutants");
  sub->add_option("--modes", arguments->modes,
                  "Of sequential, shared, parallel, emulated, cuda, auto")
      ->delimiter(',')
      ->check(CLI::IsMember(
          std::set<std::string>{"sequential", "shared", "parallel", "emulated", "cuda", "auto"}))
      ->type_name("LIST")
      ->default_str("sequential,shared,parallel");
  sub->add_option("--mutants", arguments->mutants, "Programs of the workload mutants")
      ->check(CLI::Range(1, 100000000))
      ->type_name("N")
      ->capture_default_str();
  sub->add_option("--examples", arguments->examples, "Examples of a task that mutants run on")
      ->check(CLI::Range(1, 1000))
      ->type_name("N")
      ->capture_default_str();
  sub->add_option("--seed", arguments->seed, "Of the mutants and of the sample")
      ->type_name("N")
      ->capture_default_str();
  add_reference_options(*sub, arguments->against, arguments->python);
  sub->add_option("--sample", arguments->sample, "Runs of a workload that CPython does too")
      ->check(CLI::Range(1, 10000000))
      ->type_name("N")
      ->capture_default_str();
  sub->add_option("--jobs", arguments->jobs, "Workers of parallel; one for every core unless given")
      ->check(CLI::Range(1, 4096))
      ->type_name("N");
  sub->add_option("--repeat", arguments->rounds, "Rounds of measuring")
      ->check(CLI::Range(1, 1000))
      ->type_name("N")
      ->capture_default_str();
  sub->add_option("--json", arguments->json, "Write machine and results to this file")
      ->type_name("FILE");
  add_device_options(*sub, arguments->backend);
  add_common(*sub, arguments->common);
  sub->footer(kFooter);
  sub->callback([arguments, &bench, &exit_code] {
    refuse_options_of_bench(bench, "batches");
    exit_code = bench_batches(*arguments);
  });
  return sub;
}

}  // namespace arcbatch::cli
