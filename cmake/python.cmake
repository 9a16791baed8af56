# The extension module of the Python package, which pyproject.toml builds through scikit-build-core.
find_package(Python 3.10 REQUIRED COMPONENTS Interpreter Development.Module)
find_package(nanobind CONFIG REQUIRED)
file(GLOB bind_sources CONFIGURE_DEPENDS python/bind/*.cpp)
nanobind_add_module(arcbatch_python NB_STATIC NOMINSIZE NB_SUPPRESS_WARNINGS ${bind_sources})
set_target_properties(arcbatch_python PROPERTIES OUTPUT_NAME _core)
target_compile_definitions(arcbatch_python PRIVATE ARCBATCH_VERSION="${PROJECT_VERSION}")
target_link_libraries(arcbatch_python PRIVATE arcbatch_cli)
install(TARGETS arcbatch_python LIBRARY DESTINATION arcbatch COMPONENT python)
