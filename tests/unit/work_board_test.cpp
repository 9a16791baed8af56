// Batches of which several workers take the examples: the outcomes are those of one worker.
#include "batch/work_board.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>

#include "batch/shared_evaluator.h"
#include "frontend/frontend.h"

namespace arcbatch {
namespace {

constexpr const char* kSource = R"(
def a(S, I, C):
    x = fill(I, THREE, ofcolor(I, ONE))
    y = apply(first, S)
    return combine(y, (x, C))
def b(S, I, C):
    x = fill(I, THREE, ofcolor(I, ONE))
    return hconcat(x, C)
def c(S, I, C):
    x = fill(I, THREE, ofcolor(I, ONE))
    return extract(x, size)
)";

GridData grid(std::uint32_t seed) {
  GridData made;
  made.h = 2 + seed % 3;
  made.w = 3;
  for (u32 k = 0; k < made.h * made.w; ++k) {
    made.cells.push_back(static_cast<std::int8_t>((seed * 7 + k * k) % 4));
  }
  return made;
}

// Three programs in one file, on tasks of several examples each.
class WorkBoardTest : public testing::Test {
 protected:
  WorkBoardTest() : programs_({1}, 1000, [](u32) { return ProgramCache::ProgramPtr(); }) {
    CompileResult compiled = compile_source(kSource, "programs.py");
    if (!compiled.ok) throw std::runtime_error("the programs do not compile");
    auto program = std::make_shared<const Program>(std::move(compiled.program));
    programs_.put(0, program);
    for (u32 k = 0; k < 3; ++k) {
      Candidate candidate;
      candidate.program = program;
      candidate.function = k;
      candidate.parameters = Parameters::s_i_c;
      candidate.name = program->functions[k].name;
      candidates_.push_back(candidate);
    }
    for (u32 t = 0; t < 9; ++t) {
      Task task;
      task.id = "t" + std::to_string(t);
      for (u32 e = 0; e < 2 + t % 3; ++e) task.train.push_back({grid(t * 10 + e), grid(t + e)});
      task.test.push_back({grid(t), t % 2 == 0 ? std::optional(grid(t + 1)) : std::nullopt});
      tasks_.push_back(task);
    }
  }

  struct Collector : BatchConsumer {
    void consume(const BatchResult& result) override {
      for (const RunRecord& r : result.records) {
        lines.push_back(std::to_string(r.run) + " " + std::to_string(r.candidate) + " " +
                        std::to_string(r.task) + (r.is_test ? " test " : " train ") +
                        std::to_string(r.index) + " " + std::to_string(r.compared.value_or(false)) +
                        " " + std::to_string(static_cast<u32>(r.outcome.status)) + " " +
                        r.outcome.value + " " + std::to_string(r.outcome.steps));
      }
      batches++;
      statements += result.statements;
    }
    bool go_on() override { return true; }
    std::vector<std::string> lines;
    u64 batches = 0;
    u64 statements = 0;
  };

  Collector run(u32 jobs, Comparison comparison, const CpuEvaluator::Finish& finish) {
    const RunPlan plan(candidates_, tasks_, comparison);
    CoordinatorOptions options;
    options.jobs = jobs;
    options.help = true;
    WorkBoard board;
    Collector collector;
    run_batches(
        {0, plan.size()}, options,
        [&plan](u64 first) { return cut_shared_batch(plan, first, plan.size(), 1u << 20); },
        [&] {
          return std::make_unique<SharedEvaluator>(RunOptions{}, plan, programs_, true, finish,
                                                   &board);
        },
        collector);
    return collector;
  }

  std::vector<Candidate> candidates_;
  std::vector<Task> tasks_;
  ProgramCache programs_;
};

// Waits until two threads have come here, for ten seconds at most.
class Meeting {
 public:
  void come() {
    std::unique_lock lock(mutex_);
    threads_.insert(std::this_thread::get_id());
    changed_.notify_all();
    changed_.wait_for(lock, std::chrono::seconds(10), [this] { return threads_.size() > 1; });
  }
  std::size_t size() const { return threads_.size(); }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::set<std::thread::id> threads_;
};

TEST_F(WorkBoardTest, WorkersTakeExamplesOfTheOnlyBatch) {
  for (const Comparison comparison : {Comparison::none, Comparison::both}) {
    const Collector alone = run(1, comparison, {});
    Meeting meeting;
    const Collector together = run(3, comparison, [&meeting](RunRecord&) { meeting.come(); });
    EXPECT_GE(meeting.size(), 2u);
    EXPECT_EQ(together.lines, alone.lines);
    EXPECT_EQ(together.statements, alone.statements);
    EXPECT_GT(alone.statements, 0u);
    EXPECT_EQ(together.batches, alone.batches);
  }
}

TEST_F(WorkBoardTest, WhatOneOfThemThrowsEndsTheBatch) {
  Meeting meeting;
  std::atomic<bool> failed = false;
  const auto finish = [&](RunRecord&) {
    meeting.come();
    if (failed.exchange(true)) return;
    throw std::runtime_error("no room");
  };
  EXPECT_THROW(run(2, Comparison::none, finish), std::runtime_error);
}

TEST(WorkBoard, OffersOnlyWhatIsLeft) {
  WorkBoard board;
  EXPECT_EQ(board.join(), nullptr);
  GraphWork work;
  work.examples.resize(2);
  board.offer(work);
  EXPECT_EQ(board.join(), &work);
  work.next = 2;
  EXPECT_EQ(board.join(), nullptr);
  std::jthread helper([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    board.leave(work, nullptr);
  });
  board.withdraw(work);
  EXPECT_EQ(work.helpers, 0u);
  EXPECT_EQ(board.join(), nullptr);
}

}  // namespace
}  // namespace arcbatch
