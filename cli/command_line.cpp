// The subcommands under one name, and what becomes of their errors.
#include "command_line.h"

#include <csignal>
#include <cstdio>
#include <exception>
#include <new>
#include <string>
#include <string_view>

#include "commands.h"
#include "common.h"

namespace arcbatch::cli {
namespace {

constexpr const char* kDescription =
    "arcbatch runs programs written in the ARC DSL on ARC-AGI tasks, with the outcomes of CPython\n"
    "and without running Python.";

constexpr const char* kFooter =
    "Examples:\n"
    "  arcbatch run                                        run the built-in examples\n"
    "  arcbatch run --programs solvers.py --tasks data/training --jsonl runs.jsonl\n"
    "  arcbatch run --programs mine/ --tasks data/training --out mine.sqlite\n"
    "  arcbatch resume mine.sqlite                         go on where it stopped\n"
    "  arcbatch report mine.sqlite                         what it found\n"
    "  arcbatch eval solvers.py --function solve_00d62c1b --task "
    "data/training/00d62c1b.json:train:0\n"
    "  arcbatch primitives fill                            what a primitive does\n"
    "  arcbatch show data/training/00d62c1b.json           a task as a picture\n"
    "  arcbatch COMMAND --help                             the options of a command\n"
    "\n"
    "Exit codes: 0 success, 1 failure, 2 wrong usage. Colours only on a terminal, and not where\n"
    "NO_COLOR is set.";

void report(std::string_view message) {
  const std::string label = styled("error:", "1;31", use_colour(stderr));
  std::fprintf(stderr, "arcbatch: %s %.*s\n", label.c_str(), static_cast<int>(message.size()),
               message.data());
}

// The command line as far as it was understood: "arcbatch run".
std::string command_prefix(const CLI::App& app) {
  std::string prefix = "arcbatch";
  for (const CLI::App* at = &app; !at->get_subcommands().empty();) {
    at = at->get_subcommands().front();
    prefix += " " + at->get_name();
  }
  return prefix;
}

int usage_error(const CLI::App& app, const CLI::ParseError& error) {
  report(error.what());
  std::fprintf(stderr, "See '%s --help'.\n", command_prefix(app).c_str());
  return 2;
}

// Parses the arguments, which runs the command that they name.
int run_command(CLI::App& app, int argc, char** argv, const int& exit_code) {
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& help_or_version) {
    const int code = app.exit(help_or_version);
    flush_output();
    return code;
  }
  if (app.get_subcommands().empty()) {
    std::fputs(app.help().c_str(), stderr);
    return 2;
  }
  flush_output();
  return exit_code;
}

// Stands for `bench` where that was left out.
void add_no_bench(CLI::App& app, int&) {
  CLI::App* const sub = app.add_subcommand("bench", "Not in the Python package");
  sub->allow_extras();
  sub->set_help_flag();
  sub->callback([] {
    throw CommandError("bench is not in the Python package: build arcbatch from its sources");
  });
}

}  // namespace

int run_command_line(int argc, char** argv, void (*add_bench)(CLI::App&, int&)) {
  // A reader that has gone away becomes a write error with a message, not a silent death.
  std::signal(SIGPIPE, SIG_IGN);
  // So does a limit on the size of files.
  std::signal(SIGXFSZ, SIG_IGN);
  int exit_code = 0;
  CLI::App app(kDescription, "arcbatch");
  app.set_version_flag("--version", "arcbatch " ARCBATCH_VERSION, "Print the version and exit");
  app.set_help_flag("-h,--help", "Print this help and exit");
  app.require_subcommand(0, 1);
  app.footer(kFooter);
  app.get_formatter()->column_width(30);
  try {
    add_run(app, exit_code);
    add_resume(app, exit_code);
    add_report(app, exit_code);
    add_export(app, exit_code);
    add_merge_runs(app, exit_code);
    add_eval(app, exit_code);
    add_batt(app, exit_code);
    add_extract(app, exit_code);
    add_merge(app, exit_code);
    add_primitives(app, exit_code);
    add_show(app, exit_code);
    (add_bench != nullptr ? add_bench : &add_no_bench)(app, exit_code);
    add_devices(app, exit_code);
    return run_command(app, argc, argv, exit_code);
  } catch (const CLI::ParseError& error) {
    return usage_error(app, error);
  } catch (const CommandError& error) {
    report(error.what());
    return 1;
  } catch (const std::bad_alloc&) {
    report("out of memory");
    return 1;
  } catch (const std::exception& error) {
    report(error.what());
    return 1;
  }
}

}  // namespace arcbatch::cli
