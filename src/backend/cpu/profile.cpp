// The kernels of a profiled run.
#include "backend/cpu/profile.h"

#include "core/ticks.h"

namespace arcbatch {
namespace {

template <Prim P>
Status profiled(Ctx& ctx, const Value* args, Value& out) {
  PrimProfile& p = ctx.profile[static_cast<u32>(P)];
  p.calls++;
  ctx.asking = static_cast<u32>(P);
  const u64 start = ticks_now();
  const Status status = p.kernel(ctx, args, out);
  p.ticks += ticks_now() - start;
  return status;
}

constexpr FastKernel kProfiled[] = {
#define ARC_PRIMITIVE(ident, name, arity, params, types, ret, kind, family, order, doc) \
  &profiled<Prim::ident>,
#include "primitives/primitives.def"
};

}  // namespace

FastKernels profiling_kernels() { return {nullptr, kProfiled}; }

}  // namespace arcbatch
