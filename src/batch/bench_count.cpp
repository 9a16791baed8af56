// The workload, with the function that profilers recognise it by.
#include "batch/bench_count.h"

#include "batch/outcome.h"

namespace arcbatch {
namespace {

struct Work {
  Runner* runner = nullptr;
  u32 function = 0;
  u32 repetitions = 0;
  std::vector<const GridData*> inputs;
};

void run_once(Runner& runner, u32 function, const GridData& grid) {
  runner.begin();
  Value input;
  Value out;
  // A failure is how that run ends, and takes the instructions that it takes.
  if (grid_value(runner.ctx(), grid, input) != Status::ok) return;
  if (runner.run(function, &input, 1, out) != Status::ok) return;
  static_cast<void>(finish_value(runner.ctx(), out));
}

void run_inputs(const Work& work) {
  for (const GridData* input : work.inputs) run_once(*work.runner, work.function, *input);
}

}  // namespace

// Not mangled and not inlined: valgrind's --toggle-collect takes its name.
extern "C" [[gnu::noinline]] void arcbatch_counted_runs(const void* work) {
  const Work& w = *static_cast<const Work*>(work);
  for (u32 k = 0; k < w.repetitions; ++k) run_inputs(w);
}

std::vector<CountedRuns> count_runs(const RunOptions& options,
                                    const std::vector<Candidate>& candidates,
                                    const std::vector<Task>& tasks, u32 repetitions) {
  Runner runner(options);
  const Program* loaded = nullptr;
  std::vector<CountedRuns> counted;
  for (const Candidate& c : candidates) {
    if (c.program.get() != loaded) {
      loaded = c.program.get();
      runner.load(*loaded);
    }
    Work work{&runner, c.function, repetitions, {}};
    for (const Task& task : tasks) {
      if (!c.task_id.empty() && task.id != c.task_id) continue;
      for (const Pair& pair : task.train) work.inputs.push_back(&pair.input);
      for (const Pair& pair : task.test) work.inputs.push_back(&pair.input);
    }
    if (work.inputs.empty()) continue;
    run_inputs(work);
    arcbatch_counted_runs(&work);
    counted.push_back({c.name, u64{repetitions} * work.inputs.size()});
  }
  return counted;
}

}  // namespace arcbatch
