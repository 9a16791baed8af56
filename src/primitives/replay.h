// Short replays: the table of a set from its contents and the order of what it was made of,
// without running the ordered kernel of its primitive. Each follows the reference's construction:
// which elements are added, in which order, to which table.
#pragma once

#include "primitives/in_order.h"
#include "primitives/kernels/location_set.h"
#include "primitives/registry.h"
#include "values/lazy.h"

namespace arcbatch {

// set_add_entry of a key known to be absent, to a table without dummies.
ARC_HD inline Status table_add_fresh(Ctx& ctx, Table& t, const Value& key, i64 hash) {
  table_insert_clean(t.entries, t.mask, key, hash);
  t.fill++;
  t.used++;
  if (u64{t.fill} * 5 < u64{t.mask} * 3) return Status::ok;
  return table_resize(ctx, t, t.used > 50000 ? u64{t.used} * 2 : u64{t.used} * 4);
}

namespace short_replay {

// The cells of `bits` by rows.
ARC_HD inline Status by_rows(Ctx& ctx, const Bits& bits, Table& table) {
  ARC_TRY(table_init(ctx, table));
  return for_each_cell(bits, [&](i32 i, i32 j, i8 color) {
    const i64 location = hash_pair(i, j);
    return table_add_fresh(ctx, table, bits_element(bits, i, j, color),
                           bits.kind == BitsKind::indices ? location : hash_cell(color, location));
  });
}

// The bit-row set among a recipe's arguments, with its order; nullptr for other values.
ARC_HD inline Status ordered_bits(Ctx& ctx, const Value& v, const Bits*& bits) {
  ARC_TRY(as_bits(ctx, v, bits));
  return bits == nullptr ? Status::ok : force_order(ctx, v.set);
}

// toindices(source) of a set in bit rows.
ARC_HD inline Status indices(Ctx& ctx, SetObj* source, const Bits& bits, Table& table) {
  if (bits.kind == BitsKind::indices) {
    table = *source->table;
    return Status::ok;
  }
  ARC_TRY(table_init(ctx, table));
  return for_entries(*source->table, [&](const Entry& e) {
    return table_add_fresh(ctx, table, Value::pair(e.key.p.a, e.key.p.b),
                           hash_pair(e.key.p.a, e.key.p.b));
  });
}

// The elements of source moved by (di, dj).
ARC_HD inline Status moved(Ctx& ctx, const Table& source, i32 di, i32 dj, Table& table) {
  ARC_TRY(table_init(ctx, table));
  return for_entries(source, [&](const Entry& e) {
    Value key = e.key;
    key.p.a += di;
    key.p.b += dj;
    const i64 location = hash_pair(key.p.a, key.p.b);
    return table_add_fresh(ctx, table, key,
                           key.tag == Tag::pair ? location : hash_cell(key.aux, location));
  });
}

// The cells of `made` at the indices of `source`, in that order.
ARC_HD inline Status colored(Ctx& ctx, SetObj* source, const Bits& bits, const Bits& made,
                             Table& table) {
  Table order;
  ARC_TRY(indices(ctx, source, bits, order));
  ARC_TRY(table_init(ctx, table));
  return for_entries(order, [&](const Entry& e) {
    const i64 r = i64{e.key.p.a} - made.i0;
    const i64 k = i64{e.key.p.b} - made.j0;
    if (r < 0 || r >= made.h || k < 0 || k >= made.w || ((made.rows[r] >> k) & 1) == 0) {
      return Status::ok;
    }
    const i8 color = made.kind == BitsKind::multicolor ? made.colors[r * made.w + k] : made.color;
    return table_add_fresh(ctx, table, Value::cell(color, e.key.p.a, e.key.p.b),
                           hash_cell(color, e.hash));
  });
}

// The elements of source that are in `made`, in that order.
ARC_HD inline Status kept(Ctx& ctx, const Table& source, const Bits& made, Table& table) {
  ARC_TRY(table_init(ctx, table));
  return for_entries(source, [&](const Entry& e) {
    return bits_contains(made, e.key) ? table_add_fresh(ctx, table, e.key, e.hash) : Status::ok;
  });
}

// frozenset((*a, *b))
ARC_HD inline Status joined(Ctx& ctx, const Table& a, const Table& b, Table& table) {
  ARC_TRY(table_init(ctx, table));
  ARC_TRY(
      for_entries(a, [&](const Entry& e) { return table_add_fresh(ctx, table, e.key, e.hash); }));
  return for_entries(b, [&](const Entry& e) { return table_add(ctx, table, e.key, e.hash); });
}

// Which element of the listed patches covers each cell of an h x w grid, by rows; 0 for none.
ARC_HD inline Status label_cells(Ctx& ctx, const SetObj* patches, u32 h, u32 w, u32*& label) {
  label = ctx.make<u32>(u64{h} * w);
  ARC_ALLOC(label);
  for (u64 k = 0; k < u64{h} * w; ++k) label[k] = 0;
  for (u32 n = 0; n < patches->count; ++n) {
    ARC_TRY(for_each_cell(patches->list[n].set->bits, [&](i32 i, i32 j, i8) {
      label[static_cast<u64>(i) * w + static_cast<u64>(j)] = n + 1;
      return Status::ok;
    }));
  }
  return Status::ok;
}

// Adds listed patch n, which is not in the table yet.
ARC_HD inline Status add_patch(Ctx& ctx, SetObj* patches, u32 n, Table& table) {
  i64 hash = 0;
  ARC_TRY(hash_set(ctx, patches->list[n].set, hash));
  return table_add_fresh(ctx, table, patches->list[n], hash);
}

// objects(grid, ...): an object is found at the first of its cells in the order of
// asindices(grid).
ARC_HD inline Status found_objects(Ctx& ctx, SetObj* made, const GridObj* g, Table& table) {
  u32* label = nullptr;
  ARC_TRY(label_cells(ctx, made, g->h, g->w, label));
  const u32 cells = g->h * g->w;
  i64* hashes = ctx.make<i64>(u64{cells} + 1);  // by number: 1 + the cell's place by rows
  ARC_ALLOC(hashes);
  LocationSet unvisited;
  ARC_TRY(unvisited.clear(ctx));
  u32 number = 1;
  for (u32 i = 0; i < g->h; ++i) {
    for (u32 j = 0; j < g->w; ++j, ++number) {
      hashes[number] = hash_pair(i, j);
      ARC_TRY(unvisited.add(ctx, hashes, number));
    }
  }
  Table found;
  ARC_TRY(table_init(ctx, found));
  u64 slot = 0;
  for (u32 left = made->count; left > 0; ++slot) {
    const u32 cell = unvisited.slots[slot];
    if (cell == 0 || label[cell - 1] == 0) continue;
    const u32 n = label[cell - 1] - 1;
    ARC_TRY(add_patch(ctx, made, n, found));
    left--;
    // Once found, the others of its cells are passed over.
    ARC_TRY(for_each_cell(made->list[n].set->bits, [&](i32 i, i32 j, i8) {
      label[static_cast<u64>(i) * g->w + static_cast<u64>(j)] = 0;
      return Status::ok;
    }));
  }
  return table_copy(ctx, table, found);
}

// partition(grid), fgpartition(grid): one patch a colour, in the order of the palette.
ARC_HD inline Status found_colors(Ctx& ctx, SetObj* made, const GridObj* g, bool foreground,
                                  Table& table) {
  Table display;  // {value for ...}, of which palette() is the copy
  ARC_TRY(table_init(ctx, display));
  bool seen[256] = {};
  const u64 cells = u64{g->h} * g->w;
  for (u64 k = 0; k < cells; ++k) {
    const u8 byte = static_cast<u8>(g->cells()[k]);
    if (seen[byte]) continue;
    seen[byte] = true;
    const Value color = Value::integer(g->cells()[k]);
    ARC_TRY(table_add_fresh(ctx, display, color, hash_int(color.i)));
  }
  Table palette;
  ARC_TRY(table_copy(ctx, palette, display));
  u32 patch_of[256];
  for (u32& n : patch_of) n = ~u32{0};
  for (u32 n = 0; n < made->count; ++n) {
    patch_of[static_cast<u8>(made->list[n].set->bits.color)] = n;
  }
  if (foreground) {
    Value background;
    ARC_TRY(for_entries(palette, [&](const Entry& e) {
      if (patch_of[static_cast<u8>(e.key.i)] == ~u32{0}) background = e.key;
      return Status::ok;
    }));
    Table single;
    ARC_TRY(table_init(ctx, single));
    ARC_TRY(table_add(ctx, single, background));
    Table rest;
    ARC_TRY(table_difference(ctx, rest, palette, single));
    palette = rest;
  }
  ARC_TRY(table_init(ctx, table));
  return for_entries(palette, [&](const Entry& e) {
    return add_patch(ctx, made, patch_of[static_cast<u8>(e.key.i)], table);
  });
}

}  // namespace short_replay

// Whether the elements of what a primitive makes are listed patches whose set has a short replay.
ARC_HD inline bool is_patch_maker(Prim p) {
  return p == Prim::objects || p == Prim::partition || p == Prim::fgpartition;
}

// Sets `table`, or returns fallback where the set's recipe has no short replay.
ARC_HD inline Status replay_shortly(Ctx& ctx, SetObj* s, Table& table) {
  const Value* a = s->args;
  const Prim op = static_cast<Prim>(s->op);
  if (is_patch_maker(op)) {
    GridObj* g = nullptr;
    ARC_TRY(as_grid(ctx, a[0], g));
    if (g == nullptr || s->list == nullptr) return Status::fallback;
    return op == Prim::objects
               ? short_replay::found_objects(ctx, s, g, table)
               : short_replay::found_colors(ctx, s, g, op == Prim::fgpartition, table);
  }
  if (s->bits_state != Tri::yes) return Status::fallback;
  const Bits* source = nullptr;
  switch (op) {
    case Prim::ofcolor:
    case Prim::asindices:
    case Prim::asobject:
    case Prim::connect:
    case Prim::shoot:
    case Prim::vfrontier:
    case Prim::hfrontier: return short_replay::by_rows(ctx, s->bits, table);
    case Prim::occurrences: {  // found by rows, then frozenset(occs)
      Table occs;
      ARC_TRY(short_replay::by_rows(ctx, s->bits, occs));
      return table_copy(ctx, table, occs);
    }
    case Prim::shift:
    case Prim::normalize:
      ARC_TRY(short_replay::ordered_bits(ctx, a[0], source));
      if (source == nullptr) return Status::fallback;
      return short_replay::moved(ctx, *a[0].set->table, s->bits.i0 - source->i0,
                                 s->bits.j0 - source->j0, table);
    case Prim::toindices:
      ARC_TRY(short_replay::ordered_bits(ctx, a[0], source));
      if (source == nullptr) return Status::fallback;
      return short_replay::indices(ctx, a[0].set, *source, table);
    case Prim::toobject:
    case Prim::recolor: {
      const Value& patch = a[op == Prim::recolor ? 1 : 0];
      ARC_TRY(short_replay::ordered_bits(ctx, patch, source));
      if (source == nullptr) return Status::fallback;
      return short_replay::colored(ctx, patch.set, *source, s->bits, table);
    }
    case Prim::difference:
    case Prim::remove: {
      const Value& container = a[op == Prim::remove ? 1 : 0];
      ARC_TRY(short_replay::ordered_bits(ctx, container, source));
      if (source == nullptr) return Status::fallback;
      return short_replay::kept(ctx, *container.set->table, s->bits, table);
    }
    case Prim::combine: {
      const Bits* other = nullptr;
      ARC_TRY(short_replay::ordered_bits(ctx, a[0], source));
      ARC_TRY(short_replay::ordered_bits(ctx, a[1], other));
      if (source == nullptr || other == nullptr) return Status::fallback;
      return short_replay::joined(ctx, *a[0].set->table, *a[1].set->table, table);
    }
    default: return Status::fallback;
  }
}

}  // namespace arcbatch
