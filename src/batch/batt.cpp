// Batt files on tasks, a task at a time by each of several threads.
#include "batch/batt.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include "backend/cpu/batt_executor.h"
#include "batch/batt_outcome.h"
#include "batch/outcome.h"
#include "values/build.h"

namespace arcbatch {
namespace {

// One call batt(task_id, S, I, C, log_path), of which the first and the last are None here.
BattOutcome call_batt(Runner& runner, u32 function, const Task& task, const Pair& pair,
                      bool scored) {
  runner.begin();
  Ctx& ctx = runner.ctx();
  Value args[5] = {Value::none(), Value{}, Value{}, Value::none(), Value::none()};
  Value expected;
  Value out;
  BattOutcome outcome;
  outcome.status = pairs_value(ctx, task.train, args[1]);
  if (outcome.status == Status::ok) outcome.status = grid_value(ctx, pair.input, args[2]);
  if (outcome.status == Status::ok && pair.output) {
    outcome.status = grid_value(ctx, *pair.output, expected);
  }
  if (scored) args[3] = expected;
  if (outcome.status == Status::ok) outcome.status = runner.run(function, args, 5, out);
  if (outcome.status == Status::ok) {
    read_batt_result(ctx, out, pair.output ? &expected : nullptr, outcome);
    return outcome;
  }
  outcome.reason = runner.refusal().empty() ? status_name(outcome.status) : runner.refusal();
  if (const Statement* s = runner.error_statement(); s != nullptr) outcome.line = s->line;
  return outcome;
}

// One thread's work. Functions that have a plan share what they work out; the others, and runs that
// the plans leave, run alone.
class BattWorker {
 public:
  BattWorker(const std::vector<BattFile>& files, const RunOptions& options)
      : files_(files), options_(options), executor_(options) {
    for (const BattFile& file : files) {
      plans_.emplace_back();
      // Alone are the oracle, and what has a time of its own.
      if (options.path == KernelPath::generic || options.max_seconds > 0) continue;
      if (std::optional<BattPlan> plan = plan_batt(*file.program, file.function)) {
        plans_.back() = executor_.add(*file.program, std::move(*plan));
      }
    }
    runners_.resize(files.size());
  }

  // The outcomes of all examples of a task, in the order in which they are consumed.
  void run(const Task& task, std::vector<BattOutcome>& outcomes) {
    outcomes.clear();
    task_ = &task;
    has_samples_ = false;
    struct Seen {
      const Pair* pair;
      std::size_t first;
      std::size_t count;
    };
    std::vector<Seen> seen;
    for (const std::vector<Pair>* pairs : {&task.train, &task.test}) {
      for (const Pair& pair : *pairs) {
        const auto known = std::find_if(seen.begin(), seen.end(), [&pair](const Seen& other) {
          return other.pair->input == pair.input && other.pair->output == pair.output;
        });
        const std::size_t first = outcomes.size();
        if (known != seen.end()) {
          for (std::size_t k = 0; k < known->count; ++k) {
            outcomes.push_back(BattOutcome(outcomes[known->first + k]));
            outcomes.back().seconds = 0;
          }
        } else {
          run_example(pair, outcomes);
        }
        seen.push_back(Seen{&pair, first, outcomes.size() - first});
      }
    }
  }

 private:
  void run_example(const Pair& pair, std::vector<BattOutcome>& outcomes) {
    using Clock = std::chrono::steady_clock;
    Clock::time_point started = Clock::now();
    Value expected = Value::none();
    const bool ready = open_example(pair, expected) == Status::ok;
    for (const bool scored : {false, true}) {
      if (scored && !pair.output) continue;
      executor_.set_compared(scored ? expected : Value::none());
      for (std::size_t k = 0; k < files_.size(); ++k) {
        BattOutcome& outcome = outcomes.emplace_back();
        if (!ready || !plans_[k] || !run_plan(*plans_[k], pair, expected, outcome)) {
          outcome = run_alone(k, pair, scored);
        }
        const Clock::time_point ended = Clock::now();
        outcome.seconds = std::chrono::duration<double>(ended - started).count();
        started = ended;
      }
    }
  }

