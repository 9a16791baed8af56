// Calls through an evaluator without a program, and the copying collection.
#include "backend/cpu/session.h"

#include <cstring>
#include <vector>

#include "backend/cpu/relocate.h"
#include "backend/evaluator.h"
#include "core/watch.h"

namespace arcbatch {
namespace {

// Enough that a collection's cost is small beside that of making what it collects, and so little
// that what is made stays in the cache.
constexpr u64 kLeastThreshold = u64{1} << 20;

// Makes what is left in an arena that was reset unlike any value.
void overwrite(Arena& arena, u64 bytes) {
  if (void* left = arena.allocate(bytes); left != nullptr) std::memset(left, 0xdd, bytes);
  arena.reset();
}

}  // namespace

Session::Session(const RunOptions& options)
    : options_(options),
      arena_(std::make_unique<Arena>(options.arena_bytes)),
      spare_(std::make_unique<Arena>(options.arena_bytes)),
      threshold_(kLeastThreshold),
      fast_(fast_kernels(resolve_kernel_path(options.path), options.isa)),
      frames_(new Frame[kMaxFrames]) {
  head_.next = &head_;
  head_.previous = &head_;
  ctx_.generic_only = fast_.dispatch == nullptr && fast_.table == nullptr;
  ctx_.start(arena_.get(), options_.limits);
}

Session::~Session() = default;

void Session::hold(HeldValue& held) {
  held.next = head_.next;
  held.previous = &head_;
  head_.next->previous = &held;
  head_.next = &held;
}

void Session::release(HeldValue& held) {
  held.previous->next = held.next;
  held.next->previous = held.previous;
  held.next = nullptr;
  held.previous = nullptr;
}

void Session::collect() {
  Ctx to = ctx_;
  to.start(spare_.get(), options_.limits);
  Relocator relocator(ctx_, to);
  std::vector<Value> copies;
  Status status = Status::ok;
  for (HeldValue* held = head_.next; held != &head_ && status == Status::ok; held = held->next) {
    status = relocator.copy(held->value, copies.emplace_back());
  }
  if (status != Status::ok) {
    spare_->reset();
    threshold_ = arena_->used() * 2;
    return;
  }
  std::size_t k = 0;
  for (HeldValue* held = head_.next; held != &head_; held = held->next) held->value = copies[k++];
  const u64 used = arena_->used();
  arena_->reset();
  if (eager_) overwrite(*arena_, used);
  std::swap(arena_, spare_);
  ctx_.start(arena_.get(), options_.limits);
  threshold_ = max_of(kLeastThreshold, arena_->used() * 3);
}

void Session::restore_budget() {
  ctx_.steps = static_cast<i64>(options_.limits.steps);
  ctx_.bytes = static_cast<i64>(options_.limits.bytes);
}

Status Session::call(const Value& fn, const Value* args, u32 n, Value& out) {
  restore_budget();
  ctx_.call_depth = 0;
  Value listed[kMaxLeafArgs];
  // Leaf primitives take pending tuples; all others are given what they list.
  if (fn.tag != Tag::primitive || is_higher(static_cast<Prim>(fn.i))) {
    for (u32 k = 0; k < n && k < kMaxLeafArgs; ++k) {
      listed[k] = args[k];
      if (ARC_UNLIKELY(is_pending(listed[k]))) ARC_TRY(list_pending(ctx_, listed[k]));
    }
    args = listed;
  }
  const CodeView code;
  Evaluator evaluator(ctx_, code, frames_.get(), fast_);
  arena_->set_deadline(kNoDeadline);
  Status status = evaluator.run(fn, args, n, out);
  if (ARC_UNLIKELY(status == Status::resource_memory) && arena_->expired()) {
    status = Status::resource_time;
  }
  arena_->set_deadline(0);
  return status;
}

}  // namespace arcbatch
