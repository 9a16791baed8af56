// Watches: who is asked whether a run goes on, and what follows.
#include "core/watch.h"

#include <gtest/gtest.h>

#include <thread>

#include "core/arena.h"
#include "core/ticks.h"

namespace arcbatch {
namespace {

u64 last_asked = 0;

u64 always(u64 asked) {
  last_asked = asked;
  return 1;
}

u64 twice(u64 asked) {
  last_asked = asked;
  return asked < 2 ? 1 : 0;
}

u64 later(u64 asked) {
  last_asked = asked;
  return ticks_now() + (u64{1} << 60);
}

TEST(Watch, OnlyArenasWithADeadlineAreWatched) {
  Arena arena;
  const Watch watch(&twice);
  for (int k = 0; k < 5; ++k) EXPECT_FALSE(arena.expired());
  arena.set_deadline(kNoDeadline);
  EXPECT_FALSE(arena.expired());
  EXPECT_FALSE(arena.expired());
  EXPECT_TRUE(arena.expired());
  EXPECT_EQ(last_asked, 2u);
  EXPECT_TRUE(arena.expired());  // without asking again
  EXPECT_EQ(last_asked, 2u);
  EXPECT_EQ(arena.allocate(u64{1} << 22), nullptr);
}

TEST(Watch, IsNotAskedBeforeItsTime) {
  Arena arena;
  arena.set_deadline(kNoDeadline);
  const Watch watch(&later);
  for (int k = 0; k < 5; ++k) EXPECT_FALSE(arena.expired());
  EXPECT_EQ(last_asked, 0u);
}

TEST(Watch, InnerOnesStandInForOuterOnes) {
  Arena arena;
  arena.set_deadline(kNoDeadline);
  const Watch outer(&twice);
  {
    const Watch inner(&always);
    for (int k = 0; k < 9; ++k) EXPECT_FALSE(arena.expired());
    EXPECT_EQ(last_asked, 8u);
  }
  EXPECT_FALSE(arena.expired());
  EXPECT_EQ(last_asked, 0u);
}

TEST(Watch, IsItsThreadsOwn) {
  const Watch watch(&twice);
  std::thread([] {
    Arena arena;
    arena.set_deadline(kNoDeadline);
    for (int k = 0; k < 5; ++k) EXPECT_FALSE(arena.expired());
  }).join();
}

TEST(Watch, ADeadlineThatIsPastEndsARunWithoutAsking) {
  Arena arena;
  last_asked = 7;
  const Watch watch(&always);
  arena.set_deadline(1);
  EXPECT_TRUE(arena.expired());
  EXPECT_EQ(last_asked, 7u);
}

}  // namespace
}  // namespace arcbatch
