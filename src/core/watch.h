// Watch: somebody who is asked from time to time whether a run goes on.
#pragma once

#include "core/macros.h"

namespace arcbatch {

// While one exists, the runs of its thread are watched, as far as their arenas have a deadline.
class Watch {
 public:
  // Called where a deadline is looked at; `asked` counts from 0. Returns the tick (core/ticks.h)
  // from which on to be asked again, or 0 to end the run as a deadline would. May allocate in the
  // run's arena.
  using Asked = u64 (*)(u64 asked);

  explicit Watch(Asked asked) : asked_(asked), outer_(current_) { current_ = this; }
  ~Watch() { current_ = outer_; }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  // Whether the watch of this thread, if there is one, lets the run go on at this tick.
  static bool goes_on(u64 tick);

 private:
  Asked asked_;
  u64 count_ = 0;
  u64 next_ = 0;
  Watch* outer_;

  // In a library too at a fixed place, since short calls are watched as long ones are.
  [[gnu::tls_model("initial-exec")]] static constinit thread_local Watch* current_;
};

// A deadline that never comes, for runs that are watched.
inline constexpr u64 kNoDeadline = ~u64{0};

}  // namespace arcbatch
