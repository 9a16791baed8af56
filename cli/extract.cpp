// `arcbatch extract`: the solver behind one value of a file, as a program of its own.
#include "rewrite/extract.h"

#include <memory>

#include "commands.h"
#include "common.h"
#include "rewrite/source_module.h"

namespace arcbatch::cli {
namespace {

struct ExtractArguments {
  CommonOptions common;
  std::string file;
  ExtractRequest request;
  std::string out;
};

void extract_file(const ExtractArguments& arguments) {
  const std::string source = read_file(arguments.file);
  Extracted extracted;
  try {
    extracted = extract(source, arguments.file, arguments.common.dialect, arguments.request);
  } catch (const RewriteError& error) {
    throw CommandError(error.what());
  }
  if (arguments.out.empty()) {
    print(extracted.source);
    flush_output();
    return;
  }
  OutputFile file(arguments.out);
  file.write(extracted.source);
  file.close();
}

}  // namespace

void add_extract(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<ExtractArguments>();
  arguments->common.dialect = Dsl::tokpidjin;
  CLI::App* sub =
      app.add_subcommand("extract", "Print the solver behind one value of a batt file or program");
  sub->add_option("file", arguments->file, "File with the function")->required()->type_name("FILE");
  sub->add_option("--node", arguments->request.node,
                  "The number of an entry of `o` or `s`, or a variable (default: what is returned)")
      ->type_name("NUMBER|NAME");
  sub->add_option("--function", arguments->request.function,
                  "Function to look into (default: batt, else the last def)");
  sub->add_option("--out", arguments->out, "Write the program to a file")->type_name("FILE");
  add_dialect(*sub, arguments->common);
  sub->footer(
      "The solver has only what the value depends on, straight down, with variables x1, x2, ...\n"
      "and O, and takes (I), (S, I) or (S, I, C). It is named by the fingerprint of its graph:\n"
      "solvers of one name are one computation. The dialect is tokpidjin unless --dialect says\n"
      "otherwise.\n"
      "Examples:\n"
      "  arcbatch extract batt.py --node 38\n"
      "  arcbatch extract solvers.py --dialect arc-dsl --function solve_00d62c1b --node x4\n"
      "Exit codes: 0 success, 1 the value cannot be told apart, 2 usage.");
  sub->callback([arguments, &exit_code] {
    extract_file(*arguments);
    exit_code = 0;
  });
}

}  // namespace arcbatch::cli
