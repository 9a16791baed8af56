// What can be told of functions that statements make, without running them: whether a call of them
// can raise. It cannot in a dialect whose public functions give defaults, as far as closures of
// these are called with the right number of arguments.
#pragma once

#include <string_view>
#include <vector>

#include "primitives/dialects.h"

namespace arcbatch {

// What is known of a value: that it is a function, or a number as `power` takes it.
struct Callable {
  enum class Kind : u8 { unknown, wrapped, closure, number } kind = Kind::unknown;
  u32 argcount = 0;  // co_argcount; of a number, the number

  [[nodiscard]] bool is_function() const { return kind == Kind::wrapped || kind == Kind::closure; }

  // Whether a call with `n` positional arguments cannot raise.
  [[nodiscard]] bool accepts(u32 n) const {
    return kind == Kind::wrapped || (kind == Kind::closure && argcount == n);
  }
};

// A function of the dialect, by its number.
Callable callable_of_function(Dsl dialect, u32 function);

// An integer literal.
Callable callable_of_integer(i64 value);

// Whether a call of the dialect's function with `n` positional arguments cannot raise.
bool function_accepts(Dsl dialect, u32 function, u32 n);

// What a call of the dialect's function makes of callees that are known: a closure, or unknown.
Callable callable_of_call(Dsl dialect, u32 function, const std::vector<Callable>& arguments);

// How many values the function certainly returns as a tuple; 0 where that is not known.
u32 tuple_size_of(Dsl dialect, u32 function);

}  // namespace arcbatch
