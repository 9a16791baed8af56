// A grid as plain cells, made the value that a program is called with.
#pragma once

#include "values/build.h"

namespace arcbatch {

// Sets `out` to the grid of h rows of w cells: a tuple of rows of ints.
ARC_HD inline Status cells_value(Ctx& ctx, u32 h, u32 w, const i8* cells, Value& out) {
  if (h == 0) return make_empty_tuple(ctx, out);
  if (w == 0) {
    Value* rows = ctx.make<Value>(h);
    ARC_ALLOC(rows);
    ARC_TRY(make_empty_tuple(ctx, rows[0]));
    for (u32 k = 1; k < h; ++k) rows[k] = rows[0];
    return make_tuple(ctx, rows, h, out);
  }
  GridObj* g = nullptr;
  ARC_TRY(make_grid(ctx, h, w, g));
  __builtin_memcpy(g->cells(), cells, u64{h} * w);
  out = Value::of(g);
  return Status::ok;
}

}  // namespace arcbatch
