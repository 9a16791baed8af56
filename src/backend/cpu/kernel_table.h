// The table of the fast kernels over R.
#pragma once

#include <string_view>

#include "backend/cpu/kernel_tables.h"
#include "primitives/dispatch.h"
#include "primitives/fast/fast.h"
#include "values/build.h"

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

constexpr std::string_view family_of(Prim p) {
  switch (p) {
    // clang-format off
#define ARC_PRIMITIVE(ident, name, arity, params, types, ret, kind, family, order, doc) \
    case Prim::ident: return #family;
#include "primitives/primitives.def"
    // clang-format on
    default: return "";
  }
}

// The kernel in a loop over columns. It is the compiler's to put the one into the other: that is
// what there is to gain, so only primitives whose kernels are a few instructions have one.
template <class R, Prim P>
Status run_column(Ctx& ctx, const Column* args, u32 n, Value* out) {
  constexpr u32 kArity = arity_of(P);
  const Value* at[kArity];
  u64 strides[kArity];
  for (u32 j = 0; j < kArity; ++j) {
    at[j] = args[j].data;
    strides[j] = args[j].stride;
  }
  for (const Value* const end = out + n; out != end; ++out) {
    Value a[kArity];
    for (u32 j = 0; j < kArity; ++j) a[j] = *at[j];
    const Status status = fast::Kernel<R, P>::run(ctx, a, *out);
    if (ARC_UNLIKELY(status != Status::ok)) {
      if (status != Status::fallback) return status;
      // Others than those that the kernel gets, so that those need not be in memory.
      Value again[kArity];
      for (u32 j = 0; j < kArity; ++j) again[j] = *at[j];
      ctx.generic_calls++;
      ARC_TRY(call_generic(ctx, P, again, *out));
    }
    ARC_TRY(check_result(ctx, *out));
    for (u32 j = 0; j < kArity; ++j) at[j] += strides[j];
  }
  return Status::ok;
}

template <class R, Prim P>
constexpr ColumnKernel column_or_none() {
  constexpr std::string_view kFamily = family_of(P);
  constexpr bool kShort = kFamily == "arithmetic" || P == Prim::identity || P == Prim::first ||
                          P == Prim::last || P == Prim::equality || P == Prim::astuple;
  if constexpr (kShort && fast::Kernel<R, P>::kExists) {
    return &run_column<R, P>;
  } else {
    return nullptr;
  }
}

template <class R>
constexpr ColumnKernel kColumns[] = {
// clang-format off
#define ARC_PRIMITIVE(ident, name, arity, params, types, ret, kind, family, order, doc) \
  column_or_none<R, Prim::ident>(),
#include "primitives/primitives.def"
    // clang-format on
};

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
  return {nullptr, kTable<R>, kColumns<R>};
}

}  // namespace
}  // namespace arcbatch
