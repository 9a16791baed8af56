// Fast kernels of the patch family on bit rows, with shift, normalize, recolor and toindices.
// Here the shared helpers, what changes only the frame of a patch, and what reads its box.
#pragma once

#include "primitives/fast/fast.h"

namespace arcbatch::fast {

// Results farther out than this are left to the generic kernels, whose integers do not wrap.
inline constexpr i64 kMaxCoordinate = 1'000'000;

ARC_HD constexpr bool is_near(i64 n) { return n >= -kMaxCoordinate && n <= kMaxCoordinate; }

// A location whose neighbourhood has the bits form.
ARC_HD inline bool is_near_pair(const Value& v) {
  return v.tag == Tag::pair && is_near(v.p.a) && is_near(v.p.b);
}

// The lowest w columns, 1 <= w <= 64.
ARC_HD constexpr u64 columns_mask(u32 w) { return ~u64{0} >> (64 - w); }

// The columns of `row` moved up by any number, those outside of 64 dropped.
ARC_HD constexpr u64 move_columns(u64 row, i64 by) {
  if (by >= 64 || by <= -64) return 0;
  return by >= 0 ? row << by : row >> -by;
}

ARC_HD inline i64 last_row(const Bits& b) { return i64{b.i0} + b.h - 1; }
ARC_HD inline i64 last_column(const Bits& b) { return i64{b.j0} + b.w - 1; }

// ---- frames -----------------------------------------------------------------------------------

ARC_FAST(toindices) {
  ARC_FAST_BITS(patch, a[0]);
  const u32 count = a[0].set->count;
  if (patch->kind == BitsKind::indices) {
    out = a[0];
    return Status::ok;
  }
  Bits bits = *patch;
  bits.kind = BitsKind::indices;
  bits.color = 0;
  bits.colors = nullptr;
  return make_lazy_bits(ctx, bits, count, Prim::toindices, a, 1, out);
}

ARC_FAST(recolor) {
  if (a[1].tag == Tag::set && a[1].set->count == 0) return make_empty_set(ctx, out);
  if (!is_color(a[0])) return Status::fallback;
  ARC_FAST_BITS(patch, a[1]);
  Bits bits = *patch;
  bits.kind = BitsKind::unicolor;
  bits.color = static_cast<i8>(a[0].i);
  bits.colors = nullptr;
  return make_lazy_bits(ctx, bits, a[1].set->count, Prim::recolor, a, 2, out);
}

ARC_FAST(shift) {
  if (a[1].tag != Tag::pair) return Status::fallback;
  ARC_FAST_BITS(patch, a[0]);
  const i64 i0 = i64{patch->i0} + a[1].p.a;
  const i64 j0 = i64{patch->j0} + a[1].p.b;
  if (!is_near(i0) || !is_near(j0)) return Status::fallback;
  Bits bits = *patch;
  bits.i0 = static_cast<i32>(i0);
  bits.j0 = static_cast<i32>(j0);
  return make_lazy_bits(ctx, bits, a[0].set->count, Prim::shift, a, 2, out);
}

ARC_FAST(normalize) {
  ARC_FAST_BITS(patch, a[0]);
  Bits bits = *patch;
  bits.i0 = 0;
  bits.j0 = 0;
  return make_lazy_bits(ctx, bits, a[0].set->count, Prim::normalize, a, 1, out);
}

// ---- the box ----------------------------------------------------------------------------------

ARC_FAST(uppermost) {
  ARC_FAST_BITS(patch, a[0]);
  out = Value::integer(patch->i0);
  return Status::ok;
}

ARC_FAST(lowermost) {
  ARC_FAST_BITS(patch, a[0]);
  out = Value::integer(last_row(*patch));
  return Status::ok;
}

ARC_FAST(leftmost) {
  ARC_FAST_BITS(patch, a[0]);
  out = Value::integer(patch->j0);
  return Status::ok;
}

ARC_FAST(rightmost) {
  ARC_FAST_BITS(patch, a[0]);
  out = Value::integer(last_column(*patch));
  return Status::ok;
}

ARC_FAST(ulcorner) {
  ARC_FAST_BITS(patch, a[0]);
  out = Value::pair(patch->i0, patch->j0);
  return Status::ok;
}

ARC_FAST(urcorner) {
  ARC_FAST_BITS(patch, a[0]);
  out = Value::pair(patch->i0, static_cast<i32>(last_column(*patch)));
  return Status::ok;
}

ARC_FAST(llcorner) {
  ARC_FAST_BITS(patch, a[0]);
  out = Value::pair(static_cast<i32>(last_row(*patch)), patch->j0);
  return Status::ok;
}

ARC_FAST(lrcorner) {
  ARC_FAST_BITS(patch, a[0]);
  out = Value::pair(static_cast<i32>(last_row(*patch)), static_cast<i32>(last_column(*patch)));
  return Status::ok;
}

ARC_FAST(center) {
  ARC_FAST_BITS(patch, a[0]);
  out = Value::pair(patch->i0 + patch->h / 2, patch->j0 + patch->w / 2);
  return Status::ok;
}

ARC_FAST(vline) {
  ARC_FAST_BITS(patch, a[0]);
  out = Value::boolean(patch->h == a[0].set->count && patch->w == 1);
  return Status::ok;
}

ARC_FAST(hline) {
  ARC_FAST_BITS(patch, a[0]);
  out = Value::boolean(patch->w == a[0].set->count && patch->h == 1);
  return Status::ok;
}

ARC_FAST(bordering) {
  ARC_FAST_BITS(patch, a[0]);
  ARC_FAST_GRID(grid, a[1]);
  out = Value::boolean(patch->i0 == 0 || patch->j0 == 0 || last_row(*patch) == i64{grid->h} - 1 ||
                       last_column(*patch) == i64{grid->w} - 1);
  return Status::ok;
}

}  // namespace arcbatch::fast

#include "primitives/fast/fast_patch_box.h"
#include "primitives/fast/fast_patch_mirror.h"
#include "primitives/fast/fast_patch_relation.h"
