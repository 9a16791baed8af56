// What an executor is given besides code: its kernels, its limits of recursion, who watches.
#pragma once

#include "primitives/registry.h"
#include "values/context.h"

namespace arcbatch {

// CPython raises RecursionError at a depth that depends on its caller's depth: between these two
// the outcome is `limit`, beyond the second it is RecursionError for any caller.
inline constexpr u32 kCertainDepth = 900;
inline constexpr u32 kOverflowDepth = 1100;
inline constexpr u32 kMaxFrames = kOverflowDepth + 8;

// Calls of closures and maps that may stand on the native stack at once; deeper ones are frames.
inline constexpr u32 kMaxNative = 24;

// Items of a map whose function is applied to all of them at once: the first time, then.
inline constexpr u32 kFirstSlab = 32;
inline constexpr u32 kSlab = 512;

// Steps that may be spent on what turns out to have to be done again: so many, and so many for each
// that is charged.
inline constexpr u64 kWasteAllowed = 20'000;
inline constexpr u64 kWasteFactor = 4;

// Runs a leaf primitive by the fast kernels of an instruction set, or fallback.
using FastDispatch = Status (*)(Ctx&, Prim, const Value*, Value&);

// One fast kernel.
using FastKernel = Status (*)(Ctx&, const Value*, Value&);

// The arguments of one position over many calls: one each, or the same for all (stride 0).
struct Column {
  const Value* data;
  u32 stride;
  ARC_HD const Value& operator[](u32 k) const { return data[u64{k} * stride]; }
};

// Makes n calls of a leaf primitive, out[k] of the columns' items k; none of them is unusual, and
// all are paid for but for their results. Stops at the first that fails.
using ColumnKernel = Status (*)(Ctx&, const Column* args, u32 n, Value* out);

// The fast kernels of one instruction set, in one form or the other, or none: generic kernels only.
// With a `table`, indexed by Prim, calls of closures and maps may use the native stack; with
// `dispatch`, everything is a frame, as on the device.
struct FastKernels {
  FastDispatch dispatch = nullptr;
  const FastKernel* table = nullptr;
  const ColumnKernel* columns = nullptr;  // beside `table`; null for primitives that have none
};

// What an executor shows of a run as it goes; host only, null where nobody looks.
struct Observer {
  void* self = nullptr;
  void (*statement_done)(void* self, Ctx& ctx, u32 function, u32 statement,
                         const Value* registers) = nullptr;
};

}  // namespace arcbatch
