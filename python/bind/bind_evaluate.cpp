// Evaluating programs on tasks: the coordinator without the GIL, and what its runs came to.
#include <fmt/format.h>
#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "backend/device/cuda_device.h"
#include "batch/api_impl.h"
#include "batch/candidates.h"
#include "batch/coordinator.h"
#include "batch/cpu_evaluator.h"
#include "batch/device_evaluator.h"
#include "batch/program_cache.h"
#include "batch/shared_evaluator.h"
#include "batch/statistics.h"
#include "bindings.h"
#include "convert.h"
#include "devices.h"
#include "options.h"
#include "program.h"
#include "results/lines.h"
#include "results/writer.h"
#include "results_common.h"
#include "tasks.h"

namespace nb = nanobind;

namespace arcbatch::python {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kTickInterval = std::chrono::milliseconds(50);

// What the records of an evaluation refer to. Stays where it is, since the plan points into it.
struct Work {
  Work(CandidateList&& candidates, const TaskList& task_list, Comparison comparison)
      : programs(std::move(candidates)),
        tasks(task_list.tasks),
        plan(programs.candidates, *tasks, comparison) {}

  CandidateList programs;
  std::shared_ptr<const std::vector<Task>> tasks;
  RunPlan plan;
};

struct Results {
  std::shared_ptr<Work> work;
  RunOptions options;
  u32 jobs = 1;
  std::vector<RunRecord> records;
  std::string end = "finished";  // or "time limit", "interrupted"
  u64 fast_calls = 0;
  u64 generic_calls = 0;
  std::string backend = "cpu";
  std::string why_cpu;  // where the CPU stands in for devices
  std::vector<std::string> devices;
  std::vector<std::string> losses;
  DeviceCounts device;
};

class Consumer : public BatchConsumer {
 public:
  Consumer(Results& results, double time_limit, nb::callable tick)
      : results_(results), tick_(std::move(tick)) {
    if (time_limit > 0) deadline_ = started_ + std::chrono::duration<double>(time_limit);
  }

  void consume(const BatchResult& result) override {
    results_.records.insert(results_.records.end(), result.records.begin(), result.records.end());
    results_.fast_calls += result.fast_calls;
    results_.generic_calls += result.generic_calls;
    results_.device.add(result.device);
  }

  bool go_on() override {
    if (error.has_value()) return false;
    if (deadline_ && Clock::now() >= *deadline_) {
      results_.end = "time limit";
      return false;
    }
    // Asked after every batch; the GIL may be long in coming while other threads want it.
    const Clock::time_point now = Clock::now();
    if (now < next_tick_) return true;
    next_tick_ = now + kTickInterval;
    const nb::gil_scoped_acquire lock;
    try {
      if (PyErr_CheckSignals() != 0) throw nb::python_error();
      tick_(results_.records.size(), results_.work->plan.size());
    } catch (nb::python_error& raised) {
      error.emplace(std::move(raised));
      results_.end = "interrupted";
      return false;
    }
    return true;
  }

  std::optional<nb::python_error> error;

