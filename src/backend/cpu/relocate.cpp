// Copies by form. Recursion follows the nesting of values, which the depth limit bounds.
#include "backend/cpu/relocate.h"

#include <cstring>

#include "values/lazy.h"
#include "values/pending.h"

namespace arcbatch {

Status Relocator::copy(const Value& v, Value& out) {
  if (v.tag < Tag::tuple && v.tag != Tag::closure) {
    out = v;
    return Status::ok;
  }
  switch (v.tag) {
    case Tag::tuple:
    case Tag::grid:
    case Tag::set:
    case Tag::closure: break;
    default: return Status::unsupported_construct;
  }
  const auto known = copied_.find(v.head);
  if (known != copied_.end()) {
    out = known->second;
    return Status::ok;
  }
  switch (v.tag) {
    case Tag::tuple: ARC_TRY(copy_tuple(v, out)); break;
    case Tag::grid: ARC_TRY(copy_grid(*v.grid, out)); break;
    case Tag::set: ARC_TRY(copy_set(*v.set, out)); break;
    default: ARC_TRY(copy_closure(*v.closure, out)); break;
  }
  copied_.emplace(v.head, out);
  return Status::ok;
}

Status Relocator::copy_tuple(const Value& v, Value& out) {
  Value listed = v;
  if (is_pending(listed)) ARC_TRY(list_pending(from_, listed));
  const TupleObj& from = *listed.tuple;
  if (from.grid_state == Tri::yes && from.grid != nullptr) return copy_grid(*from.grid, out);
  TupleObj* to = nullptr;
  ARC_TRY(alloc_tuple(to_, from.len, to));
  for (u32 k = 0; k < from.len; ++k) ARC_TRY(copy(from.items()[k], to->items()[k]));
  seal_tuple(to);
  to->flags = static_cast<u8>(to->flags | (from.flags & kUnordered));
  if (from.hash_known && (from.flags & kHasAddress) == 0) {
    to->hash = from.hash;
    to->hash_known = true;
  }
  to->grid_state = from.grid_state == Tri::no ? Tri::no : Tri::unknown;
  out = Value::of(to);
  return Status::ok;
}

Status Relocator::copy_grid(const GridObj& from, Value& out) {
  GridObj* to = nullptr;
  ARC_TRY(make_grid(to_, from.h, from.w, to));
  *to = from;
  to->tuple = nullptr;
  std::memcpy(to->cells(), from.cells(), u64{from.h} * from.w);
  out = Value::of(to);
  return Status::ok;
}

Status Relocator::copy_bits(const Bits& from, Bits& out) {
  ARC_TRY(blank_bits(to_, from.i0, from.j0, from.h, from.w, from.kind, from.color, out));
  std::memcpy(out.rows, from.rows, u64{from.h} * sizeof(u64));
  if (out.colors != nullptr) std::memcpy(out.colors, from.colors, u64{from.h} * from.w);
  return Status::ok;
}

Status Relocator::copy_table(const Table& from, Table*& out) {
  out = to_.make<Table>();
  ARC_ALLOC(out);
  *out = from;
  ARC_TRY(table_allocate(to_, from.mask + 1, out->entries));
  for (u64 k = 0; k <= from.mask; ++k) {
    out->entries[k].hash = from.entries[k].hash;
    if (is_active(from.entries[k])) ARC_TRY(copy(from.entries[k].key, out->entries[k].key));
  }
  return Status::ok;
}

// Functions hash by address, and the copies have other addresses.
Status Relocator::copy_keys_anew(const Value& v, Table*& out) {
  out = to_.make<Table>();
  ARC_ALLOC(out);
  ARC_TRY(table_init(to_, *out));
  Iter it;
  ARC_TRY(it.start_unordered(from_, v));
  for (Value e; it.next(e);) {
    Value key;
    ARC_TRY(copy(e, key));
    ARC_TRY(table_add(to_, *out, key));
  }
  return Status::ok;
}

Status Relocator::copy_set(SetObj& from, Value& out) {
  const Value v = Value::of(&from);
  Table* table = nullptr;
  if ((from.flags & kHasAddress) != 0) {
    ARC_TRY(copy_keys_anew(v, table));
  } else {
    ARC_TRY(force_order(from_, &from));
    ARC_TRY(copy_table(*from.table, table));
  }
  SetObj* to = blank_set(to_);
  ARC_ALLOC(to);
  to->count = from.count;
  to->depth = from.depth;
  to->weight = from.weight;
  to->expanded = from.expanded;
  to->flags = from.flags;
  to->table = table;
  if ((from.flags & kHasAddress) == 0) {
    to->hash = from.hash;
    to->hash_known = from.hash_known;
  }
  // Strips are made again when they are asked for.
  to->bits_state = from.strips != nullptr ? Tri::unknown : from.bits_state;
  if (to->bits_state == Tri::yes) ARC_TRY(copy_bits(from.bits, to->bits));
  out = Value::of(to);
  return Status::ok;
}

Status Relocator::copy_closure(const ClosureObj& from, Value& out) {
  auto* to = to_.make<ClosureObj>();
  ARC_ALLOC(to);
  *to = from;
  if (from.capture_count != 0) return Status::unsupported_construct;
  for (u32 k = 0; k < 3; ++k) ARC_TRY(copy(from.args[k], to->args[k]));
  out = Value::of(to);
  return Status::ok;
}

}  // namespace arcbatch
