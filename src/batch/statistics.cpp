// Totals by pair and candidate, closed when the next one begins.
#include "batch/statistics.h"

#include <algorithm>

namespace arcbatch {
namespace {

void count(RunStatistics::Counts& counts, std::string_view reason) {
  auto found = counts.find(reason);
  if (found == counts.end()) {
    const bool full = counts.size() >= RunStatistics::kReasonsListed;
    found = counts.try_emplace(full ? "other reasons" : std::string(reason), 0).first;
  }
  found->second++;
}

// Inserts into a list kept in the order of `before`, no longer than `top`.
template <class Before>
void insert_top(std::vector<CandidateTotals>& list, const CandidateTotals& totals, std::size_t top,
                Before before) {
  if (list.size() == top && (top == 0 || !before(totals, list.back()))) return;
  list.insert(std::upper_bound(list.begin(), list.end(), totals, before), totals);
  if (list.size() > top) list.pop_back();
}

}  // namespace

RunStatistics::RunStatistics(std::vector<u32> known, std::size_t top)
    : known_(std::move(known)), top_(top), tried_(known_.size()), solvers_(known_.size()) {}

void RunStatistics::add(const RunFacts& facts) {
  if (current_.runs > 0 && facts.candidate != current_.candidate) {
    end_candidate();
  } else if (current_.runs > 0 && facts.task != task_) {
    end_pair();
  }
  current_.candidate = facts.candidate;
  task_ = facts.task;
  tried_[facts.task] = true;
  runs++;
  current_.runs++;
  by_kind[static_cast<std::size_t>(facts.kind)]++;
  switch (facts.kind) {
    case StatusKind::value: current_.values++; break;
    case StatusKind::error:
      current_.errors++;
      count(errors, facts.reason);
      break;
    case StatusKind::limit:
    case StatusKind::resource: count(limits, facts.reason); break;
    case StatusKind::unsupported: count(unsupported, facts.reason); break;
  }
  if (facts.match && !facts.compared) {
    expected++;
    if (*facts.match) {
      matched++;
      current_.matched++;
      pair_matched_++;
    }
  }
  seconds += facts.seconds;
  current_.seconds += facts.seconds;
  if (facts.seconds > current_.longest || current_.runs == 1) {
    current_.longest = facts.seconds;
    current_.longest_task = facts.task;
  }
}

void RunStatistics::end_pair() {
  if (pair_matched_ > 0 && pair_matched_ == known_[task_]) {
    current_.tasks_solved++;
    Solvers& solvers = solvers_[task_];
    solvers.count++;
    if (solvers.first.size() < kSolversListed) solvers.first.push_back(current_.candidate);
  }
  pair_matched_ = 0;
}

void RunStatistics::end_candidate() {
  end_pair();
  insert_top(slowest_, current_, top_, [](const CandidateTotals& a, const CandidateTotals& b) {
    return a.seconds > b.seconds;
  });
  insert_top(best_, current_, top_, [](const CandidateTotals& a, const CandidateTotals& b) {
    if (a.tasks_solved != b.tasks_solved) return a.tasks_solved > b.tasks_solved;
    return a.matched > b.matched;
  });
  current_ = CandidateTotals{};
}

void RunStatistics::finish() {
  if (current_.runs > 0) end_candidate();
}

u32 RunStatistics::tasks_tried() const {
  return static_cast<u32>(std::count(tried_.begin(), tried_.end(), true));
}

u32 RunStatistics::tasks_solved() const {
  return static_cast<u32>(std::count_if(solvers_.begin(), solvers_.end(),
                                        [](const Solvers& s) { return s.count > 0; }));
}

std::vector<u32> known_outputs(const std::vector<Task>& tasks) {
  std::vector<u32> known;
  known.reserve(tasks.size());
  for (const Task& task : tasks) {
    const auto has_output = [](const Pair& pair) { return pair.output.has_value(); };
    known.push_back(
        static_cast<u32>(std::count_if(task.train.begin(), task.train.end(), has_output) +
                         std::count_if(task.test.begin(), task.test.end(), has_output)));
  }
  return known;
}

}  // namespace arcbatch
