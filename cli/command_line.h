// The command line as a function, for the program and for the Python package.
#pragma once

namespace arcbatch::cli {

// Runs the command that the arguments name; argv[0] is passed over. Prints errors to standard
// error. Returns the exit code: 0 success, 1 failure, 2 wrong usage. Ignores SIGPIPE and SIGXFSZ
// from then on.
int run_command_line(int argc, char** argv);

}  // namespace arcbatch::cli