  Status canonical_grid(const GridData& grid, Value& out) {
    ARC_TRY(grid_value(executor_.ctx(), grid, out));
    return executor_.canonical(out, out);
  }

  // Makes the values of an example, and those of its task where there are none.
  Status open_example(const Pair& pair, Value& expected) {
    if (executor_.restart_is_due()) {
      executor_.restart();
      has_samples_ = false;
    }
    reader_.clear();
    Ctx& ctx = executor_.ctx();
    if (!has_samples_) {
      std::vector<Value> items;
      for (const Pair& sample : task_->train) {
        if (!sample.output) continue;
        Value parts[2];
        ARC_TRY(canonical_grid(sample.input, parts[0]));
        ARC_TRY(canonical_grid(*sample.output, parts[1]));
        ARC_TRY(make_tuple(ctx, parts, 2, items.emplace_back()));
      }
      Value samples;
      ARC_TRY(make_tuple(ctx, items.data(), items.size(), samples));
      executor_.set_samples(samples);
      has_samples_ = true;
    }
    Value input;
    ARC_TRY(canonical_grid(pair.input, input));
    executor_.set_input(input);
    return pair.output ? canonical_grid(*pair.output, expected) : Status::ok;
  }

  // Whether the plan came to the run's end.
  bool run_plan(u32 plan, const Pair& pair, const Value& expected, BattOutcome& outcome) {
    outcome.status = executor_.run(plan);
    if (outcome.status == Status::resource_memory) return false;
    if (outcome.status != Status::ok) {
      outcome.reason = status_name(outcome.status);
      outcome.line = executor_.error_line();
      return true;
    }
    Ctx& ctx = executor_.ctx();
    ctx.steps = static_cast<i64>(options_.limits.steps);
    ctx.bytes = static_cast<i64>(options_.limits.bytes);
    if (pair.output) outcome.matches.emplace();
    for (const BattExecutor::Appended& appended : executor_.appended()) {
      BattEntry& entry = (appended.list == 0 ? outcome.o : outcome.s).emplace_back();
      const bool compared = pair.output && appended.list == 0;
      reader_.read(ctx, appended.item, entry, expected, compared ? &*outcome.matches : nullptr);
    }
    return true;
  }

  BattOutcome run_alone(std::size_t file, const Pair& pair, bool scored) {
    std::unique_ptr<Runner>& runner = runners_[file];
    if (!runner) {
      runner = std::make_unique<Runner>(options_);
      runner->load(*files_[file].program);
    }
    BattOutcome outcome = call_batt(*runner, files_[file].function, *task_, pair, scored);
    runner->rest();
    return outcome;
  }

  const std::vector<BattFile>& files_;
  const RunOptions& options_;
  BattExecutor executor_;
  BattReader reader_;
  std::vector<std::optional<u32>> plans_;         // by file
  std::vector<std::unique_ptr<Runner>> runners_;  // by file, once one runs alone
  const Task* task_ = nullptr;
  bool has_samples_ = false;
};

void consume_task(const std::vector<BattFile>& files, const std::vector<Task>& tasks, u32 number,
                  const std::vector<BattOutcome>& outcomes,
                  const std::function<void(const BattRun&)>& consume) {
  const Task& task = tasks[number];
  std::size_t at = 0;
  for (const bool is_demo : {true, false}) {
    const std::vector<Pair>& pairs = is_demo ? task.train : task.test;
    for (u32 k = 0; k < pairs.size(); ++k) {
      for (const bool scored : {false, true}) {
        if (scored && !pairs[k].output) continue;
        for (u32 file = 0; file < files.size(); ++file) {
          consume(BattRun{file, number, is_demo, k, scored, outcomes[at++]});
        }
      }
    }
  }
}

// About how much memory outcomes take.
u64 held_by(const std::vector<BattOutcome>& outcomes) {
  u64 bytes = 0;
  for (const BattOutcome& outcome : outcomes) {
    for (const std::vector<BattEntry>* entries : {&outcome.o, &outcome.s}) {
      for (const BattEntry& entry : *entries) {
        bytes += sizeof(entry) + entry.items.size() * sizeof(BattItem);
        for (const BattItem& item : entry.items) bytes += item.text.size();
      }
    }
  }
  return bytes;
}

// What the threads share: tasks are claimed in order, and results wait in a ring until those
// before them are taken.
class BattPool {
 public:
  BattPool(const std::vector<BattFile>& files, const std::vector<Task>& tasks,
           const BattOptions& options)
      : files_(files), tasks_(tasks), options_(options), slots_(kMostAhead * options.jobs) {
    for (u32 k = 0; k < options.jobs; ++k) workers_.emplace_back([this] { work(); });
  }
  ~BattPool() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
  }
  BattPool(const BattPool&) = delete;
  BattPool& operator=(const BattPool&) = delete;

