// The table of calls: complete, runnable on every path with one result, and with floors that can
// be computed.
#include "batch/primitive_calls.h"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "batch/bench_primitives.h"

namespace arcbatch {
namespace {

TEST(PrimitiveCalls, EveryPrimitiveHasOne) {
  std::vector<u32> rows(kPrimCount, 0);
  for (const PrimitiveCall& c : primitive_calls()) rows[static_cast<u32>(c.prim)]++;
  for (u32 p = 0; p < kPrimCount; ++p) {
    EXPECT_GT(rows[p], 0u) << prim_info(static_cast<Prim>(p)).name;
  }
}

// A row's call is of its primitive, or of a function f that its setup made by it.
TEST(PrimitiveCalls, CallWhatTheyAreNamedFor) {
  for (const PrimitiveCall& c : primitive_calls()) {
    const std::string made_by = std::string(prim_info(c.prim).name) + "(";
    const std::string call = c.call;
    if (call.starts_with("f(")) {
      EXPECT_NE(std::string(c.setup).find("f = " + made_by), std::string::npos) << call;
    } else {
      EXPECT_TRUE(call.starts_with(made_by)) << call;
    }
    EXPECT_FALSE(call_arguments(c).empty()) << call;
  }
}

TEST(PrimitiveCalls, EndWithTheSameValueOnEveryPath) {
  std::vector<std::unique_ptr<CallTimer>> timers;
  for (const KernelPath path : {KernelPath::generic, KernelPath::scalar, KernelPath::simd}) {
    if (!kernel_path_available(path)) continue;
    RunOptions options;
    options.path = path;
    timers.push_back(std::make_unique<CallTimer>(options));
  }
  for (u32 k = 0; k < primitive_calls().size(); ++k) {
    for (const CallGrid& grid : call_grids()) {
      const std::string label = std::string(primitive_calls()[k].call) + " on " + grid.name;
      std::string expected;
      for (const std::unique_ptr<CallTimer>& timer : timers) {
        const CallOutcome outcome = timer->select(k, grid.grid);
        ASSERT_EQ(outcome.status, Status::ok) << label << " at " << outcome.failed_in_text;
        if (expected.empty()) expected = outcome.value;
        EXPECT_EQ(outcome.value, expected) << label;
        EXPECT_GE(outcome.floor.ns, kFloorDispatchNs) << label;
      }
    }
  }
}

TEST(PrimitiveCalls, AreTimedOnTheSide) {
  CallTimer timer{RunOptions{}};
  ASSERT_EQ(timer.select(0, call_grids()[0].grid).status, Status::ok);
  std::vector<double> calls;
  std::vector<double> empty;
  timer.measure(1e-6, calls, empty);
  EXPECT_FALSE(calls.empty());
  EXPECT_EQ(calls.size(), empty.size());
  CallTimes times;
  times.add_round(calls, empty);
  EXPECT_GT(times.ns(), 0);
}

TEST(CallTimes, AreThoseOfTheQuietestRounds) {
  constexpr double kCopies = CallTimer::kCopies;
  CallTimes times;
  times.add_round({100 + 10 * kCopies, 0, 1e9}, {100});
  EXPECT_DOUBLE_EQ(times.ns(), 10);
  times.add_round({200 + 20 * kCopies}, {200});
  EXPECT_DOUBLE_EQ(times.ns(), 10);
  times.add_round({50 + 9 * kCopies}, {50});
  EXPECT_DOUBLE_EQ(times.ns(), 9);
  times.add_round({1}, {50});
  EXPECT_GT(times.ns(), 0);
}

TEST(CallFloor, AddsItsCounts) {
  const auto size_of = [](std::string_view name) {
    if (name == "x") return PackedSize{33, 7, 3, 2};
    if (name == "r") return PackedSize{31, 0, 0, 0};
    throw std::invalid_argument("no such name");
  };
  const CallFloor floor = call_floor("x r", "2*cells:x rows:x 10*len:x 5", size_of);
  EXPECT_EQ(floor.bytes, 64u);
  EXPECT_EQ(floor.operations, 14u + 3 + 20 + 5);
  EXPECT_DOUBLE_EQ(floor.ns, kFloorDispatchNs + 2 * kFloorAccessNs + 42 * kFloorOperationNs);
  EXPECT_DOUBLE_EQ(call_floor("", "", size_of).ns, kFloorDispatchNs);
  for (const char* wrong : {"y", "x*2", "area:x", "*len:x", "2*", "len:y"}) {
    EXPECT_THROW(call_floor("", wrong, size_of), std::invalid_argument) << wrong;
  }
}

TEST(Mentions, CountCallsAndFunctionsHandedOn) {
  CandidateList list;
  add_candidates(list,
                 "def a(I):\n    x = rot90(rot90(I))\n    return apply(rot90, x)\n"
                 "def b(I):\n    return size(I)\n",
                 "p.py");
  ASSERT_EQ(list.candidates.size(), 2u);
  const std::vector<u64> mentions = count_mentions(list.candidates);
  EXPECT_EQ(mentions[static_cast<u32>(Prim::rot90)], 3u);
  EXPECT_EQ(mentions[static_cast<u32>(Prim::apply)], 1u);
  EXPECT_EQ(mentions[static_cast<u32>(Prim::size)], 1u);
  EXPECT_EQ(mentions[static_cast<u32>(Prim::fill)], 0u);
  const std::vector<Prim> order = by_mentions(mentions);
  ASSERT_EQ(order.size(), kPrimCount);
  EXPECT_EQ(order[0], Prim::rot90);
  EXPECT_EQ(order[1], Prim::size);  // before apply in the registry
  EXPECT_EQ(order[2], Prim::apply);
}

}  // namespace
}  // namespace arcbatch
