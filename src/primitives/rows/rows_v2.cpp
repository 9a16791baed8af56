// Rows vocabulary on SSE4.2, what every x86-64-v2 processor has.
#if defined(__x86_64__)

#include <immintrin.h>

#define ARC_ROWS RowsV2
#define ARC_ISA __attribute__((target("sse4.2,popcnt")))
#define ARC_ISA_INLINE __attribute__((target("sse4.2,popcnt"), always_inline)) inline

#include "primitives/rows/rows_vector_types.h"

namespace arcbatch {
namespace {

constexpr u32 kWidest = 16;

// Bit k: whether byte k of a equals that of b.
ARC_ISA_INLINE u64 equal_mask(Bytes<16> a, Bytes<16> b) {
  return static_cast<u32>(_mm_movemask_epi8(
      _mm_cmpeq_epi8(reinterpret_cast<__m128i>(a), reinterpret_cast<__m128i>(b))));
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
// The sum of the bytes, which are unsigned.
ARC_ISA_INLINE u64 byte_sum(Bytes<16> v) {
  const __m128i halves = _mm_sad_epu8(reinterpret_cast<__m128i>(v), _mm_setzero_si128());
  return static_cast<u64>(_mm_cvtsi128_si64(_mm_add_epi64(halves, _mm_srli_si128(halves, 8))));
}

}  // namespace

bool RowsV2::available() {
  static const bool has =
      __builtin_cpu_supports("sse4.2") != 0 && __builtin_cpu_supports("popcnt") != 0;
  return has;
}

}  // namespace arcbatch

#include "primitives/rows/rows_vector.h"

#endif
