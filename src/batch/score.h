// Score: how near an output came to the expected grid, for searches that rank near misses.
#pragma once

#include "backend/cpu/runner.h"
#include "task/task.h"

namespace arcbatch {

// Measures of an output against the expected grid, each from 0 to 1. An output that equals the
// grid scores 1 in all of them; one that is no grid scores 0 in all of them.
struct Score {
  double shape = 0;    // the lesser height over the greater, times the same of the widths
  double cells = 0;    // equal cells where both have one, over the cells of the larger area
  double palette = 0;  // colours of both over colours of either (Jaccard)

  // The mean of the three.
  [[nodiscard]] double total() const { return (shape + cells + palette) / 3; }
};

// Returns the score of a grid of h rows of w cells.
Score score_of_cells(u32 h, u32 w, const i8* cells, const GridData& expected);

// Sets `score` for `output`, a value of the context's run. `expected` has at least one cell.
// Charges nothing.
Status score_output(Ctx& ctx, const Value& output, const GridData& expected, Score& score);

}  // namespace arcbatch
