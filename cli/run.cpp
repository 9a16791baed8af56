// arcbatch run: programs on tasks, with a line per run for machines and a summary for people.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "batch/run_tasks.h"
#include "commands.h"
#include "common.h"
#include "progress.h"
#include "report/profile.h"
#include "sources.h"

namespace arcbatch::cli {
namespace {

struct RunArguments {
  std::vector<std::string> programs;
  std::vector<std::string> tasks;
  std::string jsonl;
  bool profile = false;
  std::string profile_json;
  bool keep_going = false;
  bool quiet = false;
  CommonOptions common;
};

volatile std::sig_atomic_t interrupted = 0;

// The first interrupt ends the work after the current run, the second ends the program.
void on_interrupt(int) {
  if (interrupted != 0) std::_Exit(130);
  interrupted = 1;
}

// Catches SIGINT while it lives.
class InterruptGuard {
 public:
  InterruptGuard() {
    interrupted = 0;
    struct sigaction action = {};
    action.sa_handler = on_interrupt;
    sigemptyset(&action.sa_mask);
    action.sa_flags = SA_RESTART;
    sigaction(SIGINT, &action, &previous_);
  }
  ~InterruptGuard() { sigaction(SIGINT, &previous_, nullptr); }
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

 private:
  struct sigaction previous_ = {};
};

std::string json_line(const RunRecord& record) {
  using Json = nlohmann::ordered_json;
  const Outcome& outcome = record.outcome;
  const auto text_or_null = [](const std::string& text, bool present) {
    return present ? Json(text) : Json(nullptr);
  };
  const StatusKind kind = outcome.kind();
  Json line;
  line["program"] = record.candidate->name;
  line["file"] = record.candidate->file;
  line["task"] = record.task->id;
  line["split"] = record.is_test ? "test" : "train";
  line["index"] = record.index;
  line["status"] = status_kind_name(outcome.status);
  line["match"] = outcome.match ? Json(*outcome.match) : Json(nullptr);
  line["value"] = text_or_null(outcome.value, kind == StatusKind::value);
  line["error"] = kind == StatusKind::error ? Json(status_name(outcome.status)) : Json(nullptr);
  line["statement"] = text_or_null(outcome.statement, !outcome.statement.empty());
  line["line"] = outcome.line != 0 ? Json(outcome.line) : Json(nullptr);
  line["reason"] = text_or_null(outcome.reason, !outcome.reason.empty());
  return line.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

// "12 TypeError, 3 ValueError": the most frequent first.
std::string counts_text(const std::map<std::string, u64, std::less<>>& counts) {
  std::vector<std::pair<std::string, u64>> sorted(counts.begin(), counts.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string text;
  for (const auto& [name, count] : sorted) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, name);
  }
  return text;
}

std::string counted(u64 n, const char* noun) {
  return fmt::format("{} {}{}", n, noun, n == 1 ? "" : "s");
}

void print_summary(const RunArguments& arguments, const Sources& sources, const RunPlan& plan,
                   const RunStatistics& stats, double seconds) {
  const bool colour = use_colour(stdout);
  const auto row = [colour](const char* name, const std::string& text) {
    print(fmt::format("{} {}\n", styled(fmt::format("{:<12}", name), "1", colour), text));
  };
  const auto kind = [&stats](StatusKind k) { return stats.by_kind[static_cast<std::size_t>(k)]; };
  if (stats.runs < plan.size()) {
    print(fmt::format("{} after {} of {}\n", styled("interrupted", "1;33", colour), stats.runs,
                      counted(plan.size(), "run")));
  }
  const char* path = kernel_path_name(resolve_kernel_path(arguments.common.run.path));
  row("programs", fmt::format("{} in {}", counted(sources.programs.candidates.size(), "function"),
                              counted(sources.programs.files, "file")));
  const bool all_solved = stats.tasks_solved() == stats.tasks_tried() && stats.tasks_tried() > 0;
  row("tasks", styled(fmt::format("{} of {} solved", stats.tasks_solved(), stats.tasks_tried()),
                      all_solved ? "32" : "0", colour));
  row("runs", fmt::format("{} of {} with an expected output matched, {} in all", stats.matched,
                          stats.expected, stats.runs));
  row("outcomes", fmt::format("{}, {}, {} limit, {} resource, {} unsupported",
                              counted(kind(StatusKind::value), "value"),
                              counted(kind(StatusKind::error), "error"), kind(StatusKind::limit),
                              kind(StatusKind::resource), kind(StatusKind::unsupported)));
  if (!stats.errors.empty()) row("errors", counts_text(stats.errors));
  if (!stats.limits.empty()) row("limits", counts_text(stats.limits));
  if (!stats.unsupported.empty()) row("unsupported", counts_text(stats.unsupported));
  if (const std::string skipped = sources.skipped_text(plan.without_task()); !skipped.empty()) {
    row("skipped", styled(skipped, "33", colour));
  }
  row("kernels", fmt::format("{}: {} by fast ones, {} by the generic ones", path,
                             counted(plan.fast_calls(), "call"), plan.generic_calls()));
  row("time", fmt::format("{} in programs, {} in all", format_seconds(stats.seconds),
                          format_seconds(seconds)));
  const char* label = "slowest";
  for (const RunStatistics::Slow& slow : stats.slowest(5)) {
    row(label, fmt::format("{:>8}  {} ({}, the longest {} on {})", format_seconds(slow.seconds),
                           slow.candidate->name, counted(slow.runs, "run"),
                           format_seconds(slow.longest), slow.task->id));
    label = "";
  }
}

int run(const RunArguments& arguments) {
  const auto started = std::chrono::steady_clock::now();
  Sources sources = load_sources(arguments.programs, arguments.tasks);
  const bool clean = sources.report(arguments.quiet);
  if (!clean && !arguments.keep_going) {
    throw CommandError("some files cannot be used (see above); --keep-going runs the others");
  }
  RunPlan plan(sources.programs.candidates, sources.tasks.tasks);
  if (plan.size() == 0) throw CommandError("nothing to run: " + sources.nothing_text());

  std::unique_ptr<OutputFile> jsonl;
  if (!arguments.jsonl.empty()) jsonl = std::make_unique<OutputFile>(arguments.jsonl);
  std::unique_ptr<OutputFile> profile;
  if (!arguments.profile_json.empty()) {
    profile = std::make_unique<OutputFile>(arguments.profile_json);
  }
  RunOptions options = arguments.common.run;
  options.profile = arguments.profile || profile != nullptr;
  if (options.profile && fast_kernels(resolve_kernel_path(options.path)).table == nullptr) {
    throw CommandError(
        "--profile counts calls of the fast kernels: it needs --path simd or scalar");
  }
  const InterruptGuard guard;
  RunStatistics stats;
  Progress progress(plan.size(), "runs", !arguments.quiet);
  plan.execute(options, [&](const RunRecord& record) {
    stats.add(record);
    if (jsonl) {
      // Line by line, so that whatever ends the program leaves what was finished.
      jsonl->write(json_line(record));
      jsonl->flush();
    }
    progress.update(stats.runs);
    return interrupted == 0;
  });
  progress.finish();
  if (jsonl) jsonl->close();
  if (profile) {
    profile->write(profile_json(plan.profile()));
    profile->close();
  }
  if (!arguments.quiet) {
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - started;
    print_summary(arguments, sources, plan, stats, wall.count());
  }
  if (arguments.profile) print("\n" + profile_table(plan.profile()));
  return stats.runs < plan.size() ? 1 : 0;
}

}  // namespace

void add_run(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<RunArguments>();
  CLI::App* sub = app.add_subcommand("run", "Run programs on tasks and compare the outputs");
  sub->add_option("--programs", arguments->programs,
                  "A .py file, or a folder searched for them; several may be given")
      ->type_name("PATH");
  sub->add_option("--tasks", arguments->tasks,
                  "A task's .json file, a combined *_challenges.json, or a folder of them; "
                  "several may be given")
      ->type_name("PATH");
  sub->add_option("--jsonl", arguments->jsonl, "Write one JSON object per run to this file")
      ->type_name("FILE");
  sub->add_flag("--profile", arguments->profile,
                "Print calls, time and orders asked for by primitive (makes runs slower)");
  sub->add_option("--profile-json", arguments->profile_json, "Write the profile to this file")
      ->type_name("FILE");
  sub->add_flag("--keep-going", arguments->keep_going,
                "Run what can be run although some files cannot be read or compiled");
  sub->add_flag("-q,--quiet", arguments->quiet, "Print errors only: no warnings, no summary");
  add_common(*sub, arguments->common);
  sub->footer(
      "A function solve_ID runs on task ID; any other function of one parameter runs on every\n"
      "task. Without --programs and --tasks the built-in examples run.\n"
      "\n"
      "Examples:\n"
      "  arcbatch run\n"
      "  arcbatch run --programs solvers.py --tasks data/training\n"
      "  arcbatch run --programs mine/ --tasks arc-agi_training_challenges.json --jsonl out.jsonl\n"
      "\n"
      "Keys of a JSON line: program, file, task, split (train, test), index (from 0), status\n"
      "(value, error, limit, resource, unsupported), match (true, false, or null where the\n"
      "expected output is unknown), value (as Python's repr), error (Python's class), statement,\n"
      "line, reason; null where one does not apply.\n"
      "\n"
      "Exit code 0 whatever the outcomes of the runs are; 1 if a file cannot be used (unless\n"
      "--keep-going is given), if writing fails, or after Ctrl-C, which ends the work after the\n"
      "current run and prints the summary of what was done. A second Ctrl-C stops at once.");
  sub->callback([arguments, &exit_code] { exit_code = run(*arguments); });
}

}  // namespace arcbatch::cli