  // Waits for the next task's outcomes.
  void take(std::vector<BattOutcome>& outcomes) {
    std::unique_lock lock(mutex_);
    Slot& slot = slots_[taken_ % slots_.size()];
    changed_.wait(lock, [&slot] { return slot.finished; });
    if (slot.error) std::rethrow_exception(slot.error);
    outcomes = std::move(slot.outcomes);
    held_ -= slot.bytes;
    slot = Slot{};
    taken_++;
    lock.unlock();
    changed_.notify_all();
  }

 private:
  // One task may take as long as hundreds of others, which all may go on meanwhile: this many for
  // each thread, as long as their outcomes are not too much; a few always.
  static constexpr std::size_t kMostAhead = 1024;
  static constexpr std::size_t kFewAhead = 8;
  static constexpr u64 kMostHeld = u64{256} << 20;

  struct Slot {
    std::vector<BattOutcome> outcomes;
    u64 bytes = 0;
    std::exception_ptr error;
    bool finished = false;
  };

  [[nodiscard]] bool may_claim() const {
    const std::size_t ahead = claimed_ - taken_;
    return ahead < kFewAhead * options_.jobs || (ahead < slots_.size() && held_ < kMostHeld);
  }

  void work() {
    std::unique_ptr<BattWorker> worker;
    for (;;) {
      std::size_t task = 0;
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock,
                      [this] { return stopping_ || claimed_ == tasks_.size() || may_claim(); });
        if (stopping_ || claimed_ == tasks_.size()) return;
        task = claimed_++;
      }
      Slot& slot = slots_[task % slots_.size()];  // this thread's alone until it is finished
      std::exception_ptr error;
      std::vector<BattOutcome> outcomes;
      try {
        if (!worker) worker = std::make_unique<BattWorker>(files_, options_.run);
        worker->run(tasks_[task], outcomes);
      } catch (...) {
        error = std::current_exception();
      }
      const u64 bytes = held_by(outcomes);
      {
        const std::lock_guard lock(mutex_);
        slot.outcomes = std::move(outcomes);
        slot.bytes = bytes;
        held_ += bytes;
        slot.error = error;
        slot.finished = true;
      }
      changed_.notify_all();
    }
  }

  const std::vector<BattFile>& files_;
  const std::vector<Task>& tasks_;
  const BattOptions& options_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t claimed_ = 0;
  std::size_t taken_ = 0;
  u64 held_ = 0;  // by outcomes that wait
  bool stopping_ = false;
  std::vector<Slot> slots_;
  std::vector<std::jthread> workers_;  // last: joined before what they use goes
};

}  // namespace

void run_batt(const std::vector<BattFile>& files, const std::vector<Task>& tasks,
              const BattOptions& options, const std::function<void(const BattRun&)>& consume) {
  std::vector<BattOutcome> outcomes;
  if (options.jobs <= 1) {
    BattWorker worker(files, options.run);
    for (u32 k = 0; k < tasks.size(); ++k) {
      worker.run(tasks[k], outcomes);
      consume_task(files, tasks, k, outcomes, consume);
    }
    return;
  }
  BattPool pool(files, tasks, options);
  for (u32 k = 0; k < tasks.size(); ++k) {
    pool.take(outcomes);
    consume_task(files, tasks, k, outcomes, consume);
  }
}

}  // namespace arcbatch
