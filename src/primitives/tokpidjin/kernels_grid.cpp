// tokpidjin: grids, which are tuples of rows, and what is read from and made of them.
#include <cmath>

#include "primitives/tokpidjin/cells.h"
#include "primitives/tokpidjin/grids.h"
#include "primitives/tokpidjin/run.h"
#include "values/timsort.h"

namespace arcbatch::tok::kernels {

namespace grids = generic::grids;

// ---- colours ----------------------------------------------------------------------------------

namespace {

// [v for row in grid for v in row]
Status values_of(Ctx& ctx, const Value& grid, Vec<Value>& out) {
  Iter it;
  ARC_TRY(it.start(ctx, grid));
  for (Value row; it.next(row);) ARC_TRY(generic::append_all(ctx, row, out));
  return Status::ok;
}

// max(set(values), key=values.count) or min; nan of none
Status by_count(Ctx& ctx, const Vec<Value>& values, bool most, Value& out) {
  if (values.size == 0) {
    out = the_nan();
    return Status::ok;
  }
  Table table;
  u32* counts = nullptr;
  ARC_TRY(grids::count_values(ctx, values, table, counts));
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
  return tie && (table.flags & kHasAddress) != 0 ? Status::unsupported_order : Status::ok;
}

// The same of a grid's cells.
Status grid_by_count(Ctx& ctx, const Value& grid, bool most, Value& out) {
  GridObj* g = nullptr;
  ARC_TRY(as_grid(ctx, grid, g));
  if (g == nullptr) {
    Vec<Value> values;
    ARC_TRY(values_of(ctx, grid, values));
    return by_count(ctx, values, most, out);
  }
  Colors colors;
  count_colors(*g, colors);
  SetBuilder set;
  ARC_TRY(set.start(ctx));
  for (u32 k = 0; k < colors.n; ++k) ARC_TRY(set.add(ctx, Value::integer(colors.values[k])));
  u32 best = 0;
  for (u64 k = 0; k <= set.table.mask; ++k) {
    if (!is_active(set.table.entries[k])) continue;
    const Value& color = set.table.entries[k].key;
    const u32 n = colors.counts[static_cast<u8>(color.i)];
    if (best != 0 && (most ? n <= best : n >= best)) continue;
    best = n;
    out = color;
  }
  return Status::ok;
}

// values_of(), of a grid each colour once: for those who make a set of them.
Status distinct_of(Ctx& ctx, const Value& grid, Vec<Value>& out) {
  GridObj* g = nullptr;
  ARC_TRY(as_grid(ctx, grid, g));
  if (g == nullptr) return values_of(ctx, grid, out);
  Colors colors;
  count_colors(*g, colors);
  for (u32 k = 0; k < colors.n; ++k) ARC_TRY(out.push(ctx, Value::integer(colors.values[k])));
  return Status::ok;
}

// tuple(set(values))
Status distinct_tuple(Ctx& ctx, const Vec<Value>& values, Value& out) {
  Value set;
  ARC_TRY(to_set(ctx, values, set));
  return generic::totuple(ctx, &set, out);
}

// Counter(values).most_common()[rank][0], where there is one. Values in an unknown order have none
// among those that are equally frequent.
Status color_rank(Ctx& ctx, const Vec<Value>& values, const Value& rank, bool unordered, bool& has,
                  Value& out) {
  Table seen;
  ARC_TRY(table_init(ctx, seen));
  Vec<Value> keys;    // how often, less than nothing, since the order is a descending one
  Vec<Value> ranked;  // in the order of their first occurrence
  for (u32 k = 0; k < values.size; ++k) {
    i64 hash = 0;
    bool known = false;
    ARC_TRY(hash_value(ctx, values.data[k], hash));
    ARC_TRY(table_contains(ctx, seen, values.data[k], hash, known));
    if (!known) {
      ARC_TRY(table_add(ctx, seen, values.data[k], hash));
      ARC_TRY(ranked.push(ctx, values.data[k]));
      ARC_TRY(keys.push(ctx, Value::integer(-1)));
      continue;
    }
    for (u32 r = 0; r < ranked.size; ++r) {
      bool same = false;
      ARC_TRY(equal(ctx, ranked.data[r], values.data[k], same));
      if (same) --keys.data[r].i;
    }
  }
  ARC_TRY(sort_by_key(ctx, keys.data, ranked.data, ranked.size));
  ARC_TRY(in_range(ctx, rank, ranked.size, has));
  if (!has) return Status::ok;
  if (!rank.is_int()) return Status::type_error;
  const i64 at = rank.i < 0 ? rank.i + ranked.size : rank.i;
  out = ranked.data[at];
  for (i64 k = 0; unordered && k < ranked.size; ++k) {
    if (k != at && keys.data[k].i == keys.data[at].i) return Status::unsupported_order;
  }
  return Status::ok;
}

}  // namespace

Status mostcolor_t(Run& run, const Value* a, Value& out) {
  return grid_by_count(run.ctx, a[0], true, out);
}
Status leastcolor_t(Run& run, const Value* a, Value& out) {
  return grid_by_count(run.ctx, a[0], false, out);
}
Status mostcolor_f(Run& run, const Value* a, Value& out) {
  Vec<Value> values;
  ARC_TRY(colors_of(run.ctx, a[0], values));
  return by_count(run.ctx, values, true, out);
}
Status leastcolor_f(Run& run, const Value* a, Value& out) {
  Vec<Value> values;
  ARC_TRY(colors_of(run.ctx, a[0], values));
  return by_count(run.ctx, values, false, out);
}

Status p_f(Run& run, const Value* a, Value& out) {
  Vec<Value> values;
  ARC_TRY(colors_of(run.ctx, a[0], values));
  return to_set(run.ctx, values, out);
}
Status p_o(Run& run, const Value* a, Value& out) {
  Vec<Value> values;
  ARC_TRY(colors_of(run.ctx, a[0], values));
  return distinct_tuple(run.ctx, values, out);
}
Status p_g(Run& run, const Value* a, Value& out) {
  Vec<Value> values;
  ARC_TRY(distinct_of(run.ctx, a[0], values));
  return distinct_tuple(run.ctx, values, out);
}
Status palette_t(Run& run, const Value* a, Value& out) {
  Vec<Value> values;
  ARC_TRY(distinct_of(run.ctx, a[0], values));
  return to_set(run.ctx, values, out);
}

namespace {

Status length_of_inner(Run& run, Fn fn, const Value& v, Value& out) {
  Value made;
  i64 n = 0;
  ARC_TRY(inner(run, fn, made, v));
  ARC_TRY(py_len(made, n));
  out = Value::integer(n);
  return Status::ok;
}

}  // namespace

Status numcolors_t(Run& run, const Value* a, Value& out) {
  return length_of_inner(run, Fn::palette_t, a[0], out);
}
Status numcolors_f(Run& run, const Value* a, Value& out) {
  return length_of_inner(run, Fn::palette_f, a[0], out);
}

Status get_color_rank_t(Run& run, const Value* a, Value& out) {
  Vec<Value> values;
  bool has = false;
  ARC_TRY(values_of(run.ctx, a[0], values));
  ARC_TRY(color_rank(run.ctx, values, a[1], false, has, out));
  return has ? Status::ok : make_empty_tuple(run.ctx, out);
}
Status get_color_rank_f(Run& run, const Value* a, Value& out) {
  Vec<Value> values;
  bool has = false;
  const bool unordered = order_by_address(a[0]);
  ARC_TRY(unordered ? colors_unordered(run.ctx, a[0], values) : colors_of(run.ctx, a[0], values));
  ARC_TRY(color_rank(run.ctx, values, a[1], unordered, has, out));
  return has ? Status::ok : make_empty_set(run.ctx, out);
}

Status colorcount_t(Run& run, const Value* a, Value& out) {
  Iter it;
  ARC_TRY(it.start(run.ctx, a[0]));
  i64 count = 0;
  for (Value row; it.next(row);) {
    if (!row.is_tuple()) return Status::attribute_error;  // no count()
    TupleView view;
    ARC_TRY(view_tuple(run.ctx, row, view));
    for (u32 k = 0; k < view.len; ++k) {
      bool same = false;
      ARC_TRY(equal(run.ctx, view.items[k], a[1], same));
      count += same ? 1 : 0;
    }
  }
  out = Value::integer(count);
  return Status::ok;
}

Status colorcount_f(Run& run, const Value* a, Value& out) {
  Vec<Value> values;
  ARC_TRY(colors_of(run.ctx, a[0], values));
  i64 count = 0;
  for (u32 k = 0; k < values.size; ++k) {
    bool same = false;
    ARC_TRY(equal_operator(run.ctx, values.data[k], a[1], same));
    count += same ? 1 : 0;
  }
  out = Value::integer(count);
  return Status::ok;
}

// ---- measures ---------------------------------------------------------------------------------

Status width_t(Run& run, const Value* a, Value& out) {
  out = Value::integer(0);
  if (!py_truth(a[0])) return Status::ok;
  Value row;
  i64 n = 0;
  ARC_TRY(py_getitem(run.ctx, a[0], 0, row));
  ARC_TRY(py_len(row, n));
  out = Value::integer(n);
  return Status::ok;
}

Status shape_t(Run& run, const Value* a, Value& out) {
  Value h;
  Value w;
  ARC_TRY(inner(run, Fn::height_t, h, a[0]));
  ARC_TRY(inner(run, Fn::width_t, w, a[0]));
  return make_tuple2(run.ctx, h, w, out);
}

Status square_t(Run& run, const Value* a, Value& out) {
  i64 h = 0;
  i64 w = 0;
  ARC_TRY(grids::dimensions_of(run.ctx, a[0], h, w));
  return answer(h == w, out);
}

Status is_no_grid(Run& run, const Value* a, Value& out) {
  if (!a[0].is_tuple()) return answer(true, out);
  TupleView rows;
  ARC_TRY(view_tuple(run.ctx, a[0], rows));
  for (u32 k = 0; k < rows.len; ++k) {
    if (!rows.items[k].is_tuple()) return answer(true, out);
    TupleView row;
    ARC_TRY(view_tuple(run.ctx, rows.items[k], row));
    for (u32 j = 0; j < row.len; ++j) {
      if (!row.items[j].is_int()) return answer(true, out);
    }
  }
  return answer(false, out);
}

Status index(Run& run, const Value* a, Value& out) {
  Ctx& ctx = run.ctx;
  if (is_empty_tuple(a[1])) return make_real(ctx, -HUGE_VAL, out);
  Value i;
  Value j;
  i64 h = 0;
  i64 w = 0;
  ARC_TRY(py_unpack2(ctx, a[1], i, j));
  ARC_TRY(grids::dimensions_of(ctx, a[0], h, w));
  const Value* const at[2] = {&i, &j};
  const i64 ends[2] = {h, w};
  for (u32 k = 0; k < 2; ++k) {
    bool in = false;
    ARC_TRY(compare(ctx, Cmp::le, Value::integer(0), *at[k], in));
    if (in) ARC_TRY(compare(ctx, Cmp::lt, *at[k], Value::integer(ends[k]), in));
    if (!in) return make_real(ctx, -HUGE_VAL, out);
  }
  ARC_TRY(py_getitem(ctx, a[1], 0, i));  // a set of two unpacks, but has no items
  ARC_TRY(py_getitem(ctx, a[1], 1, j));
  Value row;
  ARC_TRY(py_getitem(ctx, a[0], i, row));
  return py_getitem(ctx, row, j, out);
}

// ---- rotations and mirrors --------------------------------------------------------------------

namespace {

// at(g, i, j) for every cell of a grid, `turned` or not; false where `v` is no grid of bytes.
template <class F>
Status remap(Ctx& ctx, const Value& v, bool turned, bool& done, F&& at, Value& out) {
  GridObj* g = nullptr;
  ARC_TRY(as_grid(ctx, v, g));
  done = g != nullptr;
  if (!done) return Status::ok;
  const i8* cells = g->cells();
  const u32 h = g->h;
  const u32 w = g->w;
  return make_cells(
      ctx, turned ? w : h, turned ? h : w, [&](u32 i, u32 j) { return cells[at(h, w, i, j)]; },
      out);
}

}  // namespace

Status hmirror_t(Run& run, const Value* a, Value& out) {
  bool done = false;
  ARC_TRY(remap(
      run.ctx, a[0], false, done, [](u32 h, u32 w, u32 i, u32 j) { return (h - 1 - i) * w + j; },
      out));
  return done ? Status::ok : py_reverse(run.ctx, a[0], out);
}

Status vmirror_t(Run& run, const Value* a, Value& out) {
  bool done = false;
  ARC_TRY(remap(
      run.ctx, a[0], false, done, [](u32, u32 w, u32 i, u32 j) { return i * w + (w - 1 - j); },
      out));
  return done ? Status::ok : generic::reverse_rows(run.ctx, a[0], out);
}

Status dmirror_t(Run& run, const Value* a, Value& out) {
  bool done = false;
  ARC_TRY(remap(
      run.ctx, a[0], true, done, [](u32, u32 w, u32 i, u32 j) { return j * w + i; }, out));
  return done ? Status::ok : generic::zip_tuple(run.ctx, a[0], out);
}

Status cmirror_t(Run& run, const Value* a, Value& out) {
  bool done = false;
  ARC_TRY(remap(
      run.ctx, a[0], true, done,
      [](u32 h, u32 w, u32 i, u32 j) { return (h - 1 - j) * w + (w - 1 - i); }, out));
  if (done) return Status::ok;
  Value v;
  ARC_TRY(py_reverse(run.ctx, a[0], v));
  ARC_TRY(generic::reverse_rows(run.ctx, v, v));
  return generic::zip_tuple(run.ctx, v, out);
}

Status rot90(Run& run, const Value* a, Value& out) {
  bool done = false;
  ARC_TRY(remap(
      run.ctx, a[0], true, done, [](u32 h, u32 w, u32 i, u32 j) { return (h - 1 - j) * w + i; },
      out));
  return done ? Status::ok : generic::rot90(run.ctx, a, out);
}

Status rot180(Run& run, const Value* a, Value& out) {
  bool done = false;
  ARC_TRY(remap(
      run.ctx, a[0], false, done,
      [](u32 h, u32 w, u32 i, u32 j) { return (h - 1 - i) * w + (w - 1 - j); }, out));
  return done ? Status::ok : generic::rot180(run.ctx, a, out);
}

Status rot270(Run& run, const Value* a, Value& out) {
  bool done = false;
  ARC_TRY(remap(
      run.ctx, a[0], true, done, [](u32, u32 w, u32 i, u32 j) { return j * w + (w - 1 - i); },
      out));
  return done ? Status::ok : generic::rot270(run.ctx, a, out);
}

Status mir_rot_t(Run& run, const Value* a, Value& out) {
  constexpr Fn kWays[] = {Fn::hmirror_t, Fn::dmirror_t, Fn::vmirror_t, Fn::cmirror_t,
                          Fn::rot90,     Fn::rot180,    Fn::rot270};
  for (u32 k = 0; k < 7; ++k) {
    bool same = false;
    ARC_TRY(is(run.ctx, a[1], k, same));
    if (same) return inner(run, kWays[k], out, a[0]);
  }
  out = a[0];
  return Status::ok;
}

Status a_mr(Run& run, const Value* a, Value& out) {
  Items samples;
  ARC_TRY(items_of(run.ctx, a[0], samples));
  for (i64 way = 0; way < 8; ++way) {
    bool all = true;
    for (u32 k = 0; k < samples.n && all; ++k) {
      Value in;
      Value expected;
      Value made;
      ARC_TRY(py_unpack2(run.ctx, samples.data[k], in, expected));
      ARC_TRY(inner(run, Fn::mir_rot_t, made, in, Value::integer(way)));
      ARC_TRY(equal_operator(run.ctx, expected, made, all));
    }
    if (!all) continue;
    out = Value::integer(way);
    return Status::ok;
  }
  return nothing(out);
}

// ---- pieces -----------------------------------------------------------------------------------

namespace {

// start[k] and start[k] + dims[k], if the range lies within `size`
Status crop_range(Ctx& ctx, const Value& start, const Value& dims, i64 k, Value& from, Value& to) {
  Value d;
  ARC_TRY(py_getitem(ctx, start, k, from));
  ARC_TRY(py_getitem(ctx, dims, k, d));
  return op_add(ctx, from, d, to);
}

}  // namespace

Status crop(Run& run, const Value* a, Value& out) {
  Ctx& ctx = run.ctx;
  if (is_empty_tuple(a[0])) return make_empty_tuple(ctx, out);
  i64 size[2] = {0, 0};
  ARC_TRY(grids::dimensions_of(ctx, a[0], size[0], size[1]));
  const auto outside = [&](Cmp op, const Value& v, i64 bound, bool& no) {
    ARC_TRY(compare(ctx, op, v, Value::integer(bound), no));
    no = !no;
    return Status::ok;
  };
  bool no = false;
  Value from[2];
  Value to[2];
  for (i64 k = 0; k < 2; ++k) {
    ARC_TRY(py_getitem(ctx, a[1], k, from[k]));
    ARC_TRY(outside(Cmp::ge, from[k], 0, no));
    if (!no) ARC_TRY(outside(Cmp::lt, from[k], size[k], no));
    if (no) return make_empty_tuple(ctx, out);
  }
  for (i64 k = 0; k < 2; ++k) {
    ARC_TRY(crop_range(ctx, a[1], a[2], k, from[k], to[k]));
    ARC_TRY(outside(Cmp::le, to[k], size[k], no));
    if (no) return make_empty_tuple(ctx, out);
  }
  GridObj* g = nullptr;
  ARC_TRY(as_grid(ctx, a[0], g));
  if (g != nullptr && from[0].is_int() && from[1].is_int() && to[0].is_int() && to[1].is_int() &&
      from[0].i < to[0].i && from[1].i < to[1].i) {
    const i8* cells = g->cells() + from[0].i * g->w + from[1].i;
    const u32 w = g->w;
    return make_cells(
        ctx, static_cast<u32>(to[0].i - from[0].i), static_cast<u32>(to[1].i - from[1].i),
        [&](u32 i, u32 j) { return cells[i * w + j]; }, out);
  }
  Value rows;
  ARC_TRY(generic::slice_values(ctx, a[0], from[0], to[0], rows));
  Items items;
  ARC_TRY(items_of(ctx, rows, items));
  Vec<Value> made;
  for (u32 k = 0; k < items.n; ++k) {
    Value row;
    ARC_TRY(generic::slice_values(ctx, items.data[k], from[1], to[1], row));
    ARC_TRY(made.push(ctx, row));
  }
  return to_tuple(ctx, made, out);
}

Status subgrid(Run& run, const Value* a, Value& out) {
  if (is_empty(a[0])) return make_empty_tuple(run.ctx, out);
  Value start;
  Value dims;
  ARC_TRY(inner(run, Fn::ulcorner, start, a[0]));
  ARC_TRY(inner(run, Fn::shape_f, dims, a[0]));
  return inner(run, Fn::crop, out, a[1], start, dims);
}

namespace {

// n crops side by side (axis 1) or one above the other (axis 0).
Status split(Run& run, const Value* a, u32 axis, Value& out) {
  Ctx& ctx = run.ctx;
  i64 size[2] = {0, 0};
  ARC_TRY(grids::dimensions_of(ctx, a[0], size[0], size[1]));
  if (!a[1].is_int()) return Status::type_error;  // range()
  i64 part = 0;
  i64 rest = 0;
  ARC_TRY(int_floordiv(size[axis], a[1].i, part));
  ARC_TRY(int_mod(size[axis], a[1].i, rest));
  if (a[1].i <= 0) return make_empty_tuple(ctx, out);
  ARC_TRY(ctx.charge(saturating_mul(static_cast<u64>(a[1].i), static_cast<u64>(size[0]) + 1)));
  size[axis] = part;
  Value dims;
  ARC_TRY(make_int_pair(ctx, size[0], size[1], dims));
  Vec<Value> parts;
  for (i64 k = 0; k < a[1].i; ++k) {
    const i64 at = part * k + (rest != 0 ? k : 0);
    Value start;
    Value made;
    ARC_TRY(axis == 1 ? make_int_pair(ctx, 0, at, start) : make_int_pair(ctx, at, 0, start));
    ARC_TRY(inner(run, Fn::crop, made, a[0], start, dims));
    ARC_TRY(parts.push(ctx, made));
  }
  return to_tuple(ctx, parts, out);
}

}  // namespace

Status hsplit(Run& run, const Value* a, Value& out) { return split(run, a, 1, out); }
Status vsplit(Run& run, const Value* a, Value& out) { return split(run, a, 0, out); }

namespace {

// rot270(half(rot90(grid)))
Status half_of_turned(Run& run, const Value& grid, Fn half, Value& out) {
  Value v;
  ARC_TRY(inner(run, Fn::rot90, v, grid));
  ARC_TRY(inner(run, half, v, v));
  return inner(run, Fn::rot270, out, v);
}

}  // namespace

Status lefthalf(Run& run, const Value* a, Value& out) {
  return half_of_turned(run, a[0], Fn::tophalf, out);
}
Status righthalf(Run& run, const Value* a, Value& out) {
  return half_of_turned(run, a[0], Fn::bottomhalf, out);
}

// ---- larger and joined ------------------------------------------------------------------------

Status upscale_t(Run& run, const Value* a, Value& out) {
  Ctx& ctx = run.ctx;
  Items rows;
  ARC_TRY(items_of(ctx, a[0], rows));
  ARC_TRY(generic::charge_scaling(ctx, a[0], a[1], 2));
  Vec<Value> made;
  ARC_TRY(generic::reserve_times(ctx, made, rows.n, a[1]));
  for (u32 k = 0; k < rows.n; ++k) {
    Value wide;
    i64 n = 0;
    ARC_TRY(generic::widen(ctx, rows.data[k], a[1], wide));
    ARC_TRY(py_index(a[1], n));
    ARC_TRY(generic::push_times(ctx, made, wide, n));
  }
  return to_tuple(ctx, made, out);
}

Status hconcat(Run& run, const Value* a, Value& out) {
  Items x;
  Items y;
  ARC_TRY(items_of(run.ctx, a[0], x));
  ARC_TRY(items_of(run.ctx, a[1], y));
  Vec<Value> made;
  for (u32 k = 0; k < min_of(x.n, y.n); ++k) {
    const Value both[2] = {x.data[k], y.data[k]};
    Value row;
    ARC_TRY(plus(run, both, row));
    ARC_TRY(made.push(run.ctx, row));
  }
  return to_tuple(run.ctx, made, out);
}

Status cellwise(Run& run, const Value* a, Value& out) {
  Ctx& ctx = run.ctx;
  i64 h = 0;
  i64 w = 0;
  ARC_TRY(grids::dimensions_of(ctx, a[0], h, w));
  ARC_TRY(ctx.charge(cost::area(static_cast<u64>(h), static_cast<u64>(w))));
  grids::Row* rows = nullptr;
  ARC_TRY(grids::index_rows(ctx, a[0], rows));
  Vec<Value> made;
  for (i64 i = 0; i < h; ++i) {
    Vec<Value> cells;
    for (i64 j = 0; j < w; ++j) {
      Value v;
      Value at;
      Value other;
      bool same = false;
      ARC_TRY(grids::cell_at(rows, i, j, v));
      ARC_TRY(make_int_pair(ctx, i, j, at));
      ARC_TRY(inner(run, Fn::index, other, a[1], at));
      ARC_TRY(equal_operator(ctx, v, other, same));
      ARC_TRY(cells.push(ctx, same ? v : a[2]));
    }
    Value row;
    ARC_TRY(to_tuple(ctx, cells, row));
    ARC_TRY(made.push(ctx, row));
  }
  return to_tuple(ctx, made, out);
}

// The rows and columns that are not all of one value. Unlike arc-dsl's, a set of rows is one of
// rows.
Status compress(Run& run, const Value* a, Value& out) {
  bool* uniform[2] = {nullptr, nullptr};
  u32 counts[2] = {0, 0};
  Value turned;
  ARC_TRY(grids::uniform_items(run.ctx, a[0], uniform[0], counts[0]));
  ARC_TRY(inner(run, Fn::dmirror_t, turned, a[0]));
  ARC_TRY(grids::uniform_items(run.ctx, turned, uniform[1], counts[1]));
  Items rows;
  ARC_TRY(items_of(run.ctx, a[0], rows));
  Vec<Value> made;
  for (u32 i = 0; i < rows.n; ++i) {
    if (uniform[0][i]) continue;
    Items cells;
    Vec<Value> kept;
    ARC_TRY(items_of(run.ctx, rows.data[i], cells));
    for (u32 j = 0; j < cells.n; ++j) {
      if (j >= counts[1] || !uniform[1][j]) ARC_TRY(kept.push(run.ctx, cells.data[j]));
    }
    Value row;
    ARC_TRY(to_tuple(run.ctx, kept, row));
    ARC_TRY(made.push(run.ctx, row));
  }
  return to_tuple(run.ctx, made, out);
}

Status replace(Run& run, const Value* a, Value& out) {
  Ctx& ctx = run.ctx;
  if (a[1].is_int() && is_byte(a[2])) {
    const i64 from = a[1].i;
    const i8 to = static_cast<i8>(a[2].i);
    GridObj* g = nullptr;
    ARC_TRY(as_grid(ctx, a[0], g));
    if (g != nullptr) {
      const i8* cells = g->cells();
      const u32 w = g->w;
      const auto at = [&](u32 i, u32 j) {
        return cells[i * w + j] == from ? to : cells[i * w + j];
      };
      return make_cells(ctx, g->h, w, at, out);
    }
  }
  Iter it;
  ARC_TRY(it.start(ctx, a[0]));
  Vec<Value> made;
  for (Value row; it.next(row);) {
    Vec<Value> cells;
    ARC_TRY(generic::append_all(ctx, row, cells));
    for (u32 k = 0; k < cells.size; ++k) {
      bool same = false;
      ARC_TRY(equal_operator(ctx, cells.data[k], a[1], same));
      if (same) cells.data[k] = a[2];
    }
    Value painted;
    ARC_TRY(to_tuple(ctx, cells, painted));
    ARC_TRY(made.push(ctx, painted));
  }
  return to_tuple(ctx, made, out);
}

}  // namespace arcbatch::tok::kernels
