// CPython's hashes of ints, tuples and frozensets (3.8 to 3.13), from contents alone.
#pragma once

#include "values/context.h"
#include "values/value.h"

namespace arcbatch {

// hash(int): the value modulo 2^61 - 1 with its sign; -1 is reserved.
ARC_HD inline i64 hash_int(i64 n) {
  constexpr i64 kModulus = (i64{1} << 61) - 1;
  if (ARC_UNLIKELY(n >= kModulus || n <= -kModulus)) n %= kModulus;
  return n == -1 ? -2 : n;
}

// The xxHash-based tuple hash, one lane at a time.
struct TupleHash {
  static constexpr u64 kPrime1 = 11400714785074694791ULL;
  static constexpr u64 kPrime2 = 14029467366897019727ULL;
  static constexpr u64 kPrime5 = 2870177450012600261ULL;
  u64 acc = kPrime5;
  ARC_HD void add(i64 lane) {
    acc += static_cast<u64>(lane) * kPrime2;
    acc = (acc << 31) | (acc >> 33);
    acc *= kPrime1;
  }
  [[nodiscard]] ARC_HD i64 finish(u64 len) const {
    const u64 h = acc + (len ^ (kPrime5 ^ 3527539ULL));
    return h == ~u64{0} ? 1546275796 : static_cast<i64>(h);
  }
};

ARC_HD inline i64 hash_pair(i64 a, i64 b) {
  TupleHash t;
  t.add(hash_int(a));
  t.add(hash_int(b));
  return t.finish(2);
}

ARC_HD inline i64 hash_triple(i64 a, i64 b, i64 c) {
  TupleHash t;
  t.add(hash_int(a));
  t.add(hash_int(b));
  t.add(hash_int(c));
  return t.finish(3);
}

// hash((color, (i, j))) given hash((i, j)).
ARC_HD inline i64 hash_cell(i64 color, i64 location_hash) {
  TupleHash t;
  t.add(hash_int(color));
  t.add(location_hash);
  return t.finish(2);
}

// The frozenset hash: xor of shuffled element hashes, so order does not matter.
struct SetHash {
  u64 acc = 0;
  ARC_HD static u64 shuffle(u64 h) { return ((h ^ 89869747ULL) ^ (h << 16)) * 3644798167ULL; }
  ARC_HD void add(i64 hash) { acc ^= shuffle(static_cast<u64>(hash)); }
  [[nodiscard]] ARC_HD i64 finish(u64 count) const {
    // CPython xors every slot and then takes the unused ones out again; here only the active
    // ones were added, which is the same value.
    u64 h = acc;
    h ^= (count + 1) * 1927868237ULL;
    h ^= (h >> 11) ^ (h >> 25);
    h = h * 69069ULL + 907133923ULL;
    return h == ~u64{0} ? 590923713 : static_cast<i64>(h);
  }
};

// Sets `out` to hash(v). Functions and None hash to a stand-in of their address: whoever lets
// such a hash decide an order must look at kHasAddress.
ARC_HD Status hash_value(Ctx& ctx, const Value& v, i64& out);

}  // namespace arcbatch
