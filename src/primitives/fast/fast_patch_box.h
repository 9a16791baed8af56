// Fast kernels that make boxes, lines and neighbourhoods. Included by fast_patch.h only.
#pragma once

#include "primitives/fast/fast_patch.h"

namespace arcbatch::fast {

// A box by its inclusive corners.
struct Rect {
  i64 i0;
  i64 j0;
  i64 i1;
  i64 j1;
  [[nodiscard]] ARC_HD u32 height() const { return static_cast<u32>(i1 - i0 + 1); }
  [[nodiscard]] ARC_HD u32 width() const { return static_cast<u32>(j1 - j0 + 1); }
};

ARC_HD inline Rect rect_of(const Bits& b) { return Rect{b.i0, b.j0, last_row(b), last_column(b)}; }

// Whether sets in this box, which is not empty, have the bits form.
ARC_HD constexpr bool fits_bits(const Rect& r) {
  return is_near(r.i0) && is_near(r.j0) && is_near(r.i1) && is_near(r.j1) &&
         r.i1 - r.i0 < kMaxBitsHeight && r.j1 - r.j0 < kMaxBitsWidth;
}

// Indices in the box, whose rows are for the caller to set.
ARC_HD inline Status alloc_indices(Ctx& ctx, const Rect& r, Bits& bits) {
  bits.i0 = static_cast<i32>(r.i0);
  bits.j0 = static_cast<i32>(r.j0);
  bits.h = static_cast<u16>(r.height());
  bits.w = static_cast<u16>(r.width());
  bits.rows = ctx.make<u64>(bits.h);
  ARC_ALLOC(bits.rows);
  return Status::ok;
}

// The outline of a box that fits_bits().
template <class R>
ARC_HD Status make_outline(Ctx& ctx, const Rect& r, Prim op, const Value* a, Value& out) {
  ARC_TRY(ctx.charge(cost::outline(r.i0, r.j0, r.i1, r.j1)));
  Bits bits;
  ARC_TRY(alloc_indices(ctx, r, bits));
  const u32 h = bits.h;
  const u32 w = bits.w;
  const u64 full = columns_mask(w);
  R::fill(bits.rows, u64{1} | (u64{1} << (w - 1)), h);
  bits.rows[0] = full;
  bits.rows[h - 1] = full;
  const u32 count = h == 1 || w == 1 ? h * w : 2 * (h + w) - 4;
  return make_lazy_bits(ctx, bits, count, op, a, 1, out);
}

// The outline of the patch's box with every border moved inwards by `by`; a border that passes
// the opposite one counts all the same.
template <class R>
ARC_HD Status box_moved(Ctx& ctx, const Value* a, i64 by, Prim op, Value& out) {
  ARC_FAST_BITS(patch, a[0]);
  const Rect b = rect_of(*patch);
  const i64 ai = b.i0 + by;
  const i64 aj = b.j0 + by;
  const i64 bi = b.i1 - by;
  const i64 bj = b.j1 - by;
  const Rect r{min_of(ai, bi), min_of(aj, bj), max_of(ai, bi), max_of(aj, bj)};
  if (!fits_bits(r)) return Status::fallback;
  return make_outline<R>(ctx, r, op, a, out);
}

ARC_FAST(box) { return box_moved<R>(ctx, a, 0, Prim::box, out); }
ARC_FAST(inbox) { return box_moved<R>(ctx, a, 1, Prim::inbox, out); }
ARC_FAST(outbox) { return box_moved<R>(ctx, a, -1, Prim::outbox, out); }

// All cells of the patch's box.
template <class R>
ARC_HD Status fill_box(Ctx& ctx, const Bits& patch, Bits& bits) {
  const Rect r = rect_of(patch);
  ARC_TRY(ctx.charge(cost::box(r.i0, r.j0, r.i1, r.j1)));
  ARC_TRY(alloc_indices(ctx, r, bits));
  R::fill(bits.rows, columns_mask(bits.w), bits.h);
  return Status::ok;
}

ARC_FAST(backdrop) {
  ARC_FAST_BITS(patch, a[0]);
  Bits bits;
  ARC_TRY(fill_box<R>(ctx, *patch, bits));
  return make_lazy_bits(ctx, bits, u32{bits.h} * bits.w, Prim::backdrop, a, 1, out);
}

ARC_FAST(delta) {
  ARC_FAST_BITS(patch, a[0]);
  Bits bits;
  ARC_TRY(fill_box<R>(ctx, *patch, bits));
  R::bit_andnot(bits.rows, bits.rows, patch->rows, bits.h);
  const u32 count = tighten(bits.rows, bits.i0, bits.j0, bits.h, bits);
  if (count == 0) return make_empty_set(ctx, out);
  return make_lazy_bits(ctx, bits, count, Prim::delta, a, 1, out);
}

ARC_FAST(corners) {
  ARC_FAST_BITS(patch, a[0]);
  Bits bits;
  ARC_TRY(alloc_indices(ctx, rect_of(*patch), bits));
  const u64 ends = u64{1} | (u64{1} << (bits.w - 1));
  R::fill(bits.rows, 0, bits.h);
  bits.rows[0] = ends;
  bits.rows[bits.h - 1] = ends;
  const u32 count = (bits.h > 1 ? 2u : 1u) * (bits.w > 1 ? 2u : 1u);
  return make_lazy_bits(ctx, bits, count, Prim::corners, a, 1, out);
}

// ---- lines ------------------------------------------------------------------------------------

// The line from (ai, aj) to (bi, bj), empty unless it is straight or a diagonal.
template <class R>
ARC_HD Status make_line(Ctx& ctx, i64 ai, i64 aj, i64 bi, i64 bj, Prim op, const Value* a,
                        Value& out) {
  const bool falling = bi - ai == bj - aj;
  const bool rising = bi - ai == aj - bj;
  const bool straight = ai == bi || aj == bj;
  const bool empty = !straight && !falling && !rising;
  const Rect r{min_of(ai, bi), min_of(aj, bj), max_of(ai, bi), max_of(aj, bj)};
  if (!empty && !fits_bits(r)) return Status::fallback;
  ARC_TRY(ctx.charge(ai == bi ? cost::range(r.j0, r.j1 + 1, 1) : cost::range(r.i0, r.i1 + 1, 1)));
  if (empty) return make_empty_set(ctx, out);
  Bits bits;
  ARC_TRY(alloc_indices(ctx, r, bits));
  if (straight) {
    R::fill(bits.rows, columns_mask(bits.w), bits.h);
  } else {
    for (u32 k = 0; k < bits.h; ++k) bits.rows[k] = u64{1} << (falling ? k : bits.h - 1 - k);
  }
  return make_lazy_bits(ctx, bits, max_of<u32>(bits.h, bits.w), op, a, 2, out);
}

ARC_FAST(connect) {
  if (a[0].tag != Tag::pair || a[1].tag != Tag::pair) return Status::fallback;
  return make_line<R>(ctx, a[0].p.a, a[0].p.b, a[1].p.a, a[1].p.b, Prim::connect, a, out);
}

ARC_FAST(shoot) {
  if (a[0].tag != Tag::pair || a[1].tag != Tag::pair) return Status::fallback;
  const i64 i = a[0].p.a;
  const i64 j = a[0].p.b;
  return make_line<R>(ctx, i, j, i + 42 * i64{a[1].p.a}, j + 42 * i64{a[1].p.b}, Prim::shoot, a,
                      out);
}

// Sets `out` to location[k], for k = 0 or 1, if that is an int near enough. What else a location
// holds, a frontier does not look at.
ARC_HD inline bool near_item(const Value& location, u32 k, i32& out) {
  if (ARC_LIKELY(location.tag == Tag::pair)) {
    out = k == 0 ? location.p.a : location.p.b;
    return is_near(out);
  }
  if (location.tag != Tag::tuple || location.tuple->len <= k) return false;
  const Value& item = location.tuple->items()[k];
  if (item.tag != Tag::integer || !is_near(item.i)) return false;
  out = static_cast<i32>(item.i);
  return true;
}

ARC_FAST(hfrontier) {
  i32 i = 0;
  if (!near_item(a[0], 0, i)) return Status::fallback;
  Bits bits;
  ARC_TRY(alloc_indices(ctx, Rect{i, 0, i, 29}, bits));
  R::fill(bits.rows, columns_mask(30), 1);
  return make_lazy_bits(ctx, bits, 30, Prim::hfrontier, a, 1, out);
}

ARC_FAST(vfrontier) {
  i32 j = 0;
  if (!near_item(a[0], 1, j)) return Status::fallback;
  Bits bits;
  ARC_TRY(alloc_indices(ctx, Rect{0, j, 29, j}, bits));
  R::fill(bits.rows, 1, 30);
  return make_lazy_bits(ctx, bits, 30, Prim::vfrontier, a, 1, out);
}

// ---- neighbourhoods ---------------------------------------------------------------------------

// The cells around a location: the three columns of the rows next to it, and of its own.
ARC_HD inline Status make_around(Ctx& ctx, const Value* a, u64 outer, u64 middle, u32 count,
                                 Prim op, Value& out) {
  if (!is_near_pair(a[0])) return Status::fallback;
  const i64 i = a[0].p.a;
  const i64 j = a[0].p.b;
  Bits bits;
  ARC_TRY(alloc_indices(ctx, Rect{i - 1, j - 1, i + 1, j + 1}, bits));
  bits.rows[0] = outer;
  bits.rows[1] = middle;
  bits.rows[2] = outer;
  return make_lazy_bits(ctx, bits, count, op, a, 1, out);
}

ARC_FAST(dneighbors) { return make_around(ctx, a, 2, 5, 4, Prim::dneighbors, out); }
ARC_FAST(ineighbors) { return make_around(ctx, a, 5, 0, 4, Prim::ineighbors, out); }
ARC_FAST(neighbors) { return make_around(ctx, a, 7, 5, 8, Prim::neighbors, out); }

}  // namespace arcbatch::fast
