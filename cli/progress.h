// Progress on standard error: a bar where that is a terminal, a line now and then elsewhere.
#pragma once

#include <chrono>
#include <string>

#include "core/macros.h"

namespace arcbatch::cli {

class Progress {
 public:
  // Counts up to `total` things called `noun` ("runs"). Shows nothing unless `wanted`. Where there
  // is no terminal, it writes a line every `interval` seconds; none for 0.
  Progress(u64 total, std::string noun, bool wanted, double interval = 0);
  ~Progress() { finish(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // Says that `done` are done; redraws at most ten times a second.
  void update(u64 done);
  // Removes the bar.
  void finish();

 private:
  using Clock = std::chrono::steady_clock;

  [[nodiscard]] std::string pace(u64 done, Clock::time_point now) const;

  u64 total_;
  std::string noun_;
  bool bar_;
  bool lines_;
  bool drawn_ = false;
  Clock::duration interval_;
  Clock::time_point started_;
  Clock::time_point next_;
};

}  // namespace arcbatch::cli
