// Generic kernels of the container family.
#pragma once

#include "primitives/kernels/generic_decl.h"
#include "primitives/kernels/generic_grid_base.h"

namespace arcbatch::generic {

// type(like)(items) of items collected by a generator.
ARC_HD inline Status collect(Ctx& ctx, const Value& like, const Vec<Value>& items, Value& out) {
  if (like.is_tuple()) return make_tuple(ctx, items.data, items.size, out);
  SetBuilder set;
  ARC_TRY(set.start(ctx));
  for (u32 k = 0; k < items.size; ++k) ARC_TRY(set.add(ctx, items.data[k]));
  return set.finish(ctx, out);
}

// Appends every element of v, in its order.
ARC_HD inline Status append_all(Ctx& ctx, const Value& v, Vec<Value>& items) {
  Iter it;
  ARC_TRY(it.start(ctx, v));
  const u64 total = u64{items.size} + len_of(v);
  if (total > items.capacity) ARC_TRY(items.reserve(ctx, max_of(total, u64{items.capacity} * 2)));
  for (Value e; it.next(e);) items.data[items.size++] = e;
  return Status::ok;
}

// max() or min() of a non-empty array: the first of equals.
ARC_HD inline Status extreme(Ctx& ctx, const Value* items, u32 n, Cmp op, Value& out) {
  out = items[0];
  for (u32 k = 1; k < n; ++k) {
    bool better = false;
    ARC_TRY(compare(ctx, op, items[k], out, better));
    if (better) out = items[k];
  }
  return Status::ok;
}

ARC_HD inline Status identity(Ctx&, const Value* a, Value& out) {
  out = a[0];
  return Status::ok;
}

ARC_HD inline Status equality(Ctx& ctx, const Value* a, Value& out) {
  bool same = false;
  ARC_TRY(equal(ctx, a[0], a[1], same));
  out = Value::boolean(same);
  return Status::ok;
}

ARC_HD inline Status contained(Ctx& ctx, const Value* a, Value& out) {
  bool in = false;
  ARC_TRY(py_contains(ctx, a[0], a[1], in));
  out = Value::boolean(in);
  return Status::ok;
}

ARC_HD inline Status combine(Ctx& ctx, const Value* a, Value& out) {
  Vec<Value> items;
  ARC_TRY(append_all(ctx, a[0], items));
  ARC_TRY(append_all(ctx, a[1], items));
  return collect(ctx, a[0], items, out);
}

ARC_HD inline Status intersection(Ctx& ctx, const Value* a, Value& out) {
  return py_and(ctx, a[0], a[1], out);
}

ARC_HD inline Status difference(Ctx& ctx, const Value* a, Value& out) {
  Iter it;
  ARC_TRY(it.start(ctx, a[0]));
  if (a[1].is_tuple()) ARC_TRY(ctx.charge(cost::area(len_of(a[0]), len_of(a[1]))));
  Vec<Value> items;
  for (Value e; it.next(e);) {
    bool in = false;
    ARC_TRY(py_contains(ctx, e, a[1], in));
    if (!in) ARC_TRY(items.push(ctx, e));
  }
  return collect(ctx, a[0], items, out);
}

ARC_HD inline Status dedupe(Ctx& ctx, const Value* a, Value& out) {
  // A frozenset has no index().
  if (a[0].is_set() && len_of(a[0]) > 0) return Status::attribute_error;
  Iter it;
  ARC_TRY(it.start(ctx, a[0]));
  ARC_TRY(ctx.charge(cost::area(len_of(a[0]), len_of(a[0]))));
  Vec<Value> items;
  for (Value e; it.next(e);) {
    bool seen = false;
    for (u32 k = 0; k < items.size && !seen; ++k) ARC_TRY(equal(ctx, items.data[k], e, seen));
    if (!seen) ARC_TRY(items.push(ctx, e));
  }
  return make_tuple(ctx, items.data, items.size, out);
}

// tuple(f(k) for k in range(n)): pays for n steps first, and refuses what is too large before it
// is built.
template <class F>
ARC_HD Status fill_tuple(Ctx& ctx, u64 n, F&& f, Value& out) {
  ARC_TRY(ctx.charge(n));
  ARC_TRY(grids::check_weight(ctx, n));
  if (n <= 2) {  // may be a pair or a cell
    Value items[2];
    for (u64 k = 0; k < n; ++k) items[k] = f(k);
    return make_tuple(ctx, items, n, out);
  }
  TupleObj* t = nullptr;
  ARC_TRY(alloc_tuple(ctx, n, t));
  for (u64 k = 0; k < n; ++k) t->items()[k] = f(k);
  seal_tuple(t);
  out = Value::of(t);
  return Status::ok;
}

ARC_HD inline Status repeat(Ctx& ctx, const Value* a, Value& out) {
  i64 n = 0;
  ARC_TRY(py_index(a[1], n));
  if (n <= 0) return make_empty_tuple(ctx, out);
  return fill_tuple(
      ctx, static_cast<u64>(n), [&](u64) { return a[0]; }, out);
}

ARC_HD inline Status size(Ctx&, const Value* a, Value& out) {
  i64 n = 0;
  ARC_TRY(py_len(a[0], n));
  out = Value::integer(n);
  return Status::ok;
}

ARC_HD inline Status merge(Ctx& ctx, const Value* a, Value& out) {
  Iter it;
  ARC_TRY(it.start(ctx, a[0]));
  Vec<Value> items;
  for (Value c; it.next(c);) ARC_TRY(append_all(ctx, c, items));
  return collect(ctx, a[0], items, out);
}

// max(container, default=0) and min.
ARC_HD inline Status extreme_or_zero(Ctx& ctx, const Value& v, Cmp op, Value& out) {
  Vec<Value> items;
  ARC_TRY(append_all(ctx, v, items));
  if (items.size == 0) {
    out = Value::integer(0);
    return Status::ok;
  }
  return extreme(ctx, items.data, items.size, op, out);
}

ARC_HD inline Status maximum(Ctx& ctx, const Value* a, Value& out) {
  return extreme_or_zero(ctx, a[0], Cmp::gt, out);
}

ARC_HD inline Status minimum(Ctx& ctx, const Value* a, Value& out) {
  return extreme_or_zero(ctx, a[0], Cmp::lt, out);
}

// The extreme of set(container) by container.count.
ARC_HD inline Status by_count(Ctx& ctx, const Value& container, bool most, Value& out) {
  if (container.is_set()) return Status::attribute_error;  // no count()
  Vec<Value> items;
  ARC_TRY(append_all(ctx, container, items));
  if (items.size == 0) return Status::value_error;
  SetBuilder distinct;
  ARC_TRY(distinct.start(ctx));
  for (u32 k = 0; k < items.size; ++k) ARC_TRY(distinct.add(ctx, items.data[k]));
  const Table& t = distinct.table;
  ARC_TRY(ctx.charge(cost::area(t.used, items.size)));
  u64 best = 0;
  bool any = false;
  bool tied = false;
  for (u64 s = 0; s <= t.mask; ++s) {
    if (!is_active(t.entries[s])) continue;
    u64 count = 0;
    for (u32 k = 0; k < items.size; ++k) {
      bool same = false;
      ARC_TRY(equal(ctx, items.data[k], t.entries[s].key, same));
      count += same ? 1 : 0;
    }
    if (!any || (most ? count > best : count < best)) {
      best = count;
      out = t.entries[s].key;
      any = true;
      tied = false;
    } else if (count == best) {
      tied = true;
    }
  }
  // The order of the set settles ties.
  return tied && (t.flags & kHasAddress) != 0 ? Status::unsupported_order : Status::ok;
}

ARC_HD inline Status mostcommon(Ctx& ctx, const Value* a, Value& out) {
  return by_count(ctx, a[0], true, out);
}

ARC_HD inline Status leastcommon(Ctx& ctx, const Value* a, Value& out) {
  return by_count(ctx, a[0], false, out);
}

ARC_HD inline Status initset(Ctx& ctx, const Value* a, Value& out) {
  SetBuilder set;
  ARC_TRY(set.start(ctx));
  ARC_TRY(set.add(ctx, a[0]));
  return set.finish_copy(ctx, out);
}

ARC_HD inline Status totuple(Ctx& ctx, const Value* a, Value& out) {
  if (a[0].is_tuple()) {
    out = a[0];
    return Status::ok;
  }
  Vec<Value> items;
  ARC_TRY(append_all(ctx, a[0], items));
  return make_tuple(ctx, items.data, items.size, out);
}

ARC_HD inline Status first(Ctx& ctx, const Value* a, Value& out) {
  return py_first(ctx, a[0], out);
}

// max(enumerate(container))[1]: indices differ, so elements are never compared.
ARC_HD inline Status last(Ctx& ctx, const Value* a, Value& out) {
  Iter it;
  ARC_TRY(it.start(ctx, a[0]));
  bool any = false;
  while (it.next(out)) any = true;
  return any ? Status::ok : Status::value_error;
}

ARC_HD inline Status insert(Ctx& ctx, const Value* a, Value& out) {
  if (!a[1].is_set()) return Status::attribute_error;
  ARC_TRY(force_order(ctx, a[1].set));
  Table single;
  ARC_TRY(table_init(ctx, single));
  ARC_TRY(table_add(ctx, single, a[0]));
  Table t;
  ARC_TRY(table_copy(ctx, t, *a[1].set->table));
  ARC_TRY(table_merge(ctx, t, single));
  return make_set(ctx, t, out);
}

ARC_HD inline Status remove(Ctx& ctx, const Value* a, Value& out) {
  Iter it;
  ARC_TRY(it.start(ctx, a[1]));
  Vec<Value> items;
  for (Value e; it.next(e);) {
    bool same = false;
    ARC_TRY(equal(ctx, e, a[0], same));
    if (!same) ARC_TRY(items.push(ctx, e));
  }
  return collect(ctx, a[1], items, out);
}

ARC_HD inline Status other(Ctx& ctx, const Value* a, Value& out) {
  const Value args[2] = {a[1], a[0]};
  Value rest;
  ARC_TRY(remove(ctx, args, rest));
  return py_first(ctx, rest, out);
}

ARC_HD inline Status interval(Ctx& ctx, const Value* a, Value& out) {
  i64 start = 0;
  i64 stop = 0;
  i64 step = 0;
  ARC_TRY(py_index(a[0], start));
  ARC_TRY(py_index(a[1], stop));
  ARC_TRY(py_index(a[2], step));
  if (step == 0) return Status::value_error;
  return fill_tuple(
      ctx, cost::range(start, stop, step),
      [&](u64 k) {
        return Value::integer(
            static_cast<i64>(static_cast<u64>(start) + k * static_cast<u64>(step)));
      },
      out);
}

ARC_HD inline Status astuple(Ctx& ctx, const Value* a, Value& out) {
  return make_tuple2(ctx, a[0], a[1], out);
}

// frozenset((i, j) for j in b for i in a)
ARC_HD inline Status product(Ctx& ctx, const Value* a, Value& out) {
  Iter outer;
  ARC_TRY(outer.start(ctx, a[1]));
  SetBuilder set;
  ARC_TRY(set.start(ctx));
  bool charged = false;
  for (Value j; outer.next(j);) {
    Iter inner;
    ARC_TRY(inner.start(ctx, a[0]));
    if (!charged) {
      const u64 pairs = cost::area(len_of(a[0]), len_of(a[1]));
      ARC_TRY(ctx.charge(pairs));
      // Of sets, all pairs differ.
      if (a[0].is_set() && a[1].is_set()) {
        ARC_TRY(grids::check_weight(ctx, saturating_mul(pairs, 3)));
      }
      charged = true;
    }
    for (Value i; inner.next(i);) {
      Value v;
      ARC_TRY(make_tuple2(ctx, i, j, v));
      ARC_TRY(set.add(ctx, v));
    }
  }
  return set.finish(ctx, out);
}

ARC_HD inline Status pair(Ctx& ctx, const Value* a, Value& out) {
  Iter x;
  Iter y;
  ARC_TRY(x.start(ctx, a[0]));
  ARC_TRY(y.start(ctx, a[1]));
  Vec<Value> items;
  Value i;
  Value j;
  while (x.next(i) && y.next(j)) {
    Value v;
    ARC_TRY(make_tuple2(ctx, i, j, v));
    ARC_TRY(items.push(ctx, v));
  }
  return make_tuple(ctx, items.data, items.size, out);
}

ARC_HD inline Status branch(Ctx&, const Value* a, Value& out) {
  out = py_truth(a[0]) ? a[1] : a[2];
  return Status::ok;
}

}  // namespace arcbatch::generic
