// Merging of the results files of shards.
#pragma once

#include <string>
#include <vector>

#include "core/macros.h"

namespace arcbatch {

// Makes the results file `out` of shards that are finished and together are a whole plan. Its
// canonical content is that of one file for the whole plan. ResultsError, and no file, if they do
// not belong together or something is missing. Returns the number of runs.
u64 merge_results(const std::string& out, const std::vector<std::string>& inputs);

}  // namespace arcbatch
