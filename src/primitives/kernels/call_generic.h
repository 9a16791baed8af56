// From a primitive's number to its generic kernel.
#pragma once

#include "primitives/dispatch.h"
#include "primitives/kernels/generic.h"

namespace arcbatch {

ARC_HD ARC_ONCE Status call_generic(Ctx& ctx, Prim p, const Value* args, Value& out) {
  switch (p) {
// clang-format off
#define ARC_CASE_leaf(ident)                               \
  case Prim::ident: return generic::ident(ctx, args, out);
#define ARC_CASE_higher(ident)                       \
  case Prim::ident:                                        \
    break;
#define ARC_PRIMITIVE(ident, name, arity, params, types, ret, kind, family, order, doc) \
  ARC_CASE_##kind(ident)
#include "primitives/primitives.def"
// clang-format on
#undef ARC_CASE_leaf
#undef ARC_CASE_higher
    default: break;
  }
  return Status::unsupported_construct;
}

}  // namespace arcbatch
