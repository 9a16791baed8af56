# arcbatch_embed_examples(target): compiles the files of examples/ into `target`, where
# src/task/embedded.h lists them.
function(arcbatch_embed_examples target)
  set(root "${PROJECT_SOURCE_DIR}/examples")
  set(output "${PROJECT_BINARY_DIR}/generated/embedded_examples.cpp")
  set(script "${PROJECT_SOURCE_DIR}/cmake/embed_script.cmake")
  file(GLOB files CONFIGURE_DEPENDS "${root}/tasks/*.json" "${root}/programs/*.py")
  # Naming the list in the command makes a removed file rerun it.
  string(MD5 list_hash "${files}")
  add_custom_command(
    OUTPUT "${output}"
    COMMAND "${CMAKE_COMMAND}" "-DROOT=${PROJECT_SOURCE_DIR}" "-DOUTPUT=${output}"
            "-DLIST_HASH=${list_hash}" -P "${script}"
    DEPENDS ${files} "${script}"
    COMMENT "Embedding examples/"
    VERBATIM)
  target_sources(${target} PRIVATE "${output}")
endfunction()
