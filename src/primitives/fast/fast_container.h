// Fast kernels of the container family: set algebra on bit rows, and looks at sets that need no
// order.
#pragma once

#include "primitives/fast/fast_grid_base.h"
#include "values/bits_ops.h"

namespace arcbatch::fast {

ARC_FAST(identity) {
  out = a[0];
  return Status::ok;
}

ARC_FAST(combine) {
  ARC_TRY(make_union(ctx, a, 2, out));
  if (out.set->count == 0) return Status::ok;
  return set_recipe(ctx, out.set, Recipe::primitive, Prim::combine, a, 2);
}

ARC_FAST(intersection) {
  ARC_FAST_BITS(x, a[0]);
  ARC_FAST_BITS(y, a[1]);
  u64* rows = nullptr;
  ARC_TRY(select_cells(ctx, *x, *y, true, rows));
  return make_part(ctx, *x, rows, Prim::intersection, a, 2, out);
}

// Whether v is a listed set of patches, whose elements compare by their bits.
ARC_HD inline bool is_patch_list(const Value& v) {
  return v.tag == Tag::set && v.set->list != nullptr && v.set->list[0].tag == Tag::set &&
         (v.set->flags & kHasAddress) == 0;
}

// Whether v is a listed set of exact ints.
ARC_HD inline bool is_int_list(const Value& v) {
  if (v.tag != Tag::set || v.set->list == nullptr || v.set->table != nullptr) return false;
  for (u32 k = 0; k < v.set->count; ++k) {
    if (v.set->list[k].tag != Tag::integer) return false;
  }
  return true;
}

ARC_FAST(difference) {
  if (is_patch_list(a[0]) && is_patch_list(a[1])) {
    const SetObj* taken = a[1].set;
    // Beyond a few, looking each up in the other's table is cheaper than comparing all with all.
    if (taken->count > kFewElements) return Status::fallback;
    return filter_list(
        ctx, a[0].set, Prim::difference,
        [&](const Value& v, bool& wanted) {
          bool in = false;
          for (u32 k = 0; k < taken->count && !in; ++k) ARC_TRY(equal(ctx, taken->list[k], v, in));
          wanted = !in;
          return Status::ok;
        },
        out);
  }
  ARC_FAST_BITS(x, a[0]);
  ARC_FAST_BITS(y, a[1]);
  u64* rows = nullptr;
  ARC_TRY(select_cells(ctx, *x, *y, false, rows));
  return make_part(ctx, *x, rows, Prim::difference, a, 2, out);
}

ARC_FAST(remove) {
  if (is_patch_list(a[1]) && a[0].tag == Tag::set) {
    return filter_list(
        ctx, a[1].set, Prim::remove,
        [&](const Value& v, bool& wanted) {
          bool same = false;
          ARC_TRY(equal(ctx, v, a[0], same));
          wanted = !same;
          return Status::ok;
        },
        out);
  }
  if (is_int_list(a[1])) {
    return filter_list(
        ctx, a[1].set, Prim::remove,
        [&](const Value& v, bool& wanted) {
          wanted = !a[0].is_int() || a[0].i != v.i;
          return Status::ok;
        },
        out);
  }
  ARC_FAST_BITS(x, a[1]);
  if (a[0].tag == Tag::tuple) return Status::fallback;  // (True, 0) equals a pair
  u64* rows = ctx.make<u64>(x->h);
  ARC_ALLOC(rows);
  R::copy(rows, x->rows, x->h);
  if (bits_contains(*x, a[0])) {
    rows[a[0].p.a - x->i0] &= ~(u64{1} << (a[0].p.b - x->j0));
  }
  return make_part(ctx, *x, rows, Prim::remove, a, 2, out);
}

ARC_FAST(insert) {
  ARC_FAST_BITS(x, a[1]);
  const bool cell = x->kind != BitsKind::indices;
  if (a[0].tag != (cell ? Tag::cell : Tag::pair)) return Status::fallback;
  if (cell && (a[0].aux < -128 || a[0].aux > 127)) return Status::fallback;
  // A one-cell set joined by the union.
  u64 one = 1;
  SetObj single;
  single.count = 1;
  single.bits_state = Tri::yes;
  single.bits = Bits{};
  single.bits.i0 = a[0].p.a;
  single.bits.j0 = a[0].p.b;
  single.bits.h = single.bits.w = 1;
  single.bits.kind = cell ? BitsKind::unicolor : BitsKind::indices;
  single.bits.color = static_cast<i8>(a[0].aux);
  single.bits.rows = &one;
  const Value parts[2] = {a[1], Value::of(&single)};
  ARC_TRY(make_union(ctx, parts, 2, out));
  return set_recipe(ctx, out.set, Recipe::primitive, Prim::insert, a, 2);
}

// merge(grids) where all are of one width: a grid of all their rows.
template <class R>
ARC_HD Status merge_grids(Ctx& ctx, const TupleObj* t, Value& out) {
  if (t->len == 0 || t->items()[0].tag != Tag::grid) return Status::fallback;
  const u32 w = t->items()[0].grid->w;
  u64 h = 0;
  for (u32 k = 0; k < t->len; ++k) {
    const Value& v = t->items()[k];
    if (v.tag != Tag::grid || v.grid->w != w) return Status::fallback;
    h += v.grid->h;
  }
  if (!grids::is_makeable(ctx, h, w)) return Status::fallback;
  return grids::stack_grids<R>(ctx, t->items(), t->len, h, w, out);
}

ARC_FAST(merge) {
  if (a[0].tag == Tag::tuple) return merge_grids<R>(ctx, a[0].tuple, out);
  if (a[0].tag != Tag::set || a[0].set->list == nullptr) return Status::fallback;
  ARC_TRY(make_union(ctx, a[0].set->list, a[0].set->count, out));
  if (out.set->count == 0) return Status::ok;
  return set_recipe(ctx, out.set, Recipe::primitive, Prim::merge, a, 1);
}

// The only element of a set.
ARC_HD inline Status single_element(Ctx& ctx, SetObj* s, Value& out) {
  Iter it;
  ARC_TRY(it.start_unordered(ctx, Value::of(s)));
  return it.next(out) ? Status::ok : Status::runtime_error;
}

// The first (k = 0) or last item of an inline or listed tuple.
ARC_HD inline Status end_item(const Value& v, bool last, Value& out) {
  switch (v.tag) {
    case Tag::pair: out = Value::integer(last ? v.p.b : v.p.a); return Status::ok;
    case Tag::cell:
      out = last ? Value::pair(v.p.a, v.p.b) : Value::integer(v.aux);
      return Status::ok;
    case Tag::tuple:
      if (v.tuple->len == 0) return Status::fallback;
      out = v.tuple->items()[last ? v.tuple->len - 1 : 0];
      return Status::ok;
    default: return Status::fallback;
  }
}

ARC_FAST(first) {
  if (a[0].is_tuple()) return end_item(a[0], false, out);
  if (a[0].tag != Tag::set || a[0].set->count != 1) return Status::fallback;
  return single_element(ctx, a[0].set, out);
}

// first(remove(value, container)) where one is left.
ARC_FAST(other) {
  if (!is_int_list(a[0]) || !a[1].is_int()) return Status::fallback;
  const SetObj* s = a[0].set;
  u32 left = 0;
  for (u32 k = 0; k < s->count; ++k) {
    if (s->list[k].i == a[1].i) continue;
    out = s->list[k];
    left++;
  }
  return left == 1 ? Status::ok : Status::fallback;
}

ARC_FAST(last) {
  if (a[0].is_tuple()) return end_item(a[0], true, out);
  if (a[0].tag != Tag::set || a[0].set->count != 1) return Status::fallback;
  return single_element(ctx, a[0].set, out);
}

// The extreme of a set of exact ints, where ties are the same value.
ARC_HD inline Status extreme_int(Ctx& ctx, const Value& v, bool largest, Value& out) {
  if (v.tag != Tag::set || v.set->count == 0 || v.set->bits_state == Tri::yes) {
    return Status::fallback;
  }
  Iter it;
  ARC_TRY(it.start_unordered(ctx, v));
  Value e;
  it.next(e);
  if (e.tag != Tag::integer) return Status::fallback;
  i64 best = e.i;
  while (it.next(e)) {
    if (e.tag != Tag::integer) return Status::fallback;
    best = largest ? max_of(best, e.i) : min_of(best, e.i);
  }
  out = Value::integer(best);
  return Status::ok;
}

ARC_FAST(maximum) {
  if (a[0].tag == Tag::pair) {
    out = Value::integer(max_of(a[0].p.a, a[0].p.b));
    return Status::ok;
  }
  return extreme_int(ctx, a[0], true, out);
}

ARC_FAST(minimum) {
  if (a[0].tag == Tag::pair) {
    out = Value::integer(min_of(a[0].p.a, a[0].p.b));
    return Status::ok;
  }
  return extreme_int(ctx, a[0], false, out);
}

// tuple(zip(a, b)) of tuples.
ARC_FAST(pair) {
  if (a[0].tag != Tag::tuple || a[1].tag != Tag::tuple) return Status::fallback;
  if (((a[0].tuple->flags | a[1].tuple->flags) & kUnordered) != 0) return Status::fallback;
  const u32 n = min_of(a[0].tuple->len, a[1].tuple->len);
  if (n == 0) return make_empty_tuple(ctx, out);
  TupleObj* t = nullptr;
  ARC_TRY(alloc_tuple(ctx, n, t));
  const Value* x = a[0].tuple->items();
  const Value* y = a[1].tuple->items();
  for (u32 k = 0; k < n; ++k) ARC_TRY(make_tuple2(ctx, x[k], y[k], t->items()[k]));
  if (n <= 2) return make_tuple(ctx, t->items(), n, out);
  seal_tuple(t);
  out = Value::of(t);
  return Status::ok;
}

ARC_FAST(contained) {
  bool in = false;
  ARC_TRY(py_contains(ctx, a[0], a[1], in));
  out = Value::boolean(in);
  return Status::ok;
}

// frozenset({value}) of a value whose hash is no address.
ARC_FAST(initset) {
  const Value& v = a[0];
  const bool cell = v.tag == Tag::cell && v.aux >= -128 && v.aux <= 127;
  if (v.tag == Tag::pair || cell) {
    Bits bits;
    bits.i0 = v.p.a;
    bits.j0 = v.p.b;
    bits.h = bits.w = 1;
    bits.kind = cell ? BitsKind::unicolor : BitsKind::indices;
    bits.color = cell ? static_cast<i8>(v.aux) : i8{0};
    bits.rows = ctx.make<u64>(1);
    ARC_ALLOC(bits.rows);
    bits.rows[0] = 1;
    return make_lazy_bits(ctx, bits, 1, Prim::initset, a, 1, out);
  }
  if (flags_of(v) != 0 || v.tag == Tag::list) return Status::fallback;
  if (v.tag == Tag::tuple && (v.tuple->flags & kUnordered) != 0) return Status::fallback;
  Value* list = ctx.make<Value>(1);
  ARC_ALLOC(list);
  list[0] = v;
  return make_lazy_list(ctx, list, 1, Recipe::primitive, Prim::initset, a, 1, out);
}

// Range of a container of exact ints; fallback for any other.
ARC_HD inline Status int_range(Ctx& ctx, const Value& v, i64& lo, i64& hi, u64& n) {
  if (!v.is_tuple() && !v.is_set()) return Status::fallback;
  if (v.tag == Tag::set && v.set->bits_state == Tri::yes) return Status::fallback;
  Iter it;
  ARC_TRY(it.start_unordered(ctx, v));
  n = 0;
  for (Value e; it.next(e); ++n) {
    if (e.tag != Tag::integer) return Status::fallback;
    lo = n == 0 ? e.i : min_of(lo, e.i);
    hi = n == 0 ? e.i : max_of(hi, e.i);
  }
  return n == 0 ? Status::fallback : Status::ok;
}

// The product of two sets that are not of ints: all pairs differ. Fallback beyond so many pairs.
ARC_HD inline Status product_of_sets(Ctx& ctx, const Value* a, Value& out) {
  constexpr u64 kMostPairs = 1 << 16;
  if (a[0].tag != Tag::set || a[1].tag != Tag::set) return Status::fallback;
  if ((a[0].set->flags | a[1].set->flags) != 0) return Status::fallback;
  const u64 pairs = cost::area(len_of(a[0]), len_of(a[1]));
  if (pairs == 0 || pairs > kMostPairs || 3 * pairs >= ctx.max_expanded) return Status::fallback;
  Value* list = ctx.make<Value>(pairs);
  ARC_ALLOC(list);
  ARC_TRY(ctx.charge(pairs));
  u32 count = 0;
  Iter outer;
  ARC_TRY(outer.start_unordered(ctx, a[1]));
  for (Value j; outer.next(j);) {
    Iter inner;
    ARC_TRY(inner.start_unordered(ctx, a[0]));
    for (Value i; inner.next(i);) ARC_TRY(make_tuple2(ctx, i, j, list[count++]));
  }
  return make_lazy_list(ctx, list, count, Recipe::primitive, Prim::product, a, 2, out);
}

ARC_FAST(product) {
  i64 i0 = 0;
  i64 i1 = 0;
  i64 j0 = 0;
  i64 j1 = 0;
  u64 ni = 0;
  u64 nj = 0;
  Status status = int_range(ctx, a[0], i0, i1, ni);
  if (status == Status::ok) status = int_range(ctx, a[1], j0, j1, nj);
  if (status == Status::fallback) return product_of_sets(ctx, a, out);
  ARC_TRY(status);
  if (i0 < -1000000 || i1 > 1000000 || j0 < -1000000 || j1 > 1000000) return Status::fallback;
  if (i1 - i0 >= kMaxBitsHeight || j1 - j0 >= kMaxBitsWidth) return Status::fallback;
  ARC_TRY(ctx.charge(cost::area(ni, nj)));
  u64 row = 0;
  Iter columns;
  ARC_TRY(columns.start_unordered(ctx, a[1]));
  for (Value e; columns.next(e);) row |= u64{1} << (e.i - j0);
  const u32 h = static_cast<u32>(i1 - i0 + 1);
  u64* rows = ctx.make<u64>(h);
  ARC_ALLOC(rows);
  R::fill(rows, 0, h);
  Iter lines;
  ARC_TRY(lines.start_unordered(ctx, a[0]));
  for (Value e; lines.next(e);) rows[e.i - i0] = row;
  Bits bits;
  const u32 count = tighten(rows, static_cast<i32>(i0), static_cast<i32>(j0), h, bits);
  return make_lazy_bits(ctx, bits, count, Prim::product, a, 2, out);
}

}  // namespace arcbatch::fast
