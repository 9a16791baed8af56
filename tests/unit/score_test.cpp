// Scores of outputs near and far from the expected grid.
#include "batch/score.h"

#include <gtest/gtest.h>

#include "batch/outcome.h"

namespace arcbatch {
namespace {

class ScoreTest : public ::testing::Test {
 protected:
  void SetUp() override { ctx_.start(&arena_, Limits{}); }

  Score score(const GridData& output, const GridData& expected) {
    Value v;
    EXPECT_EQ(grid_value(ctx_, output, v), Status::ok);
    return score_value(v, expected);
  }
  Score score_value(const Value& v, const GridData& expected) {
    Score s;
    EXPECT_EQ(score_output(ctx_, v, expected, s), Status::ok);
    return s;
  }

  Arena arena_;
  Ctx ctx_;
};

const GridData kExpected = {2, 3, {0, 1, 2, 0, 0, 1}};

TEST_F(ScoreTest, EqualGridsScoreOne) {
  const Score s = score(kExpected, kExpected);
  EXPECT_EQ(s.shape, 1);
  EXPECT_EQ(s.cells, 1);
  EXPECT_EQ(s.palette, 1);
  EXPECT_EQ(s.total(), 1);
}

TEST_F(ScoreTest, OneCellOff) {
  const Score s = score({2, 3, {0, 1, 2, 0, 0, 7}}, kExpected);
  EXPECT_EQ(s.shape, 1);
  EXPECT_DOUBLE_EQ(s.cells, 5.0 / 6);
  EXPECT_DOUBLE_EQ(s.palette, 3.0 / 4);
}

TEST_F(ScoreTest, CellsOutsideOfEitherCount) {
  const Score s = score({4, 3, {0, 1, 2, 0, 0, 1, 0, 0, 0, 0, 0, 0}}, kExpected);
  EXPECT_DOUBLE_EQ(s.shape, 0.5);
  EXPECT_DOUBLE_EQ(s.cells, 0.5);
  EXPECT_EQ(s.palette, 1);
  const Score one = score({1, 1, {0}}, kExpected);
  EXPECT_DOUBLE_EQ(one.shape, 1.0 / 6);
  EXPECT_DOUBLE_EQ(one.cells, 1.0 / 6);
  EXPECT_DOUBLE_EQ(one.palette, 1.0 / 3);
}

TEST_F(ScoreTest, NoGridScoresNothing) {
  for (const Value& v : {Value::none(), Value::integer(3), Value::pair(0, 1)}) {
    const Score s = score_value(v, kExpected);
    EXPECT_EQ(s.total(), 0);
  }
  Value empty;
  ASSERT_EQ(grid_value(ctx_, GridData{}, empty), Status::ok);
  EXPECT_EQ(score_value(empty, kExpected).total(), 0);
}

}  // namespace
}  // namespace arcbatch
