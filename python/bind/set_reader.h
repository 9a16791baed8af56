// Reading a frozenset's own hash table, over the struct that CPython's headers declare.
#pragma once

#include <nanobind/nanobind.h>

#include <stdexcept>

#include "values/lazy.h"

namespace arcbatch::python {

// The hash of a slot whose key was removed; no key has it.
inline constexpr Py_hash_t kDummyHash = -1;

// Whether a value from outside is within the limits of nesting and size.
inline Status check_limits(const Ctx& ctx, const Value& v) {
  if (depth_of(v) > ctx.max_depth) return Status::limit_depth;
  return expanded_of(v) > ctx.max_expanded ? Status::limit_size : Status::ok;
}

// Sets `out` to a set with the table of `object`, slot by slot. `convert` is called with a key and
// where its value belongs, and returns a Status. None and functions hash by address, so that their
// places in the table mean nothing to the engine: it refuses to look at the order of such a set.
template <class Convert>
Status read_set(Ctx& ctx, PyObject* object, Convert&& convert, Value& out) {
  const auto* set = reinterpret_cast<const PySetObject*>(object);
  if (set->mask >= Py_ssize_t{1} << 30) return Status::limit_size;
  Table table;
  table.mask = static_cast<u32>(set->mask);
  table.fill = static_cast<u32>(set->fill);
  table.used = static_cast<u32>(set->used);
  ARC_TRY(table_allocate(ctx, table.mask + 1, table.entries));
  for (u32 k = 0; k <= table.mask; ++k) {
    const setentry& from = set->table[k];
    Entry& to = table.entries[k];
    to.hash = from.hash;
    if (from.key == nullptr || from.hash == kDummyHash) continue;
    ARC_TRY(convert(from.key, to.key));
    table.flags = static_cast<u8>(table.flags | flags_of(to.key));
  }
  const bool by_address = (table.flags & kHasAddress) != 0;
  SetBuilder builder;
  if (by_address) ARC_TRY(builder.start(ctx));
  for (u32 k = 0; k <= table.mask; ++k) {
    const Entry& entry = table.entries[k];
    if (!is_active(entry)) continue;
    if (by_address) {
      ARC_TRY(builder.add(ctx, entry.key));
      continue;
    }
    i64 hash = 0;
    ARC_TRY(hash_value(ctx, entry.key, hash));
    if (hash != entry.hash) {
      throw std::runtime_error("arcbatch: this Python hashes values in another way");
    }
  }
  ARC_TRY(by_address ? builder.finish(ctx, out) : make_set(ctx, table, out));
  return check_limits(ctx, out);
}

}  // namespace arcbatch::python
