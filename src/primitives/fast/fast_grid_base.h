// What the fast grid kernels share: censuses of colours, the part of a patch that lies on a grid,
// and copies of blocks.
#pragma once

#include "primitives/cost.h"
#include "values/lazy.h"

namespace arcbatch::fast::grids {

ARC_HD constexpr u64 low_mask(u32 w) { return w >= 64 ? ~u64{0} : (u64{1} << w) - 1; }

ARC_HD inline u64 area_of(const GridObj* g) { return u64{g->h} * g->w; }

ARC_HD inline bool is_empty_set(const Value& v) { return v.tag == Tag::set && v.set->count == 0; }

// A patch without cells: what mapply makes of no items is an empty tuple.
ARC_HD inline bool is_empty_patch(const Value& v) {
  return is_empty_set(v) || (v.tag == Tag::tuple && v.tuple->len == 0);
}

// Whether an h x w result is the business of a fast kernel: it fits a grid, or it is so large that
// it is refused as soon as it is paid for (see refuse_large).
ARC_HD inline bool is_makeable(const Ctx& ctx, u64 h, u64 w) {
  return (h <= 0xffffff && w <= 0xffffff) || saturating_mul(h, w + 1) >= ctx.max_expanded;
}

// The refusal that check_result would end with, before memory is spent.
ARC_HD inline Status refuse_large(const Ctx& ctx, u64 h, u64 w) {
  return saturating_mul(h, w + 1) >= ctx.max_expanded ? Status::limit_size : Status::ok;
}

// ---- blocks -----------------------------------------------------------------------------------

// Copies a row of w bytes; up to 15 more are read and written where the rows spill.
template <class R>
ARC_HD ARC_INLINE void copy_row(i8* dst, const i8* src, u32 w) {
  if constexpr (R::kSpills) {
    for (u32 k = 0; k < w; k += 16) __builtin_memcpy(dst + k, src + k, 16);
  } else {
    R::copy_bytes(dst, src, w);
  }
}

// Copies h rows of w bytes, which come to lie one after the other, to where kGridPadding bytes more
// may be written: what one row spills, the next one covers.
template <class R>
ARC_HD ARC_INLINE void copy_rows(i8* dst, const i8* src, i64 src_stride, u32 h, u32 w) {
  for (u32 r = 0; r < h; ++r) {
    copy_row<R>(dst, src, w);
    dst += w;
    src += src_stride;
  }
}

// Copies h rows of w bytes. Where rows lie one after the other at dst, as copy_rows().
template <class R>
ARC_HD void copy_block(i8* dst, u32 dst_stride, const i8* src, u32 src_stride, u32 h, u32 w) {
  if (dst_stride == w) {
    if (src_stride == w) {
      R::copy_bytes(dst, src, u64{h} * w);
    } else {
      copy_rows<R>(dst, src, src_stride, h, w);
    }
    return;
  }
  for (u32 r = 0; r < h; ++r) {
    R::copy_bytes(dst + u64{r} * dst_stride, src + u64{r} * src_stride, w);
  }
}

template <class R>
ARC_HD Status copy_grid(Ctx& ctx, const GridObj* g, GridObj*& out) {
  ARC_TRY(make_grid(ctx, g->h, g->w, out));
  R::copy_bytes(out->cells(), g->cells(), area_of(g));
  return Status::ok;
}

// The rows of n grids of width w, h in all, as one grid. All items must be grids.
template <class R>
ARC_HD Status stack_grids(Ctx& ctx, const Value* items, u32 n, u64 h, u32 w, Value& out) {
  ARC_TRY(refuse_large(ctx, h, w));
  GridObj* made = nullptr;
  ARC_TRY(make_grid(ctx, h, w, made));
  i8* to = made->cells();
  for (u32 k = 0; k < n; ++k) {
    R::copy_bytes(to, items[k].grid->cells(), area_of(items[k].grid));
    to += area_of(items[k].grid);
  }
  out = Value::of(made);
  return Status::ok;
}

// The h x w cells of `g` at (i, j), which must lie on it.
template <class R>
ARC_HD Status cut(Ctx& ctx, GridObj* g, u32 i, u32 j, u32 h, u32 w, Value& out) {
  if (h == g->h && w == g->w) {
    out = Value::of(g);
    return Status::ok;
  }
  GridObj* made = nullptr;
  ARC_TRY(make_grid(ctx, h, w, made));
  copy_block<R>(made->cells(), w, g->cells() + u64{i} * g->w + j, g->w, h, w);
  out = Value::of(made);
  return Status::ok;
}

// ---- colours ----------------------------------------------------------------------------------

// Distinct colours with their counts, ascending as bytes (so the negative ones come last) unless
// sort_by_occurrence() says otherwise.
struct Census {
  u32 distinct = 0;
  u32 bits = 0;  // of all colours as bytes
  i8 colors[256];
  u32 counts[256];

