// arcbatch report: what a results file holds, for people.
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "commands.h"
#include "common.h"
#include "results/reader.h"
#include "results_common.h"
#include "summary.h"

namespace arcbatch::cli {
namespace {

struct ReportArguments {
  std::string file;
  std::size_t top = 10;
};

void print_state(Database& database, const ResultsHeader& header) {
  const u64 saved = next_run(database, header) - header.range.first;
  const std::string shard = header.range.size() == header.planned
                                ? ""
                                : fmt::format(", a shard of {}", counted(header.planned, "run"));
  if (saved == header.range.size()) {
    print_row("file", fmt::format("{}: finished{}", database.path(), shard));
  } else {
    const std::string state =
        fmt::format("{} of {} done", saved, counted(header.range.size(), "run"));
    print_row("file",
              fmt::format("{}: {}{}; go on with: arcbatch resume {}", database.path(),
                          styled(state, "1;33", use_colour(stdout)), shard, database.path()));
  }
  print_row("engine", fmt::format("arcbatch {}, {}, at most {} steps, {} bytes, depth {}",
                                  header.engine, header.dialect, header.limits.steps,
                                  header.limits.bytes, header.limits.depth));
  if (header.comparison != Comparison::none) {
    print_row("comparison", comparison_text(header.comparison));
  }
}

void print_heading(const std::string& text) {
  print(fmt::format("\n{}\n", styled(text, "1", use_colour(stdout))));
}

void print_best(Database& database, const RunStatistics& statistics) {
  if (statistics.best().empty()) return;
  print_heading("  solved  matched     runs   values   errors  program");
  for (const CandidateTotals& c : statistics.best()) {
    const StoredProgram program = read_program(database, c.candidate);
    print(fmt::format("{:>8} {:>8} {:>8} {:>8} {:>8}  {} ({})\n", c.tasks_solved, c.matched, c.runs,
                      c.values, c.errors, program.name, program.file));
  }
}

void print_solved(Database& database, const RunStatistics& statistics,
                  const std::vector<StoredTask>& tasks) {
  if (statistics.tasks_solved() == 0) return;
  print_heading(counted(statistics.tasks_solved(), "task") + " solved, and the programs that do");
  for (u32 t = 0; t < tasks.size(); ++t) {
    const Solvers& solvers = statistics.solvers(t);
    if (solvers.count == 0) continue;
    std::string names;
    for (const u32 c : solvers.first) {
      names += (names.empty() ? "" : ", ") + read_program(database, c).name;
    }
    if (solvers.count > solvers.first.size()) {
      names += fmt::format(" and {} more", solvers.count - solvers.first.size());
    }
    print(fmt::format("{:<12} {}\n", tasks[t].name, names));
  }
}

}  // namespace

ResultsHeader make_header(const RunOptions& options, Dsl dialect, const RunPlan& plan,
                          const std::vector<ProgramFile>& files) {
  ResultsHeader header;
  header.engine = ARCBATCH_VERSION;
  header.dialect = dialect_info(dialect).name;
  header.limits = options.limits;
  header.score = options.score;
  header.comparison = plan.comparison();
  header.planned = plan.size();
  header.range = {0, plan.size()};
  header.fingerprint = fingerprint_of(header, plan, files);
  return header;
}

std::string comparison_text(Comparison comparison) {
  switch (comparison) {
    case Comparison::none: break;
    case Comparison::expected: return "C is the expected output where that is known";
    case Comparison::both: return "C is None, then the expected output where that is known";
  }
  return "C is None";
}

void print_report(Database& database, std::size_t top) {
  const ResultsHeader header = read_header(database);
  const std::vector<StoredTask> tasks = read_tasks(database);
  std::vector<u32> known;
  for (const StoredTask& task : tasks) known.push_back(task.expected);
  RunStatistics statistics(known, top);
  add_stored_runs(database, statistics);
  const SessionTotals sessions = read_sessions(database);

  print_state(database, header);
  print_row("programs", counted(static_cast<u64>(database.integer("SELECT count(*) FROM programs")),
                                "function"));
  print_outcome_rows(statistics);
  print_kernel_row("", sessions.fast_calls, sessions.generic_calls);
  print_row(
      "time",
      fmt::format("{} in programs, {} in all in {}", format_seconds(sessions.seconds_in_programs),
                  format_seconds(sessions.seconds), counted(sessions.sessions, "session")));
  print_slowest_rows(
      slowest_programs(database, top),
      [&database](u32 c) { return read_program(database, c).name; },
      [&tasks](u32 t) { return tasks.at(t).name; });
  print_best(database, statistics);
  print_solved(database, statistics, tasks);
}

void add_report(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<ReportArguments>();
  CLI::App* sub = app.add_subcommand("report", "Print what a results file holds");
  sub->add_option("file", arguments->file, "A file that run --out, resume or merge-runs wrote")
      ->type_name("FILE")
      ->required();
  sub->add_option("--top", arguments->top, "Length of the lists of programs")
      ->check(CLI::Range(1, 1000000))
      ->type_name("N")
      ->capture_default_str();
  sub->footer(
      "Prints the state of the work, tasks solved and by which programs, outcomes, errors and\n"
      "limits by class, the slowest programs, and those that solve most. A task is solved by a\n"
      "program that matches every expected output of it. A file that is being written can be\n"
      "read meanwhile.\n"
      "\n"
      "Example:\n"
      "  arcbatch report mine.sqlite --top 20");
  sub->callback([arguments, &exit_code] {
    const std::unique_ptr<Database> database = open_results(arguments->file, Database::Mode::read);
    // One transaction, so that everything is of one moment.
    database->execute("BEGIN");
    print_report(*database, arguments->top);
    exit_code = 0;
  });
}

}  // namespace arcbatch::cli
