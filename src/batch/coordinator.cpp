// The pool: batches are claimed in order and may end in any; a ring of slots puts them in order
// again. The batch that the consumer waits for has always been claimed already, so waiting for
// room cannot block it.
#include "batch/coordinator.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>

namespace arcbatch {
namespace {

constexpr std::chrono::milliseconds kPollInterval(50);
constexpr std::chrono::milliseconds kHelpInterval(5);  // between looks for somebody to help

// A batch from its claim until the consumer takes it.
struct Slot {
  bool finished = false;
  BatchResult result;
  u64 bytes = 0;
  std::exception_ptr error;  // what the evaluator threw instead of a result
};

class Pool {
 public:
  Pool(RunRange work, const CoordinatorOptions& options, const BatchCutter& cut,
       const EvaluatorFactory& make_evaluator)
      : next_run_(work.first),
        end_(work.end),
        window_bytes_(options.window_bytes),
        help_(options.help && options.jobs > 1),
        cut_(cut),
        make_evaluator_(make_evaluator),
        slots_(std::max<u64>(options.window_batches, options.jobs)) {
    workers_.reserve(options.jobs);
    try {
      for (u32 k = 0; k < options.jobs; ++k) workers_.emplace_back([this] { work_loop(); });
    } catch (...) {
      stop();
      throw;
    }
  }
  // Waits for the batches that are being evaluated.
  ~Pool() { stop(); }
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // Lets no further batch begin.
  void stop() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    room_.notify_all();
  }

  // Waits for the next batch in order, but no longer than kPollInterval. Returns whether it was
  // taken; throws what its evaluator threw.
  bool take(BatchResult& result) {
    std::unique_lock lock(mutex_);
    Slot& slot = slots_[taken_ % slots_.size()];
    if (!ready_.wait_for(lock, kPollInterval, [&] { return slot.finished || idle(); })) {
      return false;
    }
    if (!slot.finished) return false;
    if (slot.error) std::rethrow_exception(slot.error);
    result = std::move(slot.result);
    bytes_ -= slot.bytes;
    slot = Slot{};
    taken_++;
    lock.unlock();
    room_.notify_all();
    return true;
  }

  // Whether all that was or will be claimed has been taken.
  bool done() {
    const std::lock_guard lock(mutex_);
    return idle();
  }

 private:
  [[nodiscard]] bool idle() const { return taken_ == claimed_ && (stopping_ || next_run_ == end_); }
  [[nodiscard]] bool may_claim() const {
    return claimed_ - taken_ < slots_.size() && (bytes_ < window_bytes_ || claimed_ == taken_);
  }

  [[nodiscard]] bool ends() const { return stopping_ || next_run_ == end_; }

  // Waits for room and claims the next batch. Returns its slot, or nullptr if there is no more.
  Slot* claim(std::unique_ptr<BatchEvaluator>& evaluator) {
    std::unique_lock lock(mutex_);
    const auto is_over = [this] { return ends() && (!help_ || working_ == 0); };
    while (!is_over() && (ends() || !may_claim())) {
      if (!help_) {
        room_.wait(lock);
        continue;
      }
      lock.unlock();
      const bool helped = help_others(evaluator);
      lock.lock();
      if (!helped && !is_over()) room_.wait_for(lock, kHelpInterval);
    }
    if (ends()) {
      ready_.notify_one();
      return nullptr;
    }
    Slot* slot = &slots_[claimed_ % slots_.size()];
    slot->result.range = cut_(next_run_);
    next_run_ = slot->result.range.end;
    claimed_++;
    working_++;
    return slot;
  }

  bool help_others(std::unique_ptr<BatchEvaluator>& evaluator) {
    if (!evaluator) {
      try {
        evaluator = make_evaluator_();
      } catch (...) {
        return false;  // it is nobody's batch that fails
      }
    }
    return evaluator->help();
  }

  void work_loop() {
    std::unique_ptr<BatchEvaluator> evaluator;
    while (Slot* slot = claim(evaluator)) {
      // The slot is this thread's alone until `finished` is set.
      try {
        if (!evaluator) evaluator = make_evaluator_();
        evaluator->evaluate(slot->result);
      } catch (...) {
        slot->error = std::current_exception();
      }
      const u64 bytes = slot->result.bytes();
      const bool failed = slot->error != nullptr;
      {
        const std::lock_guard lock(mutex_);
        slot->bytes = bytes;
        bytes_ += bytes;
        slot->finished = true;
        working_--;
        if (failed) stopping_ = true;
      }
      ready_.notify_one();
      if (failed || help_) room_.notify_all();
    }
  }

  std::mutex mutex_;
  std::condition_variable ready_;  // the consumer waits: a batch was finished, or none will come
  std::condition_variable room_;   // workers wait: a slot is free, or the work ends
  u64 next_run_;                   // first run that is not claimed
  u64 end_;
  u64 window_bytes_;
  bool help_;
  const BatchCutter& cut_;
  const EvaluatorFactory& make_evaluator_;
  u64 claimed_ = 0;  // batches
  u64 working_ = 0;  // batches that are being evaluated
  u64 taken_ = 0;    // batches
  u64 bytes_ = 0;    // held by finished slots
  bool stopping_ = false;
  std::vector<Slot> slots_;
  std::vector<std::jthread> workers_;  // last: joined before what they use goes
};

}  // namespace

u64 BatchResult::bytes() const {
  u64 total = records.capacity() * sizeof(RunRecord);
  for (const RunRecord& r : records) {
    total += r.outcome.value.size() + r.outcome.statement.size() + r.outcome.reason.size() +
             r.line.size() + r.prediction.size();
  }
  return total;
}

u64 run_batches(RunRange work, const CoordinatorOptions& options, const BatchCutter& cut,
                const EvaluatorFactory& make_evaluator, BatchConsumer& consumer) {
  if (work.size() == 0) return 0;
  u64 consumed = 0;
  Pool pool(work, options, cut, make_evaluator);
  while (!pool.done()) {
    BatchResult result;
    if (pool.take(result)) {
      consumer.consume(result);
      consumed += result.range.size();
    }
    if (!consumer.go_on()) pool.stop();
  }
  return consumed;
}

u32 available_cores() { return std::max(1u, std::thread::hardware_concurrency()); }

}  // namespace arcbatch
