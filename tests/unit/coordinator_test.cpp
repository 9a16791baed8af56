// The coordinator with evaluators that compute nothing: order, back-pressure, endings, failures.
#include "batch/coordinator.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <random>
#include <set>
#include <stdexcept>
#include <thread>

namespace arcbatch {
namespace {

using std::chrono::milliseconds;

// Does to a batch what a test wants; by default one record a run.
class Scripted : public BatchEvaluator {
 public:
  using Action = std::function<void(BatchResult&)>;
  explicit Scripted(Action action) : action_(std::move(action)) {}
  void evaluate(BatchResult& result) override {
    if (action_) action_(result);
    for (u64 run = result.range.first; run < result.range.end; ++run) {
      result.records.emplace_back().run = run;
    }
  }

 private:
  Action action_;
};

EvaluatorFactory scripted(Scripted::Action action) {
  return [action] { return std::make_unique<Scripted>(action); };
}

class Collector : public BatchConsumer {
 public:
  void consume(const BatchResult& result) override {
    if (on_consume) on_consume(result);
    for (const RunRecord& record : result.records) seen.push_back(record.run);
    batches++;
  }
  bool go_on() override { return !keep_on || keep_on(); }

  std::function<void(const BatchResult&)> on_consume;
  std::function<bool()> keep_on;
  std::vector<u64> seen;
  u64 batches = 0;
};

BatchCutter by(u64 size, u64 end) {
  return [size, end](u64 first) { return RunRange{first, std::min(first + size, end)}; };
}

CoordinatorOptions with_jobs(u32 jobs, u64 window = 64) {
  CoordinatorOptions options;
  options.jobs = jobs;
  options.window_batches = window;
  return options;
}

std::vector<u64> numbers(u64 first, u64 end) {
  std::vector<u64> all;
  for (u64 k = first; k < end; ++k) all.push_back(k);
  return all;
}

// Waits until `condition` holds, but not forever. Returns whether it does.
bool eventually(const std::function<bool()>& condition) {
  for (u32 k = 0; k < 5000; ++k) {
    if (condition()) return true;
    std::this_thread::sleep_for(milliseconds(1));
  }
  return false;
}

TEST(Coordinator, DeliversInOrderForAnyWorkersAndSizes) {
  const RunRange work{5, 505};
  for (const u32 jobs : {1u, 2u, 3u, 8u}) {
    for (const u64 size : {1u, 7u, 1000u}) {
      for (const u64 window : {1u, 3u, 64u}) {
        const auto sleep = [](BatchResult& result) {
          std::minstd_rand random(static_cast<u32>(result.range.first) + 1);
          if (random() % 4 == 0) std::this_thread::sleep_for(std::chrono::microseconds(200));
        };
        Collector collector;
        const u64 runs = run_batches(work, with_jobs(jobs, window), by(size, work.end),
                                     scripted(sleep), collector);
        EXPECT_EQ(runs, work.size());
        ASSERT_EQ(collector.seen, numbers(work.first, work.end)) << jobs << " " << size;
        EXPECT_EQ(collector.batches, (work.size() + size - 1) / size);
      }
    }
  }
}

TEST(Coordinator, HasNothingToDoForNoRuns) {
  Collector collector;
  EXPECT_EQ(run_batches({3, 3}, with_jobs(2), by(1, 3), scripted({}), collector), 0u);
  EXPECT_EQ(collector.batches, 0u);
}

TEST(Coordinator, GivesEveryWorkerAnEvaluatorOfItsOwn) {
  // No worker ends its first batch before all four are in one.
  std::atomic<u32> inside = 0;
  std::mutex mutex;
  std::set<std::thread::id> threads;
  std::atomic<u32> made = 0;
  const EvaluatorFactory factory = [&] {
    made++;
    return std::make_unique<Scripted>([&](BatchResult&) {
      inside++;
      {
        const std::lock_guard lock(mutex);
        threads.insert(std::this_thread::get_id());
      }
      EXPECT_TRUE(eventually([&] { return inside >= 4; }));
    });
  };
  Collector collector;
  run_batches({0, 40}, with_jobs(4), by(1, 40), factory, collector);
  EXPECT_EQ(made, 4u);
  EXPECT_EQ(threads.size(), 4u);
  EXPECT_EQ(threads.count(std::this_thread::get_id()), 0u);
}

TEST(Coordinator, WaitsForASlowFirstBatchWithABoundedNumberOfResults) {
  constexpr u64 kWindow = 6;
  std::atomic<u64> begun = 0;
  std::atomic<bool> release = false;
  const auto action = [&](BatchResult& result) {
    begun++;
    if (result.range.first != 0) return;
    // The other worker fills the window and goes no further.
    EXPECT_TRUE(eventually([&] { return begun >= kWindow; }));
    std::this_thread::sleep_for(milliseconds(50));
    EXPECT_EQ(begun, kWindow);
    release = true;
  };
  Collector collector;
  collector.on_consume = [&](const BatchResult&) { EXPECT_TRUE(release); };
  run_batches({0, 100}, with_jobs(2, kWindow), by(1, 100), scripted(action), collector);
  EXPECT_EQ(begun, 100u);
  EXPECT_EQ(collector.seen, numbers(0, 100));
}

TEST(Coordinator, WaitsForASlowConsumer) {
  constexpr u64 kWindow = 4;
  std::atomic<u64> begun = 0;
  u64 most_ahead = 0;
  Collector collector;
  collector.on_consume = [&](const BatchResult& result) {
    std::this_thread::sleep_for(milliseconds(2));
    most_ahead = std::max(most_ahead, begun - result.range.first);
  };
  const auto action = [&](BatchResult&) { begun++; };
  run_batches({0, 60}, with_jobs(3, kWindow), by(1, 60), scripted(action), collector);
  // Those in the window and the one being consumed.
  EXPECT_LE(most_ahead, kWindow + 1);
  EXPECT_GT(most_ahead, 1u);
}

TEST(Coordinator, BoundsTheBytesOfFinishedResults) {
  constexpr u64 kBytes = 1 << 16;
  std::atomic<u64> begun = 0;
  const auto action = [&](BatchResult& result) {
    begun++;
    result.records.emplace_back().outcome.value.assign(kBytes, 'x');
    if (result.range.first != 0) return;
    EXPECT_TRUE(eventually([&] { return begun >= 3; }));
    std::this_thread::sleep_for(milliseconds(50));
    // The first, and two of the other worker: after them the bound is passed.
    EXPECT_EQ(begun, 3u);
  };
  CoordinatorOptions options = with_jobs(2, 1000);
  options.window_bytes = kBytes + kBytes / 2;
  Collector collector;
  EXPECT_EQ(run_batches({0, 20}, options, by(1, 20), scripted(action), collector), 20u);
  EXPECT_EQ(begun, 20u);
}

TEST(Coordinator, FinishesWhatWasBegunWhenAskedToStop) {
  std::atomic<u64> begun = 0;
  const auto action = [&](BatchResult& result) {
    begun += result.range.size();
    std::this_thread::sleep_for(milliseconds(1));
  };
  Collector collector;
  collector.keep_on = [&] { return collector.batches < 5; };
  const u64 runs =
      run_batches({0, 100000}, with_jobs(3), by(2, 100000), scripted(action), collector);
  EXPECT_EQ(runs, begun);
  EXPECT_GE(runs, 10u);
  EXPECT_LT(runs, 1000u);
  EXPECT_EQ(collector.seen, numbers(0, runs));
}

TEST(Coordinator, AsksTheConsumerWhileABatchTakesLong) {
  u64 asked = 0;
  Collector collector;
  collector.keep_on = [&] {
    asked++;
    return true;
  };
  const auto action = [](BatchResult&) { std::this_thread::sleep_for(milliseconds(500)); };
  run_batches({0, 1}, with_jobs(1), by(1, 1), scripted(action), collector);
  EXPECT_GE(asked, 4u);
}

TEST(Coordinator, ThrowsWhatAnEvaluatorThrowsAfterTheBatchesBefore) {
  const auto action = [](BatchResult& result) {
    if (result.range.first == 30) throw std::runtime_error("batch 30");
  };
  Collector collector;
  try {
    run_batches({0, 1000}, with_jobs(3, 8), by(1, 1000), scripted(action), collector);
    FAIL();
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "batch 30");
  }
  EXPECT_EQ(collector.seen, numbers(0, 30));
}

TEST(Coordinator, ThrowsWhatTheFactoryThrows) {
  const EvaluatorFactory factory = []() -> std::unique_ptr<BatchEvaluator> {
    throw std::runtime_error("no evaluator");
  };
  Collector collector;
  EXPECT_THROW(run_batches({0, 10}, with_jobs(2), by(1, 10), factory, collector),
               std::runtime_error);
  EXPECT_EQ(collector.batches, 0u);
}

TEST(Coordinator, EndsWithWhatTheConsumerThrows) {
  Collector collector;
  collector.on_consume = [](const BatchResult& result) {
    if (result.range.first == 10) throw std::runtime_error("disk full");
  };
  std::atomic<u64> begun = 0;
  const auto action = [&](BatchResult&) { begun++; };
  EXPECT_THROW(
      run_batches({0, 100000}, with_jobs(3, 4), by(1, 100000), scripted(action), collector),
      std::runtime_error);
  EXPECT_EQ(collector.seen, numbers(0, 10));
  EXPECT_LT(begun, 100u);
}

}  // namespace
}  // namespace arcbatch
