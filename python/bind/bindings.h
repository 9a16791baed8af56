// What the parts of the extension module share.
#pragma once

#include <nanobind/nanobind.h>

#include <string_view>

namespace arcbatch::python {

// Text of the engine as str; bytes that are not UTF-8 are replaced.
nanobind::object text_of(std::string_view text);
// The same, with None for no text.
nanobind::object text_or_none(std::string_view text);
nanobind::object bytes_of(std::string_view text);

void bind_program(nanobind::module_& m);
void bind_tasks(nanobind::module_& m);
void bind_evaluate(nanobind::module_& m);
void bind_dsl(nanobind::module_& m);
void bind_session(nanobind::module_& m);

}  // namespace arcbatch::python
