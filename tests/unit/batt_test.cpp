// Batt files from C++: outcomes in one order for any number of threads, and what their entries are.
#include "batch/batt.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>

#include "frontend/frontend.h"
#include "graph/batt_plan.h"

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

// Sets whose order is asked for late, and tries of which every way ends in an entry, give what the
// function gives alone with every table made at once.
TEST(Batt, PlansAndLateOrdersGiveWhatRunsAloneGive) {
  const CompileResult compiled = compile_source(
      "def batt(task_id, S, I, C, log_path):\n"
      "    s = []\n"
      "    o = []\n"
      "    t1 = upscale_t(I, THREE)\n"
      "    t2 = o_g(t1, R7)\n"
      "    t3 = o_g(t1, R0)\n"
      "    o.append((3, False, 'all', t3))\n"
      "    t4 = get_nth_f(t2, F0)\n"
      "    t5 = vmirror_f(t4)\n"
      "    t6 = dmirror_f(t5)\n"
      "    t7 = shift(t6, UNITY)\n"
      "    o.append((7, False, 'moved', t7))\n"
      "    t8 = recolor_o(TWO, t7)\n"
      "    t9 = astuple(t7, t8)\n"
      "    t10 = paint(t1, t8)\n"
      "    o.append((10, False, 'painted', t10))\n"
      "    t11 = rbind(shift, RIGHT)\n"
      "    t12 = mapply(t11, t2)\n"
      "    o.append((12, False, 'merged', t12))\n"
      "    t13 = f_ofcolor(t1, ONE)\n"
      "    t14 = totuple(t13)\n"
      "    o.append((14, False, 'found', t14))\n"
      "    t15 = connect(ORIGIN, THREE_BY_THREE)\n"
      "    t16 = difference(t15, t13)\n"
      "    o.append((16, False, 'line', t16))\n"
      "    try:\n"
      "        t17 = t11(t4, t4)\n"
      "        o.append((17, False, 'tried', t17))\n"
      "    except ValueError:\n"
      "        o.append((17, False, 'tried', 'ValueError'))\n"
      "    except TypeError:\n"
      "        o.append((17, False, 'tried', 'TypeError'))\n"
      "    try:\n"
      "        t18 = t11(C)\n"
      "        o.append((18, False, 'kept', t18))\n"
      "    except TypeError:\n"
      "        o.append((18, False, 'kept', 'TypeError'))\n"
      "    return o, s\n",
      "batt.py", Dsl::tokpidjin);
  ASSERT_TRUE(compiled.ok);
  const u32 function = static_cast<u32>(compiled.program.find("batt"));
  EXPECT_TRUE(plan_batt(compiled.program, function).has_value());
  const std::vector<Task> tasks = some_tasks();
  RunOptions alone;
  alone.path = KernelPath::generic;
  const std::string lines = lines_of(compiled, tasks, 1);
  EXPECT_EQ(lines, lines_of(compiled, tasks, 1, alone));
  EXPECT_NE(lines.find(R"x([17,false,"tried","'TypeError'"])x"), std::string::npos) << lines;

  // Runs that meet a limit do so at the same place, within tries too.
  const auto same = [&](const Limits& limits) {
    RunOptions planned;
    planned.limits = alone.limits = limits;
    const std::string ended = lines_of(compiled, tasks, 1, planned);
    EXPECT_EQ(ended, lines_of(compiled, tasks, 1, alone))
        << limits.steps << " steps, " << limits.bytes << " bytes";
    return ended != lines;
  };
  u32 limited = 0;
  for (u64 part = 1; part < u64{1} << 20; part += part / 16 + 1) {
    Limits limits;
    limits.steps = part;
    limited += same(limits) ? 1 : 0;
    limits.bytes = part * 8;
    limited += same(limits) ? 1 : 0;
    limits.steps = Limits{}.steps;
    limited += same(limits) ? 1 : 0;
  }
  EXPECT_GT(limited, 100u);
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
