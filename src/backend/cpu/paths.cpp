// Names and availability of the kernel paths.
#include "backend/cpu/runner.h"
#include "primitives/fast/fast.h"
#include "primitives/rows/rows_lanes.h"
#include "primitives/rows/rows_scalar.h"
#include "primitives/rows/rows_simd.h"

namespace arcbatch {
namespace {
struct PathName {
  KernelPath path;
  const char* name;
};
constexpr PathName kNames[] = {
    {KernelPath::automatic, "auto"}, {KernelPath::generic, "generic"},
    {KernelPath::scalar, "scalar"},  {KernelPath::simd, "simd"},
    {KernelPath::lanes, "lanes"},
};

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
}  // namespace

bool parse_kernel_path(std::string_view name, KernelPath& path) {
  for (const PathName& p : kNames) {
    if (name == p.name) {
      path = p.path;
      return true;
    }
  }
  return false;
}

const char* kernel_path_name(KernelPath path) {
  for (const PathName& p : kNames) {
    if (path == p.path) return p.name;
  }
  return "?";
}

bool kernel_path_available(KernelPath path) {
  return path != KernelPath::simd || RowsSimd::available();
}

KernelPath resolve_kernel_path(KernelPath path) {
  if (path != KernelPath::automatic) return path;
  return RowsSimd::available() ? KernelPath::simd : KernelPath::scalar;
}

FastKernels fast_kernels(KernelPath path) {
  switch (path) {
    case KernelPath::scalar: return {&fast::dispatch<RowsScalar>, kTable<RowsScalar>};
    case KernelPath::simd: return {&fast::dispatch<RowsSimd>, kTable<RowsSimd>};
    case KernelPath::lanes: return {&fast::dispatch<RowsLanes>, nullptr};
    default: return {};
  }
}

}  // namespace arcbatch
