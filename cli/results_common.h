// What the subcommands that work on results files share.
#pragma once

#include "results/store.h"
#include "sources.h"

namespace arcbatch::cli {

// Returns the header of the whole plan, as this program would run it.
ResultsHeader make_header(const RunOptions& options, Dsl dialect, const RunPlan& plan,
                          const std::vector<ProgramFile>& files);

// What C is, for people.
std::string comparison_text(Comparison comparison);

// Prints what a results file holds; tables of programs have `top` lines.
void print_report(Database& database, std::size_t top);

}  // namespace arcbatch::cli
