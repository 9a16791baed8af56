// What the bench found, as tables and as JSON.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "batch/bench.h"
#include "batch/bench_costs.h"
#include "bench_machine.h"

namespace arcbatch::cli {

struct BenchReport {
  BenchMachine machine;
  u32 rounds = 0;
  double dispatch_ns = 0;  // a statement
  CompileSpeed compile;
  std::vector<BenchResult> results;
  std::vector<BenchResult> left_out;  // cases that ended as limit, resource or unsupported
};

// The help's text on method and JSON keys.
extern const char* const kBenchFooter;

// Prints the tables and, as the last line, the summary.
void print_report(const BenchReport& report);

// The quantiles as JSON, by the names of their members.
nlohmann::ordered_json quantiles_json(const Quantiles& quantiles);

// Returns the report as JSON, ended by a newline.
std::string report_json(const BenchReport& report);

}  // namespace arcbatch::cli
