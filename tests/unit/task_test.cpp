// Loading tasks, the errors of what cannot be loaded, and pictures.
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>

#include "report/picture.h"
#include "task/embedded.h"
#include "task/json_position.h"
#include "task/loader.h"

namespace arcbatch {
namespace {

namespace fs = std::filesystem;

constexpr const char* kTask =
    R"({"train": [{"input": [[1, 2]], "output": [[2], [1]]}], "test": [{"input": [[3]]}]})";

// Returns what is wrong with `text`, or "" if it loads.
std::string error_of(std::string_view text) {
  const LoadResult result = load_task_text("t.json", text);
  return result.errors.empty() ? "" : format_task_error(result.errors[0]);
}

// Returns what is wrong with a grid alone.
std::string grid_error(std::string_view text) {
  const GridResult result = load_grid_text("g.json", text);
  return result.ok ? "" : format_task_error(result.error);
}

class TaskFiles : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = fs::temp_directory_path() / "arcbatch_task_test_XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    root_ = name;
  }
  void TearDown() override { fs::remove_all(root_); }

  std::string write(const std::string& name, std::string_view text) {
    const fs::path path = root_ / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path) << text;
    return path.string();
  }
  static LoadResult load(const std::vector<std::string>& paths) { return load_tasks(paths); }

  fs::path root_;
};

TEST(TaskText, HoldsPairs) {
  const LoadResult result = load_task_text("some/ab.json", kTask);
  ASSERT_TRUE(result.errors.empty());
  ASSERT_EQ(result.tasks.size(), 1u);
  const Task& task = result.tasks[0];
  EXPECT_EQ(task.id, "ab");
  ASSERT_EQ(task.train.size(), 1u);
  EXPECT_EQ(task.train[0].input, (GridData{1, 2, {1, 2}}));
  EXPECT_EQ(task.train[0].output, (GridData{2, 1, {2, 1}}));
  ASSERT_EQ(task.test.size(), 1u);
  EXPECT_FALSE(task.test[0].output.has_value());
}

TEST(TaskText, AcceptsAByteOrderMarkAndOtherKeys) {
  EXPECT_EQ(error_of("\xef\xbb\xbf" + std::string(kTask)), "");
  EXPECT_EQ(error_of(R"({"name": "x", "train": [], "test": [{"input": [[0]], "id": 1}]})"), "");
}

TEST(TaskText, NamesMissingAndMistypedParts) {
  EXPECT_EQ(error_of(""), "t.json: the file is empty");
  EXPECT_EQ(error_of("  \n"), "t.json: the file is empty");
  EXPECT_EQ(error_of("[1]"), "t.json:1:1: expected an object, got an array");
  EXPECT_EQ(error_of(R"({"test": []})"), R"(t.json:1:1: missing key "train")");
  EXPECT_EQ(error_of(R"({})"), R"(t.json:1:1: missing key "train")");
  EXPECT_EQ(error_of(R"({"train": [], "test": []})"), "t.json:1:1: the task has no pairs");
  EXPECT_EQ(error_of(R"({"train": 3, "test": []})"),
            "t.json:1:11: train: expected an array, got a number");
  EXPECT_EQ(error_of("{\"train\": [\n {\"input\": [[1]]}], \"test\": []}"),
            "t.json:2:2: train[0]: missing key \"output\"");
  EXPECT_EQ(error_of(R"({"train": [], "test": [{"input": null}]})"),
            "t.json:1:34: test[0].input: expected an array, got null");
}

