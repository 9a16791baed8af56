// Session: a queue of programs, workers that take several at a time and share what they have in
// common, and reports in the order of tickets.
#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

#include "arcbatch/session.h"
#include "backend/device/cuda_device.h"
#include "backend/device/emulated_device.h"
#include "batch/api_impl.h"
#include "batch/candidates.h"
#include "batch/coordinator.h"
#include "batch/device_evaluator.h"
#include "batch/graph_runner.h"

namespace arcbatch::api {
namespace {

// Programs that a worker takes at a time: the more, the more they share, and the longer the first
// of them waits for its report.
constexpr std::size_t kMostAtOnce = 64;

GridData grid_of(const std::vector<std::vector<int>>& rows, const std::string& where) {
  GridData grid;
  grid.h = static_cast<u32>(rows.size());
  grid.w = rows.empty() ? 0 : static_cast<u32>(rows.front().size());
  if (rows.empty() || rows.size() > kMaxGridSide || grid.w == 0 || grid.w > kMaxGridSide) {
    throw std::invalid_argument(where + ": a grid has 1 to 30 rows and columns");
  }
  for (const std::vector<int>& row : rows) {
    if (row.size() != grid.w) throw std::invalid_argument(where + ": rows of different lengths");
    for (const int cell : row) {
      if (cell < 0 || cell > 9) {
        throw std::invalid_argument(fmt::format("{}: {} is no colour from 0 to 9", where, cell));
      }
      grid.cells.push_back(static_cast<i8>(cell));
    }
  }
  return grid;
}

std::vector<Pair> pairs_of(const std::vector<ExampleData>& examples, const std::string& where) {
  std::vector<Pair> pairs;
  for (std::size_t k = 0; k < examples.size(); ++k) {
    const std::string here = fmt::format("{} {}", where, k);
    Pair& pair = pairs.emplace_back();
    pair.input = grid_of(examples[k].input, here + " input");
    if (examples[k].output) pair.output = grid_of(*examples[k].output, here + " output");
  }
  return pairs;
}

// So many that a slice of them is as large as devices want it.
constexpr u64 kManyRuns = u64{1} << 40;

using Clock = std::chrono::steady_clock;

struct Submitted {
  u64 ticket = 0;
  std::string source;
  Clock::time_point since;
};

// A function on its way to a report.
struct Work {
  const Candidate* candidate = nullptr;
  FunctionReport* report = nullptr;
};

// What a worker has of its own.
class Worker {
 public:
  // Without `devices` the CPU evaluates.
  Worker(const RunOptions& options, Dsl dialect, Comparison comparison,
         const std::vector<Task>& tasks, DeviceWork* devices)
      : options_(options),
        dialect_(dialect),
        comparison_(comparison),
        tasks_(tasks),
        devices_(devices),
        shared_(options) {}

  // What devices did since the last call.
  DeviceCounts take_counts() { return std::exchange(counts_, {}); }

  std::vector<Report> evaluate(const std::vector<Submitted>& batch) {
    std::vector<Report> reports(batch.size());
    std::vector<CandidateList> lists(batch.size());
    Groups groups;
    for (std::size_t k = 0; k < batch.size(); ++k) {
      reports[k].ticket = batch[k].ticket;
      add_candidates(lists[k], batch[k].source, fmt::format("<program {}>", batch[k].ticket),
                     dialect_);
      reports[k].errors = messages_of(lists[k].errors);
      reports[k].functions.resize(lists[k].candidates.size());
      for (std::size_t f = 0; f < lists[k].candidates.size(); ++f) {
        Candidate& c = lists[k].candidates[f];
        add_identity(c);
        FunctionReport& report = reports[k].functions[f];
        report.name = c.name;
        report.fingerprint = c.identity.fingerprint.text();
        report.size = c.identity.size;
        const bool compares = comparison_ != Comparison::none && takes_compared(c.parameters);
        groups[{c.task_id, compares}].push_back({&c, &report});
      }
    }
    if (devices_ != nullptr) {
      run_on_devices(groups);
    } else {
      for (const auto& [group, works] : groups) run(group.first, group.second, works);
    }
    for (Report& report : reports) {
      for (FunctionReport& function : report.functions) note_behaviour(function);
    }
    return reports;
  }

