// Code: a Program as plain arrays that an executor on the host or the device can walk.
#pragma once

#include "graph/leaf_call.h"
#include "graph/program.h"
#include "values/context.h"
#include "values/value.h"

namespace arcbatch {

// A Function without owning containers. Pointers are into the Program it was made from.
struct FunctionView {
  const Instr* code = nullptr;
  const Operand* operands = nullptr;
  const u32* defaults = nullptr;
  const LeafCall* leaf_calls = nullptr;  // by instruction
  u32 param_count = 0;
  u32 required = 0;
  u32 capture_count = 0;
  u32 register_count = 0;
};

// The keyword names that end a call's operands: one letter each, as the parameters of closures
// have, or 0 for a longer name.
struct KeywordView {
  const char* letters = nullptr;
  u32 count = 0;
};

class Evaluator;

// Calls function `number` of a dialect other than arc-dsl; host only.
using DialectCall = Status (*)(Evaluator& evaluator, Ctx& ctx, u32 number, const Value* args, u32 n,
                               Value& out);

struct CodeView {
  const KeywordView* keyword_sets = nullptr;
  const FunctionView* functions = nullptr;
  const Value* constants = nullptr;        // materialised for the run
  const Value* primitives = nullptr;       // by Prim
  const Value* function_values = nullptr;  // the def object of each function
  DialectCall dialect_call = nullptr;      // of a program in another dialect
  // What a statement of the called function leaves whose value depends on addresses, where the
  // dialect goes on with the others; every use of it comes to the same.
  const Value* unknown = nullptr;
};

}  // namespace arcbatch
