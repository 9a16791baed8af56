// A list in order of use, and a flag for files that are being compiled.
#include "batch/program_cache.h"

#include <utility>

namespace arcbatch {

ProgramCache::ProgramCache(std::vector<u64> sizes, u64 capacity, Loader load)
    : sizes_(std::move(sizes)),
      capacity_(capacity),
      load_(std::move(load)),
      entries_(sizes_.size()) {}

void ProgramCache::put(u32 file, ProgramPtr program) {
  const std::lock_guard lock(mutex_);
  if (entries_[file].program == nullptr) hold(file, std::move(program));
}

ProgramCache::ProgramPtr ProgramCache::get(u32 file) {
  std::unique_lock lock(mutex_);
  Entry& entry = entries_[file];
  loaded_.wait(lock, [&entry] { return !entry.loading; });
  if (entry.program != nullptr) {
    used_.splice(used_.begin(), used_, entry.used);
    return entry.program;
  }
  entry.loading = true;
  lock.unlock();
  ProgramPtr program;
  try {
    program = load_(file);
  } catch (...) {
    lock.lock();
    entry.loading = false;
    loaded_.notify_all();
    throw;
  }
  lock.lock();
  entry.loading = false;
  hold(file, program);
  loaded_.notify_all();
  return program;
}

void ProgramCache::hold(u32 file, ProgramPtr program) {
  Entry& entry = entries_[file];
  entry.program = std::move(program);
  entry.used = used_.insert(used_.begin(), file);
  held_ += sizes_[file];
  while (held_ > capacity_ && used_.size() > 1) {
    const u32 oldest = used_.back();
    used_.pop_back();
    held_ -= sizes_[oldest];
    entries_[oldest].program.reset();
  }
}

}  // namespace arcbatch
