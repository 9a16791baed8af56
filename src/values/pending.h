// Pending tuples: concatenations of sets of cells that are not listed until somebody looks.
#pragma once

#include "values/lazy.h"

namespace arcbatch {

ARC_HD inline bool is_pending(const Value& v) {
  return v.tag == Tag::tuple && (v.tuple->flags & kPending) != 0;
}

// Sets `out` to the pending tuple of the elements of sets[0..n), or returns fallback where these
// are not all sets in bit rows and of one kind, or hold nothing. `sets` must outlive the run.
ARC_HD inline Status make_pending(Ctx& ctx, const Value* sets, u32 n, Value& out) {
  u64 len = 0;
  u32 depth = 0;
  u64 weight = 0;
  u64 expanded = 1;
  bool indices = false;
  for (u32 k = 0; k < n; ++k) {
    if (sets[k].tag != Tag::set) return Status::fallback;
    if (sets[k].set->count == 0) continue;
    Boxes boxes;
    ARC_TRY(as_boxes(ctx, sets[k], boxes));
    if (boxes.count == 0) return Status::fallback;
    const bool are_indices = boxes.bits[0].kind == BitsKind::indices;
    if (len == 0) indices = are_indices;
    if (indices != are_indices) return Status::fallback;
    const Head& head = *sets[k].head;
    len += head.len;
    depth = max_of(depth, head.depth);
    weight += head.weight;
    expanded = saturating_add(expanded, head.expanded - 1);
  }
  if (len == 0 || len > 0x7fffffffu) return Status::fallback;
  TupleObj* t = ctx.make<TupleObj>(1, sizeof(Parts));
  ARC_ALLOC(t);
  t->len = static_cast<u32>(len);
  t->depth = depth;
  t->weight = weight;
  t->expanded = expanded;
  t->hash = 0;
  t->flags = kPending;
  t->hash_known = false;
  t->grid_state = Tri::no;
  t->order_depth = 0;
  t->grid = nullptr;
  *t->parts() = Parts{sets, n, nullptr};
  out = Value::of(t);
  return Status::ok;
}

// Puts the listed tuple in place of a pending one.
ARC_HD inline Status list_pending(Ctx& ctx, Value& v) {
  Parts& parts = *v.tuple->parts();
  if (parts.listed == nullptr) {
    TupleObj* t = nullptr;
    ARC_TRY(alloc_tuple(ctx, v.tuple->len, t));
    Value* to = t->items();
    for (u32 k = 0; k < parts.count; ++k) {
      Iter it;
      ARC_TRY(it.start(ctx, parts.sets[k]));
      while (it.next(*to)) ++to;
    }
    seal_tuple(t);
    parts.listed = t;
  }
  v = Value::of(parts.listed);
  return Status::ok;
}

// Whether the fast kernel of a primitive takes a pending tuple as its last argument.
ARC_HD constexpr bool takes_pending(Prim p) {
  return p == Prim::fill || p == Prim::paint || p == Prim::underfill || p == Prim::underpaint ||
         p == Prim::cover;
}

// The sets of cells that a value stands for where order does not matter: a set itself, or the
// parts of a pending tuple.
struct PatchList {
  const Value* sets = nullptr;
  u32 count = 0;
};
ARC_HD inline PatchList patches_of(const Value& v) {
  if (is_pending(v)) return {v.tuple->parts()->sets, v.tuple->parts()->count};
  return {&v, 1u};
}

}  // namespace arcbatch
