// Grouping of runs by candidate and task, and ranking of predictions.
#include "batch/selection.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

namespace arcbatch {

std::optional<Selected> Selector::add(const SelectionFacts& facts) {
  std::optional<Selected> ended;
  if (!begun_ || facts.candidate != pair_.candidate || facts.task != pair_.task) {
    ended = finish();
    begun_ = true;
    has_training_ = failed_ = false;
    pair_ = {facts.candidate, facts.task, {}};
  }
  if (!facts.is_test) {
    has_training_ = true;
    failed_ = failed_ || !facts.matched;
  } else {
    pair_.predictions.resize(std::max<std::size_t>(pair_.predictions.size(), facts.index + 1));
    if (!failed_) pair_.predictions[facts.index] = facts.prediction;
  }
  return ended;
}

std::optional<Selected> Selector::finish() {
  if (!std::exchange(begun_, false) || !has_training_ || failed_) return std::nullopt;
  return std::move(pair_);
}

void Submission::add(const std::string& task, const Identity& program, const Selected& selected) {
  for (u32 k = 0; k < selected.predictions.size(); ++k) {
    const std::string& grid = selected.predictions[k];
    if (grid.empty()) continue;
    Ranked ranked(program.size, program.fingerprint.high, program.fingerprint.low, grid);
    std::vector<Ranked>& best = best_[{task, k}];
    const auto same = std::find_if(best.begin(), best.end(), [&grid](const Ranked& other) {
      return std::get<std::string>(other) == grid;
    });
    if (same == best.end()) {
      best.push_back(std::move(ranked));
    } else if (ranked < *same) {
      *same = std::move(ranked);
    }
    std::sort(best.begin(), best.end());
    // What is dropped here is worse than enough others; if it comes again with a better rank, it
    // comes as a new one.
    if (best.size() > kAttempts) best.pop_back();
  }
}

std::string Submission::json() const {
  std::string text = "{";
  for (const auto& [task, tests] : tests_) {
    const auto key =
        nlohmann::json(task).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    text += (text.size() > 1 ? ",\n" : "\n") + key + ": [";
    for (u32 k = 0; k < tests; ++k) {
      const auto found = best_.find({task, k});
      std::string attempts[kAttempts];
      for (std::size_t a = 0; a < kAttempts; ++a) {
        attempts[a] = "[[0]]";
        if (found == best_.end()) continue;
        const std::vector<Ranked>& best = found->second;
        attempts[a] = std::get<std::string>(best[std::min(a, best.size() - 1)]);
      }
      text += k > 0 ? ", " : "";
      text += R"({"attempt_1": )" + attempts[0] + R"(, "attempt_2": )" + attempts[1] + "}";
    }
    text += "]";
  }
  return text + "\n}\n";
}

u64 Submission::predicted() const {
  std::set<std::string> tasks;
  for (const auto& entry : best_) tasks.insert(entry.first.first);
  return tasks.size();
}

}  // namespace arcbatch
