# The flags of every target: warnings, errors of them, the instruction set, assertions by config.
add_library(arcbatch_flags INTERFACE)
target_compile_options(
  arcbatch_flags
  INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Wall
            -Wextra
            -Wpedantic
            -Wconversion
            -Wshadow
            $<$<BOOL:${ARCBATCH_WERROR}>:-Werror>>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND NOT ARCBATCH_TIDY)
  # GCC 12 sees overlapping copies in std::string's operator+ where there are none (GCC bug
  # 105651); clang-tidy reads the same command lines and does not know the flag.
  target_compile_options(arcbatch_flags INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Wno-restrict>)
endif()
if(ARCBATCH_MARCH AND CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64)$")
  target_compile_options(arcbatch_flags
                         INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-march=${ARCBATCH_MARCH}>)
endif()
if(ARCBATCH_IPO)
  include(CheckIPOSupported)
  check_ipo_supported()
  set(CMAKE_INTERPROCEDURAL_OPTIMIZATION ON)
endif()
