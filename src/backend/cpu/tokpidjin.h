// The dialect tokpidjin behind the evaluator: its functions as values, and their calls.
#pragma once

#include <string>

#include "backend/code.h"

namespace arcbatch {

// Makes `object`, which outlives the value, stand for a text, which outlives both. A text is data
// in results: to every function it is an argument outside the subset.
Value tokpidjin_text(ClosureObj& object, const std::string& text);

// What stands for a value that depends on addresses. It is no function: to call it, or to give it
// to a function, comes to a value that is unknown in turn.
Value tokpidjin_unknown();

// The value of function `number`, the same in the whole process.
Value tokpidjin_function(u32 number);

// Calls function `number`; see DialectCall.
Status call_tokpidjin(Evaluator& evaluator, Ctx& ctx, u32 number, const Value* args, u32 n,
                      Value& out);

}  // namespace arcbatch
