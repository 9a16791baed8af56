// The list of offers.
#include "batch/work_board.h"

#include <algorithm>
#include <utility>

namespace arcbatch {

void WorkBoard::offer(GraphWork& work) {
  const std::lock_guard lock(mutex_);
  offered_.push_back(&work);
}

void WorkBoard::withdraw(GraphWork& work) {
  std::unique_lock lock(mutex_);
  std::erase(offered_, &work);
  left_.wait(lock, [&work] { return work.helpers == 0; });
  if (work.error) std::rethrow_exception(work.error);
}

GraphWork* WorkBoard::join() {
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(offered_.begin(), offered_.end(), [](const GraphWork* work) {
    return work->next.load(std::memory_order_relaxed) < work->examples.size();
  });
  if (found == offered_.end()) return nullptr;
  (*found)->helpers++;
  return *found;
}

void WorkBoard::leave(GraphWork& work, std::exception_ptr error) {
  {
    const std::lock_guard lock(mutex_);
    work.helpers--;
    if (error) work.error = std::move(error);
  }
  left_.notify_all();
}

}  // namespace arcbatch
