// Fast kernels of the object family: labelling by runs, partitions, pattern matching and periods
// on bit rows.
#pragma once

#include "primitives/fast/fast_grid_base.h"
#include "primitives/fast/fast_label.h"
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
  if (status == Status::fallback) status = call_generic(ctx, Prim::mostcolor, &v, color);
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

// A set of patches whose number is known beforehand: all of it in one piece. The patches differ
// in contents alone, so that each is a copy of a model.
struct PatchArray {
  SetObj* whole = nullptr;
  SetObj* model = nullptr;
  SetObj* patches = nullptr;
  Value* list = nullptr;
  u32 count = 0;
  bool is_deep = false;  // the whole's order will be asked for while it is finished

  ARC_HD Status start(Ctx& ctx, u32 n, const Value* args, u32 arg_count) {
    count = n;
    whole = blank_set(ctx);
    ARC_ALLOC(whole);
    model = blank_set(ctx);
    ARC_ALLOC(model);
    list = ctx.make<Value>(n);
    ARC_ALLOC(list);
    patches = ctx.make<SetObj>(n);
    ARC_ALLOC(patches);
    u32 depth = 0;
    for (u32 k = 0; k < arg_count; ++k) depth = max_of<u32>(depth, order_depth_of(args[k]));
    is_deep = depth + 1 > kMaxOrderDepth;
    model->depth = 3;
    model->bits_state = Tri::yes;
    if (!is_deep) be_member(model, static_cast<u16>(depth + 2));
    return Status::ok;
  }

  ARC_HD void be_member(SetObj* patch, u16 depth) const {
    patch->recipe = Recipe::member;
    patch->args[0] = Value::of(whole);
    patch->args[1] = Value{};
    patch->order_depth = depth;
  }

  // Makes patch k an object of `n` cells, whose bits the caller sets.
  ARC_HD void put(u32 k, u32 n) const {
    SetObj* patch = patches + k;
    copy_part(patch, 0, offsetof(SetObj, bits));
    copy_part(patch, offsetof(SetObj, args), 2 * sizeof(Value));
    constexpr u64 kRest = offsetof(SetObj, args) + sizeof(SetObj::args);
    copy_part(patch, kRest, sizeof(SetObj) - kRest);
    patch->count = n;
    patch->weight = u64{n} * 3;
    patch->expanded = 1 + u64{n} * 5;
    list[k] = Value::of(patch);
  }
  ARC_HD void copy_part(SetObj* patch, u64 from, u64 n) const {
    __builtin_memcpy(reinterpret_cast<char*>(patch) + from,
                     reinterpret_cast<const char*>(model) + from, n);
  }

  // What make_lazy_list would do, with the measures of all elements, of `cells` in all, at once.
  ARC_HD Status finish(Ctx& ctx, u64 cells, Prim op, const Value* args, u32 arg_count, Value& out) {
    whole->count = count;
    whole->list = list;
    whole->depth = 4;
    whole->weight = count + cells;
    whole->expanded = 1 + count + cells * 5;
    out = Value::of(whole);
    ARC_TRY(set_recipe(ctx, whole, Recipe::primitive, op, args, arg_count));
    whole->order_depth++;
    if (is_deep) {
      for (u32 k = 0; k < count; ++k) be_member(patches + k, whole->order_depth);
    }
    return Status::ok;
  }
};

