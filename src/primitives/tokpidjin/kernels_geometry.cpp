// tokpidjin: lines, boxes, distances and relations of patches.
#include <cmath>

#include "primitives/tokpidjin/cells.h"
#include "primitives/tokpidjin/run.h"

namespace arcbatch::tok::kernels {

namespace {

// `patch in [frozenset(), ()]`
bool is_nothing(const Value& patch) { return is_empty_set(patch) || is_empty_tuple(patch); }

// low + length // 2
Status middle(Run& run, const Value& low, const Value& length, Value& out) {
  Value half;
  ARC_TRY(op_floordiv(run.ctx, length, Value::integer(2), half));
  return op_add(run.ctx, low, half, out);
}

bool is_the_nan(const Value& v) { return v.tag == Tag::real && v.real == the_nan().real; }

}  // namespace

// ---- positions --------------------------------------------------------------------------------

Status center(Run& run, const Value* a, Value& out) {
  Value up;
  Value left;
  ARC_TRY(inner(run, Fn::uppermost, up, a[0]));
  if (is_the_nan(up)) return make_empty_tuple(run.ctx, out);
  ARC_TRY(inner(run, Fn::leftmost, left, a[0]));
  if (is_the_nan(left)) return make_empty_tuple(run.ctx, out);
  Value length;
  Value i;
  Value j;
  ARC_TRY(inner(run, Fn::height_f, length, a[0]));
  ARC_TRY(middle(run, up, length, i));
  ARC_TRY(inner(run, Fn::width_f, length, a[0]));
  ARC_TRY(middle(run, left, length, j));
  return make_tuple2(run.ctx, i, j, out);
}

namespace {

// center(toindices(patch)), unpacked
Status center_of(Run& run, const Value& patch, Value& i, Value& j) {
  Value v;
  ARC_TRY(inner(run, Fn::toindices, v, patch));
  ARC_TRY(inner(run, Fn::center, v, v));
  return py_unpack2(run.ctx, v, i, j);
}

}  // namespace

Status position(Run& run, const Value* a, Value& out) {
  Ctx& ctx = run.ctx;
  Value ia;
  Value ja;
  Value ib;
  Value jb;
  ARC_TRY(center_of(run, a[0], ia, ja));
  ARC_TRY(center_of(run, a[1], ib, jb));
  const auto side = [&](bool& less) { return compare(ctx, Cmp::lt, ja, jb, less); };
  bool same = false;
  bool less = false;
  ARC_TRY(equal_operator(ctx, ia, ib, same));
  if (same) {
    ARC_TRY(side(less));
    out = Value::pair(0, less ? 1 : -1);
    return Status::ok;
  }
  ARC_TRY(equal_operator(ctx, ja, jb, same));
  bool above = false;
  ARC_TRY(compare(ctx, Cmp::lt, ia, ib, above));
  if (same) {
    out = Value::pair(above ? 1 : -1, 0);
    return Status::ok;
  }
  if (!above) {
    bool below = false;
    ARC_TRY(compare(ctx, Cmp::gt, ia, ib, below));
    if (!below) return nothing(out);
  }
  ARC_TRY(side(less));
  out = Value::pair(above ? 1 : -1, less ? 1 : -1);
  return Status::ok;
}

Status centerofmass(Run& run, const Value* a, Value& out) {
  Value indices;
  ARC_TRY(inner(run, Fn::toindices, indices, a[0]));
  Value* columns = nullptr;
  u32 count = 0;
  ARC_TRY(generic::grids::zip_all(run.ctx, indices, columns, count));
  for (u32 k = 0; k < count; ++k) {
    Items items;
    ARC_TRY(items_of(run.ctx, columns[k], items));
    Value sum = Value::integer(0);
    for (u32 e = 0; e < items.n; ++e) ARC_TRY(op_add(run.ctx, sum, items.data[e], sum));
    i64 n = 0;
    ARC_TRY(py_len(a[0], n));
    ARC_TRY(op_floordiv(run.ctx, sum, Value::integer(n), columns[k]));
  }
  return make_tuple(run.ctx, columns, count, out);
}

// ---- lines ------------------------------------------------------------------------------------

namespace {

// min(a, b) and max(a, b) + 1
Status bounds(Run& run, const Value& a, const Value& b, Value& low, Value& end) {
  bool less = false;
  ARC_TRY(compare(run.ctx, Cmp::lt, b, a, less));
  low = less ? b : a;
  ARC_TRY(compare(run.ctx, Cmp::gt, b, a, less));
  return add_int(run.ctx, less ? b : a, 1, end);
}

// connect() of two pairs of small ints, unless it is too long to be listed.
Status connect_later(Ctx& ctx, Location a, Location b, Value& out, bool& done) {
  const i64 delta[2] = {i64{b.a} - a.a, i64{b.b} - a.b};
  const i64 low[2] = {min_of(a.a, b.a), min_of(a.b, b.b)};
  const i64 high[2] = {max_of(a.a, b.a), max_of(a.b, b.b)};
  const bool straight = delta[0] == 0 || delta[1] == 0;
  const bool falls = delta[0] == delta[1];
  done = true;
  if (!straight && !falls && delta[0] != -delta[1]) return make_empty_set(ctx, out);
  const u32 along = delta[0] == 0 ? 1 : 0;
  const u64 n = static_cast<u64>(high[along] - low[along]) + 1;
  if (n > (u64{1} << 24)) {
    done = false;
    return Status::ok;
  }
  ARC_TRY(ctx.charge(cost::range(low[along], high[along] + 1, 1)));
  Value* list = ctx.make<Value>(n);
  ARC_ALLOC(list);
  for (u64 k = 0; k < n; ++k) {
    const i32 step = static_cast<i32>(k);
    const i32 i = static_cast<i32>(low[0]) + (delta[0] == 0 ? 0 : step);
    const i32 j = delta[1] == 0            ? static_cast<i32>(low[1])
                  : delta[0] == 0 || falls ? static_cast<i32>(low[1]) + step
                                           : static_cast<i32>(high[1]) - step;
    list[k] = Value::pair(i, j);
  }
  return later::make_listed(ctx, list, static_cast<u32>(n), true, out);
}

}  // namespace

Status connect(Run& run, const Value* a, Value& out) {
  Ctx& ctx = run.ctx;
  if (is_empty_tuple(a[0]) || is_empty_tuple(a[1])) return make_empty_set(ctx, out);
  if (ctx.orders_later && a[0].tag == Tag::pair && a[1].tag == Tag::pair) {
    bool done = false;
    ARC_TRY(connect_later(ctx, a[0].p, a[1].p, out, done));
    if (done) return Status::ok;
  }
  Value from[2];
  Value to[2];
  ARC_TRY(py_unpack2(ctx, a[0], from[0], from[1]));
  ARC_TRY(py_unpack2(ctx, a[1], to[0], to[1]));
  Value low[2];
  Value end[2];
  Value delta[2];
  for (u32 k = 0; k < 2; ++k) ARC_TRY(bounds(run, from[k], to[k], low[k], end[k]));
  SetBuilder set;
  ARC_TRY(set.start(ctx));
  for (u32 axis = 0; axis < 2; ++axis) {
    bool same = false;
    ARC_TRY(equal_operator(ctx, from[axis], to[axis], same));
    if (!same) continue;
    const u32 along = 1 - axis;
    i64 first = 0;
    i64 stop = 0;
    ARC_TRY(py_index(low[along], first));
    ARC_TRY(py_index(end[along], stop));
    ARC_TRY(ctx.charge(cost::range(first, stop, 1)));
    for (i64 k = first; k < stop; ++k) {
      Value at;
      ARC_TRY(axis == 0 ? make_tuple2(ctx, from[0], Value::integer(k), at)
                        : make_tuple2(ctx, Value::integer(k), from[1], at));
      ARC_TRY(set.add(ctx, at));
    }
    return set.finish(ctx, out);
  }
  for (u32 k = 0; k < 2; ++k) ARC_TRY(op_sub(ctx, to[k], from[k], delta[k]));
  bool falls = false;
  bool rises = false;
  ARC_TRY(equal_operator(ctx, delta[0], delta[1], falls));
  if (!falls) {
    Value back;
    ARC_TRY(op_sub(ctx, from[1], to[1], back));
    ARC_TRY(equal_operator(ctx, delta[0], back, rises));
  }
  if (!falls && !rises) return make_empty_set(ctx, out);
  i64 i = 0;
  i64 j = 0;
  i64 stop[2] = {0, 0};
  ARC_TRY(py_index(low[0], i));
  ARC_TRY(py_index(low[1], j));
  ARC_TRY(py_index(end[0], stop[0]));
  ARC_TRY(py_index(end[1], stop[1]));
  ARC_TRY(ctx.charge(cost::range(i, stop[0], 1)));
  for (i64 k = 0; i + k < stop[0] && j + k < stop[1]; ++k) {
    ARC_TRY(set.add_pair(ctx, i + k, falls ? j + k : stop[1] - 1 - k));
  }
  return set.finish(ctx, out);
}

Status shoot(Run& run, const Value* a, Value& out) {
  Ctx& ctx = run.ctx;
  if (is_empty(a[0]) || is_empty(a[1])) return make_empty_set(ctx, out);
  Value end[2];
  for (i64 k = 0; k < 2; ++k) {
    Value from;
    Value step;
    ARC_TRY(py_getitem(ctx, a[0], k, from));
    ARC_TRY(py_getitem(ctx, a[1], k, step));
    ARC_TRY(op_mul(ctx, Value::integer(42), step, step));
    ARC_TRY(op_add(ctx, from, step, end[k]));
  }
  Value to;
  ARC_TRY(make_tuple(ctx, end, 2, to));
  return inner(run, Fn::connect, out, a[0], to);
}

// ---- boxes ------------------------------------------------------------------------------------

namespace {

// ulcorner(patch) and lrcorner(patch), unpacked
Status opposite_corners(Run& run, const Value& patch, Value* s, Value* e) {
  Value corner;
  ARC_TRY(inner(run, Fn::ulcorner, corner, patch));
  ARC_TRY(py_unpack2(run.ctx, corner, s[0], s[1]));
  ARC_TRY(inner(run, Fn::lrcorner, corner, patch));
  return py_unpack2(run.ctx, corner, e[0], e[1]);
}

// The outline of the patch's box, `by` cells further out.
Status grown(Run& run, const Value& patch, i64 by, Value& out) {
  if (is_nothing(patch)) return make_empty_set(run.ctx, out);
  constexpr Fn kSides[] = {Fn::uppermost, Fn::leftmost, Fn::lowermost, Fn::rightmost};
  i64 at[4];
  for (u32 k = 0; k < 4; ++k) {
    Value v;
    ARC_TRY(inner(run, kSides[k], v, patch));
    ARC_TRY(add_int(run.ctx, v, k < 2 ? -by : by, v));
    ARC_TRY(py_index(v, at[k]));  // range()
  }
  return generic::outline(run.ctx, at[0], at[1], at[2], at[3], out);
}

}  // namespace

Status backdrop(Run& run, const Value* a, Value& out) {
  Ctx& ctx = run.ctx;
  if (!has_len(a[0]) || len_of(a[0]) == 0) return make_empty_set(ctx, out);
  Value s[2];
  Value e[2];
  i64 from[2] = {0, 0};
  i64 stop[2] = {0, 0};
  ARC_TRY(opposite_corners(run, a[0], s, e));
  for (u32 k = 0; k < 2; ++k) {
    ARC_TRY(add_int(ctx, e[k], 1, e[k]));
    ARC_TRY(py_index(s[k], from[k]));
    ARC_TRY(py_index(e[k], stop[k]));
  }
  ARC_TRY(ctx.charge(cost::box(from[0], from[1], stop[0] - 1, stop[1] - 1)));
  SetBuilder set;
  ARC_TRY(set.start(ctx));
  for (i64 i = from[0]; i < stop[0]; ++i) {
    for (i64 j = from[1]; j < stop[1]; ++j) ARC_TRY(set.add_pair(ctx, i, j));
  }
  return set.finish(ctx, out);
}

Status delta(Run& run, const Value* a, Value& out) {
  if (!has_len(a[0]) || len_of(a[0]) == 0) return make_empty_set(run.ctx, out);
  Value all;
  Value own;
  ARC_TRY(inner(run, Fn::backdrop, all, a[0]));
  ARC_TRY(inner(run, Fn::toindices, own, a[0]));
  return py_sub(run.ctx, all, own, out);
}

Status inbox(Run& run, const Value* a, Value& out) { return grown(run, a[0], -1, out); }
Status outbox(Run& run, const Value* a, Value& out) { return grown(run, a[0], 1, out); }

Status box(Run& run, const Value* a, Value& out) {
  if (is_nothing(a[0])) return make_empty_set(run.ctx, out);
  Value s[2];
  Value e[2];
  ARC_TRY(opposite_corners(run, a[0], s, e));
  bool ints = true;
  for (u32 k = 0; k < 2; ++k) {
    if (!s[k].is_int() || !e[k].is_int()) return Status::type_error;
    ints = ints && s[k].tag == Tag::integer && e[k].tag == Tag::integer;
  }
  if (!ints) return generic::box_of_bools(run.ctx, s, e, out);
  return generic::outline(run.ctx, s[0].i, s[1].i, e[0].i, e[1].i, out);
}

// ---- relations --------------------------------------------------------------------------------

namespace {

// Whether the sets of i (axis 0) or j (axis 1) of the two patches meet.
Status matching(Run& run, const Value* a, u32 axis, Value& out) {
  Ctx& ctx = run.ctx;
  Table tables[2];
  for (u32 side = 0; side < 2; ++side) {
    ARC_TRY(table_init(ctx, tables[side]));
    Value indices;
    ARC_TRY(inner(run, Fn::toindices, indices, a[side]));
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
  return answer(both.used > 0, out);
}

// abs(x - y)
Status distance(Run& run, const Value& x, const Value& y, Value& out) {
  ARC_TRY(op_sub(run.ctx, x, y, out));
  return op_abs(run.ctx, out, out);
}

}  // namespace

Status hmatching(Run& run, const Value* a, Value& out) { return matching(run, a, 0, out); }
Status vmatching(Run& run, const Value* a, Value& out) { return matching(run, a, 1, out); }

Status manhattan(Run& run, const Value* a, Value& out) {
  Ctx& ctx = run.ctx;
  for (u32 k = 0; k < 2; ++k) {
    if (!has_len(a[k])) return make_real(ctx, HUGE_VAL, out);
  }
  if (len_of(a[0]) == 0 || len_of(a[1]) == 0) return make_real(ctx, HUGE_VAL, out);
  Value x;
  Value y;
  ARC_TRY(inner(run, Fn::toindices, x, a[0]));
  ARC_TRY(inner(run, Fn::toindices, y, a[1]));
  ARC_TRY(ctx.charge(cost::area(len_of(x), len_of(y))));
  Items xs;
  Items ys;
  ARC_TRY(items_of(ctx, x, xs));
  if (xs.n > 0) ARC_TRY(items_of(ctx, y, ys));
  bool any = false;
  for (u32 p = 0; p < xs.n; ++p) {
    Value ai;
    Value aj;
    ARC_TRY(py_unpack2(ctx, xs.data[p], ai, aj));
    for (u32 q = 0; q < ys.n; ++q) {
      Value bi;
      Value bj;
      Value di;
      Value dj;
      Value sum;
      ARC_TRY(py_unpack2(ctx, ys.data[q], bi, bj));
      ARC_TRY(distance(run, ai, bi, di));
      ARC_TRY(distance(run, aj, bj, dj));
      ARC_TRY(op_add(ctx, di, dj, sum));
      bool less = !any;
      if (any) ARC_TRY(compare(ctx, Cmp::lt, sum, out, less));
      if (less) out = sum;
      any = true;
    }
  }
  return any ? Status::ok : Status::value_error;
}

Status adjacent(Run& run, const Value* a, Value& out) {
  Value d;
  bool same = false;
  ARC_TRY(inner(run, Fn::manhattan, d, a[0], a[1]));
  ARC_TRY(is(run.ctx, d, 1, same));
  return answer(same, out);
}

Status bordering(Run& run, const Value* a, Value& out) {
  constexpr Fn kSides[] = {Fn::uppermost, Fn::leftmost, Fn::lowermost, Fn::rightmost};
  bool hit = false;
  for (u32 k = 0; k < 4 && !hit; ++k) {
    Value v;
    i64 edge = 1;
    ARC_TRY(inner(run, kSides[k], v, a[0]));
    if (k == 2) ARC_TRY(py_len(a[1], edge));
    if (k == 3) {
      Value row;
      ARC_TRY(py_getitem(run.ctx, a[1], 0, row));
      ARC_TRY(py_len(row, edge));
    }
    ARC_TRY(is(run.ctx, v, edge - 1, hit));
  }
  return answer(hit, out);
}

Status gravitate(Run& run, const Value* a, Value& out) {
  Ctx& ctx = run.ctx;
  if (!py_truth(a[1])) {
    out = a[0];
    return Status::ok;
  }
  Value v;
  Value s[2];
  Value d[2];
  ARC_TRY(inner(run, Fn::center, v, a[0]));
  ARC_TRY(py_unpack2(ctx, v, s[0], s[1]));
  ARC_TRY(inner(run, Fn::center, v, a[1]));
  ARC_TRY(py_unpack2(ctx, v, d[0], d[1]));
  ARC_TRY(inner(run, Fn::vmatching, v, a[0], a[1]));
  const u32 axis = py_truth(v) ? 0 : 1;
  bool less = false;
  ARC_TRY(compare(ctx, Cmp::lt, s[axis], d[axis], less));
  i32 step[2] = {0, 0};
  step[axis] = less ? 1 : -1;
  const Value by = Value::pair(step[0], step[1]);
  Value current = a[0];
  i32 count = 0;
  for (; count < 42; ++count) {
    ARC_TRY(inner(run, Fn::adjacent, v, current, a[1]));
    if (py_truth(v)) break;
    ARC_TRY(inner(run, Fn::shift, current, current, by));
  }
  out = Value::pair(step[0] * count, step[1] * count);
  return Status::ok;
}

// ---- neighbours -------------------------------------------------------------------------------

namespace {

Status around(Run& run, const Value& loc, const i32 (*deltas)[2], Value& out) {
  Ctx& ctx = run.ctx;
  if (!loc.is_tuple() || len_of(loc) == 0) return make_empty_set(ctx, out);
  SetBuilder set;
  ARC_TRY(set.start(ctx));
  for (u32 k = 0; k < 4; ++k) {
    Value ij[2];
    for (i64 axis = 0; axis < 2; ++axis) {
      Value v;
      ARC_TRY(py_getitem(ctx, loc, axis, v));
      const i32 by = deltas[k][axis];
      ij[axis] = v;
      // Nothing is added where the delta is none: a bool stays one.
      if (by > 0) ARC_TRY(add_int(ctx, v, 1, ij[axis]));
      if (by < 0) ARC_TRY(op_sub(ctx, v, Value::integer(1), ij[axis]));
    }
    Value made;
    ARC_TRY(make_tuple(ctx, ij, 2, made));
    ARC_TRY(set.add(ctx, made));
  }
  return set.finish_copy(ctx, out);
}

}  // namespace

Status dneighbors(Run& run, const Value* a, Value& out) {
  constexpr i32 kDeltas[4][2] = {{-1, 0}, {1, 0}, {0, -1}, {0, 1}};
  return around(run, a[0], kDeltas, out);
}

Status ineighbors(Run& run, const Value* a, Value& out) {
  constexpr i32 kDeltas[4][2] = {{-1, -1}, {-1, 1}, {1, -1}, {1, 1}};
  return around(run, a[0], kDeltas, out);
}

Status neighbors(Run& run, const Value* a, Value& out) {
  Value x;
  Value y;
  ARC_TRY(inner(run, Fn::dneighbors, x, a[0]));
  ARC_TRY(inner(run, Fn::ineighbors, y, a[0]));
  return py_or_sets(run.ctx, x, y, out);
}

}  // namespace arcbatch::tok::kernels
