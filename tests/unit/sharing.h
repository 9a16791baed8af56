// A batch of programs run through a graph, beside each of them run alone.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <vector>

#include "batch/graph_runner.h"
#include "frontend/frontend.h"

namespace arcbatch::test {

// An outcome in one line, without its time.
inline std::string describe(const Outcome& o) {
  std::string text = std::string(status_name(o.status)) + " line " + std::to_string(o.line) + " [" +
                     o.statement + "] steps " + std::to_string(o.steps) + " reason " + o.reason;
  if (o.match) text += *o.match ? " match" : " no match";
  if (o.output) text += " output " + o.output->text();
  if (o.score) {
    text += " score " + std::to_string(o.score->shape) + " " + std::to_string(o.score->cells) +
            " " + std::to_string(o.score->palette);
  }
  return text + " = " + o.value;
}

class Batch {
 public:
  // Adds every function of a source.
  void add(const std::string& source) {
    const CompileResult compiled = compile_source(source, "batch");
    ASSERT_TRUE(compiled.ok) << source;
    programs_.push_back(compiled.program);
    for (const u32 def : programs_.back().defs) {
      graph_.add(programs_.back(), def);
      sources_.push_back(source);
    }
  }

  // Ends the adding.
  const BatchGraph& graph() {
    if (!finished_) graph_.finish();
    finished_ = true;
    return graph_;
  }

  [[nodiscard]] const std::string& source(u32 k) const { return sources_[k]; }

  // Programs whose outcome on some input is another than alone, each with what differs; at most
  // a few. `counts` gets what the sharing came to.
  // `pairs` are the training pairs of all inputs, where functions take them.
  std::vector<std::string> differences(const RunOptions& options,
                                       const std::vector<GridData>& inputs,
                                       const GridData* expected = nullptr,
                                       SharingCounts* counts = nullptr,
                                       const FlushLimits& flush = {},
                                       const std::vector<Pair>* pairs = nullptr) {
    GraphRunner shared(options, flush);
    shared.load(graph());
    Runner alone(options);
    std::vector<std::string> found;
    for (const GridData& input : inputs) {
      shared.run({&input, pairs}, expected, &input != inputs.data());
      const Program* loaded = nullptr;
      for (u32 k = 0; k < graph_.program_count() && found.size() < 3; ++k) {
        if (loaded != &graph_.program(k)) alone.load(graph_.program(k));
        loaded = &graph_.program(k);
        const Outcome want = run_on_example(alone, options, graph_.function(k),
                                            graph_.parameters(k), {&input, pairs}, expected);
        const std::string wanted = describe(want);
        const std::string got = describe(shared.outcome(k));
        if (got == wanted) continue;
        found.push_back(sources_[k] + "input " + std::to_string(input.h) + " x " +
                        std::to_string(input.w) + "\nalone:  " + wanted.substr(0, 800) +
                        "\nshared: " + got.substr(0, 800));
      }
    }
    if (counts != nullptr) *counts = shared.counts();
    return found;
  }

 private:
  std::deque<Program> programs_;  // the graph points to them
  std::vector<std::string> sources_;
  BatchGraph graph_;
  bool finished_ = false;
};

inline GridData grid_of(const std::vector<std::vector<int>>& rows) {
  GridData grid;
  grid.h = static_cast<u32>(rows.size());
  grid.w = static_cast<u32>(rows[0].size());
  for (const std::vector<int>& row : rows) {
    for (const int cell : row) grid.cells.push_back(static_cast<i8>(cell));
  }
  return grid;
}

}  // namespace arcbatch::test
