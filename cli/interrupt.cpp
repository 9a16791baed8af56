// The signal handler.
#include "interrupt.h"

#include <atomic>
#include <cstdlib>

namespace arcbatch::cli {
namespace {

// Lock-free, so that the handler may use it whichever thread it runs on.
std::atomic<bool> signalled = false;
static_assert(std::atomic<bool>::is_always_lock_free);

void on_signal(int) {
  if (signalled.exchange(true)) std::_Exit(130);
}

}  // namespace

InterruptGuard::InterruptGuard() {
  signalled = false;
  struct sigaction action = {};
  action.sa_handler = on_signal;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  sigaction(SIGINT, &action, &previous_int_);
  sigaction(SIGTERM, &action, &previous_term_);
}

InterruptGuard::~InterruptGuard() {
  sigaction(SIGINT, &previous_int_, nullptr);
  sigaction(SIGTERM, &previous_term_, nullptr);
}

bool InterruptGuard::interrupted() { return signalled; }

}  // namespace arcbatch::cli
