// What workers of a device share: their memory, the clock, arguments and literals in an arena, and
// what is told of a value.
#pragma once

#include "backend/device/encode.h"
#include "backend/device/image.h"
#include "backend/execution.h"
#include "backend/frame.h"
#include "backend/grid_argument.h"
#include "core/ticks.h"

namespace arcbatch::device {

// Memory that all workers of a launch see. A worker has `worker_bytes` of its own: its frames, then
// its arena.
struct Workspace {
  SliceImage* slice = nullptr;
  const ExamplesImage* examples = nullptr;
  SliceEnd* end = nullptr;
  const Value* primitives = nullptr;  // by Prim
  u8* memory = nullptr;
  u64 worker_bytes = 0;
  u32 frames = 0;       // a worker has
  u64 stack_bytes = 0;  // of the native stack that a worker may use
};

// A clock for limits and for the share of time that workers are busy.
ARC_HD inline u64 clock_now() {
#if defined(__CUDA_ARCH__)
  u64 now = 0;
  asm volatile("mov.u64 %0, %%globaltimer;" : "=l"(now));
  return now;
#else
  return ticks_now();
#endif
}
// What that clock counts, in nanoseconds.
ARC_HD inline u64 nanoseconds_of(u64 clock) {
#if defined(__CUDA_ARCH__)
  return clock;
#else
  return static_cast<u64>(static_cast<double>(clock) * nanoseconds_per_tick());
#endif
}

// Adds to a number that all workers share and returns what it was.
ARC_HD inline u32 add_shared(u32& number, u32 n) {
#if defined(__CUDA_ARCH__)
  return atomicAdd(&number, n);
#else
  return __atomic_fetch_add(&number, n, __ATOMIC_RELAXED);
#endif
}
ARC_HD inline u64 add_shared(u64& number, u64 n) {
#if defined(__CUDA_ARCH__)
  static_assert(sizeof(unsigned long long) == sizeof(u64));
  return atomicAdd(reinterpret_cast<unsigned long long*>(&number), n);
#else
  return __atomic_fetch_add(&number, n, __ATOMIC_RELAXED);
#endif
}

// Literals of a program or a graph: `plain` are the image's own, and words tell the tuples.
struct Literals {
  const Value* plain = nullptr;
  u32 count = 0;
  const u32* words = nullptr;
  u32 word_count = 0;
  bool limited = true;  // whether they may be too deep
};

// Sets `constants` to the literals: the image's own, unless some live in an arena.
ARC_HD inline Status make_constants(Ctx& ctx, const Literals& literals, const Value*& constants) {
  constants = literals.plain;
  if (literals.word_count == 0) return Status::ok;
  Value* made = ctx.make<Value>(literals.count);
  ARC_ALLOC(made);
  for (u32 k = 0; k < literals.count; ++k) made[k] = constants[k];
  const u32* word = literals.words;
  const u32* const end = word + literals.word_count;
  while (word < end) {
    const u32 k = *word++;
    const u32 n = *word++;
    Value* items = ctx.make<Value>(n);
    ARC_ALLOC(items);
    for (u32 c = 0; c < n; ++c) items[c] = made[*word++];
    ARC_TRY(make_tuple(ctx, items, n, made[k]));
    if (literals.limited && depth_of(made[k]) > ctx.max_depth) return Status::limit_depth;
  }
  constants = made;
  return Status::ok;
}

// Sets `out` to the training pairs of an example's task, as pairs_value() does.
ARC_HD inline Status make_pairs(Ctx& ctx, const ExamplesImage& all, const ExampleImage& example,
                                Value& out) {
  Value* pairs = ctx.make<Value>(example.train_count);
  ARC_ALLOC(pairs);
  u32 count = 0;
  for (u32 k = 0; k < example.train_count; ++k) {
    const ExampleImage& e = all.examples()[example.train_first + k];
    if (e.has_expected == 0) continue;
    Value parts[2];
    ARC_TRY(cells_value(ctx, e.input.h, e.input.w, all.cells(e.input), parts[0]));
    ARC_TRY(cells_value(ctx, e.expected.h, e.expected.w, all.cells(e.expected), parts[1]));
    ARC_TRY(make_tuple(ctx, parts, 2, pairs[count++]));
  }
  return make_tuple(ctx, pairs, count, out);
}

// Sets `arguments` to what the function is called with on an example, and `count`.
ARC_HD inline Status make_arguments(Ctx& ctx, const ExamplesImage& all, const ExampleImage& example,
                                    Parameters parameters, Value* arguments, u32& count) {
  count = 0;
  if (parameters != Parameters::i) ARC_TRY(make_pairs(ctx, all, example, arguments[count++]));
  const GridImage& g = example.input;
  ARC_TRY(cells_value(ctx, g.h, g.w, all.cells(g), arguments[count++]));
  if (parameters == Parameters::s_i_c) arguments[count++] = Value::none();
  return Status::ok;
}

// Sets `out` to what a run on the example is compared with, if something is expected there.
ARC_HD inline Status make_expected(Ctx& ctx, const ExamplesImage& all, const ExampleImage& example,
                                   Value& out) {
  const GridImage& g = example.expected;
  return cells_value(ctx, g.h, g.w, all.cells(g), out);
}

// Compares a run's value with what was expected, if that is not null, and encodes it, with the
// run's budgets anew.
ARC_HD inline Status describe(Ctx& ctx, const SliceImage& slice, const Value* expected,
                              const Value& value, RunEnd& end, Sink& sink) {
  ctx.steps = static_cast<i64>(slice.limits.steps);
  ctx.bytes = static_cast<i64>(slice.limits.bytes);
  if (expected != nullptr) {
    bool match = false;
    ARC_TRY(equal(ctx, value, *expected, match));
    end.match = match ? 1 : 0;
  }
  GridObj* g = nullptr;
  if (slice.want_grids != 0) ARC_TRY(as_grid(ctx, value, g));
  return encode(ctx, g == nullptr ? value : Value::of(g), sink);
}

// A sink for what the slice wants of values.
ARC_HD inline Sink sink_of(const SliceImage& slice) {
  Sink sink;
  sink.keep = slice.want_values != 0;
  sink.largest = slice.largest_value;
  return sink;
}

// Copies an encoded value to where it is brought down from.
ARC_HD inline void send_value(const Workspace& w, const Sink& sink, RunEnd& end) {
  if (sink.full) {
    end.give_up = GiveUp::value_size;
    return;
  }
  const u64 at = add_shared(w.end->values, u64{sink.bytes.size});
  if (at + sink.bytes.size > w.slice->value_bytes) {
    end.give_up = GiveUp::values_full;
    return;
  }
  u8* to = w.end->value_bytes(w.slice->run_count) + at;
  for (u32 k = 0; k < sink.bytes.size; ++k) to[k] = sink.bytes.data[k];
  end.value_at = at;
  end.value_bytes = sink.bytes.size;
}

// Why the device must not say how the run ended, if so.
ARC_HD inline GiveUp give_up_of(const Ctx& ctx, const SliceImage& slice, Status status) {
  if (status == Status::resource_memory) {
    if (ctx.shortage == Shortage::frames) return GiveUp::frames;
    return ctx.shortage == Shortage::stack ? GiveUp::stack : GiveUp::arena;
  }
  if (slice.most_steps >= slice.limits.steps) return GiveUp::none;
  if (status == Status::limit_steps) return GiveUp::steps;
  // Want of steps among elements whose order is by address refuses that order.
  return status == Status::unsupported_order ? GiveUp::order : GiveUp::none;
}

// Counts and times a call of a leaf's fast kernel in the context's profile.
template <class Call>
ARC_HD Status note_call(Ctx& ctx, Prim p, Call&& call) {
  PrimProfile& noted = ctx.profile[static_cast<u32>(p)];
  noted.calls++;
  ctx.asking = static_cast<u32>(p);
  const u64 start = clock_now();
  const Status status = call();
  noted.ticks += clock_now() - start;
  return status;
}

// Memory of one worker, and what it has for whatever it evaluates.
struct Desk {
  Frame* frames = nullptr;
  u8* memory = nullptr;  // for an arena
  u64 bytes = 0;
  u64 stack_floor = 0;
  FastKernels kernels;
  PrimProfile* profile = nullptr;  // null unless the slice is profiled
};

// Sets a context to the slice's limits.
ARC_HD inline void start_context(Ctx& ctx, Arena& arena, const SliceImage& slice,
                                 const Desk& desk) {
  Limits limits = slice.limits;
  limits.steps = min_of(limits.steps, slice.most_steps);
  ctx.start(&arena, limits);
  ctx.stack_floor = desk.stack_floor;
  ctx.generic_only = desk.kernels.dispatch == nullptr;
  ctx.profile = desk.profile;
  ctx.asking = kPrimCount;
}

}  // namespace arcbatch::device
