// Fast kernels of the object family: labelling by runs, partitions, pattern matching and periods
// on bit rows.
#pragma once

#include "values/bits_ops.h"

namespace arcbatch::fast {

// mostcolor(grid) of a grid of ints.
template <class R>
ARC_HD Status background_of(Ctx& ctx, GridObj* g, i8& out) {
  const Value v = Value::of(g);
  Value color;
  Status status = Status::fallback;
  if constexpr (Kernel<R, Prim::mostcolor>::kExists) {
    status = Kernel<R, Prim::mostcolor>::run(ctx, &v, color);
  }
  if (status == Status::fallback) status = generic::mostcolor(ctx, &v, color);
  ARC_TRY(status);
  out = static_cast<i8>(color.i);
  return Status::ok;
}

// A set of patches under construction; each element's order comes from the whole set's replay.
struct PatchSetBuilder {
  Vec<Value> list;

  ARC_HD Status add(Ctx& ctx, const Bits& bits, u32 count) {
    Value v;
    ARC_TRY(make_bits_set(ctx, bits, count, v));
    return list.push(ctx, v);
  }

  ARC_HD Status finish(Ctx& ctx, Prim op, const Value* args, u32 arg_count, Value& out) {
    if (list.size == 0) return make_empty_set(ctx, out);
    ARC_TRY(make_lazy_list(ctx, list.data, list.size, Recipe::primitive, op, args, arg_count, out));
    const u16 depth = static_cast<u16>(out.set->order_depth + 1);
    for (u32 k = 0; k < list.size; ++k) {
      SetObj* element = list.data[k].set;
      element->recipe = Recipe::member;
      element->args[0] = out;
      element->args[1] = Value{};
      element->order_depth = depth;
    }
    out.set->order_depth = depth;
    return Status::ok;
  }
};

// A maximal horizontal run of cells of one object, and its set in a union-find forest.
struct Run {
  u32 row;
  u8 start;
  u8 end;  // one past
  i8 color;
  u32 parent;
};

ARC_HD inline u32 find_root(Run* runs, u32 k) {
  while (runs[k].parent != k) {
    runs[k].parent = runs[runs[k].parent].parent;
    k = runs[k].parent;
  }
  return k;
}

// Splits the grid into runs: of equal colour with `univalued`, else of any colours; cells of the
// background (where there is one) are left out.
ARC_HD inline u32 find_runs(const GridObj* g, bool univalued, bool diagonal, i32 background,
                            Run* runs) {
  u32 n = 0;
  u32 previous = 0;      // first run of the row above
  u32 previous_end = 0;  // one past its last run
  const u32 reach = diagonal ? 1 : 0;
  for (u32 r = 0; r < g->h; ++r) {
    const i8* row = g->cells() + u64{r} * g->w;
    const u32 begin = n;
    u32 above = previous;
    for (u32 k = 0; k < g->w;) {
      const i8 color = row[k];
      if (color == background) {
        ++k;
        continue;
      }
      const u32 start = k++;
      while (k < g->w && (univalued ? row[k] == color : row[k] != background)) ++k;
      Run& run = runs[n];
      run.row = r;
      run.start = static_cast<u8>(start);
      run.end = static_cast<u8>(k);
      run.color = color;
      run.parent = n;
      while (above < previous_end && runs[above].end + reach <= start) ++above;
      for (u32 p = above; p < previous_end && runs[p].start < k + reach; ++p) {
        if (univalued && runs[p].color != color) continue;
        const u32 x = find_root(runs, p);
        const u32 y = find_root(runs, n);
        if (x < y) {
          runs[y].parent = x;
        } else {
          runs[x].parent = y;
        }
      }
      ++n;
    }
    previous = begin;
    previous_end = n;
  }
  return n;
}

ARC_FAST(objects) {
  ARC_FAST_GRID(g, a[0]);
  if (g->w > kMaxBitsWidth || g->h > kMaxBitsHeight) return Status::fallback;
  const bool univalued = py_truth(a[1]);
  const bool diagonal = py_truth(a[2]);
  ARC_TRY(ctx.charge(cost::objects(g->h, g->w)));
  i32 background = INT32_MIN;
  if (py_truth(a[3])) {
    i8 color = 0;
    ARC_TRY(background_of<R>(ctx, g, color));
    background = color;
  }
  Run* runs = ctx.make<Run>(u64{g->h} * g->w);
  ARC_ALLOC(runs);
  const u32 n = find_runs(g, univalued, diagonal, background, runs);
  // One Bits per root: first its box, then its rows. `label` maps a root run to its object.
  u32* label = ctx.make<u32>(n);
  ARC_ALLOC(label);
  struct Box {
    u32 i0, j0, i1, j1, count;
    i8 color;
    bool multi;
  };
  Box* boxes = ctx.make<Box>(n);
  ARC_ALLOC(boxes);
  u32 count = 0;
  for (u32 k = 0; k < n; ++k) {
    const u32 root = find_root(runs, k);
    const Run& run = runs[k];
    bool multi = false;
    if (!univalued) {
      const i8* row = g->cells() + u64{run.row} * g->w;
      for (u32 c = run.start; c < run.end; ++c) multi = multi || row[c] != run.color;
    }
    if (root == k) {
      label[k] = count;
      boxes[count++] =
          Box{run.row,   run.start, run.row, run.end - 1u, static_cast<u32>(run.end - run.start),
              run.color, multi};
      continue;
    }
    label[k] = label[root];
    Box& box = boxes[label[k]];
    box.j0 = min_of<u32>(box.j0, run.start);
    box.j1 = max_of<u32>(box.j1, run.end - 1u);
    box.i1 = run.row;
    box.count += static_cast<u32>(run.end - run.start);
    box.multi = box.multi || multi || run.color != box.color;
  }
  PatchSetBuilder set;
  ARC_TRY(set.list.reserve(ctx, count));
  for (u32 k = 0; k < count; ++k) {
    const Box& box = boxes[k];
    Bits bits;
    bits.i0 = static_cast<i32>(box.i0);
    bits.j0 = static_cast<i32>(box.j0);
    bits.h = static_cast<u16>(box.i1 - box.i0 + 1);
    bits.w = static_cast<u16>(box.j1 - box.j0 + 1);
    bits.kind = box.multi ? BitsKind::multicolor : BitsKind::unicolor;
    bits.color = box.color;
    bits.rows = ctx.make<u64>(bits.h);
    ARC_ALLOC(bits.rows);
    R::fill(bits.rows, 0, bits.h);
    if (box.multi) {
      bits.colors = ctx.make<i8>(u64{bits.h} * bits.w + kGridPadding);
      ARC_ALLOC(bits.colors);
    }
    ARC_TRY(set.add(ctx, bits, box.count));
  }
  for (u32 k = 0; k < n; ++k) {
    const Run& run = runs[k];
    Bits& bits = set.list.data[label[k]].set->bits;
    const u32 r = run.row - static_cast<u32>(bits.i0);
    const u32 from = run.start - static_cast<u32>(bits.j0);
    const u32 length = static_cast<u32>(run.end - run.start);
    const u64 ones = length == 64 ? ~u64{0} : (u64{1} << length) - 1;
    bits.rows[r] |= ones << from;
    if (bits.colors != nullptr) {
      R::copy_bytes(bits.colors + u64{r} * bits.w + from,
                    g->cells() + u64{run.row} * g->w + run.start, length);
    }
  }
  return set.finish(ctx, Prim::objects, a, 4, out);
}

// One object per colour of the grid but `skipped`.
template <class R>
ARC_HD Status partition_by_color(Ctx& ctx, GridObj* g, i32 skipped, Prim op, const Value* a,
                                 Value& out) {
  u32 counts[256];
  for (u32& c : counts) c = 0;
  R::histogram(counts, g->cells(), u64{g->h} * g->w);
  u32 colors = 0;
  for (const u32 c : counts) colors += c != 0 ? 1 : 0;
  ARC_TRY(ctx.charge(
      cost::partition(colors - (skipped == INT32_MIN ? 0 : 1), weight_of(Value::of(g)))));
  PatchSetBuilder set;
  for (i32 color = -128; color < 128; ++color) {
    if (counts[color + 128] == 0 || color == skipped) continue;
    u64* rows = ctx.make<u64>(g->h);
    ARC_ALLOC(rows);
    R::equals(rows, g->cells(), g->w, g->h, g->w, static_cast<i8>(color));
    Bits bits;
    bits.kind = BitsKind::unicolor;
    bits.color = static_cast<i8>(color);
    const u32 count = tighten(rows, 0, 0, g->h, bits);
    ARC_TRY(set.add(ctx, bits, count));
  }
  return set.finish(ctx, op, a, 1, out);
}

ARC_FAST(color) {
  ARC_FAST_BITS(b, a[0]);
  if (b->kind != BitsKind::unicolor) return Status::fallback;
  out = Value::integer(b->color);
  return Status::ok;
}

ARC_FAST(colorfilter) {
  if (a[0].tag != Tag::set || a[0].set->list == nullptr || a[1].tag != Tag::integer ||
      (a[0].set->flags & kHasAddress) != 0) {
    return Status::fallback;
  }
  return filter_list(
      ctx, a[0].set, Prim::colorfilter,
      [&](const Value& v, bool& wanted) {
        const Bits* b = nullptr;
        ARC_TRY(as_bits(ctx, v, b));
        if (b == nullptr || b->kind != BitsKind::unicolor) return Status::fallback;
        wanted = b->color == a[1].i;
        return Status::ok;
      },
      out);
}

ARC_FAST(sizefilter) {
  if (a[0].tag != Tag::set || a[0].set->list == nullptr || a[1].tag != Tag::integer ||
      (a[0].set->flags & kHasAddress) != 0) {
    return Status::fallback;
  }
  return filter_list(
      ctx, a[0].set, Prim::sizefilter,
      [&](const Value& v, bool& wanted) {
        if (!v.is_tuple() && !v.is_set()) return Status::fallback;
        wanted = len_of(v) == a[1].i;
        return Status::ok;
      },
      out);
}

}  // namespace arcbatch::fast
