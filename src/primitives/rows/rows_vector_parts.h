// What the members of rows_vector.h are made of; see there.
#pragma once

#include <cstring>

#include "primitives/rows/rows_vector_types.h"

namespace arcbatch {
namespace {

using Wide = Bytes<kWidest>;
// Rows of grids hardly have more columns.
constexpr u32 kRowBytes = kWidest < 32 ? kWidest : 32;

// ---- loads and stores -------------------------------------------------------------------------

// The lower or the upper half of v.
template <u32 kPart, class V>
ARC_ISA_INLINE Bytes<sizeof(V) / 2> half_of(V v) {
  constexpr int k = kPart * 2;
  const auto words = reinterpret_cast<Words<sizeof(V)>>(v);
  if constexpr (sizeof(V) == 32) {
    return reinterpret_cast<Bytes<16>>(__builtin_shufflevector(words, words, k, k + 1));
  } else {
    return reinterpret_cast<Bytes<32>>(
        __builtin_shufflevector(words, words, 2 * k, 2 * k + 1, 2 * k + 2, 2 * k + 3));
  }
}

template <class V>
ARC_ISA_INLINE V load(const void* p) {
  V v;
  std::memcpy(&v, p, sizeof(V));
  return v;
}
// The first n bytes, a constant; 0 behind them.
template <u32 n>
ARC_ISA_INLINE Bytes<16> load_low(const void* p) {
  Words<16> v = {0, 0};
  u64 low = 0;
  std::memcpy(&low, p, n);
  v[0] = low;
  return reinterpret_cast<Bytes<16>>(v);
}
template <class V>
ARC_ISA_INLINE void store(void* p, V v) {
  std::memcpy(p, &v, sizeof(V));
}
template <u32 n>
ARC_ISA_INLINE void store_low(void* p, Bytes<16> v) {
  const u64 low = reinterpret_cast<Words<16>>(v)[0];
  std::memcpy(p, &low, n);
}
// The lowest n bytes of v.
ARC_ISA_INLINE void store_some(i8* p, Bytes<16> v, u32 n) {
  if (n == 16) {
    store(p, v);
    return;
  }
  const Words<16> words = reinterpret_cast<Words<16>>(v);
  u64 rest = words[0];
  if ((n & 8) != 0) {
    std::memcpy(p, &rest, 8);
    p += 8;
    rest = words[1];
  }
  if ((n & 4) != 0) {
    std::memcpy(p, &rest, 4);
    p += 4;
    rest >>= 32;
  }
  if ((n & 2) != 0) {
    std::memcpy(p, &rest, 2);
    p += 2;
    rest >>= 16;
  }
  if ((n & 1) != 0) *p = static_cast<i8>(rest);
}
template <class V>
ARC_ISA_INLINE void store_some(i8* p, V v, u32 n) {
  constexpr u32 kHalf = sizeof(V) / 2;
  if (n == sizeof(V)) {
    store(p, v);
  } else if (n >= kHalf) {
    store(p, half_of<0>(v));
    store_some(p + kHalf, half_of<1>(v), n - kHalf);
  } else {
    store_some(p, half_of<0>(v), n);
  }
}

template <class V>
ARC_ISA_INLINE V all_of(i8 value) {
  return V{} + static_cast<signed char>(value);
}
template <class V>
ARC_ISA_INLINE bool is_same(V a, V b) {
  return equal_mask(a, b) == ~u64{0} >> (64 - sizeof(V));
}

ARC_ISA_INLINE u32 bits_in(u64 word) { return static_cast<u32>(__builtin_popcountll(word)); }

// The lowest w bits, 1 <= w <= 64.
ARC_ISA_INLINE u64 columns_below(u32 w) { return ~u64{0} >> (64 - w); }

// ---- elementwise maps -------------------------------------------------------------------------

struct First {
  template <class V>
  ARC_ISA_INLINE V operator()(V a, V) const {
    return a;
  }
};
struct Constant {
  i8 value;
  template <class V>
  ARC_ISA_INLINE V operator()(V, V) const {
    return all_of<V>(value);
  }
};
struct Or {
  template <class V>
  ARC_ISA_INLINE V operator()(V a, V b) const {
    return a | b;
  }
};
struct And {
  template <class V>
  ARC_ISA_INLINE V operator()(V a, V b) const {
    return a & b;
  }
};
struct Andnot {
  template <class V>
  ARC_ISA_INLINE V operator()(V a, V b) const {
    return a & ~b;
  }
};
struct ShiftUp {
  i32 by;
  template <class V>
  ARC_ISA_INLINE V operator()(V a, V) const {
    return reinterpret_cast<V>(reinterpret_cast<Words<sizeof(V)>>(a) << static_cast<u64>(by));
  }
};
struct ShiftDown {
  i32 by;
  template <class V>
  ARC_ISA_INLINE V operator()(V a, V) const {
    return reinterpret_cast<V>(reinterpret_cast<Words<sizeof(V)>>(a) >> static_cast<u64>(by));
  }
};
struct Replace {
  i8 from;
  i8 to;
  template <class V>
  ARC_ISA_INLINE V operator()(V a, V) const {
    return a == all_of<V>(from) ? all_of<V>(to) : a;
  }
};
struct Switch {
  i8 x;
  i8 y;
  template <class V>
  ARC_ISA_INLINE V operator()(V a, V) const {
    const V vx = all_of<V>(x);
    const V vy = all_of<V>(y);
    const V r = a == vy ? vx : a;
    return a == vx ? vy : r;
  }
};
struct Match {
  i8 fallback;
  template <class V>
  ARC_ISA_INLINE V operator()(V a, V b) const {
    return a == b ? a : all_of<V>(fallback);
  }
};

// dst[k] = op(a[k], b[k]) for n < 16 bytes, without touching others.
template <class Op>
ARC_ISA_INLINE void map_short(i8* dst, const i8* a, const i8* b, u64 n, const Op& op) {
  if (n >= 8) {
    const u64 at = n - 8;
    const Bytes<16> low = op(load_low<8>(a), load_low<8>(b));
    const Bytes<16> high = op(load_low<8>(a + at), load_low<8>(b + at));
    store_low<8>(dst, low);
    store_low<8>(dst + at, high);
  } else if (n >= 4) {
    const u64 at = n - 4;
    const Bytes<16> low = op(load_low<4>(a), load_low<4>(b));
    const Bytes<16> high = op(load_low<4>(a + at), load_low<4>(b + at));
    store_low<4>(dst, low);
    store_low<4>(dst + at, high);
  } else if (n != 0) {
    i8 x[4] = {a[0], a[n / 2], a[n - 1], 0};
    const i8 y[4] = {b[0], b[n / 2], b[n - 1], 0};
    store_low<4>(x, op(load_low<4>(x), load_low<4>(y)));
    dst[0] = x[0];
    dst[n / 2] = x[1];
    dst[n - 1] = x[2];
  }
}

// dst[k] = op(a[k], b[k]) for n bytes. The last vector overlaps the one before it; it is computed
// first, so that dst may be a.
template <class V, class Op>
ARC_ISA_INLINE void map_by(i8* dst, const i8* a, const i8* b, u64 n, const Op& op) {
  constexpr u64 kSize = sizeof(V);
  if (n >= kSize) {
    const u64 at = n - kSize;
    const V last = op(load<V>(a + at), load<V>(b + at));
    for (u64 k = 0; k + kSize <= n; k += kSize) store(dst + k, op(load<V>(a + k), load<V>(b + k)));
    store(dst + at, last);
  } else if constexpr (kSize > 16) {
    map_by<Bytes<kSize / 2>>(dst, a, b, n, op);
  } else {
    map_short(dst, a, b, n, op);
  }
}
template <class Op>
ARC_ISA_INLINE void map(i8* dst, const i8* a, const i8* b, u64 n, const Op& op) {
  map_by<Wide>(dst, a, b, n, op);
}
// The same for n words.
template <class Op>
ARC_ISA_INLINE void map(u64* dst, const u64* a, const u64* b, u32 n, const Op& op) {
  map_by<Wide>(reinterpret_cast<i8*>(dst), reinterpret_cast<const i8*>(a),
               reinterpret_cast<const i8*>(b), u64{n} * 8, op);
}

// The set bits of `mask` that runs of it connect to the bits of `seed`, a subset of it: upwards
// by the carry of one addition, downwards by doubling steps where there is anything to gain.
ARC_ISA_INLINE u64 spread(u64 seed, u64 mask) {
  u64 now = (((mask + seed) ^ mask) & mask) | seed;
  if (((now >> 1) & mask & ~now) == 0) return now;
  u64 open = mask;
  for (u32 step = 1; step < 64; step *= 2) {
    now |= open & (now >> step);
    open &= open >> step;
  }
  return now;
}

// ---- bytes of a row as bits -------------------------------------------------------------------

// Bit k: whether a[k] equals b[k], for k < kSpan.
template <u32 kSpan>
ARC_ISA_INLINE u64 equal_pairs(const i8* a, const i8* b) {
  constexpr u32 kSize = kSpan < kWidest ? kSpan : kWidest;
  using V = Bytes<kSize>;
  u64 bits = 0;
#pragma GCC unroll 4
  for (u32 k = 0; k < kSpan; k += kSize) {
    bits |= equal_mask(load<V>(a + k), load<V>(b + k)) << k;
  }
  return bits;
}

template <u32 kSpan>
ARC_ISA_INLINE void equals_of(u64* dst, const i8* cells, u32 stride, u32 h, u32 w, i8 value) {
  constexpr u32 kSize = kSpan < kWidest ? kSpan : kWidest;
  using V = Bytes<kSize>;
  const V v = all_of<V>(value);
  const u64 columns = columns_below(w);
  for (u32 r = 0; r < h; ++r) {
    const i8* row = cells + u64{r} * stride;
    u64 bits = 0;
#pragma GCC unroll 4
    for (u32 k = 0; k < kSpan; k += kSize) bits |= equal_mask(load<V>(row + k), v) << k;
    dst[r] = bits & columns;
  }
}

template <u32 kSpan, bool kDiagonal>
ARC_ISA_INLINE void neighbors_of(u64* left, u64* up, u64* up_left, u64* up_right, const i8* cells,
                                 u32 stride, u32 h, u32 w) {
  const u64 columns = columns_below(w);
  const u64 inner = columns >> 1;  // all columns but the last
  left[0] = (equal_pairs<kSpan>(cells + 1, cells) & inner) << 1;
  up[0] = 0;
  if constexpr (kDiagonal) up_left[0] = up_right[0] = 0;
  for (u32 r = 1; r < h; ++r) {
    const i8* above = cells + u64{r - 1} * stride;
    const i8* row = above + stride;
    left[r] = (equal_pairs<kSpan>(row + 1, row) & inner) << 1;
    up[r] = equal_pairs<kSpan>(row, above) & columns;
    if constexpr (kDiagonal) {
      up_left[r] = (equal_pairs<kSpan>(row + 1, above) & inner) << 1;
      up_right[r] = equal_pairs<kSpan>(row, above + 1) & inner;
    }
  }
}
template <u32 kSpan>
ARC_ISA_INLINE void neighbors_by(u64* left, u64* up, u64* up_left, u64* up_right, const i8* cells,
                                 u32 stride, u32 h, u32 w) {
  if (up_left == nullptr) {
    neighbors_of<kSpan, false>(left, up, up_left, up_right, cells, stride, h, w);
  } else {
    neighbors_of<kSpan, true>(left, up, up_left, up_right, cells, stride, h, w);
  }
}

// Rows of up to sizeof(V) columns of put(), from column `from` on. A row is loaded before the one
// above it is stored, because a load that meets part of a store in flight waits for it.
template <class V, class Source>
ARC_ISA_INLINE void put_strip(i8* cells, u32 stride, const u64* mask, u32 h, u32 w, u32 from,
                              u64 total, const Source& source) {
  const u64 columns = columns_below(w);
  V next = load<V>(cells + from);
  for (u32 r = 0; r < h; ++r) {
    const V row = next;
    const u64 at = u64{r} * stride + from;
    if (r + 1 < h) next = load<V>(cells + at + stride);
    const u64 bits = (mask[r] >> from) & columns;
    if (bits == 0) continue;
    const V now = blend(row, source.template at<V>(r, from), bits);
    if (at + sizeof(V) <= total) {
      store(cells + at, now);
    } else {
      store_some(cells + at, now, w);
    }
  }
}
template <class Source>
ARC_ISA_INLINE void put_rows(i8* cells, u32 stride, const u64* mask, u32 h, u32 w,
                             const Source& source) {
  if (h == 0 || w == 0) return;
  const u64 total = u64{h - 1} * stride + w;
  if (w <= 16) {
    put_strip<Bytes<16>>(cells, stride, mask, h, w, 0, total, source);
    return;
  }
  if (w <= kRowBytes) {
    put_strip<Bytes<kRowBytes>>(cells, stride, mask, h, w, 0, total, source);
    return;
  }
  for (u32 from = 0; from < w; from += kWidest) {
    put_strip<Wide>(cells, stride, mask, h, min_of(w - from, kWidest), from, total, source);
  }
}
struct OneValue {
  i8 value;
  template <class V>
  ARC_ISA_INLINE V at(u32, u32) const {
    return all_of<V>(value);
  }
};
struct FromRows {
  const i8* rows;
  u32 stride;
  template <class V>
  ARC_ISA_INLINE V at(u32 r, u32 k) const {
    return load<V>(rows + u64{r} * stride + k);
  }
};

// ---- blocks -----------------------------------------------------------------------------------

ARC_ISA_INLINE Bytes<16> reversed(Bytes<16> v) {
  return __builtin_shuffle(v, Bytes<16>{15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0});
}

// Writes a column of n bytes at dst + at; a whole vector where that ends inside `total` bytes,
// since what it spills over are columns that are written later.
template <class V>
ARC_ISA_INLINE void store_column(i8* dst, u64 at, u64 total, V v, u32 n) {
  if (n == sizeof(V) || at + sizeof(V) <= total) {
    store(dst + at, v);
  } else {
    store_some(dst + at, v, n);
  }
}

// The bytes of a and b in turn: those of the lower half of each 16, or of the upper.
template <class V>
ARC_ISA_INLINE V unpack_low(V a, V b) {
  if constexpr (sizeof(V) == 16) {
    return __builtin_shuffle(a, b, V{0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23});
  } else {
    return __builtin_shuffle(a, b,
                             V{0,  32, 1,  33, 2,  34, 3,  35, 4,  36, 5,  37, 6,  38, 7,  39,
                               16, 48, 17, 49, 18, 50, 19, 51, 20, 52, 21, 53, 22, 54, 23, 55});
  }
}
template <class V>
ARC_ISA_INLINE V unpack_high(V a, V b) {
  if constexpr (sizeof(V) == 16) {
    return __builtin_shuffle(a, b, V{8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31});
  } else {
    return __builtin_shuffle(a, b,
                             V{8,  40, 9,  41, 10, 42, 11, 43, 12, 44, 13, 45, 14, 46, 15, 47,
                               24, 56, 25, 57, 26, 58, 27, 59, 28, 60, 29, 61, 30, 62, 31, 63});
  }
}

// Row r of a block of `rows` rows, columns side by side; blocks of 32 rows hold row r + 16 in the
// upper half.
template <class V>
ARC_ISA_INLINE V load_row(const i8* a, u32 stride, u32 r, u32 rows) {
  using Part = Bytes<16>;
  const Part low = r < rows ? load<Part>(a + u64{r} * stride) : Part{};
  if constexpr (sizeof(V) == 16) {
    return low;
  } else {
    const Part high = r + 16 < rows ? load<Part>(a + u64{r + 16} * stride) : Part{};
    return reinterpret_cast<V>(__builtin_shufflevector(
        reinterpret_cast<Words<16>>(low), reinterpret_cast<Words<16>>(high), 0, 1, 2, 3));
  }
}

// Transposes the block of up to sizeof(V) x 16 bytes at (r0, k0) of a, h x w.
template <class V>
ARC_ISA_INLINE void transpose_block(i8* dst, const i8* a, u32 h, u32 w, u32 r0, u32 k0) {
  const u32 rows = min_of<u32>(sizeof(V), h - r0);
  const u32 columns = min_of<u32>(16, w - k0);
  V x[16];
  V y[16];
#pragma GCC unroll 16
  for (u32 r = 0; r < 16; ++r) x[r] = load_row<V>(a + u64{r0} * w + k0, w, r, rows);
    // Each pass interleaves the halves, which rotates the bits of (row, column) by one.
#pragma GCC unroll 2
  for (u32 pass = 0; pass < 2; ++pass) {
#pragma GCC unroll 8
    for (u32 k = 0; k < 8; ++k) {
      y[2 * k] = unpack_low(x[k], x[k + 8]);
      y[2 * k + 1] = unpack_high(x[k], x[k + 8]);
    }
#pragma GCC unroll 8
    for (u32 k = 0; k < 8; ++k) {
      x[2 * k] = unpack_low(y[k], y[k + 8]);
      x[2 * k + 1] = unpack_high(y[k], y[k + 8]);
    }
  }
  const u64 total = u64{h} * w;
  for (u32 k = 0; k < columns; ++k) {
    store_column(dst, u64{k0 + k} * h + r0, total, x[k], rows);
  }
}

}  // namespace
}  // namespace arcbatch
