// The subcommands of arcbatch, one file each. Every function adds its subcommand to `app` with a
// callback that does the work and sets `exit_code`: 0 for success, 1 for failure.
#pragma once

#include <CLI/CLI.hpp>

namespace arcbatch::cli {

void add_run(CLI::App& app, int& exit_code);
void add_resume(CLI::App& app, int& exit_code);
void add_report(CLI::App& app, int& exit_code);
void add_export(CLI::App& app, int& exit_code);
void add_merge_runs(CLI::App& app, int& exit_code);
void add_eval(CLI::App& app, int& exit_code);
void add_batt(CLI::App& app, int& exit_code);
void add_extract(CLI::App& app, int& exit_code);
void add_merge(CLI::App& app, int& exit_code);
void add_primitives(CLI::App& app, int& exit_code);
void add_show(CLI::App& app, int& exit_code);
void add_bench(CLI::App& app, int& exit_code);
void add_devices(CLI::App& app, int& exit_code);

}  // namespace arcbatch::cli
