// Tables of the fast kernels: one a Rows implementation, each in a source of its own, so that they
// compile side by side.
#pragma once

#include "backend/execution.h"

namespace arcbatch {

FastKernels kernels_v2();
FastKernels kernels_avx2();
FastKernels kernels_avx512();
FastKernels kernels_neon();

}  // namespace arcbatch
