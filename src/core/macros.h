// Portable macros: the host/device marker, branch hints and the status-propagation helper.
#pragma once

#include <cstddef>
#include <cstdint>

#if defined(__CUDACC__)
#define ARC_HD __host__ __device__
#else
#define ARC_HD
#endif

// Of functions that the host compiles once for all of its code, and a device with what calls them.
#if defined(__CUDACC__)
#define ARC_ONCE inline
#else
#define ARC_ONCE
#endif

#define ARC_INLINE inline __attribute__((always_inline))

#define ARC_LIKELY(x) __builtin_expect(!!(x), 1)
#define ARC_UNLIKELY(x) __builtin_expect(!!(x), 0)

// Evaluates a Status expression and returns it from the enclosing function unless it is ok. The
// counter keeps names apart where the expression itself holds an ARC_TRY.
#define ARC_TRY(expr) ARC_TRY_NAMED(expr, __COUNTER__)
#define ARC_TRY_NAMED(expr, id) ARC_TRY_WITH(expr, id)
#define ARC_TRY_WITH(expr, id)                                                           \
  do {                                                                                   \
    const ::arcbatch::Status arc_status_##id = (expr);                                   \
    if (ARC_UNLIKELY(arc_status_##id != ::arcbatch::Status::ok)) return arc_status_##id; \
  } while (0)

namespace arcbatch {
using u8 = std::uint8_t;
using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;
using i8 = std::int8_t;
using i16 = std::int16_t;
using i32 = std::int32_t;
using i64 = std::int64_t;

template <class T>
ARC_HD constexpr T min_of(T a, T b) {
  return b < a ? b : a;
}
template <class T>
ARC_HD constexpr T max_of(T a, T b) {
  return a < b ? b : a;
}
}  // namespace arcbatch
