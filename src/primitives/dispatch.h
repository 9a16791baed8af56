// Dispatch: from a primitive's number to its kernels, and the price of a call.
#pragma once

#include "primitives/registry.h"
#include "values/lazy.h"

namespace arcbatch {

// Runs the generic kernel of a leaf primitive; arity is the caller's to check.
ARC_HD Status call_generic(Ctx& ctx, Prim p, const Value* args, Value& out);

// co_argcount of a primitive.
ARC_HD constexpr u32 arity_of(Prim p) {
  switch (p) {
// clang-format off
#define ARC_PRIMITIVE(ident, name, arity, params, types, ret, kind, family, order, doc) \
  case Prim::ident: return arity;
#include "primitives/primitives.def"
      // clang-format on
    default: return 0;
  }
}

static_assert([] {
  for (u32 k = 0; k < kPrimCount; ++k) {
    if (arity_of(static_cast<Prim>(k)) > kMaxLeafArgs) return false;
  }
  return true;
}());

// Whether the evaluator runs the primitive (it calls or makes functions).
ARC_HD constexpr bool is_higher(Prim p) {
  switch (p) {
// clang-format off
#define ARC_PRIMITIVE(ident, name, arity, params, types, ret, kind, family, order, doc) \
  case Prim::ident: return PrimKind::kind == PrimKind::higher;
#include "primitives/primitives.def"
      // clang-format on
    default: return false;
  }
}

// What a bind of a function of so many arguments takes: any count but 2 and 3 gets the lambda of
// three, as in the reference.
ARC_HD inline u32 bound_argcount(u32 argcount) { return argcount == 2 ? 1 : argcount == 3 ? 2 : 3; }

// What a primitive makes that makes functions; false for power, which makes several, and all
// others.
ARC_HD constexpr bool makes_closure(Prim p, ClosureKind& kind) {
  switch (p) {
    case Prim::compose: kind = ClosureKind::compose; return true;
    case Prim::chain: kind = ClosureKind::chain; return true;
    case Prim::matcher: kind = ClosureKind::matcher; return true;
    case Prim::fork: kind = ClosureKind::fork; return true;
    case Prim::rbind: kind = ClosureKind::rbind; return true;
    case Prim::lbind: kind = ClosureKind::lbind; return true;
    default: return false;
  }
}

// The base price of any call: one step and the weights of its arguments.
ARC_HD inline u64 base_cost(const Value* args, u32 n) {
  u64 cost = 1;
  for (u32 k = 0; k < n; ++k) cost = saturating_add(cost, weight_of(args[k]));
  return cost;
}

}  // namespace arcbatch
