// CPython's set table: insertion, growth, copies and set algebra with the same slots and hence
// the same iteration order as setobject.c of 3.8 to 3.13. Host and device.
#pragma once

#include "values/context.h"
#include "values/hash.h"
#include "values/value.h"

namespace arcbatch {

ARC_HD Status equal(Ctx& ctx, const Value& a, const Value& b, bool& out);
ARC_HD u8 flags_of(const Value& v);

inline constexpr u32 kTableMinSize = 8;
inline constexpr u32 kLinearProbes = 9;
inline constexpr u32 kPerturbShift = 5;

ARC_HD inline bool is_active(const Entry& e) { return e.key.tag != Tag::unset; }
ARC_HD inline bool is_unused(const Entry& e) { return e.key.tag == Tag::unset && e.hash == 0; }

ARC_HD inline Status table_allocate(Ctx& ctx, u32 size, Entry*& out) {
  out = ctx.make<Entry>(size);
  ARC_ALLOC(out);
  for (u32 k = 0; k < size; ++k) out[k] = Entry{};
  return Status::ok;
}

// An empty table of the minimum size.
ARC_HD inline Status table_init(Ctx& ctx, Table& t) {
  t = Table{};
  t.mask = kTableMinSize - 1;
  return table_allocate(ctx, kTableMinSize, t.entries);
}

// Inserts a key known to be absent, without growth.
ARC_HD inline void table_insert_clean(Entry* entries, u64 mask, const Value& key, i64 hash) {
  u64 perturb = static_cast<u64>(hash);
  u64 i = static_cast<u64>(hash) & mask;
  for (;;) {
    Entry* e = &entries[i];
    u32 probes = i + kLinearProbes <= mask ? kLinearProbes : 0;
    for (;;) {
      if (e->key.tag == Tag::unset) {
        e->key = key;
        e->hash = hash;
        return;
      }
      if (probes-- == 0) break;
      ++e;
    }
    perturb >>= kPerturbShift;
    i = (i * 5 + 1 + perturb) & mask;
  }
}

// set_table_resize: the smallest power of two above `min_used`; dummies go.
ARC_HD inline Status table_resize(Ctx& ctx, Table& t, u64 min_used) {
  u64 size = kTableMinSize;
  while (size <= min_used) size <<= 1;
  if (size > (u64{1} << 31)) return Status::limit_size;
  Entry* entries = nullptr;
  ARC_TRY(table_allocate(ctx, static_cast<u32>(size), entries));
  const u64 mask = size - 1;
  for (u64 k = 0; k <= t.mask; ++k) {
    const Entry& e = t.entries[k];
    if (is_active(e)) table_insert_clean(entries, mask, e.key, e.hash);
  }
  t.entries = entries;
  t.mask = static_cast<u32>(mask);
  t.fill = t.used;
  return Status::ok;
}

// Equality of keys of equal hash, with the inline forms first.
ARC_HD inline Status key_equal(Ctx& ctx, const Value& a, const Value& b, bool& out) {
  if (a.same_bits(b)) {
    out = true;
    return Status::ok;
  }
  if (a.tag == b.tag &&
      (a.tag == Tag::pair || a.tag == Tag::cell || a.tag == Tag::triple || a.tag == Tag::integer)) {
    out = false;
    return Status::ok;
  }
  return equal(ctx, a, b, out);
}

// set_add_entry. Keeps the first of equal keys, as CPython does.
ARC_HD inline Status table_add(Ctx& ctx, Table& t, const Value& key, i64 hash) {
  const u64 mask = t.mask;
  u64 perturb = static_cast<u64>(hash);
  u64 i = static_cast<u64>(hash) & mask;
  for (;;) {
    Entry* e = &t.entries[i];
    u32 probes = i + kLinearProbes <= mask ? kLinearProbes : 0;
    for (;;) {
      if (e->key.tag == Tag::unset) {
        if (e->hash == 0) {
          e->key = key;
          e->hash = hash;
          t.flags = static_cast<u8>(t.flags | flags_of(key));
          t.fill++;
          t.used++;
          if (u64{t.fill} * 5 < mask * 3) return Status::ok;
          return table_resize(ctx, t, t.used > 50000 ? u64{t.used} * 2 : u64{t.used} * 4);
        }
      } else if (e->hash == hash) {
        bool same = false;
        ARC_TRY(key_equal(ctx, e->key, key, same));
        if (same) return Status::ok;
      }
      if (probes-- == 0) break;
      ++e;
    }
    perturb >>= kPerturbShift;
    i = (i * 5 + 1 + perturb) & mask;
  }
}

ARC_HD inline Status table_add(Ctx& ctx, Table& t, const Value& key) {
  i64 hash = 0;
  ARC_TRY(hash_value(ctx, key, hash));
  return table_add(ctx, t, key, hash);
}

// set_lookkey: sets `slot` to the entry of `key`, or nullptr.
ARC_HD inline Status table_find(Ctx& ctx, const Table& t, const Value& key, i64 hash,
                                Entry*& slot) {
  const u64 mask = t.mask;
  u64 perturb = static_cast<u64>(hash);
  u64 i = static_cast<u64>(hash) & mask;
  slot = nullptr;
  for (;;) {
    Entry* e = &t.entries[i];
    u32 probes = i + kLinearProbes <= mask ? kLinearProbes : 0;
    for (;;) {
      if (is_unused(*e)) return Status::ok;
      if (e->hash == hash && is_active(*e)) {
        bool same = false;
        ARC_TRY(key_equal(ctx, e->key, key, same));
        if (same) {
          slot = e;
          return Status::ok;
        }
      }
      if (probes-- == 0) break;
      ++e;
    }
    perturb >>= kPerturbShift;
    i = (i * 5 + 1 + perturb) & mask;
  }
}

ARC_HD inline Status table_contains(Ctx& ctx, const Table& t, const Value& key, i64 hash,
                                    bool& out) {
  Entry* slot = nullptr;
  ARC_TRY(table_find(ctx, t, key, hash, slot));
  out = slot != nullptr;
  return Status::ok;
}

// set_merge: adds every key of `other` in its slot order; one growth at the start.
ARC_HD inline Status table_merge(Ctx& ctx, Table& t, const Table& other) {
  if (other.used == 0) return Status::ok;
  if ((u64{t.fill} + other.used) * 5 >= u64{t.mask} * 3) {
    ARC_TRY(table_resize(ctx, t, (u64{t.used} + other.used) * 2));
  }
  t.flags = static_cast<u8>(t.flags | other.flags);
  if (t.fill == 0 && t.mask == other.mask && other.fill == other.used) {
    for (u64 k = 0; k <= other.mask; ++k) t.entries[k] = other.entries[k];
    t.fill = other.fill;
    t.used = other.used;
    return Status::ok;
  }
  if (t.fill == 0) {
    t.fill = other.used;
    t.used = other.used;
    for (u64 k = 0; k <= other.mask; ++k) {
      const Entry& e = other.entries[k];
      if (is_active(e)) table_insert_clean(t.entries, t.mask, e.key, e.hash);
    }
    return Status::ok;
  }
  for (u64 k = 0; k <= other.mask; ++k) {
    const Entry& e = other.entries[k];
    if (is_active(e)) ARC_TRY(table_add(ctx, t, e.key, e.hash));
  }
  return Status::ok;
}

// set_copy, and frozenset(set): a merge into an empty table.
ARC_HD inline Status table_copy(Ctx& ctx, Table& out, const Table& source) {
  ARC_TRY(table_init(ctx, out));
  return table_merge(ctx, out, source);
}

// a | b
ARC_HD inline Status table_union(Ctx& ctx, Table& out, const Table& a, const Table& b) {
  ARC_TRY(table_copy(ctx, out, a));
  if (&a == &b) return Status::ok;
  return table_merge(ctx, out, b);
}

// a & b: iterates the smaller operand, the right one when the sizes agree.
ARC_HD inline Status table_intersection(Ctx& ctx, Table& out, const Table& a, const Table& b) {
  if (&a == &b) return table_copy(ctx, out, a);
  ARC_TRY(table_init(ctx, out));
  const Table* looked_up = &a;
  const Table* iterated = &b;
  if (b.used > a.used) {
    looked_up = &b;
    iterated = &a;
  }
  for (u64 k = 0; k <= iterated->mask; ++k) {
    const Entry& e = iterated->entries[k];
    if (!is_active(e)) continue;
    bool in = false;
    ARC_TRY(table_contains(ctx, *looked_up, e.key, e.hash, in));
    if (in) ARC_TRY(table_add(ctx, out, e.key, e.hash));
  }
  // What is left of a set without a known order has none either.
  if (iterated->used > 1) out.flags = static_cast<u8>(out.flags | (iterated->flags & kHasAddress));
  return Status::ok;
}

// a - b: copies and discards (leaving dummies) when a is over four times larger, else filters.
ARC_HD inline Status table_difference(Ctx& ctx, Table& out, const Table& a, const Table& b) {
  if ((a.used >> 2) > b.used) {
    ARC_TRY(table_copy(ctx, out, a));
    for (u64 k = 0; k <= b.mask; ++k) {
      const Entry& e = b.entries[k];
      if (!is_active(e)) continue;
      Entry* slot = nullptr;
      ARC_TRY(table_find(ctx, out, e.key, e.hash, slot));
      if (slot != nullptr) {
        slot->key = Value{};
        slot->hash = -1;
        out.used--;
      }
    }
    if (out.fill - out.used > out.mask / 4) {
      ARC_TRY(table_resize(ctx, out, out.used > 50000 ? u64{out.used} * 2 : u64{out.used} * 4));
    }
  } else {
    ARC_TRY(table_init(ctx, out));
    for (u64 k = 0; k <= a.mask; ++k) {
      const Entry& e = a.entries[k];
      if (!is_active(e)) continue;
      bool in = false;
      ARC_TRY(table_contains(ctx, b, e.key, e.hash, in));
      if (!in) ARC_TRY(table_add(ctx, out, e.key, e.hash));
    }
  }
  // Discarded keys may have been the only ones that hold functions; an order that hung on an
  // address stays unknown.
  out.flags = a.used > 1 ? static_cast<u8>(a.flags & kHasAddress) : u8{0};
  for (u64 k = 0; k <= out.mask; ++k) {
    if (is_active(out.entries[k])) {
      out.flags = static_cast<u8>(out.flags | flags_of(out.entries[k].key));
    }
  }
  return Status::ok;
}

}  // namespace arcbatch
