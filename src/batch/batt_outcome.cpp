// Entries of batt files as data.
#include "batch/batt_outcome.h"

#include <utility>

#include "primitives/tokpidjin/registry.h"
#include "values/print.h"

namespace arcbatch {
namespace {

bool is_special(const Value& v, u32 function) {
  return v.tag == Tag::closure && v.closure->kind == ClosureKind::dialect &&
         v.closure->function == function;
}

// Sets `item` to the repr of any value.
void show(Ctx& ctx, const Value& v, BattItem& item) {
  item.kind = BattItem::Kind::unknown;
  if (is_special(v, tok::kUnknown) || append_repr(ctx, v, item.text) != Status::ok) {
    item.text.clear();
    return;
  }
  item.kind = BattItem::Kind::value;
}

// Ints, bools and texts as they are, anything else as its repr.
void read_item(Ctx& ctx, const Value& v, BattItem& item) {
  if (v.tag == Tag::integer || v.tag == Tag::boolean) {
    item.kind = v.tag == Tag::integer ? BattItem::Kind::integer : BattItem::Kind::boolean;
    item.integer = v.i;
    return;
  }
  show(ctx, v, item);
  if (is_special(v, tok::kTextFunction)) {
    item.kind = BattItem::Kind::text;
    item.text = item.text.substr(1, item.text.size() - 2);  // without quotes
  }
}

}  // namespace

void read_batt_entry(Ctx& ctx, const Value& item, BattEntry& entry) {
  TupleView view;
  entry.items.clear();
  entry.is_tuple = item.is_tuple() && view_tuple(ctx, item, view) == Status::ok;
  if (!entry.is_tuple) {
    read_item(ctx, item, entry.items.emplace_back());
    return;
  }
  entry.items.resize(view.len);
  for (u32 k = 0; k < view.len; ++k) {
    if (k + 1 < view.len) {
      read_item(ctx, view.items[k], entry.items[k]);
    } else {
      show(ctx, view.items[k], entry.items[k]);
    }
  }
}

void read_batt_result(Ctx& ctx, const Value& returned, const Value* expected,
                      BattOutcome& outcome) {
  TupleView lists;
  if (!returned.is_tuple() || view_tuple(ctx, returned, lists) != Status::ok || lists.len != 2 ||
      lists.items[0].tag != Tag::list || lists.items[1].tag != Tag::list) {
    outcome.status = Status::unsupported_construct;
    outcome.reason = "the function does not return two lists";
    return;
  }
  const auto read = [&ctx](const ListObj& list, std::vector<BattEntry>& entries) {
    entries.resize(list.len);
    for (u32 k = 0; k < list.len; ++k) read_batt_entry(ctx, list.items[k], entries[k]);
  };
  const ListObj& o = *lists.items[0].list;
  read(o, outcome.o);
  read(*lists.items[1].list, outcome.s);
  if (expected == nullptr) return;
  outcome.matches.emplace();
  for (u32 k = 0; k < o.len; ++k) {
    TupleView view;
    bool same = false;
    if (!o.items[k].is_tuple() || view_tuple(ctx, o.items[k], view) != Status::ok || view.len < 2) {
      continue;
    }
    if (equal(ctx, view.items[view.len - 1], *expected, same) == Status::ok && same) {
      read_item(ctx, view.items[0], outcome.matches->emplace_back());
    }
  }
}

}  // namespace arcbatch
