# Compiles the device code to objects, so that a kernel which nvcc refuses fails the build on
# machines without a GPU too. Nothing is linked or run.
enable_language(CUDA)
if(NOT CMAKE_CUDA20_STANDARD_COMPILE_OPTION)
  # CMake 3.25 does not know that nvcc has C++20.
  set(CMAKE_CUDA20_STANDARD_COMPILE_OPTION "-std=c++20")
endif()
file(GLOB_RECURSE cuda_sources CONFIGURE_DEPENDS src/backend/cuda/*.cu)
if(NOT cuda_sources)
  message(FATAL_ERROR "ARCBATCH_CUDA is ON but src/backend/cuda holds no .cu file")
endif()
add_library(arcbatch_cuda OBJECT ${cuda_sources})
target_include_directories(arcbatch_cuda PRIVATE src include)
set_target_properties(arcbatch_cuda PROPERTIES CUDA_SEPARABLE_COMPILATION ON)
# -O1: at the default level the inliner spends ten minutes on these files.
target_compile_options(
  arcbatch_cuda PRIVATE --expt-relaxed-constexpr --Werror=all-warnings -Xcompiler=-Wall,-Wextra
                        -Xcicc=-O1 -Xptxas=-O1)
