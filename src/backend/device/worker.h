// A device's worker: takes runs off a slice's queue until none is left. One source for the device
// and for its emulation; what differs is who starts the workers and where their memory lies.
#pragma once

#include "backend/device/encode.h"
#include "backend/device/image.h"
#include "backend/evaluator.h"
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

// Sets `constants` to the program's constants: the image's own, unless some live in an arena.
ARC_HD inline Status make_constants(Ctx& ctx, const ProgramImage& image, const Value*& constants) {
  constants = image.constants.get();
  if (image.compound_words == 0) return Status::ok;
  Value* made = ctx.make<Value>(image.constant_count);
  ARC_ALLOC(made);
  for (u32 k = 0; k < image.constant_count; ++k) made[k] = constants[k];
  const u32* word = image.compounds.get();
  const u32* const end = word + image.compound_words;
  while (word < end) {
    const u32 k = *word++;
    const u32 n = *word++;
    Value* items = ctx.make<Value>(n);
    ARC_ALLOC(items);
    for (u32 c = 0; c < n; ++c) items[c] = made[*word++];
    ARC_TRY(make_tuple(ctx, items, n, made[k]));
    if (depth_of(made[k]) > ctx.max_depth) return Status::limit_depth;
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

// Compares a run's value with what was expected and encodes it, with the run's budgets anew.
ARC_HD inline Status describe(Ctx& ctx, const Workspace& w, const ExampleImage& example,
                              const Value& value, RunEnd& end, Sink& sink) {
  const Limits& limits = w.slice->limits;
  ctx.steps = static_cast<i64>(limits.steps);
  ctx.bytes = static_cast<i64>(limits.bytes);
  if (example.has_expected != 0) {
    const GridImage& g = example.expected;
    Value expected;
    ARC_TRY(cells_value(ctx, g.h, g.w, w.examples->cells(g), expected));
    bool match = false;
    ARC_TRY(equal(ctx, value, expected, match));
    end.match = match ? 1 : 0;
  }
  GridObj* g = nullptr;
  if (w.slice->want_grids != 0) ARC_TRY(as_grid(ctx, value, g));
  return encode(ctx, g == nullptr ? value : Value::of(g), sink);
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

ARC_HD inline Status evaluate(Ctx& ctx, const Workspace& w, SliceRun run, Frame* frames,
                              const FastKernels& kernels, RunEnd& end, Sink& sink) {
  const ProgramImage& image = *w.slice->program(run.program);
  const ExampleImage& example = w.examples->examples()[run.example];
  const i64 budget = ctx.steps;
  const u64 began = clock_now();
  Value arguments[3];
  u32 count = 0;
  ARC_TRY(make_arguments(ctx, *w.examples, example, image.parameters, arguments, count));
  CodeView code;
  code.functions = image.functions.get();
  code.keyword_sets = image.keyword_sets.get();
  code.primitives = w.primitives;
  code.function_values = image.function_values.get();
  ARC_TRY(make_constants(ctx, image, code.constants));
  Evaluator evaluator(ctx, code, frames, kernels, w.frames);
  evaluator.error_function = kNowhere;
  Value value;
  end.stage = Stage::called;
  Status status = evaluator.run(code.function_values[0], arguments, count, value);
  // A run ends by its steps; that it took too long is seen when it is over.
  if (w.slice->most_nanoseconds != 0 &&
      nanoseconds_of(clock_now() - began) > w.slice->most_nanoseconds) {
    status = Status::resource_time;
  }
  end.steps = static_cast<u64>(budget - ctx.steps);
  end.function = evaluator.error_function;
  end.statement = evaluator.error_statement;
  end.refusal = evaluator.refusal;
  if (status != Status::ok) return status;
  end.stage = Stage::returned;
  return describe(ctx, w, example, value, end, sink);
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

ARC_HD inline void run_one(const Workspace& w, u8* memory, u64 stack_floor,
                           const FastKernels& kernels, u32 index) {
  SliceImage& slice = *w.slice;
  const u64 frame_bytes = (u64{w.frames} * sizeof(Frame) + 15) & ~u64{15};
  Arena arena;
  arena.adopt(memory + frame_bytes, w.worker_bytes - frame_bytes);
  Limits limits = slice.limits;
  limits.steps = min_of(limits.steps, slice.most_steps);
  Ctx ctx;
  ctx.start(&arena, limits);
  ctx.stack_floor = stack_floor;
  ctx.generic_only = kernels.dispatch == nullptr;
  RunEnd end;
  Sink sink;
  sink.keep = slice.want_values != 0;
  sink.largest = slice.largest_value;
  end.status =
      evaluate(ctx, w, slice.run(index), reinterpret_cast<Frame*>(memory), kernels, end, sink);
  end.give_up = give_up_of(ctx, slice, end.status);
  if (end.status == Status::ok && slice.want_values != 0) send_value(w, sink, end);
  end.leaf_calls = static_cast<u32>(ctx.leaf_calls);
  end.generic_calls = static_cast<u32>(ctx.generic_calls);
  end.serial = slice.serial;
  w.end->ends()[index] = end;
}

// The work of one worker: runs until the queue is empty.
ARC_HD inline void work(const Workspace& w, u32 worker, const FastKernels& kernels) {
  u8* const memory = w.memory + u64{worker} * w.worker_bytes;
  const u64 here = stack_address();
  const u64 stack_floor = here > w.stack_bytes ? here - w.stack_bytes : 0;
  const u64 began = clock_now();
  for (;;) {
    const u32 index = add_shared(w.end->next_run, 1);
    if (index >= w.slice->run_count) break;
    run_one(w, memory, stack_floor, kernels, index);
  }
  add_shared(w.end->busy_nanoseconds, nanoseconds_of(clock_now() - began));
}

}  // namespace arcbatch::device
