// Costs: the steps that a primitive charges beyond the base price of its call, as functions of
// sizes alone, so that the generic and the fast kernels charge the same. The caller of any
// primitive pays 1 + the weights of its arguments; see docs/values-and-order.md.
#pragma once

#include "values/context.h"

namespace arcbatch::cost {

// A product of sizes.
ARC_HD constexpr u64 area(u64 a, u64 b) { return saturating_mul(a, b); }

// Cells in a box given by its inclusive corners; 0 where it is empty.
ARC_HD constexpr u64 box(i64 i0, i64 j0, i64 i1, i64 j1) {
  if (i1 < i0 || j1 < j0) return 0;
  return saturating_mul(static_cast<u64>(i1) - static_cast<u64>(i0) + 1,
                        static_cast<u64>(j1) - static_cast<u64>(j0) + 1);
}

// range(start, stop, step) of a non-zero step.
ARC_HD constexpr u64 range(i64 start, i64 stop, i64 step) {
  if (step > 0) {
    if (stop <= start) return 0;
    return (static_cast<u64>(stop) - static_cast<u64>(start) - 1) / static_cast<u64>(step) + 1;
  }
  if (stop >= start) return 0;
  const u64 stride = ~static_cast<u64>(step) + 1;
  return (static_cast<u64>(start) - static_cast<u64>(stop) - 1) / stride + 1;
}

// The four edges of a box given by its inclusive corners.
ARC_HD constexpr u64 outline(i64 i0, i64 j0, i64 i1, i64 j1) {
  return saturating_mul(2, saturating_add(range(i0, i1, 1), range(j0, j1, 1)));
}

// objects() of a grid: each cell is a candidate a few times.
ARC_HD constexpr u64 objects(u64 h, u64 w) { return saturating_mul(16, saturating_mul(h, w)); }

// partition() of an element of this weight: one scan per colour, free for up to 20 colours.
ARC_HD constexpr u64 partition(u64 colors, u64 weight) {
  return colors > 20 ? saturating_mul(colors, weight) : 0;
}

// occurrences() of an object of n cells. An empty one is still tried at every position.
ARC_HD constexpr u64 occurrences(u64 h, u64 w, u64 n) {
  return saturating_mul(saturating_mul(h, w), n == 0 ? 1 : n);
}

ARC_HD constexpr u64 frontiers(u64 h, u64 w) { return saturating_mul(4, saturating_mul(h, w)); }

// hperiod() and vperiod() of n cells over a width or height.
ARC_HD constexpr u64 period(u64 n, u64 extent) { return saturating_mul(n, extent); }

}  // namespace arcbatch::cost
