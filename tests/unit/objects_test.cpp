// objects() of every kernel path against a flood fill, on random grids of all sizes: which cells,
// in which colours, which boxes, and in which order the objects are listed.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "backend/cpu/runner.h"
#include "values/build.h"

namespace arcbatch {
namespace {

Status run(const FastKernels& kernels, Ctx& ctx, Prim p, const Value* args, Value& out) {
  if (kernels.table == nullptr) return kernels.dispatch(ctx, p, args, out);
  return kernels.table[static_cast<u32>(p)](ctx, args, out);
}

struct Cell {
  i32 i, j;
  i8 color;
};
using Object = std::vector<Cell>;

// The objects by their first cells.
std::vector<Object> flood(const GridObj* g, bool univalued, bool diagonal, i32 background) {
  const i32 h = static_cast<i32>(g->h);
  const i32 w = static_cast<i32>(g->w);
  const auto at = [&](i32 i, i32 j) { return g->cells()[i * w + j]; };
  std::vector<bool> seen(static_cast<std::size_t>(h * w), false);
  std::vector<Object> objects;
  for (i32 start = 0; start < h * w; ++start) {
    if (seen[static_cast<std::size_t>(start)] || g->cells()[start] == background) continue;
    seen[static_cast<std::size_t>(start)] = true;
    Object object = {{start / w, start % w, g->cells()[start]}};
    for (std::size_t next = 0; next < object.size(); ++next) {
      const Cell cell = object[next];
      for (i32 di = -1; di <= 1; ++di) {
        for (i32 dj = -1; dj <= 1; ++dj) {
          const i32 i = cell.i + di;
          const i32 j = cell.j + dj;
          if ((di != 0 && dj != 0 && !diagonal) || i < 0 || j < 0 || i >= h || j >= w) continue;
          const auto place = static_cast<std::size_t>(i * w + j);
          const i8 color = at(i, j);
          if (seen[place] || color == background || (univalued && color != cell.color)) continue;
          seen[place] = true;
          object.push_back({i, j, color});
        }
      }
    }
    objects.push_back(object);
  }
  return objects;
}

void expect_object(const SetObj* set, const Object& object) {
  ASSERT_EQ(set->count, object.size());
  const Bits& b = set->bits;
  i32 lo_i = object[0].i;
  i32 hi_i = lo_i;
  i32 lo_j = object[0].j;
  i32 hi_j = lo_j;
  bool one_color = true;
  for (const Cell& cell : object) {
    lo_i = std::min(lo_i, cell.i);
    hi_i = std::max(hi_i, cell.i);
    lo_j = std::min(lo_j, cell.j);
    hi_j = std::max(hi_j, cell.j);
    one_color = one_color && cell.color == object[0].color;
  }
  EXPECT_EQ(b.i0, lo_i);
  EXPECT_EQ(b.j0, lo_j);
  ASSERT_EQ(b.h, hi_i - lo_i + 1);
  ASSERT_EQ(b.w, hi_j - lo_j + 1);
  ASSERT_EQ(b.kind, one_color ? BitsKind::unicolor : BitsKind::multicolor);
  u32 bits = 0;
  for (u32 r = 0; r < b.h; ++r) bits += static_cast<u32>(__builtin_popcountll(b.rows[r]));
  EXPECT_EQ(bits, object.size());
  for (const Cell& cell : object) {
    const i32 r = cell.i - b.i0;
    const i32 k = cell.j - b.j0;
    ASSERT_EQ((b.rows[r] >> k) & 1, 1u);
    ASSERT_EQ(one_color ? b.color : b.colors[r * b.w + k], cell.color);
  }
}

std::vector<std::pair<const char*, FastKernels>> all_kernels() {
  std::vector<std::pair<const char*, FastKernels>> all = {
      {"scalar", fast_kernels(KernelPath::scalar)}, {"lanes", fast_kernels(KernelPath::lanes)}};
  for (const Isa isa : {Isa::x86_64_v2, Isa::avx2, Isa::avx512, Isa::neon}) {
    if (isa_available(isa)) all.emplace_back(isa_name(isa), fast_kernels(KernelPath::simd, isa));
  }
  return all;
}

TEST(Objects, AreWhatAFloodFillFinds) {
  Arena arena;
  Ctx ctx;
  std::mt19937 engine(1);
  const auto below = [&](u32 n) { return static_cast<u32>(engine() % n); };
  for (u32 round = 0; round < 1200 && !testing::Test::HasFailure(); ++round) {
    arena.reset();
    ctx.start(&arena, Limits{});
    const u32 most = round % 10 == 0 ? 64 : 12;
    GridObj* g = nullptr;
    ASSERT_EQ(make_grid(ctx, 1 + below(most), 1 + below(most), g), Status::ok);
    const u32 colors = 1 + below(5);
    const i8 lowest = static_cast<i8>(below(4) == 0 ? -2 : 0);
    for (u64 k = 0; k < u64{g->h} * g->w; ++k) {
      // Runs of a colour, so that regions of many shapes come about.
      const bool again = k != 0 && below(3) != 0;
      g->cells()[k] =
          again ? g->cells()[k - 1] : static_cast<i8>(lowest + static_cast<i8>(below(colors)));
    }
    for (u32 flags = 0; flags < 8; ++flags) {
      const bool univalued = (flags & 1) != 0;
      const bool diagonal = (flags & 2) != 0;
      const bool without = (flags & 4) != 0;
      const Value args[4] = {Value::of(g), Value::boolean(univalued), Value::boolean(diagonal),
                             Value::boolean(without)};
      Value background;
      ASSERT_EQ(run(fast_kernels(KernelPath::scalar), ctx, Prim::mostcolor, args, background),
                Status::ok);
      const std::vector<Object> expected =
          flood(g, univalued, diagonal, without ? static_cast<i32>(background.i) : INT32_MIN);
      for (const auto& [name, kernels] : all_kernels()) {
        SCOPED_TRACE(testing::Message()
                     << "round " << round << ", flags " << flags << ", " << name);
        Value out;
        ASSERT_EQ(run(kernels, ctx, Prim::objects, args, out), Status::ok);
        ASSERT_EQ(out.set->count, expected.size());
        u64 weight = expected.size();
        u64 expanded = 1;
        for (u32 k = 0; k < expected.size(); ++k) {
          expect_object(out.set->list[k].set, expected[k]);
          weight += expected[k].size();
          expanded += 1 + 5 * expected[k].size();
        }
        if (expected.empty()) continue;
        EXPECT_EQ(out.set->weight, weight);
        EXPECT_EQ(out.set->expanded, expanded);
        EXPECT_EQ(out.set->depth, 4u);
      }
    }
  }
}

}  // namespace
}  // namespace arcbatch
