// The session of arcbatch.dsl, and its calls: one at a time, the long ones with the GIL handed over
// now and then.
//
// The engine's values know no locks, so all of its work is done by one thread at a time. Threads
// that want the session while a call has handed the GIL over wait in SessionScope.
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <new>

#include "core/ticks.h"
#include "core/watch.h"
#include "dsl.h"

namespace nb = nanobind;

namespace arcbatch::python {
namespace {

// As long as Python's own threads keep the GIL.
constexpr double kTurnNanoseconds = 5e6;

// These change with the GIL held alone.
u32 scopes = 0;
u32 waiting = 0;
bool interrupted = false;

std::atomic<bool> busy{false};  // a call runs
std::mutex mutex;
std::condition_variable idle;

// Asked while a call runs, with the GIL held.
u64 watch(u64 asked) {
  if (asked > 0) {
    // Handlers are not run here: they may be anything, calls of the session too.
    if (PyOS_InterruptOccurred() != 0) {
      interrupted = true;
      return 0;
    }
    // Another scope is that of a thread that was stopped in the middle of its work.
    if (scopes == 1) {
      PyThreadState* const state = PyEval_SaveThread();
      PyEval_RestoreThread(state);
    }
  }
  return ticks_now() + static_cast<u64>(kTurnNanoseconds / nanoseconds_per_tick());
}

void wait_until_idle() {
  ++waiting;
  while (busy.load()) {
    const nb::gil_scoped_release unlocked;
    std::unique_lock lock(mutex);
    idle.wait(lock, [] { return !busy.load(); });
  }
  --waiting;
}

// While one exists, the session is a call's.
class Busy {
 public:
  Busy() { busy.store(true, std::memory_order_relaxed); }
  ~Busy() {
    if (waiting == 0) {
      busy.store(false, std::memory_order_relaxed);
      return;
    }
    {
      const std::scoped_lock lock(mutex);
      busy.store(false);
    }
    idle.notify_all();
  }
  Busy(const Busy&) = delete;
  Busy& operator=(const Busy&) = delete;
};

}  // namespace

Session& session() {
  static auto* const made = new Session(RunOptions{});  // lives as long as the process
  return *made;
}

SessionScope::SessionScope() {
  if (busy.load(std::memory_order_relaxed)) wait_until_idle();
  if (scopes == 0 && session().collection_is_due()) {
    try {
      session().collect();
    } catch (const std::bad_alloc&) {
      // Everything is where it was, and the call finds out whether there is memory for it.
    }
  }
  ++scopes;
}
SessionScope::~SessionScope() { --scopes; }

Status call_in_session(const Value& fn, const Value* args, u32 n, Value& out) {
  for (;;) {
    // Python may have run since the scope began.
    if (busy.load(std::memory_order_relaxed)) wait_until_idle();
    Status status = Status::ok;
    {
      const Busy call;
      const Watch watched(&watch);
      status = session().call(fn, args, n, out);
    }
    if (!interrupted) return status;
    // The signal that was taken, once more, for Python's handler.
    interrupted = false;
    PyErr_SetInterrupt();
    if (PyErr_CheckSignals() != 0) throw nb::python_error();
    if (status == Status::ok) return status;
    // The handler has let it pass: all over again, since calls change nothing.
  }
}

}  // namespace arcbatch::python
