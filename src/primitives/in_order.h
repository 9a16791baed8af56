// Elements of sets in Python's order, for those who have contents and results in an order of ours.
#pragma once

#include "values/lazy.h"

namespace arcbatch {

// Calls f(entry) for the elements of a set of known order.
template <class F>
ARC_HD Status for_entries(const Table& table, F&& f) {
  for (u64 k = 0; k <= table.mask; ++k) {
    if (is_active(table.entries[k])) ARC_TRY(f(table.entries[k]));
  }
  return Status::ok;
}

// Maps each slot of `table` to the index in `list` of its key. `slots` has mask + 1 entries.
ARC_HD inline Status map_slots(Ctx& ctx, const Table& table, const Value* list, u32 count,
                               u32* slots) {
  for (u32 k = 0; k < count; ++k) {
    i64 hash = 0;
    ARC_TRY(hash_value(ctx, list[k], hash));
    Entry* slot = nullptr;
    ARC_TRY(table_find(ctx, table, list[k], hash, slot));
    if (slot == nullptr) return Status::runtime_error;
    slots[slot - table.entries] = k;
  }
  return Status::ok;
}

// Calls f(index in s->list) in Python's order of s, whose list exists.
template <class F>
ARC_HD Status for_each_in_order(Ctx& ctx, SetObj* s, F&& f) {
  ARC_TRY(force_order(ctx, s));
  const Table& table = *s->table;
  u32* slots = ctx.make<u32>(u64{table.mask} + 1);
  ARC_ALLOC(slots);
  ARC_TRY(map_slots(ctx, table, s->list, s->count, slots));
  for (u64 k = 0; k <= table.mask; ++k) {
    if (is_active(table.entries[k])) ARC_TRY(f(slots[k]));
  }
  return Status::ok;
}

// The table of merge(containers).
ARC_HD inline Status replay_merge(Ctx& ctx, const Value& containers, Table& table) {
  ARC_TRY(table_init(ctx, table));
  Iter outer;
  ARC_TRY(outer.start(ctx, containers));
  for (Value c; outer.next(c);) {
    Iter inner;
    ARC_TRY(inner.start(ctx, c));
    if (c.is_set()) {
      ARC_TRY(for_entries(*c.set->table,
                          [&](const Entry& e) { return table_add(ctx, table, e.key, e.hash); }));
      continue;
    }
    for (Value e; inner.next(e);) ARC_TRY(table_add(ctx, table, e));
  }
  return Status::ok;
}

}  // namespace arcbatch
