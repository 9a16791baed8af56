// Frame: one suspended call of the evaluator. Closures and higher-order primitives run on an
// explicit stack of these, so that neither the host nor the device recurses without bound.
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
inline constexpr u32 kMaxHandlers = 12;  // what `arcbatch merge` writes has so many

// A higher-order primitive on its way through a container.
struct MapState {
  Prim prim = Prim::count_;
  bool exact_order = true;     // items are in Python's order
  bool stop_is_error = false;  // StopIteration crosses a generator: RuntimeError
  bool matched = false;        // extract: a match was found
  u32 i = 0;                   // next item
  u32 n = 0;
  u32 best = 0;   // index of the extremum or the match
  i64 steps = 0;  // budget at the start, for a replay in Python's order
  i64 bytes = 0;
  const Value* items = nullptr;   // first arguments
  const Value* items2 = nullptr;  // second arguments (papply, prapply)
  Value* results = nullptr;
  Value fn;  // rapply: the value
  Value a;   // the container
  Value b;   // papply's second
};

// Only what its kind needs is set when a frame is pushed: frames are pushed once a closure call.
struct Frame {
  FrameKind kind = FrameKind::code;
  u8 state = 0;           // closure: next step; map: 1 once the elements are done
  u8 python_frames = 1;   // what CPython's recursion counter would count
  bool awaiting = false;  // a callee was pushed; its result is to be consumed
  u32 i = 0;              // code: program counter
  u32 dst = 0;            // code: register awaiting a result
  u32 statement = 0;      // code: statement under way, where somebody observes
  u32 handler_count = 0;
  u32 function_index = 0;
  Value a;      // closure: its argument
  Value saved;  // closure: an intermediate result
  ClosureObj* closure = nullptr;
  const FunctionView* function = nullptr;
  Value* regs = nullptr;
  MapState map;
  Handler handlers[kMaxHandlers];
};

}  // namespace arcbatch
