// CPython's sets of the locations of one grid, as tables of small numbers: the same slots as
// set_table.h's for the same history. objects() makes thousands of such sets, which differ in
// nothing but which of a few hundred known locations they hold.
#pragma once

#include "values/set_table.h"

namespace arcbatch {

// Numbers for the locations (i, j) of an h x w grid and of the border around it, from 1 upwards.
struct LocationNumbers {
  struct Location {
    i32 i, j;
  };
  u32 stride = 0;
  u32 count = 0;                  // one past the largest number
  Location* locations = nullptr;  // by number
  i64* hashes = nullptr;          // hash((i, j)), by number

  ARC_HD Status start(Ctx& ctx, i64 h, i64 w) {
    const u64 n = saturating_mul(static_cast<u64>(h) + 2, static_cast<u64>(w) + 2);
    if (n > 0x7ffffffe) return Status::limit_size;
    stride = static_cast<u32>(w) + 2;
    count = static_cast<u32>(n) + 1;
    locations = ctx.make<Location>(count);
    hashes = ctx.make<i64>(count);
    ARC_ALLOC(locations);
    ARC_ALLOC(hashes);
    u32 number = 1;
    for (i32 i = -1; i <= static_cast<i32>(h); ++i) {
      for (i32 j = -1; j <= static_cast<i32>(w); ++j, ++number) {
        locations[number] = {i, j};
        hashes[number] = hash_pair(i, j);
      }
    }
    return Status::ok;
  }
  [[nodiscard]] ARC_HD u32 at(u32 i, u32 j) const { return (i + 1) * stride + j + 2; }
};

// A set of numbers that stand for keys with the given hashes. Different numbers are different
// keys. Slots hold a number, 0 (unused) or kDummy.
struct LocationSet {
  static constexpr u32 kDummy = ~u32{0};
  u32* slots = nullptr;
  u32 mask = 0;
  u32 fill = 0;
  u32 used = 0;
  u32 capacity = 0;
  u32* spare = nullptr;  // the table before the last growth, to be used again
  u32 spare_capacity = 0;

  ARC_HD static bool active(u32 slot) { return slot != 0 && slot != kDummy; }

  // The slot of a key known to be absent.
  ARC_HD static u32* free_slot(u32* slots, u64 mask, i64 hash) {
    u64 perturb = static_cast<u64>(hash);
    u64 i = perturb & mask;
    for (;;) {
      u32* slot = slots + i;
      u32 probes = i + kLinearProbes <= mask ? kLinearProbes : 0;
      for (;;) {
        if (*slot == 0) return slot;
        if (probes-- == 0) break;
        ++slot;
      }
      perturb >>= kPerturbShift;
      i = (i * 5 + 1 + perturb) & mask;
    }
  }

  ARC_HD static void prefetch(const void* at) {
#if defined(__CUDA_ARCH__)
    (void)at;
#else
    __builtin_prefetch(at);
#endif
  }
  // For an add() to come.
  ARC_HD void prefetch_slot(i64 hash) const { prefetch(slots + (static_cast<u64>(hash) & mask)); }

  // set()
  ARC_HD Status clear(Ctx& ctx) {
    if (capacity < kTableMinSize) {
      slots = ctx.make<u32>(kTableMinSize);
      ARC_ALLOC(slots);
      capacity = kTableMinSize;
    }
    mask = kTableMinSize - 1;
    fill = used = 0;
    for (u32 k = 0; k < kTableMinSize; ++k) slots[k] = 0;
    return Status::ok;
  }

  // See table_resize.
  ARC_HD Status resize(Ctx& ctx, const i64* hashes, u64 min_used) {
    u64 size = kTableMinSize;
    while (size <= min_used) size <<= 1;
    if (size > (u64{1} << 31)) return Status::limit_size;
    if (spare_capacity < size) {
      spare = ctx.make<u32>(size);
      ARC_ALLOC(spare);
      spare_capacity = static_cast<u32>(size);
    }
    u32* old = slots;
    const u32 old_capacity = capacity;
    for (u64 k = 0; k < size; ++k) spare[k] = 0;
    // In a large table each hash is a miss of the cache.
    constexpr u64 kLarge = 1 << 14;
    constexpr u64 kAhead = 16;
    const u64 fetched = mask < kLarge ? 0 : mask - kAhead;
    for (u64 k = 0; k <= mask; ++k) {
      if (k < fetched && active(old[k + kAhead])) prefetch(hashes + old[k + kAhead]);
      if (active(old[k])) *free_slot(spare, size - 1, hashes[old[k]]) = old[k];
    }
    slots = spare;
    capacity = spare_capacity;
    spare = old;
    spare_capacity = old_capacity;
    mask = static_cast<u32>(size - 1);
    fill = used;
    return Status::ok;
  }

  ARC_HD Status add(Ctx& ctx, const i64* hashes, u32 number) {
    const i64 hash = hashes[number];
    u64 perturb = static_cast<u64>(hash);
    u64 i = perturb & mask;
    for (;;) {
      u32* slot = slots + i;
      u32 probes = i + kLinearProbes <= mask ? kLinearProbes : 0;
      for (;;) {
        if (*slot == number) return Status::ok;
        if (*slot == 0) {
          *slot = number;
          ++fill;
          ++used;
          if (u64{fill} * 5 < u64{mask} * 3) return Status::ok;
          return resize(ctx, hashes, used > 50000 ? u64{used} * 2 : u64{used} * 4);
        }
        if (probes-- == 0) break;
        ++slot;
      }
      perturb >>= kPerturbShift;
      i = (i * 5 + 1 + perturb) & mask;
    }
  }

