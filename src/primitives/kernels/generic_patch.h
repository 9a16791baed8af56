// Generic kernels of the patch family: corners, extents, neighbours, relations of patches.
#pragma once

#include "primitives/kernels/generic_container.h"
#include "primitives/kernels/generic_decl.h"
#include "primitives/kernels/generic_grid_base.h"

namespace arcbatch::generic {

// isinstance(next(iter(patch))[1], tuple): whether the first element looks like a cell. Raises
// what next() and the subscript raise.
ARC_HD inline Status first_is_cell(Ctx& ctx, const Value& patch, bool& out) {
  Value first;
  ARC_TRY(py_first(ctx, patch, first));
  Value index;
  ARC_TRY(py_getitem(ctx, first, 1, index));
  out = index.is_tuple();
  return Status::ok;
}

ARC_HD inline Status toindices(Ctx& ctx, const Value* a, Value& out) {
  i64 len = 0;
  ARC_TRY(py_len(a[0], len));
  if (len == 0) return make_empty_set(ctx, out);
  bool cells = false;
  ARC_TRY(first_is_cell(ctx, a[0], cells));
  if (!cells) {
    out = a[0];
    return Status::ok;
  }
  Iter it;
  ARC_TRY(it.start(ctx, a[0]));
  SetBuilder set;
  ARC_TRY(set.start(ctx));
  for (Value e; it.next(e);) {
    Value value;
    Value index;
    ARC_TRY(py_unpack2(ctx, e, value, index));
    ARC_TRY(set.add(ctx, index));
  }
  return set.finish(ctx, out);
}

// min() or max() over i (axis 0) or j (axis 1) of `for i, j in toindices(patch)`. The generator
// and the comparison take turns, as in Python.
ARC_HD inline Status extent(Ctx& ctx, const Value& patch, u32 axis, Cmp op, Value& out) {
  Value indices;
  ARC_TRY(toindices(ctx, &patch, indices));
  Iter it;
  ARC_TRY(it.start(ctx, indices));
  bool any = false;
  for (Value e; it.next(e);) {
    Value ij[2];
    ARC_TRY(py_unpack2(ctx, e, ij[0], ij[1]));
    bool better = !any;
    if (any) ARC_TRY(compare(ctx, op, ij[axis], out, better));
    if (better) out = ij[axis];
    any = true;
  }
  return any ? Status::ok : Status::value_error;
}

ARC_HD inline Status uppermost(Ctx& ctx, const Value* a, Value& out) {
  return extent(ctx, a[0], 0, Cmp::lt, out);
}
ARC_HD inline Status lowermost(Ctx& ctx, const Value* a, Value& out) {
  return extent(ctx, a[0], 0, Cmp::gt, out);
}
ARC_HD inline Status leftmost(Ctx& ctx, const Value* a, Value& out) {
  return extent(ctx, a[0], 1, Cmp::lt, out);
}
ARC_HD inline Status rightmost(Ctx& ctx, const Value* a, Value& out) {
  return extent(ctx, a[0], 1, Cmp::gt, out);
}

// tuple of min or max over each column of zip(*toindices(patch)). `keyed`: the operation comes
// from a dict of columns 0 and 1, so a third column is a KeyError.
ARC_HD inline Status corner(Ctx& ctx, const Value& patch, Cmp first, Cmp second, bool keyed,
                            Value& out) {
  Value indices;
  ARC_TRY(toindices(ctx, &patch, indices));
  Value* columns = nullptr;
  u32 count = 0;
  ARC_TRY(grids::zip_all(ctx, indices, columns, count));
  for (u32 k = 0; k < count; ++k) {
    if (keyed && k > 1) return Status::key_error;
    TupleView view;
    ARC_TRY(view_tuple(ctx, columns[k], view));
    Value best;
    ARC_TRY(extreme(ctx, view.items, view.len, k == 1 ? second : first, best));
    columns[k] = best;
  }
  return make_tuple(ctx, columns, count, out);
}

ARC_HD inline Status ulcorner(Ctx& ctx, const Value* a, Value& out) {
  return corner(ctx, a[0], Cmp::lt, Cmp::lt, false, out);
}
ARC_HD inline Status urcorner(Ctx& ctx, const Value* a, Value& out) {
  return corner(ctx, a[0], Cmp::lt, Cmp::gt, true, out);
}
ARC_HD inline Status llcorner(Ctx& ctx, const Value* a, Value& out) {
  return corner(ctx, a[0], Cmp::gt, Cmp::lt, true, out);
}
ARC_HD inline Status lrcorner(Ctx& ctx, const Value* a, Value& out) {
  return corner(ctx, a[0], Cmp::gt, Cmp::gt, false, out);
}

ARC_HD inline Status corners(Ctx& ctx, const Value* a, Value& out) {
  SetBuilder set;
  ARC_TRY(set.start(ctx));
  Value c[4];
  ARC_TRY(ulcorner(ctx, a, c[0]));
  ARC_TRY(urcorner(ctx, a, c[1]));
  ARC_TRY(llcorner(ctx, a, c[2]));
  ARC_TRY(lrcorner(ctx, a, c[3]));
  for (const Value& v : c) ARC_TRY(set.add(ctx, v));
  return set.finish_copy(ctx, out);
}

// Maps every cell or index of a patch to a frozenset: f(i, j) gives the new location.
template <class F>
ARC_HD Status map_patch(Ctx& ctx, const Value& patch, F&& f, Value& out) {
  bool cells = false;
  ARC_TRY(first_is_cell(ctx, patch, cells));
  Iter it;
  ARC_TRY(it.start(ctx, patch));
  SetBuilder set;
  ARC_TRY(set.start(ctx));
  for (Value e; it.next(e);) {
    Value value;
    Value i;
    Value j;
    if (cells) {
      Value index;
      ARC_TRY(py_unpack2(ctx, e, value, index));
      ARC_TRY(py_unpack2(ctx, index, i, j));
    } else {
      ARC_TRY(py_unpack2(ctx, e, i, j));
    }
    Value to_i;
    Value to_j;
    ARC_TRY(f(i, j, to_i, to_j));
    Value moved;
    ARC_TRY(make_tuple2(ctx, to_i, to_j, moved));
    if (cells) ARC_TRY(make_tuple2(ctx, value, moved, moved));
    ARC_TRY(set.add(ctx, moved));
  }
  return set.finish(ctx, out);
}

ARC_HD inline Status shift(Ctx& ctx, const Value* a, Value& out) {
  i64 len = 0;
  ARC_TRY(py_len(a[0], len));
  if (len == 0) {
    out = a[0];
    return Status::ok;
  }
  Value di;
  Value dj;
  ARC_TRY(py_unpack2(ctx, a[1], di, dj));
  return map_patch(
      ctx, a[0],
      [&](const Value& i, const Value& j, Value& x, Value& y) {
        ARC_TRY(py_add(ctx, i, di, x));
        return py_add(ctx, j, dj, y);
      },
      out);
}

// frozenset({...}) of four locations around loc; deltas in source order.
ARC_HD inline Status four_around(Ctx& ctx, const Value& loc, const i32 (*deltas)[2], Value& out) {
  SetBuilder set;
  ARC_TRY(set.start(ctx));
  Value made[4];
  for (u32 k = 0; k < 4; ++k) {
    Value ij[2];
    for (u32 axis = 0; axis < 2; ++axis) {
      Value v;
      ARC_TRY(py_getitem(ctx, loc, axis, v));
      if (deltas[k][axis] == 0) {
        ij[axis] = v;
      } else if (deltas[k][axis] > 0) {
        ARC_TRY(py_add(ctx, v, Value::integer(1), ij[axis]));
      } else {
        ARC_TRY(py_sub(ctx, v, Value::integer(1), ij[axis]));
      }
    }
    ARC_TRY(make_tuple(ctx, ij, 2, made[k]));
  }
  for (const Value& v : made) ARC_TRY(set.add(ctx, v));
  return set.finish_copy(ctx, out);
}

ARC_HD inline Status dneighbors(Ctx& ctx, const Value* a, Value& out) {
  constexpr i32 kDeltas[4][2] = {{-1, 0}, {1, 0}, {0, -1}, {0, 1}};
  return four_around(ctx, a[0], kDeltas, out);
}

ARC_HD inline Status ineighbors(Ctx& ctx, const Value* a, Value& out) {
  constexpr i32 kDeltas[4][2] = {{-1, -1}, {-1, 1}, {1, -1}, {1, 1}};
  return four_around(ctx, a[0], kDeltas, out);
}

ARC_HD inline Status neighbors(Ctx& ctx, const Value* a, Value& out) {
  Value x;
  Value y;
  ARC_TRY(dneighbors(ctx, a, x));
  ARC_TRY(ineighbors(ctx, a, y));
  return py_or_sets(ctx, x, y, out);
}

// x == n of two values; never raises.
ARC_HD inline Status equals_int(Ctx& ctx, const Value& x, i64 n, bool& out) {
  return equal(ctx, x, Value::integer(n), out);
}

// `along(patch) == len(patch) and across(patch) == 1`
ARC_HD inline Status line(Ctx& ctx, const Value* a, bool vertical, Value& out) {
  Value v;
  ARC_TRY(vertical ? height(ctx, a, v) : width(ctx, a, v));
  i64 len = 0;
  ARC_TRY(py_len(a[0], len));
  bool same = false;
  ARC_TRY(equals_int(ctx, v, len, same));
  if (same) {
    ARC_TRY(vertical ? width(ctx, a, v) : height(ctx, a, v));
    ARC_TRY(equals_int(ctx, v, 1, same));
  }
  out = Value::boolean(same);
  return Status::ok;
}

ARC_HD inline Status vline(Ctx& ctx, const Value* a, Value& out) { return line(ctx, a, true, out); }

ARC_HD inline Status hline(Ctx& ctx, const Value* a, Value& out) {
  return line(ctx, a, false, out);
}

// Whether the sets of i (axis 0) or j (axis 1) of the two patches meet.
ARC_HD inline Status matching(Ctx& ctx, const Value* a, u32 axis, Value& out) {
  Table tables[2];
  for (u32 side = 0; side < 2; ++side) {
    ARC_TRY(table_init(ctx, tables[side]));
    Value indices;
    ARC_TRY(toindices(ctx, &a[side], indices));
    Iter it;
    ARC_TRY(it.start(ctx, indices));
    for (Value e; it.next(e);) {
      Value ij[2];
      ARC_TRY(py_unpack2(ctx, e, ij[0], ij[1]));
      ARC_TRY(table_add(ctx, tables[side], ij[axis]));
    }
  }
  Table both;
  ARC_TRY(table_intersection(ctx, both, tables[0], tables[1]));
  out = Value::boolean(both.used > 0);
  return Status::ok;
}

ARC_HD inline Status hmatching(Ctx& ctx, const Value* a, Value& out) {
  return matching(ctx, a, 0, out);
}

ARC_HD inline Status vmatching(Ctx& ctx, const Value* a, Value& out) {
  return matching(ctx, a, 1, out);
}

// abs(x - y)
ARC_HD inline Status distance(Ctx& ctx, const Value& x, const Value& y, Value& out) {
  ARC_TRY(py_sub(ctx, x, y, out));
  if (!out.is_int()) return Status::type_error;
  if (out.i < 0) return py_neg(out, out);
  return Status::ok;
}

ARC_HD inline Status manhattan(Ctx& ctx, const Value* a, Value& out) {
  // The outer iterable is evaluated at once, the inner one for each element of the outer.
  Value x;
  ARC_TRY(toindices(ctx, &a[0], x));
  Iter outer;
  ARC_TRY(outer.start(ctx, x));
  bool any = false;
  bool charged = false;
  Value y;
  for (Value p; outer.next(p);) {
    Value pi;
    Value pj;
    ARC_TRY(py_unpack2(ctx, p, pi, pj));
    if (!charged) {
      ARC_TRY(toindices(ctx, &a[1], y));
      ARC_TRY(ctx.charge(cost::area(len_of(a[0]), len_of(a[1]))));
      charged = true;
    }
    Iter inner;
    ARC_TRY(inner.start(ctx, y));
    for (Value q; inner.next(q);) {
      Value qi;
      Value qj;
      ARC_TRY(py_unpack2(ctx, q, qi, qj));
      Value di;
      Value dj;
      ARC_TRY(distance(ctx, pi, qi, di));
      ARC_TRY(distance(ctx, pj, qj, dj));
      Value sum;
      ARC_TRY(py_add(ctx, di, dj, sum));
      if (!any || sum.i < out.i) out = sum;
      any = true;
    }
  }
  return any ? Status::ok : Status::value_error;
}

ARC_HD inline Status adjacent(Ctx& ctx, const Value* a, Value& out) {
  Value d;
  ARC_TRY(manhattan(ctx, a, d));
  out = Value::boolean(d.i == 1);
  return Status::ok;
}

ARC_HD inline Status bordering(Ctx& ctx, const Value* a, Value& out) {
  Value v;
  bool hit = false;
  ARC_TRY(uppermost(ctx, a, v));
  ARC_TRY(equals_int(ctx, v, 0, hit));
  if (!hit) {
    ARC_TRY(leftmost(ctx, a, v));
    ARC_TRY(equals_int(ctx, v, 0, hit));
  }
  if (!hit) {
    i64 len = 0;
    ARC_TRY(lowermost(ctx, a, v));
    ARC_TRY(py_len(a[1], len));
    ARC_TRY(equals_int(ctx, v, len - 1, hit));
  }
  if (!hit) {
    i64 len = 0;
    ARC_TRY(rightmost(ctx, a, v));
    Value row;
    ARC_TRY(py_getitem(ctx, a[1], 0, row));
    ARC_TRY(py_len(row, len));
    ARC_TRY(equals_int(ctx, v, len - 1, hit));
  }
  out = Value::boolean(hit);
  return Status::ok;
}

ARC_HD inline Status centerofmass(Ctx& ctx, const Value* a, Value& out) {
  Value indices;
  ARC_TRY(toindices(ctx, a, indices));
  Value* columns = nullptr;
  u32 count = 0;
  ARC_TRY(grids::zip_all(ctx, indices, columns, count));
  for (u32 k = 0; k < count; ++k) {
    TupleView view;
    ARC_TRY(view_tuple(ctx, columns[k], view));
    Value sum = Value::integer(0);
    for (u32 e = 0; e < view.len; ++e) ARC_TRY(py_add(ctx, sum, view.items[e], sum));
    ARC_TRY(py_floordiv(sum, Value::integer(len_of(a[0])), columns[k]));
  }
  return make_tuple(ctx, columns, count, out);
}

}  // namespace arcbatch::generic

#include "primitives/kernels/generic_geometry.h"
