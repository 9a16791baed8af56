// A device's worker: takes items and runs off a slice's queue until none is left. One source for
// the device and for its emulation; what differs is who starts the workers and where their memory
// lies.
#pragma once

#include "backend/device/graph_worker.h"
#include "backend/device/worker_parts.h"
#include "backend/evaluator.h"

namespace arcbatch::device {

ARC_HD inline Status evaluate(Ctx& ctx, const Workspace& w, SliceRun run, const Desk& desk,
                              RunEnd& end, Sink& sink) {
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
  const Literals literals{image.constants.get(), image.constant_count, image.compounds.get(),
                          image.compound_words};
  ARC_TRY(make_constants(ctx, literals, code.constants));
  Evaluator evaluator(ctx, code, desk.frames, desk.kernels, w.frames);
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
  ctx.asking = kPrimCount;
  Value expected;
  const bool compared = example.has_expected != 0;
  if (compared) ARC_TRY(make_expected(ctx, *w.examples, example, expected));
  return describe(ctx, *w.slice, compared ? &expected : nullptr, value, end, sink);
}

ARC_HD inline void run_one(const Workspace& w, const Desk& desk, u32 index) {
  SliceImage& slice = *w.slice;
  Arena arena;
  arena.adopt(desk.memory, desk.bytes);
  Ctx ctx;
  start_context(ctx, arena, slice, desk);
  RunEnd end;
  Sink sink = sink_of(slice);
  end.status = evaluate(ctx, w, slice.run(index), desk, end, sink);
  end.give_up = give_up_of(ctx, slice, end.status);
  if (end.status == Status::ok && slice.want_values != 0) send_value(w, sink, end);
  end.leaf_calls = static_cast<u32>(ctx.leaf_calls);
  end.generic_calls = static_cast<u32>(ctx.generic_calls);
  end.serial = slice.serial;
  w.end->ends()[index] = end;
}

// Adds what a worker counted of primitives to what comes down.
ARC_HD inline void send_profile(const Workspace& w, const PrimProfile* profile) {
  for (u32 k = 0; k <= kPrimCount; ++k) {
    const PrimProfile& p = profile[k];
    if (p.calls == 0 && p.orders == 0) continue;
    PrimCounts& to = w.end->primitives[k];
    add_shared(to.calls, p.calls);
    add_shared(to.generic, p.generic);
    add_shared(to.orders, p.orders);
    add_shared(to.nanoseconds, nanoseconds_of(p.ticks));
  }
}

// The work of one worker: items and runs until the queue is empty. `profiled` are the kernels for
// slices that are to be profiled: they count in the context's profile.
ARC_HD inline void work(const Workspace& w, u32 worker, const FastKernels& kernels,
                        const FastKernels& profiled) {
  u8* const memory = w.memory + u64{worker} * w.worker_bytes;
  const u64 here = stack_address();
  const u64 frame_bytes = (u64{w.frames} * sizeof(Frame) + 15) & ~u64{15};
  SliceImage& slice = *w.slice;
  Desk desk;
  desk.frames = reinterpret_cast<Frame*>(memory);
  desk.memory = memory + frame_bytes;
  desk.bytes = w.worker_bytes - frame_bytes;
  desk.stack_floor = here > w.stack_bytes ? here - w.stack_bytes : 0;
  desk.kernels = slice.profile != 0 ? profiled : kernels;
  if (slice.profile != 0) {
    constexpr u64 kBytes = ((kPrimCount + 1) * sizeof(PrimProfile) + 15) & ~u64{15};
    desk.profile = reinterpret_cast<PrimProfile*>(desk.memory);
    for (u32 k = 0; k <= kPrimCount; ++k) desk.profile[k] = PrimProfile{};
    desk.memory += kBytes;
    desk.bytes -= kBytes;
  }
  const u64 began = clock_now();
  for (;;) {
    const u32 at = add_shared(w.end->next, 1);
    if (at >= slice.queue_length) break;
    if (at < slice.item_count) {
      run_item(w, desk, slice.item(at));
    } else {
      run_one(w, desk, at - slice.item_count);
    }
  }
  add_shared(w.end->busy_nanoseconds, nanoseconds_of(clock_now() - began));
  if (desk.profile != nullptr) send_profile(w, desk.profile);
}

}  // namespace arcbatch::device
