// Vectors of bytes as the compiler has them on every target, for the sources of the Rows
// vocabulary; ARC_ISA_INLINE is theirs.
#pragma once

#include "primitives/rows/rows_simd.h"

namespace arcbatch {
namespace {

template <u32 kBytes>
struct VectorOf;
template <>
struct VectorOf<16> {
  typedef signed char Bytes __attribute__((vector_size(16)));
  typedef unsigned char Counters __attribute__((vector_size(16)));
  typedef u64 Words __attribute__((vector_size(16)));
};
template <>
struct VectorOf<32> {
  typedef signed char Bytes __attribute__((vector_size(32)));
  typedef unsigned char Counters __attribute__((vector_size(32)));
  typedef u64 Words __attribute__((vector_size(32)));
};
template <>
struct VectorOf<64> {
  typedef signed char Bytes __attribute__((vector_size(64)));
  typedef unsigned char Counters __attribute__((vector_size(64)));
  typedef u64 Words __attribute__((vector_size(64)));
};

template <u32 kBytes>
using Bytes = typename VectorOf<kBytes>::Bytes;
template <u32 kBytes>
using Counters = typename VectorOf<kBytes>::Counters;
template <u32 kBytes>
using Words = typename VectorOf<kBytes>::Words;

}  // namespace
}  // namespace arcbatch
