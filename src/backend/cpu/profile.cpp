// The kernels of a profiled run.
#include "backend/cpu/profile.h"

#include <chrono>

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

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

u64 ticks_now() {
#if defined(__x86_64__)
  return __rdtsc();
#elif defined(__aarch64__)
  u64 ticks = 0;
  __asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks));
  return ticks;
#else
  return 0;
#endif
}

double nanoseconds_per_tick() {
  static const double measured = [] {
    using Clock = std::chrono::steady_clock;
    const auto start = Clock::now();
    const u64 first = ticks_now();
    while (Clock::now() - start < std::chrono::milliseconds(2)) {
    }
    const u64 ticks = ticks_now() - first;
    const std::chrono::duration<double, std::nano> passed = Clock::now() - start;
    return ticks == 0 ? 0 : passed.count() / static_cast<double>(ticks);
  }();
  return measured;
}

}  // namespace arcbatch
