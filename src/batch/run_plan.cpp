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

// The index k with starts[k] <= at < starts[k + 1].
u32 holder_of(const std::vector<u64>& starts, u64 at) {
  const auto after = std::upper_bound(starts.begin(), starts.end(), at);
  return static_cast<u32>(after - starts.begin() - 1);
}

}  // namespace

RunPlan::RunPlan(const std::vector<Candidate>& candidates, const std::vector<Task>& tasks)
    : candidates_(&candidates), tasks_(&tasks) {
  std::unordered_map<std::string_view, u32> by_id;
  task_starts_.push_back(0);
  for (u32 t = 0; t < tasks.size(); ++t) {
    by_id.emplace(tasks[t].id, t);
    task_starts_.push_back(task_starts_.back() + examples_of(tasks[t]));
  }
  own_task_.reserve(candidates.size());
  starts_.reserve(candidates.size() + 1);
  starts_.push_back(0);
  for (const Candidate& c : candidates) {
    u64 runs = 0;
    if (c.task_id.empty()) {
      own_task_.push_back(kEveryTask);
      runs = task_starts_.back();
    } else if (const auto found = by_id.find(c.task_id); found != by_id.end()) {
      own_task_.push_back(found->second);
      runs = examples_of(tasks[found->second]);
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
    place.task = holder_of(task_starts_, within);
    place.example = static_cast<u32>(within - task_starts_[place.task]);
  } else {
    place.task = own_task_[place.candidate];
    place.example = static_cast<u32>(within);
  }
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
  return run - place.example + examples_of((*tasks_)[place.task]);
}

const Pair& RunPlan::pair_at(const Place& place) const {
  const Task& task = (*tasks_)[place.task];
  if (place.example < task.train.size()) return task.train[place.example];
  return task.test[place.example - task.train.size()];
}

u64 RunPlan::pair_start_at_or_after(u64 run) const {
  if (run >= size()) return size();
  return place_of(run).example == 0 ? run : pair_end(run);
}

RunRange RunPlan::part(u64 index, u64 count) const {
  // size() * index / count without overflow.
  const auto share = [&](u64 k) { return size() / count * k + size() % count * k / count; };
  return {pair_start_at_or_after(share(index)), pair_start_at_or_after(share(index + 1))};
}

RunRange cut_batch(const RunPlan& plan, u64 first, u64 end, u64 size) {
  if (end - first <= size) return {first, end};
  const u64 last = first + size;
  const u64 pair_start = last - plan.place_of(last).example;
  return {first, pair_start > first ? pair_start : last};
}

}  // namespace arcbatch
