# ARCBATCH_SANITIZE=address,undefined or thread: the first finding ends the program. Commands are
# compiled as without: what they call is what is looked at, and the objects of another build do.
if(ARCBATCH_SANITIZE)
  set(sanitized "$<NOT:$<BOOL:$<TARGET_PROPERTY:ARCBATCH_UNSANITIZED>>>")
  set(options "-fsanitize=${ARCBATCH_SANITIZE};-fno-sanitize-recover=all;-fno-omit-frame-pointer")
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Instrumented code confuses GCC's flow analysis; the plain builds keep the warning.
    list(APPEND options -Wno-maybe-uninitialized)
  endif()
  target_compile_options(arcbatch_flags INTERFACE "$<${sanitized}:${options}>")
  target_link_options(arcbatch_flags INTERFACE -fsanitize=${ARCBATCH_SANITIZE})
endif()