TEST(TaskText, NamesBadGrids) {
  EXPECT_EQ(error_of("{\"train\": [{\"output\": [[1]], \"input\":\n[[1, 2, 3],\n [4, 5, 6],\n"
                     " [1, 2, 3, 4]]}], \"test\": []}"),
            "t.json:4:2: train[0].input: row 2 has 4 cells, row 0 has 3");
  EXPECT_EQ(grid_error("[]"), "g.json:1:1: the grid is empty");
  EXPECT_EQ(grid_error("[[]]"), "g.json:1:2: row 0 is empty");
  EXPECT_EQ(grid_error("[[1], 2]"), "g.json:1:7: row 1 is a number, not an array");
  EXPECT_EQ(grid_error("[[1, 10]]"),
            "g.json:1:6: row 0, column 1: 10 is not an integer from 0 to 9");
  EXPECT_EQ(grid_error("[[1],\n[-1]]"),
            "g.json:2:2: row 1, column 0: -1 is not an integer from 0 to 9");
  EXPECT_EQ(grid_error("[[1.0]]"),
            "g.json:1:3: row 0, column 0: 1.0 is not an integer from 0 to 9");
  EXPECT_EQ(grid_error("[[true]]"),
            "g.json:1:3: row 0, column 0: a boolean is not an integer from 0 to 9");
  EXPECT_EQ(grid_error("[[\"7\"]]"),
            "g.json:1:3: row 0, column 0: a string is not an integer from 0 to 9");
}

std::string zeros(int height, int width) {
  std::string row = "[0";
  for (int j = 1; j < width; ++j) row += ",0";
  std::string text = "[" + row + "]";
  for (int i = 1; i < height; ++i) text += "," + row + "]";
  return text + "]";
}

TEST(TaskText, LimitsTheSidesOfGrids) {
  EXPECT_EQ(grid_error(zeros(30, 30)), "");
  EXPECT_EQ(grid_error(zeros(31, 1)), "g.json:1:1: the grid is 31x1, more than 30x30");
  EXPECT_EQ(grid_error(zeros(2, 31)), "g.json:1:1: the grid is 2x31, more than 30x30");
}

TEST(TaskText, PlacesBrokenJson) {
  EXPECT_EQ(error_of("{\"train\": [\n  {\"input\": [[1,]]}]}"),
            "t.json:2:17: broken JSON: expected a value, got ']'");
  EXPECT_EQ(error_of("{\"train\": ["),
            "t.json:1:12: broken JSON: expected a value, got end of file");
  EXPECT_EQ(error_of("{\"train\" 1}"),
            "t.json:1:10: broken JSON: expected ':' after an object's key, got '1'");
  EXPECT_EQ(error_of("{\"train\": [1 2]}"),
            "t.json:1:14: broken JSON: expected ',' or ']', got '2'");
  EXPECT_EQ(error_of("{} x"), "t.json:1:4: broken JSON: 'x' after the end of the value");
  EXPECT_EQ(error_of("{\"a"), "t.json:1:4: broken JSON: the string has no end");
  EXPECT_EQ(error_of("{\"\xff\": 1}"), "t.json:1:3: broken JSON: byte 0xff is not UTF-8");
  EXPECT_EQ(grid_error("[[01]]"), "g.json:1:3: broken JSON: a number starts with 0");
  EXPECT_EQ(grid_error("[[99999999999999999999]]"),
            "g.json:1:3: broken JSON: the number is too large");
  EXPECT_EQ(grid_error(std::string(5000, '[')).substr(0, 37),
            "g.json:1:1002: broken JSON: nested to");
}

// Every text the parser refuses must have a fault with a position, whatever byte is wrong.
TEST(TaskText, EveryBrokenByteHasAPosition) {
  const std::string good = kTask;
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (const char c : {'\0', '}', '"', ',', 'x', '\\', '\xc3', ' '}) {
      std::string bad = good;
      bad[i] = c;
      const LoadResult result = load_task_text("t.json", bad);
      for (const TaskError& error : result.errors) {
        EXPECT_GT(error.line, 0u) << bad << "\n" << error.message;
        EXPECT_GT(error.column, 0u) << bad << "\n" << error.message;
      }
    }
    const LoadResult cut = load_task_text("t.json", good.substr(0, i));
    ASSERT_EQ(cut.errors.size(), 1u) << i;
    EXPECT_EQ(cut.errors[0].line, i == 0 ? 0u : 1u) << i;
  }
}

TEST(JsonPosition, CountsLinesAndColumns) {
  const std::string text = "ab\ncd";
  EXPECT_EQ(line_column(text, 0).line, 1u);
  EXPECT_EQ(line_column(text, 1).column, 2u);
  EXPECT_EQ(line_column(text, 3).line, 2u);
  EXPECT_EQ(line_column(text, 3).column, 1u);
  EXPECT_EQ(line_column(text, 99).column, 3u);
}

