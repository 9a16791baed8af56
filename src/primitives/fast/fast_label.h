// Labelling of a grid's connected regions, a row at a time: the runs of a row are bit masks, and
// those of the row above that a run touches are bits too. Regions that turn out to be one are
// joined, so that the work besides is a few instructions a run.
#pragma once

#include "values/lazy.h"

namespace arcbatch::fast {

// A maximal horizontal run of cells that belong together.
struct Run {
  u64 cells;  // by column
  u32 region;
  u32 row;
};

// A connected region, or a part of one that was joined to a region before it.
struct Region {
  u64 columns;  // that it has cells in
  u32 parent;   // itself, or the region before it that it is part of
  u32 cells;
  u32 last_row;
  u32 left;  // for the caller, as `at`
  i32 at;
  u16 first_row;
  i8 color;  // of its first cell
  bool is_multicolor;
};

struct Labelling {
  Run* runs = nullptr;  // by rows, then columns
  u32 run_count = 0;
  Region* regions = nullptr;  // by first run
  u32 region_count = 0;       // joined parts included
  u32 joined_count = 0;
  // As many words as runs, all 0, which is enough for the rows of all regions: a region has a run
  // in each of its rows.
  u64* rows = nullptr;
};

// What is asked of a grid.
struct Question {
  bool univalued;  // cells of a region are of equal colour
  bool diagonal;   // corners touch
  i32 background;  // the colour that belongs to no region, or INT32_MIN
};

ARC_HD inline u32 root_of(const Region* regions, u32 k) {
  while (regions[k].parent != k) k = regions[k].parent;
  return k;
}

// Makes one region of two and returns its number, that of the first.
ARC_HD inline u32 join_regions(Labelling& l, u32 x, u32 y) {
  if (x == y) return x;
  const u32 first = min_of(x, y);
  const u32 second = max_of(x, y);
  Region& to = l.regions[first];
  Region& from = l.regions[second];
  from.parent = first;
  to.columns |= from.columns;
  to.cells += from.cells;
  to.last_row = max_of(to.last_row, from.last_row);
  to.is_multicolor = to.is_multicolor || from.is_multicolor || to.color != from.color;
  l.joined_count++;
  return first;
}

// Which cells of rows are like their neighbours; rows of the grid.
struct RowBits {
  u64* closed;    // of the background
  u64* left;      // equal to the one to the left
  u64* up;        // equal to the one above
  u64* up_left;   // equal to the one above that, to the left
  u64* up_right;  // and to the right
};

template <class R>
ARC_HD Status compare_rows(Ctx& ctx, const GridObj* g, const Question& q, RowBits& b) {
  const u32 h = g->h;
  const u32 w = g->w;
  u64* all = ctx.make<u64>(u64{h} * 5);
  ARC_ALLOC(all);
  b = {all, all + h, all + u64{h} * 2, all + u64{h} * 3, all + u64{h} * 4};
  if (q.background != INT32_MIN) {
    R::equals(b.closed, g->cells(), w, h, w, static_cast<i8>(q.background));
  } else {
    R::fill(b.closed, 0, h);
  }
  u64* diagonal = q.univalued && q.diagonal ? b.up_left : nullptr;
  R::neighbors(b.left, b.up, diagonal, b.up_right, g->cells(), w, h, w);
  return Status::ok;
}

template <bool kUnivalued, bool kDiagonal>
ARC_HD void label_rows(const GridObj* g, const RowBits& b, Labelling& out) {
  Labelling l = out;
  const u64 all = ~u64{0} >> (64 - g->w);
  const Run* above = l.runs;  // the first run of the row above
  u64 starts_above = 0;
  u64 open_above = 0;
  for (u32 r = 0; r < g->h; ++r) {
    const i8* row = g->cells() + u64{r} * g->w;
    const u64 open = all & ~b.closed[r];
    const u64 joined = kUnivalued ? b.left[r] & open : open & (open << 1);
    const u64 starts = open & ~joined;
    const u64 up = b.up[r];
    const Run* begin = l.runs + l.run_count;
    Run* run = l.runs + l.run_count;
    for (u64 rest = starts; rest != 0; rest &= rest - 1) {
      const u64 start = rest & (~rest + 1);
      // The sum's carry runs through the joined cells behind the start.
      const u64 cells = start | (joined & ~(joined + (start << 1)));
      u64 touched = 0;  // cells above
      if constexpr (kUnivalued) {
        touched = cells & up;
        if constexpr (kDiagonal) {
          touched |= ((cells & b.up_left[r]) >> 1) | ((cells & b.up_right[r]) << 1);
        }
      } else {
        touched = (kDiagonal ? cells | (cells << 1) | (cells >> 1) : cells) & open_above;
      }
      u32 number = l.region_count;
      bool is_multicolor = false;
      i8 color = 0;
      if constexpr (!kUnivalued) {
        color = row[ctz64(start)];
        is_multicolor = (cells & ~start & ~b.left[r]) != 0;
      }
      if (touched == 0) {
        Region& region = l.regions[l.region_count++];
        region.columns = cells;
        region.parent = number;
        region.cells = popcount64(cells);
        region.last_row = r;
        region.first_row = static_cast<u16>(r);
        region.color = row[ctz64(start)];
        region.is_multicolor = is_multicolor;
      } else {
        const auto next_above = [&] {
          const u64 upto = touched ^ (touched - 1);
          const Run& other = above[popcount64(starts_above & upto) - 1];
          touched &= ~other.cells;
          return root_of(l.regions, other.region);
        };
        number = next_above();
        while (touched != 0) number = join_regions(l, number, next_above());
        Region& region = l.regions[number];
        region.columns |= cells;
        region.cells += popcount64(cells);
        region.last_row = r;
        if constexpr (!kUnivalued) {
          region.is_multicolor = region.is_multicolor || is_multicolor || color != region.color;
        }
      }
      run->cells = cells;
      run->region = number;
      run->row = r;
      l.rows[run - l.runs] = 0;
      ++run;
    }
    l.run_count = static_cast<u32>(run - l.runs);
    above = begin;
    starts_above = starts;
    open_above = open;
  }
  out = l;
}

// The regions of a grid of at most kMaxBitsHeight x kMaxBitsWidth cells.
template <class R>
ARC_HD Status label_regions(Ctx& ctx, const GridObj* g, const Question& q, Labelling& out) {
  RowBits b;
  ARC_TRY(compare_rows<R>(ctx, g, q, b));
  out.runs = ctx.make<Run>(u64{g->h} * g->w);
  ARC_ALLOC(out.runs);
  out.regions = ctx.make<Region>(u64{g->h} * g->w);
  ARC_ALLOC(out.regions);
  out.rows = ctx.make<u64>(u64{g->h} * g->w);
  ARC_ALLOC(out.rows);
  if (q.univalued) {
    q.diagonal ? label_rows<true, true>(g, b, out) : label_rows<true, false>(g, b, out);
  } else {
    q.diagonal ? label_rows<false, true>(g, b, out) : label_rows<false, false>(g, b, out);
  }
  return Status::ok;
}

}  // namespace arcbatch::fast
