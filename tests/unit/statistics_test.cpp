// Totals over runs, against sums over lists.
#include "batch/statistics.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace arcbatch {
namespace {

TEST(RunStatistics, AgreesWithSumsOverAllRuns) {
  std::minstd_rand random(4);
  for (u32 round = 0; round < 200; ++round) {
    const u32 tasks = 1 + static_cast<u32>(random() % 4);
    std::vector<u32> known;
    std::vector<u32> examples;
    for (u32 t = 0; t < tasks; ++t) {
      examples.push_back(1 + static_cast<u32>(random() % 3));
      known.push_back(static_cast<u32>(random() % (examples[t] + 1)));
    }
    const u32 candidates = 1 + static_cast<u32>(random() % 30);
    RunStatistics statistics(known, 4);
    std::vector<CandidateTotals> totals(candidates);
    std::vector<Solvers> solvers(tasks);
    u64 matched = 0;
    for (u32 c = 0; c < candidates; ++c) {
      totals[c].candidate = c;
      for (u32 t = 0; t < tasks; ++t) {
        u32 good = 0;
        for (u32 e = 0; e < examples[t]; ++e) {
          RunFacts facts;
          facts.candidate = c;
          facts.task = t;
          if (e < known[t]) facts.match = random() % 4 != 0;
          facts.seconds = static_cast<double>(random() % 1000);
          statistics.add(facts);
          totals[c].runs++;
          totals[c].seconds += facts.seconds;
          if (facts.match && *facts.match) {
            good++;
            matched++;
            totals[c].matched++;
          }
        }
        if (known[t] > 0 && good == known[t]) {
          totals[c].tasks_solved++;
          solvers[t].count++;
          if (solvers[t].first.size() < RunStatistics::kSolversListed) {
            solvers[t].first.push_back(c);
          }
        }
      }
    }
    statistics.finish();
    EXPECT_EQ(statistics.matched, matched);
    u32 solved = 0;
    for (u32 t = 0; t < tasks; ++t) {
      EXPECT_EQ(statistics.solvers(t).count, solvers[t].count);
      EXPECT_EQ(statistics.solvers(t).first, solvers[t].first);
      if (solvers[t].count > 0) solved++;
    }
    EXPECT_EQ(statistics.tasks_solved(), solved);
    EXPECT_EQ(statistics.tasks_tried(), tasks);
    const auto check_top = [&](std::vector<CandidateTotals> sorted, const auto& list, auto before) {
      std::stable_sort(sorted.begin(), sorted.end(), before);
      ASSERT_EQ(list.size(), std::min<std::size_t>(4, sorted.size()));
      for (std::size_t k = 0; k < list.size(); ++k) {
        EXPECT_EQ(list[k].candidate, sorted[k].candidate);
        EXPECT_EQ(list[k].runs, sorted[k].runs);
        EXPECT_EQ(list[k].matched, sorted[k].matched);
      }
    };
    check_top(totals, statistics.slowest(),
              [](const auto& a, const auto& b) { return a.seconds > b.seconds; });
    check_top(totals, statistics.best(), [](const auto& a, const auto& b) {
      return std::pair(a.tasks_solved, a.matched) > std::pair(b.tasks_solved, b.matched);
    });
  }
}

TEST(RunStatistics, CountsReasonsUpToABound) {
  RunStatistics statistics({0}, 1);
  for (u32 k = 0; k < 1000; ++k) {
    const std::string reason = "reason " + std::to_string(k);
    RunFacts facts;
    facts.kind = StatusKind::unsupported;
    facts.reason = reason;
    statistics.add(facts);
  }
  RunFacts error;
  error.kind = StatusKind::error;
  error.reason = "TypeError";
  statistics.add(error);
  statistics.finish();
  EXPECT_EQ(statistics.unsupported.size(), RunStatistics::kReasonsListed + 1);
  EXPECT_EQ(statistics.unsupported.at("reason 3"), 1u);
  EXPECT_EQ(statistics.unsupported.at("other reasons"), 1000 - RunStatistics::kReasonsListed);
  EXPECT_EQ(statistics.errors.at("TypeError"), 1u);
  EXPECT_EQ(statistics.by_kind[static_cast<std::size_t>(StatusKind::unsupported)], 1000u);
}

}  // namespace
}  // namespace arcbatch
