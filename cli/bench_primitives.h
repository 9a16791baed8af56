// `arcbatch bench primitives`: what single calls cost, and what was found, as a table and as JSON.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "batch/bench_primitives.h"
#include "bench_machine.h"

namespace arcbatch::cli {

// One primitive of the table.
struct PrimitiveRow {
  Prim prim = Prim::identity;
  u64 mentions = 0;  // in the programs
  std::vector<CallResult> calls;
};

struct PrimitivesReport {
  BenchMachine machine;
  u32 rounds = 0;
  u64 programs = 0;  // that the mentions were counted in
  std::vector<PrimitiveRow> rows;
};

// Adds `primitives` to the command `bench` and returns it.
CLI::App* add_bench_primitives(CLI::App& bench, int& exit_code);

// The help's text on method and JSON keys.
extern const char* const kPrimitivesFooter;

// Prints the table and, as the last line, the summary.
void print_primitives(const PrimitivesReport& report);

// Returns the report as JSON, ended by a newline.
std::string primitives_json(const PrimitivesReport& report);

}  // namespace arcbatch::cli
