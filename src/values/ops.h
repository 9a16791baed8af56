// Python's operations on values: iteration, indexing, equality, ordering, hashing, arithmetic.
// Everything the reference's primitives are made of; the generic kernels are written on these.
#pragma once

#include "values/build.h"
#include "values/context.h"
#include "values/hash.h"
#include "values/set_table.h"
#include "values/value.h"

namespace arcbatch {

// Makes the table of a set that has none (defined with the primitives, whose ordered kernels it
// runs).
ARC_HD Status make_order(Ctx& ctx, SetObj* s);

// Makes sure that the order of a set is there.
ARC_HD inline Status force_order(Ctx& ctx, SetObj* s) {
  return ARC_LIKELY(s->table != nullptr) ? Status::ok : make_order(ctx, s);
}

// Makes sure that some enumerable form (table or list) of the contents exists.
ARC_HD Status enumerate_contents(Ctx& ctx, SetObj* s);

// ---- sequences --------------------------------------------------------------------------------

// A tuple's items as an array; pairs, cells and triples use the view's own storage.
struct TupleView {
  const Value* items = nullptr;
  u32 len = 0;
  Value inline_items[3];
};

// Requires v.is_tuple().
ARC_HD inline Status view_tuple(Ctx& ctx, const Value& v, TupleView& out) {
  switch (v.tag) {
    case Tag::pair:
      out.inline_items[0] = Value::integer(v.p.a);
      out.inline_items[1] = Value::integer(v.p.b);
      out.items = out.inline_items;
      out.len = 2;
      return Status::ok;
    case Tag::cell:
      out.inline_items[0] = Value::integer(v.aux);
      out.inline_items[1] = Value::pair(v.p.a, v.p.b);
      out.items = out.inline_items;
      out.len = 2;
      return Status::ok;
    case Tag::triple:
      out.inline_items[0] = Value::integer(v.p.a);
      out.inline_items[1] = Value::integer(v.p.b);
      out.inline_items[2] = Value::integer(v.aux);
      out.items = out.inline_items;
      out.len = 3;
      return Status::ok;
    case Tag::grid: {
      TupleObj* t = nullptr;
      ARC_TRY(grid_tuple(ctx, v.grid, t));
      out.items = t->items();
      out.len = t->len;
      return Status::ok;
    }
    default:
      if (ARC_UNLIKELY((v.tuple->flags & kUnordered) != 0)) return Status::unsupported_order;
      out.items = v.tuple->items();
      out.len = v.tuple->len;
      return Status::ok;
  }
}

// Whether v is a container whose iteration order is by address, hence unknown.
ARC_HD inline bool order_by_address(const Value& v) {
  if (v.tag == Tag::set) {
    return (v.set->flags & kHasAddress) != 0 && v.set->count > 1 && !v.set->any_order;
  }
  return v.tag == Tag::tuple && (v.tuple->flags & kUnordered) != 0;
}

// Membership in a listed set of up to this many is decided without its order.
inline constexpr u32 kFewElements = 32;

// iter(v): Python's iteration order. `for (Value e; it.next(e);)`.
struct Iter {
  TupleView view;
  const Entry* entries = nullptr;
  u64 pos = 0;
  u64 end = 0;

  Iter() = default;
  Iter(const Iter&) = delete;  // `view` may point into itself
  Iter& operator=(const Iter&) = delete;

  // TypeError where v is not iterable; unsupported where its order is by address.
  ARC_HD Status start(Ctx& ctx, const Value& v) {
    pos = 0;
    if (v.is_tuple()) {
      ARC_TRY(view_tuple(ctx, v, view));
      entries = nullptr;
      end = view.len;
      return Status::ok;
    }
    if (!v.is_set()) return Status::type_error;
    if (ARC_UNLIKELY(order_by_address(v))) return Status::unsupported_order;
    ARC_TRY(force_order(ctx, v.set));
    entries = v.set->table->entries;
    end = u64{v.set->table->mask} + 1;
    return Status::ok;
  }

