// What the generic grid and object kernels share: len(grid) and len(grid[0]), rows as arrays,
// `list(list(row) for row in grid)`, zip(*rows), slices, and the most and least frequent value.
#pragma once

#include "primitives/cost.h"
#include "primitives/kernels/generic_decl.h"
#include "values/ops.h"

namespace arcbatch::generic::grids {

// `h, w = len(grid), len(grid[0])`
ARC_HD inline Status dimensions_of(Ctx& ctx, const Value& grid, i64& h, i64& w) {
  ARC_TRY(py_len(grid, h));
  Value row;
  ARC_TRY(py_getitem(ctx, grid, 0, row));
  return py_len(row, w);
}

// Refuses a result of at least this weight before it is built: its expanded size exceeds its
// weight, so check_result would refuse it too, after the memory was spent.
ARC_HD inline Status check_weight(Ctx& ctx, u64 weight) {
  return weight >= ctx.max_expanded ? Status::limit_size : Status::ok;
}

// An array of n elements; one of none is still an allocation.
template <class T>
ARC_HD Status make_array(Ctx& ctx, u64 n, T*& out) {
  out = ctx.make<T>(max_of<u64>(n, 1));
  ARC_ALLOC(out);
  return Status::ok;
}

// The items of a tuple, or of whatever was iterated. `indexable`: row[j] is allowed.
struct Row {
  Value* items = nullptr;
  u32 len = 0;
  bool indexable = false;
};

// Copies the items of an iterable, in its order: list(v).
ARC_HD inline Status list_of(Ctx& ctx, const Value& v, Row& out) {
  Iter it;
  ARC_TRY(it.start(ctx, v));
  out.indexable = v.is_tuple();
  out.len = 0;
  ARC_TRY(make_array(ctx, len_of(v), out.items));
  for (Value e; it.next(e);) out.items[out.len++] = e;
  return Status::ok;
}

// `list(list(row) for row in grid)`, and for each row whether the original could be indexed.
ARC_HD inline Status list_rows(Ctx& ctx, const Value& grid, Row*& rows, u32& count) {
  Iter it;
  ARC_TRY(it.start(ctx, grid));
  count = 0;
  ARC_TRY(make_array(ctx, len_of(grid), rows));
  for (Value row; it.next(row);) ARC_TRY(list_of(ctx, row, rows[count++]));
  return Status::ok;
}

// The rows of a tuple for grid[i][j], whatever they are; those that cannot be indexed are empty.
ARC_HD inline Status index_rows(Ctx& ctx, const Value& grid, Row*& rows) {
  TupleView view;
  ARC_TRY(view_tuple(ctx, grid, view));
  ARC_TRY(make_array(ctx, view.len, rows));
  for (u32 i = 0; i < view.len; ++i) {
    rows[i] = Row{};
    if (view.items[i].is_tuple()) ARC_TRY(list_of(ctx, view.items[i], rows[i]));
  }
  return Status::ok;
}

// rows[i][j] for i and j of at least 0, i in range.
ARC_HD inline Status cell_at(const Row* rows, i64 i, i64 j, Value& out) {
  if (!rows[i].indexable) return Status::type_error;
  if (j >= rows[i].len) return Status::index_error;
  out = rows[i].items[j];
  return Status::ok;
}

// `tuple(tuple(row) for row in rows)`
ARC_HD inline Status tuple_rows(Ctx& ctx, const Row* rows, u32 count, Value& out) {
  Value* made = nullptr;
  ARC_TRY(make_array(ctx, count, made));
  for (u32 i = 0; i < count; ++i) {
    ARC_TRY(make_tuple(ctx, rows[i].items, rows[i].len, made[i]));
  }
  return make_tuple(ctx, made, count, out);
}

// `0 <= i < h and 0 <= j < w`
ARC_HD inline Status within(const Value& i, const Value& j, i64 h, i64 w, bool& out) {
  out = false;
  if (!i.is_int()) return Status::type_error;
  if (i.i < 0 || i.i >= h) return Status::ok;
  if (!j.is_int()) return Status::type_error;
  out = j.i >= 0 && j.i < w;
  return Status::ok;
}

// v[start:stop] of any value, with Python's clamping.
ARC_HD inline Status slice(Ctx& ctx, const Value& v, i64 start, i64 stop, Value& out) {
  if (!v.is_tuple()) return Status::type_error;
  const i64 len = len_of(v);
  if (start < 0) start = max_of<i64>(start + len, 0);
  if (stop < 0) stop += len;
  stop = min_of(stop, len);
  return py_slice(ctx, v, start, stop - start, out);
}

// `zip(*items)` as an array of `count` tuples.
ARC_HD inline Status zip_all(Ctx& ctx, const Value& items, Value*& made, u32& count) {
  Row* rows = nullptr;
  u32 n = 0;
  ARC_TRY(list_rows(ctx, items, rows, n));
  count = n == 0 ? 0 : rows[0].len;
  for (u32 i = 1; i < n; ++i) count = min_of(count, rows[i].len);
  Value* column = nullptr;
  ARC_TRY(make_array(ctx, count, made));
  ARC_TRY(make_array(ctx, n, column));
  for (u32 j = 0; j < count; ++j) {
    for (u32 i = 0; i < n; ++i) column[i] = rows[i].items[j];
    ARC_TRY(make_tuple(ctx, column, n, made[j]));
  }
  return Status::ok;
}

// `[v for r in element for v in r] if isinstance(element, tuple) else [v for v, _ in element]`
ARC_HD inline Status values_of(Ctx& ctx, const Value& element, Vec<Value>& out) {
  ARC_TRY(out.reserve(ctx, weight_of(element) + 1));
  Iter it;
  ARC_TRY(it.start(ctx, element));
  const bool by_rows = element.is_tuple();
  for (Value e; it.next(e);) {
    Value v;
    if (!by_rows) {
      Value rest;
      ARC_TRY(py_unpack2(ctx, e, v, rest));
      ARC_TRY(out.push(ctx, v));
      continue;
    }
    Iter row;
    ARC_TRY(row.start(ctx, e));
    while (row.next(v)) ARC_TRY(out.push(ctx, v));
  }
  return Status::ok;
}

// Sets counts[slot] to how often the key of each slot of `table` occurs among the values, and
// makes `table` as set(values) does. Equal values have equal hashes, so a lookup finds list.count.
ARC_HD inline Status count_values(Ctx& ctx, const Vec<Value>& values, Table& table, u32*& counts) {
  ARC_TRY(table_init(ctx, table));
  u32 small[256];  // how often each int of 8 bits occurs: most grids hold nothing else
  for (u32& n : small) n = 0;
  for (u32 k = 0; k < values.size; ++k) {
    const Value& v = values.data[k];
    if (v.tag == Tag::integer && v.i >= -128 && v.i <= 127) {
      if (small[static_cast<u8>(v.i)]++ != 0) continue;
    }
    ARC_TRY(table_add(ctx, table, v));
  }
  counts = ctx.make<u32>(u64{table.mask} + 1);
  ARC_ALLOC(counts);
  for (u64 k = 0; k <= table.mask; ++k) counts[k] = 0;
  for (u32 k = 0; k < values.size; ++k) {
    const Value& v = values.data[k];
    u32 times = 1;
    if (v.tag == Tag::integer && v.i >= -128 && v.i <= 127) {
      times = small[static_cast<u8>(v.i)];
      if (times == 0) continue;
      small[static_cast<u8>(v.i)] = 0;
    }
    i64 hash = 0;
    ARC_TRY(hash_value(ctx, v, hash));
    Entry* slot = nullptr;
    ARC_TRY(table_find(ctx, table, v, hash, slot));
    counts[slot - table.entries] += times;
  }
  return Status::ok;
}

// count_values() of a grid's cells.
ARC_HD inline Status count_cells(Ctx& ctx, const GridObj& g, Table& table, u32*& counts) {
  ARC_TRY(table_init(ctx, table));
  u32 times[256];
  for (u32& n : times) n = 0;
  const i8* const end = g.cells() + u64{g.h} * g.w;
  for (const i8* cell = g.cells(); cell != end; ++cell) {
    if (times[static_cast<u8>(*cell)]++ == 0) ARC_TRY(table_add(ctx, table, Value::integer(*cell)));
  }
  counts = ctx.make<u32>(u64{table.mask} + 1);
  ARC_ALLOC(counts);
  for (u64 k = 0; k <= table.mask; ++k) {
    const Entry& entry = table.entries[k];
    counts[k] = is_active(entry) ? times[static_cast<u8>(entry.key.i)] : 0;
  }
  return Status::ok;
}

// `max(set(values), key=values.count)`, or min: the first of ties in the set's order.
ARC_HD inline Status by_count(Ctx& ctx, const Value& element, bool most, Value& out) {
  Table table;
  u32* counts = nullptr;
  if (element.tag == Tag::grid) {
    ARC_TRY(count_cells(ctx, *element.grid, table, counts));
  } else {
    Vec<Value> values;
    ARC_TRY(values_of(ctx, element, values));
    if (values.size == 0) return Status::value_error;
    ARC_TRY(count_values(ctx, values, table, counts));
  }
  u32 best = 0;
  bool tie = false;
  for (u64 k = 0; k <= table.mask; ++k) {
    if (!is_active(table.entries[k])) continue;
    if (best != 0 && counts[k] == best) tie = true;
    if (best == 0 || (most ? counts[k] > best : counts[k] < best)) {
      best = counts[k];
      out = table.entries[k].key;
      tie = false;
    }
  }
  if (tie && (table.flags & kHasAddress) != 0) return Status::unsupported_order;
  return Status::ok;
}

// `len(set(v)) == 1`: not empty, and all items equal.
ARC_HD inline Status is_uniform(Ctx& ctx, const Value& v, bool& out) {
  Iter it;
  ARC_TRY(it.start_unordered(ctx, v));
  Value head;
  out = it.next(head);
  for (Value e; out && it.next(e);) ARC_TRY(equal(ctx, head, e, out));
  return Status::ok;
}

// Sets flags[k] to whether item k of an iterable has one distinct value.
ARC_HD inline Status uniform_items(Ctx& ctx, const Value& container, bool*& flags, u32& count) {
  Iter it;
  ARC_TRY(it.start(ctx, container));
  count = 0;
  ARC_TRY(make_array(ctx, len_of(container), flags));
  for (Value e; it.next(e);) ARC_TRY(is_uniform(ctx, e, flags[count++]));
  return Status::ok;
}

}  // namespace arcbatch::generic::grids
