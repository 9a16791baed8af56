# The tests ctest knows: the unit tests in two shards (one per core of the smallest machine),
# and one test per Python script of tests/cli and tests/differential. A script that exits 77
# lacks something it needs and counts as skipped; docs/testing.md says what each needs.
file(GLOB unit_sources CONFIGURE_DEPENDS tests/unit/*.cpp)
add_executable(arcbatch_unit_tests ${unit_sources})
target_include_directories(arcbatch_unit_tests PRIVATE tests/unit)
target_compile_definitions(arcbatch_unit_tests
                           PRIVATE ARCBATCH_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
target_link_libraries(arcbatch_unit_tests PRIVATE arcbatch_measuring
                                                  nlohmann_json::nlohmann_json GTest::gtest_main)
foreach(shard 0 1)
  add_test(NAME unit.${shard} COMMAND arcbatch_unit_tests --gtest_brief=1)
  set_tests_properties(
    unit.${shard} PROPERTIES LABELS unit TIMEOUT 900 ENVIRONMENT
                             "GTEST_TOTAL_SHARDS=2;GTEST_SHARD_INDEX=${shard}")
endforeach()

# What threads share, apart from the kernels, which take minutes to build under a sanitizer.
if(ARCBATCH_SANITIZE MATCHES "thread")
  add_executable(
    arcbatch_thread_tests
    tests/unit/coordinator_test.cpp tests/unit/program_cache_test.cpp
    tests/unit/device_pool_test.cpp src/batch/coordinator.cpp src/batch/run_plan.cpp
    src/batch/program_cache.cpp src/backend/device/device.cpp)
  target_include_directories(arcbatch_thread_tests PRIVATE src)
  target_link_libraries(arcbatch_thread_tests PRIVATE arcbatch_flags Threads::Threads
                                                      GTest::gtest_main)
  add_test(NAME threads COMMAND arcbatch_thread_tests --gtest_brief=1)
  set_tests_properties(threads PROPERTIES LABELS threads TIMEOUT 300)
endif()

# Stands in for the CUDA module where there is no GPU.
add_library(arcbatch_fake_cuda MODULE tests/fake_cuda/module.cpp)
set_target_properties(arcbatch_fake_cuda PROPERTIES PREFIX "")
target_link_libraries(arcbatch_fake_cuda PRIVATE arcbatch_core)

function(arcbatch_add_script_test label script)
  cmake_path(GET script STEM stem)
  add_test(NAME ${label}.${stem} COMMAND Python3::Interpreter "${script}"
           WORKING_DIRECTORY "${PROJECT_BINARY_DIR}")
  set_tests_properties(
    ${label}.${stem}
    PROPERTIES LABELS ${label} TIMEOUT 900 SKIP_RETURN_CODE 77 ENVIRONMENT
               "ARCBATCH=$<TARGET_FILE:arcbatch>;ARCBATCH_SOURCE_DIR=${PROJECT_SOURCE_DIR};\
ARCBATCH_FAKE_CUDA=$<TARGET_FILE:arcbatch_fake_cuda>")
endfunction()

if(TARGET arcbatch)
  file(GLOB cli_tests CONFIGURE_DEPENDS tests/cli/*.py)
  # Modules that tests share start with an underscore.
  list(FILTER cli_tests EXCLUDE REGEX "/_[^/]*$")
  foreach(script IN LISTS cli_tests)
    arcbatch_add_script_test(cli "${script}")
  endforeach()
  file(GLOB gpu_tests CONFIGURE_DEPENDS tests/gpu/*.py)
  foreach(script IN LISTS gpu_tests)
    arcbatch_add_script_test(gpu "${script}")
  endforeach()
  set(cases "${PROJECT_SOURCE_DIR}/tests/cases/run_cases.py")
  arcbatch_add_script_test(cases "${cases}")
  add_test(NAME cases.tokpidjin COMMAND Python3::Interpreter "${cases}" --dialect tokpidjin)
  set_tests_properties(cases.tokpidjin PROPERTIES LABELS cases TIMEOUT 900 ENVIRONMENT
                                                  "ARCBATCH=$<TARGET_FILE:arcbatch>")
  # Once more on every instruction set that the machine has.
  foreach(isa x86-64-v2 avx2 avx512 neon)
    add_test(NAME cases.${isa} COMMAND Python3::Interpreter "${cases}")
    set_tests_properties(
      cases.${isa} PROPERTIES LABELS cases TIMEOUT 900 SKIP_RETURN_CODE 77 ENVIRONMENT
                              "ARCBATCH=$<TARGET_FILE:arcbatch>;ARC_FORCE_ISA=${isa}")
  endforeach()
  file(GLOB differential_tests CONFIGURE_DEPENDS tests/differential/*_test.py)
  foreach(script IN LISTS differential_tests)
    arcbatch_add_script_test(differential "${script}")
  endforeach()
endif()
