// Set algebra on bit-row sets of cells.
#pragma once

#include "values/lazy.h"

namespace arcbatch {

// Row i of b as bits from column j0 on; zero outside of its box and past 64 columns.
ARC_HD inline u64 row_in(const Bits& b, i32 i, i32 j0) {
  const i64 r = i64{i} - b.i0;
  if (r < 0 || r >= b.h) return 0;
  const i64 by = i64{b.j0} - j0;
  if (by >= 64 || by <= -64) return 0;
  return by >= 0 ? b.rows[r] << by : b.rows[r] >> -by;
}

// Colour of the cell of b at (i, j), which is set.
ARC_HD inline i8 color_at(const Bits& b, i32 i, i32 j) {
  if (b.kind != BitsKind::multicolor) return b.color;
  return b.colors[static_cast<u64>(i - b.i0) * b.w + static_cast<u64>(j - b.j0)];
}

// What a union of sets of cells comes to before any cell is looked at.
struct UnionBox {
  i32 i0 = INT32_MAX;
  i32 j0 = INT32_MAX;
  i64 h = 0;
  i64 w = 0;
  BitsKind kind = BitsKind::indices;
  i8 color = 0;
  bool empty = true;
  bool strips = false;  // some set has strips
};

// Measures the union of n sets, or returns fallback: other forms, mixed kinds.
ARC_HD inline Status measure_union(Ctx& ctx, const Value* sets, u32 n, UnionBox& out) {
  i64 hi_i = INT32_MIN;
  i64 hi_j = INT32_MIN;
  bool one_color = true;
  bool indices = false;
  for (u32 k = 0; k < n; ++k) {
    if (sets[k].tag != Tag::set) return Status::fallback;
    if (sets[k].set->count == 0) continue;
    const Bits* b = nullptr;
    ARC_TRY(as_bits(ctx, sets[k], b));
    u32 boxes = 1;
    if (ARC_UNLIKELY(b == nullptr)) {
      const Strips* strips = sets[k].set->strips;
      if (strips == nullptr) return Status::fallback;
      b = strips->bits;
      boxes = strips->count;
      out.strips = true;
    }
    if (out.empty) {
      out.color = b->color;
      indices = b->kind == BitsKind::indices;
      out.empty = false;
    }
    if ((b->kind == BitsKind::indices) != indices) return Status::fallback;
    one_color = one_color && b->kind != BitsKind::multicolor && b->color == out.color;
    out.i0 = min_of(out.i0, b->i0);
    out.j0 = min_of(out.j0, b->j0);
    hi_i = max_of(hi_i, i64{b->i0} + b->h - 1);
    const Bits& last = b[boxes - 1];
    hi_j = max_of(hi_j, i64{last.j0} + last.w - 1);
  }
  if (out.empty) return Status::ok;
  out.h = hi_i - out.i0 + 1;
  out.w = hi_j - out.j0 + 1;
  out.kind = indices ? BitsKind::indices : one_color ? BitsKind::unicolor : BitsKind::multicolor;
  return Status::ok;
}

// Adds those cells of `b` to `out` that lie in its columns, or returns fallback: two colours at one
// location.
ARC_HD inline Status add_cells(const Bits& b, Bits& out) {
  const i64 by = i64{b.j0} - out.j0;
  if (by >= out.w || by <= -i64{kMaxBitsWidth}) return Status::ok;
  const u32 dr = static_cast<u32>(b.i0 - out.i0);
  for (u32 r = 0; r < b.h; ++r) {
    const u64 row = by >= 0 ? b.rows[r] << by : b.rows[r] >> -by;
    const u64 old = out.rows[dr + r];
    out.rows[dr + r] = old | row;
    if (out.kind != BitsKind::multicolor) continue;
    i8* to = out.colors + u64{dr + r} * out.w;
    for (u64 left = row; left != 0; left &= left - 1) {
      const u32 c = ctz64(left);
      const i8 color = b.kind == BitsKind::multicolor
                           ? b.colors[u64{r} * b.w + static_cast<u64>(static_cast<i64>(c) - by)]
                           : b.color;
      if (((old >> c) & 1) != 0 && to[c] != color) return Status::fallback;
      to[c] = color;
    }
  }
  return Status::ok;
}

// Adds to `out` the part of a union of n measured sets that lies in its columns, and to `count` the
// number of its cells.
ARC_HD inline Status fill_union(Ctx& ctx, const Value* sets, u32 n, bool strips, Bits& out,
                                u32& count) {
  if (ARC_LIKELY(!strips && out.kind != BitsKind::multicolor)) {
    for (u32 k = 0; k < n; ++k) {
      if (sets[k].set->count == 0) continue;
      const Bits& b = sets[k].set->bits;
      const i64 by = i64{b.j0} - out.j0;
      if (by < 0 || by >= out.w) {
        ARC_TRY(add_cells(b, out));
        continue;
      }
      u64* to = out.rows + (b.i0 - out.i0);
      for (u32 r = 0; r < b.h; ++r) to[r] |= b.rows[r] << by;
    }
    for (u32 r = 0; r < out.h; ++r) count += popcount64(out.rows[r]);
    return Status::ok;
  }
  for (u32 k = 0; k < n; ++k) {
    if (sets[k].set->count == 0) continue;
    Boxes boxes;
    ARC_TRY(as_boxes(ctx, sets[k], boxes));
    for (u32 m = 0; m < boxes.count; ++m) ARC_TRY(add_cells(boxes.bits[m], out));
  }
  for (u32 r = 0; r < out.h; ++r) count += popcount64(out.rows[r]);
  return Status::ok;
}

// frozenset of all that n sets hold, without an order as yet unless it is empty: the caller gives
// it a recipe. Falls back for other forms, mixed kinds, two colours at one location.
ARC_HD inline Status make_union(Ctx& ctx, const Value* sets, u32 n, Value& out) {
  UnionBox box;
  ARC_TRY(measure_union(ctx, sets, n, box));
  if (box.empty) return make_empty_set(ctx, out);
  u32 count = 0;
  if (box.h <= kMaxBitsHeight && box.w <= kMaxBitsWidth) {
    Bits bits;
    ARC_TRY(blank_bits(ctx, box.i0, box.j0, box.h, box.w, box.kind, box.color, bits));
    ARC_TRY(fill_union(ctx, sets, n, box.strips, bits, count));
    return make_bits_set(ctx, bits, count, out);
  }
  Strips strips;
  ARC_TRY(make_strips(ctx, box.i0, box.j0, box.h, box.w, box.kind, box.color, strips));
  for (u32 k = 0; k < strips.count; ++k) {
    ARC_TRY(fill_union(ctx, sets, n, box.strips, strips.bits[k], count));
  }
  ARC_TRY(make_bits_set(ctx, strips.bits[0], count, out));
  Strips* kept = ctx.make<Strips>();
  ARC_ALLOC(kept);
  *kept = strips;
  out.set->strips = kept;
  out.set->bits_state = Tri::no;
  return Status::ok;
}

// The cells of a that are in b (keep = true) or not in it (keep = false), as rows of a's box.
ARC_HD inline Status select_cells(Ctx& ctx, const Bits& a, const Bits& b, bool keep, u64*& rows) {
  rows = ctx.make<u64>(a.h);
  ARC_ALLOC(rows);
  const bool comparable = (a.kind == BitsKind::indices) == (b.kind == BitsKind::indices);
  for (u32 r = 0; r < a.h; ++r) {
    const i32 i = a.i0 + static_cast<i32>(r);
    u64 common = comparable ? a.rows[r] & row_in(b, i, a.j0) : 0;
    if (a.kind != BitsKind::indices) {
      for (u64 left = common; left != 0; left &= left - 1) {
        const i32 j = a.j0 + static_cast<i32>(ctz64(left));
        if (color_at(a, i, j) != color_at(b, i, j)) common &= ~(left & (~left + 1));
      }
    }
    rows[r] = keep ? common : a.rows[r] & ~common;
  }
  return Status::ok;
}

// The part of `a` whose bits are set in `rows` (of a's box; may be shifted in place) as a set of
// its own, ordered by the recipe of `op`.
ARC_HD inline Status make_part(Ctx& ctx, const Bits& a, u64* rows, Prim op, const Value* args,
                               u32 arg_count, Value& out) {
  Bits part;
  const u32 count = tighten(rows, a.i0, a.j0, a.h, part);
  if (count == 0) return make_empty_set(ctx, out);
  part.kind = a.kind;
  part.color = a.color;
  if (a.kind == BitsKind::multicolor) {
    part.colors = ctx.make<i8>(u64{part.h} * part.w + kGridPadding);
    ARC_ALLOC(part.colors);
    const i8* from =
        a.colors + static_cast<u64>(part.i0 - a.i0) * a.w + static_cast<u64>(part.j0 - a.j0);
    bool one_color = true;
    bool any = false;
    for (u32 r = 0; r < part.h; ++r) {
      for (u32 k = 0; k < part.w; ++k) part.colors[u64{r} * part.w + k] = from[u64{r} * a.w + k];
      for (u64 left = part.rows[r]; left != 0; left &= left - 1) {
        const i8 c = part.colors[u64{r} * part.w + ctz64(left)];
        if (!any) part.color = c;
        any = true;
        one_color = one_color && c == part.color;
      }
    }
    if (one_color) part.kind = BitsKind::unicolor;
  }
  return make_lazy_bits(ctx, part, count, op, args, arg_count, out);
}

}  // namespace arcbatch
