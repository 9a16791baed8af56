// Rows vocabulary on vector registers: AVX2 on x86-64, whose functions stand in rows_simd.cpp.
// Other machines have the scalar functions here and available() is false. Host only.
#pragma once

#include "primitives/rows/rows_scalar.h"

#if !defined(__CUDA_ARCH__)
namespace arcbatch {

struct RowsSimd : RowsScalar {
  static constexpr const char* kName = "simd";
  static bool available() { return false; }
};

}  // namespace arcbatch
#endif
