// Bit counting and checked arithmetic, on the host by compiler builtins and on the device by its
// intrinsics.
#pragma once

#include "core/macros.h"

namespace arcbatch {

// Trailing zero bits of x != 0.
ARC_HD inline u32 ctz64(u64 x) {
#if defined(__CUDA_ARCH__)
  return static_cast<u32>(__ffsll(static_cast<long long>(x)) - 1);
#else
  return static_cast<u32>(__builtin_ctzll(x));
#endif
}

// Leading zero bits of x != 0.
ARC_HD inline u32 clz64(u64 x) {
#if defined(__CUDA_ARCH__)
  return static_cast<u32>(__clzll(static_cast<long long>(x)));
#else
  return static_cast<u32>(__builtin_clzll(x));
#endif
}

// Set bits of x.
ARC_HD inline u32 popcount64(u64 x) {
#if defined(__CUDA_ARCH__)
  return static_cast<u32>(__popcll(x));
#else
  return static_cast<u32>(__builtin_popcountll(x));
#endif
}

// Each returns true where the exact result does not fit; `out` is then unspecified.
ARC_HD inline bool add_overflows(i64 a, i64 b, i64& out) {
#if defined(__CUDA_ARCH__)
  out = static_cast<i64>(static_cast<u64>(a) + static_cast<u64>(b));
  return ((a ^ out) & (b ^ out)) < 0;
#else
  return __builtin_add_overflow(a, b, &out);
#endif
}

ARC_HD inline bool sub_overflows(i64 a, i64 b, i64& out) {
#if defined(__CUDA_ARCH__)
  out = static_cast<i64>(static_cast<u64>(a) - static_cast<u64>(b));
  return ((a ^ b) & (a ^ out)) < 0;
#else
  return __builtin_sub_overflow(a, b, &out);
#endif
}

ARC_HD inline bool mul_overflows(i64 a, i64 b, i64& out) {
#if defined(__CUDA_ARCH__)
  out = static_cast<i64>(static_cast<u64>(a) * static_cast<u64>(b));
  return __mul64hi(a, b) != (out >> 63);
#else
  return __builtin_mul_overflow(a, b, &out);
#endif
}

}  // namespace arcbatch
