// Declarations of every generic leaf kernel, so that kernels can call one another across families.
#pragma once

#include "primitives/cost.h"
#include "primitives/registry.h"
#include "values/ops.h"

namespace arcbatch::generic {

#define ARC_DECL_leaf(ident) ARC_HD Status ident(Ctx& ctx, const Value* a, Value& out);
#define ARC_DECL_higher(ident)
#define ARC_PRIMITIVE(ident, name, arity, params, types, ret, kind, family, order, doc) \
  ARC_DECL_##kind(ident)
#include "primitives/primitives.def"
#undef ARC_DECL_leaf
#undef ARC_DECL_higher

}  // namespace arcbatch::generic
