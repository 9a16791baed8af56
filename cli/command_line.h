// The command line as a function, for the program and for the Python package.
#pragma once

namespace CLI {
class App;
}

namespace arcbatch::cli {

// Runs the command that the arguments name; argv[0] is passed over. Prints errors to standard
// error. Returns the exit code: 0 success, 1 failure, 2 wrong usage. Ignores SIGPIPE and SIGXFSZ
// from then on. `add_bench` is that of commands.h, or null in the Python package, whose build
// leaves benchmarks out: the command then says so.
int run_command_line(int argc, char** argv, void (*add_bench)(CLI::App&, int&));

}  // namespace arcbatch::cli
