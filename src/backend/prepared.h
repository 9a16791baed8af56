// PreparedFunction: a function whose operands were found once, when it was bound, for an executor
// on the host that calls it many times.
#pragma once

#include <vector>

#include "backend/execution.h"
#include "values/value.h"

namespace arcbatch {

// What is left of one instruction, or of several. `args` point to where the values will be.
struct PreparedStep {
  enum class Kind : u8 {
    leaf_1,  // *dst = prim(args[0]), a leaf primitive; `kernel` is its fast kernel
    leaf_2,  // the same with two arguments
    leaf_3,
    leaf_4,
    charge,  // pays for function values that are there, from instruction `at` to the next step
    call,    // *dst = (*args[0])(args[1..count])
    ret,     // returns *args[0]
    other,   // instruction `at` as it is
  };
  static constexpr u32 kMaxArgs = 4;

  Kind kind = Kind::other;
  u8 count = 0;  // call: arguments, without the callee
  bool in_place = false;
  u16 prim = 0;
  u32 at = 0;  // of the function's instructions
  FastKernel kernel = nullptr;
  Value* dst = nullptr;
  const Value* args[kMaxArgs] = {};
  i64 steps = 0;  // charge
  i64 bytes = 0;
};

// It has registers and function values of its own, so it can be called once at a time, and nothing
// in its program may call it: what makes a function in Python makes another each time.
struct PreparedFunction {
  bool usable = false;
  u32 params = 0;
  u32 leaf_calls = 0;
  std::vector<PreparedStep> steps;  // up to the first that ends it
  std::vector<Value> registers;
  std::vector<ClosureObj> closures;  // that registers hold from the start
};

}  // namespace arcbatch
