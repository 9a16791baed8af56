// Relocator: deep copies of values from one arena to another. What is shared stays shared, and a
// function stays one object.
#pragma once

#include <unordered_map>

#include "values/context.h"
#include "values/value.h"

namespace arcbatch {

class Relocator {
 public:
  // `from` is the context that the values were made in, `to` one with the arena they go to.
  Relocator(Ctx& from, Ctx& to) : from_(from), to_(to) {}

  // Sets `out` to the copy of `v`. Orders that v still defers are worked out, since a copy without
  // them needs none of what the set was made from.
  Status copy(const Value& v, Value& out);

 private:
  Status copy_tuple(const Value& v, Value& out);
  Status copy_grid(const GridObj& from, Value& out);
  Status copy_set(SetObj& from, Value& out);
  Status copy_table(const Table& from, Table*& out);
  Status copy_keys_anew(const Value& v, Table*& out);
  Status copy_bits(const Bits& from, Bits& out);
  Status copy_closure(const ClosureObj& from, Value& out);

  Ctx& from_;
  Ctx& to_;
  std::unordered_map<const void*, Value> copied_;
};

}  // namespace arcbatch
