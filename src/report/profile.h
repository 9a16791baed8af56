// Profile: what runs cost by primitive and by class of node, as tables and as JSON.
#pragma once

#include <string>

#include "backend/cpu/profile.h"

namespace arcbatch {

// A table of the primitives that were called, those with the most time in their kernels first, and
// their totals; below it, where programs shared their work, one of the classes of nodes.
std::string profile_table(const Profile& profile);

// {"primitives": [{"name", "kind", "calls", "kernel_ns", "orders", "generic"}], "result_orders",
// "total": {...}, "nodes": [{"class", "nodes", "visits", "evaluated", "ns", "bytes", "orders",
// "generic"}]}: calls counts calls, orders the set tables rebuilt for them, generic the calls that
// no fast kernel took; kernel_ns is the time in the fast kernels of a leaf, null for others. A
// node's class is what its value depends on: "literals", "S", "I" or "C"; visits counts the times
// that programs came to one, evaluated those for which it had to be evaluated, bytes the memory
// that values took. "nodes" is empty where no work was shared.
std::string profile_json(const Profile& profile);

}  // namespace arcbatch
