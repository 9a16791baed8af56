// arcbatch show: tasks and grids as pictures.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <vector>

#include "commands.h"
#include "common.h"
#include "report/picture.h"
#include "task/loader.h"

namespace arcbatch::cli {
namespace {

struct ShowArguments {
  std::string what;
  std::vector<std::string> tasks;
  bool plain = false;
};

void show_tasks(const LoadResult& loaded, bool colour) {
  for (const TaskError& error : loaded.errors) {
    fmt::print(stderr, "arcbatch: {} {}\n", styled("error:", "1;31", use_colour(stderr)),
               format_task_error(error));
  }
  for (std::size_t k = 0; k < loaded.tasks.size(); ++k) {
    if (k > 0) print("\n");
    print(render_task(loaded.tasks[k], colour));
  }
  if (!loaded.errors.empty()) throw CommandError("some tasks cannot be shown (see above)");
}

void show(const ShowArguments& arguments) {
  const bool colour = !arguments.plain && use_colour(stdout);
  std::error_code ignored;
  if (arguments.tasks.empty() && std::filesystem::exists(arguments.what, ignored)) {
    if (is_grid_file(arguments.what)) {
      const GridResult result = load_grid(arguments.what);
      if (!result.ok) throw CommandError(format_task_error(result.error));
      print(render_grid(result.grid, colour));
      return;
    }
    show_tasks(load_tasks(std::vector<std::string>{arguments.what}), colour);
    return;
  }
  LoadResult all = arguments.tasks.empty() ? load_embedded_tasks() : load_tasks(arguments.tasks);
  const auto found = std::find_if(all.tasks.begin(), all.tasks.end(),
                                  [&](const Task& task) { return task.id == arguments.what; });
  if (found == all.tasks.end()) {
    for (const TaskError& error : all.errors) warn(format_task_error(error));
    throw CommandError(
        arguments.tasks.empty()
            ? fmt::format("{} is neither a file nor the id of a built-in example", arguments.what)
            : fmt::format("no task {} in {}", arguments.what, fmt::join(arguments.tasks, ", ")));
  }
  LoadResult one;
  one.tasks.push_back(*found);
  show_tasks(one, colour);
}

}  // namespace

void add_show(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<ShowArguments>();
  CLI::App* sub = app.add_subcommand("show", "Show a task or a grid as a picture");
  sub->add_option("what", arguments->what,
                  "A file with a task, tasks or one grid, or the id of a task")
      ->required()
      ->type_name("TASK|GRID|ID");
  sub->add_option("--tasks", arguments->tasks,
                  "Where to look for the id; the built-in examples by default")
      ->type_name("PATH")
      ->allow_extra_args(false);
  sub->add_flag("--plain", arguments->plain, "Digits, not coloured blocks");
  sub->footer(
      "Every pair of a task is shown as input -> output; an unknown output as '?'. Where standard\n"
      "output is not a terminal, or NO_COLOR is set, the picture is plain.\n"
      "\n"
      "Examples:\n"
      "  arcbatch show a1000001\n"
      "  arcbatch show data/training/00d62c1b.json\n"
      "  arcbatch show 00d62c1b --tasks arc-agi_training_challenges.json\n"
      "  echo '[[1, 2], [3, 4]]' > grid.json; arcbatch show grid.json --plain");
  sub->callback([arguments, &exit_code] {
    show(*arguments);
    exit_code = 0;
  });
}

}  // namespace arcbatch::cli
