// Generic kernels of the grid family that read and write cells.
#pragma once

#include "primitives/kernels/generic_decl.h"
#include "primitives/kernels/generic_grid_base.h"

namespace arcbatch::generic {

// A grid as lists of lists, with its height and the length of its first row.
struct Canvas {
  grids::Row* rows = nullptr;
  u32 count = 0;
  i64 h = 0;
  i64 w = 0;
};

ARC_HD inline Status open_canvas(Ctx& ctx, const Value& grid, Canvas& out) {
  ARC_TRY(grids::dimensions_of(ctx, grid, out.h, out.w));
  return grids::list_rows(ctx, grid, out.rows, out.count);
}

// Sets `in` to `0 <= i < h and 0 <= j < w`; rows shorter than the first raise on access.
ARC_HD inline Status locate(const Canvas& canvas, const Value& i, const Value& j, bool& in) {
  ARC_TRY(grids::within(i, j, canvas.h, canvas.w, in));
  if (in && j.i >= canvas.rows[i.i].len) return Status::index_error;
  return Status::ok;
}

// `if 0 <= i < h and 0 <= j < w: [if g[i][j] == bg:] g[i][j] = value`
ARC_HD inline Status put_cell(Ctx& ctx, Canvas& canvas, const Value& i, const Value& j,
                              const Value& value, const Value* background) {
  bool in = false;
  ARC_TRY(locate(canvas, i, j, in));
  if (!in) return Status::ok;
  Value& cell = canvas.rows[i.i].items[j.i];
  if (background != nullptr) {
    bool same = false;
    ARC_TRY(equal(ctx, cell, *background, same));
    if (!same) return Status::ok;
  }
  cell = value;
  return Status::ok;
}

ARC_HD inline Status fill_cells(Ctx& ctx, Canvas& canvas, const Value& value, const Value& patch,
                                const Value* background) {
  Value indices;
  ARC_TRY(toindices(ctx, &patch, indices));
  Iter it;
  ARC_TRY(it.start(ctx, indices));
  for (Value e; it.next(e);) {
    Value i;
    Value j;
    ARC_TRY(py_unpack2(ctx, e, i, j));
    ARC_TRY(put_cell(ctx, canvas, i, j, value, background));
  }
  return Status::ok;
}

ARC_HD inline Status paint_cells(Ctx& ctx, Canvas& canvas, const Value& object,
                                 const Value* background) {
  Iter it;
  ARC_TRY(it.start(ctx, object));
  for (Value e; it.next(e);) {
    Value value;
    Value location;
    Value i;
    Value j;
    ARC_TRY(py_unpack2(ctx, e, value, location));
    ARC_TRY(py_unpack2(ctx, location, i, j));
    ARC_TRY(put_cell(ctx, canvas, i, j, value, background));
  }
  return Status::ok;
}

ARC_HD inline Status fill(Ctx& ctx, const Value* a, Value& out) {
  Canvas canvas;
  ARC_TRY(open_canvas(ctx, a[0], canvas));
  ARC_TRY(fill_cells(ctx, canvas, a[1], a[2], nullptr));
  return grids::tuple_rows(ctx, canvas.rows, canvas.count, out);
}

ARC_HD inline Status paint(Ctx& ctx, const Value* a, Value& out) {
  Canvas canvas;
  ARC_TRY(open_canvas(ctx, a[0], canvas));
  ARC_TRY(paint_cells(ctx, canvas, a[1], nullptr));
  return grids::tuple_rows(ctx, canvas.rows, canvas.count, out);
}

// The canvas of underfill and underpaint: mostcolor comes between the sizes and the copy.
ARC_HD inline Status open_over_background(Ctx& ctx, const Value& grid, Canvas& out,
                                          Value& background) {
  ARC_TRY(grids::dimensions_of(ctx, grid, out.h, out.w));
  ARC_TRY(mostcolor(ctx, &grid, background));
  return grids::list_rows(ctx, grid, out.rows, out.count);
}

ARC_HD inline Status underfill(Ctx& ctx, const Value* a, Value& out) {
  Canvas canvas;
  Value background;
  ARC_TRY(open_over_background(ctx, a[0], canvas, background));
  ARC_TRY(fill_cells(ctx, canvas, a[1], a[2], &background));
  return grids::tuple_rows(ctx, canvas.rows, canvas.count, out);
}

ARC_HD inline Status underpaint(Ctx& ctx, const Value* a, Value& out) {
  Canvas canvas;
  Value background;
  ARC_TRY(open_over_background(ctx, a[0], canvas, background));
  ARC_TRY(paint_cells(ctx, canvas, a[1], &background));
  return grids::tuple_rows(ctx, canvas.rows, canvas.count, out);
}

ARC_HD inline Status cover(Ctx& ctx, const Value* a, Value& out) {
  Value args[3] = {a[0], Value{}, Value{}};
  ARC_TRY(mostcolor(ctx, a, args[1]));
  ARC_TRY(toindices(ctx, &a[1], args[2]));
  return fill(ctx, args, out);
}

ARC_HD inline Status move(Ctx& ctx, const Value* a, Value& out) {
  Value args[2];
  ARC_TRY(cover(ctx, a, args[0]));
  ARC_TRY(shift(ctx, a + 1, args[1]));
  return paint(ctx, args, out);
}

// tuple(tuple(f(v) for v in r) for r in grid)
template <class F>
ARC_HD Status map_cells(Ctx& ctx, const Value& grid, F&& f, Value& out) {
  Iter rows;
  ARC_TRY(rows.start(ctx, grid));
  Vec<Value> made;
  for (Value row; rows.next(row);) {
    Iter cells;
    ARC_TRY(cells.start(ctx, row));
    Vec<Value> items;
    for (Value v; cells.next(v);) {
      Value w;
      ARC_TRY(f(v, w));
      ARC_TRY(items.push(ctx, w));
    }
    Value r;
    ARC_TRY(make_tuple(ctx, items.data, items.size, r));
    ARC_TRY(made.push(ctx, r));
  }
  return make_tuple(ctx, made.data, made.size, out);
}

ARC_HD inline Status replace(Ctx& ctx, const Value* a, Value& out) {
  return map_cells(
      ctx, a[0],
      [&](const Value& v, Value& w) {
        bool same = false;
        ARC_TRY(equal(ctx, v, a[1], same));
        w = same ? a[2] : v;
        return Status::ok;
      },
      out);
}

// v if (v != a and v != b) else {a: b, b: a}[v]: where a == b the one key maps to the second a.
ARC_HD inline Status switch_(Ctx& ctx, const Value* a, Value& out) {
  bool one_key = false;
  ARC_TRY(equal(ctx, a[1], a[2], one_key));
  return map_cells(
      ctx, a[0],
      [&](const Value& v, Value& w) {
        bool is_a = false;
        bool is_b = false;
        ARC_TRY(equal(ctx, v, a[1], is_a));
        ARC_TRY(equal(ctx, v, a[2], is_b));
        w = !is_a && !is_b ? v : one_key ? a[1] : is_a ? a[2] : a[1];
        return Status::ok;
      },
      out);
}

ARC_HD inline Status cellwise(Ctx& ctx, const Value* a, Value& out) {
  i64 h = 0;
  i64 w = 0;
  ARC_TRY(grids::dimensions_of(ctx, a[0], h, w));
  Vec<Value> made;
  for (i64 i = 0; i < h; ++i) {
    Vec<Value> items;
    for (i64 j = 0; j < w; ++j) {
      Value row;
      Value x;
      Value y;
      ARC_TRY(py_getitem(ctx, a[0], i, row));
      ARC_TRY(py_getitem(ctx, row, j, x));
      ARC_TRY(py_getitem(ctx, a[1], i, row));
      ARC_TRY(py_getitem(ctx, row, j, y));
      bool same = false;
      ARC_TRY(equal(ctx, x, y, same));
      ARC_TRY(items.push(ctx, same ? x : a[2]));
    }
    Value r;
    ARC_TRY(make_tuple(ctx, items.data, items.size, r));
    ARC_TRY(made.push(ctx, r));
  }
  return make_tuple(ctx, made.data, made.size, out);
}

ARC_HD inline Status index(Ctx& ctx, const Value* a, Value& out) {
  Value i;
  Value j;
  i64 h = 0;
  i64 w = 0;
  ARC_TRY(py_unpack2(ctx, a[1], i, j));
  ARC_TRY(grids::dimensions_of(ctx, a[0], h, w));
  bool in = false;
  ARC_TRY(grids::within(i, j, h, w, in));
  if (!in) {
    out = Value::none();
    return Status::ok;
  }
  // The location is indexed here, where it was unpacked before: a set fails now.
  Value row;
  ARC_TRY(py_getitem(ctx, a[1], 0, i));
  ARC_TRY(py_getitem(ctx, a[0], i, row));
  ARC_TRY(py_getitem(ctx, a[1], 1, j));
  return py_getitem(ctx, row, j, out);
}

ARC_HD inline Status canvas(Ctx& ctx, const Value* a, Value& out) {
  Value v;
  i64 h = 0;
  i64 w = 0;
  ARC_TRY(py_getitem(ctx, a[1], 0, v));
  ARC_TRY(py_index(v, h));
  if (h <= 0) return make_empty_tuple(ctx, out);
  ARC_TRY(py_getitem(ctx, a[1], 1, v));
  ARC_TRY(py_index(v, w));
  w = max_of<i64>(w, 0);
  const u64 cells = saturating_mul(static_cast<u64>(h), static_cast<u64>(w) + 1);
  ARC_TRY(ctx.charge(cells));
  ARC_TRY(grids::check_weight(ctx, cells));
  Vec<Value> items;
  ARC_TRY(items.reserve(ctx, static_cast<u64>(w)));
  for (i64 j = 0; j < w; ++j) items.data[j] = a[0];
  Value row;
  ARC_TRY(make_tuple(ctx, items.data, static_cast<u64>(w), row));
  Vec<Value> rows;
  ARC_TRY(rows.reserve(ctx, static_cast<u64>(h)));
  for (i64 i = 0; i < h; ++i) rows.data[i] = row;
  return make_tuple(ctx, rows.data, static_cast<u64>(h), out);
}

// ---- grids as sets ----------------------------------------------------------------------------

ARC_HD inline Status asindices(Ctx& ctx, const Value* a, Value& out) {
  i64 h = 0;
  ARC_TRY(py_len(a[0], h));
  SetBuilder set;
  ARC_TRY(set.start(ctx));
  for (i64 i = 0; i < h; ++i) {
    Value row;
    i64 w = 0;
    ARC_TRY(py_getitem(ctx, a[0], 0, row));
    ARC_TRY(py_len(row, w));
    if (i == 0) ARC_TRY(ctx.charge(cost::area(static_cast<u64>(h), static_cast<u64>(w))));
    for (i64 j = 0; j < w; ++j) ARC_TRY(set.add_pair(ctx, i, j));
  }
  return set.finish(ctx, out);
}

// Calls f(i, j, v) for every cell of `for i, r in enumerate(grid) for j, v in enumerate(r)`.
template <class F>
ARC_HD Status for_cells(Ctx& ctx, const Value& grid, F&& f) {
  Iter rows;
  ARC_TRY(rows.start(ctx, grid));
  i64 i = 0;
  for (Value row; rows.next(row); ++i) {
    Iter cells;
    ARC_TRY(cells.start(ctx, row));
    i64 j = 0;
    for (Value v; cells.next(v); ++j) ARC_TRY(f(i, j, v));
  }
  return Status::ok;
}

ARC_HD inline Status ofcolor(Ctx& ctx, const Value* a, Value& out) {
  SetBuilder set;
  ARC_TRY(set.start(ctx));
  ARC_TRY(for_cells(ctx, a[0], [&](i64 i, i64 j, const Value& v) {
    bool same = false;
    ARC_TRY(equal(ctx, v, a[1], same));
    return same ? set.add_pair(ctx, i, j) : Status::ok;
  }));
  return set.finish(ctx, out);
}

ARC_HD inline Status asobject(Ctx& ctx, const Value* a, Value& out) {
  SetBuilder set;
  ARC_TRY(set.start(ctx));
  ARC_TRY(for_cells(ctx, a[0], [&](i64 i, i64 j, const Value& v) {
    Value cell;
    ARC_TRY(make_int_pair(ctx, i, j, cell));
    ARC_TRY(make_tuple2(ctx, v, cell, cell));
    return set.add(ctx, cell);
  }));
  return set.finish(ctx, out);
}

ARC_HD inline Status toobject(Ctx& ctx, const Value* a, Value& out) {
  i64 h = 0;
  i64 w = 0;
  ARC_TRY(grids::dimensions_of(ctx, a[1], h, w));
  Value indices;
  ARC_TRY(toindices(ctx, a, indices));
  Iter it;
  ARC_TRY(it.start(ctx, indices));
  SetBuilder set;
  ARC_TRY(set.start(ctx));
  for (Value e; it.next(e);) {
    Value i;
    Value j;
    ARC_TRY(py_unpack2(ctx, e, i, j));
    bool in = false;
    ARC_TRY(grids::within(i, j, h, w, in));
    if (!in) continue;
    Value row;
    Value v;
    Value location;
    ARC_TRY(py_getitem(ctx, a[1], i, row));
    ARC_TRY(py_getitem(ctx, row, j, v));
    ARC_TRY(make_tuple2(ctx, i, j, location));
    ARC_TRY(make_tuple2(ctx, v, location, location));
    ARC_TRY(set.add(ctx, location));
  }
  return set.finish(ctx, out);
}

}  // namespace arcbatch::generic
