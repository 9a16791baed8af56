// What is said of the work's way to its backend: every operation at level debug, the sums at info.
#pragma once

#include <memory>
#include <string>

#include "batch_run.h"

namespace arcbatch::cli {

// Returns the name of what the kernels of these options run on: "cpu-avx512", "cpu-generic".
std::string cpu_name(const RunOptions& options);

// Returns an evaluator that, before each batch, logs the operations of its programs, `backend` and
// the number of grids, and after it how many calls which kernels answered. What it refers to must
// outlive it.
std::unique_ptr<BatchEvaluator> logged_routing(std::unique_ptr<BatchEvaluator> evaluator,
                                               const RunPlan& plan, ProgramCache& programs,
                                               std::string backend);

// Returns the line that closes the work:
// "Batch complete: 15/20 operations ran on cpu-avx512 (75.0%), 5 on cpu-generic". An operation is a
// call of a primitive; devices count runs instead.
std::string batch_complete_text(const BatchJob& job, const BatchTotals& totals);

}  // namespace arcbatch::cli
