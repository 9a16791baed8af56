// Rows vocabulary on NEON, what every aarch64 processor has.
#if defined(__aarch64__)

#include <arm_neon.h>

#define ARC_ROWS RowsNeon
#define ARC_ISA
#define ARC_ISA_INLINE __attribute__((always_inline)) inline

#include "primitives/rows/rows_vector_types.h"

namespace arcbatch {
namespace {

constexpr u32 kWidest = 16;

// Bit k: whether byte k of a equals that of b.
ARC_ISA_INLINE u64 equal_mask(Bytes<16> a, Bytes<16> b) {
  const uint8x16_t weight = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
  const uint8x16_t own =
      vandq_u8(vceqq_s8(reinterpret_cast<int8x16_t>(a), reinterpret_cast<int8x16_t>(b)), weight);
  return u64{vaddv_u8(vget_low_u8(own))} | u64{vaddv_u8(vget_high_u8(own))} << 8;
}
// b where bits are set, a elsewhere.
ARC_ISA_INLINE Bytes<16> blend(Bytes<16> a, Bytes<16> b, u64 bits) {
  const uint8x16_t weight = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
  const uint8x16_t own =
      vcombine_u8(vdup_n_u8(static_cast<u8>(bits)), vdup_n_u8(static_cast<u8>(bits >> 8)));
  return reinterpret_cast<Bytes<16>>(vbslq_s8(vtstq_u8(own, weight), reinterpret_cast<int8x16_t>(b),
                                              reinterpret_cast<int8x16_t>(a)));
}
// The sum of the bytes, which are unsigned.
ARC_ISA_INLINE u64 byte_sum(Bytes<16> v) { return vaddlvq_u8(reinterpret_cast<uint8x16_t>(v)); }

}  // namespace

bool RowsNeon::available() { return true; }

}  // namespace arcbatch

#include "primitives/rows/rows_vector.h"

#endif
