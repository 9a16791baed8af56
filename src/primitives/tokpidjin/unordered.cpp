// Calls on containers whose order is by address; the rules are those of primitives/unordered.h.
#include "primitives/tokpidjin/unordered.h"

#include <array>

#include "primitives/unordered.h"

namespace arcbatch::tok {

namespace {

// The primitive that a function is a form of; Prim::count_ for none.
Prim like_of(Fn fn) {
  static const auto* const all = [] {
    auto* made = new std::array<Prim, kFnCount>();  // lives as long as the process
    for (u32 k = 0; k < kFnCount; ++k) {
      const int found = kFunctions[k].like.empty() ? -1 : find_primitive(kFunctions[k].like);
      (*made)[k] = found < 0 ? Prim::count_ : static_cast<Prim>(found);
    }
    return made;
  }();
  return (*all)[static_cast<u32>(fn)];
}

std::string_view parameter(const FnInfo& info, u32 k) {
  std::string_view rest = info.params;
  for (; k > 0; --k) rest = rest.substr(rest.find(',') + 1);
  return rest.substr(0, rest.find(','));
}

// Whether a set holds locations only, or cells only at distinct locations: then which element
// comes first decides nothing.
Status is_harmless(Ctx& ctx, const Value& set, bool& out) {
  out = false;
  Iter it;
  ARC_TRY(it.start_unordered(ctx, set));
  Table locations;
  ARC_TRY(table_init(ctx, locations));
  u32 length = 0;
  for (Value e; it.next(e);) {
    if (!e.is_tuple() || (length != 0 && len_of(e) != length)) return Status::ok;
    length = len_of(e);
    if (length != 2 && length != 3) return Status::ok;
    Value i;
    Value j;
    Value at;
    ARC_TRY(py_getitem(ctx, e, 0, i));
    ARC_TRY(py_getitem(ctx, e, 1, j));
    if (i.tag != Tag::integer || j.tag != Tag::integer) return Status::ok;
    ARC_TRY(make_tuple2(ctx, i, j, at));
    ARC_TRY(table_add(ctx, locations, at));
  }
  out = locations.used == set.set->count;
  return Status::ok;
}

// Of equal sets that are added in an unknown order any may stay: where they differ in their own
// order, the one that is there has none that is known.
Status forget_order_of_equal(Ctx& ctx, Table& table, const Value& key) {
  if (!key.is_set() || key.set->count < 2) return Status::ok;
  i64 hash = 0;
  Entry* slot = nullptr;
  ARC_TRY(hash_value(ctx, key, hash));
  ARC_TRY(table_find(ctx, table, key, hash, slot));
  if (slot == nullptr || slot->key.same_bits(key) || order_by_address(slot->key)) {
    return Status::ok;
  }
  ARC_TRY(force_order(ctx, key.set));
  ARC_TRY(force_order(ctx, slot->key.set));
  const Table& a = *key.set->table;
  const Table& b = *slot->key.set->table;
  bool alike = a.mask == b.mask;
  for (u64 k = 0; alike && k <= a.mask; ++k) {
    const bool filled = is_active(a.entries[k]);
    alike = filled == is_active(b.entries[k]);
    if (filled && alike) ARC_TRY(equal(ctx, a.entries[k].key, b.entries[k].key, alike));
  }
  if (alike) return Status::ok;
  ARC_TRY(mark_unordered(ctx, slot->key));
  table.flags = static_cast<u8>(table.flags | kHasAddress);
  return Status::ok;
}

}  // namespace

Status open_items(Ctx& ctx, const Value& v, Items& out, bool& unordered) {
  unordered = order_by_address(v);
  if (!unordered) return items_of(ctx, v, out);
  Iter it;
  Vec<Value> items;
  ARC_TRY(it.start_unordered(ctx, v));
  for (Value e; it.next(e);) ARC_TRY(items.push(ctx, e));
  out.data = items.data;
  out.n = items.size;
  return Status::ok;
}

Status close_items(Ctx& ctx, bool to_tuple, const Vec<Value>& items, bool unordered, Value& out) {
  if (to_tuple) {
    return unordered ? make_unordered_tuple(ctx, items.data, items.size, out)
                     : make_tuple(ctx, items.data, items.size, out);
  }
  Table table;
  ARC_TRY(table_init(ctx, table));
  for (u32 k = 0; k < items.size; ++k) {
    if (unordered) ARC_TRY(forget_order_of_equal(ctx, table, items.data[k]));
    ARC_TRY(table_add(ctx, table, items.data[k]));
  }
  if (unordered) flag_unknown_order(table);
  return make_set(ctx, table, out);
}

Status merge_parts(Ctx& ctx, const Vec<Value>& parts, Value& out) {
  return merge_unordered(ctx, Value{}, parts.data, parts.size, out);
}

Status call_unordered(Run& run, Fn fn, Kernel kernel, const Value* args, u32 n, Value& out) {
  Ctx& ctx = run.ctx;
  const Prim p = like_of(fn);
  if (p == Prim::count_ || is_higher(p) || looks_at_nothing(p)) return kernel(run, args, out);
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
  if (p != Prim::paint && order_of(p) != OrderDependence::never) return kernel(run, args, out);
  Value stand_ins[4];
  const FnInfo& info = kFunctions[static_cast<u32>(fn)];
  for (u32 k = 0; k < n; ++k) {
    stand_ins[k] = args[k];
    if (!order_by_address(args[k])) continue;
    const std::string_view name = parameter(info, k);
    // A set of rows is no grid, but shows its order where it is taken for one.
    if (name == "grid" || name == "element" || name == "piece") return kernel(run, args, out);
    if (args[k].tag == Tag::tuple) {
      // Painting the items of a tuple is painting their set, where no two items conflict.
      if (p != Prim::paint || k != 1) return kernel(run, args, out);
      ARC_TRY(merge_unordered(ctx, Value{}, &args[k], 1, stand_ins[k]));
    }
    bool harmless = takes_any_elements(p);
    if (!harmless) ARC_TRY(is_harmless(ctx, stand_ins[k], harmless));
    if (!harmless) return kernel(run, args, out);
    auto* s = ctx.make<SetObj>();
    ARC_ALLOC(s);
    *s = *stand_ins[k].set;
    s->any_order = true;
    stand_ins[k] = Value::of(s);
  }
  ARC_TRY(kernel(run, stand_ins, out));
  return mark_unordered(ctx, out);
}

}  // namespace arcbatch::tok
