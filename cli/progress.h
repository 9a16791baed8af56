// A progress bar on standard error, shown only where that is a terminal.
#pragma once

#include <chrono>
#include <string>

#include "core/macros.h"

namespace arcbatch::cli {

class Progress {
 public:
  // Counts up to `total` things called `noun` ("runs"). Shows nothing unless `wanted`.
  Progress(u64 total, std::string noun, bool wanted);
  ~Progress() { finish(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // Says that `done` are done; redraws at most ten times a second.
  void update(u64 done);
  // Removes the bar.
  void finish();

 private:
  void draw(u64 done) const;

  u64 total_;
  std::string noun_;
  bool shown_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point next_;
};

}  // namespace arcbatch::cli
