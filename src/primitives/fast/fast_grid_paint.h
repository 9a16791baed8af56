// Fast grid kernels that write patches and objects onto a grid. Locations of a patch in bit rows
// are distinct, so no result depends on the order of its cells.
#pragma once

#include "primitives/fast/fast_grid_base.h"

namespace arcbatch::fast {

namespace grids {

// grid with `value` at the window's bits.
template <class R>
ARC_HD Status fill_window(Ctx& ctx, GridObj* g, const Window& win, i8 value, Value& out) {
  out = Value::of(g);
  if (win.h == 0) return Status::ok;
  GridObj* made = nullptr;
  ARC_TRY(copy_grid<R>(ctx, g, made));
  R::put(corner(win, made->cells(), made->w), made->w, win.rows, win.h, win.w, value);
  out = Value::of(made);
  return Status::ok;
}

// grid with the object's colours at the window's bits.
template <class R>
ARC_HD Status paint_window(Ctx& ctx, GridObj* g, const Window& win, const Bits& b, Value& out) {
  out = Value::of(g);
  if (win.h == 0) return Status::ok;
  GridObj* made = nullptr;
  ARC_TRY(copy_grid<R>(ctx, g, made));
  put_colors<R>(made, win, b);
  out = Value::of(made);
  return Status::ok;
}

}  // namespace grids

ARC_FAST(fill) {
  ARC_FAST_GRID(g, a[0]);
  if (grids::is_empty_set(a[2])) {
    out = Value::of(g);
    return Status::ok;
  }
  if (!is_color(a[1])) return Status::fallback;
  ARC_FAST_BITS(b, a[2]);
  grids::Window win;
  ARC_TRY(grids::clip<R>(ctx, *b, 0, 0, g->h, g->w, win));
  return grids::fill_window<R>(ctx, g, win, static_cast<i8>(a[1].i), out);
}

ARC_FAST(paint) {
  ARC_FAST_GRID(g, a[0]);
  if (grids::is_empty_set(a[1])) {
    out = Value::of(g);
    return Status::ok;
  }
  ARC_FAST_BITS(b, a[1]);
  if (b->kind == BitsKind::indices) return Status::fallback;
  grids::Window win;
  ARC_TRY(grids::clip<R>(ctx, *b, 0, 0, g->h, g->w, win));
  return grids::paint_window<R>(ctx, g, win, *b, out);
}

ARC_FAST(underfill) {
  ARC_FAST_GRID(g, a[0]);
  if (grids::is_empty_set(a[2])) {
    out = Value::of(g);
    return Status::ok;
  }
  if (!is_color(a[1])) return Status::fallback;
  ARC_FAST_BITS(b, a[2]);
  i8 background = 0;
  ARC_TRY(grids::most_color<R>(ctx, g, background));
  grids::Window win;
  ARC_TRY(grids::clip<R>(ctx, *b, 0, 0, g->h, g->w, win));
  if (win.h != 0) ARC_TRY(grids::keep_color<R>(ctx, g, background, win));
  return grids::fill_window<R>(ctx, g, win, static_cast<i8>(a[1].i), out);
}

ARC_FAST(underpaint) {
  ARC_FAST_GRID(g, a[0]);
  if (grids::is_empty_set(a[1])) {
    out = Value::of(g);
    return Status::ok;
  }
  ARC_FAST_BITS(b, a[1]);
  if (b->kind == BitsKind::indices) return Status::fallback;
  i8 background = 0;
  ARC_TRY(grids::most_color<R>(ctx, g, background));
  grids::Window win;
  ARC_TRY(grids::clip<R>(ctx, *b, 0, 0, g->h, g->w, win));
  if (win.h != 0) ARC_TRY(grids::keep_color<R>(ctx, g, background, win));
  return grids::paint_window<R>(ctx, g, win, *b, out);
}

ARC_FAST(cover) {
  ARC_FAST_GRID(g, a[0]);
  if (grids::is_empty_set(a[1])) {
    out = Value::of(g);
    return Status::ok;
  }
  ARC_FAST_BITS(b, a[1]);
  i8 background = 0;
  ARC_TRY(grids::most_color<R>(ctx, g, background));
  grids::Window win;
  ARC_TRY(grids::clip<R>(ctx, *b, 0, 0, g->h, g->w, win));
  return grids::fill_window<R>(ctx, g, win, background, out);
}

ARC_FAST(move) {
  ARC_FAST_GRID(g, a[0]);
  if (grids::is_empty_set(a[1])) {
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
