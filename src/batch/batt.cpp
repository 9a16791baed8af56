// Batt files on tasks, a task at a time by each of several threads.
#include "batch/batt.h"

#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>

#include "batch/batt_outcome.h"
#include "batch/outcome.h"

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

// One thread's work.
class BattWorker {
 public:
  BattWorker(const std::vector<BattFile>& files, const RunOptions& options) : files_(files) {
    for (const BattFile& file : files) {
      runners_.push_back(std::make_unique<Runner>(options));
      runners_.back()->load(*file.program);
    }
  }

  // The outcomes of all examples of a task, in the order in which they are consumed.
  void run(const Task& task, std::vector<BattOutcome>& outcomes) {
    outcomes.clear();
    for (const std::vector<Pair>* pairs : {&task.train, &task.test}) {
      for (const Pair& pair : *pairs) {
        for (const bool scored : {false, true}) {
          if (scored && !pair.output) continue;
          for (std::size_t k = 0; k < files_.size(); ++k) {
            outcomes.push_back(call_batt(*runners_[k], files_[k].function, task, pair, scored));
            if (files_.size() > 1) runners_[k]->rest();
          }
        }
      }
    }
  }

 private:
  const std::vector<BattFile>& files_;
  std::vector<std::unique_ptr<Runner>> runners_;
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

// What the threads share: tasks are claimed in order, and results wait in a ring until those
// before them are taken.
class BattPool {
 public:
  BattPool(const std::vector<BattFile>& files, const std::vector<Task>& tasks,
           const BattOptions& options)
      : files_(files), tasks_(tasks), options_(options), slots_(std::size_t{8} * options.jobs) {
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
    slot = Slot{};
    taken_++;
    lock.unlock();
    changed_.notify_all();
  }

 private:
  struct Slot {
    std::vector<BattOutcome> outcomes;
    std::exception_ptr error;
    bool finished = false;
  };

  void work() {
    std::unique_ptr<BattWorker> worker;
    for (;;) {
      std::size_t task = 0;
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] {
          return stopping_ || claimed_ == tasks_.size() || claimed_ - taken_ < slots_.size();
        });
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
      {
        const std::lock_guard lock(mutex_);
        slot.outcomes = std::move(outcomes);
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
