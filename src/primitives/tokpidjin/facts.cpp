// Facts stand where a set that has its table has no use for the arguments of a recipe.
#include "primitives/tokpidjin/facts.h"

#include "primitives/tokpidjin/later.h"

namespace arcbatch::tok {
namespace {

// Beyond the numbers of primitives, which `op` has where there was a recipe.
constexpr u16 kFacts = 0xf000;
constexpr u16 kHasLocations = 1;  // args[0]
constexpr u16 kHasExtents = 2;    // args[1] and args[2], unless they are unset: not all are pairs

bool can_have_facts(const Value& v) { return has_plain_table(v) && v.set->count > 0; }

bool has(const SetObj& s, u16 fact) { return (s.op & kFacts) == kFacts && (s.op & fact) != 0; }

void note(SetObj& s, u16 fact) {
  s.op = static_cast<u16>(((s.op & kFacts) == kFacts ? s.op : kFacts) | fact);
}

}  // namespace

bool extents_of(const Value& indices, Extents& out) {
  if (later::is_made(indices) && indices.set->table == nullptr) {
    const SetObj& s = *indices.set;
    if (s.list[0].tag != Tag::pair) return false;
    out = {{INT32_MAX, INT32_MAX}, {INT32_MIN, INT32_MIN}};
    for (u32 k = 0; k < s.count; ++k) {
      const Location at = s.list[k].p;
      out.low[0] = min_of(out.low[0], at.a);
      out.low[1] = min_of(out.low[1], at.b);
      out.high[0] = max_of(out.high[0], at.a);
      out.high[1] = max_of(out.high[1], at.b);
    }
    return true;
  }
  if (!can_have_facts(indices)) return false;
  SetObj& s = *indices.set;
  if (!has(s, kHasExtents)) {
    note(s, kHasExtents);
    s.args[1] = Value{};
    Extents e{{INT32_MAX, INT32_MAX}, {INT32_MIN, INT32_MIN}};
    for (u64 k = 0; k <= s.table->mask; ++k) {
      const Value& v = s.table->entries[k].key;
      if (v.tag == Tag::unset) continue;
      if (v.tag != Tag::pair) return false;
      e.low[0] = min_of(e.low[0], v.p.a);
      e.low[1] = min_of(e.low[1], v.p.b);
      e.high[0] = max_of(e.high[0], v.p.a);
      e.high[1] = max_of(e.high[1], v.p.b);
    }
    s.args[1] = Value::pair(e.low[0], e.low[1]);
    s.args[2] = Value::pair(e.high[0], e.high[1]);
  }
  if (s.args[1].tag == Tag::unset) return false;
  out = {{s.args[1].p.a, s.args[1].p.b}, {s.args[2].p.a, s.args[2].p.b}};
  return true;
}

bool kept_locations(const Value& object, Value& out) {
  if (later::is_made(object) && object.set->args[3].tag == Tag::set) {
    out = object.set->args[3];
    return true;
  }
  if (!can_have_facts(object) || !has(*object.set, kHasLocations)) return false;
  out = object.set->args[0];
  return true;
}

void keep_locations(const Value& object, const Value& locations) {
  if (later::is_made(object)) {
    object.set->args[3] = locations;
    return;
  }
  if (!can_have_facts(object)) return;
  note(*object.set, kHasLocations);
  object.set->args[0] = locations;
}

}  // namespace arcbatch::tok
