// What kernels find out about sets of cells and locations, and keep beside them.
#pragma once

#include "primitives/tokpidjin/run.h"

namespace arcbatch::tok {

// The least and the largest row and column of a set of locations.
struct Extents {
  i32 low[2];
  i32 high[2];
};

// Whether v is a set that has its table, and an order that hangs on no address.
inline bool has_plain_table(const Value& v) {
  return v.is_set() && (v.set->recipe == Recipe::none || v.set->recipe == Recipe::dialect) &&
         v.set->table != nullptr && (v.set->flags & kHasAddress) == 0;
}

// The extents of a set that holds pairs of small ints and nothing else; false for any other value.
bool extents_of(const Value& indices, Extents& out);

// The set that locations_of() made of this one, if it was kept.
bool kept_locations(const Value& object, Value& out);
void keep_locations(const Value& object, const Value& locations);

}  // namespace arcbatch::tok