// Makes an object of several colours of one in a box of the grid.
template <class R>
ARC_HD Status cut_colors(Ctx& ctx, const GridObj* g, Bits& bits) {
  bits.kind = BitsKind::multicolor;
  bits.colors = ctx.make<i8>(u64{bits.h} * bits.w + kGridPadding);
  ARC_ALLOC(bits.colors);
  const i8* from = g->cells() + static_cast<u64>(bits.i0) * g->w + static_cast<u64>(bits.j0);
  grids::copy_block<R>(bits.colors, bits.w, from, g->w, bits.h, bits.w);
  return Status::ok;
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
  Labelling l;
  ARC_TRY(label_regions<R>(ctx, g, Question{univalued, diagonal, background}, l));
  if (l.region_count == 0) return make_empty_set(ctx, out);
  PatchArray started;
  ARC_TRY(started.start(ctx, l.region_count - l.joined_count, a, 4));
  const PatchArray set = started;  // whose address nothing knows, for the compiler to keep it
  i32 at = 0;
  u32 count = 0;
  u64 cells = 0;
  for (u32 k = 0; k < l.region_count; ++k) {
    Region& region = l.regions[k];
    if (region.parent != k) {
      region.left = l.regions[region.parent].left;
      region.at = l.regions[region.parent].at;
      continue;
    }
    const u32 left = ctz64(region.columns);
    const u32 height = region.last_row - region.first_row + 1;
    set.put(count, region.cells);
    Bits& bits = set.patches[count++].bits;
    cells += region.cells;
    bits.i0 = region.first_row;
    bits.j0 = static_cast<i32>(left);
    bits.h = static_cast<u16>(height);
    bits.w = static_cast<u16>(64 - clz64(region.columns) - left);
    bits.kind = BitsKind::unicolor;
    bits.color = region.color;
    bits.rows = l.rows + at;
    bits.colors = nullptr;
    if (region.is_multicolor) ARC_TRY(cut_colors<R>(ctx, g, bits));
    region.left = left;
    region.at = at - region.first_row;
    at += static_cast<i32>(height);
  }
  for (u32 k = 0; k < l.run_count; ++k) {
    const Run& run = l.runs[k];
    const Region& region = l.regions[run.region];
    l.rows[region.at + static_cast<i32>(run.row)] |= run.cells >> region.left;
  }
  return started.finish(ctx, cells, Prim::objects, a, 4, out);
}

// The colours that a histogram (by colour + 128) counts for n cells, ascending.
ARC_HD inline u32 list_colors(const u32* counts, u64 n, i8* colors) {
  u32 size = 0;
  // Hardly a grid has others than these.
  for (i32 c = 0; c < 10; ++c) {
    colors[size] = static_cast<i8>(c);
    size += counts[c + 128] != 0 ? 1 : 0;
    n -= counts[c + 128];
  }
  if (n == 0) return size;
  size = 0;
  for (i32 c = -128; c < 128; ++c) {
    if (counts[c + 128] != 0) colors[size++] = static_cast<i8>(c);
  }
  return size;
}

// One object per colour of the grid but `skipped`.
template <class R>
ARC_HD Status partition_by_color(Ctx& ctx, GridObj* g, i32 skipped, Prim op, const Value* a,
                                 Value& out) {
  const u64 area = u64{g->h} * g->w;
  u32 counts[256];
  for (u32& c : counts) c = 0;
  R::histogram(counts, g->cells(), area);
  i8 colors[256];
  const u32 color_count = list_colors(counts, area, colors);
  const u32 kept = color_count - (skipped == INT32_MIN ? 0 : 1);
  ARC_TRY(ctx.charge(cost::partition(kept, weight_of(Value::of(g)))));
  if (kept == 0) return make_empty_set(ctx, out);
  PatchArray set;
  ARC_TRY(set.start(ctx, kept, a, 1));
  u64* rows = ctx.make<u64>(u64{kept} * g->h);
  ARC_ALLOC(rows);
  u64 cells = 0;
  u32 at = 0;
  for (u32 k = 0; k < color_count; ++k) {
    const i8 color = colors[k];
    if (color == skipped) continue;
    const u32 count = counts[color + 128];
    R::equals(rows, g->cells(), g->w, g->h, g->w, color);
    u32 top = 0;
    while (rows[top] == 0) ++top;
    u32 bottom = g->h - 1;
    while (rows[bottom] == 0) --bottom;
    const u32 height = bottom - top + 1;
    const u64 columns = R::any(rows + top, height);
    const u32 left = ctz64(columns);
    if (left != 0) R::shift_columns(rows + top, rows + top, -static_cast<i32>(left), height);
    set.put(at, count);
    Bits& bits = set.patches[at++].bits;
    bits.i0 = static_cast<i32>(top);
    bits.j0 = static_cast<i32>(left);
    bits.h = static_cast<u16>(height);
    bits.w = static_cast<u16>(64 - clz64(columns) - left);
    bits.kind = BitsKind::unicolor;
    bits.color = color;
    bits.rows = rows + top;
    bits.colors = nullptr;
    cells += count;
    rows += g->h;
  }
  return set.finish(ctx, cells, op, a, 1, out);
}

ARC_FAST(color) {
  if (a[0].tag == Tag::tuple && a[0].tuple->len != 0) {  // of cells, as product makes them
    const Value& cell = a[0].tuple->items()[0];
    if (cell.tag != Tag::cell) return Status::fallback;
    out = Value::integer(cell.aux);
    return Status::ok;
  }
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
