// Definitions of ops.h's larger operations. Included by ops.h only. Recursion follows the
// nesting of values, which the depth limit bounds.
#pragma once

namespace arcbatch {

// ---- slices -----------------------------------------------------------------------------------

ARC_HD inline Status py_slice(Ctx& ctx, const Value& v, i64 from, i64 n, Value& out) {
  if (!v.is_tuple()) return Status::type_error;
  if (n <= 0) return make_empty_tuple(ctx, out);
  TupleView view;
  ARC_TRY(view_tuple(ctx, v, view));
  return make_tuple(ctx, view.items + from, static_cast<u64>(n), out);
}

ARC_HD inline Status py_reverse(Ctx& ctx, const Value& v, Value& out) {
  if (!v.is_tuple()) return Status::type_error;
  TupleView view;
  ARC_TRY(view_tuple(ctx, v, view));
  if (view.len == 2) return make_tuple2(ctx, view.items[1], view.items[0], out);
  if (view.len == 0) return make_empty_tuple(ctx, out);
  TupleObj* t = nullptr;
  ARC_TRY(alloc_tuple(ctx, view.len, t));
  for (u32 k = 0; k < view.len; ++k) t->items()[k] = view.items[view.len - 1 - k];
  seal_tuple(t);
  out = Value::of(t);
  return Status::ok;
}

// ---- bits as a set ----------------------------------------------------------------------------

// Calls f(i, j, color) for each cell by rows; f returns a Status.
template <class F>
ARC_HD Status for_each_cell(const Bits& b, F&& f) {
  for (u32 r = 0; r < b.h; ++r) {
    u64 row = b.rows[r];
    while (row != 0) {
      const u32 k = ctz64(row);
      row &= row - 1;
      const i8 color = b.kind == BitsKind::multicolor ? b.colors[u64{r} * b.w + k] : b.color;
      ARC_TRY(f(b.i0 + static_cast<i32>(r), b.j0 + static_cast<i32>(k), color));
    }
  }
  return Status::ok;
}

ARC_HD inline Value bits_element(const Bits& b, i32 i, i32 j, i8 color) {
  return b.kind == BitsKind::indices ? Value::pair(i, j) : Value::cell(color, i, j);
}

// Whether v is an element.
ARC_HD inline bool bits_contains(const Bits& b, const Value& v) {
  if (v.tag != (b.kind == BitsKind::indices ? Tag::pair : Tag::cell)) return false;
  const i64 r = i64{v.p.a} - b.i0;
  const i64 k = i64{v.p.b} - b.j0;
  if (r < 0 || r >= b.h || k < 0 || k >= b.w) return false;
  if (((b.rows[r] >> k) & 1) == 0) return false;
  if (b.kind == BitsKind::unicolor) return v.aux == b.color;
  if (b.kind == BitsKind::multicolor) return v.aux == b.colors[r * b.w + k];
  return true;
}

ARC_HD inline bool bits_equal(const Bits& a, const Bits& b) {
  if (a.kind != b.kind) return false;
  if (a.i0 != b.i0 || a.j0 != b.j0 || a.h != b.h || a.w != b.w) return false;
  if (a.kind == BitsKind::unicolor && a.color != b.color) return false;
  for (u32 r = 0; r < a.h; ++r) {
    if (a.rows[r] != b.rows[r]) return false;
  }
  if (a.kind != BitsKind::multicolor) return true;
  for (u32 r = 0; r < a.h; ++r) {
    for (u64 row = a.rows[r]; row != 0; row &= row - 1) {
      const u32 k = ctz64(row);
      if (a.colors[u64{r} * a.w + k] != b.colors[u64{r} * b.w + k]) return false;
    }
  }
  return true;
}

ARC_HD inline i64 hash_bits(const Bits& b, u32 count) {
  SetHash h;
  for (u32 r = 0; r < b.h; ++r) {
    const i64 hi = hash_int(b.i0 + static_cast<i32>(r));
    TupleHash first;
    first.add(hi);
    for (u64 row = b.rows[r]; row != 0; row &= row - 1) {
      const u32 k = ctz64(row);
      TupleHash location = first;
      location.add(hash_int(b.j0 + static_cast<i32>(k)));
      const i64 lh = location.finish(2);
      if (b.kind == BitsKind::indices) {
        h.add(lh);
      } else {
        h.add(hash_cell(b.kind == BitsKind::unicolor ? b.color : b.colors[u64{r} * b.w + k], lh));
      }
    }
  }
  return h.finish(count);
}

ARC_HD inline Status enumerate_contents(Ctx& ctx, SetObj* s) {
  if (s->table != nullptr || s->list != nullptr) return Status::ok;
  Value* list = ctx.make<Value>(s->count);
  ARC_ALLOC(list);
  u32 n = 0;
  const u32 boxes = s->strips == nullptr ? 1 : s->strips->count;
  for (u32 k = 0; k < boxes; ++k) {
    const Bits& bits = s->strips == nullptr ? s->bits : s->strips->bits[k];
    ARC_TRY(for_each_cell(bits, [&](i32 i, i32 j, i8 color) {
      list[n++] = bits_element(bits, i, j, color);
      return Status::ok;
    }));
  }
  s->list = list;
  return Status::ok;
}

// ---- hashing ----------------------------------------------------------------------------------

ARC_HD inline Status hash_set(Ctx& ctx, SetObj* s, i64& out) {
  if (s->hash_known) {
    out = s->hash;
    return Status::ok;
  }
  if (s->bits_state == Tri::yes) {
    out = hash_bits(s->bits, s->count);
  } else {
    ARC_TRY(enumerate_contents(ctx, s));
    SetHash h;
    if (s->table != nullptr) {
      for (u64 k = 0; k <= s->table->mask; ++k) {
        const Entry& e = s->table->entries[k];
        if (is_active(e)) h.add(e.hash);
      }
    } else {
      ARC_CHECK_STACK(ctx);
      for (u32 k = 0; k < s->count; ++k) {
        i64 one = 0;
        ARC_TRY(hash_value(ctx, s->list[k], one));
        h.add(one);
      }
    }
    out = h.finish(s->count);
  }
  s->hash = out;
  s->hash_known = true;
  return Status::ok;
}

ARC_HD inline i64 hash_grid(GridObj* g) {
  if (g->hash_known) return g->hash;
  TupleHash h;
  const i8* cell = g->cells();
  for (u32 i = 0; i < g->h; ++i) {
    TupleHash row;
    for (u32 j = 0; j < g->w; ++j) row.add(hash_int(*cell++));
    h.add(row.finish(g->w));
  }
  g->hash = h.finish(g->h);
  g->hash_known = true;
  return g->hash;
}

// What stands for a function's address follows from how it was made, so that tables of functions
// look the same in every run, on every machine, alone or beside other programs: what they cost is
// part of an outcome. Functions that are made alike collide. Below some closures within closures
// the kind alone counts, and a function of the file is any other, since its number is the file's.
ARC_HD inline Status hash_closure(Ctx& ctx, const ClosureObj& c, u32 nested, i64& out) {
  constexpr u32 kDeepest = 3;
  ARC_CHECK_STACK(ctx);
  TupleHash h;
  h.add(static_cast<i64>(c.kind) + 1);
  const u32 captured = nested < kDeepest ? c.capture_count : 0;
  const u32 parts = nested < kDeepest ? 3 : 0;
  for (u32 k = 0; k < parts + captured; ++k) {
    const Value& part = k < parts ? c.args[k] : c.captures[k - parts];
    i64 lane = 0;
    Status status = Status::ok;
    if (part.tag == Tag::closure) {
      status = hash_closure(ctx, *part.closure, nested + 1, lane);
    } else if (part.tag != Tag::unset && part.tag != Tag::list) {
      status = hash_value(ctx, part, lane);
      // Whether it has an order, or a hash, is of no account here.
      if (kind_of(status) == StatusKind::error || kind_of(status) == StatusKind::unsupported) {
        status = Status::ok;
        lane = 1;
      }
    }
    ARC_TRY(status);
    h.add(lane);
  }
  out = h.finish(parts + captured);
  return Status::ok;
}

ARC_HD inline Status hash_value(Ctx& ctx, const Value& v, i64& out) {
  switch (v.tag) {
    case Tag::boolean:
    case Tag::integer: out = hash_int(v.i); return Status::ok;
    case Tag::pair: out = hash_pair(v.p.a, v.p.b); return Status::ok;
    case Tag::cell: out = hash_cell(v.aux, hash_pair(v.p.a, v.p.b)); return Status::ok;
    case Tag::triple: out = hash_triple(v.p.a, v.p.b, v.aux); return Status::ok;
    case Tag::grid: out = hash_grid(v.grid); return Status::ok;
    case Tag::set: return hash_set(ctx, v.set, out);
    case Tag::tuple: {
      TupleObj* t = v.tuple;
      if ((t->flags & kUnordered) != 0) return Status::unsupported_order;
      if (!t->hash_known) {
        ARC_CHECK_STACK(ctx);
        TupleHash h;
        for (u32 k = 0; k < t->len; ++k) {
          i64 lane = 0;
          ARC_TRY(hash_value(ctx, t->items()[k], lane));
          h.add(lane);
        }
        t->hash = h.finish(t->len);
        t->hash_known = true;
      }
      out = t->hash;
      return Status::ok;
    }
    case Tag::none: out = 0x5eed; return Status::ok;
    case Tag::primitive: out = 0x10000 + v.i * 16; return Status::ok;
    case Tag::closure: return hash_closure(ctx, *v.closure, 0, out);
    case Tag::list: return Status::type_error;
    case Tag::real: out = v.real->hash; return Status::ok;
    default: return Status::runtime_error;
  }
}

// ---- equality ---------------------------------------------------------------------------------

ARC_HD inline Status equal_sets(Ctx& ctx, SetObj* a, SetObj* b, bool& out) {
  ARC_CHECK_STACK(ctx);
  out = false;
  if (a->count != b->count) return Status::ok;
  if (a->count == 0) {
    out = true;
    return Status::ok;
  }
  if (a->bits_state == Tri::yes && b->bits_state == Tri::yes) {
    out = bits_equal(a->bits, b->bits);
    return Status::ok;
  }
  if (a->bits_state == Tri::yes) {
    SetObj* t = a;
    a = b;
    b = t;
  }
  if (b->bits_state == Tri::yes) {  // elements of a looked up in b's bits
    Iter it;
    ARC_TRY(it.start_unordered(ctx, Value::of(a)));
    for (Value e; it.next(e);) {
      if (e.tag != Tag::pair && e.tag != Tag::cell) {
        // A tuple holding a bool can equal a pair of ints; only a table knows.
        ARC_TRY(force_order(ctx, b));
        i64 h = 0;
        ARC_TRY(hash_value(ctx, e, h));
        bool in = false;
        ARC_TRY(table_contains(ctx, *b->table, e, h, in));
        if (!in) return Status::ok;
      } else if (!bits_contains(b->bits, e)) {
        return Status::ok;
      }
    }
    out = true;
    return Status::ok;
  }
  if (a->hash_known && b->hash_known && a->hash != b->hash) return Status::ok;
  ARC_TRY(enumerate_contents(ctx, a));
  if (b->table == nullptr) {
    if (a->table != nullptr) {
      SetObj* t = a;
      a = b;
      b = t;
    } else {
      ARC_TRY(force_order(ctx, b));
    }
  }
  if (a->table != nullptr) {
    for (u64 k = 0; k <= a->table->mask; ++k) {
      const Entry& e = a->table->entries[k];
      if (!is_active(e)) continue;
      bool in = false;
      ARC_TRY(table_contains(ctx, *b->table, e.key, e.hash, in));
      if (!in) return Status::ok;
    }
  } else {
    for (u32 k = 0; k < a->count; ++k) {
      i64 h = 0;
      ARC_TRY(hash_value(ctx, a->list[k], h));
      bool in = false;
      ARC_TRY(table_contains(ctx, *b->table, a->list[k], h, in));
      if (!in) return Status::ok;
    }
  }
  out = true;
  return Status::ok;
}

// Whether grid row `line` of width w equals the tuple v.
ARC_HD inline Status equal_row(Ctx& ctx, const i8* line, u32 w, const Value& v, bool& out) {
  out = false;
  if (!v.is_tuple() || len_of(v) != w) return Status::ok;
  if (v.tag == Tag::grid) return Status::ok;  // items are tuples, not ints
  TupleView view;
  ARC_TRY(view_tuple(ctx, v, view));
  for (u32 j = 0; j < w; ++j) {
    if (!view.items[j].is_int() || view.items[j].i != line[j]) return Status::ok;
  }
  out = true;
  return Status::ok;
}

ARC_HD inline Status equal_tuples(Ctx& ctx, const Value& a, const Value& b, bool& out) {
  out = false;
  if (len_of(a) != len_of(b)) return Status::ok;
  if (a.tag == Tag::grid && b.tag == Tag::grid) {
    if (a.grid->w != b.grid->w) return Status::ok;
    const u64 n = u64{a.grid->h} * a.grid->w;
    const i8* x = a.grid->cells();
    const i8* y = b.grid->cells();
    for (u64 k = 0; k < n; ++k) {
      if (x[k] != y[k]) return Status::ok;
    }
    out = true;
    return Status::ok;
  }
  if (a.tag == Tag::grid || b.tag == Tag::grid) {
    const GridObj* g = a.tag == Tag::grid ? a.grid : b.grid;
    TupleView view;
    ARC_TRY(view_tuple(ctx, a.tag == Tag::grid ? b : a, view));
    for (u32 i = 0; i < g->h; ++i) {
      bool same = false;
      ARC_TRY(equal_row(ctx, g->cells() + u64{i} * g->w, g->w, view.items[i], same));
      if (!same) return Status::ok;
    }
    out = true;
    return Status::ok;
  }
  if (a.tag == Tag::tuple && b.tag == Tag::tuple && a.tuple->hash_known && b.tuple->hash_known &&
      a.tuple->hash != b.tuple->hash) {
    return Status::ok;
  }
  ARC_CHECK_STACK(ctx);
  TupleView x;
  TupleView y;
  ARC_TRY(view_tuple(ctx, a, x));
  ARC_TRY(view_tuple(ctx, b, y));
  for (u32 k = 0; k < x.len; ++k) {
    bool same = false;
    ARC_TRY(equal(ctx, x.items[k], y.items[k], same));
    if (!same) return Status::ok;
  }
  out = true;
  return Status::ok;
}

ARC_HD inline Status equal(Ctx& ctx, const Value& a, const Value& b, bool& out) {
  if (a.same_bits(b)) {
    out = true;
    return Status::ok;
  }
  out = false;
  if (a.is_int()) {
    out = b.is_int() ? a.i == b.i : b.tag == Tag::real && equal_reals(a, b);
    return Status::ok;
  }
  if (a.is_tuple()) {
    if (!b.is_tuple()) return Status::ok;
    if (a.tag == b.tag && a.tag < Tag::tuple) return Status::ok;
    return equal_tuples(ctx, a, b, out);
  }
  if (a.is_set()) return b.is_set() ? equal_sets(ctx, a.set, b.set, out) : Status::ok;
  if (a.tag == Tag::real) out = (b.tag == Tag::real || b.is_int()) && equal_reals(a, b);
  return Status::ok;  // None and functions: identity
}

// ---- ordering ---------------------------------------------------------------------------------

// Whether every element of a is in b.
ARC_HD inline Status subset(Ctx& ctx, SetObj* a, SetObj* b, bool& out) {
  out = false;
  if (a->count > b->count) return Status::ok;
  ARC_TRY(enumerate_contents(ctx, a));
  ARC_TRY(force_order(ctx, b));
  Iter it;
  ARC_TRY(it.start_unordered(ctx, Value::of(a)));
  for (Value e; it.next(e);) {
    i64 h = 0;
    ARC_TRY(hash_value(ctx, e, h));
    bool in = false;
    ARC_TRY(table_contains(ctx, *b->table, e, h, in));
    if (!in) return Status::ok;
  }
  out = true;
  return Status::ok;
}

template <class T>
ARC_HD bool compare_plain(Cmp op, T a, T b) {
  switch (op) {
    case Cmp::lt: return a < b;
    case Cmp::le: return a <= b;
    case Cmp::gt: return a > b;
    default: return a >= b;
  }
}

// An int beyond 2^53 would have to meet a float near it for its rounding to show.
ARC_HD inline double as_real(const Value& v) {
  return v.tag == Tag::real ? v.real->value : static_cast<double>(v.i);
}

ARC_HD inline bool compare_reals(Cmp op, const Value& x, const Value& y) {
  return compare_plain(op, as_real(x), as_real(y));
}

ARC_HD inline bool equal_reals(const Value& x, const Value& y) {
  const double a = as_real(x);
  const double b = as_real(y);
  return !(a < b) && !(a > b) && a == a && b == b;  // -Wfloat-equal is for sums
}

ARC_HD inline Status compare(Ctx& ctx, Cmp op, const Value& a, const Value& b, bool& out) {
  if (a.is_int() && b.is_int()) {
    out = compare_plain(op, a.i, b.i);
    return Status::ok;
  }
  if (a.tag == Tag::pair && b.tag == Tag::pair) {
    out = a.p.a != b.p.a ? compare_plain(op, a.p.a, b.p.a) : compare_plain(op, a.p.b, b.p.b);
    return Status::ok;
  }
  if (a.is_tuple() && b.is_tuple()) {
    ARC_CHECK_STACK(ctx);
    TupleView x;
    TupleView y;
    ARC_TRY(view_tuple(ctx, a, x));
    ARC_TRY(view_tuple(ctx, b, y));
    const u32 n = min_of(x.len, y.len);
    for (u32 k = 0; k < n; ++k) {
      bool same = false;
      ARC_TRY(equal(ctx, x.items[k], y.items[k], same));
      if (!same) return compare(ctx, op, x.items[k], y.items[k], out);
    }
    out = compare_plain(op, x.len, y.len);
    return Status::ok;
  }
  if (a.is_set() && b.is_set()) {
    SetObj* small = a.set;
    SetObj* large = b.set;
    if (op == Cmp::gt || op == Cmp::ge) {
      small = b.set;
      large = a.set;
    }
    if ((op == Cmp::lt || op == Cmp::gt) && small->count >= large->count) {
      out = false;
      return Status::ok;
    }
    return subset(ctx, small, large, out);
  }
  if ((a.tag == Tag::real && (b.is_int() || b.tag == Tag::real)) ||
      (a.is_int() && b.tag == Tag::real)) {
    out = compare_reals(op, a, b);
    return Status::ok;
  }
  return Status::type_error;
}

ARC_HD inline Status py_contains(Ctx& ctx, const Value& v, const Value& container, bool& out) {
  out = false;
  if (container.is_set()) {
    SetObj* s = container.set;
    if (s->bits_state == Tri::yes && (v.tag == Tag::pair || v.tag == Tag::cell)) {
      out = bits_contains(s->bits, v);
      return Status::ok;
    }
    if (s->count == 0) return Status::ok;
    i64 h = 0;
    if (s->table == nullptr && s->list != nullptr && s->count <= kFewElements) {
      // Asks the elements one by one rather than for their order; v must be hashable all the same.
      ARC_TRY(hash_value(ctx, v, h));
      for (u32 k = 0; k < s->count && !out; ++k) {
        if (s->list[k].tag == v.tag && s->list[k].tag == Tag::integer) {
          out = s->list[k].i == v.i;
        } else {
          ARC_TRY(equal(ctx, s->list[k], v, out));
        }
      }
      return Status::ok;
    }
    ARC_TRY(force_order(ctx, s));
    ARC_TRY(hash_value(ctx, v, h));
    return table_contains(ctx, *s->table, v, h, out);
  }
  if (!container.is_tuple()) return Status::type_error;
  TupleView view;
  ARC_TRY(view_tuple(ctx, container, view));
  for (u32 k = 0; k < view.len && !out; ++k) ARC_TRY(equal(ctx, view.items[k], v, out));
  return Status::ok;
}

// ---- arithmetic -------------------------------------------------------------------------------

ARC_HD inline Status py_add(Ctx& ctx, const Value& a, const Value& b, Value& out) {
  if (a.is_int() && b.is_int()) {
    i64 n = 0;
    ARC_TRY(int_add(a.i, b.i, n));
    out = Value::integer(n);
    return Status::ok;
  }
  if (!a.is_tuple() || !b.is_tuple()) return Status::type_error;
  TupleView x;
  TupleView y;
  ARC_TRY(view_tuple(ctx, a, x));
  ARC_TRY(view_tuple(ctx, b, y));
  ARC_TRY(ctx.charge(u64{x.len} + y.len));
  TupleObj* t = nullptr;
  const u64 n = u64{x.len} + y.len;
  if (n <= 2) {
    Value items[2];
    for (u32 k = 0; k < x.len; ++k) items[k] = x.items[k];
    for (u32 k = 0; k < y.len; ++k) items[x.len + k] = y.items[k];
    return make_tuple(ctx, items, n, out);
  }
  ARC_TRY(alloc_tuple(ctx, n, t));
  for (u32 k = 0; k < x.len; ++k) t->items()[k] = x.items[k];
  for (u32 k = 0; k < y.len; ++k) t->items()[x.len + k] = y.items[k];
  seal_tuple(t);
  out = Value::of(t);
  return Status::ok;
}

ARC_HD inline Status py_sub(Ctx& ctx, const Value& a, const Value& b, Value& out) {
  if (a.is_int() && b.is_int()) {
    i64 n = 0;
    ARC_TRY(int_sub(a.i, b.i, n));
    out = Value::integer(n);
    return Status::ok;
  }
  if (!a.is_set() || !b.is_set()) return Status::type_error;
  ARC_TRY(force_order(ctx, a.set));
  ARC_TRY(force_order(ctx, b.set));
  Table t;
  ARC_TRY(table_difference(ctx, t, *a.set->table, *b.set->table));
  return make_set(ctx, t, out);
}

ARC_HD inline Status py_mul(Ctx& ctx, const Value& a, const Value& b, Value& out) {
  if (a.is_int() && b.is_int()) {
    i64 n = 0;
    ARC_TRY(int_mul(a.i, b.i, n));
    out = Value::integer(n);
    return Status::ok;
  }
  const bool tuple_first = a.is_tuple() && b.is_int();
  if (!tuple_first && !(a.is_int() && b.is_tuple())) return Status::type_error;
  const Value& v = tuple_first ? a : b;
  const i64 times = tuple_first ? b.i : a.i;
  TupleView x;
  ARC_TRY(view_tuple(ctx, v, x));
  if (times <= 0 || x.len == 0) return make_empty_tuple(ctx, out);
  const u64 n = saturating_mul(x.len, static_cast<u64>(times));
  ARC_TRY(ctx.charge(n));
  if (n == 2 && times == 2) return make_tuple2(ctx, x.items[0], x.items[0], out);
  if (times == 1) {
    out = v;
    return Status::ok;
  }
  TupleObj* t = nullptr;
  ARC_TRY(alloc_tuple(ctx, n, t));
  for (u64 k = 0; k < n; ++k) t->items()[k] = x.items[k % x.len];
  seal_tuple(t);
  out = Value::of(t);
  return Status::ok;
}

ARC_HD inline Status py_floordiv(const Value& a, const Value& b, Value& out) {
  if (!a.is_int() || !b.is_int()) return Status::type_error;
  i64 n = 0;
  ARC_TRY(int_floordiv(a.i, b.i, n));
  out = Value::integer(n);
  return Status::ok;
}

ARC_HD inline Status py_mod(const Value& a, const Value& b, Value& out) {
  if (!a.is_int() || !b.is_int()) return Status::type_error;
  i64 n = 0;
  ARC_TRY(int_mod(a.i, b.i, n));
  out = Value::integer(n);
  return Status::ok;
}

ARC_HD inline Status py_neg(const Value& a, Value& out) {
  if (!a.is_int()) return Status::type_error;
  i64 n = 0;
  ARC_TRY(int_sub(0, a.i, n));
  out = Value::integer(n);
  return Status::ok;
}

ARC_HD inline Status py_and(Ctx& ctx, const Value& a, const Value& b, Value& out) {
  if (a.is_int() && b.is_int()) {
    out = a.tag == Tag::boolean && b.tag == Tag::boolean ? Value::boolean((a.i & b.i) != 0)
                                                         : Value::integer(a.i & b.i);
    return Status::ok;
  }
  if (!a.is_set() || !b.is_set()) return Status::type_error;
  ARC_TRY(force_order(ctx, a.set));
  ARC_TRY(force_order(ctx, b.set));
  Table t;
  ARC_TRY(table_intersection(ctx, t, *a.set->table, *b.set->table));
  return make_set(ctx, t, out);
}

ARC_HD inline Status py_or_sets(Ctx& ctx, const Value& a, const Value& b, Value& out) {
  if (!a.is_set() || !b.is_set()) return Status::type_error;
  ARC_TRY(force_order(ctx, a.set));
  ARC_TRY(force_order(ctx, b.set));
  Table t;
  ARC_TRY(table_union(ctx, t, *a.set->table, *b.set->table));
  return make_set(ctx, t, out);
}

}  // namespace arcbatch
