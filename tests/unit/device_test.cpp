// Emulated devices: the outcomes of the CPU, reasons for what is left to it, devices that are lost.
// ARCBATCH_DEVICE_PROGRAMS sets how many random programs run, ARCBATCH_SEED the first seed, and
// ARCBATCH_TEST_BACKEND=cuda has the tests Device.* use a GPU.
#include <cstdlib>

#include "backend/device/decode.h"
#include "batch/mutants.h"
#include "device_work.h"
#include "random_programs.h"
#include "task/embedded.h"
#include "task/loader.h"

namespace arcbatch {
namespace {

using device::GiveUp;
using test::DeviceCase;
using test::DeviceSetup;
using test::expect_alike;
using test::grid_of;

u64 setting(const char* name, u64 otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

u64 left(const DeviceCounts& counts, GiveUp reason) {
  return counts.left[static_cast<u32>(reason)];
}

DeviceCase examples() {
  DeviceCase work;
  for (const EmbeddedFile& file : embedded_examples()) {
    if (file.path.ends_with(".py")) {
      add_candidates(work.list, file.text, std::string(file.path));
    }
  }
  work.tasks = load_embedded_tasks().tasks;
  return work;
}

DeviceCase one(const std::string& source) {
  DeviceCase work;
  work.add(source);
  work.add_task(grid_of({{1, 2}, {3, 0}}), grid_of({{1, 2}, {3, 0}}));
  return work;
}

RunOptions modest() {
  RunOptions options;
  options.limits.steps = 3'000'000;
  options.limits.bytes = u64{200} << 20;
  return options;
}

TEST(Device, EvaluatesTheExamplesOnEveryPath) {
  const DeviceCase work = examples();
  ASSERT_FALSE(work.list.candidates.empty());
  for (const KernelPath path : {KernelPath::lanes, KernelPath::scalar, KernelPath::generic}) {
    if (test::on_cuda() && path != KernelPath::scalar) continue;  // what the GPU has
    DeviceSetup setup;
    setup.device.path = path;
    setup.device.workers = 3;
    const DeviceCounts counts = expect_alike(work, setup);
    EXPECT_EQ(counts.all_left(), 0u) << kernel_path_name(path);
    EXPECT_GT(counts.bytes_up, counts.runs * sizeof(device::SliceRun));
    EXPECT_GT(counts.bytes_down, counts.runs * sizeof(device::RunEnd));
    EXPECT_EQ(counts.slices, 1u);
    EXPECT_EQ(counts.launches, 2u);
  }
}

TEST(Device, EvaluatesRandomProgramsAsTheCpuDoes) {
  const u64 count = setting("ARCBATCH_DEVICE_PROGRAMS", 2000);
  const u64 first_seed = setting("ARCBATCH_SEED", 1);
  DeviceSetup setup;
  setup.options = modest();
  setup.device.workers = 2;
  setup.device.worker_bytes = u64{64} << 20;
  DeviceCounts sum;
  for (u64 at = 0; at < count && !testing::Test::HasFailure(); at += 100) {
    DeviceCase work;
    for (u64 seed = first_seed + at; seed < first_seed + at + 100; ++seed) {
      const auto write = [](auto writer) { return writer.program(4 + writer.below(12)); };
      work.add(seed % 2 == 0 ? write(test::ProgramWriter(seed)) : write(CorpusWriter(seed)));
    }
    std::mt19937_64 random(first_seed + at);
    for (u32 k = 0; k < 2; ++k) {
      work.add_task(CorpusWriter::random_grid(random), CorpusWriter::random_grid(random));
    }
    setup.device.path = at % 200 == 0 ? KernelPath::lanes : KernelPath::scalar;
    setup.slices.share = at % 400 < 200;
    sum.add(expect_alike(work, setup));
  }
  EXPECT_LT(sum.all_left() * 50, sum.runs);
  std::printf("%llu programs from seed %llu: %s\n", static_cast<unsigned long long>(count),
              static_cast<unsigned long long>(first_seed), device_counts_json(sum).c_str());
}

// Budgets are logical: where they end a run does not depend on who evaluates it.
TEST(Device, LimitsAreThoseOfTheCpu) {
  const DeviceCase originals = examples();
  DeviceCase work;
  work.tasks.assign(originals.tasks.begin(), originals.tasks.begin() + 3);
  std::mt19937_64 random(7);
  for (const Candidate& c : originals.list.candidates) {
    const std::string mutant = mutant_of(*c.program, c.function, "f", random);
    if (!mutant.empty()) work.add(mutant);
  }
  ASSERT_GT(work.list.candidates.size(), 20u);
  const auto check = [&work](const Limits& limits) {
    DeviceSetup setup;
    setup.options.limits = limits;
    for (const bool share : {true, false}) {
      setup.slices.share = share;
      const DeviceCounts counts = expect_alike(work, setup);
      EXPECT_EQ(counts.all_left(), 0u);
      EXPECT_EQ(counts.shared_runs > 0, share);
    }
  };
  for (const u64 steps : {1u, 2u, 10u, 50u, 200u, 1000u, 5000u, 20000u}) {
    Limits limits;
    limits.steps = steps;
    check(limits);
  }
  for (const u64 bytes : {1u, 100u, 1000u, 5000u, 20000u, 100000u}) {
    Limits limits;
    limits.steps = 1'000'000;
    limits.bytes = bytes;
    check(limits);
  }
  for (const u32 depth : {1u, 2u, 3u, 4u}) {
    Limits limits;
    limits.steps = 1'000'000;
    limits.depth = depth;
    check(limits);
  }
  Limits limits;
  limits.steps = 1'000'000;
  limits.expanded = 60;
  check(limits);
}

TEST(Device, KnowsKeywordsLambdasDefaultsAndTries) {
  DeviceSetup setup;
  setup.options = modest();
  const DeviceCounts counts = expect_alike(
      one("def g(a, b=((1, 2, 3), (4, (5, 6, 7)))):\n    return astuple(a, b)\n"
          "def unused(x):\n    return add(x, undefined)\n"
          "def h(I):\n    return (fill, lambda q: q, compose(first, last), g)\n"
          "def f(I):\n    x = rbind(g, 4)\n    y = g(2)\n    z = apply(lambda q: add(q, 1), (1, "
          "2))\n"
          "    o = []\n    o.append((y, z))\n"
          "    w = fill(grid=I, value=3, patch=asindices(I))\n    return (o, w, y, z, True, None)\n"
          "def k(I):\n    g2 = compose(first, last)\n    v = g2(function=3)\n    return v\n"
          "def m(I):\n    v = power(lambda q: (q,), 20)\n    return v(I)\n"
          "def e(I):\n    return frozenset_of(I)\n"
          "def s(I):\n    return apply(first, asobject(I))\n"
          "def refused(I):\n    return totuple(insert(None, initset(first)))\n"
          "def big(I):\n    return multiply(4611686018427387904, 4)\n"
          "def empty(I):\n    return (remove(first(I), initset(first(I))), (), ((),))\n"),
      setup);
  EXPECT_EQ(counts.all_left(), 0u);
  EXPECT_GE(counts.runs, 10u);
}

TEST(Device, ScoresOutputs) {
  DeviceCase work = examples();
  // No grid, and grids that are tuples of rows.
  work.add(
      "def f(I):\n    return asobject(I)\n"
      "def g(I):\n    return (first(I), last(I))\n"
      "def h(I):\n    return ((1, 2, 3), (4, 5, 6))\n"
      "def k(I):\n    return apply(identity, I)\n"
      "def m(I):\n    return ((True, False), (0, 1))\n"
      "def e(I):\n    return first(1)\n");
  DeviceSetup setup;
  setup.options = modest();
  setup.options.score = true;
  for (const bool keep_values : {true, false}) {
    setup.keep_values = keep_values;
    EXPECT_EQ(expect_alike(work, setup).all_left(), 0u);
  }
}

TEST(Device, GivesTheTrainingPairsToWhoTakesThem) {
  DeviceCase work = examples();
  Task partly;  // one pair has no output: it is not among S
  partly.id = "partly";
  partly.train.push_back({grid_of({{1, 2}}), grid_of({{2, 1}})});
  partly.train.push_back({grid_of({{5}}), std::nullopt});
  partly.train.push_back({grid_of({{3, 4}}), grid_of({{4, 3}})});
  partly.test.push_back({grid_of({{7, 8}}), std::nullopt});
  work.tasks.push_back(partly);
  Task none;
  none.id = "none";
  none.test.push_back({grid_of({{7, 8}}), grid_of({{7, 8}})});
  work.tasks.push_back(none);
  work.list.candidates.clear();
  work.list.files.clear();
  work.add("def f(S, I):\n    return (S, I)\n");
  work.add("def g(S, I, C):\n    x = apply(first, S)\n    return (x, I, C)\n");
  work.add("def h(S, I):\n    x = last(first(S))\n    return x\n");
  work.add("def i(I):\n    return I\n");
  DeviceSetup setup;
  setup.options = modest();
  const DeviceCounts counts = expect_alike(work, setup);
  EXPECT_EQ(counts.all_left(), 0u);
  EXPECT_GT(counts.runs, 4 * 120u);
  setup.slices.most_steps = 30;  // the CPU gets them too
  EXPECT_GT(expect_alike(work, setup).all_left(), 0u);
}

TEST(Device, TakesGridsWithoutCells) {
  DeviceCase work;
  work.add("def f(I):\n    return (I, size(I))\ndef g(I):\n    return first(I)\n");
  GridData none;
  GridData thin;
  thin.h = 3;
  work.add_task(none, none);
  work.add_task(thin, thin);
  work.add_task(thin);
  EXPECT_EQ(expect_alike(work).runs, 6u);
}

TEST(Device, WithoutValuesOutcomesAreTheSameButForThem) {
  DeviceCase work = examples();
  work.add(
      "def f(I):\n    return insert(None, initset(first))\ndef g(I):\n    return asobject(I)\n");
  DeviceSetup setup;
  setup.options = modest();
  setup.keep_values = false;
  const DeviceCounts counts = expect_alike(work, setup);
  EXPECT_EQ(counts.all_left(), 0u);
  EXPECT_EQ(counts.bytes_down, sizeof(device::SliceEnd) + counts.runs * sizeof(device::RunEnd));
}

TEST(Device, LeavesToTheCpuWhatItsMemoryCannotHold) {
  DeviceSetup setup;
  setup.device.frames = 16;
  setup.device.worker_bytes = u64{12} << 10;
  const DeviceCounts counts = expect_alike(examples(), setup);
  EXPECT_GT(left(counts, GiveUp::arena), 0u);
  EXPECT_EQ(left(counts, GiveUp::arena), counts.all_left());
  EXPECT_GT(counts.runs, 0u);
}

TEST(Device, LeavesCallsThatNestTooDeeply) {
  DeviceSetup setup;
  setup.device.frames = 16;
  const DeviceCounts counts =
      expect_alike(one("def f(I):\n    g = power(increment, 30)\n    return g(1)\n"
                       "def g(I):\n    g = power(increment, 5)\n    return g(1)\n"),
                   setup);
  EXPECT_EQ(left(counts, GiveUp::frames), 1u);
  EXPECT_EQ(counts.runs, 1u);
}

TEST(Device, LeavesValuesThatNestTooDeeply) {
  std::string nested = "def f(I):\n    x0 = astuple(1, 2)\n";
  for (u32 k = 1; k <= 300; ++k) {
    nested += "    x" + std::to_string(k) + " = astuple(x" + std::to_string(k - 1) + ", 1)\n";
  }
  DeviceSetup setup;
  setup.device.stack_bytes = 16384;
  const DeviceCase work = one(nested + "    y = initset(x300)\n    return y\n" +
                              "def g(I):\n    return initset(astuple(I, 1))\n");
  const DeviceCounts counts = expect_alike(work, setup);
  EXPECT_EQ(left(counts, GiveUp::stack), 1u);
  EXPECT_EQ(counts.runs, 1u);
  setup.device.stack_bytes = u64{4} << 20;  // of which a GPU gives what it has
  const u64 all_left = expect_alike(work, setup).all_left();
  if (!test::on_cuda()) {
    EXPECT_EQ(all_left, 0u);
  }
}

TEST(Device, LeavesRunsOfMoreStepsThanASliceWaitsFor) {
  DeviceSetup setup;
  setup.slices.most_steps = 600;
  const DeviceCase work = examples();
  const DeviceCounts counts = expect_alike(work, setup);
  EXPECT_GT(left(counts, GiveUp::steps), 0u);
  EXPECT_EQ(left(counts, GiveUp::steps), counts.all_left());
  EXPECT_GT(counts.runs, 0u);
  // A limit that is no greater is the run's own.
  setup.options.limits.steps = 600;
  EXPECT_EQ(expect_alike(work, setup).all_left(), 0u);
}

// With fewer steps than the run may have, nobody knows whether these would have told the order.
TEST(Device, LeavesOrdersThatAreRefusedBelowTheRunsBudget) {
  const DeviceCase work = one("def f(I):\n    return insert(None, initset(first))\n");
  DeviceSetup setup;
  EXPECT_EQ(left(expect_alike(work, setup), GiveUp::order), 1u);
  setup.options = modest();
  EXPECT_EQ(expect_alike(work, setup).all_left(), 0u);
}

TEST(Device, LeavesValuesThatAreTooLargeOrTooMany) {
  DeviceSetup setup;
  setup.slices.largest_value = 40;
  const DeviceCounts large = expect_alike(examples(), setup);
  EXPECT_GT(left(large, GiveUp::value_size), 0u);
  EXPECT_EQ(left(large, GiveUp::value_size), large.all_left());
  setup = {};
  setup.slices.value_bytes_a_run = 30;
  const DeviceCounts many = expect_alike(examples(), setup);
  EXPECT_GT(left(many, GiveUp::values_full), 0u);
  EXPECT_EQ(left(many, GiveUp::values_full), many.all_left());
  EXPECT_GT(many.runs, 0u);
}

TEST(DevicePool, SharesSlicesAndTakesBackThoseOfADeviceThatIsLost) {
  device::EmulatedOptions sound;
  device::EmulatedOptions failing;
  failing.name = "failing";
  failing.lost_in_slice = 2;
  const std::unique_ptr<device::DevicePool> pool = test::emulated_pool({sound, failing, sound});
  const DeviceCounts counts = expect_alike(examples(), {}, *pool, 10);
  EXPECT_EQ(counts.slices_again, 1u);
  EXPECT_EQ(counts.all_left(), 0u);
  ASSERT_EQ(pool->losses().size(), 1u);
  EXPECT_EQ(pool->losses()[0], "failing: made to fail by a test");
}

TEST(DevicePool, SaysWhyNoDeviceIsLeft) {
  device::EmulatedOptions failing;
  failing.lost_in_slice = 1;
  const std::unique_ptr<device::DevicePool> pool = test::emulated_pool({failing, failing});
  try {
    expect_alike(examples(), {}, *pool);
    FAIL() << "nothing was thrown";
  } catch (const device::DeviceLost& lost) {
    EXPECT_NE(std::string(lost.what()).find("made to fail by a test"), std::string::npos);
  }
  EXPECT_EQ(pool->losses().size(), 2u);
}

// Does to what an emulated device brings down what a test wants.
class Tampering : public device::EmulatedDevice {
 public:
  using Change = void (*)(device::SliceEnd&);
  Tampering(const device::EmulatedOptions& options, Change change)
      : EmulatedDevice(options), change_(change) {}
  device::SliceEnd* evaluate(u32 slot, u64 bytes, device::Traffic& traffic) override {
    device::SliceEnd* const end = EmulatedDevice::evaluate(slot, bytes, traffic);
    change_(*end);
    return end;
  }

 private:
  Change change_;
};

TEST(DevicePool, TrustsNoDeviceThatAnswersNonsense) {
  const Tampering::Change changes[] = {
      [](device::SliceEnd& e) { e.ends()[3].serial--; },
      [](device::SliceEnd& e) { e.ends()[3].value_at = ~u64{0} - 5; },
      [](device::SliceEnd& e) { e.ends()[3].value_bytes--; },
      [](device::SliceEnd& e) { e.ends()[3].give_up = static_cast<GiveUp>(200); },
  };
  for (const Tampering::Change change : changes) {
    std::vector<std::unique_ptr<device::Device>> devices;
    devices.push_back(std::make_unique<device::EmulatedDevice>(device::EmulatedOptions{}));
    devices.push_back(std::make_unique<Tampering>(device::EmulatedOptions{}, change));
    device::DevicePool pool(std::move(devices));
    const DeviceCounts counts = expect_alike(examples(), {}, pool);
    EXPECT_EQ(counts.slices_again, 1u);
    EXPECT_EQ(pool.losses().size(), 1u);
  }
}

std::string decoded(const std::vector<u8>& bytes) {
  std::string out;
  return device::append_repr_of(bytes, out) ? out : "nothing";
}

TEST(DeviceValues, AreReadOnlyWhereTheyAreWhole) {
  EXPECT_EQ(decoded({}), "nothing");
  EXPECT_EQ(decoded({0}), "None");
  EXPECT_EQ(decoded({0, 0}), "nothing");  // more than a value
  EXPECT_EQ(decoded({3, 1}), "-1");
  EXPECT_EQ(decoded({3, 0x80}), "nothing");  // a number that does not end
  EXPECT_EQ(decoded({4, 2, 4}), "(1, 2)");
  EXPECT_EQ(decoded({6, 0xff, 0x7f}), "nothing");  // no such primitive
  EXPECT_EQ(decoded({7, 99}), "nothing");          // no such function
  EXPECT_EQ(decoded({8, 1, 0}), "(None,)");
  EXPECT_EQ(decoded({8, 2, 0}), "nothing");  // an item is missing
  EXPECT_EQ(decoded({10, 0}), "frozenset()");
  EXPECT_EQ(decoded({11, 1, 2, 5, 0xff}), "((5, -1),)");
  EXPECT_EQ(decoded({11, 2, 2, 5, 5}), "nothing");  // cells are missing
  EXPECT_EQ(decoded({11, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0x7f, 1}), "nothing");
  EXPECT_EQ(decoded({12}), "nothing");
}

}  // namespace
}  // namespace arcbatch
