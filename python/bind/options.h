// The options of a run as the Python package passes them on.
#pragma once

#include <nanobind/nanobind.h>

#include "backend/cpu/runner.h"

namespace arcbatch::python {

// Reads max_steps, max_bytes, max_seconds, max_memory and kernels from a dict; what is absent keeps
// its default. Throws ValueError for what does not exist or cannot be had here.
RunOptions run_options(const nanobind::dict& options);

}  // namespace arcbatch::python