 private:
  // Functions that have the same runs, by the task, "" for every one, and whether C is compared.
  using Groups = std::map<std::pair<std::string, bool>, std::vector<Work>>;

  void run_on_devices(const Groups& groups) {
    std::vector<Candidate> candidates;
    std::vector<FunctionReport*> reports;
    for (const auto& [group, works] : groups) {
      for (const Work& work : works) {
        candidates.push_back(*work.candidate);
        candidates.back().file_index = static_cast<u32>(reports.size());
        reports.push_back(work.report);
      }
    }
    ProgramCache programs(std::vector<u64>(candidates.size(), 0), 1,
                          [](u32) { return ProgramCache::ProgramPtr(); });
    for (const Candidate& c : candidates) programs.put(c.file_index, c.program);
    const RunPlan plan(candidates, tasks_);
    DeviceEvaluator evaluator(options_, plan, programs, *devices_);
    const u64 size = slice_size(devices_->pool(), kManyRuns);
    for (u64 first = 0; first < plan.size();) {
      BatchResult result;
      result.range = cut_device_batch(plan, first, plan.size(), size, devices_->limits().share);
      first = result.range.end;
      evaluator.evaluate(result);
      counts_.add(result.device);
      for (RunRecord& record : result.records) {
        add_run(*reports[record.candidate], tasks_[record.task].id, record);
      }
    }
  }

  void run(const std::string& id, bool compares, const std::vector<Work>& works) {
    BatchGraph graph;
    for (const Work& work : works) graph.add(*work.candidate->program, work.candidate->function);
    graph.finish();
    shared_.load(graph);
    for (const Task& task : tasks_) {
      if (!id.empty() && task.id != id) continue;
      for (const bool is_test : {false, true}) {
        const std::vector<Pair>& pairs = is_test ? task.test : task.train;
        for (u32 k = 0; k < pairs.size(); ++k) {
          const GridData* expected = pairs[k].output ? &*pairs[k].output : nullptr;
          const bool known = compares && expected != nullptr;
          const bool is_given = known && comparison_ == Comparison::expected;
          RunRecord record;
          record.is_test = is_test;
          record.index = k;
          record.compared = is_given;
          shared_.run({&pairs[k].input, &task.train, is_given ? expected : nullptr}, expected);
          add_runs(works, task.id, record);
          if (!known || comparison_ != Comparison::both) continue;
          record.compared = true;
          shared_.run_compared(expected);
          add_runs(works, task.id, record);
        }
      }
    }
  }

  // Adds what the graph's programs came to on an example.
  void add_runs(const std::vector<Work>& works, const std::string& task, const RunRecord& example) {
    RunRecord record = example;
    for (u32 w = 0; w < works.size(); ++w) {
      const bool takes = takes_compared(works[w].candidate->parameters);
      record.compared = takes ? example.compared : std::nullopt;
      record.outcome = shared_.outcome(w);
      add_run(*works[w].report, task, record);
    }
  }

  static void add_run(FunctionReport& report, const std::string& task, RunRecord& record) {
    Outcome& outcome = record.outcome;
    RunReport& run = report.runs.emplace_back();
    run.task = task;
    run.is_test = record.is_test;
    run.index = record.index;
    run.compared = record.compared;
    run.match = outcome.match;
    if (outcome.score) {
      run.score = ScoreData{outcome.score->shape, outcome.score->cells, outcome.score->palette};
    }
    if (outcome.output) run.output = outcome.output->text();
    run.result = result_of(std::move(outcome));
  }

  static void note_behaviour(FunctionReport& function) {
    Fingerprinter behaviour;
    for (const RunReport& run : function.runs) {
      if (run.output.empty()) return;
      behaviour.add(std::string_view(run.output));
    }
    if (!function.runs.empty()) function.behaviour = behaviour.take().text();
  }

