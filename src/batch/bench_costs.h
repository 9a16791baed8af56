// What every run pays besides its kernels: the dispatch of a statement, and turning text into a
// program that can run.
#pragma once

#include <string>
#include <vector>

#include "backend/cpu/runner.h"

namespace arcbatch {

inline constexpr u32 kDispatchStatements = 200;

// Returns the nanoseconds that a statement costs in a chain of kDispatchStatements identities on a
// small grid, without what a run costs that only returns its input.
double measure_dispatch(const RunOptions& options);

struct CompileSpeed {
  u64 files = 0;
  u64 statements = 0;
  double per_second = 0;  // statements; the median of several passes over all files
};

// Measures the way from each text to a program bound to a runner.
CompileSpeed measure_compile(const RunOptions& options, const std::vector<std::string>& texts);

}  // namespace arcbatch
