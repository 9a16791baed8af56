// The Rows vocabulary over the vectors of one instruction set. A source of one includes this last,
// having defined ARC_ROWS, ARC_ISA, ARC_ISA_INLINE, kWidest (bytes), equal_mask, blend and
// byte_sum. The target stands on each function, so that nothing leaks into code for others.
#include "primitives/rows/rows_vector_parts.h"

namespace arcbatch {

// ---- bit rows ---------------------------------------------------------------------------------

ARC_ISA void ARC_ROWS::fill(u64* dst, u64 value, u32 n) {
  for (u32 k = 0; k < n; ++k) dst[k] = value;
}

ARC_ISA void ARC_ROWS::copy(u64* dst, const u64* a, u32 n) { map(dst, a, a, n, First{}); }

ARC_ISA void ARC_ROWS::bit_or(u64* dst, const u64* a, const u64* b, u32 n) {
  map(dst, a, b, n, Or{});
}

ARC_ISA void ARC_ROWS::bit_and(u64* dst, const u64* a, const u64* b, u32 n) {
  map(dst, a, b, n, And{});
}

ARC_ISA void ARC_ROWS::bit_andnot(u64* dst, const u64* a, const u64* b, u32 n) {
  map(dst, a, b, n, Andnot{});
}

ARC_ISA void ARC_ROWS::shift_columns(u64* dst, const u64* a, i32 by, u32 n) {
  if (by >= 0) {
    map(dst, a, a, n, ShiftUp{by});
  } else {
    map(dst, a, a, n, ShiftDown{-by});
  }
}

ARC_ISA u64 ARC_ROWS::any(const u64* a, u32 n) {
  constexpr u32 kWords = kRowBytes / 8;
  Words<kRowBytes> all = {};
  u32 k = 0;
  for (; k + kWords <= n; k += kWords) all |= load<Words<kRowBytes>>(a + k);
  u64 r = 0;
  for (u32 j = 0; j < kWords; ++j) r |= all[j];
  for (; k < n; ++k) r |= a[k];
  return r;
}

ARC_ISA u32 ARC_ROWS::count(const u64* a, u32 n) {
  u32 r = 0;
  for (u32 k = 0; k < n; ++k) r += bits_in(a[k]);
  return r;
}

ARC_ISA bool ARC_ROWS::equal(const u64* a, const u64* b, u32 n) {
  using V = Bytes<kRowBytes>;
  u32 k = 0;
  for (; k + kRowBytes / 8 <= n; k += kRowBytes / 8) {
    if (!is_same(load<V>(a + k), load<V>(b + k))) return false;
  }
  for (; k < n; ++k) {
    if (a[k] != b[k]) return false;
  }
  return true;
}

ARC_ISA bool ARC_ROWS::meets(const u64* a, const u64* b, u32 n) {
  using V = Bytes<kRowBytes>;
  u32 k = 0;
  for (; k + kRowBytes / 8 <= n; k += kRowBytes / 8) {
    if (!is_same(load<V>(a + k) & load<V>(b + k), V{})) return true;
  }
  for (; k < n; ++k) {
    if ((a[k] & b[k]) != 0) return true;
  }
  return false;
}

ARC_ISA void ARC_ROWS::flood(u64* seed, const u64* mask, u32 n, bool diagonal) {
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

ARC_ISA void ARC_ROWS::equals(u64* dst, const i8* cells, u32 stride, u32 h, u32 w, i8 value) {
  if (w == 0) return fill(dst, 0, h);
  if (w <= kRowBytes) return equals_of<kRowBytes>(dst, cells, stride, h, w, value);
  if (w <= 32) return equals_of<32>(dst, cells, stride, h, w, value);
  equals_of<64>(dst, cells, stride, h, w, value);
}

ARC_ISA void ARC_ROWS::neighbors(u64* left, u64* up, u64* up_left, u64* up_right, const i8* cells,
                                 u32 stride, u32 h, u32 w) {
  if (h == 0 || w == 0) return;
  if (w <= kRowBytes) {
    neighbors_by<kRowBytes>(left, up, up_left, up_right, cells, stride, h, w);
  } else if (w <= 32) {
    neighbors_by<32>(left, up, up_left, up_right, cells, stride, h, w);
  } else {
    neighbors_by<64>(left, up, up_left, up_right, cells, stride, h, w);
  }
}

ARC_ISA void ARC_ROWS::put(i8* cells, u32 stride, const u64* mask, u32 h, u32 w, i8 value) {
  put_rows(cells, stride, mask, h, w, OneValue{value});
}

ARC_ISA void ARC_ROWS::put_from(i8* cells, u32 stride, const u64* mask, u32 h, u32 w,
                                const i8* from, u32 from_stride) {
  put_rows(cells, stride, mask, h, w, FromRows{from, from_stride});
}

// ---- byte runs --------------------------------------------------------------------------------

ARC_ISA void ARC_ROWS::copy_bytes(i8* dst, const i8* a, u64 n) { map(dst, a, a, n, First{}); }

ARC_ISA void ARC_ROWS::fill_bytes(i8* dst, i8 value, u64 n) {
  const Wide v = all_of<Wide>(value);
  u64 k = 0;
  for (; k + kWidest <= n; k += kWidest) store(dst + k, v);
  store_some(dst + k, v, static_cast<u32>(n - k));
}

ARC_ISA void ARC_ROWS::replace_bytes(i8* dst, const i8* a, i8 from, i8 to, u64 n) {
  map(dst, a, a, n, Replace{from, to});
}

ARC_ISA void ARC_ROWS::switch_bytes(i8* dst, const i8* a, i8 x, i8 y, u64 n) {
  map(dst, a, a, n, Switch{x, y});
}

ARC_ISA void ARC_ROWS::match_bytes(i8* dst, const i8* a, const i8* b, i8 fallback, u64 n) {
  map(dst, a, b, n, Match{fallback});
}

ARC_ISA bool ARC_ROWS::equal_bytes(const i8* a, const i8* b, u64 n) {
  u64 k = 0;
  for (; k + kWidest <= n; k += kWidest) {
    if (!is_same(load<Wide>(a + k), load<Wide>(b + k))) return false;
  }
  if constexpr (kWidest > 16) {
    for (; k + 16 <= n; k += 16) {
      if (!is_same(load<Bytes<16>>(a + k), load<Bytes<16>>(b + k))) return false;
    }
  }
  for (; k + 8 <= n; k += 8) {
    if (load<u64>(a + k) != load<u64>(b + k)) return false;
  }
  for (; k < n; ++k) {
    if (a[k] != b[k]) return false;
  }
  return true;
}

ARC_ISA u32 ARC_ROWS::count_bytes(const i8* a, i8 value, u64 n) {
  u32 r = 0;
  u64 k = 0;
  for (; k + kWidest <= n; k += kWidest) {
    r += bits_in(equal_mask(load<Wide>(a + k), all_of<Wide>(value)));
  }
  for (; k + 16 <= n; k += 16) {
    r += bits_in(equal_mask(load<Bytes<16>>(a + k), all_of<Bytes<16>>(value)));
  }
  for (; k < n; ++k) r += a[k] == value ? 1 : 0;
  return r;
}

ARC_ISA void ARC_ROWS::reverse_bytes(i8* dst, const i8* a, u64 n) {
  if (n >= 16) {
    for (u64 k = 0; k + 16 <= n; k += 16) {
      store(dst + n - 16 - k, reversed(load<Bytes<16>>(a + k)));
    }
    store(dst, reversed(load<Bytes<16>>(a + n - 16)));
  } else if (n >= 8) {
    const u64 low = __builtin_bswap64(load<u64>(a));
    const u64 high = __builtin_bswap64(load<u64>(a + n - 8));
    store(dst + n - 8, low);
    store(dst, high);
  } else {
    for (u64 k = 0; k < n; ++k) dst[k] = a[n - 1 - k];
  }
}

ARC_ISA void ARC_ROWS::transpose_bytes(i8* dst, const i8* a, u32 h, u32 w) {
  if (h == 0 || w == 0) return;
  if (h == 1 || w == 1) return copy_bytes(dst, a, u64{h} * w);
  if (u64{h} * w <= 24) return RowsScalar::transpose_bytes(dst, a, h, w);
  // The last block of a side overlaps the one before it where there is one; else it spills over
  // columns that are written after it.
  for (u32 k = 0; k < w; k += 16) {
    const u32 k0 = w >= 16 ? min_of(k, w - 16) : 0;
    if (h <= 16) {
      transpose_block<Bytes<16>>(dst, a, h, w, 0, k0);
      continue;
    }
    for (u32 r = 0; r < h; r += kRowBytes) {
      const u32 r0 = h >= kRowBytes ? min_of(r, h - kRowBytes) : 0;
      transpose_block<Bytes<kRowBytes>>(dst, a, h, w, r0, k0);
    }
  }
}

ARC_ISA void ARC_ROWS::histogram(u32* counts, const i8* a, u64 n) {
  // The ten colours of ordinary grids by comparison, in byte counters that are emptied before
  // they can overflow; whatever else there is, one by one.
  constexpr u32 kColors = 10;
  using V = Bytes<kRowBytes>;
  u64 k = 0;
  while (k + kRowBytes <= n) {
    const u64 start = k;
    const u64 stop = min_of<u64>(n - (kRowBytes - 1), k + u64{kRowBytes} * 255);
    Counters<kRowBytes> sums[kColors];
#pragma GCC unroll 10
    for (u32 c = 0; c < kColors; ++c) sums[c] = Counters<kRowBytes>{};
    for (; k < stop; k += kRowBytes) {
      const V v = load<V>(a + k);
      // True is -1.
#pragma GCC unroll 10
      for (u32 c = 0; c < kColors; ++c) {
        sums[c] -= reinterpret_cast<Counters<kRowBytes>>(v == all_of<V>(static_cast<i8>(c)));
      }
    }
    u64 found = 0;
#pragma GCC unroll 10
    for (u32 c = 0; c < kColors; ++c) {
      const u64 sum = byte_sum(reinterpret_cast<V>(sums[c]));
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
