# The target `tidy`: clang-tidy over src/ and cli/ with .clang-tidy's checks.
find_program(RUN_CLANG_TIDY NAMES run-clang-tidy run-clang-tidy-14 REQUIRED)
cmake_host_system_information(RESULT cores QUERY NUMBER_OF_LOGICAL_CORES)
add_custom_target(
  tidy
  COMMAND "${RUN_CLANG_TIDY}" -quiet -p "${PROJECT_BINARY_DIR}" -j ${cores}
          "^${PROJECT_SOURCE_DIR}/(src|cli)/"
  USES_TERMINAL VERBATIM)
