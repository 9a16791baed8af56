// What is compared: each labels the connected regions of equal colour of one grid, once per call.
#pragma once

#include <memory>
#include <vector>

#include "backend/cpu/runner.h"
#include "task/task.h"

namespace arcbatch::labelling {

// What `objects` is asked: 4 or 8 neighbours, and whether the most common colour is left out.
struct Question {
  bool diagonal = false;
  bool without_background = false;
};

// One grid in the form that each contestant takes; made before the clock starts.
struct Sample {
  GridObj* grid = nullptr;
  u32 h = 0;
  u32 w = 0;
  std::vector<u8> cells;       // as they are, by rows
  std::vector<u8> foreground;  // 1 + colour, 0 where the background is left out
  std::vector<u8> colors;      // to be labelled, ascending
};

class Contestant {
 public:
  virtual ~Contestant() = default;
  [[nodiscard]] virtual const char* name() const = 0;
  // The number of regions found.
  virtual u64 label(const Sample& sample, const Question& question) = 0;
};

// `objects` of this engine: from the grid to the finished set of patches, the arena reset first.
std::unique_ptr<Contestant> make_ours(KernelPath path, Isa isa);
// cv::connectedComponents, once a colour on the mask of it (making the mask is timed too).
std::unique_ptr<Contestant> make_opencv();
// cc3d::connected_components3d of all colours at once, into a buffer kept between calls.
std::unique_ptr<Contestant> make_cc3d();
// The same, and the patches of it in the form that ours have.
std::unique_ptr<Contestant> make_cc3d_patches();

}  // namespace arcbatch::labelling
