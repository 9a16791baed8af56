// Where a bench runs: processor, compiler, interpreter, and the one core that all of it stays on.
#pragma once

#include <CLI/CLI.hpp>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "batch/bench_reference.h"

namespace arcbatch::cli {

struct BenchMachine {
  int core = -1;  // the core that everything runs on; -1 if the system chooses
  std::string kernels;
  std::optional<PythonInfo> python;  // with --against
};

// Adds --against and --python, which set these; they must outlive `app`.
void add_reference_options(CLI::App& app, std::string& against, std::string& python);

// Keeps this process and its children on one core, so that neither side gains from a second one.
// Returns its number, or -1 where the system refuses.
int pin_to_one_core();

// "1,234,567"
std::string grouped(u64 number);

// Prints what runs where.
void print_machine(const BenchMachine& machine);

// The values of the keys `machine` and `python`.
nlohmann::ordered_json machine_json(const BenchMachine& machine);
nlohmann::ordered_json python_json(const BenchMachine& machine);

}  // namespace arcbatch::cli
