// tokpidjin: patches. A cell is (i, j, c), a location (i, j): their lengths tell them apart.
#include "primitives/tokpidjin/cells.h"
#include "primitives/tokpidjin/run.h"

namespace arcbatch::tok::kernels {

// ---- locations --------------------------------------------------------------------------------

Status toindices(Run& run, const Value* a, Value& out) {
  if (!has_len(a[0]) || len_of(a[0]) == 0) return make_empty_set(run.ctx, out);
  if (later::is_made(a[0])) {  // all elements have one length
    if (a[0].set->list[0].tag == Tag::triple) return locations_of(run.ctx, a[0], out);
    out = a[0];
    return Status::ok;
  }
  Value head;
  ARC_TRY(py_first(run.ctx, a[0], head));
  if (!has_len(head)) return make_empty_set(run.ctx, out);
  if (len_of(head) == 3) return locations_of(run.ctx, a[0], out);
  out = a[0];
  return Status::ok;
}

Status toindices_o(Run& run, const Value* a, Value& out) {
  if (!has_len(a[0]) || len_of(a[0]) == 0) return make_empty_set(run.ctx, out);
  return locations_of(run.ctx, a[0], out);
}

namespace {

// min() or max() over i (axis 0) or j (axis 1) of `for i, j in to(patch)`
Status extent(Run& run, const Value& patch, Fn to, u32 axis, Cmp op, Value& out) {
  Value indices;
  ARC_TRY(inner(run, to, indices, patch));
  Extents extents;
  if (extents_of(indices, extents)) {
    out = Value::integer((op == Cmp::lt ? extents.low : extents.high)[axis]);
    return Status::ok;
  }
  Iter it;
  ARC_TRY(it.start(run.ctx, indices));
  bool any = false;
  for (Value e; it.next(e);) {
    Value ij[2];
    ARC_TRY(py_unpack2(run.ctx, e, ij[0], ij[1]));
    bool better = !any;
    if (any) ARC_TRY(compare(run.ctx, op, ij[axis], out, better));
    if (better) out = ij[axis];
    any = true;
  }
  return any ? Status::ok : Status::value_error;
}

Status extent_or_nan(Run& run, const Value& patch, Fn to, u32 axis, Cmp op, Value& out) {
  if (py_truth(patch)) return extent(run, patch, to, axis, op, out);
  out = the_nan();
  return Status::ok;
}

}  // namespace

Status lowermost(Run& run, const Value* a, Value& out) {
  return extent_or_nan(run, a[0], Fn::toindices, 0, Cmp::gt, out);
}
Status lowermost_i(Run& run, const Value* a, Value& out) {
  return extent_or_nan(run, a[0], Fn::toindices_i, 0, Cmp::gt, out);
}
Status lowermost_o(Run& run, const Value* a, Value& out) {
  return extent_or_nan(run, a[0], Fn::toindices_o, 0, Cmp::gt, out);
}
Status uppermost(Run& run, const Value* a, Value& out) {
  return extent_or_nan(run, a[0], Fn::toindices, 0, Cmp::lt, out);
}
Status uppermost_i(Run& run, const Value* a, Value& out) {
  return extent_or_nan(run, a[0], Fn::toindices_i, 0, Cmp::lt, out);
}
Status uppermost_o(Run& run, const Value* a, Value& out) {
  return extent_or_nan(run, a[0], Fn::toindices_o, 0, Cmp::lt, out);
}
Status leftmost(Run& run, const Value* a, Value& out) {
  return extent_or_nan(run, a[0], Fn::toindices, 1, Cmp::lt, out);
}
Status leftmost_i(Run& run, const Value* a, Value& out) {
  return extent_or_nan(run, a[0], Fn::toindices_i, 1, Cmp::lt, out);
}
Status leftmost_o(Run& run, const Value* a, Value& out) {
  return extent_or_nan(run, a[0], Fn::toindices_o, 1, Cmp::lt, out);
}
Status rightmost(Run& run, const Value* a, Value& out) {
  return extent_or_nan(run, a[0], Fn::toindices, 1, Cmp::gt, out);
}
// These two have no guard: of nothing they raise.
Status rightmost_i(Run& run, const Value* a, Value& out) {
  return extent(run, a[0], Fn::toindices_i, 1, Cmp::gt, out);
}
Status rightmost_o(Run& run, const Value* a, Value& out) {
  return extent(run, a[0], Fn::toindices_o, 1, Cmp::gt, out);
}

Status col_row(Run& run, const Value* a, Value& out) {
  constexpr Fn kSides[] = {Fn::lowermost, Fn::uppermost, Fn::leftmost, Fn::rightmost};
  for (u32 k = 0; k < 4; ++k) {
    bool same = false;
    ARC_TRY(is(run.ctx, a[1], k, same));
    if (same) return inner(run, kSides[k], out, a[0]);
  }
  return nothing(out);
}

// ---- corners ----------------------------------------------------------------------------------

namespace {

// min or max over each column of zip(*to(patch)). `keyed`: the operation comes from a dict of
// columns 0 and 1, so a third column is a KeyError.
Status corner_of(Run& run, const Value& patch, Fn to, Cmp first, Cmp second, bool keyed,
                 Value& out) {
  Value indices;
  ARC_TRY(inner(run, to, indices, patch));
  Extents extents;
  if (extents_of(indices, extents)) {
    out = Value::pair((first == Cmp::lt ? extents.low : extents.high)[0],
                      (second == Cmp::lt ? extents.low : extents.high)[1]);
    return Status::ok;
  }
  Value* columns = nullptr;
  u32 count = 0;
  ARC_TRY(generic::grids::zip_all(run.ctx, indices, columns, count));
  for (u32 k = 0; k < count; ++k) {
    if (keyed && k > 1) return Status::key_error;
    TupleView view;
    ARC_TRY(view_tuple(run.ctx, columns[k], view));
    Value best;
    ARC_TRY(generic::extreme(run.ctx, view.items, view.len, k == 1 ? second : first, best));
    columns[k] = best;
  }
  return make_tuple(run.ctx, columns, count, out);
}

}  // namespace

Status ulcorner(Run& run, const Value* a, Value& out) {
  return corner_of(run, a[0], Fn::toindices, Cmp::lt, Cmp::lt, false, out);
}
Status ulcorner_i(Run& run, const Value* a, Value& out) {
  return corner_of(run, a[0], Fn::toindices_i, Cmp::lt, Cmp::lt, false, out);
}
Status ulcorner_o(Run& run, const Value* a, Value& out) {
  return corner_of(run, a[0], Fn::toindices_o, Cmp::lt, Cmp::lt, false, out);
}
Status urcorner(Run& run, const Value* a, Value& out) {
  return corner_of(run, a[0], Fn::toindices, Cmp::lt, Cmp::gt, true, out);
}
Status urcorner_i(Run& run, const Value* a, Value& out) {
  return corner_of(run, a[0], Fn::toindices_i, Cmp::lt, Cmp::gt, true, out);
}
Status urcorner_o(Run& run, const Value* a, Value& out) {
  return corner_of(run, a[0], Fn::toindices_o, Cmp::lt, Cmp::gt, true, out);
}
Status llcorner(Run& run, const Value* a, Value& out) {
  return corner_of(run, a[0], Fn::toindices, Cmp::gt, Cmp::lt, true, out);
}
Status llcorner_i(Run& run, const Value* a, Value& out) {
  return corner_of(run, a[0], Fn::toindices_i, Cmp::gt, Cmp::lt, true, out);
}
Status llcorner_o(Run& run, const Value* a, Value& out) {
  return corner_of(run, a[0], Fn::toindices_o, Cmp::gt, Cmp::lt, true, out);
}
Status lrcorner(Run& run, const Value* a, Value& out) {
  return corner_of(run, a[0], Fn::toindices, Cmp::gt, Cmp::gt, false, out);
}
Status lrcorner_i(Run& run, const Value* a, Value& out) {
  return corner_of(run, a[0], Fn::toindices_i, Cmp::gt, Cmp::gt, false, out);
}
Status lrcorner_o(Run& run, const Value* a, Value& out) {
  return corner_of(run, a[0], Fn::toindices_o, Cmp::gt, Cmp::gt, false, out);
}

Status corner(Run& run, const Value* a, Value& out) {
  constexpr Fn kCorners[] = {Fn::ulcorner, Fn::urcorner, Fn::llcorner, Fn::lrcorner};
  for (u32 k = 0; k < 4; ++k) {
    bool same = false;
    ARC_TRY(is(run.ctx, a[1], k, same));
    if (same) return inner(run, kCorners[k], out, a[0]);
  }
  return inner(run, Fn::ulcorner, out, a[0]);
}

Status corners(Run& run, const Value* a, Value& out) {
  constexpr Fn kCorners[] = {Fn::ulcorner, Fn::urcorner, Fn::llcorner, Fn::lrcorner};
  SetBuilder set;
  ARC_TRY(set.start(run.ctx));
  for (const Fn fn : kCorners) {
    Value at;
    ARC_TRY(inner(run, fn, at, a[0]));
    ARC_TRY(set.add(run.ctx, at));
  }
  return set.finish_copy(run.ctx, out);
}

// ---- extents ----------------------------------------------------------------------------------

namespace {

// 0 of nothing, else high(piece) - low(piece) + 1
Status span(Run& run, const Value& piece, Fn high, Fn low, Value& out) {
  i64 n = 0;
  ARC_TRY(py_len(piece, n));
  out = Value::integer(0);
  if (n == 0) return Status::ok;
  Value top;
  Value bottom;
  ARC_TRY(inner(run, high, top, piece));
  ARC_TRY(inner(run, low, bottom, piece));
  ARC_TRY(op_sub(run.ctx, top, bottom, out));
  return add_int(run.ctx, out, 1, out);
}

// x == n and y == 1, as `along(patch) == len(patch) and across(patch) == 1`
Status line(Run& run, const Value& patch, Fn along, Fn across, Value& out) {
  Value length;
  bool same = false;
  ARC_TRY(inner(run, along, length, patch));
  i64 n = 0;
  ARC_TRY(py_len(patch, n));
  ARC_TRY(is(run.ctx, length, n, same));
  if (!same) return answer(false, out);
  ARC_TRY(inner(run, across, length, patch));
  ARC_TRY(is(run.ctx, length, 1, same));
  return answer(same, out);
}

Status taller(Run& run, const Value& piece, Fn height, Fn width, Value& out) {
  Value h;
  Value w;
  bool yes = false;
  ARC_TRY(inner(run, height, h, piece));
  ARC_TRY(inner(run, width, w, piece));
  ARC_TRY(compare(run.ctx, Cmp::gt, h, w, yes));
  return answer(yes, out);
}

}  // namespace

Status height_f(Run& run, const Value* a, Value& out) {
  return span(run, a[0], Fn::lowermost, Fn::uppermost, out);
}
Status height_i(Run& run, const Value* a, Value& out) {
  return span(run, a[0], Fn::lowermost_i, Fn::uppermost_i, out);
}
Status height_o(Run& run, const Value* a, Value& out) {
  return span(run, a[0], Fn::lowermost_o, Fn::uppermost_o, out);
}
Status width_f(Run& run, const Value* a, Value& out) {
  return span(run, a[0], Fn::rightmost, Fn::leftmost, out);
}
Status width_i(Run& run, const Value* a, Value& out) {
  return span(run, a[0], Fn::rightmost_i, Fn::leftmost_i, out);
}
Status width_o(Run& run, const Value* a, Value& out) {
  return span(run, a[0], Fn::rightmost_o, Fn::leftmost_o, out);
}

Status shape_f(Run& run, const Value* a, Value& out) {
  Value h;
  Value w;
  ARC_TRY(inner(run, Fn::height_f, h, a[0]));
  ARC_TRY(inner(run, Fn::width_f, w, a[0]));
  return make_tuple2(run.ctx, h, w, out);
}

Status portrait_t(Run& run, const Value* a, Value& out) {
  return taller(run, a[0], Fn::height_t, Fn::width_t, out);
}
Status portrait_f(Run& run, const Value* a, Value& out) {
  return taller(run, a[0], Fn::height_f, Fn::width_f, out);
}

Status square_f(Run& run, const Value* a, Value& out) {
  Value h;
  Value w;
  Value area;
  i64 n = 0;
  bool yes = false;
  ARC_TRY(inner(run, Fn::height_f, h, a[0]));
  ARC_TRY(inner(run, Fn::width_f, w, a[0]));
  ARC_TRY(op_mul(run.ctx, h, w, area));
  ARC_TRY(py_len(a[0], n));
  ARC_TRY(is(run.ctx, area, n, yes));
  if (yes) ARC_TRY(equal_operator(run.ctx, h, w, yes));
  return answer(yes, out);
}

Status vline_i(Run& run, const Value* a, Value& out) {
  return line(run, a[0], Fn::height_i, Fn::width_i, out);
}
Status vline_o(Run& run, const Value* a, Value& out) {
  return line(run, a[0], Fn::height_o, Fn::width_o, out);
}
Status hline_i(Run& run, const Value* a, Value& out) {
  return line(run, a[0], Fn::width_i, Fn::height_i, out);
}
Status hline_o(Run& run, const Value* a, Value& out) {
  return line(run, a[0], Fn::width_o, Fn::height_o, out);
}

// ---- moves ------------------------------------------------------------------------------------

Status shift(Run& run, const Value* a, Value& out) {
  if (!py_truth(a[0])) return make_empty_set(run.ctx, out);
  if (is_empty_tuple(a[1])) {
    out = a[0];
    return Status::ok;
  }
  Value di;
  Value dj;
  ARC_TRY(py_unpack2(run.ctx, a[1], di, dj));
  if (di.is_int() && dj.is_int()) {
    bool done = false;
    ARC_TRY(later::moved(run.ctx, a[0], later::Way::plain, di.i, dj.i, out, done));
    if (done) return Status::ok;
  }
  const auto moved = [&](const Value& i, const Value& j, Value& x, Value& y) {
    if (ARC_LIKELY(i.is_int() && j.is_int() && di.is_int() && dj.is_int())) {
      i64 sums[2] = {0, 0};
      ARC_TRY(int_add(i.i, di.i, sums[0]));
      ARC_TRY(int_add(j.i, dj.i, sums[1]));
      x = Value::integer(sums[0]);
      y = Value::integer(sums[1]);
      return Status::ok;
    }
    ARC_TRY(op_add(run.ctx, i, di, x));
    return op_add(run.ctx, j, dj, y);
  };
  return map_cells(run.ctx, a[0], moved, out);
}

namespace {

// shift(patch, (-uppermost(patch), -leftmost(patch))) of what is not empty
Status to_origin(Run& run, const Value& patch, Fn up, Fn left, Value& out) {
  i64 n = 0;
  ARC_TRY(py_len(patch, n));
  out = patch;
  if (n == 0) return Status::ok;
  Value di;
  Value dj;
  Value by;
  ARC_TRY(inner(run, up, di, patch));
  ARC_TRY(op_neg(run.ctx, di, di));
  ARC_TRY(inner(run, left, dj, patch));
  ARC_TRY(op_neg(run.ctx, dj, dj));
  ARC_TRY(make_tuple2(run.ctx, di, dj, by));
  return inner(run, Fn::shift, out, patch, by);
}

}  // namespace

Status normalize(Run& run, const Value* a, Value& out) {
  return to_origin(run, a[0], Fn::uppermost, Fn::leftmost, out);
}
Status normalize_i(Run& run, const Value* a, Value& out) {
  return to_origin(run, a[0], Fn::uppermost_i, Fn::leftmost_i, out);
}
Status normalize_o(Run& run, const Value* a, Value& out) {
  return to_origin(run, a[0], Fn::uppermost_o, Fn::leftmost_o, out);
}

// ---- mirrors ----------------------------------------------------------------------------------

namespace {

enum class Kind : u8 { any, indices, object };  // what elements must be

// ulcorner(patch)[axis] + lrcorner(patch)[axis]
Status corner_sum(Run& run, const Value& patch, i64 axis, Value& out) {
  Value corner;
  Value x;
  Value y;
  ARC_TRY(inner(run, Fn::ulcorner, corner, patch));
  ARC_TRY(py_getitem(run.ctx, corner, axis, x));
  ARC_TRY(inner(run, Fn::lrcorner, corner, patch));
  ARC_TRY(py_getitem(run.ctx, corner, axis, y));
  return op_add(run.ctx, x, y, out);
}

template <class F>
Status map_kind(Run& run, const Value& patch, Kind kind, F&& f, Value& out) {
  if (kind == Kind::any) return map_cells(run.ctx, patch, f, out);
  return map_cells_of(run.ctx, patch, kind == Kind::object, f, out);
}

// The same where the locations are ints, and the order is left for later.
Status map_kind_later(Run& run, const Value& patch, Kind kind, later::Way way, const Value& ci,
                      const Value& cj, Value& out, bool& done) {
  done = false;
  if (!run.ctx.orders_later || !ci.is_int() || !cj.is_int()) return Status::ok;
  if (kind != Kind::any) {
    later::Cells cells;
    ARC_TRY(later::cells_of(run.ctx, patch, cells));
    if (cells.tag != (kind == Kind::object ? Tag::triple : Tag::pair)) return Status::ok;
  }
  return later::moved(run.ctx, patch, way, ci.i, cj.i, out, done);
}

Status mirror_rows(Run& run, const Value& patch, Kind kind, Value& out) {
  Value d;
  ARC_TRY(corner_sum(run, patch, 0, d));
  bool done = false;
  ARC_TRY(map_kind_later(run, patch, kind, later::Way::over, d, Value::integer(0), out, done));
  if (done) return Status::ok;
  const auto f = [&](const Value& i, const Value& j, Value& x, Value& y) {
    y = j;
    return op_sub(run.ctx, d, i, x);
  };
  return map_kind(run, patch, kind, f, out);
}

Status mirror_columns(Run& run, const Value& patch, Kind kind, Value& out) {
  Value d;
  ARC_TRY(corner_sum(run, patch, 1, d));
  bool done = false;
  ARC_TRY(map_kind_later(run, patch, kind, later::Way::across, Value::integer(0), d, out, done));
  if (done) return Status::ok;
  const auto f = [&](const Value& i, const Value& j, Value& x, Value& y) {
    x = i;
    return op_sub(run.ctx, d, j, y);
  };
  return map_kind(run, patch, kind, f, out);
}

Status mirror_diagonal(Run& run, const Value& patch, Kind kind, Value& out) {
  Value corner;
  Value a;
  Value b;
  ARC_TRY(inner(run, Fn::ulcorner, corner, patch));
  ARC_TRY(py_unpack2(run.ctx, corner, a, b));
  if (corner.tag == Tag::pair) {
    const i64 by = i64{corner.p.a} - corner.p.b;
    bool done = false;
    ARC_TRY(map_kind_later(run, patch, kind, later::Way::turned, Value::integer(by),
                           Value::integer(-by), out, done));
    if (done) return Status::ok;
  }
  const auto f = [&](const Value& i, const Value& j, Value& x, Value& y) {
    ARC_TRY(op_sub(run.ctx, j, b, x));
    ARC_TRY(op_add(run.ctx, x, a, x));
    ARC_TRY(op_sub(run.ctx, i, a, y));
    return op_add(run.ctx, y, b, y);
  };
  return map_kind(run, patch, kind, f, out);
}

}  // namespace

Status hmirror_f(Run& run, const Value* a, Value& out) {
  return mirror_rows(run, a[0], Kind::any, out);
}
Status hmirror_i(Run& run, const Value* a, Value& out) {
  return mirror_rows(run, a[0], Kind::indices, out);
}
Status hmirror_o(Run& run, const Value* a, Value& out) {
  return mirror_rows(run, a[0], Kind::object, out);
}
Status vmirror_f(Run& run, const Value* a, Value& out) {
  if (!is_empty_set(a[0])) return mirror_columns(run, a[0], Kind::any, out);
  out = a[0];
  return Status::ok;
}
Status vmirror_i(Run& run, const Value* a, Value& out) {
  return mirror_columns(run, a[0], Kind::indices, out);
}
Status vmirror_o(Run& run, const Value* a, Value& out) {
  return mirror_columns(run, a[0], Kind::object, out);
}
Status dmirror_f(Run& run, const Value* a, Value& out) {
  return mirror_diagonal(run, a[0], Kind::any, out);
}
Status dmirror_i(Run& run, const Value* a, Value& out) {
  return mirror_diagonal(run, a[0], Kind::indices, out);
}
Status dmirror_o(Run& run, const Value* a, Value& out) {
  return mirror_diagonal(run, a[0], Kind::object, out);
}

Status cmirror_f(Run& run, const Value* a, Value& out) {
  Value v;
  ARC_TRY(inner(run, Fn::vmirror_f, v, a[0]));
  ARC_TRY(inner(run, Fn::dmirror_f, v, v));
  return inner(run, Fn::vmirror_f, out, v);
}

Status mir_rot_f(Run& run, const Value* a, Value& out) {
  constexpr Fn kWays[] = {Fn::hmirror_f, Fn::dmirror_f, Fn::vmirror_f, Fn::cmirror_f};
  for (u32 k = 0; k < 4; ++k) {
    bool same = false;
    ARC_TRY(is(run.ctx, a[1], k, same));
    if (same) return inner(run, kWays[k], out, a[0]);
  }
  out = a[0];
  return Status::ok;
}

}  // namespace arcbatch::tok::kernels
