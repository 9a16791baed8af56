// Rows vocabulary on vector registers, once an instruction set: rows_<set>.cpp has what the set
// does in its own way, rows_vector.h the rest. Host only. Byte rows are read up to 64 bytes past
// their end (kGridPadding) and never written past it; dst may be a, but not overlap it otherwise.
// kSpills: whether rows that are written one after the other may be written 15 bytes past the last.
#pragma once

#include "primitives/rows/rows_scalar.h"

#if !defined(__CUDA_ARCH__)
namespace arcbatch {

// available(): whether this processor has the instructions; nothing else may be called where not.
#define ARC_ROWS_VECTOR(type, label)                                                           \
  struct type {                                                                                \
    static constexpr const char* kName = label;                                                \
    static constexpr bool kSpills = true;                                                      \
    static bool available();                                                                   \
                                                                                               \
    static void fill(u64* dst, u64 value, u32 n);                                              \
    static void copy(u64* dst, const u64* a, u32 n);                                           \
    static void bit_or(u64* dst, const u64* a, const u64* b, u32 n);                           \
    static void bit_and(u64* dst, const u64* a, const u64* b, u32 n);                          \
    static void bit_andnot(u64* dst, const u64* a, const u64* b, u32 n);                       \
    static void shift_columns(u64* dst, const u64* a, i32 by, u32 n);                          \
    static u64 any(const u64* a, u32 n);                                                       \
    static u32 count(const u64* a, u32 n);                                                     \
    static bool equal(const u64* a, const u64* b, u32 n);                                      \
    static bool meets(const u64* a, const u64* b, u32 n);                                      \
    static void flood(u64* seed, const u64* mask, u32 n, bool diagonal);                       \
                                                                                               \
    static void equals(u64* dst, const i8* cells, u32 stride, u32 h, u32 w, i8 value);         \
    static void neighbors(u64* left, u64* up, u64* up_left, u64* up_right, const i8* cells,    \
                          u32 stride, u32 h, u32 w);                                           \
    static void put(i8* cells, u32 stride, const u64* mask, u32 h, u32 w, i8 value);           \
    static void put_from(i8* cells, u32 stride, const u64* mask, u32 h, u32 w, const i8* from, \
                         u32 from_stride);                                                     \
                                                                                               \
    static void copy_bytes(i8* dst, const i8* a, u64 n);                                       \
    static void fill_bytes(i8* dst, i8 value, u64 n);                                          \
    static void replace_bytes(i8* dst, const i8* a, i8 from, i8 to, u64 n);                    \
    static void switch_bytes(i8* dst, const i8* a, i8 x, i8 y, u64 n);                         \
    static void match_bytes(i8* dst, const i8* a, const i8* b, i8 fallback, u64 n);            \
    static bool equal_bytes(const i8* a, const i8* b, u64 n);                                  \
    static u32 count_bytes(const i8* a, i8 value, u64 n);                                      \
    static void reverse_bytes(i8* dst, const i8* a, u64 n);                                    \
    static void transpose_bytes(i8* dst, const i8* a, u32 h, u32 w);                           \
    static void histogram(u32* counts, const i8* a, u64 n);                                    \
  }

#if defined(__x86_64__)
ARC_ROWS_VECTOR(RowsV2, "x86-64-v2");
ARC_ROWS_VECTOR(RowsAvx2, "avx2");
ARC_ROWS_VECTOR(RowsAvx512, "avx512");
#elif defined(__aarch64__)
ARC_ROWS_VECTOR(RowsNeon, "neon");
#endif

#undef ARC_ROWS_VECTOR

}  // namespace arcbatch
#endif
