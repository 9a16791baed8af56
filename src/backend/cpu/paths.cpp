// Names and availability of the kernel paths.
#include "backend/cpu/kernel_table.h"
#include "backend/cpu/runner.h"
#include "primitives/rows/rows_lanes.h"
#include "primitives/rows/rows_scalar.h"

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
  return path != KernelPath::simd || isa_available(Isa::automatic);
}

KernelPath resolve_kernel_path(KernelPath path) {
  if (path != KernelPath::automatic) return path;
  return isa_available(Isa::automatic) ? KernelPath::simd : KernelPath::scalar;
}

FastKernels fast_kernels(KernelPath path, Isa isa) {
  switch (path) {
    case KernelPath::scalar: return kernels_of<RowsScalar>();
    case KernelPath::simd: return vector_kernels(isa);
    case KernelPath::lanes: return framed_kernels(path);
    default: return {};
  }
}

FastKernels framed_kernels(KernelPath path) {
  switch (path) {
    case KernelPath::scalar: return {&fast::dispatch<RowsScalar>, nullptr};
    case KernelPath::lanes: return {&fast::dispatch<RowsLanes>, nullptr};
    default: return {};
  }
}

}  // namespace arcbatch
