// The watch of each thread.
#include "core/watch.h"

namespace arcbatch {

constinit thread_local Watch* Watch::current_ = nullptr;

bool Watch::goes_on(u64 tick) {
  Watch* const watch = current_;
  if (watch == nullptr || tick < watch->next_) return true;
  watch->next_ = watch->asked_(watch->count_++);
  return watch->next_ != 0;
}

}  // namespace arcbatch
