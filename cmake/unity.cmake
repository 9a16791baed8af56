# Sources that take longer to read their headers than to compile are compiled several at once. Names
# in their anonymous namespaces have to differ within a group.
set_target_properties(arcbatch_cli arcbatch PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 10)
set_target_properties(arcbatch_core PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
foreach(group frontend results report task primitives/tokpidjin)
  file(GLOB sources CONFIGURE_DEPENDS src/${group}/*.cpp)
  string(MAKE_C_IDENTIFIER ${group} name)
  set_source_files_properties(${sources} PROPERTIES UNITY_GROUP ${name})
endforeach()
# JSON.
set_source_files_properties(src/batch/cost_table.cpp src/batch/selection.cpp
                            PROPERTIES UNITY_GROUP report)