TEST(JsonPosition, FindsValues) {
  const std::string text = R"({"a": [10, {"b": "]"}, 20], "c": {"d": null}})";
  const auto at = [&](const JsonPath& path) { return text.substr(find_json_value(text, path), 2); };
  EXPECT_EQ(at({}), R"({")");
  EXPECT_EQ(at({JsonStep::member("a"), JsonStep::element(2)}), "20");
  EXPECT_EQ(at({JsonStep::member("a"), JsonStep::element(1), JsonStep::member("b")}), "\"]");
  EXPECT_EQ(at({JsonStep::member("c"), JsonStep::member("d")}), "nu");
  EXPECT_EQ(at({JsonStep::member("a"), JsonStep::element(9)}), "[1");
}

TEST_F(TaskFiles, FoldersAreSearchedAndSorted) {
  write("training/b.json", kTask);
  write("evaluation/a.json", kTask);
  write("c.json", kTask);
  write("notes.txt", "no task");
  write(".hidden/d.json", "broken");
  const LoadResult result = load({root_});
  EXPECT_TRUE(result.errors.empty());
  ASSERT_EQ(result.tasks.size(), 3u);
  EXPECT_EQ(result.tasks[0].id, "a");
  EXPECT_EQ(result.tasks[1].id, "b");
  EXPECT_EQ(result.tasks[2].id, "c");
}

TEST_F(TaskFiles, BadFilesDoNotHideGoodOnes) {
  const std::string bad = write("bad.json", "{");
  write("good.json", kTask);
  const LoadResult result = load({root_});
  ASSERT_EQ(result.tasks.size(), 1u);
  ASSERT_EQ(result.errors.size(), 1u);
  EXPECT_EQ(result.errors[0].file, bad);
  EXPECT_EQ(result.errors[0].line, 1u);
}

TEST_F(TaskFiles, PathsThatHoldNoTask) {
  EXPECT_EQ(load({(root_ / "none").string()}).errors.at(0).message, "no such file or folder");
  EXPECT_EQ(load({root_}).errors.at(0).message, "the folder holds no .json files");
  const std::string path = write("a.json", kTask);
  if (geteuid() != 0) {  // root reads everything
    fs::permissions(path, fs::perms::none);
    EXPECT_EQ(load({path}).errors.at(0).message, "cannot read: Permission denied");
  }
}

TEST_F(TaskFiles, OneIdTwiceIsAnErrorAndOneFileTwiceIsNot) {
  const std::string a = write("x/a.json", kTask);
  const std::string other = write("y/a.json", kTask);
  EXPECT_TRUE(load({a, a, (root_ / "x").string()}).errors.empty());
  const LoadResult result = load({root_});
  EXPECT_EQ(result.tasks.size(), 1u);
  ASSERT_EQ(result.errors.size(), 1u);
  EXPECT_EQ(format_task_error(result.errors[0]), other + ": task a is already loaded from " + a);
}

TEST_F(TaskFiles, CombinedFilesTakeTheirSolutions) {
  const std::string task = kTask;
  write("k_challenges.json", R"({"t2": )" + task + R"(, "t1": )" + task + "}");
  write("k_solutions.json", R"({"t1": [[[7]]], "t2": [[[8, 8]]]})");
  write("sample_submission.json", R"({"t1": [{"attempt_1": [[0]]}]})");
  const LoadResult result = load({root_});
  ASSERT_TRUE(result.errors.empty()) << format_task_error(result.errors[0]);
  ASSERT_EQ(result.tasks.size(), 2u);
  EXPECT_EQ(result.tasks[0].id, "t1");
  EXPECT_EQ(result.tasks[0].test.at(0).output, (GridData{1, 1, {7}}));
  EXPECT_EQ(result.tasks[1].test.at(0).output, (GridData{1, 2, {8, 8}}));
}

TEST_F(TaskFiles, CombinedFilesStandWithoutSolutions) {
  const std::string path = write("k_challenges.json", R"({"t1": )" + std::string(kTask) + "}");
  const LoadResult result = load({path});
  EXPECT_TRUE(result.errors.empty());
  EXPECT_FALSE(result.tasks.at(0).test.at(0).output.has_value());
}

