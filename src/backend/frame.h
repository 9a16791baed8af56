// Frame: one suspended call of the evaluator. Closures and higher-order primitives run on an
// explicit stack of these, so that neither the host nor the device recurses.
#pragma once

#include "backend/code.h"
#include "primitives/registry.h"
#include "values/value.h"

namespace arcbatch {

enum class FrameKind : u8 {
  code,     // a def or a lambda
  closure,  // compose, chain, matcher, fork and binds
  map,      // a higher-order primitive calling a function per element
};

// An `except` clause in force.
struct Handler {
  u64 mask = 0;
  u32 target = 0;
};
inline constexpr u32 kMaxHandlers = 4;

// Only what its kind needs is set when a frame is pushed: frames are pushed once a closure call.
struct Frame {
  FrameKind kind = FrameKind::code;
  u8 state = 0;                // closure: next step; map: phase
  u8 python_frames = 1;        // what CPython's recursion counter would count
  bool awaiting = false;       // a callee was pushed; its result is to be consumed
  bool exact_order = true;     // map: items are in Python's order
  bool stop_is_error = false;  // StopIteration crosses a generator: RuntimeError
  bool matched = false;        // extract: a match was found
  Prim prim = Prim::count_;
  u32 i = 0;  // map: next item; code: program counter
  u32 n = 0;
  u32 best = 0;       // map: index of the extremum or the match
  u32 dst = 0;        // code: register awaiting a result
  u32 statement = 0;  // code: statement of the last instruction
  u32 handler_count = 0;
  Value fn;
  Value a;
  Value b;
  Value saved;
  const Value* items = nullptr;   // map: first arguments
  const Value* items2 = nullptr;  // map: second arguments (papply, prapply)
  Value* results = nullptr;
  i64 steps = 0;  // map: budget at the start, for a replay in Python's order
  i64 bytes = 0;
  ClosureObj* closure = nullptr;
  const FunctionView* function = nullptr;
  u32 function_index = 0;
  Value* regs = nullptr;
  Handler handlers[kMaxHandlers];
};

}  // namespace arcbatch
