// Makes images of programs and examples, on the host.
#pragma once

#include <vector>

#include "backend/device/image.h"
#include "graph/batch_graph.h"
#include "graph/program.h"
#include "task/task.h"

namespace arcbatch::device {

// A function and all it reaches as an image, and which functions of the program these are.
struct BuiltProgram {
  std::vector<u8> bytes;       // a ProgramImage and its parts, a multiple of 16
  std::vector<u32> functions;  // by number within the image: index into Program::functions
};

// Makes the image of function `index` of a program, which takes these parameters.
BuiltProgram build_program(const Program& program, u32 index, Parameters parameters);

// Returns the GraphImage of a finished graph with everything behind it.
std::vector<u8> build_graph(const BatchGraph& graph);

// Bytes of a worker's memory, at most, that hold what it knows of a graph's nodes, where the
// programs have so many instructions together.
u64 graph_table_bytes(u64 instructions);

// Collects the examples that runs name by number.
class ExamplesBuilder {
 public:
  // Adds the examples of a task, those for training first; they are numbered as they come.
  void add(const Task& task);
  [[nodiscard]] u32 count() const { return static_cast<u32>(examples_.size()); }

  // Returns the ExamplesImage with everything behind it.
  [[nodiscard]] std::vector<u8> finish() const;

 private:
  void add_pair(const Pair& pair, u32 train_first, u32 train_count);
  GridImage add_grid(const GridData& grid);

  std::vector<ExampleImage> examples_;
  std::vector<i8> cells_;  // of all grids, one behind the other
};

// Lays a slice into a buffer: the header, the programs and graphs, the items and runs.
class SliceBuilder {
 public:
  // Adds a program; they are numbered in the order in which they come.
  void add_program(std::vector<u8> image);
  // Adds a graph; they are numbered likewise.
  void add_graph(std::vector<u8> image);
  // Adds a run alone. All of them come before the first item.
  void add_run(u32 program, u32 example) { runs_.push_back({program, example}); }
  // Adds an item whose runs have these numbers: kNoRun, or one more than the last, from runs() on.
  void add_item(u32 graph, u32 example, const std::vector<u32>& numbers);
  [[nodiscard]] u32 programs() const { return static_cast<u32>(images_.size()); }
  [[nodiscard]] u32 graphs() const { return static_cast<u32>(graphs_.size()); }
  [[nodiscard]] u32 items() const { return static_cast<u32>(items_.size()); }
  [[nodiscard]] u32 alone() const { return static_cast<u32>(runs_.size()); }
  // The runs, those of items too.
  [[nodiscard]] u32 runs() const { return static_cast<u32>(runs_.size()) + shared_runs_; }

  // The bytes that write() fills.
  [[nodiscard]] u64 bytes() const;
  // Writes the slice; `header` says what is not known here: limits, serial, values.
  void write(u8* to, SliceImage header) const;

 private:
  std::vector<std::vector<u8>> images_;
  std::vector<std::vector<u8>> graphs_;
  std::vector<SliceRun> runs_;
  std::vector<SliceItem> items_;
  std::vector<u32> numbers_;
  u32 shared_runs_ = 0;
  u64 image_bytes_ = 0;
};

}  // namespace arcbatch::device
