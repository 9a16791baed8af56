// `arcbatch merge`: files of solvers as one batt file.
#include "rewrite/merge.h"

#include <fmt/format.h>

#include <memory>
#include <string>
#include <vector>

#include "commands.h"
#include "common.h"
#include "rewrite/source_module.h"

namespace arcbatch::cli {
namespace {

struct MergeArguments {
  CommonOptions common;
  std::vector<std::string> files;
  std::string out;
};

int merge(const MergeArguments& arguments) {
  std::vector<MergeInput> inputs;
  for (const std::string& file : arguments.files) inputs.push_back({file, read_file(file)});
  Merged merged;
  try {
    merged = merge_solvers(inputs, arguments.common.dialect);
  } catch (const RewriteError& error) {
    throw CommandError(error.what());
  }
  if (merged.solvers == 0 && merged.left_out.empty()) {
    throw CommandError("no function takes (I), (S, I) or (S, I, C)");
  }
  for (const std::string& message : merged.left_out) warn(message);
  if (arguments.out.empty()) {
    print(merged.source);
    flush_output();
  } else {
    OutputFile file(arguments.out);
    file.write(merged.source);
    file.close();
  }
  std::fputs(fmt::format("{} solvers, {} of them as functions; {} statements, {} of them shared\n",
                         merged.solvers, merged.opaque, merged.statements, merged.shared)
                 .c_str(),
             stderr);
  return merged.left_out.empty() ? 0 : 1;
}

}  // namespace

void add_merge(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<MergeArguments>();
  arguments->common.dialect = Dsl::tokpidjin;
  CLI::App* sub = app.add_subcommand("merge", "Merge files of solvers into one batt file");
  sub->add_option("files", arguments->files, "Python files with functions (I), (S, I), (S, I, C)")
      ->required()
      ->type_name("FILE");
  sub->add_option("--out", arguments->out, "Write the batt file here, not to standard output")
      ->type_name("FILE");
  add_dialect(*sub, arguments->common);
  sub->footer(
      "The batt file appends to `o` (number, False, name, value) for each solver, or the class of\n"
      "its error as a text in place of the value; what solvers have in common is evaluated once.\n"
      "A solver's name is its function's without 'solve_'; '.2' and so on tell equal ones apart.\n"
      "The dialect is tokpidjin unless --dialect says otherwise.\n"
      "Example:\n"
      "  arcbatch merge solvers/*.py --out batt.py && arcbatch batt batt.py --tasks data/training\n"
      "Exit codes: 0 success, 1 a solver is left out or a file cannot be used, 2 usage.");
  sub->callback([arguments, &exit_code] { exit_code = merge(*arguments); });
}

}  // namespace arcbatch::cli
