# Run with cmake -P: writes OUTPUT, a C++ file holding the examples under ROOT as raw strings.
file(GLOB files RELATIVE "${ROOT}" "${ROOT}/examples/tasks/*.json" "${ROOT}/examples/programs/*.py")
list(SORT files)
list(LENGTH files count)
set(table "")
foreach(file IN LISTS files)
  file(READ "${ROOT}/${file}" text)
  string(APPEND table "    {\"${file}\", R\"arc_file(${text})arc_file\"},\n")
endforeach()
if(count EQUAL 0)
  set(body "std::span<const EmbeddedFile> embedded_examples() { return {}; }\n")
else()
  set(body "static constexpr EmbeddedFile kFiles[] = {\n${table}};\n\n")
  string(APPEND body "std::span<const EmbeddedFile> embedded_examples() { return kFiles; }\n")
endif()
file(
  WRITE "${OUTPUT}"
  "// Generated from examples/ by cmake/embed_script.cmake.\n"
  "#include \"task/embedded.h\"\n\nnamespace arcbatch {\n\n"
  "${body}"
  "\n}  // namespace arcbatch\n")
