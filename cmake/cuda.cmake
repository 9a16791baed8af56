# The CUDA module: a shared object that arcbatch loads where --backend asks for it, so that the
# program itself needs no CUDA. ARCBATCH_CUDA=AUTO builds it where nvcc is found.
include(CheckLanguage)
check_language(CUDA)
if(NOT CMAKE_CUDA_COMPILER)
  if(ARCBATCH_CUDA STREQUAL "AUTO")
    message(STATUS "ARCBATCH_CUDA is AUTO and nvcc was not found: no CUDA module")
    return()
  endif()
  message(FATAL_ERROR "ARCBATCH_CUDA is ON but nvcc was not found")
endif()
# From Turing on, and what comes after as PTX; CMAKE_CUDA_ARCHITECTURES may name others. One pass of the front end
# and of the optimizer serves all of them: it is most of the time, and nothing in the code asks which it is for.
if(NOT CMAKE_CUDA_ARCHITECTURES)
  set(CMAKE_CUDA_ARCHITECTURES OFF)
  set(cuda_code "-gencode=arch=compute_75,code=[sm_75,sm_80,sm_86,sm_89,sm_90,compute_75]")
endif()
enable_language(CUDA)
if(NOT CMAKE_CUDA20_STANDARD_COMPILE_OPTION)
  # CMake 3.25 does not know that nvcc has C++20.
  set(CMAKE_CUDA20_STANDARD_COMPILE_OPTION "-std=c++20")
endif()
# -O1 for the optimizer: at -O2 its inliner makes four times as much code in 100 s. Recursion over
# values looks how much stack is left, so that no linker need know it. With 128 registers a
# multiprocessor holds 16 warps.
set(cuda_options ${cuda_code} --expt-relaxed-constexpr --Werror=all-warnings
                 -Xcompiler=-Wall,-Wextra -Xcicc=-O1 -maxrregcount=128
                 -Xptxas=--suppress-stack-size-warning)

add_library(arcbatch_cuda MODULE src/backend/cuda/module.cu src/backend/cuda/kernels.cu
                                 src/backend/cuda/fast_scalar.cu)
set_target_properties(
  arcbatch_cuda PROPERTIES CUDA_SEPARABLE_COMPILATION ON CUDA_RUNTIME_LIBRARY Static PREFIX ""
                           CUDA_VISIBILITY_PRESET hidden)
target_include_directories(arcbatch_cuda PRIVATE src include)
target_compile_options(arcbatch_cuda PRIVATE ${cuda_options})
target_link_libraries(arcbatch_cuda PRIVATE ${CMAKE_DL_LIBS})
string(REPLACE "," "$<COMMA>" link_code "${cuda_code}")
if(CMAKE_CUDA_COMPILER_VERSION VERSION_GREATER_EQUAL 12.8)
  list(APPEND link_code --compress-mode=size)  # a tenth of the bytes
endif()
target_link_options(arcbatch_cuda PRIVATE
                    "$<DEVICE_LINK:${link_code};-Xnvlink=--suppress-stack-size-warning>")

# Compiled to see that nvcc takes it; nothing links it.
add_library(arcbatch_cuda_lanes OBJECT src/backend/cuda/fast_lanes.cu)
set_target_properties(arcbatch_cuda_lanes PROPERTIES CUDA_SEPARABLE_COMPILATION ON)
target_include_directories(arcbatch_cuda_lanes PRIVATE src include)
target_compile_options(arcbatch_cuda_lanes PRIVATE ${cuda_options})

# In a wheel it stands beside the extension module.
if(ARCBATCH_PYTHON)
  add_dependencies(arcbatch_python arcbatch_cuda)
  install(TARGETS arcbatch_cuda LIBRARY DESTINATION arcbatch COMPONENT python)
endif()
