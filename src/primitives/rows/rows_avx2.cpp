// Rows vocabulary on AVX2.
#if defined(__x86_64__)

#include <immintrin.h>

#define ARC_ROWS RowsAvx2
#define ARC_ISA __attribute__((target("avx2,bmi,bmi2,popcnt")))
#define ARC_ISA_INLINE __attribute__((target("avx2,bmi,bmi2,popcnt"), always_inline)) inline

#include "primitives/rows/rows_vector_types.h"

namespace arcbatch {
namespace {

constexpr u32 kWidest = 32;

// Bit k: whether byte k of a equals that of b.
ARC_ISA_INLINE u64 equal_mask(Bytes<16> a, Bytes<16> b) {
  return static_cast<u32>(_mm_movemask_epi8(
      _mm_cmpeq_epi8(reinterpret_cast<__m128i>(a), reinterpret_cast<__m128i>(b))));
}
ARC_ISA_INLINE u64 equal_mask(Bytes<32> a, Bytes<32> b) {
  return static_cast<u32>(_mm256_movemask_epi8(
      _mm256_cmpeq_epi8(reinterpret_cast<__m256i>(a), reinterpret_cast<__m256i>(b))));
}
// b where bits are set, a elsewhere.
ARC_ISA_INLINE Bytes<16> blend(Bytes<16> a, Bytes<16> b, u64 bits) {
  const __m128i group = _mm_set_epi64x(0x0101010101010101, 0);
  const __m128i select = _mm_set1_epi64x(static_cast<i64>(0x8040201008040201ULL));
  const __m128i own = _mm_shuffle_epi8(_mm_set1_epi32(static_cast<i32>(bits)), group);
  return reinterpret_cast<Bytes<16>>(
      _mm_blendv_epi8(reinterpret_cast<__m128i>(a), reinterpret_cast<__m128i>(b),
                      _mm_cmpeq_epi8(_mm_and_si128(own, select), select)));
}
ARC_ISA_INLINE Bytes<32> blend(Bytes<32> a, Bytes<32> b, u64 bits) {
  const __m256i group =
      _mm256_setr_epi64x(0, 0x0101010101010101, 0x0202020202020202, 0x0303030303030303);
  const __m256i select = _mm256_set1_epi64x(static_cast<i64>(0x8040201008040201ULL));
  const __m256i own = _mm256_shuffle_epi8(_mm256_set1_epi32(static_cast<i32>(bits)), group);
  return reinterpret_cast<Bytes<32>>(
      _mm256_blendv_epi8(reinterpret_cast<__m256i>(a), reinterpret_cast<__m256i>(b),
                         _mm256_cmpeq_epi8(_mm256_and_si256(own, select), select)));
}
// The sum of the bytes, which are unsigned.
ARC_ISA_INLINE u64 byte_sum(Bytes<32> v) {
  const __m256i quarters = _mm256_sad_epu8(reinterpret_cast<__m256i>(v), _mm256_setzero_si256());
  const __m128i half =
      _mm_add_epi64(_mm256_castsi256_si128(quarters), _mm256_extracti128_si256(quarters, 1));
  return static_cast<u64>(_mm_cvtsi128_si64(_mm_add_epi64(half, _mm_srli_si128(half, 8))));
}

}  // namespace

bool RowsAvx2::available() {
  static const bool has =
      __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("bmi") != 0 &&
      __builtin_cpu_supports("bmi2") != 0 && __builtin_cpu_supports("popcnt") != 0;
  return has;
}

}  // namespace arcbatch

#include "primitives/rows/rows_vector.h"

#endif
