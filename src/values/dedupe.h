// Distinct values among the results of a map over a set, by fingerprints of their fast forms,
// without Python's hashes.
#pragma once

#include "values/lazy.h"

namespace arcbatch {

ARC_HD constexpr u64 mix(u64 h, u64 v) {
  h ^= v + 0x9e3779b97f4a7c15ULL;
  h *= 0xbf58476d1ce4e5b9ULL;
  return h ^ (h >> 29);
}

// Sets `out` to a fingerprint that equal values of the same form share. Returns fallback for
// values without a fast form.
ARC_HD inline Status fingerprint(Ctx& ctx, const Value& v, u64& out) {
  switch (v.tag) {
    case Tag::integer:
    case Tag::boolean:
    case Tag::pair:
    case Tag::cell:
      out = mix(static_cast<u64>(v.i), static_cast<u64>(v.aux) + 1);
      return Status::ok;
    case Tag::grid: {
      const GridObj* g = v.grid;
      const u64 n = u64{g->h} * g->w;
      const i8* cells = g->cells();
      u64 h = mix(g->h, g->w);
      u64 k = 0;
      for (; k + 8 <= n; k += 8) {
        u64 word = 0;
        __builtin_memcpy(&word, cells + k, 8);
        h = mix(h, word);
      }
      for (; k < n; ++k) h = mix(h, static_cast<u8>(cells[k]));
      out = h;
      return Status::ok;
    }
    case Tag::set: {
      const Bits* b = nullptr;
      ARC_TRY(as_bits(ctx, v, b));
      if (b == nullptr) {
        if (v.set->count != 0) return Status::fallback;
        out = 7;
        return Status::ok;
      }
      u64 h = mix((static_cast<u64>(static_cast<u32>(b->i0)) << 32) | static_cast<u32>(b->j0),
                  (u64{b->h} << 32) | (u64{b->w} << 16) | static_cast<u64>(b->kind));
      if (b->kind == BitsKind::unicolor) h = mix(h, static_cast<u8>(b->color));
      for (u32 r = 0; r < b->h; ++r) {
        h = mix(h, b->rows[r]);
        if (b->kind != BitsKind::multicolor) continue;
        for (u64 row = b->rows[r]; row != 0; row &= row - 1) {
          h = mix(h, static_cast<u8>(b->colors[u64{r} * b->w + ctz64(row)]));
        }
      }
      out = h;
      return Status::ok;
    }
    default: return Status::fallback;
  }
}

// Distinct values of v[0..n), first occurrences first. `repeated[k]` tells whether distinct[k]
// stands for several objects whose inner order may differ. Returns fallback where the values
// have no fast form or mix forms that can be equal (True and 1).
ARC_HD inline Status dedupe_values(Ctx& ctx, const Value* v, u32 n, Value*& distinct,
                                   bool*& repeated, u32& count) {
  count = 0;
  distinct = ctx.make<Value>(n);
  ARC_ALLOC(distinct);
  repeated = ctx.make<bool>(n);
  ARC_ALLOC(repeated);
  u32 size = 16;
  while (size < 2 * n) size <<= 1;
  struct Slot {
    u64 print;
    u32 index;
  };
  Slot* slots = ctx.make<Slot>(size);
  ARC_ALLOC(slots);
  for (u32 k = 0; k < size; ++k) slots[k].index = ~0u;
  for (u32 k = 0; k < n; ++k) {
    if (v[k].tag != v[0].tag) return Status::fallback;
    u64 print = 0;
    ARC_TRY(fingerprint(ctx, v[k], print));
    u32 at = static_cast<u32>(print) & (size - 1);
    bool found = false;
    for (; slots[at].index != ~0u; at = (at + 1) & (size - 1)) {
      if (slots[at].print != print) continue;
      const Value& seen = distinct[slots[at].index];
      bool same = false;
      ARC_TRY(equal(ctx, seen, v[k], same));
      if (!same) continue;
      found = true;
      if (v[k].tag == Tag::set && !v[k].same_bits(seen) && v[k].set->count > 1) {
        repeated[slots[at].index] = true;
      }
      break;
    }
    if (found) continue;
    slots[at] = Slot{print, count};
    repeated[count] = false;
    distinct[count++] = v[k];
  }
  return Status::ok;
}

}  // namespace arcbatch
