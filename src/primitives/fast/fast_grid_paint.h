// Fast grid kernels that write patches and objects onto a grid. Locations of a patch in bit rows
// are distinct, so no result depends on the order of its cells.
#pragma once

#include "primitives/fast/fast_grid_base.h"
#include "values/pending.h"

namespace arcbatch::fast {

namespace grids {

// Calls write(grid, window, bits) for the parts of a patch that lie on the grid, in order, on a
// copy of the grid that is made at the first. Falls back where the patch has no bit rows, or has
// only locations where `cells` are wanted.
template <class R, class F>
ARC_HD Status for_windows(Ctx& ctx, GridObj* g, const Value& patch, bool cells, Value& out,
                          F&& write) {
  const PatchList list = patches_of(patch);
  for (u32 k = 0; k < list.count; ++k) {
    if (is_empty_patch(list.sets[k])) continue;
    Boxes boxes;
    ARC_TRY(as_boxes(ctx, list.sets[k], boxes));
    if (boxes.count == 0) return Status::fallback;
    if (cells && boxes.bits[0].kind == BitsKind::indices) return Status::fallback;
  }
  GridObj* made = nullptr;
  for (u32 k = 0; k < list.count; ++k) {
    if (is_empty_patch(list.sets[k])) continue;
    Boxes boxes;
    ARC_TRY(as_boxes(ctx, list.sets[k], boxes));
    for (u32 m = 0; m < boxes.count; ++m) {
      Window win;
      ARC_TRY(clip<R>(ctx, boxes.bits[m], 0, 0, g->h, g->w, win));
      if (win.h == 0) continue;
      if (made == nullptr) ARC_TRY(copy_grid<R>(ctx, g, made));
      ARC_TRY(write(made, win, boxes.bits[m]));
    }
  }
  out = Value::of(made == nullptr ? g : made);
  return Status::ok;
}

}  // namespace grids

ARC_FAST(fill) {
  ARC_FAST_GRID(g, a[0]);
  if (grids::is_empty_patch(a[2])) {
    out = Value::of(g);
    return Status::ok;
  }
  if (!is_color(a[1])) return Status::fallback;
  const i8 value = static_cast<i8>(a[1].i);
  return grids::for_windows<R>(
      ctx, g, a[2], false, out, [&](GridObj* made, const grids::Window& win, const Bits&) {
        R::put(grids::corner(win, made->cells(), made->w), made->w, win.rows, win.h, win.w, value);
        return Status::ok;
      });
}

ARC_FAST(paint) {
  ARC_FAST_GRID(g, a[0]);
  return grids::for_windows<R>(ctx, g, a[1], true, out,
                               [](GridObj* made, const grids::Window& win, const Bits& b) {
                                 grids::put_colors<R>(made, win, b);
                                 return Status::ok;
                               });
}

ARC_FAST(underfill) {
  ARC_FAST_GRID(g, a[0]);
  if (grids::is_empty_patch(a[2])) {
    out = Value::of(g);
    return Status::ok;
  }
  if (!is_color(a[1])) return Status::fallback;
  const i8 value = static_cast<i8>(a[1].i);
  i8 background = 0;
  ARC_TRY(grids::most_color<R>(ctx, g, background));
  return grids::for_windows<R>(
      ctx, g, a[2], false, out, [&](GridObj* made, grids::Window& win, const Bits&) {
        ARC_TRY(grids::keep_color<R>(ctx, made, background, win));
        R::put(grids::corner(win, made->cells(), made->w), made->w, win.rows, win.h, win.w, value);
        return Status::ok;
      });
}

ARC_FAST(underpaint) {
  ARC_FAST_GRID(g, a[0]);
  if (grids::is_empty_patch(a[1])) {
    out = Value::of(g);
    return Status::ok;
  }
  i8 background = 0;
  ARC_TRY(grids::most_color<R>(ctx, g, background));
  return grids::for_windows<R>(ctx, g, a[1], true, out,
                               [&](GridObj* made, grids::Window& win, const Bits& b) {
                                 ARC_TRY(grids::keep_color<R>(ctx, made, background, win));
                                 grids::put_colors<R>(made, win, b);
                                 return Status::ok;
                               });
}

ARC_FAST(cover) {
  ARC_FAST_GRID(g, a[0]);
  if (grids::is_empty_patch(a[1])) {
    out = Value::of(g);
    return Status::ok;
  }
  i8 background = 0;
  ARC_TRY(grids::most_color<R>(ctx, g, background));
  return grids::for_windows<R>(ctx, g, a[1], false, out,
                               [&](GridObj* made, const grids::Window& win, const Bits&) {
                                 R::put(grids::corner(win, made->cells(), made->w), made->w,
                                        win.rows, win.h, win.w, background);
                                 return Status::ok;
                               });
}

ARC_FAST(move) {
  ARC_FAST_GRID(g, a[0]);
  if (grids::is_empty_patch(a[1])) {
    out = Value::of(g);
    return Status::ok;
  }
  ARC_FAST_BITS(b, a[1]);
  if (b->kind == BitsKind::indices || a[2].tag != Tag::pair) return Status::fallback;
  i8 background = 0;
  ARC_TRY(grids::most_color<R>(ctx, g, background));
  grids::Window from;
  grids::Window to;
  ARC_TRY(grids::clip<R>(ctx, *b, 0, 0, g->h, g->w, from));
  ARC_TRY(grids::clip<R>(ctx, *b, a[2].p.a, a[2].p.b, g->h, g->w, to));
  out = Value::of(g);
  if (from.h == 0 && to.h == 0) return Status::ok;
  GridObj* made = nullptr;
  ARC_TRY(grids::copy_grid<R>(ctx, g, made));
  if (from.h != 0) {
    R::put(grids::corner(from, made->cells(), made->w), made->w, from.rows, from.h, from.w,
           background);
  }
  grids::put_colors<R>(made, to, *b);
  out = Value::of(made);
  return Status::ok;
}

}  // namespace arcbatch::fast
