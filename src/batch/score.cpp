// Scores of outputs that are grids.
#include "batch/score.h"

#include <bitset>

#include "values/ops.h"

namespace arcbatch {
namespace {

double share(u64 part, u64 whole) { return static_cast<double>(part) / static_cast<double>(whole); }

double ratio(u32 a, u32 b) { return share(min_of(a, b), max_of(a, b)); }

using Palette = std::bitset<256>;

Palette palette_of(const i8* cells, u64 n) {
  Palette palette;
  for (u64 k = 0; k < n; ++k) palette.set(static_cast<u8>(cells[k]));
  return palette;
}

}  // namespace

Score score_of_cells(u32 rows, u32 columns, const i8* cells, const GridData& expected) {
  Score score;
  score.shape = ratio(rows, expected.h) * ratio(columns, expected.w);
  const u32 h = min_of(rows, expected.h);
  const u32 w = min_of(columns, expected.w);
  u64 equal_cells = 0;
  for (u32 i = 0; i < h; ++i) {
    const i8* ours = cells + u64{i} * columns;
    const i8* theirs = expected.cells.data() + u64{i} * expected.w;
    for (u32 j = 0; j < w; ++j) equal_cells += ours[j] == theirs[j] ? 1 : 0;
  }
  const u64 area = u64{rows} * columns;
  const u64 expected_area = u64{expected.h} * expected.w;
  score.cells = share(equal_cells, max_of(area, expected_area));
  const Palette a = palette_of(cells, area);
  const Palette b = palette_of(expected.cells.data(), expected_area);
  score.palette = share((a & b).count(), (a | b).count());
  return score;
}

Status score_output(Ctx& ctx, const Value& output, const GridData& expected, Score& score) {
  score = Score{};
  GridObj* g = nullptr;
  ARC_TRY(as_grid(ctx, output, g));
  if (g != nullptr) score = score_of_cells(g->h, g->w, g->cells(), expected);
  return Status::ok;
}

}  // namespace arcbatch