  RunOptions options_;
  Dsl dialect_;
  Comparison comparison_;
  const std::vector<Task>& tasks_;
  DeviceWork* devices_;
  DeviceCounts counts_;
  GraphRunner shared_;
};

// The backend, unless devices cannot do what the options ask.
std::string backend_for(const SessionOptions& options) {
  if (options.dialect == "arc-dsl" && options.comparison == "none") return options.backend;
  if (options.backend == "cuda" || options.backend == "emulated") {
    throw std::invalid_argument(
        fmt::format("the backend '{}' is for arc-dsl and for comparison 'none'", options.backend));
  }
  return "cpu";
}

// Opens the devices of a backend; null for the CPU.
std::unique_ptr<device::DevicePool> open_pool(const std::string& backend, u32 jobs) {
  std::vector<std::unique_ptr<device::Device>> devices;
  if (backend == "emulated") {
    device::EmulatedOptions options;
    options.workers = jobs;
    devices.push_back(std::make_unique<device::EmulatedDevice>(options));
  } else if (backend == "cuda" || backend == "auto") {
    try {
      std::string driver;
      for (const device::CudaDescription& d : device::cuda_devices(driver)) {
        if (d.usable) devices.push_back(device::open_cuda_device(d.index, {}));
      }
      if (devices.empty()) devices.push_back(device::open_cuda_device(0, {}));  // says why
    } catch (const device::CudaUnavailable&) {
      if (backend == "cuda") throw;
      return nullptr;
    }
  } else if (backend == "cpu") {
    return nullptr;
  } else {
    throw std::invalid_argument(
        fmt::format("no backend is called '{}': there are cpu, emulated, cuda, auto", backend));
  }
  return std::make_unique<device::DevicePool>(std::move(devices));
}

}  // namespace

struct Session::Impl {
  std::vector<Task> tasks;
  RunOptions options;
  Dsl dialect = Dsl::arc_dsl;
  Comparison comparison = Comparison::none;
  u32 jobs = 1;
  std::unique_ptr<device::DevicePool> pool;  // null: the CPU evaluates
  std::optional<DeviceWork> device_work;
  std::size_t gather = 1;  // programs that are worth a launch
  std::chrono::milliseconds gather_time{0};

  mutable std::mutex mutex;
  DeviceCounts counts;
  std::condition_variable submitted;
  std::condition_variable finished;
  std::deque<Submitted> queue;
  std::map<u64, Report> reports;
  u64 last_ticket = 0;
  u64 next_report = 1;
  std::exception_ptr failure;
  bool closing = false;
  std::vector<std::jthread> workers;  // last, so that they end before the rest goes

  void work() {
    try {
      Worker worker(options, dialect, comparison, tasks, device_work ? &*device_work : nullptr);
      for (std::vector<Submitted> batch; take(batch);) {
        std::vector<Report> done = worker.evaluate(batch);
        give(std::move(done), worker.take_counts());
      }
    } catch (...) {
      const std::scoped_lock lock(mutex);
      failure = std::current_exception();
      finished.notify_all();
    }
  }

  // Waits for programs; false once the session closes.
  bool take(std::vector<Submitted>& batch) {
    batch.clear();
    std::unique_lock lock(mutex);
    for (;;) {
      submitted.wait(lock, [this] { return closing || !queue.empty(); });
      if (closing) return false;
      if (queue.size() >= gather || Clock::now() >= queue.front().since + gather_time) break;
      // Whoever comes first may take it all meanwhile.
      submitted.wait_until(lock, queue.front().since + gather_time);
    }
    // No worker should be without work while another has much.
    const std::size_t count = pool != nullptr
                                  ? std::min(queue.size(), gather)
                                  : std::clamp<std::size_t>(queue.size() / jobs, 1, kMostAtOnce);
    for (std::size_t k = 0; k < count; ++k) {
      batch.push_back(std::move(queue.front()));
      queue.pop_front();
    }
    return true;
  }

  void give(std::vector<Report>&& done, const DeviceCounts& did) {
    const std::scoped_lock lock(mutex);
    counts.add(did);
    for (Report& report : done) reports.emplace(report.ticket, std::move(report));
    finished.notify_all();
  }

