// The canonical order, its batches and its parts, against a list of all runs.
#include "batch/run_plan.h"

#include <gtest/gtest.h>

#include <random>

namespace arcbatch {
namespace {

struct Sample {
  std::vector<Candidate> candidates;
  std::vector<Task> tasks;
};

Sample random_sample(std::minstd_rand& random) {
  Sample sample;
  const u32 tasks = 1 + static_cast<u32>(random() % 5);
  for (u32 t = 0; t < tasks; ++t) {
    Task task;
    task.id = "t" + std::to_string(t);
    task.train.resize(1 + random() % 4);
    task.test.resize(random() % 3);
    sample.tasks.push_back(task);
  }
  const u32 candidates = static_cast<u32>(random() % 8);
  for (u32 c = 0; c < candidates; ++c) {
    Candidate candidate;
    // Some have a task that is not there, and so no runs.
    if (random() % 2 == 0) candidate.task_id = "t" + std::to_string(random() % (tasks + 2));
    sample.candidates.push_back(candidate);
  }
  return sample;
}

std::vector<RunPlan::Place> list_runs(const Sample& sample) {
  std::vector<RunPlan::Place> all;
  for (u32 c = 0; c < sample.candidates.size(); ++c) {
    for (u32 t = 0; t < sample.tasks.size(); ++t) {
      const std::string& own = sample.candidates[c].task_id;
      if (!own.empty() && own != sample.tasks[t].id) continue;
      const u64 examples = sample.tasks[t].train.size() + sample.tasks[t].test.size();
      for (u32 e = 0; e < examples; ++e) all.push_back({c, t, e});
    }
  }
  return all;
}

TEST(RunPlan, NumbersTheRunsAsAListWould) {
  std::minstd_rand random(1);
  for (u32 round = 0; round < 300; ++round) {
    const Sample sample = random_sample(random);
    const RunPlan plan(sample.candidates, sample.tasks);
    const std::vector<RunPlan::Place> all = list_runs(sample);
    ASSERT_EQ(plan.size(), all.size());
    u32 without = 0;
    for (u32 c = 0; c < sample.candidates.size(); ++c) {
      const RunRange runs = plan.runs_of(c);
      if (runs.size() == 0) without++;
      for (u64 run = runs.first; run < runs.end; ++run) ASSERT_EQ(all[run].candidate, c);
    }
    EXPECT_EQ(plan.without_task(), without);
    for (u64 run = 0; run < all.size(); ++run) {
      const RunPlan::Place place = plan.place_of(run);
      ASSERT_EQ(place.candidate, all[run].candidate);
      ASSERT_EQ(place.task, all[run].task);
      ASSERT_EQ(place.example, all[run].example);
      u64 end = run + 1;
      while (end < all.size() && all[end].example != 0) ++end;
      ASSERT_EQ(plan.pair_end(run), end);
      const Task& task = sample.tasks[place.task];
      const Pair* pair = place.example < task.train.size()
                             ? &task.train[place.example]
                             : &task.test[place.example - task.train.size()];
      ASSERT_EQ(&plan.pair_at(place), pair);
    }
  }
}

TEST(RunPlan, ComparisonsAreRunsOfTheirExample) {
  std::minstd_rand random(5);
  for (u32 round = 0; round < 300; ++round) {
    Sample sample = random_sample(random);
    for (Candidate& c : sample.candidates) {
      c.parameters = std::vector{Parameters::i, Parameters::s_i_c, Parameters::batt}[random() % 3];
    }
    for (Task& task : sample.tasks) {
      for (Pair& pair : task.train) {
        if (random() % 3 != 0) pair.output = pair.input;
      }
    }
    for (const Comparison how : {Comparison::expected, Comparison::both}) {
      const RunPlan plan(sample.candidates, sample.tasks, how);
      std::vector<RunPlan::Place> all;
      for (const RunPlan::Place& place : list_runs(sample)) {
        const bool takes = takes_compared(sample.candidates[place.candidate].parameters);
        const bool known = takes && plan.pair_at(place).output.has_value();
        if (!known || how == Comparison::both) all.push_back(place);
        if (known) all.push_back({place.candidate, place.task, place.example, 0, true});
      }
      ASSERT_EQ(plan.size(), all.size());
      for (u64 run = 0; run < all.size(); ++run) {
        const RunPlan::Place place = plan.place_of(run);
        ASSERT_EQ(place.candidate, all[run].candidate);
        ASSERT_EQ(place.task, all[run].task);
        ASSERT_EQ(place.example, all[run].example);
        ASSERT_EQ(place.compared, all[run].compared);
        const u64 end = plan.pair_end(run);
        const u64 first = run - place.within;
        ASSERT_TRUE(first == 0 || plan.pair_end(first - 1) == first);
        ASSERT_EQ(plan.place_of(first).within, 0u);
        if (run + 1 == end) continue;
        const RunPlan::Place next = plan.after(place);
        const RunPlan::Place found = plan.place_of(run + 1);
        ASSERT_EQ(next.task, found.task);
        ASSERT_EQ(next.example, found.example);
        ASSERT_EQ(next.within, found.within);
        ASSERT_EQ(next.compared, found.compared);
      }
      const RunRange half = plan.part(0, 2);
      ASSERT_TRUE(half.end == plan.size() || plan.place_of(half.end).within == 0);
    }
  }
}

TEST(RunPlan, PartsOfWholePairsAreEverythingOnce) {
  std::minstd_rand random(2);
  for (u32 round = 0; round < 200; ++round) {
    const Sample sample = random_sample(random);
    const RunPlan plan(sample.candidates, sample.tasks);
    for (const u64 count : {1u, 2u, 3u, 7u, 100u}) {
      u64 at = 0;
      for (u64 k = 0; k < count; ++k) {
        const RunRange part = plan.part(k, count);
        ASSERT_EQ(part.first, at);
        ASSERT_LE(part.first, part.end);
        if (part.end < plan.size()) {
          ASSERT_EQ(plan.place_of(part.end).example, 0u);
        }
        at = part.end;
      }
      ASSERT_EQ(at, plan.size());
    }
  }
}

TEST(CutBatch, CoversTheRunsAndKeepsPairsTogetherWhereItCan) {
  std::minstd_rand random(3);
  for (u32 round = 0; round < 200; ++round) {
    const Sample sample = random_sample(random);
    const RunPlan plan(sample.candidates, sample.tasks);
    for (const u64 size : {1u, 2u, 5u, 7u, 1000u}) {
      for (u64 at = 0; at < plan.size();) {
        const RunRange batch = cut_batch(plan, at, plan.size(), size);
        ASSERT_EQ(batch.first, at);
        ASSERT_GT(batch.size(), 0u);
        ASSERT_LE(batch.size(), size);
        // A batch splits a pair only where the pair began with it.
        if (batch.end < plan.size() && plan.place_of(batch.end).example != 0) {
          ASSERT_GE(plan.pair_end(at), batch.end);
        }
        at = batch.end;
      }
    }
  }
}

}  // namespace
}  // namespace arcbatch
