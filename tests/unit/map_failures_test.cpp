// Maps that fail on the way, in containers longer than what is tried at once, within maps, and at
// every kind of budget, and maps within maps that do not fail: outcome, line and steps are those of
// the oracle, which goes item by item.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "batch/outcome.h"
#include "frontend/frontend.h"

namespace arcbatch {
namespace {

const GridData kGrid = {2, 3, {1, 2, 3, 4, 5, 6}};

// {} is where in 0..1299 a division by zero waits.
const char* const kPrograms[] = {
    "apply(lbind(divide, 12), {})",
    "mapply(compose(initset, lbind(divide, 12)), {})",
    "papply(divide, {}, {})",
    "sfilter({}, compose(even, lbind(divide, 12)))",
    "sfilter(apply(identity, merge(astuple({}, (7,)))), compose(even, lbind(divide, 12)))",
    "argmax({}, lbind(divide, 12))",
    "valmin({}, lbind(divide, 12))",
    "order({}, fork(astuple, lbind(divide, 12), identity))",
    "extract({}, compose(rbind(greater, 3), lbind(divide, 12)))",
    "extract(insert(5, mapply(initset, {})), compose(rbind(greater, 3), lbind(divide, 12)))",
    "apply(lbind(divide, 12), mapply(initset, {}))",
    "argmin(mapply(initset, {}), lbind(divide, 12))",
    // Within maps, where an outer one has to be done again because of an inner one.
    "apply(lbind(apply, lbind(divide, 12)), astuple((1, 2, 3), {}))",
    "mapply(lbind(mapply, compose(initset, lbind(divide, 12))), astuple((1, 2, 3), {}))",
    "apply(compose(first, compose(lbind(apply, lbind(divide, 12)), rbind(repeat, 40))), {})",
    "apply(compose(lbind(apply, compose(first, compose(lbind(apply, lbind(divide, 12)), "
    "rbind(repeat, 3)))), rbind(repeat, 3)), {})",
    "sfilter(product((1, 2, 3), {}), compose(even, fork(divide, first, last)))",
    "extract(apply(rbind(repeat, 3), {}), compose(rbind(greater, 3), compose(first, "
    "lbind(apply, lbind(divide, 12)))))",
};

// Inner maps over all items of an outer one. {} is a tuple of ints from 0 on.
const char* const kNested[] = {
    // Functions of one kind that hold something else each.
    "apply(compose(lbind(argmin, (3, 1, 2)), lbind(lbind, multiply)), {})",
    "apply(compose(lbind(valmax, (3, 1, 2)), lbind(rbind, subtract)), {})",
    "apply(compose(lbind(sfilter, (2, 4, 8)), lbind(matcher, double)), {})",
    "apply(compose(rbind(apply, (1, 2)), fork(lbind(fork, add), lbind(lbind, multiply), "
    "lbind(rbind, subtract))), {})",
    "apply(compose(rbind(apply, (1, 2)), fork(lbind(chain, double), lbind(lbind, multiply), "
    "lbind(rbind, subtract))), {})",
    "mapply(compose(rbind(mapply, asindices(I)), lbind(compose, initset)), "
    "apply(lbind(lbind, astuple), {}))",
    // Sets, and ties that their order decides.
    "apply(compose(rbind(apply, asindices(I)), lbind(lbind, astuple)), {})",
    "apply(compose(lbind(argmax, asindices(I)), lbind(lbind, equality)), {})",
    "apply(compose(lbind(order, asindices(I)), lbind(lbind, equality)), {})",
    "apply(compose(lbind(sfilter, asindices(I)), compose(lbind(compose, flip), lbind(lbind, "
    "equality))), {})",
    "apply(compose(lbind(extract, asindices(I)), compose(lbind(compose, flip), lbind(lbind, "
    "equality))), {})",
    "apply(compose(lbind(mfilter, apply(initset, asindices(I))), compose(lbind(compose, flip), "
    "lbind(lbind, equality))), {})",
    // Containers of every length, nothing among them.
    "apply(compose(lbind(apply, double), lbind(rbind(interval, 1), 0)), {})",
    "mapply(compose(lbind(mapply, rbind(repeat, 2)), lbind(rbind(interval, 1), 0)), {})",
    "apply(compose(lbind(valmin, ()), lbind(lbind, add)), {})",
    "apply(fork(lbind(papply, add), rbind(repeat, 3), rbind(repeat, 2)), {})",
    "apply(fork(lbind(prapply, add), rbind(repeat, 3), rbind(repeat, 2)), {})",
    // Functions of several kinds.
    "apply(lbind(rapply, (double, even, identity)), {})",
    "apply(lbind(rapply, (compose(double, halve), fork(add, identity, double), halve)), {})",
    // Three deep.
    "apply(compose(lbind(apply, compose(lbind(valmax, (1, 2, 3)), lbind(lbind, add))), "
    "rbind(repeat, 3)), {})",
    // Some fail.
    "apply(compose(lbind(apply, lbind(divide, 12)), lbind(rbind(interval, 1), 0)), {})",
    "apply(compose(lbind(argmax, asindices(I)), lbind(lbind, greater)), {})",
    "apply(compose(lbind(extract, (1, 2, 3)), lbind(lbind, equality)), {})",
};

std::string program_of(const std::string& use, const std::string& items,
                       const std::string& result) {
  std::string text = use;
  for (std::size_t at = 0; (at = text.find("{}", at)) != std::string::npos; at += items.size()) {
    text.replace(at, 2, items);
  }
  return "def program(I):\n    x = " + text + "\n    return " + result + "\n";
}

class MapFailures : public testing::Test {
 protected:
  static RunOptions with(KernelPath path, u64 steps) {
    RunOptions options;
    options.path = path;
    options.limits.steps = steps;
    return options;
  }

