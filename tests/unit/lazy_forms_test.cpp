// Values that are left in pieces until somebody looks, pending tuples and strips: every use of them
// against the oracle, which makes everything at once.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "batch/outcome.h"
#include "frontend/frontend.h"

namespace arcbatch {
namespace {

const GridData kGrid = {5, 6, {0, 1, 0, 0, 2, 0, 1, 1, 0, 2, 2, 0, 0, 0, 3,
                               0, 0, 0, 0, 4, 0, 3, 3, 0, 4, 4, 0, 0, 0, 5}};

// Tuples of sets of cells, or of locations, whose merge is left pending; wide sets.
const char* const kSetup[] = {
    "t = totuple(objects(I, True, False, True))",
    "u = mapply(lbind(shift, asobject(crop(I, (0, 0), (2, 2)))), ((0, 0), (1, 2), (2, 1), (1, 2)))",
    "v = mapply(toindices, t)",
    "w = mapply(identity, t)",
    "e = mapply(identity, (frozenset(), initset((1, 1)), frozenset()))",
    "q = mpapply(recolor, (7, 8, 9), t)",
    "m = mapply(lbind(recolor, 6), (asindices(I), ofcolor(I, 0)))",
    "s = combine(connect((0, 0), (0, 90)), connect((3, -70), (3, 5)))",
    "r = combine(recolor(3, s), recolor(4, connect((4, 0), (4, 99))))",
    "z = mapply(rbind(shoot, (1, 1)), combine(shoot((0, 0), (0, 1)), shoot((0, 0), (0, -1))))",
};
const char* const kUses[] = {
    "fill(I, 8, {})",
    "paint(I, {})",
    "underfill(I, 8, {})",
    "underpaint(I, {})",
    "cover(I, {})",
    "fill({}, 8, I)",
    "fill(I, {}, (1, 1))",
    "paint({}, I)",
    "fill(I, True, {})",
    "size({})",
    "first({})",
    "last({})",
    "toindices({})",
    "normalize({})",
    "shift({}, (1, 1))",
    "ulcorner({})",
    "lrcorner({})",
    "height({})",
    "width({})",
    "palette({})",
    "color({})",
    "combine({}, {})",
    "combine({}, frozenset())",
    "combine(asindices(I), {})",
    "dedupe({})",
    "remove(first({}), {})",
    "insert((9, 9), {})",
    "insert((1, (9, 9)), {})",
    "repeat({}, 2)",
    "astuple({}, 1)",
    "({}, {})",
    "({})[0]",
    "equality({}, {})",
    "contained(first({}), {})",
    "apply(identity, {})",
    "sfilter({}, rbind(contained, ofcolor(I, 0)))",
    "totuple({})",
    "argmax({}, last)",
    "order({}, first)",
    "mapply(initset, {})",
    "merge(({}, {}))",
    "difference({}, asindices(I))",
    "intersection({}, asindices(I))",
    "toobject({}, I)",
    "recolor(5, {})",
    "box({})",
    "delta({})",
    "outbox({})",
    "backdrop({})",
    "center({})",
    "subgrid({}, I)",
    "move(I, {}, (1, 1))",
    "hmirror({})",
    "vmirror({})",
    "dmirror({})",
    "initset({})",
    "fill(fill(I, 8, {}), 7, {})",
    "helper({})",
    "held({})(I)",
    "keep({})",
    "rbind(paint, {})(I)",
    "lbind(size, {})()",
    "compose(size, identity)({})",
    "bordering({}, I)",
    "mostcommon({})",
    "other({}, first({}))",
    "pair({}, {})",
    "product({}, (1, 2))",
    "papply(astuple, {}, {})",
    "prapply(astuple, {}, (1, 2))",
    "branch(True, {}, 1)",
    "identity({})",
    "initset(size({}))",
    "adjacent({}, {})",
    "manhattan({}, {})",
};

std::string program_of(const std::string& name, std::string use) {
  for (std::size_t at = use.find("{}"); at != std::string::npos; at = use.find("{}")) {
    use.replace(at, 2, name);
  }
  std::string text =
      "def helper(p):\n    return fill(canvas(0, (9, 9)), 3, p)\n\n"
      "def keep(p):\n    return p\n\n"
      "def held(p):\n    return lambda g: paint(g, p)\n\n"
      "def program(I):\n";
  for (const char* line : kSetup) {
    const bool needed = line[0] == name[0] || line[0] == 't' || line[0] == 's';
    if (needed) text += "    " + std::string(line) + "\n";
  }
  return text + "    x = " + use + "\n    return x\n";
}

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
}

TEST(LazyForms, EveryUseAgreesWithTheOracle) {
  RunOptions options;
  options.path = KernelPath::generic;
  Runner oracle(options);
  RunOptions scalar;
  scalar.path = KernelPath::scalar;
  Runner by_scalar(scalar);
  Runner by_best{RunOptions{}};
  u32 values = 0;
  for (const char* setup : kSetup) {
    const std::string name(1, setup[0]);
    for (const char* use : kUses) {
      std::string source = program_of(name, use);
      replace_all(source, "frozenset()", "difference(asindices(I), asindices(I))");
      const CompileResult compiled = compile_source(source, "lazy");
      ASSERT_TRUE(compiled.ok) << source;
      const u32 index = compiled.program.defs.back();
      const auto run = [&](Runner& runner) {
        runner.load(compiled.program);
        return run_on_grid(runner, options, index, kGrid, nullptr);
      };
      const Outcome expected = run(oracle);
      values += expected.status == Status::ok ? 1 : 0;
      for (Runner* runner : {&by_scalar, &by_best}) {
        const Outcome got = run(*runner);
        EXPECT_EQ(status_name(got.status), status_name(expected.status)) << source;
        EXPECT_EQ(got.value, expected.value) << source;
        EXPECT_EQ(got.line, expected.line) << source;
        if (expected.status == Status::ok) {
          EXPECT_EQ(got.steps, expected.steps) << source;
        }
        if (HasFailure()) return;
      }
    }
  }
  EXPECT_GT(values, 300u);
  std::printf("%u of %zu runs returned a value\n", values, std::size(kSetup) * std::size(kUses));
}

}  // namespace
}  // namespace arcbatch
