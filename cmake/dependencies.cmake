# Libraries that the build uses: Debian 12's packages, which scripts/setup installs.
find_package(CLI11 2.1 REQUIRED)
find_package(simdjson 3.0 REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(fmt 9 REQUIRED)
find_package(SQLite3 3.35 REQUIRED)
find_package(Threads REQUIRED)
# xxHash is used as a header: its functions are compiled into ours.
find_path(ARCBATCH_XXHASH_DIR xxhash.h REQUIRED)
mark_as_advanced(ARCBATCH_XXHASH_DIR)
if(BUILD_TESTING)
  find_package(GTest 1.12 REQUIRED)
  find_package(Python3 3.9 REQUIRED COMPONENTS Interpreter)
endif()
