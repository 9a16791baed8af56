// The cache of compiled programs: what it holds, what it compiles again, and by whom.
#include "batch/program_cache.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>

namespace arcbatch {
namespace {

ProgramCache::ProgramPtr named(u32 file) {
  auto program = std::make_shared<Program>();
  program->file = std::to_string(file);
  return program;
}

TEST(ProgramCache, LetsGoOfWhatWasUsedLongestAgo) {
  std::vector<u32> loads;
  ProgramCache cache({10, 10, 10, 10}, 20, [&loads](u32 file) {
    loads.push_back(file);
    return named(file);
  });
  EXPECT_EQ(cache.get(0)->file, "0");
  EXPECT_EQ(cache.get(1)->file, "1");
  EXPECT_EQ(cache.get(0)->file, "0");
  EXPECT_EQ(cache.get(2)->file, "2");  // instead of 1
  EXPECT_EQ(cache.get(0)->file, "0");
  EXPECT_EQ(cache.get(1)->file, "1");
  EXPECT_EQ(loads, (std::vector<u32>{0, 1, 2, 1}));
}

TEST(ProgramCache, HoldsOneFileThatIsLargerThanItself) {
  u32 loads = 0;
  ProgramCache cache({100, 1}, 20, [&loads](u32 file) {
    loads++;
    return named(file);
  });
  const ProgramCache::ProgramPtr kept = cache.get(0);
  cache.get(0);
  EXPECT_EQ(loads, 1u);
  cache.get(1);
  EXPECT_EQ(kept->file, "0");  // as long as somebody has it
  cache.get(0);
  EXPECT_EQ(loads, 3u);
}

TEST(ProgramCache, DoesNotCompileWhatItWasGiven) {
  ProgramCache cache({1}, 20,
                     [](u32) -> ProgramCache::ProgramPtr { throw std::runtime_error("asked"); });
  const ProgramCache::ProgramPtr program = named(7);
  cache.put(0, program);
  cache.put(0, named(8));
  EXPECT_EQ(cache.get(0), program);
}

TEST(ProgramCache, CompilesOnceForManyWorkers) {
  std::atomic<u32> loads = 0;
  ProgramCache cache({1, 1, 1}, 20, [&loads](u32 file) {
    loads++;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    return named(file);
  });
  {
    std::vector<std::jthread> threads;
    for (u32 k = 0; k < 4; ++k) {
      threads.emplace_back([&cache] {
        for (u32 file = 0; file < 3; ++file) EXPECT_EQ(cache.get(file)->file, std::to_string(file));
      });
    }
  }
  EXPECT_EQ(loads, 3u);
}

TEST(ProgramCache, TriesAgainAfterAFailure) {
  u32 loads = 0;
  ProgramCache cache({1}, 20, [&loads](u32 file) {
    if (++loads == 1) throw std::runtime_error("unreadable");
    return named(file);
  });
  EXPECT_THROW(cache.get(0), std::runtime_error);
  EXPECT_EQ(cache.get(0)->file, "0");
}

}  // namespace
}  // namespace arcbatch