  ARC_HD void add(i8 c, u32 count) {
    bits |= static_cast<u8>(c);
    colors[distinct] = c;
    counts[distinct++] = count;
  }
  // Adds the colours that `histogram` (by colour + 128) counts for n cells.
  ARC_HD void add_all(const u32* histogram, u64 n) {
    for (u32 byte = 0; n != 0; ++byte) {
      const i8 c = static_cast<i8>(byte);
      const u32 count = histogram[static_cast<i32>(c) + 128];
      if (count == 0) continue;
      add(c, count);
      n -= count;
    }
  }
  // Whether set() puts the colours into the same slots, ascending, whichever comes first: small
  // ints hash to themselves, so below 8, and below 32 once five of them have made the table grow,
  // each has a slot of its own.
  [[nodiscard]] ARC_HD bool is_order_free() const {
    return bits < 8 || (bits < 32 && distinct >= 5);
  }
};

// Counts the colours of n cells.
template <class R>
ARC_HD void take_census(const i8* cells, u64 n, Census& out) {
  u32 histogram[256];
  for (u32& count : histogram) count = 0;
  R::histogram(histogram, cells, n);
  out.add_all(histogram, n);
}

// Counts the colours of an object of `count` cells.
ARC_HD inline void take_census(const Bits& b, u32 count, Census& out) {
  if (b.kind == BitsKind::unicolor) {
    out.add(b.color, count);
    return;
  }
  u32 histogram[256];
  for (u32& n : histogram) n = 0;
  for (u32 r = 0; r < b.h; ++r) {
    const i8* line = b.colors + u64{r} * b.w;
    for (u64 row = b.rows[r]; row != 0; row &= row - 1) {
      histogram[static_cast<i32>(line[ctz64(row)]) + 128]++;
    }
  }
  out.add_all(histogram, count);
}

// Lists the census of these cells by first occurrence.
ARC_HD inline void sort_by_occurrence(const i8* cells, Census& census) {
  u8 place[256];  // where a colour is listed
  for (u32 k = 0; k < census.distinct; ++k) {
    place[static_cast<u8>(census.colors[k])] = static_cast<u8>(k);
  }
  for (u32 next = 0; next < census.distinct; ++cells) {
    const u32 at = place[static_cast<u8>(*cells)];
    if (at < next) continue;
    const i8 color = census.colors[next];
    const u32 count = census.counts[next];
    census.colors[next] = census.colors[at];
    census.counts[next] = census.counts[at];
    census.colors[at] = color;
    census.counts[at] = count;
    place[static_cast<u8>(color)] = static_cast<u8>(at);
    place[static_cast<u8>(*cells)] = static_cast<u8>(next++);
  }
}

// Sets `out` to the colour of the highest (or lowest) count, the lowest byte of those, and `tied`
// to whether others share it.
ARC_HD inline void pick(const Census& census, bool most, i8& out, bool& tied) {
  u32 best = most ? 0 : ~u32{0};
  tied = false;
  for (u32 k = 0; k < census.distinct; ++k) {
    const u32 count = census.counts[k];
    if (count == best) {
      tied = true;
    } else if (most ? count > best : count < best) {
      best = count;
      out = census.colors[k];
      tied = false;
    }
  }
}

// max(set(cells), key=cells.count), or min: the first of ties in the order of the set.
ARC_HD inline Status pick_in_order(Ctx& ctx, const i8* cells, Census& census, bool most, i8& out) {
  bool tied = false;
  pick(census, most, out, tied);
  if (!tied || census.is_order_free()) return Status::ok;
  u32 best = 0;
  for (u32 k = 0; k < census.distinct; ++k) {
    if (census.colors[k] == out) best = census.counts[k];
  }
  sort_by_occurrence(cells, census);
  Table table;
  ARC_TRY(table_init(ctx, table));
  for (u32 k = 0; k < census.distinct; ++k) {
    ARC_TRY(table_add(ctx, table, Value::integer(census.colors[k])));
  }
  for (u64 slot = 0; slot <= table.mask; ++slot) {
    if (!is_active(table.entries[slot])) continue;
    out = static_cast<i8>(table.entries[slot].key.i);
    for (u32 k = 0; k < census.distinct; ++k) {
      if (census.colors[k] == out && census.counts[k] == best) return Status::ok;
    }
  }
  return Status::runtime_error;
}

// frozenset({c for c in cells}): the set display's table and one copy of it.
ARC_HD inline Status make_palette(Ctx& ctx, const i8* cells, Census& census, Value& out) {
  const u32 n = census.distinct;
  if (census.bits < 8 || (census.bits < 16 && n >= 5)) {
    // The same table at once: no colours meet in it, and its size is that of the copy.
    Table table;
    table.mask = n < 5 ? 7 : n < 8 ? 15 : 31;
    table.fill = n;
    table.used = n;
    ARC_TRY(table_allocate(ctx, table.mask + 1, table.entries));
    for (u32 k = 0; k < n; ++k) {
      const u32 slot = static_cast<u8>(census.colors[k]);  // its hash
      table.entries[slot].key = Value::integer(slot);
      table.entries[slot].hash = slot;
    }
    return make_set(ctx, table, out);
  }
  if (!census.is_order_free()) sort_by_occurrence(cells, census);
  SetBuilder set;
  ARC_TRY(set.start(ctx));
  for (u32 k = 0; k < n; ++k) ARC_TRY(set.add(ctx, Value::integer(census.colors[k])));
  return set.finish_copy(ctx, out);
}

// mostcolor(g). The grid remembers it, ties resolved, so that state 1 always means "known".
template <class R>
ARC_HD Status most_color(Ctx& ctx, GridObj* g, i8& out) {
  if (g->mostcommon_state == 1) {
    out = g->mostcommon;
    return Status::ok;
  }
  const u64 n = area_of(g);
  out = 0;
  // More than half of most grids is background.
  if (u64{R::count_bytes(g->cells(), 0, n)} * 2 <= n) {
    Census census;
    take_census<R>(g->cells(), n, census);
    ARC_TRY(pick_in_order(ctx, g->cells(), census, true, out));
  }
  g->mostcommon = out;
  g->mostcommon_state = 1;
  return Status::ok;
}

// Whether all n >= 1 bytes are the same.
template <class R>
ARC_HD bool is_uniform(const i8* cells, u64 n) {
  return R::equal_bytes(cells, cells + 1, n - 1);
}

// ---- patches on a grid ------------------------------------------------------------------------

// The part of a patch that lies on a grid: h rows whose bit 0 is column j of the grid, without
// bits at w or above; h is 0 where the patch misses the grid.
struct Window {
  const u64* rows = nullptr;
  u32 h = 0;
  u32 w = 0;
  u32 i = 0;  // on the grid
  u32 j = 0;
  u32 skip_i = 0;  // in the patch's box
  u32 skip_j = 0;
};

// Clips `b`, moved by (di, dj), to a grid of gh x gw cells. Shares the patch's rows where whole
// columns are kept.
template <class R>
ARC_HD Status clip(Ctx& ctx, const Bits& b, i64 di, i64 dj, u32 gh, u32 gw, Window& out) {
  const i64 top = b.i0 + di;
  const i64 left = b.j0 + dj;
  const i64 i0 = max_of<i64>(top, 0);
  const i64 j0 = max_of<i64>(left, 0);
  const i64 i1 = min_of<i64>(top + b.h, gh);
  const i64 j1 = min_of<i64>(left + b.w, gw);
  out = Window{};
  if (i1 <= i0 || j1 <= j0) return Status::ok;
  out.h = static_cast<u32>(i1 - i0);
  out.w = static_cast<u32>(j1 - j0);
  out.i = static_cast<u32>(i0);
  out.j = static_cast<u32>(j0);
  out.skip_i = static_cast<u32>(i0 - top);
  out.skip_j = static_cast<u32>(j0 - left);
  out.rows = b.rows + out.skip_i;
  if (out.w == b.w) return Status::ok;
  u64* rows = ctx.make<u64>(u64{out.h} * 2);
  ARC_ALLOC(rows);
  R::shift_columns(rows, out.rows, -static_cast<i32>(out.skip_j), out.h);
  if (out.skip_j + out.w < b.w) {
    u64* mask = rows + out.h;
    R::fill(mask, low_mask(out.w), out.h);
    R::bit_and(rows, rows, mask, out.h);
  }
  out.rows = rows;
  return Status::ok;
}

// The cell of `cells` (rows `stride` apart) at the window's corner.
ARC_HD inline i8* corner(const Window& win, i8* cells, u32 stride) {
  return cells + u64{win.i} * stride + win.j;
}

// Colours of the patch at the window's corner.
ARC_HD inline const i8* corner_colors(const Window& win, const Bits& b) {
  return b.colors + u64{win.skip_i} * b.w + win.skip_j;
}

// Drops the bits of the window whose cell is not `color`.
template <class R>
ARC_HD Status keep_color(Ctx& ctx, const GridObj* g, i8 color, Window& win) {
  u64* rows = ctx.make<u64>(win.h);
  ARC_ALLOC(rows);
  const i8* cells = g->cells() + u64{win.i} * g->w + win.j;
  R::equals(rows, cells, g->w, win.h, win.w, color);
  R::bit_and(rows, rows, win.rows, win.h);
  win.rows = rows;
  return Status::ok;
}

// Writes the object's colours at the window's bits.
template <class R>
ARC_HD void put_colors(GridObj* g, const Window& win, const Bits& b) {
  if (win.h == 0) return;
  i8* cells = corner(win, g->cells(), g->w);
  if (b.kind == BitsKind::multicolor) {
    R::put_from(cells, g->w, win.rows, win.h, win.w, corner_colors(win, b), b.w);
  } else {
    R::put(cells, g->w, win.rows, win.h, win.w, b.color);
  }
}

}  // namespace arcbatch::fast::grids
