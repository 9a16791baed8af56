// Rows vocabulary, scalar: the operations on bit rows (one word per row) and byte rows that fast
// kernels are written on. Every implementation has these functions with these meanings:
// plain loops here, vectors in rows_simd.h, 32 lanes with shuffles in rows_lanes.h. Host and
// device.
#pragma once

#include "core/bits.h"
#include "core/macros.h"

namespace arcbatch {

struct RowsScalar {
  static constexpr const char* kName = "scalar";
  static constexpr bool kSpills = false;

  // ---- bit rows: n words ----------------------------------------------------------------------

  ARC_HD static void fill(u64* dst, u64 value, u32 n) {
    for (u32 k = 0; k < n; ++k) dst[k] = value;
  }
  ARC_HD static void copy(u64* dst, const u64* a, u32 n) {
    for (u32 k = 0; k < n; ++k) dst[k] = a[k];
  }
  ARC_HD static void bit_or(u64* dst, const u64* a, const u64* b, u32 n) {
    for (u32 k = 0; k < n; ++k) dst[k] = a[k] | b[k];
  }
  ARC_HD static void bit_and(u64* dst, const u64* a, const u64* b, u32 n) {
    for (u32 k = 0; k < n; ++k) dst[k] = a[k] & b[k];
  }
  // a without b
  ARC_HD static void bit_andnot(u64* dst, const u64* a, const u64* b, u32 n) {
    for (u32 k = 0; k < n; ++k) dst[k] = a[k] & ~b[k];
  }
  // Every word shifted by `by` columns: up for positive, down for negative; |by| < 64.
  ARC_HD static void shift_columns(u64* dst, const u64* a, i32 by, u32 n) {
    for (u32 k = 0; k < n; ++k) dst[k] = by >= 0 ? a[k] << by : a[k] >> -by;
  }
  // Or of all words.
  ARC_HD static u64 any(const u64* a, u32 n) {
    u64 r = 0;
    for (u32 k = 0; k < n; ++k) r |= a[k];
    return r;
  }
  // Set bits of all words.
  ARC_HD static u32 count(const u64* a, u32 n) {
    u32 r = 0;
    for (u32 k = 0; k < n; ++k) r += popcount64(a[k]);
    return r;
  }
  ARC_HD static bool equal(const u64* a, const u64* b, u32 n) {
    for (u32 k = 0; k < n; ++k) {
      if (a[k] != b[k]) return false;
    }
    return true;
  }
  // Whether some word of a meets the same word of b.
  ARC_HD static bool meets(const u64* a, const u64* b, u32 n) {
    for (u32 k = 0; k < n; ++k) {
      if ((a[k] & b[k]) != 0) return true;
    }
    return false;
  }
  // Grows `seed` within `mask` to the connected region it touches, in place; neighbours are the
  // four sides, and the corners with `diagonal`.
  ARC_HD static void flood(u64* seed, const u64* mask, u32 n, bool diagonal) {
    bool changed = true;
    while (changed) {
      changed = false;
      // Down then up, so that long vertical runs close in one pass each way.
      for (u32 pass = 0; pass < 2; ++pass) {
        for (u32 s = 0; s < n; ++s) {
          const u32 k = pass == 0 ? s : n - 1 - s;
          u64 near = 0;
          if (k > 0) near |= seed[k - 1];
          if (k + 1 < n) near |= seed[k + 1];
          if (diagonal) near |= (near << 1) | (near >> 1);
          u64 now = (seed[k] | near) & mask[k];
          for (;;) {
            const u64 wider = (now | (now << 1) | (now >> 1)) & mask[k];
            if (wider == now) break;
            now = wider;
          }
          if (now != seed[k]) {
            seed[k] = now;
            changed = true;
          }
        }
      }
    }
  }

  // ---- byte rows: h rows of w <= 64 bytes, `stride` apart ---------------------------------------

