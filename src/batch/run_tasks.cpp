// The run loop and its totals.
#include "batch/run_tasks.h"

#include <algorithm>
#include <unordered_map>

namespace arcbatch {
namespace {
constexpr std::string_view kSolve = "solve_";
}  // namespace

void add_candidates(CandidateList& list, std::string_view source, const std::string& file) {
  CompileResult compiled = compile_source(source, file);
  if (!compiled.ok) {
    list.errors.insert(list.errors.end(), compiled.errors.begin(), compiled.errors.end());
    list.bad_files.push_back(file);
    return;
  }
  list.files++;
  const auto& warnings = compiled.program.warnings;
  list.warnings.insert(list.warnings.end(), warnings.begin(), warnings.end());
  const auto program = std::make_shared<const Program>(std::move(compiled.program));
  for (const u32 index : program->defs) {
    const Function& f = program->functions[index];
    if (program->find(f.name) != static_cast<int>(index)) continue;
    if (f.required > 1 || f.params.empty()) {
      list.skipped.push_back({file, f.name, f.line, f.required});
      continue;
    }
    Candidate c;
    c.program = program;
    c.function = index;
    c.name = f.name;
    c.file = file;
    if (f.name.starts_with(kSolve)) c.task_id = f.name.substr(kSolve.size());
    list.candidates.push_back(std::move(c));
  }
}

RunPlan::RunPlan(const std::vector<Candidate>& candidates, const std::vector<Task>& tasks) {
  std::unordered_map<std::string_view, const Task*> by_id;
  for (const Task& task : tasks) by_id.emplace(task.id, &task);
  const auto add = [this](const Candidate& c, const Task& task) {
    items_.push_back({&c, &task});
    size_ += task.train.size() + task.test.size();
  };
  for (const Candidate& c : candidates) {
    if (c.task_id.empty()) {
      for (const Task& task : tasks) add(c, task);
    } else if (const auto found = by_id.find(c.task_id); found != by_id.end()) {
      add(c, *found->second);
    } else {
      without_task_++;
    }
  }
}

void RunPlan::execute(const RunOptions& options,
                      const std::function<bool(const RunRecord&)>& on_record) {
  Runner runner(options);
  const Program* loaded = nullptr;
  bool go_on = true;
  for (std::size_t k = 0; k < items_.size() && go_on; ++k) {
    const Item& item = items_[k];
    if (item.candidate->program.get() != loaded) {
      loaded = item.candidate->program.get();
      runner.load(*loaded);
    }
    for (const bool is_test : {false, true}) {
      const std::vector<Pair>& pairs = is_test ? item.task->test : item.task->train;
      for (u32 i = 0; i < pairs.size() && go_on; ++i) {
        const GridData* expected = pairs[i].output ? &*pairs[i].output : nullptr;
        RunRecord record;
        record.candidate = item.candidate;
        record.task = item.task;
        record.is_test = is_test;
        record.index = i;
        record.outcome =
            run_on_grid(runner, options.limits, item.candidate->function, pairs[i].input, expected);
        go_on = on_record(record);
      }
    }
  }
  fast_calls_ = runner.ctx().leaf_calls - runner.ctx().generic_calls;
  generic_calls_ = runner.ctx().generic_calls;
  profile_ = runner.profile();
}

void RunStatistics::add(const RunRecord& record) {
  const Outcome& outcome = record.outcome;
  runs++;
  by_kind[static_cast<std::size_t>(outcome.kind())]++;
  seconds += outcome.seconds;
  switch (outcome.kind()) {
    case StatusKind::value: break;
    case StatusKind::error: errors[status_name(outcome.status)]++; break;
    case StatusKind::limit:
    case StatusKind::resource: limits[outcome.reason]++; break;
    case StatusKind::unsupported: unsupported[outcome.reason]++; break;
  }
  u64& task_matches = tasks_[record.task][record.candidate];
  if (outcome.match) {
    expected++;
    if (*outcome.match) {
      matched++;
      task_matches++;
    }
  }
  Slow& slow = times_[record.candidate];
  slow.candidate = record.candidate;
  slow.runs++;
  slow.seconds += outcome.seconds;
  if (slow.task == nullptr || outcome.seconds > slow.longest) {
    slow.longest = outcome.seconds;
    slow.task = record.task;
  }
}

u32 RunStatistics::tasks_solved() const {
  u32 solved = 0;
  for (const auto& [task, scores] : tasks_) {
    const u64 known =
        static_cast<u64>(std::count_if(task->train.begin(), task->train.end(),
                                       [](const Pair& p) { return p.output.has_value(); }) +
                         std::count_if(task->test.begin(), task->test.end(),
                                       [](const Pair& p) { return p.output.has_value(); }));
    const bool by_one = std::any_of(scores.begin(), scores.end(), [known](const auto& entry) {
      return known > 0 && entry.second == known;
    });
    if (by_one) solved++;
  }
  return solved;
}

std::vector<RunStatistics::Slow> RunStatistics::slowest(std::size_t count) const {
  std::vector<Slow> all;
  all.reserve(times_.size());
  for (const auto& [candidate, slow] : times_) all.push_back(slow);
  std::sort(all.begin(), all.end(), [](const Slow& a, const Slow& b) {
    if (a.seconds != b.seconds) return a.seconds > b.seconds;
    return a.candidate->name < b.candidate->name;
  });
  if (all.size() > count) all.resize(count);
  return all;
}

}  // namespace arcbatch
