// Generic kernels of the object family: objects and partitions of grids, filters, repetition.
#pragma once

#include "primitives/cost.h"
#include "primitives/kernels/generic_decl.h"
#include "primitives/kernels/generic_grid_base.h"
#include "primitives/kernels/location_set.h"

namespace arcbatch::generic {

namespace object_parts {

// Adds (v, (i, j)) to a table.
ARC_HD inline Status add_cell(Ctx& ctx, Table& table, const Value& v, i64 i, i64 j) {
  Value key;
  ARC_TRY(make_tuple2(ctx, v, Value::pair(static_cast<i32>(i), static_cast<i32>(j)), key));
  return table_add(ctx, table, key);
}

// frozenset(set), added to another set.
ARC_HD inline Status add_copy(Ctx& ctx, Table& sets, const Table& table) {
  Table copy;
  ARC_TRY(table_copy(ctx, copy, table));
  Value made;
  ARC_TRY(make_set(ctx, copy, made));
  return table_add(ctx, sets, made);
}

// How a dialect writes a cell: its tuple, and that tuple's hash.
struct ColorFirst {  // (v, (i, j))
  ARC_HD static Status make(Ctx& ctx, const Value& v, LocationNumbers::Location at, Value& out) {
    return make_tuple2(ctx, v, Value::pair(at.i, at.j), out);
  }
  ARC_HD static Status hash(Ctx& ctx, const Value& v, LocationNumbers::Location, i64 location_hash,
                            i64& out) {
    TupleHash hash;
    ARC_TRY(hash_value(ctx, v, out));
    hash.add(out);
    hash.add(location_hash);
    out = hash.finish(2);
    return Status::ok;
  }
};
struct ColorLast {  // (i, j, v)
  ARC_HD static Status make(Ctx& ctx, const Value& v, LocationNumbers::Location at, Value& out) {
    if (v.tag == Tag::integer && fits_i32(v.i)) {
      out = Value::triple(at.i, at.j, static_cast<i32>(v.i));
      return Status::ok;
    }
    const Value items[3] = {Value::integer(at.i), Value::integer(at.j), v};
    return make_tuple(ctx, items, 3, out);
  }
  ARC_HD static Status hash(Ctx& ctx, const Value& v, LocationNumbers::Location at, i64, i64& out) {
    TupleHash hash;
    ARC_TRY(hash_value(ctx, v, out));
    hash.add(hash_int(at.i));
    hash.add(hash_int(at.j));
    hash.add(out);
    out = hash.finish(3);
    return Status::ok;
  }
};

// grid[i][j] for i and j of at least 0, i in range: of bytes where the grid is of them, since a
// large one would be many times its size as values.
struct CellReader {
  const grids::Row* rows = nullptr;
  const i8* bytes = nullptr;
  i64 w = 0;

