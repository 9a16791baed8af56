// arcbatch bench --shared: batches of programs through a graph, against one after the other.
#pragma once

#include <CLI/CLI.hpp>

#include "backend/cpu/runner.h"
#include "sources.h"

namespace arcbatch::cli {

struct SharedArguments {
  bool shared = false;
  bool all = false;
  u32 mutants = 0;
  u64 inputs = 20;
};

// What of `bench`'s own options says how a batch is timed.
struct SharedMethod {
  u32 rounds = 1;
  int core = -1;
  std::string against;
  std::string python;
  std::string json;
};

// Adds --shared, --all, --mutants and --inputs. Those options of `bench` that say how to measure
// single cases must be there already. `arguments` must outlive `app`.
void add_shared(CLI::App& app, SharedArguments& arguments);

// Measures and prints; returns the exit code, 1 where some outcome differs.
int bench_shared(const SharedArguments& arguments, const RunOptions& options,
                 const Sources& sources, const SharedMethod& method);

}  // namespace arcbatch::cli
