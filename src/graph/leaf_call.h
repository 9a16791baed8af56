// LeafCall: the form of a call of a leaf primitive in which executors run it.
#pragma once

#include "graph/program.h"
#include "primitives/registry.h"

namespace arcbatch {

// A call of a leaf primitive that takes as many arguments, all by position and all assigned before,
// where nobody can catch an error. `count` 0 stands for any other instruction.
struct LeafCall {
  u16 prim = 0;
  u8 count = 0;
  bool in_place = false;  // an argument's register takes the result
  u32 dst = 0;
  Operand args[kMaxLeafArgs];  // those past `count` name the first register, which there is
};

// Returns that form of an instruction, or one of count 0 where it is no such call. Whether the
// registers are assigned, and whether an error can be caught, is the caller's to know.
LeafCall leaf_call_of(const Operand* operands, const Instr& in);

}  // namespace arcbatch