  [[nodiscard]] bool is_ready() const {
    return failure != nullptr || (!reports.empty() && reports.begin()->first == next_report);
  }

  std::optional<Report> next() {
    if (failure != nullptr) std::rethrow_exception(failure);
    if (!is_ready()) return std::nullopt;
    std::optional<Report> report = std::move(reports.begin()->second);
    reports.erase(reports.begin());
    next_report++;
    return report;
  }

  // Whether waiting has an end.
  [[nodiscard]] bool is_due() const { return is_ready() || next_report > last_ticket; }
};

Session::Session(const std::vector<TaskData>& tasks, const SessionOptions& options)
    : impl_(std::make_unique<Impl>()) {
  std::set<std::string> ids;
  for (const TaskData& task : tasks) {
    if (!ids.insert(task.id).second) {
      throw std::invalid_argument(fmt::format("two tasks are called '{}'", task.id));
    }
    impl_->tasks.push_back({task.id, pairs_of(task.train, fmt::format("task {} train", task.id)),
                            pairs_of(task.test, fmt::format("task {} test", task.id))});
  }
  impl_->options = run_options_of(options.run);
  impl_->options.score = options.score;
  impl_->jobs = options.jobs > 0 ? options.jobs : available_cores();
  impl_->dialect = dialect_of(options.dialect);
  impl_->comparison = comparison_of(options.comparison);
  impl_->pool = open_pool(backend_for(options), impl_->jobs);
  if (impl_->pool != nullptr) {
    const std::vector<Candidate> none;
    SliceLimits limits;
    limits.cpu_when_lost = options.backend == "auto";
    impl_->device_work.emplace(*impl_->pool, RunPlan(none, impl_->tasks), limits);
    // One waits for each slot, and another lays out or reads meanwhile.
    impl_->jobs = 2 * impl_->pool->slots();
    impl_->gather_time = options.gather_time;
    u64 examples = 0;
    for (const Task& task : impl_->tasks) examples += task.train.size() + task.test.size();
    const u64 enough = slice_size(*impl_->pool, kManyRuns) / std::max<u64>(examples, 1) + 1;
    impl_->gather = options.gather_programs > 0 ? options.gather_programs : enough;
  }
  for (u32 k = 0; k < impl_->jobs; ++k) impl_->workers.emplace_back([this] { impl_->work(); });
}

Session::Session(const std::vector<TaskData>& tasks) : Session(tasks, SessionOptions()) {}

Session::~Session() {
  {
    const std::scoped_lock lock(impl_->mutex);
    impl_->closing = true;
  }
  impl_->submitted.notify_all();
}

std::uint64_t Session::submit(std::string_view source) {
  const std::scoped_lock lock(impl_->mutex);
  impl_->queue.push_back({++impl_->last_ticket, std::string(source), Clock::now()});
  impl_->submitted.notify_one();
  return impl_->last_ticket;
}

std::optional<Report> Session::poll() {
  const std::scoped_lock lock(impl_->mutex);
  return impl_->next();
}

std::optional<Report> Session::wait() {
  std::unique_lock lock(impl_->mutex);
  impl_->finished.wait(lock, [this] { return impl_->is_due(); });
  return impl_->next();
}

std::optional<Report> Session::wait_for(std::chrono::milliseconds time) {
  std::unique_lock lock(impl_->mutex);
  impl_->finished.wait_for(lock, time, [this] { return impl_->is_due(); });
  return impl_->next();
}

std::vector<std::string> Session::devices() const {
  std::vector<std::string> names;
  for (u32 k = 0; impl_->pool != nullptr && k < impl_->pool->devices(); ++k) {
    names.push_back(impl_->pool->info(k).name);
  }
  return names;
}

SessionCounts Session::counts() const {
  const std::scoped_lock lock(impl_->mutex);
  const DeviceCounts& c = impl_->counts;
  return {c.runs, c.all_left(), c.slices, c.launches, c.bytes_up, c.bytes_down};
}

std::uint64_t Session::pending() const {
  const std::scoped_lock lock(impl_->mutex);
  return impl_->last_ticket + 1 - impl_->next_report;
}

}  // namespace arcbatch::api
