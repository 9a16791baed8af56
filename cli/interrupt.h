// Ctrl-C, and the signal that schedulers send before they kill: asked once, a command ends in good
// order; asked twice, at once.
#pragma once

#include <csignal>

namespace arcbatch::cli {

// Catches SIGINT and SIGTERM while it lives; there is one at a time. The second signal ends the
// program with exit code 130.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

  // Returns whether a signal came.
  [[nodiscard]] static bool interrupted();

 private:
  struct sigaction previous_int_ = {};
  struct sigaction previous_term_ = {};
};

}  // namespace arcbatch::cli
