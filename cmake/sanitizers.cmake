# ARCBATCH_SANITIZE=address,undefined or thread: the first finding ends the program.
if(ARCBATCH_SANITIZE)
  target_compile_options(
    arcbatch_flags INTERFACE -fsanitize=${ARCBATCH_SANITIZE} -fno-sanitize-recover=all
                             -fno-omit-frame-pointer)
  target_link_options(arcbatch_flags INTERFACE -fsanitize=${ARCBATCH_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Instrumented code confuses GCC's flow analysis; the plain builds keep the warning.
    target_compile_options(arcbatch_flags INTERFACE -Wno-maybe-uninitialized)
  endif()
endif()
