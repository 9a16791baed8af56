// Fast kernels of the four mirrors, of patches and of grids. Included by fast_patch.h only.
#pragma once

#include "primitives/fast/fast_patch.h"

namespace arcbatch::fast {

ARC_HD constexpr u64 reverse_bits(u64 x) {
  x = ((x >> 1) & 0x5555555555555555ULL) | ((x & 0x5555555555555555ULL) << 1);
  x = ((x >> 2) & 0x3333333333333333ULL) | ((x & 0x3333333333333333ULL) << 2);
  x = ((x >> 4) & 0x0f0f0f0f0f0f0f0fULL) | ((x & 0x0f0f0f0f0f0f0f0fULL) << 4);
  x = ((x >> 8) & 0x00ff00ff00ff00ffULL) | ((x & 0x00ff00ff00ff00ffULL) << 8);
  x = ((x >> 16) & 0x0000ffff0000ffffULL) | ((x & 0x0000ffff0000ffffULL) << 16);
  return (x >> 32) | (x << 32);
}

// Transposes the n x n bits of x, n a power of two: halves swap their off-diagonal blocks, then
// each half its own, and so on.
ARC_HD inline void transpose_bits(u64* x, u32 n) {
  u64 low = columns_mask(n / 2);
  for (u32 s = n / 2; s != 0; s /= 2) {
    for (u32 k = 0; k < n; k = ((k | s) + 1) & ~s) {
      const u64 t = ((x[k] >> s) ^ x[k | s]) & low;
      x[k | s] ^= t;
      x[k] ^= t << s;
    }
    low ^= low << (s / 2);
  }
}

// Room for the result of a mirror of `from`, h x w, with its rows and colours undefined.
ARC_HD inline Status alloc_mirror(Ctx& ctx, const Bits& from, u32 h, u32 w, Bits& bits) {
  bits = from;
  bits.h = static_cast<u16>(h);
  bits.w = static_cast<u16>(w);
  bits.rows = ctx.make<u64>(h);
  ARC_ALLOC(bits.rows);
  if (from.kind == BitsKind::multicolor) {
    bits.colors = ctx.make<i8>(u64{h} * w + kGridPadding);
    ARC_ALLOC(bits.colors);
  }
  return Status::ok;
}

// Whether the patch with height and width exchanged has the bits form.
ARC_HD inline bool can_transpose(const Bits& b) {
  return b.h <= kMaxBitsWidth && is_near(b.i0) && is_near(b.j0);
}

// Rows of `bits` = columns of `from`; with `counter` mirrored along the other diagonal.
template <class R>
ARC_HD Status transpose_patch(Ctx& ctx, const Bits& from, bool counter, Bits& bits) {
  const u32 h = from.h;
  const u32 w = from.w;
  ARC_TRY(alloc_mirror(ctx, from, w, h, bits));
  u64 square[64];
  u32 n = 8;
  while (n < max_of(h, w)) n *= 2;
  R::copy(square, from.rows, h);
  R::fill(square + h, 0, n - h);
  transpose_bits(square, n);
  for (u32 k = 0; k < w; ++k) {
    bits.rows[k] = counter ? reverse_bits(square[w - 1 - k]) >> (64 - h) : square[k];
  }
  if (from.kind != BitsKind::multicolor) return Status::ok;
  if (!counter) {
    R::transpose_bytes(bits.colors, from.colors, h, w);
    return Status::ok;
  }
  i8* turned = ctx.make<i8>(u64{h} * w + kGridPadding);
  ARC_ALLOC(turned);
  R::reverse_bytes(turned, from.colors, u64{h} * w);
  R::transpose_bytes(bits.colors, turned, h, w);
  return Status::ok;
}

ARC_FAST(hmirror) {
  if (!a[0].is_set()) {
    ARC_FAST_GRID(from, a[0]);
    const u32 w = from->w;
    const u32 h = from->h;
    GridObj* grid = nullptr;
    ARC_TRY(make_grid(ctx, h, w, grid));
    grids::copy_rows<R>(grid->cells(), from->cells() + u64{h - 1} * w, -i64{w}, h, w);
    out = Value::of(grid);
    return Status::ok;
  }
  ARC_FAST_BITS(from, a[0]);
  const u32 h = from->h;
  const u32 w = from->w;
  Bits bits;
  ARC_TRY(alloc_mirror(ctx, *from, h, w, bits));
  for (u32 r = 0; r < h; ++r) bits.rows[r] = from->rows[h - 1 - r];
  if (from->kind == BitsKind::multicolor) {
    for (u32 r = 0; r < h; ++r) {
      R::copy_bytes(bits.colors + u64{r} * w, from->colors + u64{h - 1 - r} * w, w);
    }
  }
  return make_lazy_bits(ctx, bits, a[0].set->count, Prim::hmirror, a, 1, out);
}

ARC_FAST(vmirror) {
  if (!a[0].is_set()) {
    ARC_FAST_GRID(from, a[0]);
    const u32 w = from->w;
    GridObj* grid = nullptr;
    ARC_TRY(make_grid(ctx, from->h, w, grid));
    for (u32 i = 0; i < from->h; ++i) {
      R::reverse_bytes(grid->cells() + u64{i} * w, from->cells() + u64{i} * w, w);
    }
    out = Value::of(grid);
    return Status::ok;
  }
  ARC_FAST_BITS(from, a[0]);
  const u32 h = from->h;
  const u32 w = from->w;
  Bits bits;
  ARC_TRY(alloc_mirror(ctx, *from, h, w, bits));
  for (u32 r = 0; r < h; ++r) bits.rows[r] = reverse_bits(from->rows[r]) >> (64 - w);
  if (from->kind == BitsKind::multicolor) {
    for (u32 r = 0; r < h; ++r) {
      R::reverse_bytes(bits.colors + u64{r} * w, from->colors + u64{r} * w, w);
    }
  }
  return make_lazy_bits(ctx, bits, a[0].set->count, Prim::vmirror, a, 1, out);
}

ARC_FAST(dmirror) {
  if (!a[0].is_set()) {
    ARC_FAST_GRID(from, a[0]);
    GridObj* grid = nullptr;
    ARC_TRY(make_grid(ctx, from->w, from->h, grid));
    R::transpose_bytes(grid->cells(), from->cells(), from->h, from->w);
    out = Value::of(grid);
    return Status::ok;
  }
  ARC_FAST_BITS(from, a[0]);
  if (!can_transpose(*from)) return Status::fallback;
  Bits bits;
  ARC_TRY(transpose_patch<R>(ctx, *from, false, bits));
  return make_lazy_bits(ctx, bits, a[0].set->count, Prim::dmirror, a, 1, out);
}

ARC_FAST(cmirror) {
  if (!a[0].is_set()) {
    ARC_FAST_GRID(from, a[0]);
    const u64 n = u64{from->h} * from->w;
    i8* turned = ctx.make<i8>(n + kGridPadding);
    ARC_ALLOC(turned);
    GridObj* grid = nullptr;
    ARC_TRY(make_grid(ctx, from->w, from->h, grid));
    R::reverse_bytes(turned, from->cells(), n);
    R::transpose_bytes(grid->cells(), turned, from->h, from->w);
    out = Value::of(grid);
    return Status::ok;
  }
  ARC_FAST_BITS(from, a[0]);
  if (!can_transpose(*from)) return Status::fallback;
  Bits bits;
  ARC_TRY(transpose_patch<R>(ctx, *from, true, bits));
  return make_lazy_bits(ctx, bits, a[0].set->count, Prim::cmirror, a, 1, out);
}

}  // namespace arcbatch::fast
