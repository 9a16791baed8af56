// Timing of batches with and without a graph.
#include "batch/bench_shared.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <optional>

#include "batch/mutants.h"

namespace arcbatch {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kBuilds = 5;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// Programs and the tasks that all of them run on.
struct Group {
  std::vector<const Candidate*> members;
  std::vector<const Task*> tasks;
};

std::vector<Group> groups_of(const std::vector<Candidate>& candidates,
                             const std::vector<Task>& tasks, bool all) {
  std::vector<Group> groups;
  if (all) {
    Group& group = groups.emplace_back();
    for (const Candidate& c : candidates) group.members.push_back(&c);
    for (const Task& task : tasks) group.tasks.push_back(&task);
    return groups;
  }
  for (const Task& task : tasks) {
    Group group;
    for (const Candidate& c : candidates) {
      if (c.task_id.empty() || c.task_id == task.id) group.members.push_back(&c);
    }
    group.tasks.push_back(&task);
    if (!group.members.empty()) groups.push_back(std::move(group));
  }
  return groups;
}

BatchGraph graph_of(const Group& group) {
  BatchGraph graph;
  for (const Candidate* c : group.members) graph.add(*c->program, c->function);
  graph.finish();
  return graph;
}

bool same_outcome(const Outcome& a, const Outcome& b) {
  return a.status == b.status && a.value == b.value && a.reason == b.reason &&
         a.statement == b.statement && a.line == b.line && a.steps == b.steps && a.match == b.match;
}

std::string text_of(const Outcome& o) {
  return std::string(status_name(o.status)) + " at line " + std::to_string(o.line) + " after " +
         std::to_string(o.steps) + " steps " + o.reason + o.value.substr(0, 200);
}

// Executors, warm from one group to the next.
struct Executors {
  Runner alone;
  const Program* loaded = nullptr;
  GraphRunner shared;
};

// One group's two ways to run.
class Contest {
 public:
  Contest(const RunOptions& options, const Group& group, const BatchGraph& graph, Executors& on)
      : options_(options), group_(group), on_(on) {
    on.shared.load(graph);
    one_by_one_.resize(group.members.size());
    at_once_.resize(group.members.size());
  }

  double run_one_by_one(const Pair& pair) {
    const Clock::time_point start = Clock::now();
    for (std::size_t k = 0; k < group_.members.size(); ++k) {
      const Candidate& c = *group_.members[k];
      if (on_.loaded != c.program.get()) {
        on_.loaded = c.program.get();
        on_.alone.load(*c.program);
      }
      one_by_one_[k] = run_on_grid(on_.alone, options_, c.function, pair.input, expected_of(pair));
    }
    return seconds_since(start);
  }

  double run_at_once(const Pair& pair) {
    const Clock::time_point start = Clock::now();
    on_.shared.run(pair.input, expected_of(pair));
    for (u32 k = 0; k < at_once_.size(); ++k) at_once_[k] = on_.shared.outcome(k);
    return seconds_since(start);
  }

  void compare(SharedBench& bench) const {
    for (std::size_t k = 0; k < at_once_.size(); ++k) {
      if (same_outcome(one_by_one_[k], at_once_[k])) continue;
      if (bench.disagreements++ > 0) continue;
      bench.first_case = group_.members[k]->name + ": alone " + text_of(one_by_one_[k]) +
                         "; shared " + text_of(at_once_[k]);
    }
  }

 private:
  static const GridData* expected_of(const Pair& pair) {
    return pair.output ? &*pair.output : nullptr;
  }

  const RunOptions& options_;
  const Group& group_;
  Executors& on_;
  std::vector<Outcome> one_by_one_;
  std::vector<Outcome> at_once_;
};

// Calls fn(group, pair) for every input, in the order in which they are timed.
template <class Fn>
void for_each_input(const std::vector<Group>& groups, Fn&& fn) {
  for (std::size_t k = 0; k < groups.size(); ++k) {
    for (const Task* task : groups[k].tasks) {
      for (const std::vector<Pair>* pairs : {&task->train, &task->test}) {
        for (const Pair& pair : *pairs) fn(k, *task, pair);
      }
    }
  }
}

void add_size(GraphSize& sum, const GraphSize& size) {
  sum.programs += size.programs;
  sum.opaque += size.opaque;
  sum.statements += size.statements;
  sum.nodes += size.nodes;
  sum.steps += size.steps;
}

}  // namespace

