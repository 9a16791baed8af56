// Fast kernels over RowsAvx512.
#if defined(__x86_64__)

#include "backend/cpu/kernel_table.h"
#include "primitives/rows/rows_simd.h"

namespace arcbatch {

FastKernels kernels_avx512() { return kernels_of<RowsAvx512>(); }

}  // namespace arcbatch

#endif
