// Fast kernels: leaf primitives on the fast forms of values, written once over the Rows
// vocabulary R. A kernel takes the arguments that it has a form for and returns fallback for all
// others; it charges exactly the steps that the generic kernel charges, and never before it has
// decided to take the call. Sets come out with contents and a recipe of their order.
#pragma once

#include "primitives/dispatch.h"
#include "values/dedupe.h"

namespace arcbatch::fast {

template <class R, Prim P>
struct Kernel {
  static constexpr bool kExists = false;
};

// Defines the fast kernel of a primitive: ARC_FAST(fill) { ... } with ctx, a (arguments), out.
#define ARC_FAST(ident)                                             \
  template <class R>                                                \
  struct Kernel<R, Prim::ident> {                                   \
    static constexpr bool kExists = true;                           \
    ARC_HD static Status run(Ctx& ctx, const Value* a, Value& out); \
  };                                                                \
  template <class R>                                                \
  ARC_HD Status Kernel<R, Prim::ident>::run(                        \
      [[maybe_unused]] Ctx& ctx, [[maybe_unused]] const Value* a, [[maybe_unused]] Value& out)

// Colours that fit a grid cell or a bits colour, exactly an int (bools take the generic path).
ARC_HD inline bool is_color(const Value& v) {
  return v.tag == Tag::integer && v.i >= -128 && v.i <= 127;
}

// A grid argument, or fallback.
#define ARC_FAST_GRID(name, value)    \
  GridObj* name = nullptr;            \
  ARC_TRY(as_grid(ctx, value, name)); \
  if (name == nullptr) return Status::fallback

// A non-empty bits argument, or fallback.
#define ARC_FAST_BITS(name, value)    \
  const Bits* name = nullptr;         \
  ARC_TRY(as_bits(ctx, value, name)); \
  if (name == nullptr) return Status::fallback

}  // namespace arcbatch::fast

#include "primitives/fast/fast_container.h"
#include "primitives/fast/fast_grid.h"
#include "primitives/fast/fast_object.h"
#include "primitives/fast/fast_patch.h"
#include "primitives/fast/fast_pattern.h"
#include "primitives/fast/fast_scalar.h"

namespace arcbatch::fast {

// Runs the fast kernel of p over R, or returns fallback.
template <class R>
ARC_HD Status dispatch(Ctx& ctx, Prim p, const Value* args, Value& out) {
  switch (p) {
#define ARC_PRIMITIVE(ident, name, arity, params, types, ret, kind, family, order, doc) \
  case Prim::ident:                                                                     \
    if constexpr (Kernel<R, Prim::ident>::kExists) {                                    \
      return Kernel<R, Prim::ident>::run(ctx, args, out);                               \
    } else {                                                                            \
      return Status::fallback;                                                          \
    }
#include "primitives/primitives.def"
    default: return Status::fallback;
  }
}

}  // namespace arcbatch::fast
