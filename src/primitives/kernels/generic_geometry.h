// Generic kernels of the patch family that make lines, boxes and mirror images.
#pragma once

#include "primitives/kernels/generic_decl.h"
#include "primitives/kernels/generic_grid_base.h"

namespace arcbatch::generic {

// ---- mirrors ----------------------------------------------------------------------------------

// ulcorner(piece)[axis] + lrcorner(piece)[axis]
ARC_HD inline Status corner_sum(Ctx& ctx, const Value& piece, i64 axis, Value& out) {
  Value ul;
  Value lr;
  Value x;
  Value y;
  ARC_TRY(ulcorner(ctx, &piece, ul));
  ARC_TRY(py_getitem(ctx, ul, axis, x));
  ARC_TRY(lrcorner(ctx, &piece, lr));
  ARC_TRY(py_getitem(ctx, lr, axis, y));
  return py_add(ctx, x, y, out);
}

ARC_HD inline Status hmirror(Ctx& ctx, const Value* a, Value& out) {
  if (a[0].is_tuple()) return py_reverse(ctx, a[0], out);
  Value d;
  ARC_TRY(corner_sum(ctx, a[0], 0, d));
  return map_patch(
      ctx, a[0],
      [&](const Value& i, const Value& j, Value& x, Value& y) {
        y = j;
        return py_sub(ctx, d, i, x);
      },
      out);
}

// tuple(row[::-1] for row in v)
ARC_HD inline Status reverse_rows(Ctx& ctx, const Value& v, Value& out) {
  Iter it;
  ARC_TRY(it.start(ctx, v));
  Vec<Value> rows;
  for (Value row; it.next(row);) {
    Value r;
    ARC_TRY(py_reverse(ctx, row, r));
    ARC_TRY(rows.push(ctx, r));
  }
  return make_tuple(ctx, rows.data, rows.size, out);
}

ARC_HD inline Status vmirror(Ctx& ctx, const Value* a, Value& out) {
  if (a[0].is_tuple()) return reverse_rows(ctx, a[0], out);
  Value d;
  ARC_TRY(corner_sum(ctx, a[0], 1, d));
  return map_patch(
      ctx, a[0],
      [&](const Value& i, const Value& j, Value& x, Value& y) {
        x = i;
        return py_sub(ctx, d, j, y);
      },
      out);
}

// tuple(zip(*v))
ARC_HD inline Status zip_tuple(Ctx& ctx, const Value& v, Value& out) {
  Value* columns = nullptr;
  u32 count = 0;
  ARC_TRY(grids::zip_all(ctx, v, columns, count));
  return make_tuple(ctx, columns, count, out);
}

ARC_HD inline Status dmirror(Ctx& ctx, const Value* a, Value& out) {
  if (a[0].is_tuple()) return zip_tuple(ctx, a[0], out);
  Value corner;
  Value ci;
  Value cj;
  ARC_TRY(ulcorner(ctx, a, corner));
  ARC_TRY(py_unpack2(ctx, corner, ci, cj));
  return map_patch(
      ctx, a[0],
      [&](const Value& i, const Value& j, Value& x, Value& y) {
        ARC_TRY(py_sub(ctx, j, cj, x));
        ARC_TRY(py_add(ctx, x, ci, x));
        ARC_TRY(py_sub(ctx, i, ci, y));
        return py_add(ctx, y, cj, y);
      },
      out);
}

ARC_HD inline Status cmirror(Ctx& ctx, const Value* a, Value& out) {
  Value v;
  if (a[0].is_tuple()) {
    ARC_TRY(py_reverse(ctx, a[0], v));
    ARC_TRY(reverse_rows(ctx, v, v));
    return zip_tuple(ctx, v, out);
  }
  ARC_TRY(vmirror(ctx, a, v));
  ARC_TRY(dmirror(ctx, &v, v));
  return vmirror(ctx, &v, out);
}

// ---- positions --------------------------------------------------------------------------------

// low + length // 2
ARC_HD inline Status middle(Ctx& ctx, const Value& low, const Value& length, Value& out) {
  Value half;
  ARC_TRY(py_floordiv(length, Value::integer(2), half));
  return py_add(ctx, low, half, out);
}

ARC_HD inline Status center(Ctx& ctx, const Value* a, Value& out) {
  Value low;
  Value length;
  Value i;
  Value j;
  ARC_TRY(uppermost(ctx, a, low));
  ARC_TRY(height(ctx, a, length));
  ARC_TRY(middle(ctx, low, length, i));
  ARC_TRY(leftmost(ctx, a, low));
  ARC_TRY(width(ctx, a, length));
  ARC_TRY(middle(ctx, low, length, j));
  return make_tuple2(ctx, i, j, out);
}

ARC_HD inline Status position(Ctx& ctx, const Value* a, Value& out) {
  Value c[2][2];
  for (u32 side = 0; side < 2; ++side) {
    Value indices;
    Value v;
    ARC_TRY(toindices(ctx, &a[side], indices));
    ARC_TRY(center(ctx, &indices, v));
    ARC_TRY(py_unpack2(ctx, v, c[side][0], c[side][1]));
  }
  // Centers are sums with an int: ints themselves.
  const i64 ia = c[0][0].i;
  const i64 ja = c[0][1].i;
  const i64 ib = c[1][0].i;
  const i64 jb = c[1][1].i;
  if (ia == ib) {
    out = Value::pair(0, ja < jb ? 1 : -1);
  } else if (ja == jb) {
    out = Value::pair(ia < ib ? 1 : -1, 0);
  } else {
    out = Value::pair(ia < ib ? 1 : -1, ja < jb ? 1 : -1);
  }
  return Status::ok;
}

// ---- lines ------------------------------------------------------------------------------------

ARC_HD inline Status connect(Ctx& ctx, const Value* a, Value& out) {
  Value ai;
  Value aj;
  Value bi;
  Value bj;
  ARC_TRY(py_unpack2(ctx, a[0], ai, aj));
  ARC_TRY(py_unpack2(ctx, a[1], bi, bj));
  // min and max need comparable values, and max() + 1 an int: so all four are ints, or raise.
  bool less = false;
  ARC_TRY(compare(ctx, Cmp::lt, bi, ai, less));
  if (!ai.is_int() || !bi.is_int()) return Status::type_error;
  ARC_TRY(compare(ctx, Cmp::lt, bj, aj, less));
  if (!aj.is_int() || !bj.is_int()) return Status::type_error;
  const i64 si = min_of(ai.i, bi.i);
  const i64 sj = min_of(aj.i, bj.i);
  i64 ei = 0;
  i64 ej = 0;
  ARC_TRY(int_add(max_of(ai.i, bi.i), 1, ei));
  ARC_TRY(int_add(max_of(aj.i, bj.i), 1, ej));
  SetBuilder set;
  ARC_TRY(set.start(ctx));
  if (ai.i == bi.i) {
    ARC_TRY(ctx.charge(cost::range(sj, ej, 1)));
    for (i64 j = sj; j < ej; ++j) {
      Value v;
      ARC_TRY(make_tuple2(ctx, ai, Value::integer(j), v));
      ARC_TRY(set.add(ctx, v));
    }
    return set.finish(ctx, out);
  }
  ARC_TRY(ctx.charge(cost::range(si, ei, 1)));
  if (aj.i == bj.i) {
    for (i64 i = si; i < ei; ++i) {
      Value v;
      ARC_TRY(make_tuple2(ctx, Value::integer(i), aj, v));
      ARC_TRY(set.add(ctx, v));
    }
    return set.finish(ctx, out);
  }
  i64 di = 0;
  i64 dj = 0;
  i64 back = 0;
  ARC_TRY(int_sub(bi.i, ai.i, di));
  ARC_TRY(int_sub(bj.i, aj.i, dj));
  ARC_TRY(int_sub(aj.i, bj.i, back));
  if (di == dj) {
    for (i64 k = 0; k < ei - si; ++k) ARC_TRY(set.add_pair(ctx, si + k, sj + k));
    return set.finish(ctx, out);
  }
  if (di == back) {
    for (i64 k = 0; k < ei - si; ++k) ARC_TRY(set.add_pair(ctx, si + k, ej - 1 - k));
    return set.finish(ctx, out);
  }
  return make_empty_set(ctx, out);
}

ARC_HD inline Status shoot(Ctx& ctx, const Value* a, Value& out) {
  Value ends[2];
  for (i64 axis = 0; axis < 2; ++axis) {
    Value from;
    Value step;
    ARC_TRY(py_getitem(ctx, a[0], axis, from));
    ARC_TRY(py_getitem(ctx, a[1], axis, step));
    ARC_TRY(py_mul(ctx, Value::integer(42), step, step));
    ARC_TRY(py_add(ctx, from, step, ends[axis]));
  }
  Value line_args[2] = {a[0], Value{}};
  ARC_TRY(make_tuple(ctx, ends, 2, line_args[1]));
  return connect(ctx, line_args, out);
}

ARC_HD inline Status vfrontier(Ctx& ctx, const Value* a, Value& out) {
  Value j;
  ARC_TRY(py_getitem(ctx, a[0], 1, j));
  SetBuilder set;
  ARC_TRY(set.start(ctx));
  for (i64 i = 0; i < 30; ++i) {
    Value v;
    ARC_TRY(make_tuple2(ctx, Value::integer(i), j, v));
    ARC_TRY(set.add(ctx, v));
  }
  return set.finish(ctx, out);
}

ARC_HD inline Status hfrontier(Ctx& ctx, const Value* a, Value& out) {
  Value i;
  ARC_TRY(py_getitem(ctx, a[0], 0, i));
  SetBuilder set;
  ARC_TRY(set.start(ctx));
  for (i64 j = 0; j < 30; ++j) {
    Value v;
    ARC_TRY(make_tuple2(ctx, i, Value::integer(j), v));
    ARC_TRY(set.add(ctx, v));
  }
  return set.finish(ctx, out);
}

// ---- boxes ------------------------------------------------------------------------------------

// x + 1 as the end of a range that starts at an int.
ARC_HD inline Status range_end(Ctx& ctx, const Value& x, i64& out) {
  Value v;
  ARC_TRY(py_add(ctx, x, Value::integer(1), v));
  return py_index(v, out);
}

ARC_HD inline Status backdrop(Ctx& ctx, const Value* a, Value& out) {
  i64 len = 0;
  ARC_TRY(py_len(a[0], len));
  if (len == 0) return make_empty_set(ctx, out);
  Value indices;
  ARC_TRY(toindices(ctx, a, indices));
  Value corner;
  Value s[2];
  Value e[2];
  ARC_TRY(ulcorner(ctx, &indices, corner));
  ARC_TRY(py_unpack2(ctx, corner, s[0], s[1]));
  ARC_TRY(lrcorner(ctx, a, corner));
  ARC_TRY(py_unpack2(ctx, corner, e[0], e[1]));
  i64 from[2] = {0, 0};
  i64 to[2] = {0, 0};
  for (u32 axis = 0; axis < 2; ++axis) {
    ARC_TRY(range_end(ctx, e[axis], to[axis]));
    ARC_TRY(py_index(s[axis], from[axis]));
    if (from[axis] >= to[axis]) return make_empty_set(ctx, out);
  }
  ARC_TRY(ctx.charge(cost::box(from[0], from[1], to[0] - 1, to[1] - 1)));
  SetBuilder set;
  ARC_TRY(set.start(ctx));
  for (i64 i = from[0]; i < to[0]; ++i) {
    for (i64 j = from[1]; j < to[1]; ++j) ARC_TRY(set.add_pair(ctx, i, j));
  }
  return set.finish(ctx, out);
}

ARC_HD inline Status delta(Ctx& ctx, const Value* a, Value& out) {
  i64 len = 0;
  ARC_TRY(py_len(a[0], len));
  if (len == 0) return make_empty_set(ctx, out);
  Value whole;
  Value indices;
  ARC_TRY(backdrop(ctx, a, whole));
  ARC_TRY(toindices(ctx, a, indices));
  return py_sub(ctx, whole, indices, out);
}

// {(k, fixed) for k in range(from, to + 1)} with vertical, else {(fixed, k) for ...}.
ARC_HD inline Status edge(Ctx& ctx, i64 fixed, i64 from, i64 to, bool vertical, Table& out) {
  ARC_TRY(table_init(ctx, out));
  for (i64 k = from; k <= to; ++k) {
    Value v;
    ARC_TRY(vertical ? make_int_pair(ctx, k, fixed, v) : make_int_pair(ctx, fixed, k, v));
    ARC_TRY(table_add(ctx, out, v));
  }
  return Status::ok;
}

// The outline of the box between two corners in any order: the two sides, then top and bottom.
ARC_HD inline Status outline(Ctx& ctx, i64 ai, i64 aj, i64 bi, i64 bj, Value& out) {
  const i64 si = min_of(ai, bi);
  const i64 sj = min_of(aj, bj);
  const i64 ei = max_of(ai, bi);
  const i64 ej = max_of(aj, bj);
  if (ei == INT64_MAX || ej == INT64_MAX) return Status::unsupported_bigint;  // ei + 1, ej + 1
  ARC_TRY(ctx.charge(cost::outline(si, sj, ei, ej)));
  Table x;
  Table y;
  Table vlines;
  Table hlines;
  Table all;
  ARC_TRY(edge(ctx, sj, si, ei, true, x));
  ARC_TRY(edge(ctx, ej, si, ei, true, y));
  ARC_TRY(table_union(ctx, vlines, x, y));
  ARC_TRY(edge(ctx, si, sj, ej, false, x));
  ARC_TRY(edge(ctx, ei, sj, ej, false, y));
  ARC_TRY(table_union(ctx, hlines, x, y));
  ARC_TRY(table_union(ctx, all, vlines, hlines));
  Table copy;
  ARC_TRY(table_copy(ctx, copy, all));
  return make_set(ctx, copy, out);
}

// inbox and outbox: the box of the patch, `by` cells further out (in for negative).
ARC_HD inline Status grown_outline(Ctx& ctx, const Value* a, i64 by, Value& out) {
  Value v;
  i64 c[4] = {0, 0, 0, 0};
  for (u32 k = 0; k < 4; ++k) {
    ARC_TRY(k == 0   ? uppermost(ctx, a, v)
            : k == 1 ? leftmost(ctx, a, v)
            : k == 2 ? lowermost(ctx, a, v)
                     : rightmost(ctx, a, v));
    const i64 d = k < 2 ? -by : by;
    ARC_TRY(d > 0 ? py_add(ctx, v, Value::integer(d), v) : py_sub(ctx, v, Value::integer(-d), v));
    c[k] = v.i;
  }
  return outline(ctx, c[0], c[1], c[2], c[3], out);
}

ARC_HD inline Status inbox(Ctx& ctx, const Value* a, Value& out) {
  return grown_outline(ctx, a, -1, out);
}

ARC_HD inline Status outbox(Ctx& ctx, const Value* a, Value& out) {
  return grown_outline(ctx, a, 1, out);
}

// The outline where coordinates may be bools: min() and max() hand the objects on, and the fixed
// coordinate of an edge is such an object.
ARC_HD inline Status box_of_bools(Ctx& ctx, const Value* s, const Value* e, Value& out) {
  Value low[2];
  Value high[2];
  for (u32 axis = 0; axis < 2; ++axis) {
    low[axis] = e[axis].i < s[axis].i ? e[axis] : s[axis];
    high[axis] = e[axis].i > s[axis].i ? e[axis] : s[axis];
    if (high[axis].i == INT64_MAX) return Status::unsupported_bigint;
  }
  ARC_TRY(ctx.charge(cost::outline(low[0].i, low[1].i, high[0].i, high[1].i)));
  Table edges[4];
  for (u32 k = 0; k < 4; ++k) {
    const u32 axis = k < 2 ? 0 : 1;  // the axis that varies
    const Value& fixed = (k & 1) == 0 ? low[1 - axis] : high[1 - axis];
    ARC_TRY(table_init(ctx, edges[k]));
    for (i64 n = low[axis].i; n <= high[axis].i; ++n) {
      Value v;
      ARC_TRY(axis == 0 ? make_tuple2(ctx, Value::integer(n), fixed, v)
                        : make_tuple2(ctx, fixed, Value::integer(n), v));
      ARC_TRY(table_add(ctx, edges[k], v));
    }
  }
  Table vlines;
  Table hlines;
  Table all;
  Table copy;
  ARC_TRY(table_union(ctx, vlines, edges[0], edges[1]));
  ARC_TRY(table_union(ctx, hlines, edges[2], edges[3]));
  ARC_TRY(table_union(ctx, all, vlines, hlines));
  ARC_TRY(table_copy(ctx, copy, all));
  return make_set(ctx, copy, out);
}

ARC_HD inline Status box(Ctx& ctx, const Value* a, Value& out) {
  i64 len = 0;
  ARC_TRY(py_len(a[0], len));
  if (len == 0) {
    out = a[0];
    return Status::ok;
  }
  Value corner;
  Value s[2];
  Value e[2];
  ARC_TRY(ulcorner(ctx, a, corner));
  ARC_TRY(py_unpack2(ctx, corner, s[0], s[1]));
  ARC_TRY(lrcorner(ctx, a, corner));
  ARC_TRY(py_unpack2(ctx, corner, e[0], e[1]));
  for (u32 axis = 0; axis < 2; ++axis) {
    // min() and max() of values that are no ints pass or raise; the ranges then raise TypeError.
    if (!s[axis].is_int() || !e[axis].is_int()) return Status::type_error;
  }
  // A box of bools keeps them as coordinates where no range makes them anew.
  if (s[0].tag != Tag::integer || s[1].tag != Tag::integer || e[0].tag != Tag::integer ||
      e[1].tag != Tag::integer) {
    return box_of_bools(ctx, s, e, out);
  }
  return outline(ctx, s[0].i, s[1].i, e[0].i, e[1].i, out);
}

// ---- gravity ----------------------------------------------------------------------------------

ARC_HD inline Status gravitate(Ctx& ctx, const Value* a, Value& out) {
  Value c;
  Value s[2];
  Value d[2];
  ARC_TRY(center(ctx, &a[0], c));
  ARC_TRY(py_unpack2(ctx, c, s[0], s[1]));
  ARC_TRY(center(ctx, &a[1], c));
  ARC_TRY(py_unpack2(ctx, c, d[0], d[1]));
  Value aligned;
  ARC_TRY(vmatching(ctx, a, aligned));
  i32 i = 0;
  i32 j = 0;
  if (aligned.i != 0) {
    i = s[0].i < d[0].i ? 1 : -1;
  } else {
    j = s[1].i < d[1].i ? 1 : -1;
  }
  i32 gi = i;
  i32 gj = j;
  Value pair[2] = {a[0], a[1]};
  for (u32 c42 = 0; c42 <= 42; ++c42) {
    Value touching;
    ARC_TRY(adjacent(ctx, pair, touching));
    if (touching.i != 0 || c42 == 42) break;
    gi += i;
    gj += j;
    const Value move_args[2] = {pair[0], Value::pair(i, j)};
    Value moved;
    ARC_TRY(shift(ctx, move_args, moved));
    pair[0] = moved;
  }
  out = Value::pair(gi - i, gj - j);
  return Status::ok;
}

}  // namespace arcbatch::generic
