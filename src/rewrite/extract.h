// Slices of programs: what one value of a function depends on, as a program of its own.
#pragma once

#include <string>
#include <string_view>

#include "primitives/dialects.h"

namespace arcbatch {

struct ExtractRequest {
  std::string function;  // empty: `batt` if there is one, else the last def
  std::string node;      // the number of a result entry, a variable, or empty: what is returned
};

struct Extracted {
  std::string source;       // the whole file
  std::string name;         // solve_<fingerprint>
  std::string fingerprint;  // 32 hexadecimal digits
};

// Returns the slice of a value as a solver: only what the value depends on, variables x1, x2, ...
// and O, the parameters (I), (S, I) or (S, I, C). It has the value's outcome for all S, I and C.
// Throws RewriteError where that cannot be said.
Extracted extract(std::string_view source, const std::string& file, Dsl dialect,
                  const ExtractRequest& request);

}  // namespace arcbatch
