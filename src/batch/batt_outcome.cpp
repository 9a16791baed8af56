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

}  // namespace

// Sets `item` to the repr of any value.
void BattReader::show(Ctx& ctx, const Value& v, BattItem& item) {
  const bool is_container = v.tag == Tag::tuple || v.tag == Tag::grid || v.tag == Tag::set;
  if (is_container) {
    const auto found = shown_.find(v.head);
    if (found != shown_.end()) {
      item = found->second;
      return;
    }
  }
  item.kind = BattItem::Kind::value;
  if (is_special(v, tok::kUnknown) || append_repr(ctx, v, item.text) != Status::ok) {
    item = BattItem{};
  }
  if (is_container) shown_.emplace(v.head, item);
}

// Ints, bools and texts as they are, anything else as its repr.
void BattReader::read_item(Ctx& ctx, const Value& v, BattItem& item) {
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

void BattReader::read(Ctx& ctx, const Value& item, BattEntry& entry, const Value& expected,
                      std::vector<BattItem>* matches) {
  TupleView view;
  entry.is_tuple = item.is_tuple() && view_tuple(ctx, item, view) == Status::ok;
  if (!entry.is_tuple) {
    entry.items.resize(1);
    read_item(ctx, item, entry.items.front());
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
  bool same = false;
  if (matches != nullptr && view.len >= 2 &&
      equal(ctx, view.items[view.len - 1], expected, same) == Status::ok && same) {
    matches->push_back(entry.items.front());
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
  BattReader reader;
  const ListObj& o = *lists.items[0].list;
  const ListObj& s = *lists.items[1].list;
  const Value none = Value::none();
  if (expected != nullptr) outcome.matches.emplace();
  for (u32 k = 0; k < o.len; ++k) {
    reader.read(ctx, o.items[k], outcome.o.emplace_back(), expected == nullptr ? none : *expected,
                expected == nullptr ? nullptr : &*outcome.matches);
  }
  for (u32 k = 0; k < s.len; ++k) {
    reader.read(ctx, s.items[k], outcome.s.emplace_back(), none, nullptr);
  }
}

}  // namespace arcbatch
