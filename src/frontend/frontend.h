// Front end: Python source text to Program. Never throws on bad source; every refusal is a
// Diagnostic with file, line and column.
#pragma once

#include <string_view>
#include <vector>

#include "graph/program.h"

namespace arcbatch {

struct CompileResult {
  bool ok = false;
  Program program;
  std::vector<Diagnostic> errors;  // non-empty when !ok: syntax errors, refused constructs
};

// Compiles `source`, which is written in `dialect`. `file` only labels diagnostics.
CompileResult compile_source(std::string_view source, std::string_view file,
                             Dsl dialect = Dsl::arc_dsl);

}  // namespace arcbatch
