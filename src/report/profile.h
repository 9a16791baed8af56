// Profile: what runs cost by primitive, as a table and as JSON.
#pragma once

#include <string>
#include <vector>

#include "values/context.h"

namespace arcbatch {

// Adds one profile to another, which may be empty.
void add_profile(std::vector<PrimProfile>& sum, const std::vector<PrimProfile>& profile);

// A table of the primitives that were called, those with the most time in their kernels first, and
// their totals. `profile` is as Runner::take_profile() gives it.
std::string profile_table(const std::vector<PrimProfile>& profile);

// {"primitives": [{"name", "kind", "calls", "kernel_ns", "orders", "generic"}], "result_orders",
// "total": {...}}: calls counts calls, orders the set tables rebuilt for them, generic the calls
// that no fast kernel took; kernel_ns is the time in the fast kernels of a leaf, null for others.
std::string profile_json(const std::vector<PrimProfile>& profile);

}  // namespace arcbatch
