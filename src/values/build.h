// Construction of values: tuples, grids and sets with their derived facts, and the checks that
// keep every result inside the logical budget.
#pragma once

#include "values/context.h"
#include "values/set_table.h"
#include "values/value.h"

namespace arcbatch {

// ---- measures, the same for every form of a value -------------------------------------------

// len(v) of a container, 0 for anything else.
ARC_HD inline u32 len_of(const Value& v) {
  switch (v.tag) {
    case Tag::pair:
    case Tag::cell: return 2;
    case Tag::triple: return 3;
    case Tag::tuple:
    case Tag::grid:
    case Tag::set: return v.head->len;
    default: return 0;
  }
}

// Elements plus elements of elements: the measure that steps and bytes are charged by.
ARC_HD inline u64 weight_of(const Value& v) {
  switch (v.tag) {
    case Tag::pair: return 2;
    case Tag::cell: return 4;
    case Tag::triple: return 3;
    case Tag::tuple:
    case Tag::grid:
    case Tag::set: return v.head->weight;
    default: return 0;
  }
}

ARC_HD inline u32 depth_of(const Value& v) {
  switch (v.tag) {
    case Tag::pair:
    case Tag::triple: return 1;
    case Tag::cell: return 2;
    case Tag::tuple:
    case Tag::grid:
    case Tag::set: return v.head->depth;
    default: return 0;
  }
}

ARC_HD inline u64 expanded_of(const Value& v) {
  switch (v.tag) {
    case Tag::pair: return 3;
    case Tag::cell: return 5;
    case Tag::triple: return 4;
    case Tag::tuple:
    case Tag::grid:
    case Tag::set: return v.head->expanded;
    default: return 1;
  }
}

ARC_HD inline u8 flags_of(const Value& v) {
  switch (v.tag) {
    case Tag::none: return kHasAddress;
    case Tag::primitive:
    case Tag::closure: return kHasFunction | kHasAddress;
    // What an unordered tuple shows of its order, a container of it shows too.
    case Tag::tuple: return static_cast<u8>(v.tuple->flags & ~kUnordered);
    case Tag::set: return v.set->flags;
    case Tag::real: return v.head->flags;
    default: return 0;
  }
}

// Recipes that a replay of v's order would run below one another.
ARC_HD inline u16 order_depth_of(const Value& v) {
  if (v.tag == Tag::set) return v.set->order_depth;
  if (v.tag == Tag::tuple) return v.tuple->order_depth;
  return 0;
}

// weight_of() of a tag below `tuple`, without a branch.
ARC_HD constexpr u32 inline_weight(Tag tag) {
  constexpr u64 weights = u64{2} << (4 * static_cast<u32>(Tag::pair)) |
                          u64{4} << (4 * static_cast<u32>(Tag::cell)) |
                          u64{3} << (4 * static_cast<u32>(Tag::triple));
  return static_cast<u32>(weights >> (4 * static_cast<u32>(tag))) & 0xf;
}

// Pays for a finished result and refuses values nested or expanded past the limits.
ARC_HD ARC_INLINE Status check_result(Ctx& ctx, const Value& v) {
  u64 weight = 0;
  if (v.tag >= Tag::tuple) {
    const Head& head = *v.head;
    if (ARC_UNLIKELY(head.depth > ctx.max_depth)) return Status::limit_depth;
    if (ARC_UNLIKELY(head.expanded > ctx.max_expanded)) return Status::limit_size;
    weight = head.weight;  // below head.expanded, so far from overflowing
  } else {
    if (ARC_UNLIKELY(ctx.max_depth < 2 && v.tag >= Tag::pair)) return Status::limit_depth;
    weight = inline_weight(v.tag);
  }
  const i64 cost = static_cast<i64>(48 + 16 * weight);
  if (ARC_UNLIKELY(ctx.bytes < cost)) {
    ctx.bytes = 0;
    return Status::limit_bytes;
  }
  ctx.bytes -= cost;
  return Status::ok;
}

// ---- tuples -----------------------------------------------------------------------------------

ARC_HD inline bool fits_i32(i64 n) { return n >= INT32_MIN && n <= INT32_MAX; }

// Allocates a tuple of n items for the caller to fill and seal_tuple().
ARC_HD inline Status alloc_tuple(Ctx& ctx, u64 n, TupleObj*& out) {
  if (n > 0x7fffffffu) return Status::limit_size;
  out = ctx.make<TupleObj>(1, n * sizeof(Value));
  ARC_ALLOC(out);
  out->len = static_cast<u32>(n);
  return Status::ok;
}

// Derives depth, weight, size and flags from the items.
ARC_HD inline void seal_tuple(TupleObj* t) {
  u32 depth = 0;
  u64 weight = t->len;
  u64 expanded = 1;
  u8 flags = 0;
  u16 order_depth = 0;
  const Value* items = t->items();
  for (u32 k = 0; k < t->len; ++k) {
    if (items[k].tag == Tag::integer || items[k].tag == Tag::boolean) {
      expanded++;
      continue;
    }
    depth = max_of(depth, depth_of(items[k]));
    weight += len_of(items[k]);
    expanded = saturating_add(expanded, expanded_of(items[k]));
    flags = static_cast<u8>(flags | flags_of(items[k]));
    order_depth = max_of(order_depth, order_depth_of(items[k]));
  }
  t->order_depth = order_depth;
  t->depth = depth + 1;
  t->weight = weight;
  t->expanded = expanded;
  t->hash = 0;
  t->flags = flags;
  t->hash_known = false;
  t->grid_state = Tri::unknown;
  t->grid = nullptr;
}

// seal_tuple() of ints only.
ARC_HD inline void seal_row(TupleObj* t) {
  t->order_depth = 0;
  t->depth = 1;
  t->weight = t->len;
  t->expanded = u64{1} + t->len;
  t->hash = 0;
  t->flags = 0;
  t->hash_known = false;
  t->grid_state = Tri::no;
  t->grid = nullptr;
}

// tuple(items): pairs and cells take their inline form.
ARC_HD inline Status make_tuple(Ctx& ctx, const Value* items, u64 n, Value& out) {
  if (n == 2 && items[0].tag == Tag::integer && fits_i32(items[0].i)) {
    if (items[1].tag == Tag::integer && fits_i32(items[1].i)) {
      out = Value::pair(static_cast<i32>(items[0].i), static_cast<i32>(items[1].i));
      return Status::ok;
    }
    if (items[1].tag == Tag::pair) {
      out = Value::cell(static_cast<i32>(items[0].i), items[1].p.a, items[1].p.b);
      return Status::ok;
    }
  }
  if (n == 0 && ctx.empty_tuple != nullptr) {
    out = Value::of(ctx.empty_tuple);
    return Status::ok;
  }
  TupleObj* t = nullptr;
  ARC_TRY(alloc_tuple(ctx, n, t));
  Value* to = t->items();
  for (u64 k = 0; k < n; ++k) to[k] = items[k];
  seal_tuple(t);
  if (n == 0) ctx.empty_tuple = t;
  out = Value::of(t);
  return Status::ok;
}

ARC_HD inline Status make_tuple2(Ctx& ctx, const Value& a, const Value& b, Value& out) {
  const Value items[2] = {a, b};
  return make_tuple(ctx, items, 2, out);
}

ARC_HD inline Status make_empty_tuple(Ctx& ctx, Value& out) {
  return make_tuple(ctx, nullptr, 0, out);
}

// ---- grids ------------------------------------------------------------------------------------

// Sets what follows from the size of a grid.
ARC_HD inline void measure_grid(GridObj* g, u64 h, u64 w) {
  g->h = static_cast<u32>(h);
  g->w = static_cast<u32>(w);
  g->depth = 2;
  g->weight = h * (w + 1);
  g->expanded = 1 + h * (w + 1);
}

// Allocates an h x w grid (both at least 1) with undefined cells.
ARC_HD inline Status make_grid(Ctx& ctx, u64 h, u64 w, GridObj*& out) {
  if (h > 0xffffff || w > 0xffffff) return Status::limit_size;
  out = ctx.make<GridObj>(1, h * w + kGridPadding);
  ARC_ALLOC(out);
  measure_grid(out, h, w);
  out->flags = 0;
  out->tuple = nullptr;
  out->hash = 0;
  out->hash_known = false;
  out->mostcommon_state = 0;
  out->mostcommon = 0;
  return Status::ok;
}

// Sets `t` to the grid as a tuple of row tuples (made once).
ARC_HD inline Status grid_tuple(Ctx& ctx, GridObj* g, TupleObj*& t) {
  if (g->tuple != nullptr) {
    t = g->tuple;
    return Status::ok;
  }
  TupleObj* rows = nullptr;
  ARC_TRY(alloc_tuple(ctx, g->h, rows));
  const i8* cells = g->cells();
  for (u32 i = 0; i < g->h; ++i) {
    Value& row = rows->items()[i];
    const i8* line = cells + u64{i} * g->w;
    if (g->w == 2) {
      row = Value::pair(line[0], line[1]);
      continue;
    }
    TupleObj* r = nullptr;
    ARC_TRY(alloc_tuple(ctx, g->w, r));
    for (u32 j = 0; j < g->w; ++j) r->items()[j] = Value::integer(line[j]);
    seal_row(r);
    row = Value::of(r);
  }
  seal_tuple(rows);
  rows->grid_state = Tri::yes;
  rows->grid = g;
  g->tuple = rows;
  t = rows;
  return Status::ok;
}

ARC_HD inline Status derive_grid(Ctx& ctx, TupleObj* t, GridObj*& g);

// Sets `g` to v's grid form, or to nullptr where v is not a grid. Cached on tuples.
ARC_HD ARC_INLINE Status as_grid(Ctx& ctx, const Value& v, GridObj*& g) {
  g = nullptr;
  if (ARC_LIKELY(v.tag == Tag::grid)) {
    g = v.grid;
    return Status::ok;
  }
  if (v.tag != Tag::tuple) return Status::ok;
  if (v.tuple->grid_state != Tri::unknown) {
    g = v.tuple->grid;
    return Status::ok;
  }
  return derive_grid(ctx, v.tuple, g);
}

// as_grid() of a tuple that has not been asked before.
ARC_HD inline Status derive_grid(Ctx& ctx, TupleObj* t, GridObj*& g) {
  t->grid_state = Tri::no;
  if (t->len == 0 || (t->flags & kUnordered) != 0) return Status::ok;
  const u32 w = len_of(t->items()[0]);
  if (w == 0) return Status::ok;
  for (u32 i = 0; i < t->len; ++i) {
    const Value& row = t->items()[i];
    if (row.tag == Tag::pair) {
      if (w != 2 || row.p.a < -128 || row.p.a > 127 || row.p.b < -128 || row.p.b > 127) {
        return Status::ok;
      }
      continue;
    }
    if (row.tag == Tag::triple) {
      if (w != 3 || row.p.a < -128 || row.p.a > 127 || row.p.b < -128 || row.p.b > 127 ||
          row.aux < -128 || row.aux > 127) {
        return Status::ok;
      }
      continue;
    }
    if (row.tag != Tag::tuple || row.tuple->len != w) return Status::ok;
    for (u32 j = 0; j < w; ++j) {
      const Value& cell = row.tuple->items()[j];
      if (cell.tag != Tag::integer || cell.i < -128 || cell.i > 127) return Status::ok;
    }
  }
  GridObj* made = nullptr;
  ARC_TRY(make_grid(ctx, t->len, w, made));
  i8* to = made->cells();
  for (u32 i = 0; i < t->len; ++i) {
    const Value& row = t->items()[i];
    if (row.tag == Tag::pair || row.tag == Tag::triple) {
      *to++ = static_cast<i8>(row.p.a);
      *to++ = static_cast<i8>(row.p.b);
      if (row.tag == Tag::triple) *to++ = static_cast<i8>(row.aux);
      continue;
    }
    for (u32 j = 0; j < w; ++j) *to++ = static_cast<i8>(row.tuple->items()[j].i);
  }
  made->tuple = t;
  t->grid_state = Tri::yes;
  t->grid = made;
  g = made;
  return Status::ok;
}

// ---- sets -------------------------------------------------------------------------------------

ARC_HD inline SetObj* blank_set(Ctx& ctx) {
  SetObj* s = ctx.make<SetObj>();
  if (s == nullptr) return nullptr;
  s->count = 0;
  s->depth = 1;
  s->weight = 0;
  s->expanded = 1;
  s->hash = 0;
  s->flags = 0;
  s->hash_known = false;
  s->any_order = false;
  s->bits_state = Tri::unknown;
  s->recipe = Recipe::none;
  s->op = 0;
  s->order_depth = 0;
  s->table = nullptr;
  s->list = nullptr;
  s->images = nullptr;
  s->strips = nullptr;
  return s;
}

ARC_HD inline Status make_empty_set(Ctx& ctx, Value& out) {
  if (ctx.empty_set == nullptr) {
    SetObj* s = blank_set(ctx);
    ARC_ALLOC(s);
    Table* t = ctx.make<Table>();
    ARC_ALLOC(t);
    ARC_TRY(table_init(ctx, *t));
    s->table = t;
    s->bits_state = Tri::no;
    ctx.empty_set = s;
  }
  out = Value::of(ctx.empty_set);
  return Status::ok;
}

// Accumulates the derived facts of a set from one element.
ARC_HD inline void note_element(SetObj* s, const Value& v) {
  s->depth = max_of(s->depth, depth_of(v) + 1);
  s->weight += u64{1} + len_of(v);
  s->expanded = saturating_add(s->expanded, expanded_of(v));
  s->flags = static_cast<u8>(s->flags | flags_of(v));
  s->order_depth = max_of(s->order_depth, order_depth_of(v));
}

// frozenset with this very table.
ARC_HD inline Status make_set(Ctx& ctx, const Table& table, Value& out) {
  if (table.used == 0 && table.fill == 0 && table.mask == kTableMinSize - 1) {
    return make_empty_set(ctx, out);
  }
  SetObj* s = blank_set(ctx);
  ARC_ALLOC(s);
  Table* t = ctx.make<Table>();
  ARC_ALLOC(t);
  *t = table;
  s->table = t;
  s->count = table.used;
  if (table.used > 1) s->flags = static_cast<u8>(table.flags & kHasAddress);
  for (u64 k = 0; k <= table.mask; ++k) {
    if (is_active(table.entries[k])) note_element(s, table.entries[k].key);
  }
  out = Value::of(s);
  return Status::ok;
}

// The table of a set under construction: `set()` followed by adds, as a comprehension does.
struct SetBuilder {
  Table table;
  ARC_HD Status start(Ctx& ctx) { return table_init(ctx, table); }
  ARC_HD Status add(Ctx& ctx, const Value& v) { return table_add(ctx, table, v); }
  ARC_HD Status add_pair(Ctx& ctx, i64 a, i64 b);
  // frozenset(generator), or a set that is used where only its elements count.
  ARC_HD Status finish(Ctx& ctx, Value& out) { return make_set(ctx, table, out); }
  // frozenset(set): one more copy of the table.
  ARC_HD Status finish_copy(Ctx& ctx, Value& out) {
    Table copy;
    ARC_TRY(table_copy(ctx, copy, table));
    return make_set(ctx, copy, out);
  }
};

// (a, b) of any two 64-bit ints.
ARC_HD inline Status make_int_pair(Ctx& ctx, i64 a, i64 b, Value& out) {
  if (ARC_LIKELY(fits_i32(a) && fits_i32(b))) {
    out = Value::pair(static_cast<i32>(a), static_cast<i32>(b));
    return Status::ok;
  }
  return make_tuple2(ctx, Value::integer(a), Value::integer(b), out);
}

ARC_HD inline Status SetBuilder::add_pair(Ctx& ctx, i64 a, i64 b) {
  Value v;
  ARC_TRY(make_int_pair(ctx, a, b, v));
  return add(ctx, v);
}

}  // namespace arcbatch