 private:
  Results& results_;
  nb::callable tick_;
  Clock::time_point started_ = Clock::now();
  Clock::time_point next_tick_ = started_;
  std::optional<std::chrono::time_point<Clock, std::chrono::duration<double>>> deadline_;
};

CandidateList candidates_of(const nb::list& programs) {
  CandidateList list;
  for (const nb::handle item : programs) {
    const auto& compiled = nb::cast<const CompiledProgram&>(item);
    if (list.files.empty()) list.dialect = compiled.program->dialect;
    if (compiled.program->dialect != list.dialect) {
      throw nb::value_error("the programs are of several dialects");
    }
    list.files.push_back({compiled.file, compiled.hash, compiled.bytes});
    add_functions(list, compiled.program, compiled.file);
  }
  return list;
}

void note_devices(const Devices& devices, const std::string& backend, Results& results) {
  results.why_cpu = devices.why_cpu();
  if (devices.pool() == nullptr) return;
  results.backend = backend == "auto" ? "cuda" : backend;
  for (u32 k = 0; k < devices.pool()->devices(); ++k) {
    results.devices.push_back(devices.pool()->info(k).name);
  }
}

// Runs everything. Returns (Results, what was raised meanwhile or None).
nb::tuple evaluate(const nb::list& programs, const TaskList& tasks, const nb::dict& options_dict,
                   u32 jobs, bool scored, bool may_share, double time_limit,
                   const nb::callable& tick, const std::string& backend,
                   const std::string& comparison_name) {
  const Comparison comparison = api::comparison_of(comparison_name);
  RunOptions options = run_options(options_dict);
  options.score = scored;
  const auto work = std::make_shared<Work>(candidates_of(programs), tasks, comparison);
  Results results;
  results.work = work;
  results.options = options;
  results.jobs = jobs;
  Consumer consumer(results, time_limit, tick);
  try {
    const nb::gil_scoped_release unlocked;
    // All programs are here already: nothing is ever compiled again.
    ProgramCache cache(std::vector<u64>(work->programs.files.size(), 0), 1,
                       [](u32) { return ProgramCache::ProgramPtr(); });
    for (const Candidate& c : work->programs.candidates) cache.put(c.file_index, c.program);
    const u64 size = work->plan.size();
    const Devices devices(size > 0 ? backend : "cpu", options, jobs);
    device::DevicePool* const pool = devices.pool();
    note_devices(devices, backend, results);
    CoordinatorOptions coordination;
    coordination.jobs = static_cast<u32>(std::min<u64>(jobs, std::max<u64>(size, 1)));
    // What is shared has no time of its own.
    const bool share = pool == nullptr && may_share && options.max_seconds == 0 &&
                       fast_kernels(resolve_kernel_path(options.path)).table != nullptr;
    u64 runs = batch_shape(size, coordination.jobs, share).runs;
    std::optional<DeviceWork> device_work;
    if (pool != nullptr) {
      SliceLimits limits;
      limits.cpu_when_lost = backend == "auto";
      device_work.emplace(*pool, work->plan, limits);
      runs = slice_size(*pool, size);
      // Each slot has one who waits for it, and the others lay out, read and do what is left.
      coordination.jobs += pool->slots();
    }
    coordination.window_batches = window_of(runs, coordination.jobs);
    coordination.help = share;
    WorkBoard board;
    const auto cut = [&](u64 first) {
      return share ? cut_shared_batch(work->plan, first, size, runs)
                   : cut_batch(work->plan, first, size, runs);
    };
    const auto make = [&]() -> std::unique_ptr<BatchEvaluator> {
      if (device_work) {
        return std::make_unique<DeviceEvaluator>(options, work->plan, cache, *device_work);
      }
      if (share) {
        return std::make_unique<SharedEvaluator>(options, work->plan, cache, true,
                                                 CpuEvaluator::Finish{}, &board);
      }
      return std::make_unique<CpuEvaluator>(options, work->plan, cache, CpuEvaluator::Finish{});
    };
    if (size > 0) run_batches({0, size}, coordination, cut, make, consumer);
    if (pool != nullptr) results.losses = pool->losses();
    // What came after the last batch began has ended nothing.
    if (results.records.size() == size && !consumer.error.has_value()) results.end = "finished";
  } catch (const device::DeviceLost& lost) {
    raise_backend_error(backend, lost.what());
  } catch (const device::CudaUnavailable& unavailable) {
    raise_backend_error(backend, unavailable.what());
  }
  nb::object raised = nb::none();
  if (consumer.error.has_value()) raised = nb::borrow(consumer.error->value());
  return nb::make_tuple(nb::cast(std::move(results)), raised);
}

const RunRecord& record_at(const Results& self, u64 row) {
  if (row >= self.records.size()) throw nb::index_error("no such record");
  return self.records[row];
}

nb::object match_of(const Outcome& outcome) {
  return outcome.match ? nb::object(nb::bool_(*outcome.match)) : nb::none();
}

nb::object value_of(const Outcome& outcome) {
  return outcome.kind() == StatusKind::value ? text_of(outcome.value) : nb::none();
}

nb::object error_of(const Outcome& outcome) {
  return outcome.kind() == StatusKind::error ? nb::object(nb::str(status_name(outcome.status)))
                                             : nb::none();
}

nb::object line_of(const Outcome& outcome) {
  return outcome.line != 0 ? nb::object(nb::int_(outcome.line)) : nb::none();
}

nb::object score_of(const Outcome& outcome) {
  if (!outcome.score) return nb::none();
  return nb::make_tuple(outcome.score->shape, outcome.score->cells, outcome.score->palette);
}

using Getter = std::function<nb::object(const Work&, const RunRecord&)>;

// The columns, in the order of the fields of a Python Outcome up to `compared`.
const std::vector<std::pair<std::string, Getter>>& getters() {
  static const std::vector<std::pair<std::string, Getter>> all = {
      {"program",
       [](const Work& w, const RunRecord& r) {
         return text_of(w.programs.candidates[r.candidate].name);
       }},
      {"source",
       [](const Work& w, const RunRecord& r) -> nb::object {
         return nb::int_(w.programs.candidates[r.candidate].file_index);
       }},
      {"file", [](const Work& w,
                  const RunRecord& r) { return text_of(w.programs.candidates[r.candidate].file); }},
      {"task", [](const Work& w, const RunRecord& r) { return text_of((*w.tasks)[r.task].id); }},
      {"split",
       [](const Work&, const RunRecord& r) -> nb::object {
         return nb::str(r.is_test ? "test" : "train");
       }},
      {"index", [](const Work&, const RunRecord& r) -> nb::object { return nb::int_(r.index); }},
      {"status",
       [](const Work&, const RunRecord& r) -> nb::object {
         return nb::str(status_kind_name(r.outcome.status));
       }},
      {"value", [](const Work&, const RunRecord& r) { return value_of(r.outcome); }},
      {"match", [](const Work&, const RunRecord& r) { return match_of(r.outcome); }},
      {"error", [](const Work&, const RunRecord& r) { return error_of(r.outcome); }},
      {"line", [](const Work&, const RunRecord& r) { return line_of(r.outcome); }},
      {"statement",
       [](const Work&, const RunRecord& r) { return text_or_none(r.outcome.statement); }},
      {"reason", [](const Work&, const RunRecord& r) { return text_or_none(r.outcome.reason); }},
      {"steps",
       [](const Work&, const RunRecord& r) -> nb::object { return nb::int_(r.outcome.steps); }},
      {"output",
       [](const Work&, const RunRecord& r) -> nb::object {
         return r.outcome.output ? nb::object(text_of(r.outcome.output->text())) : nb::none();
       }},
      {"seconds",
       [](const Work&, const RunRecord& r) -> nb::object { return nb::float_(r.outcome.seconds); }},
      {"score", [](const Work&, const RunRecord& r) { return score_of(r.outcome); }},
      {"compared",
       [](const Work&, const RunRecord& r) {
         return r.compared ? nb::object(nb::bool_(*r.compared)) : nb::none();
       }},
  };
  return all;
}

nb::tuple record(const Results& self, u64 row) {
  const RunRecord& r = record_at(self, row);
  nb::list fields;
  for (const auto& [name, get] : getters()) fields.append(get(*self.work, r));
  fields.append(nb::cast(Example{self.work->tasks, r.task, r.is_test, r.index}));
  return nb::tuple(fields);
}

nb::list column(const Results& self, const std::string& name, const nb::iterable& rows) {
  for (const auto& [known, get] : getters()) {
    if (known != name) continue;
    nb::list values;
    for (const nb::handle row : rows) {
      values.append(get(*self.work, record_at(self, nb::cast<u64>(row))));
    }
    return values;
  }
  throw nb::key_error(name.c_str());
}

nb::object json_lines(const Results& self, const nb::iterable& rows) {
  std::string lines;
  for (const nb::handle row : rows) {
    lines += json_line(arcbatch::text_of(self.work->plan, record_at(self, nb::cast<u64>(row))));
  }
  return bytes_of(lines);
}

nb::list texts(const std::vector<std::string>& all) {
  nb::list list;
  for (const std::string& text : all) list.append(text_of(text));
  return list;
}

// Who evaluated, what devices did, and what they left to the CPU.
nb::dict backend_of(const Results& self) {
  nb::dict left;
  for (u32 k = 1; k < device::kGiveUps; ++k) {
    if (self.device.left[k] == 0) continue;
    left[give_up_name(static_cast<device::GiveUp>(k))] = self.device.left[k];
  }
  nb::dict dict;
  dict["name"] = self.backend;
  dict["reason"] = text_or_none(self.why_cpu);
  dict["devices"] = nb::tuple(texts(self.devices));
  dict["runs"] = self.device.runs;
  dict["left"] = left;
  dict["lost"] = nb::tuple(texts(self.losses));
  dict["launches"] = self.device.launches;
  dict["bytes_up"] = self.device.bytes_up;
  dict["bytes_down"] = self.device.bytes_down;
  return dict;
}

// Writes a results file; `programs` and `tasks` are the paths that the work came of, if it did.
void save(const Results& self, const std::string& path, const std::vector<std::string>& programs,
          const std::vector<std::string>& tasks) {
  const nb::gil_scoped_release unlocked;
  require_absent(path);
  for (Candidate& c : self.work->programs.candidates) add_identity(c);
  const RunPlan& plan = self.work->plan;
  const std::vector<ProgramFile>& files = self.work->programs.files;
  const ResultsSetup setup{programs, tasks, std::filesystem::current_path().string(), false};
  create_results(path, cli::make_header(self.options, self.work->programs.dialect, plan, files),
                 setup, plan, files);
  ResultsWriter writer(path);
  writer.begin_session({self.devices.empty()
                            ? kernel_path_name(resolve_kernel_path(self.options.path))
                            : self.devices.front(),
                        self.jobs, self.records.size()});
  BatchResult all;
  all.range = {0, self.records.size()};
  all.records = self.records;
  all.fast_calls = self.fast_calls;
  all.generic_calls = self.generic_calls;
  for (RunRecord& record : all.records) {
    if (!is_prediction(record)) continue;
    record.prediction = grid_json(record.outcome.value).value_or("");
  }
  writer.add(all);
  writer.close(self.end == "time limit" ? "time limit reached" : self.end);
}

nb::dict counts_dict(const RunStatistics::Counts& counts) {
  nb::dict dict;
  for (const auto& [name, n] : counts) dict[text_of(name)] = n;
  return dict;
}

// Totals of rows that ascend.
nb::dict summary(const Results& self, const nb::iterable& rows) {
  RunStatistics stats(known_outputs(*self.work->tasks), 0);
  for (const nb::handle row : rows) {
    const RunRecord& r = record_at(self, nb::cast<u64>(row));
    const Outcome& outcome = r.outcome;
    RunFacts facts;
    facts.candidate = r.candidate;
    facts.task = r.task;
    facts.kind = outcome.kind();
    facts.reason = facts.kind == StatusKind::error ? std::string_view(status_name(outcome.status))
                                                   : std::string_view(outcome.reason);
    facts.match = outcome.match;
    facts.compared = r.compared.value_or(false);
    facts.seconds = outcome.seconds;
    stats.add(facts);
  }
  stats.finish();
  nb::dict totals;
  totals["runs"] = stats.runs;
  totals["expected"] = stats.expected;
  totals["matched"] = stats.matched;
  totals["tasks_tried"] = stats.tasks_tried();
  totals["tasks_solved"] = stats.tasks_solved();
  totals["seconds"] = stats.seconds;
  nb::dict statuses;
  for (int kind = 0; kind < 5; ++kind) {
    static constexpr const char* kNames[] = {"value", "error", "limit", "resource", "unsupported"};
    statuses[kNames[kind]] = stats.by_kind[kind];
  }
  totals["statuses"] = statuses;
  totals["errors"] = counts_dict(stats.errors);
  totals["limits"] = counts_dict(stats.limits);
  totals["unsupported"] = counts_dict(stats.unsupported);
  return totals;
}

nb::list skipped(const Results& self) {
  nb::list list;
  for (const SkippedFunction& f : self.work->programs.skipped) {
    list.append(nb::make_tuple(text_of(f.file), f.name, f.line, f.required));
  }
  return list;
}

}  // namespace

