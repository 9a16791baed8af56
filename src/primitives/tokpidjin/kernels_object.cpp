// tokpidjin: objects of a grid, their colours and their repetitions.
#include <cmath>

#include "primitives/tokpidjin/cells.h"
#include "primitives/tokpidjin/grids.h"
#include "primitives/tokpidjin/run.h"

namespace arcbatch::tok::kernels {

namespace grids = generic::grids;

namespace {

// Adds (i, j, c) to a table.
Status add_cell(Ctx& ctx, Table& table, i64 i, i64 j, const Value& c) {
  Value cell;
  ARC_TRY(make_tuple3(ctx, Value::integer(i), Value::integer(j), c, cell));
  return table_add(ctx, table, cell);
}

}  // namespace

// ---- objects ----------------------------------------------------------------------------------

namespace {

// Whether some cell of a grid is a float, which need not equal itself.
Status holds_float(Ctx& ctx, const Value& grid, bool& out) {
  out = false;
  if (grid.tag != Tag::tuple) return Status::ok;
  Iter rows;
  ARC_TRY(rows.start_unordered(ctx, grid));
  for (Value row; rows.next(row);) {
    if (row.tag != Tag::tuple) continue;
    for (u32 k = 0; k < row.tuple->len; ++k) {
      out = out || row.tuple->items()[k].tag == Tag::real;
    }
  }
  return Status::ok;
}

// One object of a grid with floats, from `start` on, as the reference walks it.
Status walk_object(Run& run, const grids::Row* rows, i64 h, i64 w, const Value& start,
                   bool univalued, Fn around, const Value& background, Table& occupied,
                   Value& out) {
  Ctx& ctx = run.ctx;
  Value val;
  SetBuilder object;
  Table cands;
  ARC_TRY(grids::cell_at(rows, start.p.a, start.p.b, val));
  ARC_TRY(object.start(ctx));
  ARC_TRY(add_cell(ctx, object.table, start.p.a, start.p.b, val));
  ARC_TRY(table_init(ctx, cands));
  ARC_TRY(table_add(ctx, cands, start));
  while (cands.used > 0) {
    Table neighborhood;
    ARC_TRY(table_init(ctx, neighborhood));
    for (u64 slot = 0; slot <= cands.mask; ++slot) {
      if (!is_active(cands.entries[slot])) continue;
      const Value cand = cands.entries[slot].key;
      Value v;
      bool same = false;
      ARC_TRY(grids::cell_at(rows, cand.p.a, cand.p.b, v));
      ARC_TRY(equal_operator(ctx, v, univalued ? val : background, same));
      if (same != univalued) continue;
      ARC_TRY(add_cell(ctx, object.table, cand.p.a, cand.p.b, v));
      ARC_TRY(table_add(ctx, occupied, cand));
      Value beside;
      Items places;
      SetBuilder inside;
      ARC_TRY(inner(run, around, beside, cand));
      ARC_TRY(items_of(ctx, beside, places));
      ARC_TRY(inside.start(ctx));
      for (u32 k = 0; k < places.n; ++k) {
        const Location at = places.data[k].p;
        if (at.a < 0 || at.a >= h || at.b < 0 || at.b >= w) continue;
        ARC_TRY(inside.add(ctx, places.data[k]));
      }
      ARC_TRY(table_merge(ctx, neighborhood, inside.table));
    }
    ARC_TRY(table_difference(ctx, cands, neighborhood, occupied));
  }
  return object.finish_copy(ctx, out);
}

Status objects_of_floats(Run& run, const Value* a, const Value& background, Value& out) {
  Ctx& ctx = run.ctx;
  i64 h = 0;
  i64 w = 0;
  ARC_TRY(grids::dimensions_of(ctx, a[0], h, w));
  ARC_TRY(ctx.charge(cost::objects(static_cast<u64>(h), static_cast<u64>(w))));
  grids::Row* rows = nullptr;
  ARC_TRY(grids::index_rows(ctx, a[0], rows));
  Table unvisited;
  Table occupied;
  SetBuilder objects;
  ARC_TRY(table_init(ctx, unvisited));
  ARC_TRY(table_init(ctx, occupied));
  ARC_TRY(objects.start(ctx));
  for (i32 i = 0; i < h; ++i) {
    for (i32 j = 0; j < w; ++j) ARC_TRY(table_add(ctx, unvisited, Value::pair(i, j)));
  }
  const Fn around = py_truth(a[2]) ? Fn::neighbors : Fn::dneighbors;
  for (u64 slot = 0; slot <= unvisited.mask; ++slot) {
    if (!is_active(unvisited.entries[slot])) continue;
    const Entry& start = unvisited.entries[slot];
    Value val;
    Value object;
    bool skip = false;
    ARC_TRY(table_contains(ctx, occupied, start.key, start.hash, skip));
    if (skip) continue;
    ARC_TRY(grids::cell_at(rows, start.key.p.a, start.key.p.b, val));
    ARC_TRY(equal_operator(ctx, val, background, skip));
    if (skip) continue;
    ARC_TRY(walk_object(run, rows, h, w, start.key, py_truth(a[1]), around, background, occupied,
                        object));
    ARC_TRY(objects.add(ctx, object));
  }
  return objects.finish_copy(ctx, out);
}

}  // namespace

Status objects(Run& run, const Value* a, Value& out) {
  Ctx& ctx = run.ctx;
  if (is_empty_tuple(a[0])) return make_empty_set(ctx, out);
  Value background = Value::none();
  if (py_truth(a[3])) ARC_TRY(inner(run, Fn::mostcolor_t, background, a[0]));
  GridObj* grid = nullptr;
  ARC_TRY(as_grid(ctx, a[0], grid));
  if (grid != nullptr && (background.tag == Tag::none || is_byte(background))) {
    ARC_TRY(ctx.charge(cost::objects(grid->h, grid->w)));
    const i32 none = background.tag == Tag::none ? INT32_MAX : static_cast<i32>(background.i);
    return objects_of_grid(ctx, *grid, py_truth(a[1]), py_truth(a[2]), none, out);
  }
  bool floats = false;
  ARC_TRY(holds_float(ctx, a[0], floats));
  if (floats) return objects_of_floats(run, a, background, out);
  // asindices() is a call of its own, which raises where len() does here.
  return generic::objects_over<generic::object_parts::ColorLast>(ctx, a[0], py_truth(a[1]),
                                                                 py_truth(a[2]), background, out);
}

Status o_g(Run& run, const Value* a, Value& out) {
  for (i64 k = 0; k < 8; ++k) {
    bool same = false;
    ARC_TRY(is(run.ctx, a[1], k, same));
    if (!same) continue;
    return inner(run, Fn::objects, out, a[0], Value::boolean((k & 4) != 0),
                 Value::boolean((k & 2) != 0), Value::boolean((k & 1) != 0));
  }
  return nothing(out);
}

namespace {

// One object per value of `colors`, in its order: the cells of the grid with that value.
Status partition_by(Run& run, const Value& grid, const Value& colors, Value& out) {
  Ctx& ctx = run.ctx;
  ARC_TRY(ctx.charge(cost::partition(len_of(colors), weight_of(grid))));
  Items values;
  ARC_TRY(items_of(ctx, colors, values));
  SetBuilder objects;
  ARC_TRY(objects.start(ctx));
  grids::Row* rows = nullptr;
  u32 count = 0;
  if (values.n > 0) ARC_TRY(grids::list_rows(ctx, grid, rows, count));
  for (u32 k = 0; k < values.n; ++k) {
    SetBuilder object;
    ARC_TRY(object.start(ctx));
    for (u32 i = 0; i < count; ++i) {
      for (u32 j = 0; j < rows[i].len; ++j) {
        bool same = false;
        ARC_TRY(equal_operator(ctx, rows[i].items[j], values.data[k], same));
        if (same) ARC_TRY(add_cell(ctx, object.table, i, j, rows[i].items[j]));
      }
    }
    Value made;
    ARC_TRY(object.finish(ctx, made));
    ARC_TRY(objects.add(ctx, made));
  }
  return objects.finish(ctx, out);
}

}  // namespace

Status partition(Run& run, const Value* a, Value& out) {
  Value colors;
  ARC_TRY(inner(run, Fn::palette_t, colors, a[0]));
  return partition_by(run, a[0], colors, out);
}

Status fgpartition(Run& run, const Value* a, Value& out) {
  Ctx& ctx = run.ctx;
  Value colors;
  Value background;
  ARC_TRY(inner(run, Fn::palette_t, colors, a[0]));
  ARC_TRY(inner(run, Fn::mostcolor_t, background, a[0]));
  Table single;
  Table rest;
  ARC_TRY(table_init(ctx, single));
  ARC_TRY(table_add(ctx, single, background));
  ARC_TRY(force_order(ctx, colors.set));
  ARC_TRY(table_difference(ctx, rest, *colors.set->table, single));
  ARC_TRY(make_set(ctx, rest, colors));
  return partition_by(run, a[0], colors, out);
}

Status colorfilter(Run& run, const Value* a, Value& out) {
  Items objects;
  ARC_TRY(items_of(run.ctx, a[0], objects));
  SetBuilder set;
  ARC_TRY(set.start(run.ctx));
  for (u32 k = 0; k < objects.n; ++k) {
    Value cell;
    Value color;
    bool same = false;
    i32 own = 0;
    if (later::one_color(objects.data[k], own)) {
      color = Value::integer(own);
    } else {
      ARC_TRY(py_first(run.ctx, objects.data[k], cell));
      ARC_TRY(py_getitem(run.ctx, cell, 2, color));
    }
    ARC_TRY(equal_operator(run.ctx, color, a[1], same));
    if (same) ARC_TRY(set.add(run.ctx, objects.data[k]));
  }
  return set.finish(run.ctx, out);
}

Status color(Run& run, const Value* a, Value& out) {
  Value head;
  i32 same = 0;
  if (later::one_color(a[0], same)) {
    out = Value::integer(same);
    return Status::ok;
  }
  const Status status = py_first(run.ctx, a[0], head);
  if (status == Status::stop_iteration) return make_real(run.ctx, -HUGE_VAL, out);
  ARC_TRY(status);
  if (!head.is_tuple()) return make_real(run.ctx, -HUGE_VAL, out);
  return py_getitem(run.ctx, head, 2, out);
}

Status recolor_i(Run& run, const Value* a, Value& out) {
  Value indices;
  ARC_TRY(inner(run, Fn::toindices_i, indices, a[1]));
  return colored(run.ctx, indices, a[0], out);
}

Status recolor_o(Run& run, const Value* a, Value& out) {
  Value indices;
  ARC_TRY(inner(run, Fn::toindices_o, indices, a[1]));
  return colored(run.ctx, indices, a[0], out);
}

Status f_ofcolor(Run& run, const Value* a, Value& out) {
  Ctx& ctx = run.ctx;
  GridObj* grid = nullptr;
  ARC_TRY(as_grid(ctx, a[0], grid));
  if (grid != nullptr && a[1].is_int()) {
    const i8* cell = grid->cells();
    if (ctx.orders_later) {
      u32 n = 0;
      for (u32 k = 0; k < grid->h * grid->w; ++k) n += cell[k] == a[1].i ? 1 : 0;
      if (n == 0) return make_empty_set(ctx, out);
      Value* list = ctx.make<Value>(n);
      ARC_ALLOC(list);
      n = 0;
      for (i32 i = 0; i < static_cast<i32>(grid->h); ++i) {
        for (i32 j = 0; j < static_cast<i32>(grid->w); ++j) {
          if (*cell++ == a[1].i) list[n++] = Value::pair(i, j);
        }
      }
      return later::make_listed(ctx, list, n, true, out);
    }
    SetBuilder found;
    ARC_TRY(found.start(ctx));
    for (u32 i = 0; i < grid->h; ++i) {
      for (u32 j = 0; j < grid->w; ++j) {
        if (*cell++ == a[1].i) ARC_TRY(found.add_pair(ctx, i, j));
      }
    }
    return found.finish(ctx, out);
  }
  Items rows;
  ARC_TRY(items_of(ctx, a[0], rows));
  SetBuilder set;
  ARC_TRY(set.start(ctx));
  for (u32 i = 0; i < rows.n; ++i) {
    Items row;
    ARC_TRY(items_of(ctx, rows.data[i], row));
    for (u32 j = 0; j < row.n; ++j) {
      bool same = false;
      ARC_TRY(equal_operator(ctx, row.data[j], a[1], same));
      if (same) ARC_TRY(set.add_pair(ctx, i, j));
    }
  }
  return set.finish(ctx, out);
}

Status asobject(Run& run, const Value* a, Value& out) {
  Ctx& ctx = run.ctx;
  Value no_grid;
  ARC_TRY(inner(run, Fn::is_no_grid, no_grid, a[0]));
  if (py_truth(no_grid)) return make_empty_set(ctx, out);
  Items rows;
  ARC_TRY(items_of(ctx, a[0], rows));
  SetBuilder set;
  ARC_TRY(set.start(ctx));
  for (u32 i = 0; i < rows.n; ++i) {
    Items row;
    ARC_TRY(items_of(ctx, rows.data[i], row));
    for (u32 j = 0; j < row.n; ++j) ARC_TRY(add_cell(ctx, set.table, i, j, row.data[j]));
  }
  return set.finish(ctx, out);
}

Status toobject(Run& run, const Value* a, Value& out) {
  Ctx& ctx = run.ctx;
  i64 h = 0;
  i64 w = 0;
  Value indices;
  ARC_TRY(grids::dimensions_of(ctx, a[1], h, w));
  ARC_TRY(inner(run, Fn::toindices, indices, a[0]));
  Iter it;
  ARC_TRY(it.start(ctx, indices));
  SetBuilder set;
  ARC_TRY(set.start(ctx));
  for (Value e; it.next(e);) {
    Value ij[2];
    const i64 ends[2] = {h, w};
    bool in = true;
    ARC_TRY(py_unpack2(ctx, e, ij[0], ij[1]));
    for (u32 k = 0; k < 2 && in; ++k) {
      ARC_TRY(compare(ctx, Cmp::le, Value::integer(0), ij[k], in));
      if (in) ARC_TRY(compare(ctx, Cmp::lt, ij[k], Value::integer(ends[k]), in));
    }
    if (!in) continue;
    Value row;
    Value c;
    Value cell;
    ARC_TRY(py_getitem(ctx, a[1], ij[0], row));
    ARC_TRY(py_getitem(ctx, row, ij[1], c));
    ARC_TRY(make_tuple3(ctx, ij[0], ij[1], c, cell));
    ARC_TRY(set.add(ctx, cell));
  }
  return set.finish(ctx, out);
}

Status upscale_f(Run& run, const Value* a, Value& out) {
  Ctx& ctx = run.ctx;
  i64 len = 0;
  ARC_TRY(py_len(a[0], len));
  if (len == 0) return make_empty_set(ctx, out);
  Value corner;
  Value inverse[2];
  Value by[2];
  Value offset;
  Value normed;
  ARC_TRY(inner(run, Fn::ulcorner, corner, a[0]));
  ARC_TRY(py_unpack2(ctx, corner, inverse[0], inverse[1]));
  for (u32 k = 0; k < 2; ++k) ARC_TRY(op_neg(ctx, inverse[k], by[k]));
  ARC_TRY(make_tuple(ctx, by, 2, offset));
  ARC_TRY(inner(run, Fn::shift, normed, a[0], offset));
  ARC_TRY(generic::charge_scaling(ctx, a[0], a[1], 2));
  Iter it;
  ARC_TRY(it.start(ctx, normed));
  SetBuilder set;
  ARC_TRY(set.start(ctx));
  for (Value e; it.next(e);) {
    Value at[2];
    Value c;
    i64 n = 0;
    ARC_TRY(unpack3(ctx, e, at[0], at[1], c));
    ARC_TRY(py_index(a[1], n));
    for (i64 k = 0; n > 0 && k < n * n; ++k) {
      Value x;
      Value y;
      Value cell;
      ARC_TRY(op_mul(ctx, at[0], a[1], x));
      ARC_TRY(add_int(ctx, x, k / n, x));
      ARC_TRY(op_mul(ctx, at[1], a[1], y));
      ARC_TRY(add_int(ctx, y, k % n, y));
      ARC_TRY(make_tuple3(ctx, x, y, c, cell));
      ARC_TRY(set.add(ctx, cell));
    }
  }
  Value grown;
  ARC_TRY(set.finish_copy(ctx, grown));
  ARC_TRY(make_tuple(ctx, inverse, 2, offset));
  return inner(run, Fn::shift, out, grown, offset);
}

// ---- repetition -------------------------------------------------------------------------------

namespace {

struct Cell {
  i64 i = 0;
  i64 j = 0;
  Value c;
};

// The cells of a patch of exact ints; false where it has anything else.
Status plain_cells(Ctx& ctx, const Value& patch, Vec<Cell>& out, bool& plain) {
  plain = false;
  Iter it;
  ARC_TRY(it.start(ctx, patch));
  for (Value e; it.next(e);) {
    if (!e.is_tuple() || len_of(e) != 3) return Status::ok;
    Cell cell;
    Value i;
    Value j;
    ARC_TRY(unpack3(ctx, e, i, j, cell.c));
    if (!i.is_int() || !j.is_int()) return Status::ok;
    cell.i = i.i;
    cell.j = j.i;
    ARC_TRY(out.push(ctx, cell));
  }
  plain = true;
  return Status::ok;
}

// all(0 <= a < h and 0 <= b < w and grid[a][b] == v for a, b, v in shift(normed, (i, j)))
Status occurs_in_order(Run& run, const grids::Row* rows, i64 h, i64 w, const Value& normed, i64 i,
                       i64 j, bool& out) {
  Ctx& ctx = run.ctx;
  Value by;
  Value shifted;
  ARC_TRY(make_int_pair(ctx, i, j, by));
  ARC_TRY(inner(run, Fn::shift, shifted, normed, by));
  Iter it;
  ARC_TRY(it.start(ctx, shifted));
  out = true;
  for (Value e; out && it.next(e);) {
    Value at[2];
    Value c;
    Value v;
    const i64 ends[2] = {h, w};
    ARC_TRY(unpack3(ctx, e, at[0], at[1], c));
    for (u32 k = 0; k < 2 && out; ++k) {
      ARC_TRY(compare(ctx, Cmp::le, Value::integer(0), at[k], out));
      if (out) ARC_TRY(compare(ctx, Cmp::lt, at[k], Value::integer(ends[k]), out));
    }
    if (!out) break;
    if (!at[0].is_int() || !at[1].is_int()) return Status::type_error;
    ARC_TRY(grids::cell_at(rows, at[0].i, at[1].i, v));
    ARC_TRY(equal_operator(ctx, v, c, out));
  }
  return Status::ok;
}

}  // namespace

Status occurrences(Run& run, const Value* a, Value& out) {
  Ctx& ctx = run.ctx;
  Value normed;
  Value dims;
  Value size[2];
  i64 h = 0;
  i64 w = 0;
  i64 ends[2] = {0, 0};
  ARC_TRY(inner(run, Fn::normalize, normed, a[1]));
  ARC_TRY(grids::dimensions_of(ctx, a[0], h, w));
  ARC_TRY(inner(run, Fn::shape_f, dims, a[1]));
  ARC_TRY(py_unpack2(ctx, dims, size[0], size[1]));
  for (u32 k = 0; k < 2; ++k) {
    Value end;
    ARC_TRY(op_sub(ctx, Value::integer(k == 0 ? h : w), size[k], end));
    ARC_TRY(add_int(ctx, end, 1, end));
    ARC_TRY(py_index(end, ends[k]));
  }
  if (ends[0] <= 0 || ends[1] <= 0) return make_empty_set(ctx, out);
  ARC_TRY(ctx.charge(
      cost::occurrences(static_cast<u64>(ends[0]), static_cast<u64>(ends[1]), len_of(a[1]))));
  grids::Row* rows = nullptr;
  ARC_TRY(grids::index_rows(ctx, a[0], rows));
  bool regular = true;
  for (i64 i = 0; i < h; ++i) regular = regular && rows[i].indexable && rows[i].len >= w;
  Vec<Cell> cells;
  if (regular) ARC_TRY(plain_cells(ctx, normed, cells, regular));
  SetBuilder set;
  ARC_TRY(set.start(ctx));
  for (i64 i = 0; i < ends[0]; ++i) {
    for (i64 j = 0; j < ends[1]; ++j) {
      bool occurs = true;
      if (!regular) ARC_TRY(occurs_in_order(run, rows, h, w, normed, i, j, occurs));
      for (u32 k = 0; regular && occurs && k < cells.size; ++k) {
        const Cell& cell = cells.data[k];
        const i64 x = cell.i + i;
        const i64 y = cell.j + j;
        occurs = x >= 0 && x < h && y >= 0 && y < w;
        if (occurs) ARC_TRY(equal_operator(ctx, rows[x].items[y], cell.c, occurs));
      }
      if (occurs) ARC_TRY(set.add_pair(ctx, i, j));
    }
  }
  return set.finish_copy(ctx, out);
}

Status frontiers(Run& run, const Value* a, Value& out) {
  Ctx& ctx = run.ctx;
  i64 size[2] = {0, 0};
  ARC_TRY(grids::dimensions_of(ctx, a[0], size[0], size[1]));
  ARC_TRY(ctx.charge(cost::frontiers(static_cast<u64>(size[0]), static_cast<u64>(size[1]))));
  Value turned;
  bool* uniform[2] = {nullptr, nullptr};
  u32 counts[2] = {0, 0};
  ARC_TRY(grids::uniform_items(ctx, a[0], uniform[0], counts[0]));
  ARC_TRY(inner(run, Fn::dmirror_t, turned, a[0]));
  ARC_TRY(grids::uniform_items(ctx, turned, uniform[1], counts[1]));
  grids::Row* rows = nullptr;
  ARC_TRY(grids::index_rows(ctx, a[0], rows));
  Table made[2];  // of rows, of columns
  for (u32 side = 0; side < 2; ++side) {
    Table lines;
    ARC_TRY(table_init(ctx, lines));
    for (u32 n = 0; n < counts[side]; ++n) {
      if (!uniform[side][n]) continue;
      SetBuilder line;
      ARC_TRY(line.start(ctx));
      for (i64 k = 0; k < size[1 - side]; ++k) {
        const i64 i = side == 0 ? n : k;
        const i64 j = side == 0 ? k : n;
        Value v;
        ARC_TRY(grids::cell_at(rows, i, j, v));
        ARC_TRY(add_cell(ctx, line.table, i, j, v));
      }
      Value object;
      ARC_TRY(line.finish_copy(ctx, object));
      ARC_TRY(table_add(ctx, lines, object));
    }
    ARC_TRY(table_copy(ctx, made[side], lines));
  }
  Table both;
  ARC_TRY(table_union(ctx, both, made[0], made[1]));
  return make_set(ctx, both, out);
}

namespace {

// The least p in range(1, extent) by which the object, moved up (axis 0) or left (axis 1), is
// within itself but for what left the first row or column; else the extent.
Status period(Run& run, const Value& object, u32 axis, Value& out) {
  Ctx& ctx = run.ctx;
  Value normed;
  i64 extent = 0;
  ARC_TRY(inner(run, Fn::normalize, normed, object));
  ARC_TRY(inner(run, axis == 0 ? Fn::height_f : Fn::width_f, out, normed));
  ARC_TRY(py_index(out, extent));
  ARC_TRY(ctx.charge(cost::period(len_of(object), extent > 0 ? static_cast<u64>(extent) : 0)));
  for (i64 p = 1; p < extent; ++p) {
    Value by;
    Value moved;
    ARC_TRY(axis == 0 ? make_int_pair(ctx, -p, 0, by) : make_int_pair(ctx, 0, -p, by));
    ARC_TRY(inner(run, Fn::shift, moved, normed, by));
    Items cells;
    ARC_TRY(items_of(ctx, moved, cells));
    Vec<Value> pruned;
    for (u32 k = 0; k < cells.n; ++k) {
      Value at[2];
      Value c;
      Value cell;
      bool stays = false;
      ARC_TRY(unpack3(ctx, cells.data[k], at[0], at[1], c));
      ARC_TRY(compare(ctx, Cmp::ge, at[axis], Value::integer(0), stays));
      if (!stays) continue;
      ARC_TRY(make_tuple3(ctx, at[0], at[1], c, cell));
      ARC_TRY(pruned.push(ctx, cell));
    }
    bool subset = true;
    for (u32 k = 0; k < pruned.size && subset; ++k) {
      ARC_TRY(py_contains(ctx, pruned.data[k], normed, subset));
    }
    if (subset) {
      out = Value::integer(p);
      return Status::ok;
    }
  }
  return Status::ok;
}

}  // namespace

Status hperiod(Run& run, const Value* a, Value& out) { return period(run, a[0], 1, out); }
Status vperiod(Run& run, const Value* a, Value& out) { return period(run, a[0], 0, out); }

}  // namespace arcbatch::tok::kernels
