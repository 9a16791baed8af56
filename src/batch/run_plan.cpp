// Arithmetic of the canonical order.
#include "batch/run_plan.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>

namespace arcbatch {
namespace {

constexpr u32 kEveryTask = ~u32{0};
constexpr u32 kNoTask = ~u32{0} - 1;

u64 examples_of(const Task& task) { return task.train.size() + task.test.size(); }

u64 known_outputs_of(const Task& task) {
  u64 known = 0;
  for (const std::vector<Pair>* pairs : {&task.train, &task.test}) {
    for (const Pair& pair : *pairs) known += pair.output ? 1 : 0;
  }
  return known;
}

constexpr const char* kComparisonNames[] = {"none", "expected", "both"};

// The index k with starts[k] <= at < starts[k + 1].
u32 holder_of(const std::vector<u64>& starts, u64 at) {
  const auto after = std::upper_bound(starts.begin(), starts.end(), at);
  return static_cast<u32>(after - starts.begin() - 1);
}

}  // namespace

const char* comparison_name(Comparison comparison) {
  return kComparisonNames[static_cast<u32>(comparison)];
}

bool find_comparison(std::string_view name, Comparison& out) {
  for (const Comparison c : {Comparison::none, Comparison::expected, Comparison::both}) {
    if (name != comparison_name(c)) continue;
    out = c;
    return true;
  }
  return false;
}

RunPlan::RunPlan(const std::vector<Candidate>& candidates, const std::vector<Task>& tasks,
                 Comparison comparison)
    : candidates_(&candidates), tasks_(&tasks), comparison_(comparison) {
  std::unordered_map<std::string_view, u32> by_id;
  task_starts_.push_back(0);
  compared_starts_.push_back(0);
  for (u32 t = 0; t < tasks.size(); ++t) {
    by_id.emplace(tasks[t].id, t);
    const u64 examples = examples_of(tasks[t]);
    task_starts_.push_back(task_starts_.back() + examples);
    compared_starts_.push_back(compared_starts_.back() + examples + known_outputs_of(tasks[t]));
  }
  own_task_.reserve(candidates.size());
  starts_.reserve(candidates.size() + 1);
  starts_.push_back(0);
  for (const Candidate& c : candidates) {
    u64 runs = 0;
    takes_compared_.push_back(takes_compared(c.parameters));
    const std::vector<u64>& task_starts = task_starts_of(static_cast<u32>(own_task_.size()));
    if (c.task_id.empty()) {
      own_task_.push_back(kEveryTask);
      runs = task_starts.back();
    } else if (const auto found = by_id.find(c.task_id); found != by_id.end()) {
      own_task_.push_back(found->second);
      runs = task_starts[found->second + 1] - task_starts[found->second];
    } else {
      own_task_.push_back(kNoTask);
      without_task_++;
    }
    starts_.push_back(starts_.back() + runs);
  }
}

RunPlan::Place RunPlan::place_of(u64 run) const {
  Place place;
  place.candidate = holder_of(starts_, run);
  const u64 within = run - starts_[place.candidate];
  if (own_task_[place.candidate] == kEveryTask) {
    const std::vector<u64>& task_starts = task_starts_of(place.candidate);
    place.task = holder_of(task_starts, within);
    place.within = static_cast<u32>(within - task_starts[place.task]);
  } else {
    place.task = own_task_[place.candidate];
    place.within = static_cast<u32>(within);
  }
  if (twice(place.candidate)) {
    u32 left = place.within;
    while (left >= comparisons(place.candidate, pair_at(place))) {
      left -= comparisons(place.candidate, pair_at(place));
      place.example++;
    }
    place.compared = left > 0;
  } else {
    place.example = place.within;
    place.compared = first_compared(place.candidate, pair_at(place));
  }
  return place;
}

RunPlan::Place RunPlan::after(Place place) const {
  place.within++;
  if (!place.compared && comparisons(place.candidate, pair_at(place)) == 2) {
    place.compared = true;
    return place;
  }
  place.example++;
  const bool ends = place.example == examples_of((*tasks_)[place.task]);
  place.compared = !ends && first_compared(place.candidate, pair_at(place));
  return place;
}

RunPlan::TaskRange RunPlan::tasks_of(u32 candidate) const {
  const u32 own = own_task_[candidate];
  if (own == kEveryTask) return {0, static_cast<u32>(tasks_->size())};
  if (own == kNoTask) return {};
  return {own, own + 1};
}

u64 RunPlan::pair_end(u64 run) const {
  const Place place = place_of(run);
  const std::vector<u64>& task_starts = task_starts_of(place.candidate);
  return run - place.within + task_starts[place.task + 1] - task_starts[place.task];
}

const Pair& RunPlan::pair_at(const Place& place) const {
  const Task& task = (*tasks_)[place.task];
  if (place.example < task.train.size()) return task.train[place.example];
  return task.test[place.example - task.train.size()];
}

u64 RunPlan::pair_start_at_or_after(u64 run) const {
  if (run >= size()) return size();
  return place_of(run).within == 0 ? run : pair_end(run);
}

RunRange RunPlan::part(u64 index, u64 count) const {
  // size() * index / count without overflow.
  const auto share = [&](u64 k) { return size() / count * k + size() % count * k / count; };
  return {pair_start_at_or_after(share(index)), pair_start_at_or_after(share(index + 1))};
}

RunRange cut_batch(const RunPlan& plan, u64 first, u64 end, u64 size) {
  if (end - first <= size) return {first, end};
  const u64 last = first + size;
  const u64 pair_start = last - plan.place_of(last).within;
  return {first, pair_start > first ? pair_start : last};
}

}  // namespace arcbatch