  static Outcome run(const Program& program, KernelPath path, u64 steps) {
    const RunOptions options = with(path, steps);
    Runner runner(options);
    runner.load(program);
    return run_on_grid(runner, options, program.defs.back(), kGrid, nullptr);
  }

  // Whether the outcome of the fastest kernels is the oracle's with a budget. On a set, how far a
  // run comes before an error may depend on its order, but not what it ends as.
  static void expect_same(const Program& program, u64 steps, const std::string& source) {
    const Outcome expected = run(program, KernelPath::generic, steps);
    for (const KernelPath path : {KernelPath::scalar, KernelPath::automatic}) {
      const Outcome got = run(program, path, steps);
      EXPECT_EQ(status_name(got.status), status_name(expected.status)) << steps << '\n' << source;
      EXPECT_EQ(got.value, expected.value) << steps << '\n' << source;
      EXPECT_EQ(got.line, expected.line) << steps << '\n' << source;
      if (expected.status == Status::ok) {
        EXPECT_EQ(got.steps, expected.steps) << source;
      }
    }
  }
};

TEST_F(MapFailures, EndAsItemByItem) {
  u32 errors = 0;
  for (const char* use : kPrograms) {
    for (const int zero : {0, 5, 31, 32, 33, 543, 544, 1055, 1299, -1}) {
      const std::string items = zero < 0 ? "interval(1, 1301, 1)"
                                         : "interval(" + std::to_string(-zero) + ", " +
                                               std::to_string(1300 - zero) + ", 1)";
      const std::string source = program_of(use, items, "size((x, x))");
      const CompileResult compiled = compile_source(source, "failures");
      ASSERT_TRUE(compiled.ok) << source;
      const Outcome whole = run(compiled.program, KernelPath::generic, 400'000'000);
      errors += whole.status == Status::zero_division_error ? 1 : 0;
      expect_same(compiled.program, 400'000'000, source);
      for (const u64 part : {3u, 10u, 50u, 90u, 99u}) {
        expect_same(compiled.program, whole.steps * part / 100, source);
      }
      for (const u64 less : {1u, 2u, 40u}) {
        if (whole.steps > less) expect_same(compiled.program, whole.steps - less, source);
      }
      if (HasFailure()) return;
    }
  }
  EXPECT_GT(errors, 100u);
}

TEST_F(MapFailures, MapsWithinMapsAreTheirItems) {
  u32 values = 0;
  u32 errors = 0;
  for (const char* use : kNested) {
    for (const int length : {1, 2, 33, 60, 600}) {
      const std::string source =
          program_of(use, "interval(0, " + std::to_string(length) + ", 1)", "x");
      const CompileResult compiled = compile_source(source, "nested");
      ASSERT_TRUE(compiled.ok) << source;
      const Outcome whole = run(compiled.program, KernelPath::generic, 400'000'000);
      values += whole.status == Status::ok ? 1 : 0;
      errors += is_error(whole.status) ? 1 : 0;
      expect_same(compiled.program, 400'000'000, source);
      for (const u64 part : {10u, 50u, 99u}) {
        expect_same(compiled.program, whole.steps * part / 100, source);
      }
      if (whole.steps > 1) expect_same(compiled.program, whole.steps - 1, source);
      if (HasFailure()) return;
    }
  }
  EXPECT_GT(values, 95u);
  EXPECT_GE(errors, 10u);
}

}  // namespace
}  // namespace arcbatch
