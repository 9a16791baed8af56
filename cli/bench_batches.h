// `arcbatch bench batches` and `arcbatch bench plot`: whole batches in every way to run them.
#pragma once

#include <CLI/CLI.hpp>

namespace arcbatch::cli {

// Adds `batches` to the command `bench` and returns it.
CLI::App* add_bench_batches(CLI::App& bench, int& exit_code);

// Adds `plot`, which draws what `batches` wrote.
CLI::App* add_bench_plot(CLI::App& bench, int& exit_code);

// Throws a CLI::ValidationError for an option that was given before the word of a subcommand: it
// is one of `bench` itself, which does not run.
void refuse_options_of_bench(const CLI::App& bench, const std::string& subcommand);

}  // namespace arcbatch::cli
