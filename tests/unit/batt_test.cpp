// Batt files from C++: outcomes in one order for any number of threads, and what their entries are.
#include "batch/batt.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>

#include "frontend/frontend.h"

namespace arcbatch {
namespace {

constexpr const char* kBatt =
    "def batt(task_id, S, I, C, log_path):\n"
    "    s = []\n"
    "    o = []\n"
    "    t1 = identity(p_g)\n"
    "    t2 = t1(I)\n"
    "    t3 = t1(C)\n"
    "    t4 = difference_tuple(t3, t2)\n"
    "    s.append((4, 'None', 'differ_palette', t4))\n"
    "    t5 = vmirror_t(I)\n"
    "    o.append((5, False, 'mirror', t5))\n"
    "    t6 = rot90(I)\n"
    "    o.append((6, False, 'turn', t6))\n"
    "    return o, s\n";

GridData grid_of(u32 w, std::vector<i8> cells) {
  GridData grid;
  grid.h = static_cast<u32>(cells.size()) / w;
  grid.w = w;
  grid.cells = std::move(cells);
  return grid;
}

std::vector<Task> some_tasks() {
  std::vector<Task> tasks;
  for (i8 k = 0; k < 5; ++k) {
    Task& task = tasks.emplace_back();
    task.id = "t" + std::to_string(k);
    for (i8 j = 0; j < 2; ++j) {
      task.train.push_back(
          Pair{grid_of(2, {1, static_cast<i8>(2 + k)}), grid_of(2, {static_cast<i8>(2 + k), 1})});
    }
    task.test.push_back(Pair{grid_of(2, {3, k}), std::nullopt});
  }
  return tasks;
}

std::string lines_of(const CompileResult& compiled, const std::vector<Task>& tasks, u32 jobs,
                     const RunOptions& run = {}) {
  const BattFile file{&compiled.program, static_cast<u32>(compiled.program.find("batt"))};
  std::string lines;
  run_batt({file, file}, tasks, {run, jobs}, [&](const BattRun& r) {
    append_batt_line(r, tasks[r.task].id, r.file == 0 ? "a.py" : "b.py", lines);
  });
  return lines;
}

TEST(Batt, OutcomesAreInOneOrderForAnyNumberOfThreads) {
  const CompileResult compiled = compile_source(kBatt, "batt.py", Dsl::tokpidjin);
  ASSERT_TRUE(compiled.ok);
  const std::vector<Task> tasks = some_tasks();
  const std::string one = lines_of(compiled, tasks, 1);
  // Two files; the two examples for training with and without the output, the test without.
  EXPECT_EQ(std::count(one.begin(), one.end(), '\n'), 5 * 2 * (2 * 2 + 1));
  EXPECT_NE(one.find(R"x([5,false,"mirror","((2, 1),)"])x"), std::string::npos) << one;
  EXPECT_NE(one.find(R"("matches":[5])"), std::string::npos) << one;
  for (const u32 jobs : {2U, 3U, 8U}) EXPECT_EQ(lines_of(compiled, tasks, jobs), one) << jobs;
  RunOptions generic;
  generic.path = KernelPath::generic;
  EXPECT_EQ(lines_of(compiled, tasks, 2, generic), one);
}

TEST(Batt, WhatTheConsumerThrowsEndsTheWork) {
  const CompileResult compiled = compile_source(kBatt, "batt.py", Dsl::tokpidjin);
  ASSERT_TRUE(compiled.ok);
  const BattFile file{&compiled.program, static_cast<u32>(compiled.program.find("batt"))};
  const std::vector<Task> tasks = some_tasks();
  for (const u32 jobs : {1U, 3U}) {
    u32 seen = 0;
    const auto consume = [&seen](const BattRun&) {
      if (++seen == 4) throw std::runtime_error("enough");
    };
    EXPECT_THROW(run_batt({file}, tasks, {{}, jobs}, consume), std::runtime_error);
    EXPECT_EQ(seen, 4U);
  }
}

}  // namespace
}  // namespace arcbatch
