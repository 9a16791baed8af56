// The engine as a long-lived object, and programs as arrays.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <set>
#include <thread>

#include "arcbatch/session.h"

namespace arcbatch::api {
namespace {

std::vector<TaskData> tasks() {
  return {{"one", {{{{1, 2}}, {{{2, 1}}}}, {{{3, 4}, {5, 6}}, {{{4, 3}, {6, 5}}}}}, {{{{7}}, {}}}},
          {"two", {{{{1}}, {{{1}}}}}, {}}};
}

using C = CompactProgram;

std::int32_t primitive(const std::string& name) {
  const auto& names = primitive_names();
  const auto found = std::find(names.begin(), names.end(), name);
  EXPECT_NE(found, names.end()) << name;
  return C::reference(C::primitive, static_cast<std::int32_t>(found - names.begin()));
}

// The runs of a function on the tasks above: what C was, if it takes one, and whether it matched.
using Compared = std::vector<std::pair<std::optional<bool>, std::optional<bool>>>;

Compared compared_runs(const FunctionReport& function) {
  Compared runs;
  for (const RunReport& run : function.runs) runs.emplace_back(run.compared, run.match);
  return runs;
}

TEST(ApiSession, GivesTheExpectedOutputAsC) {
  const std::optional<bool> unknown;
  for (const std::string dialect : {"arc-dsl", "tokpidjin"}) {
    for (const std::string comparison : {"none", "expected", "both"}) {
      SessionOptions options;
      options.jobs = 1;
      options.dialect = dialect;
      options.comparison = comparison;
      Session session(tasks(), options);
      session.submit("def f(S, I, C):\n    return C\n");
      session.submit(
          "def f(task_id, S, I, C, log_path):\n    o = []\n    o.append(C)\n    return o\n");
      session.submit("def f(I):\n    return I\n");
      const std::optional<Report> given = session.wait();
      ASSERT_TRUE(given && given->functions.size() == 1);
      const Compared none = {{false, false}, {false, false}, {false, unknown}, {false, false}};
      const Compared expected = {{true, true}, {true, true}, {false, unknown}, {true, true}};
      const Compared both = {{false, false},   {true, true},   {false, false}, {true, true},
                             {false, unknown}, {false, false}, {true, true}};
      EXPECT_EQ(compared_runs(given->functions[0]), comparison == "none"       ? none
                                                    : comparison == "expected" ? expected
                                                                               : both);
      const std::optional<Report> batt = session.wait();
      ASSERT_TRUE(batt && batt->functions.size() == 1);
      EXPECT_EQ(batt->functions[0].runs.front().result.value,
                comparison == "expected" ? "[((2, 1),)]" : "[None]");
      EXPECT_EQ(batt->functions[0].runs.size(), given->functions[0].runs.size());
      const std::optional<Report> plain = session.wait();
      ASSERT_TRUE(plain && plain->functions.size() == 1);
      EXPECT_EQ(
          compared_runs(plain->functions[0]),
          (Compared{{unknown, false}, {unknown, false}, {unknown, unknown}, {unknown, true}}));
    }
  }
}

TEST(ApiSession, RefusesOptionsThatDoNotExist) {
  SessionOptions options;
  options.comparison = "all";
  EXPECT_THROW(Session(tasks(), options), std::invalid_argument);
  options.comparison = "both";
  options.backend = "emulated";
  EXPECT_THROW(Session(tasks(), options), std::invalid_argument);
  SessionOptions other;
  other.dialect = "klingon";
  EXPECT_THROW(Session(tasks(), other), std::invalid_argument);
  EXPECT_THROW(Program::compile("def f(I):\n    return I\n", "f", "klingon"),
               std::invalid_argument);
  EXPECT_TRUE(Program::compile("def f(I):\n    return mir_rot_t(I, R2)\n", "f", "tokpidjin")
                  .warnings()
                  .empty());
}

TEST(ApiSession, ReportsInTheOrderOfTickets) {
  SessionOptions options;
  options.jobs = 2;
  options.score = true;
  Session session(tasks(), options);
  EXPECT_FALSE(session.poll());
  EXPECT_FALSE(session.wait());
  for (std::uint64_t k = 1; k <= 300; ++k) {
    const std::string name = k % 3 == 0 ? "solve_one" : "f";
    EXPECT_EQ(session.submit("def " + name + "(I):\n    return " +
                             (k % 2 == 0 ? "vmirror(I)\n" : "hmirror(I)\n")),
              k);
  }
  for (std::uint64_t k = 1; k <= 300; ++k) {
    const std::optional<Report> report = session.wait();
    ASSERT_TRUE(report);
    EXPECT_EQ(report->ticket, k);
    ASSERT_EQ(report->functions.size(), 1u);
    const FunctionReport& f = report->functions[0];
    ASSERT_EQ(f.runs.size(), k % 3 == 0 ? 3u : 4u);
    EXPECT_EQ(f.size, 1u);
    EXPECT_EQ(f.behaviour.size(), 32u);
    EXPECT_EQ(f.runs[0].match, k % 2 == 0);
    EXPECT_EQ(f.runs[1].result.value, k % 2 == 0 ? "((4, 3), (6, 5))" : "((5, 6), (3, 4))");
    EXPECT_EQ(f.runs[0].score->cells, k % 2 == 0 ? 1.0 : 0.0);
    EXPECT_TRUE(f.runs[2].is_test);
    EXPECT_FALSE(f.runs[2].match);
    EXPECT_FALSE(f.runs[2].score);
  }
  EXPECT_EQ(session.pending(), 0u);
  EXPECT_FALSE(session.wait());
}

// What a report says, for comparing.
std::string text_of(const Report& report) {
  std::string text = std::to_string(report.ticket) + "/" + std::to_string(report.errors.size());
  for (const FunctionReport& f : report.functions) {
    text += "\n" + f.name + " " + f.fingerprint + " " + f.behaviour;
    for (const RunReport& run : f.runs) {
      text += "\n " + run.task + (run.is_test ? " test " : " train ") + std::to_string(run.index) +
              (run.match ? (*run.match ? " +" : " -") : " ?") + ending_name(run.result.ending) +
              run.result.value + run.result.error + run.result.statement + run.output +
              (run.score ? std::to_string(run.score->palette) : "");
    }
  }
  return text;
}

std::vector<std::string> texts_of(Session& session, int programs) {
  for (int k = 0; k < programs; ++k) {
    const char* const bodies[] = {"rot90(I)", "first(first(I))", "upscale(I, 2)", "frobnicate("};
    session.submit(
        std::string(k % 5 == 0 ? "def solve_two(I):\n    return " : "def f(I):\n    return ") +
        bodies[k % 4] + "\n");
  }
  std::vector<std::string> texts;
  while (const std::optional<Report> report = session.wait()) texts.push_back(text_of(*report));
  return texts;
}

const char* test_backend() {
  const char* const backend = std::getenv("ARCBATCH_TEST_BACKEND");
  return backend == nullptr ? "emulated" : backend;
}

TEST(ApiSession, GathersProgramsForDevices) {
  SessionOptions options;
  options.score = true;
  Session alone(tasks(), options);
  const std::vector<std::string> wanted = texts_of(alone, 100);
  ASSERT_EQ(wanted.size(), 100u);
  EXPECT_TRUE(alone.devices().empty());
  options.backend = test_backend();
  options.jobs = 2;
  options.gather_programs = 20;
  options.gather_time = std::chrono::hours(1);
  Session gathering(tasks(), options);
  EXPECT_GE(gathering.devices().size(), 1u);
  EXPECT_EQ(texts_of(gathering, 100), wanted);
  const SessionCounts counts = gathering.counts();
  // Whatever the time between two programs; a device may want smaller slices.
  EXPECT_GE(counts.slices, 5u);
  if (std::string(options.backend) == "emulated") {
    EXPECT_EQ(counts.slices, 5u);
  }
  EXPECT_GT(counts.device_runs, 100u);
  EXPECT_EQ(counts.cpu_runs, 0u);
  EXPECT_GT(counts.bytes_up, 0u);
}

TEST(ApiSession, AProgramWaitsForOthersNoLongerThanAsked) {
  SessionOptions options;
  options.backend = "emulated";
  options.gather_time = std::chrono::milliseconds(20);
  Session session(tasks(), options);
  session.submit("def f(I):\n    return I\n");
  const auto began = std::chrono::steady_clock::now();
  const std::optional<Report> report = session.wait();
  ASSERT_TRUE(report);
  EXPECT_GE(std::chrono::steady_clock::now() - began, std::chrono::milliseconds(15));
  EXPECT_EQ(session.counts().slices, 1u);
  session.submit("def f(I):\n    return I\n");  // is dropped, though it waits
}

TEST(ApiSession, ABackendThatCannotBeUsedSaysWhy) {
  SessionOptions options;
  options.backend = "tpu";
  EXPECT_THROW(Session(tasks(), options), std::invalid_argument);
  const char* const before = std::getenv("ARCBATCH_CUDA_MODULE");
  const std::string kept = before == nullptr ? "" : before;
  setenv("ARCBATCH_CUDA_MODULE", "/nowhere/arcbatch_cuda.so", 1);
  options.backend = "cuda";
  EXPECT_THROW(Session(tasks(), options), std::runtime_error);
  options.backend = "auto";
  Session session(tasks(), options);
  EXPECT_TRUE(session.devices().empty());
  EXPECT_EQ(texts_of(session, 4).size(), 4u);
  setenv("ARCBATCH_CUDA_MODULE", kept.c_str(), 1);
}

TEST(ApiSession, TellsOfTextThatDoesNotCompile) {
  Session session(tasks());
  session.submit("def f(I:\n");
  session.submit("def f(I):\n    return first(I, I)\ndef g(S, I):\n    return S\n");
  const std::optional<Report> bad = session.wait();
  ASSERT_TRUE(bad);
  ASSERT_FALSE(bad->errors.empty());
  EXPECT_EQ(bad->errors[0].file, "<program 1>");
  EXPECT_TRUE(bad->functions.empty());
  const std::optional<Report> good = session.wait_for(std::chrono::milliseconds(60'000));
  ASSERT_TRUE(good);
  ASSERT_EQ(good->functions.size(), 2u);
  EXPECT_EQ(good->functions[0].runs[0].result.error, "TypeError");
  EXPECT_EQ(good->functions[1].runs[3].result.value, "((((1,),), ((1,),)),)");
}

TEST(ApiSession, TakesProgramsFromManyThreads) {
  Session session(tasks());
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&session] {
      for (int k = 0; k < 50; ++k) session.submit("def f(I):\n    return identity(I)\n");
    });
  }
  threads.clear();
  std::set<std::string> fingerprints;
  for (int k = 0; k < 200; ++k) fingerprints.insert(session.wait()->functions.at(0).fingerprint);
  EXPECT_EQ(fingerprints.size(), 1u);
}

TEST(ApiSession, EndsWhileProgramsWait) {
  Session session(tasks());
  for (int k = 0; k < 5000; ++k) session.submit("def f(I):\n    return objects(I, T, T, F)\n");
}

TEST(ApiSession, RefusesWrongTasks) {
  for (const std::vector<std::vector<int>>& grid :
       {std::vector<std::vector<int>>{}, {{}}, {{1, 2}, {3}}, {{10}}, {{-1}}}) {
    EXPECT_THROW(Session({{"t", {{grid, {}}}, {}}}), std::invalid_argument);
  }
  EXPECT_THROW(Session({{"t", {}, {}}, {"t", {}, {}}}), std::invalid_argument);
}

TEST(Compact, BecomesText) {
  C program;
  program.constants = {Data::boolean(true), Data::tuple({Data::integer(-1)}), Data::integer(0)};
  const std::int32_t yes = C::reference(C::constant, 0);
  program.code = {primitive("objects"),
                  4,
                  0,
                  yes,
                  yes,
                  yes,
                  primitive("rbind"),
                  2,
                  primitive("shift"),
                  C::reference(C::constant, 1),
                  C::reference(C::result, 2),
                  1,
                  C::reference(C::result, 1),
                  C::reference(C::form, 0),
                  2,
                  0,
                  C::reference(C::result, 3),
                  C::reference(C::form, 1),
                  2,
                  C::reference(C::result, 4),
                  C::reference(C::constant, 2)};
  program.returned = C::reference(C::result, 5);
  const std::string text = to_text(program, "f");
  EXPECT_EQ(text,
            "def f(I):\n    x1 = objects(I, True, True, True)\n    x2 = rbind(shift, (-1,))\n"
            "    x3 = x2(x1)\n    x4 = (I, x3)\n    x5 = x4[0]\n    return x5\n");
  EXPECT_EQ(to_compact(Program::compile(text), "f"), program);
}

TEST(Compact, KeepsWhatAFunctionDoes) {
  const char* sources[] = {
      "def f(I):\n    return I\n", "def f(I):\n    return ONE\n",
      "def f(I):\n    x = objects(I, T, F, T)\n    y = x\n    return size(merge(y))\n",
      "def f(grid):\n    return fork(equality, compose(first, last), lbind(shift, grid))((1, 2))\n",
      "def f(I):\n    x = ((I,), (1, None), ())\n    return x[0][0]\n"};
  for (const char* source : sources) {
    const Program program = Program::compile(source);
    const C compact = to_compact(program, "f");
    const Program again = Program::compile(to_text(compact, "f"));
    EXPECT_EQ(to_compact(again, "f"), compact) << source;
    Engine engine;
    const Data grid = Data::grid({{1, 0}, {0, 1}});
    const RunResult a = engine.call(program, "f", {grid});
    const RunResult b = engine.call(again, "f", {grid});
    EXPECT_EQ(a.value, b.value) << source;
    EXPECT_EQ(a.error, b.error) << source;
    EXPECT_EQ(a.steps, b.steps) << source;
  }
}

TEST(Compact, SaysWhatIsWrong) {
  const auto message_of = [](const C& program) -> std::string {
    try {
      return to_text(program);
    } catch (const std::invalid_argument& error) {
      return error.what();
    }
  };
  EXPECT_EQ(message_of({{primitive("size")}, {}, 0}), "code ends within statement 1");
  EXPECT_EQ(message_of({{primitive("size"), 1}, {}, 0}), "code ends within statement 1");
  EXPECT_EQ(message_of({{primitive("size"), -1}, {}, 0}), "code[1] is no number of arguments: -1");
  EXPECT_EQ(message_of({{primitive("size"), 1, 4}, {}, 0}),
            "4 refers to nothing that is there in statement 1");
  EXPECT_EQ(message_of({{}, {}, 1}), "1 refers to nothing that is there in statement 1");
  EXPECT_EQ(message_of({{C::reference(C::form, 1), 2, 0, 0}, {}, 0}),
            "code[3] is no constant int to subscript with");
  for (const char* source :
       {"def f(I, n):\n    return I\n", "def f(I):\n    return apply(lambda x: x, I)\n",
        "def f(I):\n    a, b = I\n    return a\n",
        "def f(I):\n    return g(I)\ndef g(I):\n    return I\n"}) {
    EXPECT_THROW(to_compact(Program::compile(source), "f"), std::invalid_argument) << source;
  }
  EXPECT_THROW(to_compact(Program::compile("def f(I):\n    return I\n"), "g"), std::out_of_range);
}

}  // namespace
}  // namespace arcbatch::api
