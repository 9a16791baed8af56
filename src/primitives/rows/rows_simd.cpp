// AVX2 implementation of the Rows vocabulary. The target stands on each function, so that the
// file needs no flags of its own and nothing of it leaks into code for other processors. Runs
// end with a vector that overlaps the one before it; it is computed first, so that dst may be a.
#include "primitives/rows/rows_simd.h"

#if defined(__x86_64__)

#include <immintrin.h>

#include <cstring>

#define ARC_AVX2 __attribute__((target("avx2,bmi,bmi2,popcnt")))
#define ARC_AVX2_INLINE __attribute__((target("avx2,bmi,bmi2,popcnt"), always_inline)) inline

namespace arcbatch {
namespace {

// ---- loads and stores -------------------------------------------------------------------------

ARC_AVX2_INLINE __m256i load32(const void* p) {
  return _mm256_loadu_si256(static_cast<const __m256i*>(p));
}
ARC_AVX2_INLINE __m128i load16(const void* p) {
  return _mm_loadu_si128(static_cast<const __m128i*>(p));
}
ARC_AVX2_INLINE __m128i load8(const void* p) {
  return _mm_loadl_epi64(static_cast<const __m128i*>(p));
}
ARC_AVX2_INLINE __m128i load4(const void* p) {
  i32 v = 0;
  std::memcpy(&v, p, 4);
  return _mm_cvtsi32_si128(v);
}
ARC_AVX2_INLINE void store32(void* p, __m256i v) {
  _mm256_storeu_si256(static_cast<__m256i*>(p), v);
}
ARC_AVX2_INLINE void store16(void* p, __m128i v) { _mm_storeu_si128(static_cast<__m128i*>(p), v); }
ARC_AVX2_INLINE void store8(void* p, __m128i v) { _mm_storel_epi64(static_cast<__m128i*>(p), v); }
ARC_AVX2_INLINE void store4(void* p, __m128i v) {
  const i32 low = _mm_cvtsi128_si32(v);
  std::memcpy(p, &low, 4);
}
// The lowest n <= 16 bytes of v.
ARC_AVX2_INLINE void store_low(i8* p, __m128i v, u32 n) {
  if (n == 16) {
    store16(p, v);
    return;
  }
  if ((n & 8) != 0) {
    store8(p, v);
    p += 8;
    v = _mm_srli_si128(v, 8);
  }
  u64 rest = static_cast<u64>(_mm_cvtsi128_si64(v));
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
// The lowest n <= 32 bytes of v.
ARC_AVX2_INLINE void store_low(i8* p, __m256i v, u32 n) {
  if (n == 32) {
    store32(p, v);
  } else if (n >= 16) {
    store16(p, _mm256_castsi256_si128(v));
    store_low(p + 16, _mm256_extracti128_si256(v, 1), n - 16);
  } else {
    store_low(p, _mm256_castsi256_si128(v), n);
  }
}

ARC_AVX2_INLINE __m256i wide(__m128i v) { return _mm256_castsi128_si256(v); }
ARC_AVX2_INLINE __m128i narrow(__m256i v) { return _mm256_castsi256_si128(v); }
ARC_AVX2_INLINE u32 mask_of(__m256i v) { return static_cast<u32>(_mm256_movemask_epi8(v)); }
ARC_AVX2_INLINE u32 mask_of(__m128i v) { return static_cast<u32>(_mm_movemask_epi8(v)); }
ARC_AVX2_INLINE bool is_zero(__m256i v) { return _mm256_testz_si256(v, v) != 0; }

ARC_AVX2_INLINE u64 columns_below(u32 w) { return ~u64{0} >> (64 - w); }

// ---- elementwise maps -------------------------------------------------------------------------

struct First {
  ARC_AVX2_INLINE __m256i operator()(__m256i a, __m256i) const { return a; }
};
struct Or {
  ARC_AVX2_INLINE __m256i operator()(__m256i a, __m256i b) const { return _mm256_or_si256(a, b); }
};
struct And {
  ARC_AVX2_INLINE __m256i operator()(__m256i a, __m256i b) const { return _mm256_and_si256(a, b); }
};
struct Andnot {
  ARC_AVX2_INLINE __m256i operator()(__m256i a, __m256i b) const {
    return _mm256_andnot_si256(b, a);
  }
};
struct ShiftUp {
  i32 by;
  ARC_AVX2_INLINE __m256i operator()(__m256i a, __m256i) const {
    return _mm256_sll_epi64(a, _mm_cvtsi32_si128(by));
  }
};
struct ShiftDown {
  i32 by;
  ARC_AVX2_INLINE __m256i operator()(__m256i a, __m256i) const {
    return _mm256_srl_epi64(a, _mm_cvtsi32_si128(by));
  }
};
struct Replace {
  i8 from;
  i8 to;
  ARC_AVX2_INLINE __m256i operator()(__m256i a, __m256i) const {
    const __m256i hit = _mm256_cmpeq_epi8(a, _mm256_set1_epi8(from));
    return _mm256_blendv_epi8(a, _mm256_set1_epi8(to), hit);
  }
};
struct Switch {
  i8 x;
  i8 y;
  ARC_AVX2_INLINE __m256i operator()(__m256i a, __m256i) const {
    const __m256i vx = _mm256_set1_epi8(x);
    const __m256i vy = _mm256_set1_epi8(y);
    const __m256i r = _mm256_blendv_epi8(a, vx, _mm256_cmpeq_epi8(a, vy));
    return _mm256_blendv_epi8(r, vy, _mm256_cmpeq_epi8(a, vx));
  }
};
struct Match {
  i8 fallback;
  ARC_AVX2_INLINE __m256i operator()(__m256i a, __m256i b) const {
    return _mm256_blendv_epi8(_mm256_set1_epi8(fallback), a, _mm256_cmpeq_epi8(a, b));
  }
};

// dst[k] = op(a[k], b[k]) for n < 32 bytes, without touching others.
template <class Op>
ARC_AVX2_INLINE void map_short(i8* dst, const i8* a, const i8* b, u64 n, const Op& op) {
  if (n >= 16) {
    const u64 at = n - 16;
    const __m256i low = op(wide(load16(a)), wide(load16(b)));
    const __m256i high = op(wide(load16(a + at)), wide(load16(b + at)));
    store16(dst, narrow(low));
    store16(dst + at, narrow(high));
  } else if (n >= 8) {
    const u64 at = n - 8;
    const __m256i low = op(wide(load8(a)), wide(load8(b)));
    const __m256i high = op(wide(load8(a + at)), wide(load8(b + at)));
    store8(dst, narrow(low));
    store8(dst + at, narrow(high));
  } else if (n >= 4) {
    const u64 at = n - 4;
    const __m256i low = op(wide(load4(a)), wide(load4(b)));
    const __m256i high = op(wide(load4(a + at)), wide(load4(b + at)));
    store4(dst, narrow(low));
    store4(dst + at, narrow(high));
  } else if (n != 0) {
    i8 x[4] = {a[0], a[n / 2], a[n - 1], 0};
    const i8 y[4] = {b[0], b[n / 2], b[n - 1], 0};
    store4(x, narrow(op(wide(load4(x)), wide(load4(y)))));
    dst[0] = x[0];
    dst[n / 2] = x[1];
    dst[n - 1] = x[2];
  }
}

// dst[k] = op(a[k], b[k]) for n bytes.
template <class Op>
ARC_AVX2_INLINE void map(i8* dst, const i8* a, const i8* b, u64 n, const Op& op) {
  if (n < 32) return map_short(dst, a, b, n, op);
  const __m256i last = op(load32(a + n - 32), load32(b + n - 32));
  for (u64 k = 0; k + 32 <= n; k += 32) store32(dst + k, op(load32(a + k), load32(b + k)));
  store32(dst + n - 32, last);
}

// The same for n words.
template <class Op>
ARC_AVX2_INLINE void map(u64* dst, const u64* a, const u64* b, u32 n, const Op& op) {
  if (n >= 4) {
    const __m256i last = op(load32(a + n - 4), load32(b + n - 4));
    for (u32 k = 0; k + 4 <= n; k += 4) store32(dst + k, op(load32(a + k), load32(b + k)));
    store32(dst + n - 4, last);
    return;
  }
  for (u32 k = 0; k < n; ++k) {
    store8(dst + k, narrow(op(wide(load8(a + k)), wide(load8(b + k)))));
  }
}

// The set bits of `mask` that runs of it connect to the bits of `seed`, a subset of it: upwards
// by the carry of one addition, downwards by doubling steps where there is anything to gain.
ARC_AVX2_INLINE u64 spread(u64 seed, u64 mask) {
  u64 now = (((mask + seed) ^ mask) & mask) | seed;
  if (((now >> 1) & mask & ~now) == 0) return now;
  u64 open = mask;
  for (u32 step = 1; step < 64; step *= 2) {
    now |= open & (now >> step);
    open &= open >> step;
  }
  return now;
}

// b where bits are set, a elsewhere.
ARC_AVX2_INLINE __m256i blend(__m256i a, __m256i b, u32 bits) {
  const __m256i group =
      _mm256_setr_epi64x(0, 0x0101010101010101, 0x0202020202020202, 0x0303030303030303);
  const __m256i select = _mm256_set1_epi64x(static_cast<i64>(0x8040201008040201ULL));
  const __m256i own = _mm256_shuffle_epi8(_mm256_set1_epi32(static_cast<i32>(bits)), group);
  return _mm256_blendv_epi8(a, b, _mm256_cmpeq_epi8(_mm256_and_si256(own, select), select));
}
ARC_AVX2_INLINE __m128i blend(__m128i a, __m128i b, u32 bits) {
  const __m128i group = _mm_set_epi64x(0x0101010101010101, 0);
  const __m128i select = _mm_set1_epi64x(static_cast<i64>(0x8040201008040201ULL));
  const __m128i own = _mm_shuffle_epi8(_mm_set1_epi32(static_cast<i32>(bits)), group);
  return _mm_blendv_epi8(a, b, _mm_cmpeq_epi8(_mm_and_si128(own, select), select));
}

ARC_AVX2_INLINE void load_vector(__m128i& v, const i8* p) { v = load16(p); }
ARC_AVX2_INLINE void load_vector(__m256i& v, const i8* p) { v = load32(p); }
ARC_AVX2_INLINE void store_vector(i8* p, __m128i v) { store16(p, v); }
ARC_AVX2_INLINE void store_vector(i8* p, __m256i v) { store32(p, v); }

// ---- blocks -----------------------------------------------------------------------------------

ARC_AVX2_INLINE __m128i reversed(__m128i v) {
  return _mm_shuffle_epi8(v, _mm_setr_epi8(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0));
}

// Writes a column of n bytes at dst + at; a whole vector where that ends inside `total` bytes,
// since what it spills over are columns that are written later.
template <class V>
ARC_AVX2_INLINE void store_column(i8* dst, u64 at, u64 total, const V& v, u32 n) {
  if (n == sizeof(V) || at + sizeof(V) <= total) {
    store_vector(dst + at, v);
  } else {
    store_low(dst + at, v, n);
  }
}

ARC_AVX2_INLINE __m128i unpack_low(__m128i a, __m128i b) { return _mm_unpacklo_epi8(a, b); }
ARC_AVX2_INLINE __m128i unpack_high(__m128i a, __m128i b) { return _mm_unpackhi_epi8(a, b); }
ARC_AVX2_INLINE __m256i unpack_low(__m256i a, __m256i b) { return _mm256_unpacklo_epi8(a, b); }
ARC_AVX2_INLINE __m256i unpack_high(__m256i a, __m256i b) { return _mm256_unpackhi_epi8(a, b); }

// Row r of a block of `rows` rows, columns side by side; blocks of 32 rows hold row r + 16 in the
// upper lane.
ARC_AVX2_INLINE void load_row(__m128i& v, const i8* a, u32 stride, u32 r, u32 rows) {
  v = r < rows ? load16(a + u64{r} * stride) : _mm_setzero_si128();
}
ARC_AVX2_INLINE void load_row(__m256i& v, const i8* a, u32 stride, u32 r, u32 rows) {
  const __m128i upper = r + 16 < rows ? load16(a + u64{r + 16} * stride) : _mm_setzero_si128();
  v = _mm256_inserti128_si256(wide(load16(a + u64{r} * stride)), upper, 1);
}

// Transposes the block of up to sizeof(V) x 16 bytes at (r0, k0) of a, h x w.
template <class V>
ARC_AVX2_INLINE void transpose_block(i8* dst, const i8* a, u32 h, u32 w, u32 r0, u32 k0) {
  const u32 rows = min_of<u32>(sizeof(V), h - r0);
  const u32 columns = min_of<u32>(16, w - k0);
  V x[16];
  V y[16];
#pragma GCC unroll 16
  for (u32 r = 0; r < 16; ++r) load_row(x[r], a + u64{r0} * w + k0, w, r, rows);
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

// Rows of up to 16 and of up to 32 columns of put(): vectors V at `from`, `mask` words shifted
// down by it. A row is loaded before the one above it is stored, because a load that meets part
// of a store in flight waits for it.
template <class V, class Source>
ARC_AVX2_INLINE void put_strip(i8* cells, u32 stride, const u64* mask, u32 h, u32 w, u32 from,
                               u64 total, const Source& source) {
  const u64 columns = columns_below(w);
  V next;
  load_vector(next, cells + from);
  for (u32 r = 0; r < h; ++r) {
    const V row = next;
    const u64 at = u64{r} * stride + from;
    if (r + 1 < h) load_vector(next, cells + at + stride);
    const u32 bits = static_cast<u32>((mask[r] >> from) & columns);
    if (bits == 0) continue;
    V now;
    source(now, r, from);
    now = blend(row, now, bits);
    if (at + sizeof(V) <= total) {
      store_vector(cells + at, now);
    } else {
      store_low(cells + at, now, w);
    }
  }
}

template <class Source>
ARC_AVX2_INLINE void put_rows(i8* cells, u32 stride, const u64* mask, u32 h, u32 w,
                              const Source& source) {
  if (h == 0 || w == 0) return;
  const u64 total = u64{h - 1} * stride + w;
  if (w <= 16) {
    put_strip<__m128i>(cells, stride, mask, h, w, 0, total, source);
    return;
  }
  put_strip<__m256i>(cells, stride, mask, h, min_of<u32>(w, 32), 0, total, source);
  if (w > 32) put_strip<__m256i>(cells, stride, mask, h, w - 32, 32, total, source);
}
struct OneValue {
  i8 value;
  ARC_AVX2_INLINE void operator()(__m128i& v, u32, u32) const { v = _mm_set1_epi8(value); }
  ARC_AVX2_INLINE void operator()(__m256i& v, u32, u32) const { v = _mm256_set1_epi8(value); }
};
struct FromRows {
  const i8* rows;
  u32 stride;
  template <class V>
  ARC_AVX2_INLINE void operator()(V& v, u32 r, u32 k) const {
    load_vector(v, rows + u64{r} * stride + k);
  }
};

}  // namespace

bool RowsSimd::available() {
  static const bool has =
      __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("bmi") != 0 &&
      __builtin_cpu_supports("bmi2") != 0 && __builtin_cpu_supports("popcnt") != 0;
  return has;
}

// ---- bit rows ---------------------------------------------------------------------------------

ARC_AVX2 void RowsSimd::fill(u64* dst, u64 value, u32 n) {
  const __m256i v = _mm256_set1_epi64x(static_cast<i64>(value));
  u32 k = 0;
  for (; k + 4 <= n; k += 4) store32(dst + k, v);
  for (; k < n; ++k) dst[k] = value;
}

ARC_AVX2 void RowsSimd::copy(u64* dst, const u64* a, u32 n) { map(dst, a, a, n, First{}); }

ARC_AVX2 void RowsSimd::bit_or(u64* dst, const u64* a, const u64* b, u32 n) {
  map(dst, a, b, n, Or{});
}

ARC_AVX2 void RowsSimd::bit_and(u64* dst, const u64* a, const u64* b, u32 n) {
  map(dst, a, b, n, And{});
}

ARC_AVX2 void RowsSimd::bit_andnot(u64* dst, const u64* a, const u64* b, u32 n) {
  map(dst, a, b, n, Andnot{});
}

ARC_AVX2 void RowsSimd::shift_columns(u64* dst, const u64* a, i32 by, u32 n) {
  if (by >= 0) {
    map(dst, a, a, n, ShiftUp{by});
  } else {
    map(dst, a, a, n, ShiftDown{-by});
  }
}

ARC_AVX2 u64 RowsSimd::any(const u64* a, u32 n) {
  __m256i all = _mm256_setzero_si256();
  u32 k = 0;
  for (; k + 4 <= n; k += 4) all = _mm256_or_si256(all, load32(a + k));
  const __m128i half = _mm_or_si128(narrow(all), _mm256_extracti128_si256(all, 1));
  u64 r = static_cast<u64>(_mm_cvtsi128_si64(_mm_or_si128(half, _mm_srli_si128(half, 8))));
  for (; k < n; ++k) r |= a[k];
  return r;
}

ARC_AVX2 u32 RowsSimd::count(const u64* a, u32 n) {
  u64 r = 0;
  for (u32 k = 0; k < n; ++k) r += static_cast<u64>(_mm_popcnt_u64(a[k]));
  return static_cast<u32>(r);
}

ARC_AVX2 bool RowsSimd::equal(const u64* a, const u64* b, u32 n) {
  u32 k = 0;
  for (; k + 4 <= n; k += 4) {
    if (!is_zero(_mm256_xor_si256(load32(a + k), load32(b + k)))) return false;
  }
  for (; k < n; ++k) {
    if (a[k] != b[k]) return false;
  }
  return true;
}

ARC_AVX2 bool RowsSimd::meets(const u64* a, const u64* b, u32 n) {
  u32 k = 0;
  for (; k + 4 <= n; k += 4) {
    if (_mm256_testz_si256(load32(a + k), load32(b + k)) == 0) return true;
  }
  for (; k < n; ++k) {
    if ((a[k] & b[k]) != 0) return true;
  }
  return false;
}

ARC_AVX2 void RowsSimd::flood(u64* seed, const u64* mask, u32 n, bool diagonal) {
  // A row needs its neighbours' latest state, so that the passes are sequential by nature; they
  // end with the first, after the one down, that finds nothing new.
  for (u32 pass = 0;; ++pass) {
    bool changed = false;
    u64 before = 0;
    for (u32 s = 0; s < n; ++s) {
      const u32 k = pass % 2 == 0 ? s : n - 1 - s;
      if (diagonal) before |= (before << 1) | (before >> 1);
      const u64 touched = (seed[k] | before) & mask[k];
      before = spread(touched, mask[k]);
      changed = changed || before != seed[k];
      seed[k] = before;
    }
    if (!changed && pass != 0) return;
  }
}

// ---- byte rows --------------------------------------------------------------------------------

ARC_AVX2 void RowsSimd::equals(u64* dst, const i8* cells, u32 stride, u32 h, u32 w, i8 value) {
  if (h == 0) return;
  if (w == 0) return fill(dst, 0, h);
  const __m256i v = _mm256_set1_epi8(value);
  const u64 columns = columns_below(w);
  if (w <= 32) {
    for (u32 r = 0; r < h; ++r) {
      dst[r] = mask_of(_mm256_cmpeq_epi8(load32(cells + u64{r} * stride), v)) & columns;
    }
    return;
  }
  for (u32 r = 0; r < h; ++r) {
    const i8* row = cells + u64{r} * stride;
    const u64 low = mask_of(_mm256_cmpeq_epi8(load32(row), v));
    const u64 high = mask_of(_mm256_cmpeq_epi8(load32(row + 32), v));
    dst[r] = (low | (high << 32)) & columns;
  }
}

namespace {
// Bit k: whether a[k] equals b[k].
template <bool kWide>
ARC_AVX2_INLINE u64 equal_pairs(const i8* a, const i8* b) {
  const u64 low = mask_of(_mm256_cmpeq_epi8(load32(a), load32(b)));
  if constexpr (!kWide) return low;
  return low | static_cast<u64>(mask_of(_mm256_cmpeq_epi8(load32(a + 32), load32(b + 32)))) << 32;
}

template <bool kWide, bool kDiagonal>
ARC_AVX2_INLINE void neighbors_of(u64* left, u64* up, u64* up_left, u64* up_right, const i8* cells,
                                  u32 stride, u32 h, u32 w) {
  const u64 columns = columns_below(w);
  const u64 inner = columns >> 1;  // all columns but the last
  left[0] = (equal_pairs<kWide>(cells + 1, cells) & inner) << 1;
  up[0] = 0;
  if constexpr (kDiagonal) up_left[0] = up_right[0] = 0;
  for (u32 r = 1; r < h; ++r) {
    const i8* above = cells + u64{r - 1} * stride;
    const i8* row = above + stride;
    left[r] = (equal_pairs<kWide>(row + 1, row) & inner) << 1;
    up[r] = equal_pairs<kWide>(row, above) & columns;
    if constexpr (kDiagonal) {
      up_left[r] = (equal_pairs<kWide>(row + 1, above) & inner) << 1;
      up_right[r] = equal_pairs<kWide>(row, above + 1) & inner;
    }
  }
}
}  // namespace

ARC_AVX2 void RowsSimd::neighbors(u64* left, u64* up, u64* up_left, u64* up_right, const i8* cells,
                                  u32 stride, u32 h, u32 w) {
  if (h == 0 || w == 0) return;
  if (up_left == nullptr) {
    if (w <= 32) {
      neighbors_of<false, false>(left, up, up_left, up_right, cells, stride, h, w);
    } else {
      neighbors_of<true, false>(left, up, up_left, up_right, cells, stride, h, w);
    }
  } else if (w <= 32) {
    neighbors_of<false, true>(left, up, up_left, up_right, cells, stride, h, w);
  } else {
    neighbors_of<true, true>(left, up, up_left, up_right, cells, stride, h, w);
  }
}

ARC_AVX2 void RowsSimd::put(i8* cells, u32 stride, const u64* mask, u32 h, u32 w, i8 value) {
  put_rows(cells, stride, mask, h, w, OneValue{value});
}

ARC_AVX2 void RowsSimd::put_from(i8* cells, u32 stride, const u64* mask, u32 h, u32 w,
                                 const i8* from, u32 from_stride) {
  put_rows(cells, stride, mask, h, w, FromRows{from, from_stride});
}

// ---- byte runs --------------------------------------------------------------------------------

ARC_AVX2 void RowsSimd::copy_bytes(i8* dst, const i8* a, u64 n) { map(dst, a, a, n, First{}); }

ARC_AVX2 void RowsSimd::fill_bytes(i8* dst, i8 value, u64 n) {
  const __m256i v = _mm256_set1_epi8(value);
  u64 k = 0;
  for (; k + 32 <= n; k += 32) store32(dst + k, v);
  store_low(dst + k, v, static_cast<u32>(n - k));
}

ARC_AVX2 void RowsSimd::replace_bytes(i8* dst, const i8* a, i8 from, i8 to, u64 n) {
  map(dst, a, a, n, Replace{from, to});
}

ARC_AVX2 void RowsSimd::switch_bytes(i8* dst, const i8* a, i8 x, i8 y, u64 n) {
  map(dst, a, a, n, Switch{x, y});
}

ARC_AVX2 void RowsSimd::match_bytes(i8* dst, const i8* a, const i8* b, i8 fallback, u64 n) {
  map(dst, a, b, n, Match{fallback});
}

ARC_AVX2 bool RowsSimd::equal_bytes(const i8* a, const i8* b, u64 n) {
  u64 k = 0;
  for (; k + 32 <= n; k += 32) {
    if (!is_zero(_mm256_xor_si256(load32(a + k), load32(b + k)))) return false;
  }
  for (; k + 8 <= n; k += 8) {
    u64 x = 0;
    u64 y = 0;
    std::memcpy(&x, a + k, 8);
    std::memcpy(&y, b + k, 8);
    if (x != y) return false;
  }
  for (; k < n; ++k) {
    if (a[k] != b[k]) return false;
  }
  return true;
}

ARC_AVX2 u32 RowsSimd::count_bytes(const i8* a, i8 value, u64 n) {
  const __m256i v = _mm256_set1_epi8(value);
  u32 r = 0;
  u64 k = 0;
  for (; k + 32 <= n; k += 32) {
    r += static_cast<u32>(_mm_popcnt_u32(mask_of(_mm256_cmpeq_epi8(load32(a + k), v))));
  }
  if (k + 16 <= n) {
    r += static_cast<u32>(_mm_popcnt_u32(mask_of(_mm_cmpeq_epi8(load16(a + k), narrow(v)))));
    k += 16;
  }
  for (; k < n; ++k) r += a[k] == value ? 1 : 0;
  return r;
}

ARC_AVX2 void RowsSimd::reverse_bytes(i8* dst, const i8* a, u64 n) {
  if (n >= 16) {
    for (u64 k = 0; k + 16 <= n; k += 16) store16(dst + n - 16 - k, reversed(load16(a + k)));
    store16(dst, reversed(load16(a + n - 16)));
  } else if (n >= 8) {
    u64 low = 0;
    u64 high = 0;
    std::memcpy(&low, a, 8);
    std::memcpy(&high, a + n - 8, 8);
    low = __builtin_bswap64(low);
    high = __builtin_bswap64(high);
    std::memcpy(dst + n - 8, &low, 8);
    std::memcpy(dst, &high, 8);
  } else {
    for (u64 k = 0; k < n; ++k) dst[k] = a[n - 1 - k];
  }
}

ARC_AVX2 void RowsSimd::transpose_bytes(i8* dst, const i8* a, u32 h, u32 w) {
  if (h == 0 || w == 0) return;
  if (h == 1 || w == 1) return copy_bytes(dst, a, u64{h} * w);
  if (u64{h} * w <= 24) return RowsScalar::transpose_bytes(dst, a, h, w);
  // The last block of a side overlaps the one before it where there is one; else it spills over
  // columns that are written after it.
  for (u32 k = 0; k < w; k += 16) {
    const u32 k0 = w >= 16 ? min_of(k, w - 16) : 0;
    if (h <= 16) {
      transpose_block<__m128i>(dst, a, h, w, 0, k0);
      continue;
    }
    for (u32 r = 0; r < h; r += 32) {
      transpose_block<__m256i>(dst, a, h, w, h >= 32 ? min_of(r, h - 32) : 0, k0);
    }
  }
}

ARC_AVX2 void RowsSimd::histogram(u32* counts, const i8* a, u64 n) {
  // The ten colours of ordinary grids by comparison, in byte counters that are emptied before
  // they can overflow; whatever else there is, one by one.
  constexpr u32 kColors = 10;
  u64 k = 0;
  while (k + 32 <= n) {
    const u64 start = k;
    const u64 stop = min_of<u64>(n - 31, k + u64{32} * 255);
    __m256i sums[kColors];
#pragma GCC unroll 10
    for (u32 c = 0; c < kColors; ++c) sums[c] = _mm256_setzero_si256();
    for (; k < stop; k += 32) {
      const __m256i v = load32(a + k);
      for (u32 c = 0; c < kColors; ++c) {
        sums[c] =
            _mm256_sub_epi8(sums[c], _mm256_cmpeq_epi8(v, _mm256_set1_epi8(static_cast<i8>(c))));
      }
    }
    u64 found = 0;
#pragma GCC unroll 10
    for (u32 c = 0; c < kColors; ++c) {
      const __m256i quarters = _mm256_sad_epu8(sums[c], _mm256_setzero_si256());
      const __m128i half = _mm_add_epi64(narrow(quarters), _mm256_extracti128_si256(quarters, 1));
      const u64 sum =
          static_cast<u64>(_mm_cvtsi128_si64(_mm_add_epi64(half, _mm_srli_si128(half, 8))));
      counts[c + 128] += static_cast<u32>(sum);
      found += sum;
    }
    if (found == k - start) continue;
    for (u64 j = start; j < k; ++j) {
      if (static_cast<u8>(a[j]) >= kColors) counts[static_cast<i32>(a[j]) + 128]++;
    }
  }
  for (; k < n; ++k) counts[static_cast<i32>(a[k]) + 128]++;
}

}  // namespace arcbatch

#endif
