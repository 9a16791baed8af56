// Fast kernels over RowsV2.
#if defined(__x86_64__)

#include "backend/cpu/kernel_table.h"
#include "primitives/rows/rows_simd.h"

namespace arcbatch {

FastKernels kernels_v2() { return kernels_of<RowsV2>(); }

}  // namespace arcbatch

#endif