TEST_F(TaskFiles, OneBadTaskOfACombinedFileIsNamed) {
  const std::string path =
      write("k_challenges.json", "{\"t1\": {\"train\": []},\n \"t2\": " + std::string(kTask) + "}");
  const LoadResult result = load({path});
  ASSERT_EQ(result.tasks.size(), 1u);
  EXPECT_EQ(result.tasks[0].id, "t2");
  ASSERT_EQ(result.errors.size(), 1u);
  EXPECT_EQ(format_task_error(result.errors[0]), path + ":1:8: t1: missing key \"test\"");
}

TEST_F(TaskFiles, SolutionsThatDoNotFit) {
  write("k_challenges.json", R"({"t1": )" + std::string(kTask) + "}");
  const std::string path = write("k_solutions.json", R"({"t1": [[[7]], [[7]]]})");
  EXPECT_EQ(format_task_error(load({root_}).errors.at(0)),
            path + ":1:8: t1: 2 solutions for 1 tests");
  write("k_solutions.json", R"({"t9": []})");
  EXPECT_EQ(format_task_error(load({root_}).errors.at(0)), path + ":1:1: missing key \"t1\"");
  EXPECT_EQ(load({path}).errors.at(0).message,
            "solutions without tasks; name " + (root_ / "k_challenges.json").string() + " instead");
}

TEST_F(TaskFiles, GridsAreToldFromTasks) {
  const std::string grid = write("g.json", " [[1]]");
  EXPECT_TRUE(is_grid_file(grid));
  EXPECT_FALSE(is_grid_file(write("a.json", kTask)));
  EXPECT_FALSE(is_grid_file((root_ / "none").string()));
  EXPECT_EQ(load_grid(grid).grid, (GridData{1, 1, {1}}));
  EXPECT_EQ(load_grid((root_ / "none").string()).error.message, "no such file or folder");
}

TEST(EmbeddedExamples, EveryTaskLoadsAndHasItsProgram) {
  const LoadResult result = load_embedded_tasks();
  for (const TaskError& error : result.errors) ADD_FAILURE() << format_task_error(error);
  EXPECT_GE(result.tasks.size(), 12u);
  for (const Task& task : result.tasks) {
    const std::string def = "def solve_" + task.id + "(I):";
    bool found = false;
    for (const EmbeddedFile& file : embedded_examples()) {
      found = found || file.text.find(def) != std::string_view::npos;
    }
    EXPECT_TRUE(found) << task.id;
    EXPECT_GE(task.train.size(), 2u) << task.id;
    ASSERT_EQ(task.test.size(), 1u) << task.id;
    EXPECT_TRUE(task.test[0].output.has_value()) << task.id;
  }
}

TEST(Picture, PlainGrid) {
  EXPECT_EQ(render_grid({2, 3, {0, 1, 2, 3, 4, 5}}, false), "0 1 2\n3 4 5\n");
  EXPECT_EQ(render_grid({}, false), "");
}

TEST(Picture, ColouredRunsShareAnEscape) {
  EXPECT_EQ(render_grid({1, 3, {1, 1, 2}}, true),
            "\x1b[48;2;0;116;217m    \x1b[48;2;255;65;54m  \x1b[0m\n");
}

TEST(Picture, PairsStandSideBySide) {
  Task task;
  task.id = "ab";
  task.train.resize(2);
  task.train[0].input = {3, 2, {1, 2, 3, 4, 5, 6}};
  task.train[0].output = GridData{1, 1, {7}};
  task.train[1].input = {1, 1, {7}};
  task.train[1].output = GridData{2, 2, {1, 2, 3, 4}};
  task.test.resize(1);
  task.test[0].input = {2, 1, {8, 9}};
  EXPECT_EQ(render_task(task, false),
            "task ab\n"
            "\ntrain 0: 3x2 -> 1x1\n"
            "1 2  ->  7\n"
            "3 4\n"
            "5 6\n"
            "\ntrain 1: 1x1 -> 2x2\n"
            "7  ->  1 2\n"
            "       3 4\n"
            "\ntest 0: 2x1 -> ?\n"
            "8  ->  ?\n"
            "9\n");
}

}  // namespace
}  // namespace arcbatch