  ARC_HD Status start(Ctx& ctx, const Value& grid) {
    GridObj* g = nullptr;
    ARC_TRY(as_grid(ctx, grid, g));
    if (g != nullptr) {
      bytes = g->cells();
      w = g->w;
      return Status::ok;
    }
    grids::Row* made = nullptr;
    ARC_TRY(grids::index_rows(ctx, grid, made));
    rows = made;
    return Status::ok;
  }
  ARC_HD Status at(i64 i, i64 j, Value& out) const {
    if (bytes == nullptr) return grids::cell_at(rows, i, j, out);
    out = Value::integer(bytes[i * w + j]);
    return Status::ok;
  }
  // Whether the cell is an int other than `bg`, or something to be looked at when it is its turn.
  ARC_HD bool may_start(i64 i, i64 j, const Value& bg) const {
    if (bg.tag != Tag::integer) return true;
    Value v;
    if (at(i, j, v) != Status::ok) return true;
    return v.tag != Tag::integer || v.i != bg.i;
  }
};

// frozenset() of the cells at the locations with these numbers, whose hashes are `hashes`.
template <class Form>
ARC_HD Status freeze_cells(Ctx& ctx, const LocationNumbers& numbers, const i64* hashes,
                           const CellReader& cells, const LocationSet& obj, Value& out) {
  Table table;
  u8 flags = 0;
  ARC_TRY(obj.freeze(
      ctx, hashes,
      [&](u32 number, Value& key) {
        const LocationNumbers::Location at = numbers.locations[number];
        Value v;
        ARC_TRY(cells.at(at.i, at.j, v));
        flags = static_cast<u8>(flags | flags_of(v));
        return Form::make(ctx, v, at, key);
      },
      table));
  table.flags = flags;
  return make_set(ctx, table, out);
}

}  // namespace object_parts

// ---- objects of a grid ------------------------------------------------------------------------

// The objects of a grid over a background (None for none), their cells in the form of a dialect.
template <class Form>
ARC_HD Status objects_over(Ctx& ctx, const Value& grid, bool univalued, bool diagonal,
                           const Value& bg, Value& out) {
  i64 h = 0;
  i64 w = 0;
  ARC_TRY(grids::dimensions_of(ctx, grid, h, w));
  ARC_TRY(ctx.charge(cost::objects(static_cast<u64>(h), static_cast<u64>(w))));
  object_parts::CellReader cells;
  ARC_TRY(cells.start(ctx, grid));
  LocationNumbers numbers;
  ARC_TRY(numbers.start(ctx, h, w));
  // Of `occupied` only the members and their number can be seen.
  bool* occupied = ctx.make<bool>(numbers.count);
  // Where an object can start, read beforehand: the turn in which the starts are tried jumps about
  // in the grid, and of a large one most are background.
  bool* is_start = ctx.make<bool>(numbers.count);
  i64* cell_hashes = ctx.make<i64>(numbers.count);
  ARC_ALLOC(occupied);
  ARC_ALLOC(is_start);
  ARC_ALLOC(cell_hashes);
  for (u32 k = 0; k < numbers.count; ++k) occupied[k] = false;
  u32 occupied_used = 0;
  LocationSet unvisited;
  LocationSet obj;
  LocationSet cands;
  LocationSet neighborhood;
  SetBuilder objs;
  ARC_TRY(objs.start(ctx));
  ARC_TRY(unvisited.clear(ctx));
  constexpr u32 kAhead = 16;
  for (u32 i = 0; i < h; ++i) {
    for (u32 j = 0; j < w; ++j) {
      const u32 number = numbers.at(i, j);
      // In a large table each slot is a miss of the cache. Numbers of a row follow each other.
      if (j + kAhead < w) unvisited.prefetch_slot(numbers.hashes[number + kAhead]);
      ARC_TRY(unvisited.add(ctx, numbers.hashes, number));
      is_start[number] = cells.may_start(i, j, bg);
    }
  }
  for (u64 slot = 0; slot <= unvisited.mask; ++slot) {
    if (slot + kAhead <= unvisited.mask) {  // a set without dummies
      LocationSet::prefetch(is_start + unvisited.slots[slot + kAhead]);
    }
    const u32 start = unvisited.slots[slot];
    if (!LocationSet::active(start) || !is_start[start] || occupied[start]) continue;
    Value val;
    bool skip = false;
    const LocationNumbers::Location at = numbers.locations[start];
    ARC_TRY(cells.at(at.i, at.j, val));
    ARC_TRY(equal(ctx, val, bg, skip));
    if (skip) continue;
    ARC_TRY(obj.clear(ctx));
    ARC_TRY(cands.clear(ctx));
    ARC_TRY(cands.add(ctx, numbers.hashes, start));
    // The object starts as {(val, start)}, which the first round adds too.
    while (cands.used > 0) {
      ARC_TRY(neighborhood.clear(ctx));
      for (u64 k = 0; k <= cands.mask; ++k) {
        const u32 cand = cands.slots[k];
        if (!LocationSet::active(cand)) continue;
        const LocationNumbers::Location loc = numbers.locations[cand];
        Value v;
        bool same = false;
        ARC_TRY(cells.at(loc.i, loc.j, v));
        ARC_TRY(equal(ctx, v, univalued ? val : bg, same));
        if (same != univalued) continue;
        ARC_TRY(Form::hash(ctx, v, loc, numbers.hashes[cand], cell_hashes[cand]));
        ARC_TRY(obj.add(ctx, cell_hashes, cand));
        if (!occupied[cand]) ++occupied_used;
        occupied[cand] = true;
        ARC_TRY(merge_neighbors(ctx, numbers, cand, diagonal, h, w, neighborhood));
      }
      ARC_TRY(cands.difference(ctx, numbers.hashes, neighborhood, occupied, occupied_used));
    }
    ARC_TRY(neighborhood.copy(ctx, cell_hashes, obj));
    Value made;
    ARC_TRY(object_parts::freeze_cells<Form>(ctx, numbers, cell_hashes, cells, neighborhood, made));
    ARC_TRY(objs.add(ctx, made));
  }
  return objs.finish_copy(ctx, out);
}

ARC_HD inline Status objects(Ctx& ctx, const Value* a, Value& out) {
  Value bg = Value::none();
  if (py_truth(a[3])) ARC_TRY(mostcolor(ctx, a, bg));
  return objects_over<object_parts::ColorFirst>(ctx, a[0], py_truth(a[1]), py_truth(a[2]), bg, out);
}

// One object per value of `colors`, in its order: the cells of the grid with that value.
ARC_HD inline Status partition_by(Ctx& ctx, const Value& grid, const Value& colors, Value& out) {
  Iter it;
  ARC_TRY(it.start(ctx, colors));
  SetBuilder objs;
  ARC_TRY(objs.start(ctx));
  grids::Row* rows = nullptr;
  u32 count = 0;
  for (Value value; it.next(value);) {
    if (rows == nullptr) ARC_TRY(grids::list_rows(ctx, grid, rows, count));
    SetBuilder obj;
    ARC_TRY(obj.start(ctx));
    for (u32 i = 0; i < count; ++i) {
      for (u32 j = 0; j < rows[i].len; ++j) {
        const Value& v = rows[i].items[j];
        bool same = false;
        ARC_TRY(equal(ctx, v, value, same));
        if (same) ARC_TRY(object_parts::add_cell(ctx, obj.table, v, i, j));
      }
    }
    Value made;
    ARC_TRY(obj.finish(ctx, made));
    ARC_TRY(objs.add(ctx, made));
  }
  return objs.finish(ctx, out);
}

ARC_HD inline Status partition(Ctx& ctx, const Value* a, Value& out) {
  Value colors;
  ARC_TRY(palette(ctx, a, colors));
  ARC_TRY(ctx.charge(cost::partition(len_of(colors), weight_of(a[0]))));
  return partition_by(ctx, a[0], colors, out);
}

ARC_HD inline Status fgpartition(Ctx& ctx, const Value* a, Value& out) {
  Value colors;
  Value bg;
  ARC_TRY(palette(ctx, a, colors));
  ARC_TRY(mostcolor(ctx, a, bg));
  ARC_TRY(ctx.charge(cost::partition(len_of(colors), weight_of(a[0]))));
  Table single;
  Table rest;
  ARC_TRY(table_init(ctx, single));
  ARC_TRY(table_add(ctx, single, bg));
  ARC_TRY(force_order(ctx, colors.set));
  ARC_TRY(table_difference(ctx, rest, *colors.set->table, single));
  ARC_TRY(make_set(ctx, rest, colors));
  return partition_by(ctx, a[0], colors, out);
}

// ---- filters ----------------------------------------------------------------------------------

ARC_HD inline Status colorfilter(Ctx& ctx, const Value* a, Value& out) {
  Iter it;
  ARC_TRY(it.start(ctx, a[0]));
  SetBuilder set;
  ARC_TRY(set.start(ctx));
  for (Value obj; it.next(obj);) {
    Value cell;
    const Status status = py_first(ctx, obj, cell);
    // A StopIteration that leaves a generator becomes a RuntimeError.
    if (status == Status::stop_iteration) return Status::runtime_error;
    ARC_TRY(status);
    Value value;
    ARC_TRY(py_getitem(ctx, cell, 0, value));
    bool same = false;
    ARC_TRY(equal(ctx, value, a[1], same));
    if (same) ARC_TRY(set.add(ctx, obj));
  }
  return set.finish(ctx, out);
}

ARC_HD inline Status sizefilter(Ctx& ctx, const Value* a, Value& out) {
  Iter it;
  ARC_TRY(it.start(ctx, a[0]));
  SetBuilder set;
  ARC_TRY(set.start(ctx));
  for (Value item; it.next(item);) {
    i64 len = 0;
    ARC_TRY(py_len(item, len));
    bool same = false;
    ARC_TRY(equal(ctx, Value::integer(len), a[1], same));
    if (same) ARC_TRY(set.add(ctx, item));
  }
  return set.finish(ctx, out);
}

// ---- one object -------------------------------------------------------------------------------

ARC_HD inline Status color(Ctx& ctx, const Value* a, Value& out) {
  Value cell;
  ARC_TRY(py_first(ctx, a[0], cell));
  return py_getitem(ctx, cell, 0, out);
}

ARC_HD inline Status normalize(Ctx& ctx, const Value* a, Value& out) {
  i64 len = 0;
  ARC_TRY(py_len(a[0], len));
  if (len == 0) {
    out = a[0];
    return Status::ok;
  }
  Value up;
  Value left;
  ARC_TRY(uppermost(ctx, a, up));
  ARC_TRY(py_neg(up, up));
  ARC_TRY(leftmost(ctx, a, left));
  ARC_TRY(py_neg(left, left));
  Value args[2] = {a[0], Value{}};
  ARC_TRY(make_tuple2(ctx, up, left, args[1]));
  return shift(ctx, args, out);
}

ARC_HD inline Status recolor(Ctx& ctx, const Value* a, Value& out) {
  Value indices;
  ARC_TRY(toindices(ctx, &a[1], indices));
  Iter it;
  ARC_TRY(it.start(ctx, indices));
  SetBuilder set;
  ARC_TRY(set.start(ctx));
  for (Value index; it.next(index);) {
    Value cell;
    ARC_TRY(make_tuple2(ctx, a[0], index, cell));
    ARC_TRY(set.add(ctx, cell));
  }
  return set.finish(ctx, out);
}

// ---- repetition -------------------------------------------------------------------------------

namespace object_parts {

// A cell of a normalized object: its coordinates are ints.
struct Cell {
  Value value;
  i64 i = 0;
  i64 j = 0;
};

// `for v, (i, j) in normed`. What normalize() returns holds either such cells only, or pairs of
// ints only, which raise.
ARC_HD inline Status cells_of(Ctx& ctx, const Value& normed, Vec<Cell>& out) {
  Iter it;
  ARC_TRY(it.start(ctx, normed));
  for (Value e; it.next(e);) {
    Cell cell;
    Value loc;
    Value i;
    Value j;
    ARC_TRY(py_unpack2(ctx, e, cell.value, loc));
    ARC_TRY(py_unpack2(ctx, loc, i, j));
    ARC_TRY(py_index(i, cell.i));
    ARC_TRY(py_index(j, cell.j));
    ARC_TRY(out.push(ctx, cell));
  }
  return Status::ok;
}

// Whether all cells of shift(normed, (i, j)) are inside the grid and agree with it, where each of
// the h rows has at least w cells: nothing raises, so the order of the cells cannot be seen.
ARC_HD inline Status occurs_at(Ctx& ctx, const grids::Row* rows, i64 h, i64 w,
                               const Vec<Cell>& cells, i64 i, i64 j, bool& out) {
  out = true;
  for (u32 k = 0; k < cells.size && out; ++k) {
    const Cell& cell = cells.data[k];
    // Where the object is a tuple, its shape says nothing about its cells.
    out = cell.i >= -i && cell.i < h - i && cell.j >= -j && cell.j < w - j;
    if (out) ARC_TRY(equal(ctx, rows[cell.i + i].items[cell.j + j], cell.value, out));
  }
  return Status::ok;
}

// The same for rows of any lengths and types, in the order of the shifted object.
ARC_HD inline Status occurs_in_order(Ctx& ctx, const grids::Row* rows, i64 h, i64 w,
                                     const Value& normed, i64 i, i64 j, bool& out) {
  out = true;
  Value args[2] = {normed, Value{}};
  ARC_TRY(make_int_pair(ctx, i, j, args[1]));
  Value shifted;
  ARC_TRY(shift(ctx, args, shifted));
  Iter it;
  ARC_TRY(it.start(ctx, shifted));
  for (Value e; out && it.next(e);) {
    Value value;
    Value loc;
    Value x;
    Value y;
    ARC_TRY(py_unpack2(ctx, e, value, loc));
    ARC_TRY(py_unpack2(ctx, loc, x, y));
    ARC_TRY(grids::within(x, y, h, w, out));
    if (!out) break;
    Value v;
    ARC_TRY(grids::cell_at(rows, x.i, y.i, v));
    ARC_TRY(equal(ctx, v, value, out));
  }
  return Status::ok;
}

}  // namespace object_parts

ARC_HD inline Status occurrences(Ctx& ctx, const Value* a, Value& out) {
  Value normed;
  ARC_TRY(normalize(ctx, &a[1], normed));
  i64 h = 0;
  i64 w = 0;
  ARC_TRY(grids::dimensions_of(ctx, a[0], h, w));
  Value dims;
  Value oh;
  Value ow;
  ARC_TRY(shape(ctx, &a[1], dims));
  ARC_TRY(py_unpack2(ctx, dims, oh, ow));
  ARC_TRY(ctx.charge(cost::occurrences(static_cast<u64>(h), static_cast<u64>(w), len_of(a[1]))));
  // Heights and widths are ints of at least 0.
  const i64 h2 = h - oh.i + 1;
  const i64 w2 = w - ow.i + 1;
  if (h2 <= 0 || w2 <= 0) return make_empty_set(ctx, out);
  grids::Row* rows = nullptr;
  ARC_TRY(grids::index_rows(ctx, a[0], rows));
  bool regular = true;
  for (i64 i = 0; i < h; ++i) regular = regular && rows[i].indexable && rows[i].len >= w;
  Vec<object_parts::Cell> cells;
  if (regular) ARC_TRY(object_parts::cells_of(ctx, normed, cells));
  SetBuilder occs;
  ARC_TRY(occs.start(ctx));
  for (i64 i = 0; i < h2; ++i) {
    for (i64 j = 0; j < w2; ++j) {
      bool occurs = false;
      ARC_TRY(regular ? object_parts::occurs_at(ctx, rows, h, w, cells, i, j, occurs)
                      : object_parts::occurs_in_order(ctx, rows, h, w, normed, i, j, occurs));
      if (occurs) ARC_TRY(occs.add_pair(ctx, i, j));
    }
  }
  return occs.finish_copy(ctx, out);
}

ARC_HD inline Status frontiers(Ctx& ctx, const Value* a, Value& out) {
  i64 h = 0;
  i64 w = 0;
  ARC_TRY(grids::dimensions_of(ctx, a[0], h, w));
  ARC_TRY(ctx.charge(cost::frontiers(static_cast<u64>(h), static_cast<u64>(w))));
  bool* uniform_rows = nullptr;
  bool* uniform_columns = nullptr;
  u32 row_count = 0;
  u32 column_count = 0;
  ARC_TRY(grids::uniform_items(ctx, a[0], uniform_rows, row_count));
  Value columns;
  ARC_TRY(dmirror(ctx, a, columns));
  ARC_TRY(grids::uniform_items(ctx, columns, uniform_columns, column_count));
  grids::Row* rows = nullptr;
  ARC_TRY(grids::index_rows(ctx, a[0], rows));
  Table made[2];  // horizontal, vertical
  for (u32 side = 0; side < 2; ++side) {
    Table lines;
    ARC_TRY(table_init(ctx, lines));
    const bool* uniform = side == 0 ? uniform_rows : uniform_columns;
    const u32 count = side == 0 ? row_count : column_count;
    const i64 length = side == 0 ? w : h;
    for (u32 n = 0; n < count; ++n) {
      if (!uniform[n]) continue;
      Table line;
      ARC_TRY(table_init(ctx, line));
      for (i64 k = 0; k < length; ++k) {
        const i64 i = side == 0 ? n : k;
        const i64 j = side == 0 ? k : n;
        Value v;
        ARC_TRY(grids::cell_at(rows, i, j, v));
        ARC_TRY(object_parts::add_cell(ctx, line, v, i, j));
      }
      ARC_TRY(object_parts::add_copy(ctx, lines, line));
    }
    ARC_TRY(table_copy(ctx, made[side], lines));
  }
  Table both;
  ARC_TRY(table_union(ctx, both, made[0], made[1]));
  return make_set(ctx, both, out);
}

namespace object_parts {

// The least p in range(1, extent) by which the object can be moved up (axis 0) or left (axis 1)
// so that all cells that stay at or above 0 are its own; else the extent. The moved object is
// not built: once its cells are unpacked nothing raises, and only membership counts.
ARC_HD inline Status period(Ctx& ctx, const Value& obj, u32 axis, Value& out) {
  Value normed;
  ARC_TRY(normalize(ctx, &obj, normed));
  ARC_TRY(axis == 0 ? height(ctx, &normed, out) : width(ctx, &normed, out));
  i64 extent = 0;
  ARC_TRY(py_index(out, extent));
  ARC_TRY(ctx.charge(cost::period(len_of(obj), extent > 0 ? static_cast<u64>(extent) : 0)));
  if (extent <= 1) return Status::ok;
  Vec<Cell> cells;
  ARC_TRY(cells_of(ctx, normed, cells));
  for (i64 p = 1; p < extent; ++p) {
    bool subset = true;
    for (u32 k = 0; k < cells.size && subset; ++k) {
      const Cell& cell = cells.data[k];
      const i64 i = axis == 0 ? cell.i - p : cell.i;
      const i64 j = axis == 1 ? cell.j - p : cell.j;
      if ((axis == 0 ? i : j) < 0) continue;
      Value moved;
      ARC_TRY(make_int_pair(ctx, i, j, moved));
      ARC_TRY(make_tuple2(ctx, cell.value, moved, moved));
      ARC_TRY(py_contains(ctx, moved, normed, subset));
    }
    if (subset) {
      out = Value::integer(p);
      return Status::ok;
    }
  }
  return Status::ok;
}

}  // namespace object_parts

ARC_HD inline Status hperiod(Ctx& ctx, const Value* a, Value& out) {
  return object_parts::period(ctx, a[0], 1, out);
}

ARC_HD inline Status vperiod(Ctx& ctx, const Value* a, Value& out) {
  return object_parts::period(ctx, a[0], 0, out);
}

}  // namespace arcbatch::generic
