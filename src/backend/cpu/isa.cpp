// Names, availability and kernels of the instruction sets.
#include "backend/cpu/isa.h"

#include "backend/cpu/kernel_tables.h"
#include "primitives/rows/rows_simd.h"

namespace arcbatch {
namespace {

struct Built {
  Isa isa;
  bool (*available)();
  FastKernels (*kernels)();
};

// Best first.
constexpr Built kBuilt[] = {
#if defined(__x86_64__)
    {Isa::avx512, &RowsAvx512::available, &kernels_avx512},
    {Isa::avx2, &RowsAvx2::available, &kernels_avx2},
    {Isa::x86_64_v2, &RowsV2::available, &kernels_v2},
#elif defined(__aarch64__)
    {Isa::neon, &RowsNeon::available, &kernels_neon},
#endif
    {Isa::automatic, nullptr, nullptr},
};

struct IsaName {
  Isa isa;
  const char* name;
};
constexpr IsaName kNames[] = {
    {Isa::automatic, "auto"}, {Isa::x86_64_v2, "x86-64-v2"}, {Isa::avx2, "avx2"},
    {Isa::avx512, "avx512"},  {Isa::neon, "neon"},
};

// The entry of `isa`, of the best for `automatic`; nullptr where it cannot run.
const Built* find(Isa isa) {
  for (const Built& b : kBuilt) {
    if (b.available == nullptr) break;
    if ((isa == Isa::automatic || isa == b.isa) && b.available()) return &b;
  }
  return nullptr;
}

}  // namespace

bool parse_isa(std::string_view name, Isa& isa) {
  for (const IsaName& n : kNames) {
    if (name == n.name) {
      isa = n.isa;
      return true;
    }
  }
  return false;
}

const char* isa_name(Isa isa) {
  for (const IsaName& n : kNames) {
    if (isa == n.isa) return n.name;
  }
  return "?";
}

bool isa_available(Isa isa) { return find(isa) != nullptr; }

Isa resolve_isa(Isa isa) {
  const Built* built = find(isa);
  return built == nullptr ? isa : built->isa;
}

FastKernels vector_kernels(Isa isa) {
  const Built* built = find(isa);
  return built == nullptr ? FastKernels{} : built->kernels();
}

}  // namespace arcbatch
