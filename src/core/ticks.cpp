// The rate of the cycle counter.
#include "core/ticks.h"

#include <chrono>

namespace arcbatch {

using Clock = std::chrono::steady_clock;

#if !defined(__x86_64__) && !defined(__aarch64__)
u64 ticks_now() {
  return static_cast<u64>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now().time_since_epoch())
          .count());
}
#endif

double nanoseconds_per_tick() {
  static const double measured = [] {
    const auto start = Clock::now();
    const u64 first = ticks_now();
    while (Clock::now() - start < std::chrono::milliseconds(2)) {
    }
    const u64 ticks = ticks_now() - first;
    const std::chrono::duration<double, std::nano> passed = Clock::now() - start;
    return passed.count() / static_cast<double>(ticks);
  }();
  return measured;
}

}  // namespace arcbatch
