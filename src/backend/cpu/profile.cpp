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

std::vector<PrimProfile> empty_profile(const FastKernels& kernels) {
  std::vector<PrimProfile> profile(kPrimCount + 1);
  for (u32 k = 0; k < kPrimCount; ++k) profile[k].kernel = kernels.table[k];
  return profile;
}

void clear_profile(std::vector<PrimProfile>& profile) {
  for (PrimProfile& p : profile) p = PrimProfile{p.kernel};
}

void add_profile(std::vector<PrimProfile>& sum, const std::vector<PrimProfile>& profile) {
  if (sum.size() < profile.size()) sum.resize(profile.size());
  for (std::size_t k = 0; k < profile.size(); ++k) {
    sum[k].calls += profile[k].calls;
    sum[k].generic += profile[k].generic;
    sum[k].orders += profile[k].orders;
    sum[k].ticks += profile[k].ticks;
  }
}

void add_profile(Profile& sum, const Profile& profile) {
  for (u32 k = 0; k < kNodeClasses; ++k) {
    NodeProfile& to = sum.nodes[k];
    const NodeProfile& from = profile.nodes[k];
    to.nodes += from.nodes;
    to.visits += from.visits;
    to.evaluated += from.evaluated;
    to.ticks += from.ticks;
    to.bytes += from.bytes;
    to.orders += from.orders;
    to.generic += from.generic;
  }
  add_profile(sum.primitives, profile.primitives);
}

FastKernels profiling_kernels() { return {nullptr, kProfiled}; }

}  // namespace arcbatch
