// Fast kernels of the object family that look for repetition: occurrences, frontiers, periods.
#pragma once

#include "values/bits_ops.h"

namespace arcbatch::fast {

// Every cell of the object asks one shifted plane of its colour: occurrences are the positions
// that all cells agree on.
ARC_FAST(occurrences) {
  ARC_FAST_GRID(g, a[0]);
  ARC_FAST_BITS(b, a[1]);
  if (b->kind == BitsKind::indices || g->w > kMaxBitsWidth || g->h > kMaxBitsHeight) {
    return Status::fallback;
  }
  ARC_TRY(ctx.charge(cost::occurrences(g->h, g->w, a[1].set->count)));
  if (b->h > g->h || b->w > g->w) return make_empty_set(ctx, out);
  const u32 h = g->h - b->h + 1u;
  const u32 w = g->w - b->w + 1u;
  u64* found = ctx.make<u64>(h);
  ARC_ALLOC(found);
  R::fill(found, w == 64 ? ~u64{0} : (u64{1} << w) - 1, h);
  u64* plane = ctx.make<u64>(g->h);
  ARC_ALLOC(plane);
  u64* shifted = ctx.make<u64>(h);
  ARC_ALLOC(shifted);
  bool seen[256];
  for (bool& s : seen) s = false;
  for (u32 r0 = 0; r0 < b->h; ++r0) {
    for (u64 left0 = b->rows[r0]; left0 != 0; left0 &= left0 - 1) {
      const u32 k0 = ctz64(left0);
      const i8 color = b->kind == BitsKind::unicolor ? b->color : b->colors[u64{r0} * b->w + k0];
      if (seen[static_cast<i32>(color) + 128]) continue;
      seen[static_cast<i32>(color) + 128] = true;
      R::equals(plane, g->cells(), g->w, g->h, g->w, color);
      for (u32 r = r0; r < b->h; ++r) {
        for (u64 left = b->rows[r]; left != 0; left &= left - 1) {
          const u32 k = ctz64(left);
          if (b->kind == BitsKind::multicolor && b->colors[u64{r} * b->w + k] != color) continue;
          R::shift_columns(shifted, plane + r, -static_cast<i32>(k), h);
          R::bit_and(found, found, shifted, h);
        }
      }
      if (R::any(found, h) == 0) return make_empty_set(ctx, out);
    }
  }
  Bits bits;
  const u32 count = tighten(found, 0, 0, h, bits);
  return make_lazy_bits(ctx, bits, count, Prim::occurrences, a, 2, out);
}

ARC_FAST(frontiers) {
  ARC_FAST_GRID(g, a[0]);
  if (g->w > kMaxBitsWidth || g->h > kMaxBitsHeight || (g->h == 1 && g->w == 1)) {
    return Status::fallback;
  }
  ARC_TRY(ctx.charge(cost::frontiers(g->h, g->w)));
  const u64 full = g->w == 64 ? ~u64{0} : (u64{1} << g->w) - 1;
  const i8* top = g->cells();
  u64 uniform = full;  // columns that agree with the first row so far
  PatchSetBuilder set;
  for (u32 r = 0; r < g->h; ++r) {
    const i8* row = top + u64{r} * g->w;
    bool same = true;
    for (u32 k = 0; k < g->w; ++k) {
      same = same && row[k] == row[0];
      if (row[k] != top[k]) uniform &= ~(u64{1} << k);
    }
    if (!same) continue;
    Bits bits;
    bits.i0 = static_cast<i32>(r);
    bits.h = 1;
    bits.w = static_cast<u16>(g->w);
    bits.kind = BitsKind::unicolor;
    bits.color = row[0];
    bits.rows = ctx.make<u64>(1);
    ARC_ALLOC(bits.rows);
    bits.rows[0] = full;
    ARC_TRY(set.add(ctx, bits, g->w));
  }
  for (u64 left = uniform; left != 0; left &= left - 1) {
    const u32 k = ctz64(left);
    Bits bits;
    bits.j0 = static_cast<i32>(k);
    bits.h = static_cast<u16>(g->h);
    bits.w = 1;
    bits.kind = BitsKind::unicolor;
    bits.color = top[k];
    bits.rows = ctx.make<u64>(g->h);
    ARC_ALLOC(bits.rows);
    R::fill(bits.rows, 1, g->h);
    ARC_TRY(set.add(ctx, bits, g->h));
  }
  return set.finish(ctx, Prim::frontiers, a, 1, out);
}

// Whether every cell of b, moved `up` rows and `left` columns back, is a cell of b where it is
// still inside the box.
ARC_HD inline bool repeats(const Bits& b, u32 up, u32 left) {
  for (u32 r = up; r < b.h; ++r) {
    const u64 moved = b.rows[r] >> left;
    const u32 to = r - up;
    if ((moved & ~b.rows[to]) != 0) return false;
    if (b.kind != BitsKind::multicolor) continue;
    for (u64 bits = moved; bits != 0; bits &= bits - 1) {
      const u32 k = ctz64(bits);
      if (b.colors[u64{r} * b.w + k + left] != b.colors[u64{to} * b.w + k]) return false;
    }
  }
  return true;
}

ARC_FAST(hperiod) {
  ARC_FAST_BITS(b, a[0]);
  if (b->kind == BitsKind::indices) return Status::fallback;
  ARC_TRY(ctx.charge(cost::period(a[0].set->count, b->w)));
  u32 p = 1;
  while (p < b->w && !repeats(*b, 0, p)) ++p;
  out = Value::integer(p < b->w ? p : b->w);
  return Status::ok;
}

ARC_FAST(vperiod) {
  ARC_FAST_BITS(b, a[0]);
  if (b->kind == BitsKind::indices) return Status::fallback;
  ARC_TRY(ctx.charge(cost::period(a[0].set->count, b->h)));
  u32 p = 1;
  while (p < b->h && !repeats(*b, p, 0)) ++p;
  out = Value::integer(p < b->h ? p : b->h);
  return Status::ok;
}

ARC_FAST(partition) {
  ARC_FAST_GRID(g, a[0]);
  if (g->w > kMaxBitsWidth || g->h > kMaxBitsHeight) return Status::fallback;
  return partition_by_color<R>(ctx, g, INT32_MIN, Prim::partition, a, out);
}

ARC_FAST(fgpartition) {
  ARC_FAST_GRID(g, a[0]);
  if (g->w > kMaxBitsWidth || g->h > kMaxBitsHeight) return Status::fallback;
  i8 background = 0;
  ARC_TRY(background_of<R>(ctx, g, background));
  return partition_by_color<R>(ctx, g, background, Prim::fgpartition, a, out);
}

}  // namespace arcbatch::fast
