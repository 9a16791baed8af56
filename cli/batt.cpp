// `arcbatch batt`: batt files on tasks; what they appended to their lists `o` and `s`, example by
// example.
#include "batch/batt.h"

#include <fmt/format.h>

#include <list>
#include <memory>
#include <string>
#include <vector>

#include "batch/coordinator.h"
#include "commands.h"
#include "common.h"
#include "frontend/frontend.h"
#include "task/loader.h"

namespace arcbatch::cli {
namespace {

struct BattArguments {
  CommonOptions common;
  std::vector<std::string> files;
  std::string function = "batt";
  std::string out;
  std::vector<std::string> tasks;
  u32 jobs = 0;  // 0: one a core
};

int batt(const BattArguments& arguments) {
  std::list<CompileResult> compiled;  // programs stay where they are
  std::vector<BattFile> files;
  for (const std::string& path : arguments.files) {
    CompileResult& result =
        compiled.emplace_back(compile_source(read_file(path), path, arguments.common.dialect));
    if (!result.ok) throw CommandError(format_diagnostic(result.errors.front()));
    const int function = result.program.find(arguments.function);
    if (function < 0) {
      throw CommandError(fmt::format("{}: defines no function '{}'", path, arguments.function));
    }
    files.push_back(BattFile{&result.program, static_cast<u32>(function)});
  }
  const LoadResult loaded = load_tasks(arguments.tasks);
  if (!loaded.errors.empty()) throw CommandError(format_task_error(loaded.errors.front()));
  std::unique_ptr<OutputFile> file;
  if (!arguments.out.empty()) file = std::make_unique<OutputFile>(arguments.out);
  BattOptions options;
  options.run = arguments.common.run;
  options.jobs = arguments.jobs > 0 ? arguments.jobs : available_cores();
  bool all = true;
  std::string line;
  run_batt(files, loaded.tasks, options, [&](const BattRun& run) {
    all = all && run.outcome.status == Status::ok;
    line.clear();
    append_batt_line(run, loaded.tasks[run.task].id,
                     files.size() > 1 ? arguments.files[run.file] : std::string(), line);
    if (file != nullptr) {
      file->write(line);
    } else {
      print(line);
    }
  });
  if (file != nullptr) file->close();
  flush_output();
  return all ? 0 : 1;
}

}  // namespace

void add_batt(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<BattArguments>();
  arguments->common.dialect = Dsl::tokpidjin;
  CLI::App* sub = app.add_subcommand("batt", "Run batt files on tasks, and show what they found");
  sub->add_option("files", arguments->files, "Files that define batt(task_id, S, I, C, log_path)")
      ->required()
      ->type_name("FILE");
  sub->add_option("--tasks", arguments->tasks, "Task files and folders")
      ->required()
      ->type_name("PATH");
  sub->add_option("--function", arguments->function, "Function to call")->capture_default_str();
  sub->add_option("--jobs", arguments->jobs, "Workers; every core has one unless this is given")
      ->check(CLI::Range(1, 4096))
      ->type_name("N");
  sub->add_option("--out", arguments->out, "Write the lines to a file")->type_name("FILE");
  add_dialect(*sub, arguments->common);
  add_common(*sub, arguments->common);
  sub->footer(
      "Each example of each task is run with C = None, and where its output is known with that\n"
      "output as C. A line of JSON tells what was appended to `o` and `s`: the last item of each\n"
      "entry as its repr (null where it depends on addresses). `matches` are the first\n"
      "items of the entries of `o` whose last item is the expected output. Lines name the file\n"
      "where there are several. They come in one order, whatever the number of workers.\n"
      "Example:\n"
      "  arcbatch batt batt.py --tasks data/training --out found.jsonl\n"
      "Exit codes: 0 all runs returned, 1 some did not or a file cannot be used, 2 usage.");
  sub->callback([arguments, &exit_code] { exit_code = batt(*arguments); });
}

}  // namespace arcbatch::cli
