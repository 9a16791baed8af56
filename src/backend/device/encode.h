// The compact form of a value that leaves a device: what its repr says, in fewer bytes. Writing
// looks at the orders that repr looks at, so it fails where repr fails.
#pragma once

#include "values/ops.h"

namespace arcbatch::device {

// How a value begins.
enum class Code : u8 {
  none,
  no,
  yes,
  integer,    // zigzag
  pair,       // two zigzags
  cell,       // three
  primitive,  // number
  closure,    // ClosureKind
  tuple,      // count, items
  list,       // count, items
  set,        // count, elements in Python's order
  grid,       // h, w, cells by rows
};

// Where bytes go: to the arena, or nowhere, where only the looking counts.
struct Sink {
  bool keep = false;
  u64 largest = 0;    // bytes that may be kept
  bool full = false;  // more than that would have come
  Vec<u8> bytes;

  ARC_HD Status put(Ctx& ctx, u8 byte) {
    if (!keep) return Status::ok;
    if (bytes.size >= largest) {
      full = true;
      keep = false;
      return Status::ok;
    }
    return bytes.push(ctx, byte);
  }
  ARC_HD Status put_code(Ctx& ctx, Code code) { return put(ctx, static_cast<u8>(code)); }
  // Seven bits a byte, the lowest first.
  ARC_HD Status put_count(Ctx& ctx, u64 n) {
    for (; n >= 0x80; n >>= 7) ARC_TRY(put(ctx, static_cast<u8>(n | 0x80)));
    return put(ctx, static_cast<u8>(n));
  }
  ARC_HD Status put_int(Ctx& ctx, i64 n) {
    return put_count(ctx, (static_cast<u64>(n) << 1) ^ static_cast<u64>(n >> 63));
  }
};

ARC_HD inline Status encode(Ctx& ctx, const Value& v, Sink& to);

ARC_HD inline Status encode_items(Ctx& ctx, Code code, const Value* items, u32 n, Sink& to) {
  ARC_TRY(to.put_code(ctx, code));
  ARC_TRY(to.put_count(ctx, n));
  for (u32 k = 0; k < n; ++k) ARC_TRY(encode(ctx, items[k], to));
  return Status::ok;
}

ARC_HD inline Status encode_set(Ctx& ctx, const Value& v, Sink& to) {
  ARC_TRY(to.put_code(ctx, Code::set));
  if (v.set->count == 0) return to.put_count(ctx, 0);
  Iter it;
  ARC_TRY(it.start(ctx, v));
  ARC_TRY(to.put_count(ctx, v.set->count));
  for (Value e; it.next(e);) ARC_TRY(encode(ctx, e, to));
  return Status::ok;
}

// Writes `v`, or returns the status that its repr ends with.
ARC_HD inline Status encode(Ctx& ctx, const Value& v, Sink& to) {
  ARC_CHECK_STACK(ctx);
  switch (v.tag) {
    case Tag::unset: return Status::runtime_error;
    case Tag::none: return to.put_code(ctx, Code::none);
    case Tag::boolean: return to.put_code(ctx, v.i != 0 ? Code::yes : Code::no);
    case Tag::integer: ARC_TRY(to.put_code(ctx, Code::integer)); return to.put_int(ctx, v.i);
    case Tag::cell:
    case Tag::pair:
      ARC_TRY(to.put_code(ctx, v.tag == Tag::cell ? Code::cell : Code::pair));
      if (v.tag == Tag::cell) ARC_TRY(to.put_int(ctx, v.aux));
      ARC_TRY(to.put_int(ctx, v.p.a));
      return to.put_int(ctx, v.p.b);
    case Tag::primitive:
      ARC_TRY(to.put_code(ctx, Code::primitive));
      return to.put_count(ctx, static_cast<u64>(v.i));
    case Tag::closure:
      ARC_TRY(to.put_code(ctx, Code::closure));
      return to.put(ctx, static_cast<u8>(v.closure->kind));
    case Tag::tuple:
      if (order_by_address(v)) return Status::unsupported_order;
      return encode_items(ctx, Code::tuple, v.tuple->items(), v.tuple->len, to);
    case Tag::list: return encode_items(ctx, Code::list, v.list->items, v.list->len, to);
    case Tag::set: return encode_set(ctx, v, to);
    case Tag::grid: {
      const GridObj& g = *v.grid;
      ARC_TRY(to.put_code(ctx, Code::grid));
      ARC_TRY(to.put_count(ctx, g.h));
      ARC_TRY(to.put_count(ctx, g.w));
      const u64 n = u64{g.h} * g.w;
      for (u64 k = 0; k < n && to.keep; ++k) ARC_TRY(to.put(ctx, static_cast<u8>(g.cells()[k])));
      return Status::ok;
    }
    case Tag::triple:
    case Tag::real: return Status::unsupported_construct;  // of a dialect that devices lack
  }
  return Status::runtime_error;
}

}  // namespace arcbatch::device
