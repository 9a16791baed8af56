// From the lists that a batt function returns to a BattOutcome.
#pragma once

#include "batch/batt.h"
#include "values/context.h"
#include "values/value.h"

namespace arcbatch {

// Reads what the function returned. `expected` is the known output, or null.
void read_batt_result(Ctx& ctx, const Value& returned, const Value* expected, BattOutcome& outcome);

// The entry that was appended as `item`.
void read_batt_entry(Ctx& ctx, const Value& item, BattEntry& entry);

}  // namespace arcbatch
