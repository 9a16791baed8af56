// Generic kernels of the grid family: sizes, colours, cutting and rearranging.
#pragma once

#include "primitives/kernels/generic_container.h"
#include "primitives/kernels/generic_decl.h"
#include "primitives/kernels/generic_grid_base.h"

namespace arcbatch::generic {

// ---- colours ----------------------------------------------------------------------------------

ARC_HD inline Status mostcolor(Ctx& ctx, const Value* a, Value& out) {
  return grids::by_count(ctx, a[0], true, out);
}

ARC_HD inline Status leastcolor(Ctx& ctx, const Value* a, Value& out) {
  return grids::by_count(ctx, a[0], false, out);
}

ARC_HD inline Status colorcount(Ctx& ctx, const Value* a, Value& out) {
  Iter it;
  ARC_TRY(it.start(ctx, a[0]));
  i64 count = 0;
  const bool by_rows = a[0].is_tuple();
  for (Value e; it.next(e);) {
    bool same = false;
    if (!by_rows) {
      Value v;
      Value rest;
      ARC_TRY(py_unpack2(ctx, e, v, rest));
      ARC_TRY(equal(ctx, v, a[1], same));
      count += same ? 1 : 0;
      continue;
    }
    if (!e.is_tuple()) return Status::attribute_error;  // no count()
    TupleView row;
    ARC_TRY(view_tuple(ctx, e, row));
    for (u32 k = 0; k < row.len; ++k) {
      ARC_TRY(equal(ctx, row.items[k], a[1], same));
      count += same ? 1 : 0;
    }
  }
  out = Value::integer(count);
  return Status::ok;
}

ARC_HD inline Status palette(Ctx& ctx, const Value* a, Value& out) {
  Vec<Value> values;
  ARC_TRY(grids::values_of(ctx, a[0], values));
  SetBuilder set;
  ARC_TRY(set.start(ctx));
  for (u32 k = 0; k < values.size; ++k) ARC_TRY(set.add(ctx, values.data[k]));
  return set.finish_copy(ctx, out);
}

ARC_HD inline Status numcolors(Ctx& ctx, const Value* a, Value& out) {
  Value colors;
  ARC_TRY(palette(ctx, a, colors));
  out = Value::integer(colors.set->count);
  return Status::ok;
}

// ---- sizes ------------------------------------------------------------------------------------

// high - low + 1 of a patch.
ARC_HD inline Status span(Ctx& ctx, const Value& low, const Value& high, Value& out) {
  ARC_TRY(py_sub(ctx, high, low, out));
  return py_add(ctx, out, Value::integer(1), out);
}

ARC_HD inline Status height(Ctx& ctx, const Value* a, Value& out) {
  i64 len = 0;
  ARC_TRY(py_len(a[0], len));
  if (len == 0 || a[0].is_tuple()) {
    out = Value::integer(len);
    return Status::ok;
  }
  Value low;
  Value high;
  ARC_TRY(lowermost(ctx, a, high));
  ARC_TRY(uppermost(ctx, a, low));
  return span(ctx, low, high, out);
}

ARC_HD inline Status width(Ctx& ctx, const Value* a, Value& out) {
  i64 len = 0;
  ARC_TRY(py_len(a[0], len));
  if (len == 0) {
    out = Value::integer(0);
    return Status::ok;
  }
  if (a[0].is_tuple()) {
    Value row;
    ARC_TRY(py_getitem(ctx, a[0], 0, row));
    ARC_TRY(py_len(row, len));
    out = Value::integer(len);
    return Status::ok;
  }
  Value low;
  Value high;
  ARC_TRY(rightmost(ctx, a, high));
  ARC_TRY(leftmost(ctx, a, low));
  return span(ctx, low, high, out);
}

ARC_HD inline Status shape(Ctx& ctx, const Value* a, Value& out) {
  Value h;
  Value w;
  ARC_TRY(height(ctx, a, h));
  ARC_TRY(width(ctx, a, w));
  return make_tuple2(ctx, h, w, out);
}

ARC_HD inline Status portrait(Ctx& ctx, const Value* a, Value& out) {
  Value h;
  Value w;
  ARC_TRY(height(ctx, a, h));
  ARC_TRY(width(ctx, a, w));
  bool taller = false;
  ARC_TRY(compare(ctx, Cmp::gt, h, w, taller));
  out = Value::boolean(taller);
  return Status::ok;
}

ARC_HD inline Status square(Ctx& ctx, const Value* a, Value& out) {
  bool yes = false;
  i64 len = 0;
  if (a[0].is_tuple()) {
    ARC_TRY(py_len(a[0], len));
    Value row;
    i64 w = 0;
    ARC_TRY(py_getitem(ctx, a[0], 0, row));
    ARC_TRY(py_len(row, w));
    out = Value::boolean(len == w);
    return Status::ok;
  }
  Value h;
  Value w;
  Value product;
  ARC_TRY(height(ctx, a, h));
  ARC_TRY(width(ctx, a, w));
  ARC_TRY(py_mul(ctx, h, w, product));
  ARC_TRY(py_len(a[0], len));
  ARC_TRY(equal(ctx, product, Value::integer(len), yes));
  if (yes) {
    ARC_TRY(height(ctx, a, h));
    ARC_TRY(width(ctx, a, w));
    ARC_TRY(equal(ctx, h, w, yes));
  }
  out = Value::boolean(yes);
  return Status::ok;
}

// ---- cutting ----------------------------------------------------------------------------------

// The bounds of the slice [start[axis] : start[axis] + dims[axis]].
ARC_HD inline Status crop_bounds(Ctx& ctx, const Value& start, const Value& dims, i64 axis,
                                 Value& from, Value& to) {
  ARC_TRY(py_getitem(ctx, start, axis, from));
  Value again;
  Value d;
  ARC_TRY(py_getitem(ctx, start, axis, again));
  ARC_TRY(py_getitem(ctx, dims, axis, d));
  return py_add(ctx, again, d, to);
}

// v[from:to] with bounds that are any values.
ARC_HD inline Status slice_values(Ctx& ctx, const Value& v, const Value& from, const Value& to,
                                  Value& out) {
  if (!v.is_tuple()) return Status::type_error;
  if (!from.is_int() || !to.is_int()) return Status::type_error;
  return grids::slice(ctx, v, from.i, to.i, out);
}

ARC_HD inline Status crop(Ctx& ctx, const Value* a, Value& out) {
  Value from;
  Value to;
  Value rows;
  ARC_TRY(crop_bounds(ctx, a[1], a[2], 0, from, to));
  ARC_TRY(slice_values(ctx, a[0], from, to, rows));
  Iter it;
  ARC_TRY(it.start(ctx, rows));
  Vec<Value> made;
  for (Value row; it.next(row);) {
    Value r;
    ARC_TRY(crop_bounds(ctx, a[1], a[2], 1, from, to));
    ARC_TRY(slice_values(ctx, row, from, to, r));
    ARC_TRY(made.push(ctx, r));
  }
  return make_tuple(ctx, made.data, made.size, out);
}

ARC_HD inline Status subgrid(Ctx& ctx, const Value* a, Value& out) {
  Value args[3] = {a[1], Value{}, Value{}};
  ARC_TRY(ulcorner(ctx, a, args[1]));
  ARC_TRY(shape(ctx, a, args[2]));
  return crop(ctx, args, out);
}

// hsplit (axis 1) and vsplit (axis 0): n crops along one axis.
ARC_HD inline Status split(Ctx& ctx, const Value* a, u32 axis, Value& out) {
  i64 size[2] = {0, 0};
  Value head;
  Value cut;
  // The order of the two lengths and the division differs between the two.
  if (axis == 1) {
    ARC_TRY(py_len(a[0], size[0]));
    ARC_TRY(py_getitem(ctx, a[0], 0, head));
    ARC_TRY(py_len(head, size[1]));
    ARC_TRY(py_floordiv(Value::integer(size[1]), a[1], cut));
  } else {
    ARC_TRY(py_len(a[0], size[0]));
    ARC_TRY(py_floordiv(Value::integer(size[0]), a[1], cut));
    ARC_TRY(py_getitem(ctx, a[0], 0, head));
    ARC_TRY(py_len(head, size[1]));
  }
  Value remainder;
  ARC_TRY(py_mod(Value::integer(size[axis]), a[1], remainder));
  const i64 offset = remainder.i != 0 ? 1 : 0;
  i64 n = 0;
  ARC_TRY(py_index(a[1], n));
  if (n <= 0) return make_empty_tuple(ctx, out);
  ARC_TRY(ctx.charge(saturating_mul(static_cast<u64>(n), static_cast<u64>(size[0]) + 1)));
  i64 dims[2] = {size[0], size[1]};
  dims[axis] = cut.i;
  Vec<Value> parts;
  for (i64 i = 0; i < n; ++i) {
    i64 start[2] = {0, 0};
    start[axis] = cut.i * i + i * offset;
    Value args[3] = {a[0], Value{}, Value{}};
    ARC_TRY(make_int_pair(ctx, start[0], start[1], args[1]));
    ARC_TRY(make_int_pair(ctx, dims[0], dims[1], args[2]));
    Value part;
    ARC_TRY(crop(ctx, args, part));
    ARC_TRY(parts.push(ctx, part));
  }
  return make_tuple(ctx, parts.data, parts.size, out);
}

ARC_HD inline Status hsplit(Ctx& ctx, const Value* a, Value& out) { return split(ctx, a, 1, out); }

ARC_HD inline Status vsplit(Ctx& ctx, const Value* a, Value& out) { return split(ctx, a, 0, out); }

ARC_HD inline Status trim(Ctx& ctx, const Value* a, Value& out) {
  Value rows;
  ARC_TRY(grids::slice(ctx, a[0], 1, -1, rows));
  Iter it;
  ARC_TRY(it.start(ctx, rows));
  Vec<Value> made;
  for (Value row; it.next(row);) {
    Value r;
    ARC_TRY(grids::slice(ctx, row, 1, -1, r));
    ARC_TRY(made.push(ctx, r));
  }
  return make_tuple(ctx, made.data, made.size, out);
}

ARC_HD inline Status tophalf(Ctx& ctx, const Value* a, Value& out) {
  i64 len = 0;
  ARC_TRY(py_len(a[0], len));
  return grids::slice(ctx, a[0], 0, len / 2, out);
}

ARC_HD inline Status bottomhalf(Ctx& ctx, const Value* a, Value& out) {
  i64 len = 0;
  ARC_TRY(py_len(a[0], len));
  return grids::slice(ctx, a[0], len / 2 + len % 2, len, out);
}

ARC_HD inline Status lefthalf(Ctx& ctx, const Value* a, Value& out) {
  Value v;
  ARC_TRY(rot90(ctx, a, v));
  ARC_TRY(tophalf(ctx, &v, v));
  return rot270(ctx, &v, out);
}

ARC_HD inline Status righthalf(Ctx& ctx, const Value* a, Value& out) {
  Value v;
  ARC_TRY(rot90(ctx, a, v));
  ARC_TRY(bottomhalf(ctx, &v, v));
  return rot270(ctx, &v, out);
}

// ---- rearranging ------------------------------------------------------------------------------

ARC_HD inline Status rot90(Ctx& ctx, const Value* a, Value& out) {
  Value v;
  ARC_TRY(py_reverse(ctx, a[0], v));
  Value* columns = nullptr;
  u32 count = 0;
  ARC_TRY(grids::zip_all(ctx, v, columns, count));
  return make_tuple(ctx, columns, count, out);
}

ARC_HD inline Status rot180(Ctx& ctx, const Value* a, Value& out) {
  Value v;
  ARC_TRY(py_reverse(ctx, a[0], v));
  Iter it;
  ARC_TRY(it.start(ctx, v));
  Vec<Value> rows;
  for (Value row; it.next(row);) {
    ARC_TRY(py_reverse(ctx, row, row));
    ARC_TRY(rows.push(ctx, row));
  }
  return make_tuple(ctx, rows.data, rows.size, out);
}

ARC_HD inline Status rot270(Ctx& ctx, const Value* a, Value& out) {
  Value v;
  ARC_TRY(rot90(ctx, a, v));
  return rot180(ctx, &v, out);
}

ARC_HD inline Status hconcat(Ctx& ctx, const Value* a, Value& out) {
  Iter x;
  Iter y;
  ARC_TRY(x.start(ctx, a[0]));
  ARC_TRY(y.start(ctx, a[1]));
  Vec<Value> rows;
  Value i;
  Value j;
  while (x.next(i) && y.next(j)) {
    Value row;
    ARC_TRY(py_add(ctx, i, j, row));
    ARC_TRY(rows.push(ctx, row));
  }
  return make_tuple(ctx, rows.data, rows.size, out);
}

ARC_HD inline Status vconcat(Ctx& ctx, const Value* a, Value& out) {
  return py_add(ctx, a[0], a[1], out);
}

// Makes room for each of `len` items `factor` times, where factor is an int.
ARC_HD inline Status reserve_times(Ctx& ctx, Vec<Value>& items, u64 len, const Value& factor) {
  if (!factor.is_int() || factor.i <= 0) return Status::ok;
  const u64 n = saturating_mul(len, static_cast<u64>(factor.i));
  ARC_TRY(grids::check_weight(ctx, n));
  return items.reserve(ctx, n);
}

// Appends v `n` times.
ARC_HD inline Status push_times(Ctx& ctx, Vec<Value>& items, const Value& v, i64 n) {
  for (i64 k = 0; k < n; ++k) ARC_TRY(items.push(ctx, v));
  return Status::ok;
}

// Row with each item `factor` times. range(factor) is met for each item, so an empty row raises
// nothing.
ARC_HD inline Status widen(Ctx& ctx, const Value& row, const Value& factor, Value& out) {
  Iter it;
  ARC_TRY(it.start(ctx, row));
  Vec<Value> items;
  ARC_TRY(reserve_times(ctx, items, len_of(row), factor));
  for (Value v; it.next(v);) {
    i64 n = 0;
    ARC_TRY(py_index(factor, n));
    ARC_TRY(push_times(ctx, items, v, n));
  }
  return make_tuple(ctx, items.data, items.size, out);
}

// Pays for scaling a container by an int factor along `axes` axes.
ARC_HD inline Status charge_scaling(Ctx& ctx, const Value& element, const Value& factor, u32 axes) {
  if (!factor.is_int() || factor.i <= 0) return Status::ok;
  u64 cost = saturating_mul(weight_of(element), static_cast<u64>(factor.i));
  if (axes == 2) cost = saturating_mul(cost, static_cast<u64>(factor.i));
  return ctx.charge(cost);
}

ARC_HD inline Status hupscale(Ctx& ctx, const Value* a, Value& out) {
  Iter it;
  ARC_TRY(it.start(ctx, a[0]));
  ARC_TRY(charge_scaling(ctx, a[0], a[1], 1));
  Vec<Value> rows;
  for (Value row; it.next(row);) {
    Value wide;
    ARC_TRY(widen(ctx, row, a[1], wide));
    ARC_TRY(rows.push(ctx, wide));
  }
  return make_tuple(ctx, rows.data, rows.size, out);
}

ARC_HD inline Status vupscale(Ctx& ctx, const Value* a, Value& out) {
  Iter it;
  ARC_TRY(it.start(ctx, a[0]));
  ARC_TRY(charge_scaling(ctx, a[0], a[1], 1));
  Vec<Value> rows;
  ARC_TRY(reserve_times(ctx, rows, len_of(a[0]), a[1]));
  for (Value row; it.next(row);) {
    i64 n = 0;
    ARC_TRY(py_index(a[1], n));
    ARC_TRY(push_times(ctx, rows, row, n));
  }
  return make_tuple(ctx, rows.data, rows.size, out);
}

ARC_HD inline Status upscale_object(Ctx& ctx, const Value* a, Value& out) {
  i64 len = 0;
  ARC_TRY(py_len(a[0], len));
  if (len == 0) return make_empty_set(ctx, out);
  Value corner;
  Value di;
  Value dj;
  ARC_TRY(ulcorner(ctx, a, corner));
  ARC_TRY(py_unpack2(ctx, corner, di, dj));
  Value back[2];
  ARC_TRY(py_neg(di, back[0]));
  ARC_TRY(py_neg(dj, back[1]));
  Value move_args[2] = {a[0], Value{}};
  ARC_TRY(make_tuple(ctx, back, 2, move_args[1]));
  Value normed;
  ARC_TRY(shift(ctx, move_args, normed));
  ARC_TRY(charge_scaling(ctx, a[0], a[1], 2));
  Iter it;
  ARC_TRY(it.start(ctx, normed));
  SetBuilder set;
  ARC_TRY(set.start(ctx));
  for (Value e; it.next(e);) {
    Value value;
    Value location;
    Value i;
    Value j;
    ARC_TRY(py_unpack2(ctx, e, value, location));
    ARC_TRY(py_unpack2(ctx, location, i, j));
    i64 n = 0;
    ARC_TRY(py_index(a[1], n));
    for (i64 io = 0; io < n; ++io) {
      for (i64 jo = 0; jo < n; ++jo) {
        Value x[2];
        ARC_TRY(py_mul(ctx, i, a[1], x[0]));
        ARC_TRY(py_add(ctx, x[0], Value::integer(io), x[0]));
        ARC_TRY(py_mul(ctx, j, a[1], x[1]));
        ARC_TRY(py_add(ctx, x[1], Value::integer(jo), x[1]));
        Value v;
        ARC_TRY(make_tuple(ctx, x, 2, v));
        ARC_TRY(make_tuple2(ctx, value, v, v));
        ARC_TRY(set.add(ctx, v));
      }
    }
  }
  ARC_TRY(set.finish_copy(ctx, move_args[0]));
  ARC_TRY(make_tuple2(ctx, di, dj, move_args[1]));
  return shift(ctx, move_args, out);
}

ARC_HD inline Status upscale(Ctx& ctx, const Value* a, Value& out) {
  if (!a[0].is_tuple()) return upscale_object(ctx, a, out);
  Iter it;
  ARC_TRY(it.start(ctx, a[0]));
  ARC_TRY(charge_scaling(ctx, a[0], a[1], 2));
  Vec<Value> rows;
  ARC_TRY(reserve_times(ctx, rows, len_of(a[0]), a[1]));
  for (Value row; it.next(row);) {
    Value wide;
    ARC_TRY(widen(ctx, row, a[1], wide));
    i64 n = 0;
    ARC_TRY(py_index(a[1], n));
    ARC_TRY(push_times(ctx, rows, wide, n));
  }
  return make_tuple(ctx, rows.data, rows.size, out);
}

ARC_HD inline Status downscale(Ctx& ctx, const Value* a, Value& out) {
  i64 h = 0;
  i64 w = 0;
  ARC_TRY(grids::dimensions_of(ctx, a[0], h, w));
  grids::Row* rows = nullptr;
  ARC_TRY(grids::index_rows(ctx, a[0], rows));
  // There is at least one row, so `% factor` is met before anything else can raise. Its zeros
  // are at the multiples: the rest of a long first row is not walked for each short row.
  Value remainder;
  ARC_TRY(py_mod(Value::integer(0), a[1], remainder));
  const u64 stride = a[1].i < 0 ? ~static_cast<u64>(a[1].i) + 1 : static_cast<u64>(a[1].i);
  Vec<Value> made;
  for (u64 i = 0; i < static_cast<u64>(h); ++i) {
    Vec<Value> cells;
    for (u64 j = 0; j < static_cast<u64>(w); j += min_of(stride, static_cast<u64>(w))) {
      Value v;
      ARC_TRY(grids::cell_at(rows, static_cast<i64>(i), static_cast<i64>(j), v));
      ARC_TRY(cells.push(ctx, v));
    }
    if (i % stride != 0) continue;
    Value row;
    ARC_TRY(make_tuple(ctx, cells.data, cells.size, row));
    ARC_TRY(made.push(ctx, row));
  }
  return make_tuple(ctx, made.data, made.size, out);
}

ARC_HD inline Status compress(Ctx& ctx, const Value* a, Value& out) {
  bool* rows = nullptr;
  bool* columns = nullptr;
  u32 h = 0;
  u32 w = 0;
  ARC_TRY(grids::uniform_items(ctx, a[0], rows, h));
  Value turned;
  ARC_TRY(dmirror(ctx, a, turned));
  ARC_TRY(grids::uniform_items(ctx, turned, columns, w));
  Iter it;
  ARC_TRY(it.start(ctx, a[0]));
  Vec<Value> made;
  u32 i = 0;
  for (Value row; it.next(row); ++i) {
    if (rows[i]) continue;
    Iter cells;
    ARC_TRY(cells.start(ctx, row));
    Vec<Value> kept;
    u32 j = 0;
    for (Value v; cells.next(v); ++j) {
      if (j >= w || !columns[j]) ARC_TRY(kept.push(ctx, v));
    }
    Value r;
    ARC_TRY(make_tuple(ctx, kept.data, kept.size, r));
    ARC_TRY(made.push(ctx, r));
  }
  return make_tuple(ctx, made.data, made.size, out);
}

}  // namespace arcbatch::generic
