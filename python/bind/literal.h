// Reading values from their repr.
#pragma once

#include <nanobind/nanobind.h>

#include <string_view>

namespace arcbatch::python {

// Returns the object of a repr made of None, True, False, ints, tuples and lists. Throws
// ValueError for anything else.
nanobind::object parse_literal(std::string_view text);

}  // namespace arcbatch::python
