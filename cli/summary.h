// The summary of many runs, as run, resume and report print it.
#pragma once

#include <functional>
#include <string>

#include "batch/statistics.h"

namespace arcbatch::cli {

// "1 run", "2 runs".
std::string counted(u64 n, const char* noun);

// Prints a line of the summary: its name in bold, then the text.
void print_row(const char* name, const std::string& text);

// Prints tasks solved, runs matched, outcomes, and the errors, limits and refusals there are.
void print_outcome_rows(const RunStatistics& statistics);

// Prints who answered the calls of primitives. `path` names the kernels, if that is known.
void print_kernel_row(const std::string& path, u64 fast_calls, u64 generic_calls);

using NameOf = std::function<std::string(u32)>;

// Prints the slowest candidates of the list, by their total time.
void print_slowest_rows(const std::vector<CandidateTotals>& slowest, const NameOf& candidate_name,
                        const NameOf& task_name);

}  // namespace arcbatch::cli
