// Fast grid kernels about colours and cells: counts of colours, cells of a colour, substitution
// of colours, grids and objects made of one another, and the sizes of pieces.
#pragma once

#include "primitives/fast/fast_grid_base.h"

namespace arcbatch::fast {

namespace grids {

// mostcolor or leastcolor of a grid or an object.
template <class R>
ARC_HD Status color_by_count(Ctx& ctx, const Value& element, bool most, Value& out) {
  GridObj* g = nullptr;
  ARC_TRY(as_grid(ctx, element, g));
  i8 color = 0;
  if (g != nullptr) {
    if (most) {
      ARC_TRY(most_color<R>(ctx, g, color));
    } else {
      Census census;
      take_census<R>(g->cells(), area_of(g), census);
      ARC_TRY(pick_in_order(ctx, g->cells(), census, false, color));
    }
    out = Value::integer(color);
    return Status::ok;
  }
  ARC_FAST_BITS(b, element);
  if (b->kind == BitsKind::indices) return Status::fallback;
  color = b->color;
  if (b->kind == BitsKind::multicolor) {
    Census census;
    bool tied = false;
    take_census(*b, element.set->count, census);
    pick(census, most, color, tied);
    if (tied && !census.is_order_free()) return Status::fallback;  // cells in their order decide
  }
  out = Value::integer(color);
  return Status::ok;
}

// Height and width of a grid, or of a patch in bit rows; both 0 for an empty set.
ARC_HD inline Status extent(Ctx& ctx, const Value& piece, i64& h, i64& w) {
  if (is_empty_set(piece)) {
    h = 0;
    w = 0;
    return Status::ok;
  }
  GridObj* g = nullptr;
  ARC_TRY(as_grid(ctx, piece, g));
  if (g != nullptr) {
    h = g->h;
    w = g->w;
    return Status::ok;
  }
  ARC_FAST_BITS(b, piece);
  h = b->h;
  w = b->w;
  return Status::ok;
}

// Whether the set bits of `rows` (of the block's h x w cells) are all of the colour `color`.
template <class R>
ARC_HD Status is_one_color(Ctx& ctx, const i8* cells, u32 stride, const u64* rows, u32 h, u32 w,
                           i8 color, bool& out) {
  u64* same = ctx.make<u64>(h);
  ARC_ALLOC(same);
  R::equals(same, cells, stride, h, w, color);
  R::bit_andnot(same, rows, same, h);
  out = R::any(same, h) == 0;
  return Status::ok;
}

// Gives `bits`, whose box lies on the grid and whose rows are final, the grid's colours.
template <class R>
ARC_HD Status take_colors(Ctx& ctx, const GridObj* g, Bits& bits) {
  const i8* cells = g->cells() + static_cast<u64>(bits.i0) * g->w + static_cast<u64>(bits.j0);
  bits.color = cells[ctz64(bits.rows[0])];
  bool one_color = false;
  ARC_TRY(is_one_color<R>(ctx, cells, g->w, bits.rows, bits.h, bits.w, bits.color, one_color));
  bits.kind = one_color ? BitsKind::unicolor : BitsKind::multicolor;
  if (one_color) return Status::ok;
  bits.colors = ctx.make<i8>(u64{bits.h} * bits.w + kGridPadding);
  ARC_ALLOC(bits.colors);
  copy_block<R>(bits.colors, bits.w, cells, g->w, bits.h, bits.w);
  return Status::ok;
}

}  // namespace grids

// ---- counts -----------------------------------------------------------------------------------

namespace grids {

// The items of a tuple of exact ints of 8 bits as bytes; fallback for any other value.
ARC_HD inline Status bytes_of(Ctx& ctx, const Value& v, i8*& bytes, u32& n) {
  if (v.tag != Tag::tuple || v.tuple->len == 0 || (v.tuple->flags & kUnordered) != 0) {
    return Status::fallback;
  }
  n = v.tuple->len;
  const Value* items = v.tuple->items();
  if (items[0].tag != Tag::integer) return Status::fallback;
  bytes = ctx.make<i8>(u64{n} + kGridPadding);
  ARC_ALLOC(bytes);
  for (u32 k = 0; k < n; ++k) {
    if (items[k].tag != Tag::integer || items[k].i < -128 || items[k].i > 127) {
      return Status::fallback;
    }
    bytes[k] = static_cast<i8>(items[k].i);
  }
  return Status::ok;
}

// mostcommon or leastcommon.
template <class R>
ARC_HD Status item_by_count(Ctx& ctx, const Value& container, bool most, Value& out) {
  i8* bytes = nullptr;
  u32 n = 0;
  ARC_TRY(bytes_of(ctx, container, bytes, n));
  Census census;
  take_census<R>(bytes, n, census);
  ARC_TRY(ctx.charge(cost::area(census.distinct, n)));
  i8 item = 0;
  ARC_TRY(pick_in_order(ctx, bytes, census, most, item));
  out = Value::integer(item);
  return Status::ok;
}

}  // namespace grids

ARC_FAST(mostcommon) { return grids::item_by_count<R>(ctx, a[0], true, out); }

ARC_FAST(leastcommon) { return grids::item_by_count<R>(ctx, a[0], false, out); }

// The first of each of equal rows, or of equal ints.
ARC_FAST(dedupe) {
  if (a[0].tag != Tag::tuple && a[0].tag != Tag::grid) return Status::fallback;
  GridObj* g = nullptr;
  ARC_TRY(as_grid(ctx, a[0], g));
  if (g == nullptr) {
    i8* bytes = nullptr;
    u32 n = 0;
    ARC_TRY(grids::bytes_of(ctx, a[0], bytes, n));
    ARC_TRY(ctx.charge(cost::area(n, n)));
    bool seen[256] = {};
    Value* kept = ctx.make<Value>(n);
    ARC_ALLOC(kept);
    u32 count = 0;
    for (u32 k = 0; k < n; ++k) {
      if (seen[static_cast<u8>(bytes[k])]) continue;
      seen[static_cast<u8>(bytes[k])] = true;
      kept[count++] = Value::integer(bytes[k]);
    }
    return make_tuple(ctx, kept, count, out);
  }
  ARC_TRY(ctx.charge(cost::area(g->h, g->h)));
  GridObj* made = nullptr;
  ARC_TRY(make_grid(ctx, g->h, g->w, made));
  u32 count = 0;
  for (u32 i = 0; i < g->h; ++i) {
    const i8* row = g->cells() + u64{i} * g->w;
    bool seen = false;
    for (u32 k = 0; k < count && !seen; ++k) {
      seen = R::equal_bytes(made->cells() + u64{k} * g->w, row, g->w);
    }
    if (!seen) R::copy_bytes(made->cells() + u64{count++} * g->w, row, g->w);
  }
  if (count == g->h) {
    out = a[0];
    return Status::ok;
  }
  measure_grid(made, count, g->w);
  out = Value::of(made);
  return Status::ok;
}

ARC_FAST(mostcolor) { return grids::color_by_count<R>(ctx, a[0], true, out); }

ARC_FAST(leastcolor) { return grids::color_by_count<R>(ctx, a[0], false, out); }

ARC_FAST(colorcount) {
  if (a[1].tag != Tag::integer) return Status::fallback;
  GridObj* g = nullptr;
  ARC_TRY(as_grid(ctx, a[0], g));
  i64 count = 0;
  if (g != nullptr) {
    if (is_color(a[1])) {
      count = R::count_bytes(g->cells(), static_cast<i8>(a[1].i), grids::area_of(g));
    }
    out = Value::integer(count);
    return Status::ok;
  }
  if (grids::is_empty_set(a[0])) {
    out = Value::integer(0);
    return Status::ok;
  }
  ARC_FAST_BITS(b, a[0]);
  if (b->kind == BitsKind::indices) return Status::fallback;
  if (b->kind == BitsKind::unicolor) {
    if (a[1].i == b->color) count = a[0].set->count;
  } else if (is_color(a[1])) {
    u64* same = ctx.make<u64>(b->h);
    ARC_ALLOC(same);
    R::equals(same, b->colors, b->w, b->h, b->w, static_cast<i8>(a[1].i));
    R::bit_and(same, same, b->rows, b->h);
    count = R::count(same, b->h);
  }
  out = Value::integer(count);
  return Status::ok;
}

ARC_FAST(palette) {
  GridObj* g = nullptr;
  ARC_TRY(as_grid(ctx, a[0], g));
  grids::Census census;
  if (g != nullptr) {
    grids::take_census<R>(g->cells(), grids::area_of(g), census);
    return grids::make_palette(ctx, g->cells(), census, out);
  }
  if (grids::is_empty_set(a[0])) return make_empty_set(ctx, out);
  ARC_FAST_BITS(b, a[0]);
  if (b->kind == BitsKind::indices) return Status::fallback;
  grids::take_census(*b, a[0].set->count, census);
  if (census.is_order_free()) return grids::make_palette(ctx, nullptr, census, out);
  Value* list = ctx.make<Value>(census.distinct);
  ARC_ALLOC(list);
  for (u32 k = 0; k < census.distinct; ++k) list[k] = Value::integer(census.colors[k]);
  return make_lazy_list(ctx, list, census.distinct, Recipe::primitive, Prim::palette, a, 1, out);
}

ARC_FAST(numcolors) {
  GridObj* g = nullptr;
  ARC_TRY(as_grid(ctx, a[0], g));
  grids::Census census;
  if (g != nullptr) {
    grids::take_census<R>(g->cells(), grids::area_of(g), census);
  } else if (!grids::is_empty_set(a[0])) {
    ARC_FAST_BITS(b, a[0]);
    if (b->kind == BitsKind::indices) return Status::fallback;
    grids::take_census(*b, a[0].set->count, census);
  }
  out = Value::integer(census.distinct);
  return Status::ok;
}

// ---- sizes ------------------------------------------------------------------------------------

ARC_FAST(height) {
  if (a[0].is_tuple()) {
    out = Value::integer(len_of(a[0]));
    return Status::ok;
  }
  i64 h = 0;
  i64 w = 0;
  ARC_TRY(grids::extent(ctx, a[0], h, w));
  out = Value::integer(h);
  return Status::ok;
}

ARC_FAST(width) {
  i64 h = 0;
  i64 w = 0;
  ARC_TRY(grids::extent(ctx, a[0], h, w));
  out = Value::integer(w);
  return Status::ok;
}

ARC_FAST(shape) {
  i64 h = 0;
  i64 w = 0;
  ARC_TRY(grids::extent(ctx, a[0], h, w));
  return make_int_pair(ctx, h, w, out);
}

ARC_FAST(portrait) {
  i64 h = 0;
  i64 w = 0;
  ARC_TRY(grids::extent(ctx, a[0], h, w));
  out = Value::boolean(h > w);
  return Status::ok;
}

ARC_FAST(square) {
  i64 h = 0;
  i64 w = 0;
  ARC_TRY(grids::extent(ctx, a[0], h, w));
  const bool full = a[0].tag != Tag::set || h * w == i64{a[0].set->count};
  out = Value::boolean(full && h == w);
  return Status::ok;
}

// ---- cells ------------------------------------------------------------------------------------

ARC_FAST(asindices) {
  ARC_FAST_GRID(g, a[0]);
  if (g->h > kMaxBitsHeight || g->w > kMaxBitsWidth) return Status::fallback;
  ARC_TRY(ctx.charge(cost::area(g->h, g->w)));
  Bits bits;
  bits.h = static_cast<u16>(g->h);
  bits.w = static_cast<u16>(g->w);
  bits.rows = ctx.make<u64>(g->h);
  ARC_ALLOC(bits.rows);
  R::fill(bits.rows, grids::low_mask(g->w), g->h);
  return make_lazy_bits(ctx, bits, g->h * g->w, Prim::asindices, a, 1, out);
}

ARC_FAST(ofcolor) {
  ARC_FAST_GRID(g, a[0]);
  if (a[1].tag != Tag::integer) return Status::fallback;
  if (!is_color(a[1])) return make_empty_set(ctx, out);
  if (g->h > kMaxBitsHeight || g->w > kMaxBitsWidth) return Status::fallback;
  u64* rows = ctx.make<u64>(g->h);
  ARC_ALLOC(rows);
  R::equals(rows, g->cells(), g->w, g->h, g->w, static_cast<i8>(a[1].i));
  Bits bits;
  const u32 count = tighten(rows, 0, 0, g->h, bits);
  if (count == 0) return make_empty_set(ctx, out);
  return make_lazy_bits(ctx, bits, count, Prim::ofcolor, a, 2, out);
}

ARC_FAST(asobject) {
  ARC_FAST_GRID(g, a[0]);
  if (g->h > kMaxBitsHeight || g->w > kMaxBitsWidth) return Status::fallback;
  Bits bits;
  bits.h = static_cast<u16>(g->h);
  bits.w = static_cast<u16>(g->w);
  bits.rows = ctx.make<u64>(g->h);
  ARC_ALLOC(bits.rows);
  R::fill(bits.rows, grids::low_mask(g->w), g->h);
  bits.color = g->cells()[0];
  if (grids::is_uniform<R>(g->cells(), grids::area_of(g))) {
    bits.kind = BitsKind::unicolor;
  } else {
    bits.kind = BitsKind::multicolor;
    bits.colors = g->cells();  // never written again
  }
  return make_lazy_bits(ctx, bits, g->h * g->w, Prim::asobject, a, 1, out);
}

ARC_FAST(toobject) {
  ARC_FAST_GRID(g, a[1]);
  if (grids::is_empty_set(a[0])) return make_empty_set(ctx, out);
  ARC_FAST_BITS(b, a[0]);
  grids::Window win;
  ARC_TRY(grids::clip<R>(ctx, *b, 0, 0, g->h, g->w, win));
  if (win.h == 0) return make_empty_set(ctx, out);
  Bits bits;
  u32 count = a[0].set->count;
  if (win.h == b->h && win.w == b->w) {
    bits = *b;
    bits.colors = nullptr;
  } else {
    u64* rows = ctx.make<u64>(win.h);
    ARC_ALLOC(rows);
    R::copy(rows, win.rows, win.h);
    count = tighten(rows, static_cast<i32>(win.i), static_cast<i32>(win.j), win.h, bits);
    if (count == 0) return make_empty_set(ctx, out);
  }
  ARC_TRY(grids::take_colors<R>(ctx, g, bits));
  return make_lazy_bits(ctx, bits, count, Prim::toobject, a, 2, out);
}

ARC_FAST(index) {
  ARC_FAST_GRID(g, a[0]);
  if (a[1].tag != Tag::pair) return Status::fallback;
  const i64 i = a[1].p.a;
  const i64 j = a[1].p.b;
  if (i < 0 || i >= g->h || j < 0 || j >= g->w) {
    out = Value::none();
    return Status::ok;
  }
  out = Value::integer(g->cells()[static_cast<u64>(i) * g->w + static_cast<u64>(j)]);
  return Status::ok;
}

ARC_FAST(canvas) {
  if (!is_color(a[0]) || a[1].tag != Tag::pair || a[1].p.a < 1 || a[1].p.b < 1) {
    return Status::fallback;
  }
  const u64 h = static_cast<u64>(a[1].p.a);
  const u64 w = static_cast<u64>(a[1].p.b);
  if (!grids::is_makeable(ctx, h, w)) return Status::fallback;
  ARC_TRY(ctx.charge(cost::area(h, w + 1)));
  ARC_TRY(grids::refuse_large(ctx, h, w));
  GridObj* made = nullptr;
  ARC_TRY(make_grid(ctx, h, w, made));
  made->mostcommon = static_cast<i8>(a[0].i);
  made->mostcommon_state = 1;
  R::fill_bytes(made->cells(), made->mostcommon, h * w);
  out = Value::of(made);
  return Status::ok;
}

// ---- substitution -----------------------------------------------------------------------------

ARC_FAST(replace) {
  ARC_FAST_GRID(g, a[0]);
  if (!is_color(a[1]) || !is_color(a[2])) return Status::fallback;
  GridObj* made = nullptr;
  ARC_TRY(make_grid(ctx, g->h, g->w, made));
  R::replace_bytes(made->cells(), g->cells(), static_cast<i8>(a[1].i), static_cast<i8>(a[2].i),
                   grids::area_of(g));
  out = Value::of(made);
  return Status::ok;
}

ARC_FAST(switch_) {
  ARC_FAST_GRID(g, a[0]);
  if (!is_color(a[1]) || !is_color(a[2])) return Status::fallback;
  GridObj* made = nullptr;
  ARC_TRY(make_grid(ctx, g->h, g->w, made));
  R::switch_bytes(made->cells(), g->cells(), static_cast<i8>(a[1].i), static_cast<i8>(a[2].i),
                  grids::area_of(g));
  out = Value::of(made);
  return Status::ok;
}

ARC_FAST(cellwise) {
  ARC_FAST_GRID(x, a[0]);
  ARC_FAST_GRID(y, a[1]);
  if (!is_color(a[2]) || y->h < x->h || y->w < x->w) return Status::fallback;
  const i8 otherwise = static_cast<i8>(a[2].i);
  GridObj* made = nullptr;
  ARC_TRY(make_grid(ctx, x->h, x->w, made));
  if (x->w == y->w) {
    R::match_bytes(made->cells(), x->cells(), y->cells(), otherwise, grids::area_of(x));
  } else {
    for (u32 r = 0; r < x->h; ++r) {
      const u64 at = u64{r} * x->w;
      R::match_bytes(made->cells() + at, x->cells() + at, y->cells() + u64{r} * y->w, otherwise,
                     x->w);
    }
  }
  out = Value::of(made);
  return Status::ok;
}

}  // namespace arcbatch::fast
