// Fast kernels of what holds between patches: distance, direction, overlap of rows and columns,
// and the centre of mass. Included by fast_patch.h only.
#pragma once

#include "primitives/fast/fast_patch.h"

namespace arcbatch::fast {

// How far apart two inclusive ranges lie; 0 where they overlap.
ARC_HD constexpr i64 range_gap(i64 lo_a, i64 hi_a, i64 lo_b, i64 hi_b) {
  if (lo_b > hi_a) return lo_b - hi_a;
  if (lo_a > hi_b) return lo_a - hi_b;
  return 0;
}

ARC_HD inline bool share_row(const Bits& a, const Bits& b) {
  const i64 lo = max_of(i64{a.i0}, i64{b.i0});
  const i64 hi = min_of(last_row(a), last_row(b));
  for (i64 i = lo; i <= hi; ++i) {
    if (a.rows[i - a.i0] != 0 && b.rows[i - b.i0] != 0) return true;
  }
  return false;
}

template <class R>
ARC_HD bool share_column(const Bits& a, const Bits& b) {
  if (range_gap(a.j0, last_column(a), b.j0, last_column(b)) != 0) return false;
  const u64 x = R::any(a.rows, a.h);
  const u64 y = R::any(b.rows, b.h);
  return (move_columns(x, i64{a.j0} - b.j0) & y) != 0;
}

ARC_FAST(hmatching) {
  ARC_FAST_BITS(x, a[0]);
  ARC_FAST_BITS(y, a[1]);
  out = Value::boolean(share_row(*x, *y));
  return Status::ok;
}

ARC_FAST(vmatching) {
  ARC_FAST_BITS(x, a[0]);
  ARC_FAST_BITS(y, a[1]);
  out = Value::boolean(share_column<R>(*x, *y));
  return Status::ok;
}

ARC_FAST(position) {
  ARC_FAST_BITS(x, a[0]);
  ARC_FAST_BITS(y, a[1]);
  const i32 ia = x->i0 + x->h / 2;
  const i32 ja = x->j0 + x->w / 2;
  const i32 ib = y->i0 + y->h / 2;
  const i32 jb = y->j0 + y->w / 2;
  const i32 right = ja < jb ? 1 : -1;
  if (ia == ib) {
    out = Value::pair(0, right);
  } else if (ja == jb) {
    out = Value::pair(ia < ib ? 1 : -1, 0);
  } else {
    out = Value::pair(ia < ib ? 1 : -1, right);
  }
  return Status::ok;
}

ARC_FAST(centerofmass) {
  ARC_FAST_BITS(patch, a[0]);
  // Sums of the rows and columns relative to the box; columns bit by bit of their number.
  constexpr u64 kPlanes[6] = {0xaaaaaaaaaaaaaaaaULL, 0xccccccccccccccccULL, 0xf0f0f0f0f0f0f0f0ULL,
                              0xff00ff00ff00ff00ULL, 0xffff0000ffff0000ULL, 0xffffffff00000000ULL};
  const i64 count = a[0].set->count;
  i64 rows = count * patch->i0;
  i64 columns = count * patch->j0;
  for (u32 r = 0; r < patch->h; ++r) {
    const u64 row = patch->rows[r];
    rows += i64{r} * popcount64(row);
    for (u32 k = 0; k < 6; ++k) columns += i64{popcount64(row & kPlanes[k])} << k;
  }
  i64 i = 0;
  i64 j = 0;
  ARC_TRY(int_floordiv(rows, count, i));
  ARC_TRY(int_floordiv(columns, count, j));
  return make_int_pair(ctx, i, j, out);
}

// ---- distance ---------------------------------------------------------------------------------

// The smallest distance between a column of x and one of y, words whose bit 0 is column xj, yj.
ARC_HD inline i64 column_gap(u64 x, i64 xj, u64 y, i64 yj) {
  const i64 lo_x = xj + ctz64(x);
  const i64 hi_x = xj + 63 - clz64(x);
  const i64 lo_y = yj + ctz64(y);
  const i64 hi_y = yj + 63 - clz64(y);
  if (hi_x <= lo_y) return lo_y - hi_x;
  if (hi_y <= lo_x) return lo_x - hi_y;
  i64 best = INT64_MAX;
  for (; x != 0; x &= x - 1) {
    const i64 column = xj + ctz64(x);
    if (column <= lo_y) {
      best = min_of(best, lo_y - column);
    } else if (column >= hi_y) {
      best = min_of(best, column - hi_y);
    } else {
      const i64 k = column - yj;  // strictly between y's first and last column
      const i64 above = ctz64(y >> k);
      const i64 below = clz64(y << (63 - k));
      best = min_of(best, min_of(above, below));
    }
    if (best == 0) break;
  }
  return best;
}

// The smallest |i - i'| + |j - j'|: for each row of a, rows of b outwards from it until they
// alone are too far.
ARC_HD inline i64 distance(const Bits& a, const Bits& b) {
  const i64 bound = range_gap(a.i0, last_row(a), b.i0, last_row(b)) +
                    range_gap(a.j0, last_column(a), b.j0, last_column(b));
  i64 best = INT64_MAX;
  for (u32 r = 0; r < a.h; ++r) {
    const u64 row = a.rows[r];
    if (row == 0) continue;
    const i64 at = i64{a.i0} + r - b.i0;  // this row among those of b
    const i64 nearest = max_of<i64>(0, max_of(-at, at - (b.h - 1)));
    const i64 farthest = max_of(at, b.h - 1 - at);
    for (i64 d = nearest; d <= farthest && d < best; ++d) {
      for (i64 side = -1; side <= 1; side += 2) {
        const i64 other = at + side * d;
        if (other < 0 || other >= b.h || b.rows[other] == 0) continue;
        best = min_of(best, d + column_gap(row, a.j0, b.rows[other], b.j0));
        if (best == bound) return best;
      }
    }
  }
  return best;
}

// Whether the distance is exactly 1 between b and a moved by (di, dj).
ARC_HD inline bool touches(const Bits& a, i64 di, i64 dj, const Bits& b) {
  const i64 i0 = a.i0 + di;
  const i64 j0 = a.j0 + dj;
  if (range_gap(i0, i0 + a.h - 1, b.i0, last_row(b)) +
          range_gap(j0, j0 + a.w - 1, b.j0, last_column(b)) >
      1) {
    return false;
  }
  const i64 by = j0 - b.j0;
  u64 beside = 0;
  const i64 from = max_of<i64>(0, b.i0 - 1 - i0);
  const i64 to = min_of<i64>(a.h - 1, last_row(b) + 1 - i0);
  for (i64 r = from; r <= to; ++r) {
    const u64 row = a.rows[r];
    const i64 k = i0 + r - b.i0;  // this row among those of b, or one beyond
    const u64 here = move_columns(row, by);
    if (k > 0) beside |= here & b.rows[k - 1];
    if (k + 1 < b.h) beside |= here & b.rows[k + 1];
    if (k < 0 || k >= b.h) continue;
    if ((here & b.rows[k]) != 0) return false;
    beside |= (move_columns(row, by + 1) | move_columns(row, by - 1)) & b.rows[k];
  }
  return beside != 0;
}

ARC_FAST(manhattan) {
  ARC_FAST_BITS(x, a[0]);
  ARC_FAST_BITS(y, a[1]);
  ARC_TRY(ctx.charge(cost::area(a[0].set->count, a[1].set->count)));
  out = Value::integer(distance(*x, *y));
  return Status::ok;
}

ARC_FAST(adjacent) {
  ARC_FAST_BITS(x, a[0]);
  ARC_FAST_BITS(y, a[1]);
  ARC_TRY(ctx.charge(cost::area(a[0].set->count, a[1].set->count)));
  out = Value::boolean(touches(*x, 0, 0, *y));
  return Status::ok;
}

ARC_FAST(gravitate) {
  ARC_FAST_BITS(source, a[0]);
  ARC_FAST_BITS(destination, a[1]);
  if (!is_near(source->i0) || !is_near(source->j0)) return Status::fallback;
  i32 i = 0;
  i32 j = 0;
  if (share_column<R>(*source, *destination)) {
    i = source->i0 + source->h / 2 < destination->i0 + destination->h / 2 ? 1 : -1;
  } else {
    j = source->j0 + source->w / 2 < destination->j0 + destination->w / 2 ? 1 : -1;
  }
  constexpr i32 kMostSteps = 42;
  i32 c = 0;
  while (c < kMostSteps && !touches(*source, i64{c} * i, i64{c} * j, *destination)) ++c;
  // One look at the distance for every place, the last included.
  const u64 pairs = cost::area(a[0].set->count, a[1].set->count);
  ARC_TRY(ctx.charge(cost::area(static_cast<u64>(c) + 1, pairs)));
  out = Value::pair(c * i, c * j);
  return Status::ok;
}

}  // namespace arcbatch::fast
