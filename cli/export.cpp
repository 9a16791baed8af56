// arcbatch export and arcbatch merge-runs: results files to lines, and shards to one file.
#include <fmt/format.h>

#include <memory>
#include <vector>

#include "commands.h"
#include "common.h"
#include "results/merge.h"
#include "results/reader.h"
#include "selection_output.h"
#include "summary.h"

namespace arcbatch::cli {
namespace {

struct ExportArguments {
  std::string file;
  std::string csv;
  std::string jsonl;
  std::string programs;
  SelectionArguments selection;
};

struct MergeArguments {
  std::string out;
  std::vector<std::string> inputs;
};

void export_runs(const ExportArguments& arguments) {
  const std::unique_ptr<Database> database = open_results(arguments.file, Database::Mode::read);
  std::unique_ptr<OutputFile> csv;
  std::unique_ptr<OutputFile> jsonl;
  if (!arguments.csv.empty()) csv = std::make_unique<OutputFile>(arguments.csv);
  if (!arguments.jsonl.empty()) jsonl = std::make_unique<OutputFile>(arguments.jsonl);
  const std::vector<StoredTask> tasks = read_tasks(*database);
  const ResultsHeader header = read_header(*database);
  const bool scored = header.score;
  if (csv) csv->write(csv_header(scored, header.comparison != Comparison::none));
  RunReader reader(*database, tasks);
  for (RunText run; reader.next(run);) {
    if (csv) csv->write(csv_row(run, scored));
    if (jsonl) jsonl->write(json_line(run));
  }
  if (csv) csv->close();
  if (jsonl) jsonl->close();
}

void export_programs(const ExportArguments& arguments) {
  const std::unique_ptr<Database> database = open_results(arguments.file, Database::Mode::read);
  OutputFile out(arguments.programs);
  out.write(program_header());
  ProgramReader reader(*database);
  for (ProgramRow row; reader.next(row);) out.write(program_row(row));
  out.close();
}

void export_selection(const SelectionArguments& arguments, const std::string& file) {
  const std::unique_ptr<Database> database = open_results(file, Database::Mode::read);
  const std::vector<StoredTask> tasks = read_tasks(*database);
  SelectionOutput selection(arguments, [&](const Selected& s) {
    const StoredProgram program = read_program(*database, s.candidate);
    return SelectedNames{program.name, program.file, tasks.at(s.task).name, program.identity};
  });
  for (const StoredTask& task : tasks) selection.add_task(task.name, task.test);
  Query select(*database,
               "SELECT r.program, r.task, r.split, r.example, r.match, p.grid "
               "FROM runs r LEFT JOIN predictions p ON p.run = r.id WHERE " +
                   compared_column(*database, "r") + " IS NOT 1 ORDER BY r.id");
  while (select.next()) {
    selection.add({.candidate = static_cast<u32>(select.natural(0)),
                   .task = static_cast<u32>(select.natural(1)),
                   .is_test = select.text(2) == "test",
                   .index = static_cast<u32>(select.natural(3)),
                   .matched = select.integer(4) != 0,
                   .prediction = select.text(5)});
  }
  selection.close();
}

}  // namespace

void add_export(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<ExportArguments>();
  CLI::App* sub = app.add_subcommand("export", "Write the runs of a results file as JSON or CSV");
  sub->add_option("file", arguments->file, "A file that run --out, resume or merge-runs wrote")
      ->type_name("FILE")
      ->required();
  sub->add_option("--jsonl", arguments->jsonl, "Write the lines that run --jsonl writes")
      ->type_name("FILE");
  sub->add_option("--csv", arguments->csv,
                  "Write a table with the same columns and the steps, as RFC 4180 has it")
      ->type_name("FILE");
  sub->add_option("--programs", arguments->programs,
                  "Write a table of the programs and what their runs came to, as RFC 4180 has it")
      ->type_name("FILE");
  add_selection_options(*sub, arguments->selection);
  sub->footer(
      std::string(
          "Runs are written in the order of the work: by program, then task, training examples\n"
          "before test examples. Of work that is not finished, what is done is written.\n"
          "\n"
          "Columns of --programs: program, file, fingerprint (equal for programs that differ in "
          "names\n"
          "and layout alone), size, runs, values, errors, others, matched, score (the mean over "
          "runs, if\n"
          "they were scored), behaviour (equal for programs with equal outputs in all runs; empty "
          "if\n"
          "some run ended as resource).\n"
          "\n"
          "Examples:\n"
          "  arcbatch export mine.sqlite --jsonl mine.jsonl\n"
          "  arcbatch export mine.sqlite --csv /dev/stdout | head\n"
          "  arcbatch export mine.sqlite --submission submission.json\n"
          "\n") +
      kSelectionFooter);
  sub->callback([arguments, &exit_code] {
    const bool runs = !arguments->csv.empty() || !arguments->jsonl.empty();
    if (!runs && arguments->programs.empty() && !arguments->selection.any()) {
      throw CLI::RequiredError("--jsonl, --csv, --programs, --select or --submission");
    }
    if (runs) export_runs(*arguments);
    if (!arguments->programs.empty()) export_programs(*arguments);
    if (arguments->selection.any()) export_selection(arguments->selection, arguments->file);
    exit_code = 0;
  });
}

void add_merge_runs(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<MergeArguments>();
  CLI::App* sub = app.add_subcommand("merge-runs", "Join the results files of shards");
  sub->add_option("out", arguments->out, "The results file to make")->type_name("OUT")->required();
  sub->add_option("shards", arguments->inputs, "The results files of all shards, in any order")
      ->type_name("IN")
      ->required();
  sub->footer(
      "The shards are those of one work: 'arcbatch run --shard I/N --out FILE' for every I from 1\n"
      "to N, with the same programs, tasks and limits, each finished. What comes out is what one\n"
      "run without --shard would have saved. The shards are left as they are.\n"
      "\n"
      "Example:\n"
      "  arcbatch merge-runs all.sqlite part1.sqlite part2.sqlite");
  sub->callback([arguments, &exit_code] {
    const u64 runs = merge_results(arguments->out, arguments->inputs);
    print(fmt::format("{}: {} of {}\n", arguments->out, counted(runs, "run"),
                      counted(arguments->inputs.size(), "shard")));
    exit_code = 0;
  });
}

}  // namespace arcbatch::cli
