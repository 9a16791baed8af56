// The public interface, with nothing but its own header.
#include <gtest/gtest.h>

#include "arcbatch/arcbatch.h"

namespace arcbatch::api {
namespace {

constexpr const char* kSource =
    "from dsl import *\n"
    "def turn(I):\n"
    "    return rot90(I)\n"
    "def corner(I, n=ONE):\n"
    "    x1 = index(I, ORIGIN)\n"
    "    return add(x1, n)\n"
    "def wrong(I):\n"
    "    x1 = first(I)\n"
    "    x2 = increment(x1, x1)\n"
    "    return x2\n"
    "def same(x):\n"
    "    return x\n";

TEST(Api, CallsAFunctionOnAGrid) {
  const Program program = Program::compile(kSource);
  Engine engine;
  const RunResult result = engine.call(program, "turn", {Data::grid({{1, 2, 3}, {4, 5, 6}})});
  EXPECT_EQ(result.ending, Ending::value);
  EXPECT_EQ(result.value, "((4, 1), (5, 2), (6, 3))");
  EXPECT_TRUE(result.error.empty());
  EXPECT_GT(result.steps, 0u);
}

TEST(Api, ListsFunctionsWithTheirParameters) {
  const auto functions = Program::compile(kSource).functions();
  ASSERT_EQ(functions.size(), 4u);
  EXPECT_EQ(functions[1].name, "corner");
  EXPECT_EQ(functions[1].parameters, (std::vector<std::string>{"I", "n"}));
  EXPECT_EQ(functions[1].required, 1u);
  EXPECT_EQ(functions[1].line, 4u);
}

TEST(Api, FillsDefaultsAndTakesSeveralArguments) {
  const Program program = Program::compile(kSource);
  Engine engine;
  const Data grid = Data::grid({{7}});
  EXPECT_EQ(engine.call(program, "corner", {grid}).value, "8");
  EXPECT_EQ(engine.call(program, "corner", {grid, Data::integer(-9)}).value, "-2");
  EXPECT_EQ(engine.call(program, "corner", {}).error, "TypeError");
}

TEST(Api, NamesErrorsWithTheirStatement) {
  Engine engine;
  const RunResult result =
      engine.call(Program::compile(kSource), "wrong", {Data::grid({{1, 2}, {3, 4}})});
  EXPECT_EQ(result.ending, Ending::error);
  EXPECT_EQ(result.error, "TypeError");
  EXPECT_EQ(result.line, 9u);
  EXPECT_EQ(result.statement, "x2 = increment(x1, x1)");
  EXPECT_TRUE(result.value.empty());
}

TEST(Api, PassesEveryKindOfValueThrough) {
  const Program program = Program::compile(kSource);
  Engine engine;
  const auto repr = [&](const Data& data) { return engine.call(program, "same", {data}).value; };
  EXPECT_EQ(repr(Data::none()), "None");
  EXPECT_EQ(repr(Data::boolean(true)), "True");
  EXPECT_EQ(repr(Data::integer(INT64_MIN)), "-9223372036854775808");
  EXPECT_EQ(repr(Data::tuple({})), "()");
  EXPECT_EQ(repr(Data::tuple({Data::none()})), "(None,)");
  EXPECT_EQ(repr(Data::set({})), "frozenset()");
  EXPECT_EQ(repr(Data::set({Data::integer(8), Data::integer(0)})), "frozenset({8, 0})");
  EXPECT_EQ(repr(Data::set({Data::integer(0), Data::integer(8)})), "frozenset({0, 8})");
}

TEST(Api, EndsAsLimitWithinItsBudgets) {
  const Program program = Program::compile(
      "def wide(n):\n    x1 = repeat(n, n)\n    return size(x1)\n"
      "def same(x):\n    return x\n");
  Options options;
  options.max_steps = 1000;
  options.max_depth = 20;
  Engine engine(options);
  const RunResult wide = engine.call(program, "wide", {Data::integer(1'000'000'000'000)});
  EXPECT_EQ(wide.ending, Ending::limit);
  EXPECT_FALSE(wide.reason.empty());
  EXPECT_EQ(wide.line, 2u);
  Data deep;
  for (int k = 0; k < 30; ++k) deep = Data::tuple({deep});
  EXPECT_EQ(engine.call(program, "same", {deep}).ending, Ending::limit);
  EXPECT_EQ(engine.call(program, "wide", {Data::integer(3)}).value, "3");
}

TEST(Api, ThrowsWhereTheCallerIsWrong) {
  const Program program = Program::compile(kSource);
  Engine engine;
  EXPECT_THROW(engine.call(program, "absent", {}), std::out_of_range);
  Options options;
  options.kernels = "fast";
  EXPECT_THROW(Engine{options}, std::invalid_argument);
  try {
    Program::compile("def f(I):\n    return (I\n", "broken.py");
    FAIL() << "broken text compiled";
  } catch (const CompileError& error) {
    ASSERT_FALSE(error.messages().empty());
    EXPECT_EQ(error.messages()[0].file, "broken.py");
    EXPECT_TRUE(error.messages()[0].is_error);
    EXPECT_NE(std::string(error.what()).find("broken.py"), std::string::npos);
  }
}

TEST(Api, WarnsOfUnknownNamesThatMayNeverBeReached) {
  const Program program = Program::compile("def f(I):\n    return hmiror(I)\n");
  ASSERT_EQ(program.warnings().size(), 1u);
  EXPECT_FALSE(program.warnings()[0].is_error);
  EXPECT_EQ(program.warnings()[0].line, 2u);
  Engine engine;
  EXPECT_EQ(engine.call(program, "f", {Data::grid({{1}})}).error, "NameError");
}

TEST(Api, KernelsAgree) {
  const Program program = Program::compile(
      "def f(I):\n    x1 = objects(I, T, F, T)\n    x2 = argmax(x1, size)\n    return fill(I, 5, "
      "x2)\n");
  const Data grid = Data::grid({{1, 0, 2}, {1, 0, 2}, {0, 0, 2}});
  for (const char* kernels : {"generic", "scalar", "lanes", "auto"}) {
    Options options;
    options.kernels = kernels;
    Engine engine(options);
    EXPECT_NE(engine.kernels(), "auto");
    EXPECT_EQ(engine.call(program, "f", {grid}).value, "((1, 0, 5), (1, 0, 5), (0, 0, 5))")
        << kernels;
  }
}

}  // namespace
}  // namespace arcbatch::api
