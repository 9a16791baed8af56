// Instruction sets that the vector kernels are built for.
#pragma once

#include <string>
#include <string_view>

#include "backend/execution.h"

namespace arcbatch {

enum class Isa : u8 { automatic, x86_64_v2, avx2, avx512, neon };

// Sets `isa` from "auto", "x86-64-v2", "avx2", "avx512" or "neon"; false for other names.
bool parse_isa(std::string_view name, Isa& isa);
const char* isa_name(Isa isa);

// Whether this program has kernels for the set and this machine its instructions. `automatic` is
// available where any set is, and stands for the best of them.
bool isa_available(Isa isa);
Isa resolve_isa(Isa isa);

// The vector kernels of an available set.
FastKernels vector_kernels(Isa isa);

}  // namespace arcbatch
