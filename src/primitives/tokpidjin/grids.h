// tokpidjin's kernels on grids of bytes, the form of most tuples of rows.
#pragma once

#include "primitives/tokpidjin/run.h"

namespace arcbatch::tok {

// The colours of a grid in the order of their first cells, by rows, and how often each occurs.
struct Colors {
  u32 n = 0;
  i8 values[256];
  u32 counts[256];  // by the colour as an unsigned byte
};
void count_colors(const GridObj& grid, Colors& out);

inline bool is_byte(const Value& v) { return v.tag == Tag::integer && v.i >= -128 && v.i <= 127; }

// A grid of h x w whose cell (i, j) is at(i, j).
template <class F>
Status make_cells(Ctx& ctx, u32 h, u32 w, F&& at, Value& out) {
  GridObj* made = nullptr;
  ARC_TRY(make_grid(ctx, h, w, made));
  i8* to = made->cells();
  for (u32 i = 0; i < h; ++i) {
    for (u32 j = 0; j < w; ++j) *to++ = at(i, j);
  }
  out = Value::of(made);
  return Status::ok;
}

// The objects of a grid as the reference collects them, cells (i, j, c) included. `background` is
// the colour that belongs to none, or beyond the bytes.
Status objects_of_grid(Ctx& ctx, const GridObj& grid, bool univalued, bool diagonal, i32 background,
                       Value& out);

}  // namespace arcbatch::tok
