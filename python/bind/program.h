// A compiled program as the Python package holds it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "frontend/frontend.h"

namespace arcbatch::python {

struct CompiledProgram {
  std::shared_ptr<const Program> program;  // null where the text was refused
  std::string file;
  std::string hash;
  u64 bytes = 0;  // of the text
  std::vector<Diagnostic> errors;
};

}  // namespace arcbatch::python
