# The target `tidy`: clang-tidy with .clang-tidy's checks over the parts that do not instantiate the
# kernels, which take it minutes a file. It looks at the sources that are compiled one by one.
if(ARCBATCH_UNITY)
  message(FATAL_ERROR "ARCBATCH_TIDY needs ARCBATCH_UNITY=OFF")
endif()
find_program(RUN_CLANG_TIDY NAMES run-clang-tidy run-clang-tidy-14 REQUIRED)
cmake_host_system_information(RESULT cores QUERY NUMBER_OF_LOGICAL_CORES)
add_custom_target(
  tidy
  COMMAND "${RUN_CLANG_TIDY}" -quiet -p "${PROJECT_BINARY_DIR}" -j ${cores}
          "^${PROJECT_SOURCE_DIR}/src/(core|frontend|graph|report|results|rewrite|task)/"
  USES_TERMINAL VERBATIM)
