// Runs of several programs with one C after the other: what does not depend on C is kept, and every
// outcome is the one that the program has alone.
#include <gtest/gtest.h>

#include <random>

#include "sharing.h"

namespace arcbatch::test {
namespace {

constexpr const char* kArcDsl = R"(
def returns(S, I, C):
    return C
def ignores(S, I, C):
    x1 = vmirror(I)
    x2 = objects(x1, T, F, T)
    return x2
def raises(S, I, C):
    x1 = vmirror(I)
    x2 = hmirror(C)
    return x2
def compares(S, I, C):
    x1 = vmirror(I)
    x2 = equality(x1, C)
    x3 = branch(x2, x1, I)
    return x3
def unpacks(S, I, C):
    x1 = astuple(I, C)
    a, b = x1
    x2 = palette(a)
    return (x2, b)
def functions(S, I, C):
    x1 = lbind(equality, C)
    x2 = lbind(equality, C)
    x3 = equality(x1, x2)
    x4 = x1(I)
    return (x3, x4)
def late(S, I, C=7):
    x1 = apply(last, S)
    x2 = contained(C, x1)
    return x2
def alone(S, I, C):
    f = lambda x: equality(x, C)
    return f(I)
def pairs(S, I):
    return S
def batt(task_id, S, I, C, log_path):
    o = []
    t1 = vmirror(I)
    o.append((1, False, 'solve_a', t1))
    o.append((task_id, log_path, C))
    return (o, S)
)";

constexpr const char* kTokpidjin = R"(
def returns(S, I, C):
    return C
def ignores(S, I, C):
    x1 = mir_rot_t(I, R0)
    x2 = o_g(x1, R5)
    return x2
def defaults(S, I, C):
    x1 = mir_rot_t(C, R0)
    x2 = height_t(C)
    x3 = divide(C, x2)
    return (x1, x2, x3)
def wrong(S, I, C):
    x1 = compose(first, C)
    x2 = x1(I)
    return x2
def identities(S, I, C):
    x1 = compose(first, last)
    x2 = compose(first, last)
    x3 = equality(x1, x2)
    x4 = equality(x1, x1)
    return (x3, x4, C)
def numbers(S, I, C):
    x1 = get_nth_t(S, F0)
    x2 = col_row(x1, R1)
    x3 = difference_tuple(x1, C)
    return (x1, x2, x3)
def tries(S, I, C):
    try:
        t1 = mir_rot_t(C, R2)
    except (TypeError, AttributeError, ValueError):
        t1 = _get_safe_default(mir_rot_t)
    return t1
)";

std::vector<GridData> grids() {
  return {grid_of({{1, 2}}), grid_of({{0, 3, 0}, {3, 3, 0}}), grid_of({{2, 1}}), grid_of({{5}})};
}

std::vector<Pair> pairs_of_task() {
  std::vector<Pair> pairs(2);
  pairs[0].input = grid_of({{1, 2}});
  pairs[0].output = grid_of({{2, 1}});
  pairs[1].input = grid_of({{4, 0}, {0, 4}});
  pairs[1].output = grid_of({{0, 4}, {4, 0}});
  return pairs;
}

class Compared : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    const CompileResult compiled =
        compile_source(GetParam(), "batch", GetParam() == kArcDsl ? Dsl::arc_dsl : Dsl::tokpidjin);
    ASSERT_TRUE(compiled.ok);
    program_ = compiled.program;
    for (const u32 def : program_.defs) graph_.add(program_, def);
    graph_.finish();
  }

  // Runs the graph on all grids with None, a grid, another and None again, and compares each
  // outcome with the function's own run.
  void compare(const RunOptions& options, const FlushLimits& flush, SharingCounts& counts) {
    const std::vector<GridData> inputs = grids();
    const std::vector<Pair> pairs = pairs_of_task();
    const GridData expected = grid_of({{2, 1}});
    GraphRunner shared(options, flush);
    shared.load(graph_);
    Runner alone(options);
    alone.load(program_);
    const GridData* const compared[] = {nullptr, &expected, &inputs[1], nullptr};
    for (const GridData& input : inputs) {
      for (u32 c = 0; c < 4; ++c) {
        const RunInput given{&input, &pairs, compared[c]};
        if (c == 0) {
          shared.run(given, &expected, &input != inputs.data());
        } else {
          shared.run_compared(compared[c]);
        }
        for (u32 k = 0; k < graph_.program_count(); ++k) {
          const Outcome want = run_on_example(alone, options, graph_.function(k),
                                              graph_.parameters(k), given, &expected);
          ASSERT_EQ(describe(shared.outcome(k)), describe(want))
              << program_.functions[graph_.function(k)].name << " C " << c;
        }
      }
    }
    counts = shared.counts();
  }

  Program program_;
  BatchGraph graph_;
};

TEST_P(Compared, OutcomesAreThoseOfRunsAlone) {
  SharingCounts counts;
  RunOptions options;
  options.score = true;
  compare(options, {}, counts);
  EXPECT_GT(counts.nodes.reused, 0u);
}

// What does not depend on C is evaluated once an input, and described once.
TEST_P(Compared, WorkIsThatOfWhatDependsOnC) {
  const std::vector<GridData> inputs = grids();
  const std::vector<Pair> pairs = pairs_of_task();
  GraphRunner shared{RunOptions()};
  shared.load(graph_);
  shared.run({&inputs[0], &pairs, nullptr}, nullptr);
  const SharingCounts first = shared.counts();
  shared.run_compared(&inputs[1]);
  const SharingCounts second = shared.counts();
  u64 dependent = 0;
  const std::vector<NodeClass> classes = graph_.node_classes();
  for (u32 k = BatchGraph::kArguments; k < classes.size(); ++k) {
    dependent += classes[k] == NodeClass::compared ? 1 : 0;
  }
  const u64 again = second.nodes.evaluated - first.nodes.evaluated;
  EXPECT_GT(again, 0u);
  EXPECT_LE(again, dependent);
  EXPECT_LT(again, first.nodes.evaluated);
  EXPECT_LT(second.results - first.results, first.results);
}

TEST_P(Compared, FlushesAndBudgetsChangeNothing) {
  SharingCounts counts;
  std::minstd_rand random(3);
  for (u32 round = 0; round < 60; ++round) {
    RunOptions options;
    options.limits.steps = 1 + random() % 120;
    options.limits.bytes = 1 + random() % 4000;
    FlushLimits flush;
    if (round % 3 == 0) flush.branch_bytes = 1;
    if (round % 3 == 1) flush.held_bytes = 1;
    compare(options, flush, counts);
    if (HasFatalFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Dialects, Compared, testing::Values(kArcDsl, kTokpidjin),
                         [](const testing::TestParamInfo<const char*>& sample) {
                           return std::string(sample.index == 0 ? "arc_dsl" : "tokpidjin");
                         });

}  // namespace
}  // namespace arcbatch::test
