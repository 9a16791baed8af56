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

// Sets `out` to the union of n sets, or returns fallback: other forms, mixed kinds, two
// colours at one location.
ARC_HD inline Status union_of_bits(Ctx& ctx, const Value* sets, u32 n, Bits& out, u32& count) {
  count = 0;
  const Bits* first = nullptr;
  i32 lo_i = INT32_MAX;
  i32 lo_j = INT32_MAX;
  i64 hi_i = INT32_MIN;
  i64 hi_j = INT32_MIN;
  bool one_color = true;
  for (u32 k = 0; k < n; ++k) {
    if (sets[k].tag != Tag::set) return Status::fallback;
    if (sets[k].set->count == 0) continue;
    const Bits* b = nullptr;
    ARC_TRY(as_bits(ctx, sets[k], b));
    if (b == nullptr) return Status::fallback;
    if (first == nullptr) first = b;
    if ((b->kind == BitsKind::indices) != (first->kind == BitsKind::indices)) {
      return Status::fallback;
    }
    one_color = one_color && b->kind != BitsKind::multicolor && b->color == first->color;
    lo_i = min_of(lo_i, b->i0);
    lo_j = min_of(lo_j, b->j0);
    hi_i = max_of(hi_i, i64{b->i0} + b->h - 1);
    hi_j = max_of(hi_j, i64{b->j0} + b->w - 1);
  }
  if (first == nullptr) return Status::ok;
  const i64 h = hi_i - lo_i + 1;
  const i64 w = hi_j - lo_j + 1;
  if (h > kMaxBitsHeight || w > kMaxBitsWidth) return Status::fallback;
  out = Bits{};
  out.i0 = lo_i;
  out.j0 = lo_j;
  out.h = static_cast<u16>(h);
  out.w = static_cast<u16>(w);
  out.color = first->color;
  out.kind = first->kind == BitsKind::indices ? BitsKind::indices
             : one_color                      ? BitsKind::unicolor
                                              : BitsKind::multicolor;
  out.rows = ctx.make<u64>(out.h);
  ARC_ALLOC(out.rows);
  for (u32 r = 0; r < out.h; ++r) out.rows[r] = 0;
  if (out.kind == BitsKind::multicolor) {
    out.colors = ctx.make<i8>(u64{out.h} * out.w + kGridPadding);
    ARC_ALLOC(out.colors);
  }
  for (u32 k = 0; k < n; ++k) {
    if (sets[k].set->count == 0) continue;
    const Bits& b = sets[k].set->bits;
    const u32 dr = static_cast<u32>(b.i0 - lo_i);
    const u32 dk = static_cast<u32>(b.j0 - lo_j);
    for (u32 r = 0; r < b.h; ++r) {
      const u64 row = b.rows[r] << dk;
      const u64 old = out.rows[dr + r];
      out.rows[dr + r] = old | row;
      if (out.kind != BitsKind::multicolor) continue;
      i8* to = out.colors + u64{dr + r} * out.w + dk;
      for (u64 left = b.rows[r]; left != 0; left &= left - 1) {
        const u32 c = ctz64(left);
        const i8 color = b.kind == BitsKind::multicolor ? b.colors[u64{r} * b.w + c] : b.color;
        if (((old >> (c + dk)) & 1) != 0 && to[c] != color) return Status::fallback;
        to[c] = color;
      }
    }
  }
  for (u32 r = 0; r < out.h; ++r) count += popcount64(out.rows[r]);
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
