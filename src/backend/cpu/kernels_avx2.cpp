// Fast kernels over RowsAvx2.
#if defined(__x86_64__)

#include "backend/cpu/kernel_table.h"
#include "primitives/rows/rows_simd.h"

namespace arcbatch {

FastKernels kernels_avx2() { return kernels_of<RowsAvx2>(); }

}  // namespace arcbatch

#endif