SharedBench measure_sharing(const RunOptions& options, const std::vector<Candidate>& candidates,
                            const std::vector<Task>& tasks, bool all, u32 rounds,
                            const std::function<void(u64)>& progress) {
  SharedBench bench;
  const std::vector<Group> groups = groups_of(candidates, tasks, all);
  std::vector<BatchGraph> graphs;
  std::vector<double> builds;
  for (std::size_t k = 0; k < kBuilds; ++k) {
    graphs.clear();
    const Clock::time_point start = Clock::now();
    for (const Group& group : groups) graphs.push_back(graph_of(group));
    builds.push_back(seconds_since(start));
  }
  bench.build_seconds = median_of(builds);
  bench.graphs = graphs.size();
  for (const BatchGraph& graph : graphs) add_size(bench.size, graph.size());
  Executors executors{Runner(options), nullptr, GraphRunner(options)};
  u64 inputs = 0;
  for (u32 round = 0; round < rounds; ++round) {
    double sequential = 0;
    double shared = 0;
    std::size_t input = 0;
    std::size_t current = groups.size();
    std::optional<Contest> contest;
    for_each_input(groups, [&](std::size_t group, const Task&, const Pair& pair) {
      if (group != current) contest.emplace(options, groups[group], graphs[group], executors);
      current = group;
      if (inputs % 2 == 0) sequential += contest->run_one_by_one(pair);
      const double at_once = contest->run_at_once(pair);
      shared += at_once;
      if (inputs % 2 == 1) sequential += contest->run_one_by_one(pair);
      contest->compare(bench);
      if (round == 0) bench.inputs.push_back(at_once);
      bench.inputs[input] = std::min(bench.inputs[input], at_once);
      input++;
      progress(++inputs);
    });
    bench.sequential.push_back(sequential);
    bench.shared.push_back(shared);
  }
  bench.counts = executors.shared.counts();
  bench.runs = bench.counts.runs / rounds;
  return bench;
}

SharedReference measure_shared_reference(const RunOptions& options,
                                         const std::vector<Candidate>& candidates,
                                         const std::vector<Task>& tasks, bool all,
                                         const SharedBench& bench, u64 count,
                                         PythonReference& reference,
                                         const std::function<void(u64)>& progress) {
  SharedReference result;
  const u64 inputs = bench.inputs.size();
  const u64 stride = std::max<u64>(1, inputs / std::max<u64>(1, count));
  const std::vector<Group> groups = groups_of(candidates, tasks, all);
  Runner runner(options);
  std::vector<double> ratios;
  double ours = 0;
  double theirs = 0;
  u64 input = 0;
  for_each_input(groups, [&](std::size_t group, const Task& task, const Pair& pair) {
    const u64 at = input++;
    if (at % stride != stride / 2) return;
    double seconds = 0;
    for (const Candidate* c : groups[group].members) {
      if (c->parameters != Parameters::i) {
        result.unanswered++;
        continue;
      }
      runner.load(*c->program);
      const Outcome outcome = run_on_grid(runner, options, c->function, pair.input, nullptr);
      const std::optional<double> python =
          run_in_python(*c, task, pair, outcome, reference, result);
      if (!python) continue;
      seconds += *python * 1e-9;
      progress(result.runs);
    }
    result.inputs++;
    if (seconds == 0) return;
    ratios.push_back(seconds / bench.inputs[at]);
    theirs += seconds;
    ours += bench.inputs[at];
  });
  if (ratios.empty()) return result;
  result.total_ratio = theirs / ours;
  result.ratio = quantiles_of(std::move(ratios));
  return result;
}

void replace_by_mutants(std::vector<Candidate>& candidates, const std::vector<Task>& tasks,
                        u32 count, u64 seed) {
  std::mt19937_64 random(seed);
  std::string source;
  std::vector<std::string> task_ids;  // by mutant, whose number its name has
  for (const Candidate& c : candidates) {
    const bool runs =
        c.task_id.empty() || std::any_of(tasks.begin(), tasks.end(),
                                         [&](const Task& task) { return task.id == c.task_id; });
    if (!runs) continue;
    for (u32 k = 0; k < count; ++k) {
      const std::string mutant =
          mutant_of(*c.program, c.function, "mutant" + std::to_string(task_ids.size()), random);
      if (mutant.empty()) continue;
      source += mutant;
      task_ids.push_back(c.task_id);
    }
  }
  CandidateList list;
  add_candidates(list, source, "mutants");
  candidates = std::move(list.candidates);
  for (std::size_t k = 0; k < candidates.size(); ++k) candidates[k].task_id = task_ids[k];
}

}  // namespace arcbatch
