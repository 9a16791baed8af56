// Which functions of a file are candidates.
#include "batch/candidates.h"

#include <gtest/gtest.h>

namespace arcbatch {
namespace {

TEST(Candidates, AreTheLastFunctionsOfTheirNamesThatTakeOneArgument) {
  CandidateList list;
  add_candidates(list,
                 "def f(I):\n    return ONE\n"
                 "def solve_t1(I, n=TWO):\n    return I\n"
                 "def two(a, b):\n    return a\n"
                 "def none():\n    return ONE\n"
                 "def f(I):\n    return TWO\n",
                 "a.py");
  add_candidates(list, "def f(I:\n", "broken.py");
  add_candidates(list, "def f(I):\n    return I\n", "b.py");
  ASSERT_EQ(list.candidates.size(), 3u);
  EXPECT_EQ(list.candidates[0].name, "solve_t1");
  EXPECT_EQ(list.candidates[0].task_id, "t1");
  EXPECT_EQ(list.candidates[1].name, "f");
  EXPECT_EQ(list.candidates[1].program->functions[list.candidates[1].function].line, 9u);
  EXPECT_EQ(list.candidates[1].task_id, "");
  EXPECT_EQ(list.candidates[2].file, "b.py");
  EXPECT_EQ(list.candidates[2].file_index, 1u);
  ASSERT_EQ(list.files.size(), 2u);
  EXPECT_EQ(list.files[1].bytes, 23u);
  EXPECT_NE(list.files[0].hash, list.files[1].hash);
  EXPECT_EQ(list.bad_files, std::vector<std::string>{"broken.py"});
  ASSERT_EQ(list.skipped.size(), 2u);
  EXPECT_EQ(list.skipped[0].name, "two");
}

}  // namespace
}  // namespace arcbatch
