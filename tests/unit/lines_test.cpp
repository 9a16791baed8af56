// Lines for machines, and which values are grids.
#include "results/lines.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "batch/content_hash.h"

namespace arcbatch {
namespace {

TEST(GridJson, CopiesGrids) {
  EXPECT_EQ(grid_json("((1, 2), (3, 4))"), "[[1,2],[3,4]]");
  EXPECT_EQ(grid_json("((1,),)"), "[[1]]");
  EXPECT_EQ(grid_json("((1,), (2,))"), "[[1],[2]]");
  EXPECT_EQ(grid_json("((1, 2, 3),)"), "[[1,2,3]]");
  EXPECT_EQ(grid_json("((True, False),)"), "[[1,0]]");
}

TEST(GridJson, RefusesWhatIsNoGrid) {
  for (const char* repr : {"",
                           "()",
                           "((),)",
                           "((), ())",
                           "1",
                           "(1, 2)",
                           "((1, 2), (3,))",
                           "((1, 2), 3)",
                           "((10,),)",
                           "((-1,),)",
                           "((None,),)",
                           "[[1]]",
                           "((1,),) ",
                           "((1,)",
                           "((1),)",
                           "((1,), (2,),)",
                           "((1, 2,),)",
                           "(((1, 2),),)",
                           "frozenset({(1, 2)})",
                           "((1.0,),)",
                           "((1, (2, 3)),)"}) {
    EXPECT_EQ(grid_json(repr), std::nullopt) << repr;
  }
}

TEST(GridJson, StopsAtThirtyRowsAndColumns) {
  const auto grid = [](u32 h, u32 w) {
    std::string row = "(";
    for (u32 j = 0; j < w; ++j) row += j > 0 ? ", 0" : "0";
    row += w == 1 ? ",)" : ")";
    std::string text = "(";
    for (u32 i = 0; i < h; ++i) text += (i > 0 ? ", " : "") + row;
    return text + (h == 1 ? ",)" : ")");
  };
  EXPECT_TRUE(grid_json(grid(30, 30)));
  EXPECT_TRUE(grid_json(grid(1, 30)));
  EXPECT_TRUE(grid_json(grid(30, 1)));
  EXPECT_FALSE(grid_json(grid(31, 1)));
  EXPECT_FALSE(grid_json(grid(1, 31)));
}

RunText sample() {
  RunText run;
  run.program = "f";
  run.file = "a,b.py";
  run.task = "t";
  run.is_test = true;
  run.index = 3;
  run.status = "error";
  run.match = false;
  run.error = "TypeError";
  run.statement = "x = \"\xff\"";
  run.line = 7;
  run.steps = 12;
  run.output = "0f";
  return run;
}

TEST(Lines, JsonHasNullForWhatIsAbsent) {
  EXPECT_EQ(
      json_line(sample()),
      "{\"program\":\"f\",\"file\":\"a,b.py\",\"task\":\"t\",\"split\":\"test\",\"index\":3,"
      "\"status\":\"error\",\"match\":false,\"value\":null,\"error\":\"TypeError\","
      "\"statement\":\"x = \\\"\xef\xbf\xbd\\\"\",\"line\":7,\"reason\":null,\"output\":\"0f\"}\n");
  RunText scored = sample();
  scored.output.reset();
  scored.score = {1, 0.5, 0};
  EXPECT_TRUE(json_line(scored).ends_with(
      "\"output\":null,"
      "\"score\":{\"shape\":1.0,\"cells\":0.5,\"palette\":0.0,\"total\":0.5}}\n"));
}

TEST(Lines, CsvQuotesWhereItMust) {
  EXPECT_EQ(csv_row(sample(), false),
            "f,\"a,b.py\",t,test,3,error,false,,TypeError,\"x = \"\"\xff\"\"\",7,,12,0f\r\n");
  RunText scored = sample();
  EXPECT_TRUE(csv_row(scored, true).ends_with(",12,0f,,,\r\n"));
  scored.score = {1, 0.5, 0};
  EXPECT_TRUE(csv_row(scored, true).ends_with(",12,0f,1,0.5,0\r\n"));
  for (const bool with_score : {false, true}) {
    const std::string header = csv_header(with_score);
    const std::string row = csv_row(scored, with_score);
    // The file's name has one more.
    EXPECT_EQ(std::count(header.begin(), header.end(), ',') + 1,
              std::count(row.begin(), row.end(), ','));
  }
}

TEST(ContentHash, TellsTasksApartByTheirGridsAlone) {
  Task task;
  task.id = "one";
  task.train = {{GridData{1, 2, {1, 2}}, GridData{2, 1, {1, 2}}}};
  task.test = {{GridData{1, 1, {5}}, std::nullopt}};
  const std::string hash = content_hash(task);
  EXPECT_EQ(hash.size(), 32u);
  Task other = task;
  other.id = "two";
  EXPECT_EQ(content_hash(other), hash);
  other.train[0].input = GridData{2, 1, {1, 2}};
  EXPECT_NE(content_hash(other), hash);
  other = task;
  other.test[0].output = GridData{1, 1, {5}};
  EXPECT_NE(content_hash(other), hash);
  other = task;
  other.train.push_back(other.test[0]);
  other.test.clear();
  EXPECT_NE(content_hash(other), hash);
}

TEST(ContentHash, IsXxh3) {
  EXPECT_EQ(content_hash(std::string_view("")), "99aa06d3014798d86001c324468d497f");
}

}  // namespace
}  // namespace arcbatch
