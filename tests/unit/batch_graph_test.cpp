// What may and what may not be shared between programs: one test a rule.
#include <gtest/gtest.h>

#include <set>

#include "sharing.h"

namespace arcbatch {
namespace {

using test::Batch;
using test::describe;
using test::grid_of;

const GridData kGrid = grid_of({{0, 1, 1, 0}, {2, 0, 0, 1}, {2, 2, 0, 5}});
const KernelPath kPaths[] = {KernelPath::automatic, KernelPath::scalar, KernelPath::generic,
                             KernelPath::lanes};

// Runs `bodies` as functions of I, one program each, on every path; returns the outcomes of the
// automatic one.
std::vector<Outcome> share(const std::vector<std::string>& bodies, RunOptions options = {},
                           SharingCounts* counts = nullptr) {
  Batch batch;
  for (const std::string& body : bodies) batch.add("def f(I):\n" + body);
  options.score = true;
  for (const KernelPath path : kPaths) {
    options.path = path;
    for (const std::string& difference : batch.differences(options, {kGrid}, &kGrid, counts)) {
      ADD_FAILURE() << kernel_path_name(path) << "\n" << difference;
    }
  }
  options.path = KernelPath::automatic;
  GraphRunner runner(options);
  runner.load(batch.graph());
  runner.run(kGrid, &kGrid);
  std::vector<Outcome> outcomes;
  for (u32 k = 0; k < batch.graph().program_count(); ++k) outcomes.push_back(runner.outcome(k));
  return outcomes;
}

u64 nodes_of(const std::vector<std::string>& sources) {
  Batch batch;
  for (const std::string& source : sources) batch.add(source);
  return batch.graph().size().nodes;
}

TEST(BatchGraph, EvaluatesWhatProgramsShareOnce) {
  SharingCounts counts;
  const std::vector<Outcome> outcomes =
      share({"    x = objects(I, T, F, T)\n    y = size(x)\n    return y\n",
             "    a = objects(I, T, F, T)\n    b = first(a)\n    return b\n",
             "    o = objects(I, T, F, T)\n    return size(o)\n"},
            {}, &counts);
  EXPECT_EQ(outcomes[0].value, outcomes[2].value);
  EXPECT_EQ(outcomes[0].steps, outcomes[2].steps);
  EXPECT_EQ(counts.nodes.evaluated, 3u);
  EXPECT_EQ(counts.results, 2u);
}

TEST(BatchGraph, KeepsFunctionsOfOneProgramApart) {
  const std::string two = "    f = compose(size, rot90)\n    g = compose(size, rot90)\n";
  const std::vector<Outcome> outcomes =
      share({two + "    return equality(f, g)\n", two + "    return equality(f, f)\n",
             "    f = compose(size, rot90)\n    return equality(f, f)\n",
             two + "    s = insert(f, initset(g))\n    return size(s)\n",
             two + "    s = insert(f, initset(f))\n    return size(s)\n",
             two + "    return equality(astuple(f, g), astuple(f, f))\n",
             two + "    return equality(astuple(f, g), astuple(f, g))\n"});
  const char* const expected[] = {"False", "True", "True", "2", "1", "False", "True"};
  for (std::size_t k = 0; k < outcomes.size(); ++k) EXPECT_EQ(outcomes[k].value, expected[k]) << k;
}

TEST(BatchGraph, KeepsFunctionsApartWhichABoundBuilderMakes) {
  const std::string two =
      "    make = lbind(compose, size)\n    f = make(rot90)\n    g = make(rot90)\n";
  const std::string maps =
      "    make = lbind(rbind, add)\n    f = apply(make, (ONE,))\n    g = apply(make, (ONE,))\n";
  const std::string powers = "    f = power(rot90, TWO)\n    g = power(rot90, TWO)\n";
  const std::string once = "    f = power(rot90, ONE)\n    g = power(rot90, ONE)\n";
  const std::string chosen =
      "    b = branch(T, rbind, lbind)\n    f = b(add, ONE)\n    g = b(add, ONE)\n";
  const std::vector<Outcome> outcomes = share(
      {two + "    return equality(f, g)\n", maps + "    return equality(f, g)\n",
       maps + "    return equality(first(f), first(f))\n", powers + "    return equality(f, g)\n",
       once + "    return equality(f, g)\n", chosen + "    return equality(f, g)\n"});
  const char* const expected[] = {"False", "False", "True", "False", "True", "False"};
  for (std::size_t k = 0; k < outcomes.size(); ++k) EXPECT_EQ(outcomes[k].value, expected[k]) << k;
}

TEST(BatchGraph, SharesTheKthFunctionOfItsKind) {
  const std::string one = "def f(I):\n    a = compose(size, rot90)\n    return a(I)\n";
  const std::string two =
      "def f(I):\n    a = compose(size, rot90)\n    b = compose(size, rot90)\n    return b(I)\n";
  // Of the second: another compose, the call of it and the ret.
  EXPECT_EQ(nodes_of({one, one}), nodes_of({one}));
  EXPECT_EQ(nodes_of({two, two}), nodes_of({two}));
  EXPECT_EQ(nodes_of({one, two}), nodes_of({one}) + 3);
}

TEST(BatchGraph, KeepsLiteralsApartThatAreEqual) {
  const std::vector<Outcome> outcomes = share({"    return identity(True)\n",
                                               "    return identity(1)\n",
                                               "    return identity(T)\n",
                                               "    return identity((1, 2))\n",
                                               "    return identity((True, 2))\n",
                                               "    return identity((1, (2, 3)))\n",
                                               "    return identity(((1, 2), 3))\n",
                                               "    return identity((0, False, None))\n",
                                               "    return identity((False, 0, None))\n",
                                               "    return identity((False, 0))\n",
                                               "    return identity(())\n",
                                               "    return identity(((),))\n",
                                               "    return identity(None)\n",
                                               "    return identity(0)\n",
                                               "    return identity(-0)\n",
                                               "    return identity((1, 2, 3))\n",
                                               "    return 1\n",
                                               "    return True\n",
                                               "    return (1, True)\n",
                                               "    return (True, 1)\n"});
  const char* const expected[] = {"True",
                                  "1",
                                  "True",
                                  "(1, 2)",
                                  "(True, 2)",
                                  "(1, (2, 3))",
                                  "((1, 2), 3)",
                                  "(0, False, None)",
                                  "(False, 0, None)",
                                  "(False, 0)",
                                  "()",
                                  "((),)",
                                  "None",
                                  "0",
                                  "0",
                                  "(1, 2, 3)",
                                  "1",
                                  "True",
                                  "(1, True)",
                                  "(True, 1)"};
  for (std::size_t k = 0; k < outcomes.size(); ++k) EXPECT_EQ(outcomes[k].value, expected[k]) << k;
}

TEST(BatchGraph, KeepsNoLiteralOfAGraphBefore) {
  Batch integers;
  integers.add("def f(I):\n    return astuple(astuple(1, 2), astuple(3, 4))\n");
  Batch tuples;
  tuples.add("def f(I):\n    x = ((1,), ())\n    return x\n");
  tuples.add("def f(I):\n    x = (5, ((6,), (7,)))\n    return x\n");
  for (const KernelPath path : kPaths) {
    RunOptions options;
    options.path = path;
    GraphRunner runner(options);
    runner.load(integers.graph());
    runner.run(kGrid, nullptr);
    runner.load(tuples.graph());
    runner.run(kGrid, nullptr);
    EXPECT_EQ(runner.outcome(0).value, "((1,), ())");
    EXPECT_EQ(runner.outcome(1).value, "(5, ((6,), (7,)))");
  }
}

TEST(BatchGraph, GivesEachProgramItsOwnStatement) {
  const std::vector<Outcome> outcomes =
      share({"    x = size(I)\n    y = first(x)\n    return I\n",
             "    a = rot90(I)\n    n = size(I)\n    b = size(a)\n    c = first(n)\n    return a\n",
             "\n\n    return first(size(I))\n",
             "    y = vsplit(I, TEN)\n    x = size(I)\n    return first(x)\n"});
  for (const Outcome& outcome : outcomes) EXPECT_EQ(outcome.status, Status::type_error);
  EXPECT_EQ(outcomes[0].line, 3u);
  EXPECT_EQ(outcomes[0].statement, "y = first(x)");
  EXPECT_EQ(outcomes[1].line, 5u);
  EXPECT_EQ(outcomes[1].statement, "c = first(n)");
  EXPECT_EQ(outcomes[2].line, 4u);
  EXPECT_EQ(outcomes[2].statement, "return first(size(I))");
}

TEST(BatchGraph, RunsEveryStatementInOrder) {
  // What is not used raises all the same, and what comes after an error is not run.
  const std::vector<Outcome> outcomes =
      share({"    x = first(ONE)\n    return I\n",
             "    x = divide(ONE, ZERO)\n    y = first(ONE)\n    return I\n",
             "    y = first(ONE)\n    x = divide(ONE, ZERO)\n    return I\n",
             "    x = increment(unknown)\n    return I\n", "    x = y\n    y = I\n    return x\n",
             "    x = increment(y)\n    y = I\n    return x\n", "    return divide(ONE, ZERO)\n"});
  const Status expected[] = {Status::type_error,          Status::zero_division_error,
                             Status::type_error,          Status::name_error,
                             Status::unbound_local_error, Status::unbound_local_error,
                             Status::zero_division_error};
  for (std::size_t k = 0; k < outcomes.size(); ++k) {
    EXPECT_EQ(outcomes[k].status, expected[k]) << k << describe(outcomes[k]);
  }
}

TEST(BatchGraph, TakesAssignmentsApartFromNames) {
  // A variable that is assigned again, a name for a primitive, several targets, and unpacking.
  const std::vector<Outcome> outcomes = share(
      {"    I = rot90(I)\n    I = rot90(I)\n    return I\n", "    f = rot90\n    return f(I)\n",
       "    a = b = rot90(I)\n    return astuple(a, b)\n",
       "    a, b = astuple(I, ONE)\n    return b\n", "    a, b = astuple(I, ONE)\n    return a\n",
       "    a, b = first(I)\n    return b\n", "    a, b, c, d = first(I)\n    return d\n",
       "    a, b = size(I)\n    return b\n", "    a, b = b, a = astuple(ONE, TWO)\n    return a\n",
       "    x = (I, ONE, rot90)\n    return x[1]\n", "    return first(I)[-1]\n",
       "    return first(I)[9]\n", "    return (first(I), I[0], ONE)\n",
       "    x = rot90(I, I)\n    return x\n", "    x = T(I)\n    return x\n"});
  EXPECT_EQ(outcomes[3].value, "1");
  EXPECT_EQ(outcomes[5].status, Status::value_error);
  EXPECT_EQ(outcomes[6].value, "0");
  EXPECT_EQ(outcomes[11].status, Status::index_error);
}

TEST(BatchGraph, RunsAloneWhatNodesCannotSay) {
  Batch batch;
  batch.add("def f(I):\n    g = lambda x: add(x, ONE)\n    return g(size(I))\n");
  batch.add("def g(x):\n    return size(x)\ndef f(I):\n    return add(g(I), ONE)\n");
  batch.add("def f(I, n=TWO):\n    return multiply(n, size(I))\n");
  batch.add("def f(I):\n    return multiply(TWO, size(I))\n");
  batch.add("def f(I):\n    return index(grid=I, loc=ORIGIN)\n");
  const BatchGraph& graph = batch.graph();
  EXPECT_TRUE(graph.is_opaque(0));
  EXPECT_FALSE(graph.is_opaque(1));  // g
  EXPECT_TRUE(graph.is_opaque(2));
  EXPECT_FALSE(graph.is_opaque(3));
  EXPECT_EQ(graph.fingerprint(3), graph.fingerprint(4));
  for (const KernelPath path : kPaths) {
    RunOptions options;
    options.path = path;
    SharingCounts counts;
    for (const std::string& d : batch.differences(options, {kGrid, kGrid}, nullptr, &counts)) {
      ADD_FAILURE() << d;
    }
    EXPECT_EQ(counts.alone_opaque, 4u);
    EXPECT_EQ(counts.alone_memory, 0u);
  }
}

// Statements of which some cost steps, some bytes, in several orders.
std::vector<std::string> costly_bodies() {
  const std::string o = "    o = objects(I, F, T, F)\n";
  const std::string u = "    u = upscale(I, NINE)\n";
  const std::string m = "    m = mapply(asobject, (I, I, I))\n";
  const std::string p = "    p = apply(lbind(shift, asobject(I)), asindices(I))\n";
  const std::string e = "    e = extract(asobject(I), matcher(first, FIVE))\n";
  return {o + "    return o\n",
          o + u + "    return u\n",
          u + o + "    return o\n",
          u + u + "    return u\n",
          m + o + "    return m\n",
          p + "    return size(p)\n",
          o + p + "    return size(p)\n",
          u + p + o + "    return size(p)\n",
          e + u + "    return e\n",
          u + e + "    return fill(u, ONE, asindices(u))\n",
          u + m + p + e + o + "    return paint(u, m)\n",
          m + "    return first(size(m))\n",
          o + "    return first(size(o))\n"};
}

TEST(BatchGraph, ChargesEveryProgramAsIfItRanAlone) {
  const std::vector<std::string> bodies = costly_bodies();
  u64 limited[2] = {};
  RunOptions options;
  for (const u64 steps : {0, 1, 2, 3, 20, 30, 60, 100, 200, 450, 700, 1000, 1500, 2500, 4000}) {
    options.limits = Limits{};
    options.limits.steps = steps;
    for (const Outcome& o : share(bodies, options)) limited[0] += o.status == Status::limit_steps;
  }
  for (const u64 bytes : {0, 1, 47, 48, 49, 200, 400, 900, 2000, 5000, 9000, 20000, 30000, 60000}) {
    options.limits = Limits{};
    options.limits.bytes = bytes;
    for (const Outcome& o : share(bodies, options)) limited[1] += o.status == Status::limit_bytes;
  }
  for (u64 steps = 50; steps < 1500; steps += 37) {
    options.limits.steps = steps;
    options.limits.bytes = 9 * steps;
    share(bodies, options);
  }
  EXPECT_GT(limited[0], 30u);
  EXPECT_GT(limited[1], 30u);
}

TEST(BatchGraph, LimitsValuesAsAlone) {
  const std::vector<std::string> bodies = {
      "    x = astuple(I, I)\n    y = astuple(x, x)\n    z = astuple(y, y)\n    return z\n",
      "    x = astuple(I, I)\n    y = astuple(x, x)\n    return y\n",
      "    x = repeat(repeat(repeat(ONE, TWO), TWO), TWO)\n    return x\n",
      "    return ((((1, 2), 3), 4), 5)\n",
      "    x = ((1, 2), (3, (4, 5)))\n    return I\n",
      "    x = unknown\n    y = (1, (2, (3, 4)))\n    return y\n",
      "    f = power(lbind(astuple, ONE), TEN)\n    return f(ONE)\n"};
  u64 limited = 0;
  for (const u32 depth : {1, 2, 3, 4, 5}) {
    RunOptions options;
    options.limits.depth = depth;
    for (const Outcome& o : share(bodies, options)) limited += o.status == Status::limit_depth;
  }
  EXPECT_GT(limited, 10u);
  limited = 0;
  for (const u64 expanded : {5, 10, 30, 40, 70}) {
    RunOptions options;
    options.limits.expanded = expanded;
    for (const Outcome& o : share(bodies, options)) limited += o.status == Status::limit_size;
  }
  EXPECT_GT(limited, 5u);
}

TEST(BatchGraph, RefusesWhatAloneIsRefused) {
  const std::string functions =
      "    s = insert(rot90, insert(rot180, initset(cmirror)))\n    n = size(s)\n";
  const std::vector<std::string> bodies = {
      functions + "    return first(s)\n",
      functions + "    return n\n",
      functions + "    return s\n",
      functions + "    return apply(lbind(identity, I), s)\n",
      functions + "    return size(rapply(s, I))\n",
      functions + "    return rapply(s, I)\n",
      functions + "    return apply(size, s)\n",
      functions + "    t = totuple(s)\n    return size(t)\n",
      functions + "    t = totuple(s)\n    return first(t)\n",
      "    x = multiply(4611686018427387904, TEN)\n    return x\n",
      "    x = compose(size, rot90)\n    return x\n"};
  u64 refused = 0;
  for (const Outcome& o : share(bodies)) refused += o.kind() == StatusKind::unsupported ? 1 : 0;
  EXPECT_GE(refused, 4u);
  for (u64 steps = 1; steps < 60; ++steps) {
    RunOptions options;
    options.limits.steps = steps;
    share(bodies, options);
  }
}

TEST(BatchGraph, TakesNoRefusalForWantOfStepsForOneOfTheNode) {
  // Calls over a set of functions are made in some order; where the steps end among them, what
  // would have been is not known. Another program has steps enough.
  const std::string functions =
      "    s = insert(rot90, insert(rot180, initset(cmirror)))\n    r = rapply(s, I)\n";
  const std::vector<std::string> bodies = {
      "    u = upscale(I, THREE)\n" + functions + "    return size(r)\n",
      functions + "    return size(r)\n"};
  u64 parted = 0;
  for (u64 steps = 10; steps < 200; steps += 3) {
    RunOptions options;
    options.limits.steps = steps;
    const std::vector<Outcome> outcomes = share(bodies, options);
    const bool refused = outcomes[0].status == Status::unsupported_order;
    parted += refused && outcomes[1].status == Status::ok ? 1 : 0;
  }
  EXPECT_GT(parted, 3u);
}

TEST(BatchGraph, RefusesAtOneCostWhereverFunctionsLie) {
  // One of the functions raises. Which come before it follows from their addresses, and these
  // from what the arena held before.
  std::vector<std::string> bodies;
  for (u32 before = 0; before < 12; ++before) {
    std::string body;
    for (u32 k = 0; k < before; ++k) body += "    y" + std::to_string(k) + " = asobject(I)\n";
    body +=
        "    a = compose(first, size)\n    b = compose(asobject, rot90)\n"
        "    c = compose(rot180, rot90)\n    d = compose(size, rot90)\n"
        "    e = chain(palette, rot90, rot90)\n    s = insert(a, insert(b, initset(c)))\n"
        "    t = insert(d, insert(e, s))\n    r = rapply(t, I)\n    return r\n";
    bodies.push_back(body);
  }
  std::set<u64> steps;
  const std::vector<Outcome> outcomes = share(bodies);
  for (std::size_t k = 0; k < outcomes.size(); ++k) {
    EXPECT_EQ(outcomes[k].status, Status::unsupported_order);
    steps.insert(outcomes[k].steps - k * (outcomes[1].steps - outcomes[0].steps));
  }
  EXPECT_EQ(steps.size(), 1u);
}

TEST(BatchGraph, KeepsWhatFollowsFromTheTrainingPairs) {
  const std::vector<Pair> pairs = {{kGrid, kGrid}, {kGrid, std::nullopt}};
  Batch batch;
  for (const char* const body : {
           "    a = apply(first, S)\n    b = first(a)\n    c = objects(b, T, F, T)\n"
           "    d = first(c)\n    return paint(I, d)\n",
           "    a = apply(first, S)\n    b = first(a)\n    c = objects(b, T, F, T)\n"
           "    return size(c)\n",
           "    a = first(S)\n    x, y = a\n    return equality(x, I)\n",
           "    a = compose(size, first)\n    b = apply(a, S)\n    return combine(b, (size(I),))\n",
           "    a = insert(compose(size, first), initset(compose(first, size)))\n"
           "    b = rapply(a, S)\n    return b\n",
           "    a = last(first(first(S)))\n    b = divide(a, ZERO)\n    return I\n",
           "    a = interval(ZERO, TEN, ONE)\n    b = product(a, a)\n    return first(b)\n",
           "    a = upscale(first(first(S)), TEN)\n    b = asobject(a)\n    return fill(I, ONE, "
           "b)\n",
       }) {
    batch.add(std::string("def f(S, I):\n") + body);
  }
  const std::vector<GridData> inputs = {kGrid, {1, 2, {3, 4}}, kGrid, {2, 1, {0, 7}}};
  for (const u64 steps : {u64{400'000'000}, u64{1000}, u64{300}, u64{100}, u64{40}, u64{12}}) {
    for (const FlushLimits& flush :
         {FlushLimits{}, FlushLimits{0, 1 << 30}, FlushLimits{~u64{0}, 0}}) {
      RunOptions options;
      options.limits.steps = steps;
      SharingCounts counts;
      for (const std::string& difference :
           batch.differences(options, inputs, &kGrid, &counts, flush, &pairs)) {
        ADD_FAILURE() << steps << '\n' << difference;
      }
      if (flush.branch_bytes == 0 || flush.held_bytes == 0) continue;
      EXPECT_GE(counts.nodes.kept, 3u) << steps;
      if (steps > 1000) {
        EXPECT_GE(counts.nodes.kept, 3u * 18);
      }
    }
  }
}

TEST(BatchGraph, MakesValuesAgainWhereMemoryIsShort) {
  std::vector<std::string> bodies;
  for (const char* const n : {"FIVE", "SIX", "SEVEN", "EIGHT", "NINE"}) {
    const std::string big = std::string("    a = upscale(upscale(I, TWO), ") + n + ")\n";
    const std::string sets = big + "    b = asobject(a)\n    c = shift(b, UNITY)\n";
    bodies.push_back(sets + "    d = mapply(asobject, (a, a))\n    return size(d)\n");
    bodies.push_back(sets + "    d = first(c)\n    e = last(c)\n    return astuple(d, e)\n");
    bodies.push_back(sets +
                     "    f = compose(size, rot90)\n    d = f(a)\n    return equality(f, f)\n");
    bodies.push_back(sets +
                     "    x, y = astuple(b, c)\n    d = ofcolor(a, TWO)\n    return first(y)\n");
    bodies.push_back(sets + "    d = fill(a, ONE, c)\n    return size(c)\n");
  }
  Batch batch;
  for (const std::string& body : bodies) batch.add("def f(I):\n" + body);
  for (const KernelPath path : {KernelPath::automatic, KernelPath::generic}) {
    RunOptions options;
    options.path = path;
    for (const u64 held_bytes : {u64{0}, u64{1} << 20, u64{4} << 20}) {
      SharingCounts counts;
      for (const std::string& difference :
           batch.differences(options, {kGrid, kGrid}, &kGrid, &counts, {~u64{0}, held_bytes})) {
        ADD_FAILURE() << difference;
      }
      EXPECT_GT(counts.nodes.flushes, held_bytes == 0               ? 50u
                                      : path == KernelPath::generic ? 1u
                                                                    : 0u)
          << held_bytes;
      EXPECT_EQ(counts.alone_memory, 0u);
    }
  }
}

TEST(BatchGraph, RunsAloneWhatFindsNoMemory) {
  // A run that exhausts the memory alone may find enough where a node is all that an arena holds;
  // never the other way round.
  std::vector<std::string> bodies;
  for (const char* const n : {"TWO", "FOUR", "SIX", "EIGHT", "TEN"}) {
    const std::string big = std::string("    a = upscale(upscale(I, TEN), ") + n + ")\n";
    bodies.push_back(big + "    b = asobject(a)\n    return first(b)\n");
    bodies.push_back(big + "    b = asobject(rot90(a))\n    c = totuple(b)\n    return last(c)\n");
  }
  Batch batch;
  for (const std::string& body : bodies) batch.add("def f(I):\n" + body);
  u64 alone = 0;
  u64 exhausted = 0;
  for (const u64 arena : {u64{3} << 20, u64{6} << 20, u64{12} << 20, u64{24} << 20}) {
    RunOptions options;
    options.arena_bytes = arena;
    options.path = KernelPath::generic;
    GraphRunner shared(options);
    shared.load(batch.graph());
    Runner runner(options);
    shared.run(kGrid, nullptr);
    for (u32 k = 0; k < batch.graph().program_count(); ++k) {
      runner.load(batch.graph().program(k));
      const Outcome want = run_on_grid(runner, options, 0, kGrid, nullptr);
      if (want.status == Status::resource_memory) {
        exhausted++;
        continue;
      }
      EXPECT_EQ(describe(shared.outcome(k)), describe(want)) << batch.source(k);
    }
    alone += shared.counts().alone_memory;
  }
  EXPECT_GT(exhausted, 0u);
  EXPECT_LT(exhausted, 4 * bodies.size());
  EXPECT_GT(alone, 0u);
}

TEST(BatchGraph, KnowsProgramsThatAreOne) {
  Batch batch;
  batch.add("def f(I):\n    x1 = objects(I, T, F, T)\n    x2 = size(x1)\n    return x2\n");
  batch.add(
      "# why\ndef g(grid):\n    # how\n    a = objects( grid, T,F , True)\n\n    return size(a)\n");
  batch.add(
      "def f(I):\n    x2 = objects(I, T, F, T)\n    x1 = size(x2)\n    x2 = x1\n    return x2\n");
  batch.add("def f(I):\n    x1 = objects(I, T, F, 1)\n    x2 = size(x1)\n    return x2\n");
  batch.add("def f(I):\n    x0 = size(I)\n    x1 = objects(I, T, F, T)\n    return size(x1)\n");
  batch.add("def f(I):\n    x1 = objects(I, T, F, T)\n    x0 = size(I)\n    return size(x1)\n");
  batch.add("def f(I):\n    x1 = objects(I, T, F, T)\n    x2 = size(x1)\n    return x1\n");
  batch.add("def f(I):\n    g = lambda x: add(x, ONE)\n    return g(size(I))\n");
  batch.add("def f(J):\n    h = lambda y: add(y, ONE)\n    return h(size(J))\n");
  batch.add("def f(I):\n    g = lambda x: add(x, TWO)\n    return g(size(I))\n");
  const BatchGraph& graph = batch.graph();
  EXPECT_EQ(graph.fingerprint(0), graph.fingerprint(1));
  EXPECT_EQ(graph.fingerprint(0), graph.fingerprint(2));
  EXPECT_EQ(graph.fingerprint(7), graph.fingerprint(8));
  for (u32 a = 2; a < graph.program_count(); ++a) {
    for (u32 b = 2; b < a; ++b) {
      EXPECT_EQ(graph.fingerprint(a) == graph.fingerprint(b), a == 8 && b == 7) << a << " " << b;
    }
  }
  RunOptions options;
  SharingCounts counts;
  for (const std::string& d : batch.differences(options, {kGrid}, nullptr, &counts)) {
    ADD_FAILURE() << d;
  }
  GraphRunner runner(options);
  runner.load(graph);
  runner.run(kGrid, nullptr);
  EXPECT_EQ(runner.outcome(0).value, runner.outcome(1).value);
}

TEST(BatchGraph, FingerprintsStayTheSame) {
  // Recorded once: they are kept in files, so a change of these numbers is a change of a format.
  Batch batch;
  batch.add("def f(I):\n    x1 = objects(I, T, F, T)\n    x2 = apply(size, x1)\n    return x2\n");
  batch.add("def f(I):\n    g = lambda x: add(x, ONE)\n    return g(size(I))\n");
  EXPECT_EQ(batch.graph().fingerprint(0).text(), "e5b485cca9f6ad2027721e25b7c48f72");
  EXPECT_EQ(batch.graph().fingerprint(1).text(), "38a7b9d1a002897eeedb7670c86b138b");
}

TEST(BatchGraph, HoldsNoPrograms) {
  BatchGraph graph;
  graph.finish();
  GraphRunner runner(RunOptions{});
  runner.load(graph);
  runner.run(kGrid, nullptr);
  EXPECT_EQ(runner.counts().visits, 0u);
  EXPECT_THROW(graph.finish(), std::logic_error);
}

}  // namespace
}  // namespace arcbatch
