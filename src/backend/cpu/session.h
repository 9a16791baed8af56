// Session: calls of single functions on values that outlive the calls. Holders keep values alive by
// linking them in; what nobody holds goes when the session copies the rest into a fresh arena.
#pragma once

#include <memory>

#include "backend/cpu/runner.h"

namespace arcbatch {

// A value that somebody outside of the engine holds. collect() may change `value` to another form
// and place of the same value, nothing else does.
struct HeldValue {
  Value value;
  HeldValue* next = nullptr;
  HeldValue* previous = nullptr;
};

class Session {
 public:
  explicit Session(const RunOptions& options);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // All values of a session are in one arena, so that what is derived from a value later may be
  // kept beside it.
  Ctx& ctx() { return ctx_; }

  void hold(HeldValue& held);
  static void release(HeldValue& held);

  // Whether enough was made since the last collection to make another worth its time.
  [[nodiscard]] bool collection_is_due() const { return eager_ || arena_->used() > threshold_; }

  // Has a collection be due always, and what it leaves behind overwritten: this shows who uses a
  // value without holding it.
  void collect_always(bool eager) { eager_ = eager; }

  // Copies what is held to a fresh arena and frees the rest. Values that are not held are gone.
  // Without memory for the copy, everything stays as it is.
  void collect();

  // Restores the budget, which every call has anew.
  void restore_budget();

  // Calls fn(args...). The result lives until the next collect(), or as long as it is held.
  // A watch (core/watch.h) ends it as resource_time; it may neither call nor collect.
  Status call(const Value& fn, const Value* args, u32 n, Value& out);

  // Bytes of memory that the session has.
  [[nodiscard]] u64 held_bytes() const { return arena_->held() + spare_->held(); }

 private:
  RunOptions options_;
  std::unique_ptr<Arena> arena_;
  std::unique_ptr<Arena> spare_;
  u64 threshold_;
  bool eager_ = false;
  Ctx ctx_;
  FastKernels fast_;
  std::unique_ptr<Frame[]> frames_;
  HeldValue head_;  // of a ring
};

}  // namespace arcbatch
