// Makes images of programs and examples, on the host.
#pragma once

#include <vector>

#include "backend/device/image.h"
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

// Lays a slice into a buffer: the header, the programs, the runs.
class SliceBuilder {
 public:
  // Adds a program; they are numbered in the order in which they come.
  void add_program(std::vector<u8> image);
  void add_run(u32 program, u32 example) { runs_.push_back({program, example}); }
  [[nodiscard]] u32 programs() const { return static_cast<u32>(images_.size()); }
  [[nodiscard]] u32 runs() const { return static_cast<u32>(runs_.size()); }

  // The bytes that write() fills.
  [[nodiscard]] u64 bytes() const;
  // Writes the slice; `header` says what is not known here: limits, serial, values.
  void write(u8* to, SliceImage header) const;

 private:
  std::vector<std::vector<u8>> images_;
  std::vector<SliceRun> runs_;
  u64 image_bytes_ = 0;
};

}  // namespace arcbatch::device
