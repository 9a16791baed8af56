// The workload, with the function that profilers recognise it by.
#include "batch/bench_count.h"

#include "batch/run_tasks.h"
#include "task/embedded.h"
#include "task/loader.h"

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

std::vector<CountedRuns> count_examples(const RunOptions& options, u32 repetitions) {
  CandidateList list;
  for (const EmbeddedFile& file : embedded_examples()) {
    if (file.path.ends_with(".py")) add_candidates(list, file.text, std::string(file.path));
  }
  const LoadResult tasks = load_embedded_tasks();
  Runner runner(options);
  std::vector<CountedRuns> counted;
  for (const Candidate& c : list.candidates) {
    runner.load(*c.program);
    Work work{&runner, c.function, repetitions, {}};
    for (const Task& task : tasks.tasks) {
      if (task.id != c.task_id) continue;
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
