// Containers whose order is by address: sets that hold functions or None, and what is made of
// them. Their order is never guessed. What does not depend on it is computed, with results that
// are unordered in turn; everything else is refused. One rule for every kernel path.
#pragma once

#include "primitives/dispatch.h"

namespace arcbatch {

ARC_HD constexpr OrderDependence order_of(Prim p) {
  switch (p) {
// clang-format off
#define ARC_PRIMITIVE(ident, name, arity, params, types, ret, kind, family, order, doc) \
  case Prim::ident: return OrderDependence::order;
#include "primitives/primitives.def"
      // clang-format on
    default: return OrderDependence::always;
  }
}

ARC_HD inline bool any_by_address(const Value* values, u32 n) {
  for (u32 k = 0; k < n; ++k) {
    if (order_by_address(values[k])) return true;
  }
  return false;
}

// A tuple of items in an order that is unknown where it has more than one.
ARC_HD inline Status make_unordered_tuple(Ctx& ctx, const Value* items, u32 n, Value& out) {
  bool alike = true;  // then every order is the same
  for (u32 k = 1; k < n; ++k) alike = alike && items[k].same_bits(items[0]);
  if (alike) return make_tuple(ctx, items, n, out);
  TupleObj* t = nullptr;
  ARC_TRY(alloc_tuple(ctx, n, t));
  for (u32 k = 0; k < n; ++k) t->items()[k] = items[k];
  seal_tuple(t);
  t->flags = static_cast<u8>(t->flags | kUnordered | kHasAddress);
  out = Value::of(t);
  return Status::ok;
}

// Flags a table that was filled one by one in an unknown order, unless every key stands in the
// first slot of its own hash: then any order of insertion gives this very table.
ARC_HD inline void flag_unknown_order(Table& t) {
  if ((t.flags & kHasAddress) != 0) return;
  for (u64 k = 0; k <= t.mask; ++k) {
    if (!is_active(t.entries[k])) continue;
    if ((static_cast<u64>(t.entries[k].hash) & t.mask) != k) {
      t.flags = static_cast<u8>(t.flags | kHasAddress);
      return;
    }
  }
}

// Marks a set as one of unknown order.
ARC_HD inline Status mark_unordered(Ctx& ctx, Value& v) {
  if (v.tag != Tag::set || v.set->count < 2 || (v.set->flags & kHasAddress) != 0) {
    return Status::ok;
  }
  ARC_TRY(force_order(ctx, v.set));
  SetObj* s = ctx.make<SetObj>();
  ARC_ALLOC(s);
  *s = *v.set;
  Table* t = ctx.make<Table>();
  ARC_ALLOC(t);
  *t = *v.set->table;
  t->flags = static_cast<u8>(t->flags | kHasAddress);
  s->table = t;
  s->flags = static_cast<u8>(s->flags | kHasAddress);
  v = Value::of(s);
  return Status::ok;
}

// Whether merge(containers) meets an unknown order, of the containers or of one of them.
ARC_HD inline bool merges_unordered(const Value& containers) {
  if (order_by_address(containers)) return true;
  if (containers.tag == Tag::tuple) {
    return any_by_address(containers.tuple->items(), containers.tuple->len);
  }
  if (containers.tag != Tag::set || (containers.set->flags & kHasAddress) == 0) return false;
  const Table* t = containers.set->table;
  if (t == nullptr && containers.set->list != nullptr) {
    return any_by_address(containers.set->list, containers.set->count);
  }
  for (u64 k = 0; t != nullptr && k <= t->mask; ++k) {
    if (is_active(t->entries[k]) && order_by_address(t->entries[k].key)) return true;
  }
  return false;
}

// merge() of such containers; `containers` unset stands for the set of `parts`.
ARC_HD inline Status merge_unordered(Ctx& ctx, const Value& containers, const Value* parts, u32 n,
                                     Value& out) {
  Vec<Value> items;
  if (containers.tag != Tag::unset) {
    Iter it;
    ARC_TRY(it.start_unordered(ctx, containers));
    for (Value c; it.next(c);) ARC_TRY(items.push(ctx, c));
    parts = items.data;
    n = items.size;
  }
  Vec<Value> all;
  for (u32 k = 0; k < n; ++k) {
    // With several orders possible, so are several first errors; but there is only this one.
    if (!parts[k].is_tuple() && !parts[k].is_set()) return Status::type_error;
    Iter it;
    ARC_TRY(it.start_unordered(ctx, parts[k]));
    for (Value e; it.next(e);) ARC_TRY(all.push(ctx, e));
  }
  if (containers.is_tuple()) return make_unordered_tuple(ctx, all.data, all.size, out);
  Table t;
  ARC_TRY(table_init(ctx, t));
  for (u32 k = 0; k < all.size; ++k) ARC_TRY(table_add(ctx, t, all.data[k]));
  flag_unknown_order(t);
  return make_set(ctx, t, out);
}

// Whether a primitive's result has contents that no order of a set argument can change, whatever
// the elements are.
ARC_HD constexpr bool takes_any_elements(Prim p) {
  switch (p) {
    case Prim::equality:
    case Prim::contained:
    case Prim::intersection:
    case Prim::difference:
    case Prim::size:
    case Prim::initset:
    case Prim::insert:
    case Prim::remove:
    case Prim::product:
    case Prim::repeat:
    case Prim::astuple:
    case Prim::sizefilter: return true;
    default: return false;
  }
}

// Whether a primitive hands its arguments on without looking inside.
ARC_HD constexpr bool looks_at_nothing(Prim p) {
  switch (p) {
    case Prim::identity:
    case Prim::branch:
    case Prim::both:
    case Prim::either:
    case Prim::flip:
    case Prim::astuple:
    case Prim::repeat:
    case Prim::toivec:
    case Prim::tojvec:
    case Prim::size:
    case Prim::initset:
    case Prim::equality: return true;
    default: return false;
  }
}

// combine() of two tuples or two sets.
ARC_HD inline Status combine_unordered(Ctx& ctx, const Value* a, Value& out) {
  if (a[0].is_tuple() != a[1].is_tuple() || a[0].is_set() != a[1].is_set()) {
    return Status::unsupported_order;
  }
  Vec<Value> items;
  for (u32 k = 0; k < 2; ++k) {
    Iter it;
    ARC_TRY(it.start_unordered(ctx, a[k]));
    for (Value e; it.next(e);) ARC_TRY(items.push(ctx, e));
  }
  if (a[0].is_tuple()) return make_unordered_tuple(ctx, items.data, items.size, out);
  return merge_unordered(ctx, Value{}, a, 2, out);
}

// A leaf primitive of which some argument is unordered. `run` calls its kernels as for any other
// arguments.
template <class F>
ARC_HD Status call_unordered(Ctx& ctx, Prim p, const Value* args, u32 n, F&& run, Value& out) {
  if (looks_at_nothing(p)) return run(args, out);
  if (p == Prim::combine) return combine_unordered(ctx, args, out);
  if (p == Prim::totuple) {
    Vec<Value> items;
    Iter it;
    ARC_TRY(it.start_unordered(ctx, args[0]));
    for (Value e; it.next(e);) ARC_TRY(items.push(ctx, e));
    return make_unordered_tuple(ctx, items.data, items.size, out);
  }
  if (p == Prim::merge && merges_unordered(args[0])) {
    return merge_unordered(ctx, args[0], nullptr, 0, out);
  }
  if (p != Prim::paint && order_of(p) != OrderDependence::never) return Status::unsupported_order;
  Value stand_ins[4];
  for (u32 k = 0; k < n; ++k) {
    stand_ins[k] = args[k];
    if (!order_by_address(args[k])) continue;
    if (args[k].tag == Tag::tuple) {
      // Painting the items of a tuple is painting their set, where no two items conflict.
      if (p != Prim::paint || k != 1) return Status::unsupported_order;
      ARC_TRY(merge_unordered(ctx, Value{}, &args[k], 1, stand_ins[k]));
    }
    SetObj* s = ctx.make<SetObj>();
    ARC_ALLOC(s);
    *s = *stand_ins[k].set;
    s->any_order = true;
    stand_ins[k] = Value::of(s);
    if (!takes_any_elements(p)) {
      // Cells of one kind at distinct locations: then which comes first decides nothing.
      const Bits* b = nullptr;
      ARC_TRY(as_bits(ctx, stand_ins[k], b));
      if (b == nullptr) return Status::unsupported_order;
    }
  }
  const Status status = run(stand_ins, out);
  if (is_error(status)) return Status::unsupported_order;
  ARC_TRY(status);
  return mark_unordered(ctx, out);
}

}  // namespace arcbatch