  // Like start(), for uses in which the order cannot be seen.
  ARC_HD Status start_unordered(Ctx& ctx, const Value& v) {
    pos = 0;
    if (v.tag == Tag::tuple) {
      entries = nullptr;
      view.items = v.tuple->items();
      end = v.tuple->len;
      return Status::ok;
    }
    if (!v.is_set()) return start(ctx, v);
    ARC_TRY(enumerate_contents(ctx, v.set));
    if (v.set->table != nullptr) {
      entries = v.set->table->entries;
      end = u64{v.set->table->mask} + 1;
    } else {
      entries = nullptr;
      view.items = v.set->list;
      end = v.set->count;
    }
    return Status::ok;
  }

  ARC_HD bool next(Value& out) {
    if (entries == nullptr) {
      if (pos == end) return false;
      out = view.items[pos++];
      return true;
    }
    while (pos < end) {
      const Entry& e = entries[pos++];
      if (is_active(e)) {
        out = e.key;
        return true;
      }
    }
    return false;
  }
};

// len(v)
ARC_HD inline Status py_len(const Value& v, i64& out) {
  if (!v.is_tuple() && !v.is_set()) return Status::type_error;
  out = len_of(v);
  return Status::ok;
}

// v[k] for a constant or computed int; negative counts from the end. Sets and scalars: TypeError.
ARC_HD inline Status py_getitem(Ctx& ctx, const Value& v, i64 k, Value& out) {
  if (!v.is_tuple()) return Status::type_error;
  const i64 len = len_of(v);
  if (k < 0) k += len;
  if (k < 0 || k >= len) return Status::index_error;
  TupleView view;
  ARC_TRY(view_tuple(ctx, v, view));
  out = view.items[k];
  return Status::ok;
}

// v[index] for any index value: TypeError unless index is an int (or bool).
ARC_HD inline Status py_getitem(Ctx& ctx, const Value& v, const Value& index, Value& out) {
  if (!v.is_tuple() || !index.is_int()) return Status::type_error;
  return py_getitem(ctx, v, index.i, out);
}

// `a, b = v`: TypeError unless iterable, ValueError unless it has two elements. Sets of two
// unpack in their iteration order.
ARC_HD inline Status py_unpack2(Ctx& ctx, const Value& v, Value& a, Value& b) {
  if (v.tag == Tag::pair) {
    a = Value::integer(v.p.a);
    b = Value::integer(v.p.b);
    return Status::ok;
  }
  if (v.tag == Tag::cell) {
    a = Value::integer(v.aux);
    b = Value::pair(v.p.a, v.p.b);
    return Status::ok;
  }
  if (!v.is_tuple() && !v.is_set()) return Status::type_error;
  if (len_of(v) != 2) return Status::value_error;
  Iter it;
  ARC_TRY(it.start(ctx, v));
  it.next(a);
  it.next(b);
  return Status::ok;
}

// next(iter(v)): StopIteration where v is empty.
ARC_HD inline Status py_first(Ctx& ctx, const Value& v, Value& out) {
  Iter it;
  ARC_TRY(it.start(ctx, v));
  return it.next(out) ? Status::ok : Status::stop_iteration;
}

// v[start:stop:step] of a tuple, for step 1 and -1 as Python's slice of indices [from, from+n).
ARC_HD Status py_slice(Ctx& ctx, const Value& v, i64 from, i64 n, Value& out);
// v[::-1]
ARC_HD Status py_reverse(Ctx& ctx, const Value& v, Value& out);

// Truth value.
ARC_HD inline bool py_truth(const Value& v) {
  switch (v.tag) {
    case Tag::none: return false;
    case Tag::boolean:
    case Tag::integer: return v.i != 0;
    case Tag::tuple: return v.tuple->len != 0;
    case Tag::set: return v.set->count != 0;
    case Tag::list: return v.list->len != 0;
    case Tag::real: return v.real->value != 0;
    default: return true;
  }
}

// ---- comparison -------------------------------------------------------------------------------

enum class Cmp : u8 { lt, le, gt, ge };

// `x op y` of two numbers of which one at least is a float.
ARC_HD bool compare_reals(Cmp op, const Value& x, const Value& y);
ARC_HD bool equal_reals(const Value& x, const Value& y);

// a is b or a == b, as containers compare their elements; never a Python error.
ARC_HD Status equal(Ctx& ctx, const Value& a, const Value& b, bool& out);

// a == b: unlike equal(), a nan does not equal itself.
ARC_HD inline Status equal_operator(Ctx& ctx, const Value& a, const Value& b, bool& out) {
  if (ARC_UNLIKELY(a.tag == Tag::real && b.tag == Tag::real)) {
    out = equal_reals(a, b);
    return Status::ok;
  }
  return equal(ctx, a, b, out);
}

// a < b and its kin: numbers, tuples (lexicographic), sets (inclusion); TypeError otherwise.
ARC_HD Status compare(Ctx& ctx, Cmp op, const Value& a, const Value& b, bool& out);

// v in container: TypeError unless it is a tuple or set.
ARC_HD Status py_contains(Ctx& ctx, const Value& v, const Value& container, bool& out);

// ---- arithmetic (ints of 64 bits; beyond: unsupported) ----------------------------------------

ARC_HD inline Status int_add(i64 a, i64 b, i64& out) {
  return add_overflows(a, b, out) ? Status::unsupported_bigint : Status::ok;
}
ARC_HD inline Status int_sub(i64 a, i64 b, i64& out) {
  return sub_overflows(a, b, out) ? Status::unsupported_bigint : Status::ok;
}
ARC_HD inline Status int_mul(i64 a, i64 b, i64& out) {
  return mul_overflows(a, b, out) ? Status::unsupported_bigint : Status::ok;
}
// Floor division and modulo, as Python rounds.
ARC_HD inline Status int_floordiv(i64 a, i64 b, i64& out) {
  if (b == 0) return Status::zero_division_error;
  if (a == INT64_MIN && b == -1) return Status::unsupported_bigint;
  out = a / b - ((a % b != 0 && (a < 0) != (b < 0)) ? 1 : 0);
  return Status::ok;
}
ARC_HD inline Status int_mod(i64 a, i64 b, i64& out) {
  if (b == 0) return Status::zero_division_error;
  if (b == -1) {
    out = 0;
    return Status::ok;
  }
  out = a % b;
  if (out != 0 && (out < 0) != (b < 0)) out += b;
  return Status::ok;
}

// a + b: ints add, tuples concatenate.
ARC_HD Status py_add(Ctx& ctx, const Value& a, const Value& b, Value& out);
// a - b: ints, or set difference.
ARC_HD Status py_sub(Ctx& ctx, const Value& a, const Value& b, Value& out);
// a * b: ints, or repetition of a tuple.
ARC_HD Status py_mul(Ctx& ctx, const Value& a, const Value& b, Value& out);
// a // b and a % b of ints.
ARC_HD Status py_floordiv(const Value& a, const Value& b, Value& out);
ARC_HD Status py_mod(const Value& a, const Value& b, Value& out);
// -a
ARC_HD Status py_neg(const Value& a, Value& out);
// a & b: ints, bools, or set intersection.
ARC_HD Status py_and(Ctx& ctx, const Value& a, const Value& b, Value& out);
// a | b of two sets (nothing else reaches it).
ARC_HD Status py_or_sets(Ctx& ctx, const Value& a, const Value& b, Value& out);

// range() and slices accept ints and bools; anything else: TypeError.
ARC_HD inline Status py_index(const Value& v, i64& out) {
  if (!v.is_int()) return Status::type_error;
  out = v.i;
  return Status::ok;
}

}  // namespace arcbatch

#include "values/ops_inl.h"
