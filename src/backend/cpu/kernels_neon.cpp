// Fast kernels over RowsNeon.
#if defined(__aarch64__)

#include "backend/cpu/kernel_table.h"
#include "primitives/rows/rows_simd.h"

namespace arcbatch {

FastKernels kernels_neon() { return kernels_of<RowsNeon>(); }

}  // namespace arcbatch

#endif
