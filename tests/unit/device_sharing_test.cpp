// Work that programs share on a device: each evaluated once, and in no outcome to be seen.
#include "batch/mutants.h"
#include "device_work.h"
#include "task/embedded.h"
#include "task/loader.h"

namespace arcbatch {
namespace {

using device::GiveUp;
using test::DeviceCase;
using test::DeviceSetup;
using test::expect_alike;
using test::grid_of;

// Programs on two tasks.
DeviceCase on_two(const std::string& source) {
  DeviceCase work;
  work.add(source);
  work.add_task(grid_of({{1, 2}, {3, 0}}), grid_of({{1, 3}, {2, 0}}));
  work.add_task(grid_of({{5}}), grid_of({{5}}));
  return work;
}

// Outcomes with the steps charged, with and without sharing. Returns what devices shared.
DeviceCounts expect_alike_both_ways(const DeviceCase& work, DeviceSetup setup = {}) {
  if (setup.slices.group == 0) setup.slices.group = 100;
  setup.slices.share = false;
  EXPECT_EQ(expect_alike(work, setup).shared_runs, 0u);
  setup.slices.share = true;
  return expect_alike(work, setup);
}

TEST(DeviceSharing, EvaluatesAStatementOnceAnExample) {
  const DeviceCounts counts = expect_alike_both_ways(
      on_two("def f(I):\n    x = vmirror(I)\n    y = hmirror(x)\n    return y\n"
             "def g(I):\n    a = vmirror(I)\n    b = rot90(a)\n    return b\n"
             "def h(I):\n    a = vmirror(I)\n    b = rot90(a)\n    c = hmirror(a)\n    return c\n"
             "def i(I):\n    q = vmirror(I)\n    r = hmirror(q)\n    return r\n"));
  EXPECT_EQ(counts.runs, 8u);
  EXPECT_EQ(counts.shared_runs, 8u);
  EXPECT_EQ(counts.items, 2u);
  // vmirror, hmirror and rot90 for each of two examples; a return counts as a statement.
  EXPECT_EQ(counts.evaluated, 6u);
  EXPECT_EQ(counts.calls, 6u);
  EXPECT_EQ(counts.statements, 2u * (3 + 3 + 4 + 3));
  EXPECT_EQ(counts.launches, 1u);  // no program has to be rebased
}

TEST(DeviceSharing, EndsEveryProgramWhereItEndsAlone) {
  const DeviceCase work = on_two(
      "def f(I):\n    x = first(I)\n    y = crop(x, 1, 2)\n    z = vmirror(I)\n    return z\n"
      "def g(I):\n    x = first(I)\n    y = crop(x, 1, 2)\n    return I\n"
      "def h(I):\n    x = first(I)\n    return unknown(x)\n"
      "def i(I):\n    a, b = first(I)\n    c = add(a, b)\n    return (c, b)\n"
      "def j(I):\n    a, b = first(I)\n    return b\n"
      "def k(I):\n    return (1, ((2, True), None))\n"
      "def l(I):\n    x = compose(first, last)\n    y = compose(first, last)\n"
      "    return (equality(x, y), equality(x, x))\n"
      "def m(I):\n    x = compose(first, last)\n    return equality(x, x)\n"
      "def n(I):\n    x = multiply(4611686018427387904, 4)\n    return x\n"
      "def o(I):\n    return apply(lambda q: q, I)\n"
      "def p(I):\n    return totuple(insert(None, initset(first)))\n"
      "def q(I):\n    a = asobject(I)\n    b = insert((9, (9, 9)), a)\n    return b\n"
      "def r(I):\n    a = asobject(I)\n    return a\n");
  DeviceSetup setup;
  setup.options.limits.steps = 3'000'000;
  for (const KernelPath path : {KernelPath::lanes, KernelPath::scalar, KernelPath::generic}) {
    if (test::on_cuda() && path != KernelPath::scalar) continue;  // what the GPU has
    setup.device.path = path;
    for (const u32 group : {2u, 3u, 100u}) {
      setup.slices.group = group;
      const DeviceCounts counts = expect_alike_both_ways(work, setup);
      EXPECT_EQ(counts.all_left(), 0u);
      EXPECT_GT(counts.shared_runs, 0u);
      EXPECT_LT(counts.shared_runs, counts.runs);  // a lambda is nothing that nodes can say
    }
  }
}

// What is known of a node does not tell how it ends with fewer steps or bytes.
TEST(DeviceSharing, ChargesEveryProgramForItsOwnStatements) {
  std::string source;
  for (u32 k = 0; k < 12; ++k) {
    source += "def f" + std::to_string(k) + "(I):\n";
    for (u32 j = 0; j < k; ++j) {
      source += "    x" + std::to_string(j) + " = upscale(I, " + std::to_string(j + 2) + ")\n";
    }
    source += "    y = upscale(I, 20)\n    z = asobject(y)\n    return size(z)\n";
  }
  const DeviceCase work = on_two(source);
  for (u64 limit = 1; limit < 4000; limit += 97) {
    DeviceSetup setup;
    setup.options.limits.steps = limit;
    EXPECT_EQ(expect_alike_both_ways(work, setup).all_left(), 0u);
    setup.options.limits.steps = 1'000'000;
    setup.options.limits.bytes = limit * 20;
    EXPECT_EQ(expect_alike_both_ways(work, setup).all_left(), 0u);
  }
}

// Each program's values fit a worker's memory, those of all do not: they are made again.
TEST(DeviceSharing, MakesAgainWhatMemoryDoesNotHold) {
  std::string source;
  for (u32 k = 0; k < 30; ++k) {
    source += "def f" + std::to_string(k) + "(I):\n    s = upscale(I, 15)\n    t = asobject(s)\n" +
              "    a, b = (t, s)\n    u = shift(a, (0, " + std::to_string(k) +
              "))\n    v = totuple(u)\n    w = fill(b, 1, u)\n    return (first(v), size(w))\n";
  }
  const DeviceCase work = on_two(source);
  DeviceSetup setup;
  const DeviceCounts ample = expect_alike(work, setup);
  setup.device.frames = 64;
  setup.device.worker_bytes = u64{512} << 10;
  const DeviceCounts tight = expect_alike(work, setup);
  EXPECT_EQ(tight.all_left(), 0u);
  EXPECT_EQ(ample.statements, tight.statements);
  EXPECT_GT(tight.evaluated, ample.evaluated + 10);
  EXPECT_LT(tight.evaluated, ample.statements);
}

TEST(DeviceSharing, LeavesOnlyTheProgramsThatAWorkerCannotDecide) {
  const DeviceCase work = on_two(
      "def f(I):\n    x = upscale(I, 29)\n    y = asobject(x)\n    z = totuple(y)\n    return "
      "size(z)\n"
      "def g(I):\n    x = vmirror(I)\n    return x\n"
      "def h(I):\n    x = vmirror(I)\n    y = power(increment, 100)\n    return y(1)\n"
      "def i(I):\n    x = vmirror(I)\n    y = hmirror(x)\n    return y\n");
  DeviceSetup setup;
  setup.slices.group = 100;
  setup.device.frames = 64;
  setup.device.worker_bytes = u64{64} << 10;
  const DeviceCounts counts = expect_alike(work, setup);
  EXPECT_GE(counts.left[static_cast<u32>(GiveUp::arena)], 1u);
  EXPECT_LE(counts.left[static_cast<u32>(GiveUp::arena)], 2u);
  EXPECT_EQ(counts.left[static_cast<u32>(GiveUp::frames)], 2u);
  EXPECT_GE(counts.runs, 4u);
}

TEST(DeviceSharing, SharesValuesAndWhatIsSaidOfThem) {
  std::string source;
  for (u32 k = 0; k < 20; ++k) {
    source += "def f" + std::to_string(k) + "(I):\n    x" + std::to_string(k) +
              " = asobject(I)\n    return x" + std::to_string(k) + "\n";
  }
  const DeviceCase work = on_two(source);
  const DeviceCounts shared = expect_alike_both_ways(work);
  DeviceSetup alone;
  alone.slices.share = false;
  EXPECT_LT(shared.bytes_down + 100, expect_alike(work, alone).bytes_down);
  EXPECT_EQ(shared.evaluated, 2u);
}

TEST(DeviceSharing, DoesMutantsOfTheExamplesAsTheCpuDoes) {
  DeviceCase originals;
  for (const EmbeddedFile& file : embedded_examples()) {
    if (!file.path.ends_with(".py")) continue;
    add_candidates(originals.list, file.text, std::string(file.path));
  }
  DeviceCase work;
  work.tasks = load_embedded_tasks().tasks;
  std::mt19937_64 random(11);
  for (const Candidate& c : originals.list.candidates) {
    for (u32 k = 0; k < 30; ++k) {
      const std::string mutant = mutant_of(*c.program, c.function, c.name, random);
      if (!mutant.empty()) work.add(mutant);
    }
  }
  DeviceSetup setup;
  setup.options.limits.steps = 300'000;
  setup.device.workers = 2;
  const DeviceCounts counts = expect_alike_both_ways(work, setup);
  EXPECT_GT(counts.runs, 1000u);
  EXPECT_GT(counts.shared_runs * 10, counts.runs * 9);
  EXPECT_LT(counts.evaluated * 2, counts.statements);
}

TEST(DeviceSharing, CutsBatchesOfSeveralPrograms) {
  DeviceCase work;
  for (u32 k = 0; k < 80; ++k) work.add("def f" + std::to_string(k) + "(I):\n    return I\n");
  for (u32 k = 0; k < 30; ++k) work.add_task(grid_of({{1}}));
  const RunPlan plan(work.list.candidates, work.tasks);
  ASSERT_EQ(plan.size(), 2400u);
  EXPECT_EQ(cut_device_batch(plan, 0, 2400, 50, false), (RunRange{0, 50}));
  EXPECT_EQ(cut_device_batch(plan, 0, 2400, 50, true), (RunRange{0, 1920}));  // 64 programs
  EXPECT_EQ(cut_device_batch(plan, 1920, 2400, 50, true), (RunRange{1920, 2400}));
  EXPECT_EQ(cut_device_batch(plan, 0, 2400, 2000, true), (RunRange{0, 1980}));
  EXPECT_EQ(cut_device_batch(plan, 0, 100, 50, true), (RunRange{0, 100}));  // the end of a shard
  EXPECT_EQ(cut_device_batch(plan, 2390, 2400, 50, true), (RunRange{2390, 2400}));
}

}  // namespace
}  // namespace arcbatch
