// Ctx: what a kernel may touch: the run's arena, its logical budget, and how it evaluates.
#pragma once

#include "core/arena.h"
#include "core/bits.h"
#include "core/macros.h"
#include "core/status.h"
#include "values/value.h"

namespace arcbatch {

// The largest limit of an expanded size that counts: measures below it never overflow.
inline constexpr u64 kMaxExpanded = u64{1} << 50;

// Logical budgets of one run: the same on every machine and backend.
struct Limits {
  u64 steps = 400'000'000;     // see docs/values-and-order.md for what a step is
  u64 bytes = u64{4} << 30;    // logical bytes of all results together
  u32 depth = 400;             // nesting of a value
  u64 expanded = 100'000'000;  // leaves and nodes of a value when fully expanded
};

// What a profiled run counts of one primitive.
struct Ctx;
struct PrimProfile {
  Status (*kernel)(Ctx&, const Value*, Value&) = nullptr;  // a leaf's fast kernel
  u64 calls = 0;
  u64 generic = 0;  // leaf calls that the fast kernels did not take
  u64 orders = 0;   // tables that were rebuilt because its calls asked for an order
  u64 ticks = 0;    // of the cycle counter, in a leaf's fast kernel
};

// What was short where a status says that memory was.
enum class Shortage : u8 { arena, frames, stack };

// About where the native stack stands, which grows downwards.
ARC_HD ARC_INLINE u64 stack_address() {
#if defined(__CUDA_ARCH__)
  volatile char here = 0;
  return reinterpret_cast<u64>(&here);
#else
  return reinterpret_cast<u64>(__builtin_frame_address(0));
#endif
}

struct Ctx {
  Arena* arena = nullptr;
  i64 steps = 0;  // left
  i64 bytes = 0;  // left
  u32 max_depth = 0;
  u64 max_expanded = 0;
  // The oracle: every set is made with its table, only the generic kernels run.
  bool generic_only = false;
  // Whether kernels of dialects may leave the order of a set until it is asked for.
  bool orders_later = false;
  u64 order_requests = 0;          // tables that were rebuilt for their order
  u64 generic_calls = 0;           // leaf calls that the fast kernels did not take
  u64 leaf_calls = 0;              // calls of leaf primitives
  u32 call_depth = 0;              // Python frames in use
  PrimProfile* profile = nullptr;  // by primitive, one more for what stands outside of all calls
  u32 asking = 0;                  // with a profile: the primitive that runs
  TupleObj* empty_tuple = nullptr;
  SetObj* empty_set = nullptr;
  u64 stack_floor = 0;  // where recursion over values ends; 0 where the stack is ample
  Shortage shortage = Shortage::arena;

  ARC_HD void start(Arena* a, const Limits& limits) {
    arena = a;
    steps = static_cast<i64>(limits.steps);
    bytes = static_cast<i64>(limits.bytes);
    max_depth = limits.depth;
    max_expanded = min_of(limits.expanded, kMaxExpanded);
    call_depth = 0;
    empty_tuple = nullptr;
    empty_set = nullptr;
  }

  // Pays `n` steps; callers charge before a loop that arguments can make long.
  ARC_HD Status charge(u64 n) {
    const u64 capped = n > (u64{1} << 62) ? u64{1} << 62 : n;
    if (static_cast<u64>(steps) < capped) {
      steps = 0;
      return Status::limit_steps;
    }
    steps -= static_cast<i64>(capped);
    return Status::ok;
  }

  // Ends a run for want of something of the machine's.
  ARC_HD Status run_short(Shortage what) {
    shortage = what;
    return Status::resource_memory;
  }

  template <class T>
  ARC_HD T* make(u64 count = 1, u64 extra_bytes = 0) {
    if (count > (u64{1} << 40)) return nullptr;
    return static_cast<T*>(arena->allocate(count * sizeof(T) + extra_bytes));
  }
};

// Returns a * b without wrapping.
ARC_HD constexpr u64 saturating_mul(u64 a, u64 b) {
  if (a != 0 && b > ~u64{0} / a) return ~u64{0};
  return a * b;
}
ARC_HD constexpr u64 saturating_add(u64 a, u64 b) { return a + b < a ? ~u64{0} : a + b; }

#define ARC_ALLOC(ptr)                                                              \
  do {                                                                              \
    if (ARC_UNLIKELY((ptr) == nullptr)) return ::arcbatch::Status::resource_memory; \
  } while (0)

// Stands where a function begins that calls itself through the nesting of values or orders.
#define ARC_CHECK_STACK(ctx)                                             \
  do {                                                                   \
    if (ARC_UNLIKELY(::arcbatch::stack_address() < (ctx).stack_floor)) { \
      return (ctx).run_short(::arcbatch::Shortage::stack);               \
    }                                                                    \
  } while (0)

// A growable array in the arena; old storage is left to the arena.
template <class T>
struct Vec {
  T* data = nullptr;
  u32 size = 0;
  u32 capacity = 0;

  ARC_HD Status reserve(Ctx& ctx, u64 n) {
    if (n <= capacity) return Status::ok;
    if (n > 0x7fffffffu) return Status::limit_size;
    T* p = ctx.make<T>(n);
    ARC_ALLOC(p);
    for (u32 k = 0; k < size; ++k) p[k] = data[k];
    data = p;
    capacity = static_cast<u32>(n);
    return Status::ok;
  }
  ARC_HD Status push(Ctx& ctx, const T& v) {
    if (ARC_UNLIKELY(size == capacity)) {
      ARC_TRY(reserve(ctx, capacity == 0 ? 8 : u64{capacity} * 2));
    }
    data[size++] = v;
    return Status::ok;
  }
};

}  // namespace arcbatch
