// Ticks: the cycle counter of a core, for times too short for the system's clock. Host only.
#pragma once

#if defined(__x86_64__) && !defined(__CUDACC__)
#include <x86intrin.h>
#endif

#include "core/macros.h"

namespace arcbatch {

// The counter, in its own unit; nanoseconds of the steady clock where there is none.
#if defined(__x86_64__) && !defined(__CUDACC__)
inline u64 ticks_now() { return __rdtsc(); }
#elif defined(__aarch64__) && !defined(__CUDACC__)
inline u64 ticks_now() {
  u64 ticks = 0;
  __asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks));
  return ticks;
}
#else
u64 ticks_now();
#endif

// Nanoseconds of one tick, measured once.
double nanoseconds_per_tick();

}  // namespace arcbatch
