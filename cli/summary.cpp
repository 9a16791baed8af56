// Lines of the summary.
#include "summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "common.h"

namespace arcbatch::cli {
namespace {

// "12 TypeError, 3 ValueError": the most frequent first.
std::string counts_text(const RunStatistics::Counts& counts) {
  std::vector<std::pair<std::string, u64>> sorted(counts.begin(), counts.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string text;
  for (const auto& [name, count] : sorted) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, name);
  }
  return text;
}

}  // namespace

std::string counted(u64 n, const char* noun) {
  return fmt::format("{} {}{}", n, noun, n == 1 ? "" : "s");
}

void print_row(const char* name, const std::string& text) {
  print(fmt::format("{} {}\n", styled(fmt::format("{:<12}", name), "1", use_colour(stdout)), text));
}

void print_outcome_rows(const RunStatistics& statistics) {
  const u32 solved = statistics.tasks_solved();
  const u32 tried = statistics.tasks_tried();
  const bool all_solved = solved == tried && tried > 0;
  print_row("tasks", styled(fmt::format("{} of {} solved", solved, tried), all_solved ? "32" : "0",
                            use_colour(stdout)));
  print_row("runs", fmt::format("{} of {} with an expected output matched, {} in all",
                                statistics.matched, statistics.expected, statistics.runs));
  const auto kind = [&statistics](StatusKind k) {
    return statistics.by_kind[static_cast<std::size_t>(k)];
  };
  print_row("outcomes",
            fmt::format("{}, {}, {} limit, {} resource, {} unsupported",
                        counted(kind(StatusKind::value), "value"),
                        counted(kind(StatusKind::error), "error"), kind(StatusKind::limit),
                        kind(StatusKind::resource), kind(StatusKind::unsupported)));
  if (!statistics.errors.empty()) print_row("errors", counts_text(statistics.errors));
  if (!statistics.limits.empty()) print_row("limits", counts_text(statistics.limits));
  if (!statistics.unsupported.empty()) {
    print_row("unsupported", counts_text(statistics.unsupported));
  }
}

void print_kernel_row(const std::string& path, u64 fast_calls, u64 generic_calls) {
  print_row("kernels",
            fmt::format("{}{}{} by fast ones, {} by the generic ones", path,
                        path.empty() ? "" : ": ", counted(fast_calls, "call"), generic_calls));
}

void print_slowest_rows(const std::vector<CandidateTotals>& slowest, const NameOf& candidate_name,
                        const NameOf& task_name) {
  const char* label = "slowest";
  for (const CandidateTotals& slow : slowest) {
    print_row(label,
              fmt::format("{:>8}  {} ({}, the longest {} on {})", format_seconds(slow.seconds),
                          candidate_name(slow.candidate), counted(slow.runs, "run"),
                          format_seconds(slow.longest), task_name(slow.longest_task)));
    label = "";
  }
}

}  // namespace arcbatch::cli