  // dst[r] bit k: whether cell (r, k) equals `value`.
  ARC_HD static void equals(u64* dst, const i8* cells, u32 stride, u32 h, u32 w, i8 value) {
    for (u32 r = 0; r < h; ++r) {
      const i8* row = cells + u64{r} * stride;
      u64 bits = 0;
      for (u32 k = 0; k < w; ++k) bits |= static_cast<u64>(row[k] == value ? 1 : 0) << k;
      dst[r] = bits;
    }
  }
  // Which cells equal a neighbour: bit k of left[r] where cell (r, k) equals (r, k - 1), of up[r]
  // where it equals (r - 1, k), and of up_left[r] and up_right[r] where it equals (r - 1, k - 1)
  // and (r - 1, k + 1); these two are left out where up_left is nullptr.
  ARC_HD static void neighbors(u64* left, u64* up, u64* up_left, u64* up_right, const i8* cells,
                               u32 stride, u32 h, u32 w) {
    for (u32 r = 0; r < h; ++r) {
      const i8* row = cells + u64{r} * stride;
      left[r] = equal_pairs(row + 1, row, w - 1) << 1;
      up[r] = r == 0 ? 0 : equal_pairs(row, row - stride, w);
      if (up_left == nullptr) continue;
      up_left[r] = r == 0 ? 0 : equal_pairs(row + 1, row - stride, w - 1) << 1;
      up_right[r] = r == 0 ? 0 : equal_pairs(row, row - stride + 1, w - 1);
    }
  }
  // Writes `value` at the set bits of mask.
  ARC_HD static void put(i8* cells, u32 stride, const u64* mask, u32 h, u32 w, i8 value) {
    for (u32 r = 0; r < h; ++r) {
      i8* row = cells + u64{r} * stride;
      for (u32 k = 0; k < w; ++k) {
        if ((mask[r] >> k) & 1) row[k] = value;
      }
    }
  }
  // Writes `from`'s bytes (rows `from_stride` apart) at the set bits of mask.
  ARC_HD static void put_from(i8* cells, u32 stride, const u64* mask, u32 h, u32 w, const i8* from,
                              u32 from_stride) {
    for (u32 r = 0; r < h; ++r) {
      i8* row = cells + u64{r} * stride;
      const i8* source = from + u64{r} * from_stride;
      for (u32 k = 0; k < w; ++k) {
        if ((mask[r] >> k) & 1) row[k] = source[k];
      }
    }
  }

  // ---- byte runs: n bytes ---------------------------------------------------------------------

  ARC_HD static void copy_bytes(i8* dst, const i8* a, u64 n) {
    for (u64 k = 0; k < n; ++k) dst[k] = a[k];
  }
  ARC_HD static void fill_bytes(i8* dst, i8 value, u64 n) {
    for (u64 k = 0; k < n; ++k) dst[k] = value;
  }
  // dst = a with `from` replaced by `to`.
  ARC_HD static void replace_bytes(i8* dst, const i8* a, i8 from, i8 to, u64 n) {
    for (u64 k = 0; k < n; ++k) dst[k] = a[k] == from ? to : a[k];
  }
  // dst = a with x and y exchanged.
  ARC_HD static void switch_bytes(i8* dst, const i8* a, i8 x, i8 y, u64 n) {
    for (u64 k = 0; k < n; ++k) dst[k] = a[k] == x ? y : a[k] == y ? x : a[k];
  }
  // dst = a where a equals b, else `fallback`.
  ARC_HD static void match_bytes(i8* dst, const i8* a, const i8* b, i8 fallback, u64 n) {
    for (u64 k = 0; k < n; ++k) dst[k] = a[k] == b[k] ? a[k] : fallback;
  }
  ARC_HD static bool equal_bytes(const i8* a, const i8* b, u64 n) {
    for (u64 k = 0; k < n; ++k) {
      if (a[k] != b[k]) return false;
    }
    return true;
  }
  ARC_HD static u32 count_bytes(const i8* a, i8 value, u64 n) {
    u32 r = 0;
    for (u64 k = 0; k < n; ++k) r += a[k] == value ? 1 : 0;
    return r;
  }
  // dst = a backwards.
  ARC_HD static void reverse_bytes(i8* dst, const i8* a, u64 n) {
    for (u64 k = 0; k < n; ++k) dst[k] = a[n - 1 - k];
  }
  // dst (w rows of h) = a (h rows of w) transposed.
  ARC_HD static void transpose_bytes(i8* dst, const i8* a, u32 h, u32 w) {
    for (u32 r = 0; r < h; ++r) {
      for (u32 k = 0; k < w; ++k) dst[u64{k} * h + r] = a[u64{r} * w + k];
    }
  }
  // counts[c + 128] += occurrences of c; counts has 256 entries.
  ARC_HD static void histogram(u32* counts, const i8* a, u64 n) {
    for (u64 k = 0; k < n; ++k) counts[static_cast<i32>(a[k]) + 128]++;
  }

 private:
  // Bit k: whether a[k] equals b[k], for k < n < 65.
  ARC_HD static u64 equal_pairs(const i8* a, const i8* b, u32 n) {
    u64 bits = 0;
    for (u32 k = 0; k < n; ++k) bits |= static_cast<u64>(a[k] == b[k] ? 1 : 0) << k;
    return bits;
  }
};

}  // namespace arcbatch
