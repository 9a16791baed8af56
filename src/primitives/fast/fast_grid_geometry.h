// Fast grid kernels that move blocks of cells: crops, halves, rotations, scaling, concatenation,
// splitting and the removal of frontiers.
#pragma once

#include "primitives/fast/fast_grid_base.h"

namespace arcbatch::fast {

namespace grids {

// The indices [from, from + n) of v[start:stop] where len(v) is `len`; n <= 0 where it is empty.
ARC_HD inline void clamp_slice(i64 start, i64 stop, i64 len, i64& from, i64& n) {
  from = start < 0 ? max_of<i64>(start + len, 0) : start;
  n = min_of(stop < 0 ? stop + len : stop, len) - from;
}

// tuple(r[j:j+w] for r in grid[i:i+h]); fallback where nothing is left.
template <class R>
ARC_HD Status cut_slices(Ctx& ctx, GridObj* g, i64 i, i64 j, i64 h, i64 w, Value& out) {
  i64 top = 0;
  i64 left = 0;
  clamp_slice(i, i + h, g->h, top, h);
  clamp_slice(j, j + w, g->w, left, w);
  if (h <= 0 || w <= 0) return Status::fallback;
  return cut<R>(ctx, g, static_cast<u32>(top), static_cast<u32>(left), static_cast<u32>(h),
                static_cast<u32>(w), out);
}

// Repeats each of n bytes `factor` times; up to 7 bytes past the end may be written.
ARC_HD inline void stretch(i8* dst, const i8* src, u32 n, u32 factor) {
  for (u32 k = 0; k < n; ++k) {
    // Eight at a time: what goes too far is overwritten by the next.
    const u64 eight = u64{static_cast<u8>(src[k])} * 0x0101010101010101ULL;
    __builtin_memcpy(dst, &eight, 8);
    for (u32 at = 8; at < factor; at += 8) __builtin_memcpy(dst + at, &eight, 8);
    dst += factor;
  }
}

// Each cell as a block of `up` x `across` cells.
template <class R>
ARC_HD Status scale(Ctx& ctx, const GridObj* g, u32 up, u32 across, Value& out) {
  GridObj* made = nullptr;
  ARC_TRY(make_grid(ctx, u64{g->h} * up, u64{g->w} * across, made));
  i8* to = made->cells();
  for (u32 r = 0; r < g->h; ++r) {
    const i8* line = g->cells() + u64{r} * g->w;
    i8* first = to;
    if (across == 1) {
      R::copy_bytes(to, line, g->w);
    } else {
      stretch(to, line, g->w, across);
    }
    to += made->w;
    for (u32 k = 1; k < up; ++k) {
      R::copy_bytes(to, first, made->w);
      to += made->w;
    }
  }
  out = Value::of(made);
  return Status::ok;
}

// The grid a[0] scaled by the int a[1], downwards and across.
template <class R>
ARC_HD Status scale_along(Ctx& ctx, const Value* a, bool down, bool across, Value& out) {
  ARC_FAST_GRID(g, a[0]);
  if (a[1].tag != Tag::integer || a[1].i < 1) return Status::fallback;
  const u64 f = static_cast<u64>(a[1].i);
  const u64 up = down ? f : 1;
  const u64 wide = across ? f : 1;
  const u64 h = saturating_mul(g->h, up);
  const u64 w = min_of(saturating_mul(g->w, wide), ~u64{0} - 1);
  if (!is_makeable(ctx, h, w)) return Status::fallback;
  ARC_TRY(ctx.charge(saturating_mul(saturating_mul(weight_of(a[0]), up), wide)));
  ARC_TRY(refuse_large(ctx, h, w));
  return scale<R>(ctx, g, static_cast<u32>(up), static_cast<u32>(wide), out);
}

// Every cell of an object as a block of f x f cells, at the same upper left corner.
template <class R>
ARC_HD Status scale_object(Ctx& ctx, const Value* a, Value& out) {
  ARC_FAST_BITS(b, a[0]);
  if (b->kind == BitsKind::indices || a[1].i > kMaxBitsHeight) return Status::fallback;
  const u32 f = static_cast<u32>(a[1].i);
  const u64 h = u64{b->h} * f;
  const u64 w = u64{b->w} * f;
  if (h > kMaxBitsHeight || w > kMaxBitsWidth || !fits_i32(b->i0 + static_cast<i64>(h)) ||
      !fits_i32(b->j0 + static_cast<i64>(w))) {
    return Status::fallback;
  }
  ARC_TRY(ctx.charge(saturating_mul(weight_of(a[0]), u64{f} * f)));
  Bits bits = *b;
  bits.h = static_cast<u16>(h);
  bits.w = static_cast<u16>(w);
  bits.rows = ctx.make<u64>(h);
  ARC_ALLOC(bits.rows);
  u64* to = bits.rows;
  for (u32 r = 0; r < b->h; ++r) {
    u64 wide = 0;
    for (u64 row = b->rows[r]; row != 0; row &= row - 1) {
      wide |= low_mask(f) << (ctz64(row) * f);
    }
    for (u32 k = 0; k < f; ++k) *to++ = wide;
  }
  if (b->kind == BitsKind::multicolor) {
    bits.colors = ctx.make<i8>(h * w + kGridPadding);
    ARC_ALLOC(bits.colors);
    i8* line = bits.colors;
    for (u32 r = 0; r < b->h; ++r) {
      const i8* first = line;
      stretch(line, b->colors + u64{r} * b->w, b->w, f);
      line += w;
      for (u32 k = 1; k < f; ++k) {
        R::copy_bytes(line, first, w);
        line += w;
      }
    }
  }
  return make_lazy_bits(ctx, bits, a[0].set->count * f * f, Prim::upscale, a, 2, out);
}

// A tuple of the n parts into which a grid is cut along its columns (or rows); a gap follows each
// part where the size is not a multiple of n.
template <class R>
ARC_HD Status split(Ctx& ctx, const Value* a, bool columns, Value& out) {
  ARC_FAST_GRID(g, a[0]);
  const u32 size = columns ? g->w : g->h;
  if (a[1].tag != Tag::integer || a[1].i < 1 || a[1].i > size) return Status::fallback;
  const u32 n = static_cast<u32>(a[1].i);
  const u32 part = size / n;
  const u32 step = part + (size % n != 0 ? 1 : 0);
  if (u64{step} * (n - 1) >= size) return Status::fallback;  // the last parts are empty
  ARC_TRY(ctx.charge(saturating_mul(n, u64{g->h} + 1)));
  Value* parts = ctx.make<Value>(n);
  ARC_ALLOC(parts);
  for (u32 k = 0; k < n; ++k) {
    const u32 at = step * k;
    const u32 rest = min_of(part, size - at);
    ARC_TRY(columns ? cut<R>(ctx, g, 0, at, g->h, rest, parts[k])
                    : cut<R>(ctx, g, at, 0, rest, g->w, parts[k]));
  }
  return make_tuple(ctx, parts, n, out);
}

// a and b side by side or one above the other: the caller has checked the sizes.
template <class R>
ARC_HD Status join_rows(Ctx& ctx, const GridObj* x, const GridObj* y, Value& out) {
  GridObj* made = nullptr;
  ARC_TRY(make_grid(ctx, min_of(x->h, y->h), u64{x->w} + y->w, made));
  i8* to = made->cells();
  for (u32 r = 0; r < made->h; ++r) {
    copy_row<R>(to, x->cells() + u64{r} * x->w, x->w);
    to += x->w;
    copy_row<R>(to, y->cells() + u64{r} * y->w, y->w);
    to += y->w;
  }
  out = Value::of(made);
  return Status::ok;
}

}  // namespace grids

// ---- crops ------------------------------------------------------------------------------------

ARC_FAST(crop) {
  ARC_FAST_GRID(g, a[0]);
  if (a[1].tag != Tag::pair || a[2].tag != Tag::pair) return Status::fallback;
  return grids::cut_slices<R>(ctx, g, a[1].p.a, a[1].p.b, a[2].p.a, a[2].p.b, out);
}

ARC_FAST(subgrid) {
  ARC_FAST_GRID(g, a[1]);
  ARC_FAST_BITS(b, a[0]);
  return grids::cut_slices<R>(ctx, g, b->i0, b->j0, b->h, b->w, out);
}

ARC_FAST(trim) {
  ARC_FAST_GRID(g, a[0]);
  if (g->h < 3 || g->w < 3) return Status::fallback;
  return grids::cut<R>(ctx, g, 1, 1, g->h - 2, g->w - 2, out);
}

ARC_FAST(tophalf) {
  ARC_FAST_GRID(g, a[0]);
  if (g->h < 2) return Status::fallback;
  return grids::cut<R>(ctx, g, 0, 0, g->h / 2, g->w, out);
}

ARC_FAST(bottomhalf) {
  ARC_FAST_GRID(g, a[0]);
  if (g->h < 2) return Status::fallback;
  return grids::cut<R>(ctx, g, g->h - g->h / 2, 0, g->h / 2, g->w, out);
}

ARC_FAST(lefthalf) {
  ARC_FAST_GRID(g, a[0]);
  if (g->w < 2) return Status::fallback;
  return grids::cut<R>(ctx, g, 0, 0, g->h, g->w / 2, out);
}

ARC_FAST(righthalf) {
  ARC_FAST_GRID(g, a[0]);
  if (g->w < 2) return Status::fallback;
  return grids::cut<R>(ctx, g, 0, g->w - g->w / 2, g->h, g->w / 2, out);
}

ARC_FAST(hsplit) { return grids::split<R>(ctx, a, true, out); }

ARC_FAST(vsplit) { return grids::split<R>(ctx, a, false, out); }

ARC_FAST(compress) {
  ARC_FAST_GRID(g, a[0]);
  const u32 h = g->h;
  const u32 w = g->w;
  const i8* cells = g->cells();
  u32* rows = ctx.make<u32>(h);     // that stay
  u32* columns = ctx.make<u32>(w);  // that stay
  ARC_ALLOC(rows);
  ARC_ALLOC(columns);
  u32 row_count = 0;
  u32 column_count = 0;
  for (u32 i = 0; i < h; ++i) {
    if (!grids::is_uniform<R>(cells + u64{i} * w, w)) rows[row_count++] = i;
  }
  for (u32 j = 0; j < w; ++j) {
    u32 i = 1;
    while (i < h && cells[u64{i} * w + j] == cells[j]) ++i;
    if (i < h) columns[column_count++] = j;
  }
  if (row_count == 0 || column_count == 0) return Status::fallback;
  if (row_count == h && column_count == w) {
    out = Value::of(g);
    return Status::ok;
  }
  GridObj* made = nullptr;
  ARC_TRY(make_grid(ctx, row_count, column_count, made));
  for (u32 i = 0; i < row_count; ++i) {
    const i8* from = cells + u64{rows[i]} * w;
    i8* to = made->cells() + u64{i} * column_count;
    if (column_count == w) {
      R::copy_bytes(to, from, w);
    } else {
      for (u32 j = 0; j < column_count; ++j) to[j] = from[columns[j]];
    }
  }
  out = Value::of(made);
  return Status::ok;
}

// ---- rotations --------------------------------------------------------------------------------

ARC_FAST(rot90) {
  ARC_FAST_GRID(g, a[0]);
  const u32 w = g->w;
  const u64 n = grids::area_of(g);
  GridObj* made = nullptr;
  ARC_TRY(make_grid(ctx, w, g->h, made));
  // The rows from the last to the first, then transposed.
  i8* upturned = ctx.make<i8>(n + kGridPadding);
  ARC_ALLOC(upturned);
  grids::copy_rows<R>(upturned, g->cells() + u64{g->h - 1} * w, -i64{w}, g->h, w);
  R::transpose_bytes(made->cells(), upturned, g->h, w);
  out = Value::of(made);
  return Status::ok;
}

ARC_FAST(rot180) {
  ARC_FAST_GRID(g, a[0]);
  GridObj* made = nullptr;
  ARC_TRY(make_grid(ctx, g->h, g->w, made));
  R::reverse_bytes(made->cells(), g->cells(), grids::area_of(g));
  out = Value::of(made);
  return Status::ok;
}

ARC_FAST(rot270) {
  ARC_FAST_GRID(g, a[0]);
  const u32 h = g->h;
  const u64 n = grids::area_of(g);
  GridObj* made = nullptr;
  ARC_TRY(make_grid(ctx, g->w, h, made));
  // Transposed, with the rows from the last to the first.
  i8* transposed = ctx.make<i8>(n + kGridPadding);
  ARC_ALLOC(transposed);
  R::transpose_bytes(transposed, g->cells(), h, g->w);
  grids::copy_rows<R>(made->cells(), transposed + u64{made->h - 1} * h, -i64{h}, made->h, h);
  out = Value::of(made);
  return Status::ok;
}

// ---- scaling ----------------------------------------------------------------------------------

ARC_FAST(hupscale) { return grids::scale_along<R>(ctx, a, false, true, out); }

ARC_FAST(vupscale) { return grids::scale_along<R>(ctx, a, true, false, out); }

ARC_FAST(upscale) {
  if (grids::is_empty_set(a[0])) return make_empty_set(ctx, out);
  if (a[0].tag != Tag::set) return grids::scale_along<R>(ctx, a, true, true, out);
  if (a[1].tag != Tag::integer || a[1].i < 1) return Status::fallback;
  return grids::scale_object<R>(ctx, a, out);
}

ARC_FAST(downscale) {
  ARC_FAST_GRID(g, a[0]);
  if (a[1].tag != Tag::integer || a[1].i < 1) return Status::fallback;
  const u32 f = static_cast<u32>(min_of<i64>(a[1].i, 0xffffff));  // no grid is larger
  if (f == 1) {
    out = Value::of(g);
    return Status::ok;
  }
  GridObj* made = nullptr;
  ARC_TRY(make_grid(ctx, (g->h + f - 1) / f, (g->w + f - 1) / f, made));
  i8* to = made->cells();
  for (u32 i = 0; i < g->h; i += f) {
    const i8* line = g->cells() + u64{i} * g->w;
    for (u32 j = 0; j < g->w; j += f) *to++ = line[j];
  }
  out = Value::of(made);
  return Status::ok;
}

// ---- concatenation ----------------------------------------------------------------------------

ARC_FAST(hconcat) {
  ARC_FAST_GRID(x, a[0]);
  ARC_FAST_GRID(y, a[1]);
  const u64 h = min_of(x->h, y->h);
  const u64 w = u64{x->w} + y->w;
  if (!grids::is_makeable(ctx, h, w)) return Status::fallback;
  ARC_TRY(ctx.charge(h * w));
  ARC_TRY(grids::refuse_large(ctx, h, w));
  return grids::join_rows<R>(ctx, x, y, out);
}

ARC_FAST(vconcat) {
  ARC_FAST_GRID(x, a[0]);
  ARC_FAST_GRID(y, a[1]);
  const u64 h = u64{x->h} + y->h;
  if (x->w != y->w || !grids::is_makeable(ctx, h, x->w)) return Status::fallback;
  ARC_TRY(ctx.charge(h));
  const Value both[2] = {Value::of(x), Value::of(y)};
  return grids::stack_grids<R>(ctx, both, 2, h, x->w, out);
}

}  // namespace arcbatch::fast
