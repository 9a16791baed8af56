// The table of the fast kernels over R.
#pragma once

#include "backend/cpu/kernel_tables.h"
#include "primitives/fast/fast.h"

namespace arcbatch {
namespace {

Status no_kernel(Ctx&, const Value*, Value&) { return Status::fallback; }

template <class R, Prim P>
constexpr FastKernel kernel_or_none() {
  if constexpr (fast::Kernel<R, P>::kExists) {
    return &fast::Kernel<R, P>::run;
  } else {
    return &no_kernel;
  }
}

template <class R>
constexpr FastKernel kTable[] = {
// clang-format off
#define ARC_PRIMITIVE(ident, name, arity, params, types, ret, kind, family, order, doc) \
  kernel_or_none<R, Prim::ident>(),
#include "primitives/primitives.def"
    // clang-format on
};

template <class R>
FastKernels kernels_of() {
  return {nullptr, kTable<R>};
}

}  // namespace
}  // namespace arcbatch
