// Which programs are selected, and which predictions a submission keeps.
#include "batch/selection.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace arcbatch {
namespace {

SelectionFacts training(u32 candidate, u32 task, bool matched) {
  return {.candidate = candidate, .task = task, .matched = matched};
}

SelectionFacts testing(u32 candidate, u32 task, u32 index, std::string_view prediction) {
  return {.candidate = candidate,
          .task = task,
          .is_test = true,
          .index = index,
          .prediction = prediction};
}

TEST(Selector, TakesWhatMatchesEveryTrainingPair) {
  Selector selector;
  EXPECT_FALSE(selector.add(training(0, 0, true)));
  EXPECT_FALSE(selector.add(training(0, 0, true)));
  EXPECT_FALSE(selector.add(testing(0, 0, 0, "[[1]]")));
  EXPECT_FALSE(selector.add(testing(0, 0, 1, "")));
  const auto first = selector.add(training(0, 1, true));
  ASSERT_TRUE(first);
  EXPECT_EQ(first->candidate, 0u);
  EXPECT_EQ(first->task, 0u);
  EXPECT_EQ(first->predictions, (std::vector<std::string>{"[[1]]", ""}));
  EXPECT_FALSE(selector.add(training(0, 1, false)));
  EXPECT_FALSE(selector.add(testing(0, 1, 0, "[[2]]")));
  EXPECT_FALSE(selector.add(testing(1, 0, 0, "[[3]]"))) << "a training pair was missed";
  EXPECT_FALSE(selector.add(training(2, 0, true))) << "there was no training pair";
  const auto last = selector.finish();
  ASSERT_TRUE(last);
  EXPECT_EQ(last->candidate, 2u);
  EXPECT_TRUE(last->predictions.empty());
  EXPECT_FALSE(selector.finish());
}

TEST(Submission, KeepsTheBestTwoDifferentPredictions) {
  const auto identity = [](u64 size, u64 low) { return Identity{{0, low}, size}; };
  std::vector<std::pair<Identity, Selected>> programs = {
      {identity(5, 1), {0, 0, {"[[5]]"}}}, {identity(3, 2), {1, 0, {"[[3]]"}}},
      {identity(3, 1), {2, 0, {"[[4]]"}}}, {identity(9, 1), {3, 0, {"[[4]]"}}},
      {identity(2, 9), {4, 0, {"[[5]]"}}}, {identity(1, 1), {5, 0, {""}}}};
  for (int turn = 0; turn < 6; ++turn) {
    Submission submission;
    submission.add_task("a", 2);
    submission.add_task("b\"", 1);
    for (const auto& [program, selected] : programs) submission.add("a", program, selected);
    EXPECT_EQ(submission.json(),
              "{\n\"a\": [{\"attempt_1\": [[5]], \"attempt_2\": [[4]]}, "
              "{\"attempt_1\": [[0]], \"attempt_2\": [[0]]}],\n"
              "\"b\\\"\": [{\"attempt_1\": [[0]], \"attempt_2\": [[0]]}]\n}\n");
    EXPECT_EQ(submission.predicted(), 1u);
    std::rotate(programs.begin(), programs.begin() + 1, programs.end());
  }
}

}  // namespace
}  // namespace arcbatch
