// Rows vocabulary on AVX-512 (BW and VL): comparisons give bits and bits select bytes.
#if defined(__x86_64__)

#include <immintrin.h>

#define ARC_ROWS RowsAvx512
#define ARC_ISA __attribute__((target("avx512f,avx512bw,avx512vl,bmi,bmi2,popcnt")))
#define ARC_ISA_INLINE \
  __attribute__((target("avx512f,avx512bw,avx512vl,bmi,bmi2,popcnt"), always_inline)) inline

#include "primitives/rows/rows_vector_types.h"

namespace arcbatch {
namespace {

constexpr u32 kWidest = 64;

// Bit k: whether byte k of a equals that of b.
ARC_ISA_INLINE u64 equal_mask(Bytes<16> a, Bytes<16> b) {
  return _mm_cmpeq_epi8_mask(reinterpret_cast<__m128i>(a), reinterpret_cast<__m128i>(b));
}
ARC_ISA_INLINE u64 equal_mask(Bytes<32> a, Bytes<32> b) {
  return _mm256_cmpeq_epi8_mask(reinterpret_cast<__m256i>(a), reinterpret_cast<__m256i>(b));
}
ARC_ISA_INLINE u64 equal_mask(Bytes<64> a, Bytes<64> b) {
  return _mm512_cmpeq_epi8_mask(reinterpret_cast<__m512i>(a), reinterpret_cast<__m512i>(b));
}
// b where bits are set, a elsewhere.
ARC_ISA_INLINE Bytes<16> blend(Bytes<16> a, Bytes<16> b, u64 bits) {
  return reinterpret_cast<Bytes<16>>(_mm_mask_blend_epi8(
      static_cast<__mmask16>(bits), reinterpret_cast<__m128i>(a), reinterpret_cast<__m128i>(b)));
}
ARC_ISA_INLINE Bytes<32> blend(Bytes<32> a, Bytes<32> b, u64 bits) {
  return reinterpret_cast<Bytes<32>>(_mm256_mask_blend_epi8(
      static_cast<__mmask32>(bits), reinterpret_cast<__m256i>(a), reinterpret_cast<__m256i>(b)));
}
ARC_ISA_INLINE Bytes<64> blend(Bytes<64> a, Bytes<64> b, u64 bits) {
  return reinterpret_cast<Bytes<64>>(
      _mm512_mask_blend_epi8(bits, reinterpret_cast<__m512i>(a), reinterpret_cast<__m512i>(b)));
}
// The sum of the bytes, which are unsigned.
ARC_ISA_INLINE u64 byte_sum(Bytes<32> v) {
  const auto sums = reinterpret_cast<Words<32>>(
      _mm256_sad_epu8(reinterpret_cast<__m256i>(v), _mm256_setzero_si256()));
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

}  // namespace

bool RowsAvx512::available() {
  static const bool has =
      __builtin_cpu_supports("avx512bw") != 0 && __builtin_cpu_supports("avx512vl") != 0 &&
      __builtin_cpu_supports("bmi") != 0 && __builtin_cpu_supports("bmi2") != 0 &&
      __builtin_cpu_supports("popcnt") != 0;
  return has;
}

}  // namespace arcbatch

#include "primitives/rows/rows_vector.h"

#endif