void bind_evaluate(nb::module_& m) {
  nb::class_<Results>(m, "Results")
      .def("__len__", [](const Results& self) { return self.records.size(); })
      .def_prop_ro("planned", [](const Results& self) { return self.work->plan.size(); })
      .def_prop_ro("backend", &backend_of)
      .def_prop_ro("end", [](const Results& self) { return self.end; })
      .def_prop_ro("candidates",
                   [](const Results& self) { return self.work->programs.candidates.size(); })
      .def_prop_ro("without_task",
                   [](const Results& self) { return self.work->plan.without_task(); })
      .def_prop_ro("skipped", &skipped)
      .def("record", &record, nb::arg("row"))
      .def("column", &column, nb::arg("name"), nb::arg("rows"))
      .def("json_lines", &json_lines, nb::arg("rows"))
      .def("summary", &summary, nb::arg("rows"))
      .def("save", &save, nb::arg("path"), nb::arg("programs"), nb::arg("tasks"));
  m.def("evaluate", &evaluate, nb::arg("programs"), nb::arg("tasks"), nb::arg("options"),
        nb::arg("jobs"), nb::arg("scored"), nb::arg("share"), nb::arg("time_limit"),
        nb::arg("tick"), nb::arg("backend"), nb::arg("comparison"));
}

}  // namespace arcbatch::python
