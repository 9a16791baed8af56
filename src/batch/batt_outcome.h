// From what a batt function appended to its lists to a BattOutcome.
#pragma once

#include <unordered_map>

#include "batch/batt.h"
#include "values/context.h"
#include "values/value.h"

namespace arcbatch {

// Reads entries, and remembers how containers were shown as long as they live.
class BattReader {
 public:
  // Forgets all containers.
  void clear() { shown_.clear(); }

  // Reads what was appended as `item`. Adds its first item to `matches`, unless that is null, where
  // its last one equals `expected`.
  void read(Ctx& ctx, const Value& item, BattEntry& entry, const Value& expected,
            std::vector<BattItem>* matches);

 private:
  void show(Ctx& ctx, const Value& v, BattItem& item);
  void read_item(Ctx& ctx, const Value& v, BattItem& item);

  std::unordered_map<const Head*, BattItem> shown_;
};

// Reads what the function returned. `expected` is the known output, or null.
void read_batt_result(Ctx& ctx, const Value& returned, const Value* expected, BattOutcome& outcome);

}  // namespace arcbatch
