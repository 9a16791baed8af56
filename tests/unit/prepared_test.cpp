// Prepared functions against the same functions statement by statement, which is how a run goes
// that somebody watches: the same values, errors, lines, steps and limits.
#include <gtest/gtest.h>

#include "backend/cpu/runner.h"
#include "frontend/frontend.h"
#include "random_programs.h"
#include "values/print.h"

namespace arcbatch {
namespace {

struct Seen {
  Status status = Status::ok;
  std::string value;
  u32 line = 0;
  u64 steps = 0;
  i64 bytes = 0;

  bool operator==(const Seen&) const = default;
  [[nodiscard]] std::string text() const {
    return std::string(status_name(status)) + " line " + std::to_string(line) + " steps " +
           std::to_string(steps) + " bytes left " + std::to_string(bytes) + " " +
           value.substr(0, 300);
  }
};

void look_away(void*, Ctx&, u32, u32, const Value*) {}

Seen run(Runner& runner, const Program& program, const GridData& grid, bool watched) {
  Seen seen;
  runner.begin();
  GridObj* g = nullptr;
  EXPECT_EQ(make_grid(runner.ctx(), grid.h, grid.w, g), Status::ok);
  for (u64 k = 0; k < grid.cells.size(); ++k) g->cells()[k] = grid.cells[k];
  const Value arg = Value::of(g);
  Value out;
  runner.observer = watched ? Observer{nullptr, &look_away} : Observer{};
  seen.status = runner.run(program.defs.back(), &arg, 1, out);
  seen.steps = runner.steps_used();
  seen.bytes = runner.ctx().bytes;
  if (runner.error_statement() != nullptr) seen.line = runner.error_statement()->line;
  if (seen.status == Status::ok) seen.status = append_repr(runner.ctx(), out, seen.value);
  return seen;
}

Seen both(const std::string& source, const RunOptions& options = {}) {
  const CompileResult compiled = compile_source(source, "test");
  EXPECT_TRUE(compiled.ok) << source;
  GridData grid;
  grid.h = 1;
  grid.w = 2;
  grid.cells = {1, 2};
  Runner runner(options);
  runner.load(compiled.program);
  const Seen watched = run(runner, compiled.program, grid, true);
  for (int repetition = 0; repetition < 2; ++repetition) {
    const Seen prepared = run(runner, compiled.program, grid, false);
    EXPECT_EQ(prepared, watched) << source << prepared.text() << "\n" << watched.text();
  }
  return watched;
}

TEST(Prepared, EndAsStatementsDoForAnyBudget) {
  constexpr u64 kPrograms = 600;
  u64 limits = 0;
  for (u64 k = 0; k < kPrograms; ++k) {
    const auto write = [](auto writer, GridData& input) {
      const std::string text = writer.program(6 + writer.below(12));
      input = writer.grid();
      return text;
    };
    GridData grid;
    const std::string source =
        k % 2 == 0 ? write(test::ProgramWriter(k + 1), grid) : write(CorpusWriter(k + 1), grid);
    const CompileResult compiled = compile_source(source, "random");
    ASSERT_TRUE(compiled.ok) << source;
    for (u64 budget = 1; budget < 2000; budget = budget * 2 + k % 3) {
      for (const bool steps : {true, false}) {
        RunOptions options;
        options.arena_bytes = u64{64} << 20;
        if (steps) {
          options.limits.steps = budget;
        } else {
          options.limits.steps = 1'000'000;
          options.limits.bytes = 40 * budget;
        }
        Runner runner(options);
        runner.load(compiled.program);
        const Seen watched = run(runner, compiled.program, grid, true);
        const Seen prepared = run(runner, compiled.program, grid, false);
        ASSERT_EQ(prepared, watched) << source << prepared.text() << "\n" << watched.text();
        limits += kind_of(watched.status) == StatusKind::limit ? 1 : 0;
      }
    }
  }
  EXPECT_GT(limits, 1000U);
}

TEST(Prepared, FunctionsThatAreMadeAgainAreOthers) {
  const std::string twice =
      "def made(x):\n    f = compose(first, last)\n    return f\n"
      "def solve(I):\n    a = made(I)\n    b = made(I)\n    return equality(a, b)\n";
  EXPECT_EQ(both(twice).value, "False");
  EXPECT_EQ(both("def solve(I):\n    a = compose(first, last)\n    b = compose(first, last)\n"
                 "    return equality(a, b)\n")
                .value,
            "False");
  EXPECT_EQ(both("def solve(I):\n    a = compose(first, last)\n    b = a\n"
                 "    return equality(a, b)\n")
                .value,
            "True");
  EXPECT_EQ(both("def solve(I):\n    a = compose(first, last)\n    x = a(I)\n"
                 "    a = compose(last, last)\n    y = a(I)\n    return astuple(x, y)\n")
                .value,
            "(1, 2)");
}

TEST(Prepared, FunctionsThatCallThemselvesAreNot) {
  const Seen seen = both("def solve(I):\n    f = compose(solve, identity)\n    return f(I)\n");
  EXPECT_EQ(seen.status, Status::recursion_error);
}

TEST(Prepared, ErrorsAreWhereTheyWere) {
  Seen seen = both("def solve(I):\n    x = first(I)\n    y = first(z)\n    z = x\n    return y\n");
  EXPECT_EQ(seen.status, Status::unbound_local_error);
  EXPECT_EQ(seen.line, 3U);
  seen = both("def solve(I):\n    f = lbind(add, ONE)\n    g = rbind(3, 4)\n    return g(I)\n");
  EXPECT_EQ(seen.status, Status::attribute_error);
  EXPECT_EQ(seen.line, 3U);
  seen = both(
      "def solve(I):\n    f = compose(first, 3)\n    x = first(I)\n    y = f(x)\n"
      "    return y\n");
  EXPECT_EQ(seen.status, Status::type_error);
  EXPECT_EQ(seen.line, 4U);
  RunOptions options;
  options.limits.steps = 6;  // the call, two functions of 1 + 2, and nothing for the third
  seen = both(
      "def solve(I):\n    f = compose(first, last)\n    g = compose(f, f)\n"
      "    h = compose(g, g)\n    return h(I)\n",
      options);
  EXPECT_EQ(seen.status, Status::limit_steps);
  EXPECT_GE(seen.line, 3U);
}

TEST(Prepared, LiteralsOfTuplesAreOfTheRun) {
  const std::string source =
      "def solve(I):\n    f = matcher(identity, (1, (2, 3)))\n    x = f((1, (2, 3)))\n"
      "    g = lbind(astuple, ((1,), ()))\n    y = g(x)\n    return y\n";
  EXPECT_EQ(both(source).value, "(((1,), ()), True)");
}

}  // namespace
}  // namespace arcbatch
