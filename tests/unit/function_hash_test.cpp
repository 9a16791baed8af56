// What stands for the address of a function: the same wherever the function lies, since the cost of
// a table of functions is part of an outcome.
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <string>
#include <vector>

#include "backend/cpu/runner.h"
#include "frontend/frontend.h"
#include "values/ops.h"

namespace arcbatch {
namespace {

class FunctionHash : public ::testing::Test {
 protected:
  // The hash of what an expression makes, after `before` other values were made.
  i64 hash_of(const std::string& expression, u32 before) {
    programs_.push_back(compile_source("def f():\n    return " + expression + "\n", "f"));
    EXPECT_TRUE(programs_.back().ok) << expression;
    runners_.emplace_back(RunOptions{});
    Runner& runner = runners_.back();
    runner.load(programs_.back().program);
    runner.begin();
    for (u32 k = 0; k < before; ++k) runner.ctx().arena->allocate(16);
    Value value;
    EXPECT_EQ(runner.run(programs_.back().program.defs.back(), nullptr, 0, value), Status::ok);
    i64 hash = 0;
    EXPECT_EQ(hash_value(runner.ctx(), value, hash), Status::ok);
    return hash;
  }

  std::deque<CompileResult> programs_;
  std::deque<Runner> runners_;  // all alive, so that no two values share an address
};

TEST_F(FunctionHash, FollowsFromHowItWasMade) {
  const char* const expressions[] = {
      "compose(first, last)",
      "compose(last, first)",
      "lbind(shift, (1, 2))",
      "lbind(shift, (2, 1))",
      "rbind(shift, (1, 2))",
      "lbind(shift, initset((1, 2)))",
      "lbind(shift, initset((1, 3)))",
      "fork(combine, identity, lbind(add, 1))",
      "fork(combine, identity, lbind(add, 2))",
      "chain(size, first, first)",
      "matcher(size, 3)",
      "matcher(size, None)",
      "lbind(contained, canvas(1, (3, 3)))",
      "lbind(contained, canvas(2, (3, 3)))",
      "compose(identity, compose(identity, lbind(add, 1)))",
      "(compose(first, last), 1)",
  };
  std::vector<i64> found;
  for (const char* expression : expressions) {
    const i64 hash = hash_of(expression, 0);
    for (u32 before = 1; before < 6; ++before) {
      EXPECT_EQ(hash_of(expression, before * 7), hash) << expression;
    }
    found.push_back(hash);
  }
  std::sort(found.begin(), found.end());
  EXPECT_EQ(std::unique(found.begin(), found.end()), found.end());
}

}  // namespace
}  // namespace arcbatch