  // See table_merge: `self |= other`.
  ARC_HD Status merge(Ctx& ctx, const i64* hashes, const u32* other, u32 other_mask, u32 other_fill,
                      u32 other_used) {
    if (other_used == 0) return Status::ok;
    if ((u64{fill} + other_used) * 5 >= u64{mask} * 3) {
      ARC_TRY(resize(ctx, hashes, (u64{used} + other_used) * 2));
    }
    if (fill == 0) {
      const bool same_slots = mask == other_mask && other_fill == other_used;
      fill = used = other_used;
      for (u64 k = 0; k <= other_mask; ++k) {
        if (!active(other[k])) continue;
        *(same_slots ? slots + k : free_slot(slots, mask, hashes[other[k]])) = other[k];
      }
      return Status::ok;
    }
    for (u64 k = 0; k <= other_mask; ++k) {
      if (active(other[k])) ARC_TRY(add(ctx, hashes, other[k]));
    }
    return Status::ok;
  }

  // set(other)
  ARC_HD Status copy(Ctx& ctx, const i64* hashes, const LocationSet& other) {
    ARC_TRY(clear(ctx));
    return merge(ctx, hashes, other.slots, other.mask, other.fill, other.used);
  }

  // The table of frozenset() of what stands behind the numbers: key(number, value) makes it.
  template <class F>
  ARC_HD Status freeze(Ctx& ctx, const i64* hashes, F&& key, Table& out) const {
    out = Table{};
    ARC_TRY(table_allocate(ctx, mask + 1, out.entries));
    out.mask = mask;
    out.fill = out.used = used;
    for (u64 k = 0; k <= mask; ++k) {
      if (!active(slots[k])) continue;
      ARC_TRY(key(slots[k], out.entries[k].key));
      out.entries[k].hash = hashes[slots[k]];
    }
    return Status::ok;
  }

  // See table_difference: `a - b`, where members[number] says what b holds, b_used in all.
  ARC_HD Status difference(Ctx& ctx, const i64* hashes, const LocationSet& a, const bool* members,
                           u32 b_used) {
    if ((a.used >> 2) <= b_used) {
      ARC_TRY(clear(ctx));
      for (u64 k = 0; k <= a.mask; ++k) {
        if (active(a.slots[k]) && !members[a.slots[k]]) ARC_TRY(add(ctx, hashes, a.slots[k]));
      }
      return Status::ok;
    }
    ARC_TRY(copy(ctx, hashes, a));
    for (u64 k = 0; k <= mask; ++k) {
      if (active(slots[k]) && members[slots[k]]) {
        slots[k] = kDummy;
        --used;
      }
    }
    if (fill - used > mask / 4) {
      return resize(ctx, hashes, used > 50000 ? u64{used} * 2 : u64{used} * 4);
    }
    return Status::ok;
  }
};

// `into |= {(i, j) for i, j in diagfun(loc) if 0 <= i < h and 0 <= j < w}` of the location with
// this number. Each display has four elements, so frozenset()'s copy of it has the same slots,
// and the union of two displays has grown to 32.
ARC_HD inline Status merge_neighbors(Ctx& ctx, const LocationNumbers& numbers, u32 number,
                                     bool diagonal, i64 h, i64 w, LocationSet& into) {
  constexpr u32 kLarge = 32;
  const i64* hashes = numbers.hashes;
  const u32 s = numbers.stride;
  u32 direct[kTableMinSize] = {};
  const u32 beside[4] = {number - s, number + s, number - 1, number + 1};
  for (const u32 n : beside) {
    *LocationSet::free_slot(direct, kTableMinSize - 1, hashes[n]) = n;
  }
  u32 around[8];
  u32 count = 0;
  if (diagonal) {
    u32 corners[kTableMinSize] = {};
    u32 both[kLarge] = {};
    const u32 across[4] = {number - s - 1, number - s + 1, number + s - 1, number + s + 1};
    for (const u32 n : across) {
      *LocationSet::free_slot(corners, kTableMinSize - 1, hashes[n]) = n;
    }
    for (const u32 n : direct) {
      if (n != 0) *LocationSet::free_slot(both, kLarge - 1, hashes[n]) = n;
    }
    for (const u32 n : corners) {
      if (n != 0) *LocationSet::free_slot(both, kLarge - 1, hashes[n]) = n;
    }
    for (const u32 n : both) {
      if (n != 0) around[count++] = n;
    }
  } else {
    for (const u32 n : direct) {
      if (n != 0) around[count++] = n;
    }
  }
  // The comprehension: its fifth element makes it grow to 32.
  u32 small[kTableMinSize] = {};
  u32 large[kLarge] = {};
  u32 used = 0;
  for (u32 k = 0; k < count; ++k) {
    const LocationNumbers::Location at = numbers.locations[around[k]];
    if (at.i < 0 || at.i >= h || at.j < 0 || at.j >= w) continue;
    const bool grown = used >= 5;
    *LocationSet::free_slot(grown ? large : small, grown ? kLarge - 1 : kTableMinSize - 1,
                            hashes[around[k]]) = around[k];
    if (++used != 5) continue;
    for (const u32 n : small) {
      if (n != 0) *LocationSet::free_slot(large, kLarge - 1, hashes[n]) = n;
    }
  }
  const bool grown = used >= 5;
  return into.merge(ctx, hashes, grown ? large : small, grown ? kLarge - 1 : kTableMinSize - 1,
                    used, used);
}

}  // namespace arcbatch
