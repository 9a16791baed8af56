// tokpidjin's patches: walking cells (i, j, c) and locations (i, j).
#pragma once

#include "primitives/tokpidjin/facts.h"
#include "primitives/tokpidjin/later.h"
#include "primitives/tokpidjin/run.h"

namespace arcbatch::tok {

// frozenset() of a table whose keys are all pairs, or all triples, where `same` says so.
inline Status finish_cells(Ctx& ctx, SetBuilder& set, u32 length, bool same, Value& out) {
  if (!same || set.table.used == 0) return set.finish(ctx, out);
  SetObj* s = blank_set(ctx);
  ARC_ALLOC(s);
  Table* t = ctx.make<Table>();
  ARC_ALLOC(t);
  *t = set.table;
  s->table = t;
  s->count = t->used;
  s->depth = 2;
  s->weight = u64{t->used} * (u64{1} + length);
  s->expanded = s->weight + 1;
  out = Value::of(s);
  return Status::ok;
}

// frozenset((i, j) for i, j, c in object)
inline Status locations_of(Ctx& ctx, const Value& object, Value& out) {
  if (kept_locations(object, out)) return Status::ok;
  bool done = false;
  ARC_TRY(later::locations(ctx, object, out, done));
  if (done) {
    keep_locations(object, out);
    return Status::ok;
  }
  Iter it;
  ARC_TRY(it.start(ctx, object));
  SetBuilder set;
  bool same = true;
  ARC_TRY(set.start(ctx));
  for (Value e; it.next(e);) {
    Value i;
    Value j;
    Value c;
    Value at;
    if (ARC_LIKELY(e.tag == Tag::triple)) {
      ARC_TRY(table_add(ctx, set.table, Value::pair(e.p.a, e.p.b), hash_pair(e.p.a, e.p.b)));
      continue;
    }
    same = false;
    ARC_TRY(unpack3(ctx, e, i, j, c));
    ARC_TRY(make_tuple2(ctx, i, j, at));
    ARC_TRY(set.add(ctx, at));
  }
  ARC_TRY(finish_cells(ctx, set, 2, same, out));
  keep_locations(object, out);
  return Status::ok;
}

// frozenset of the elements of a patch with other locations: f(i, j, x, y) gives them. `cells`:
// whether all elements have colours.
template <class F>
Status map_cells_of(Ctx& ctx, const Value& patch, bool cells, F&& f, Value& out) {
  Iter it;
  ARC_TRY(it.start(ctx, patch));
  SetBuilder set;
  bool same = true;
  ARC_TRY(set.start(ctx));
  for (Value e; it.next(e);) {
    Value i;
    Value j;
    Value c;
    ARC_TRY(cells ? unpack3(ctx, e, i, j, c) : py_unpack2(ctx, e, i, j));
    Value x;
    Value y;
    ARC_TRY(f(i, j, x, y));
    Value moved;
    ARC_TRY(cells ? make_tuple3(ctx, x, y, c, moved) : make_tuple2(ctx, x, y, moved));
    ARC_TRY(set.add(ctx, moved));
    same = same && moved.tag == (cells ? Tag::triple : Tag::pair);
  }
  return finish_cells(ctx, set, cells ? 3 : 2, same, out);
}

// The same, where the length of the first element says what all are.
template <class F>
Status map_cells(Ctx& ctx, const Value& patch, F&& f, Value& out) {
  Value head;
  i64 len = 0;
  ARC_TRY(py_first(ctx, patch, head));
  ARC_TRY(py_len(head, len));
  return map_cells_of(ctx, patch, len == 3, f, out);
}

// frozenset((i, j, color) for i, j in indices)
inline Status colored(Ctx& ctx, const Value& indices, const Value& color, Value& out) {
  bool done = false;
  ARC_TRY(later::colored(ctx, indices, color, out, done));
  if (done) return Status::ok;
  Iter it;
  ARC_TRY(it.start(ctx, indices));
  SetBuilder set;
  ARC_TRY(set.start(ctx));
  for (Value e; it.next(e);) {
    Value i;
    Value j;
    Value cell;
    ARC_TRY(py_unpack2(ctx, e, i, j));
    ARC_TRY(make_tuple3(ctx, i, j, color, cell));
    ARC_TRY(set.add(ctx, cell));
  }
  return set.finish(ctx, out);
}

// [c for i, j, c in object], of an iteration that has begun
inline Status rest_of_colors(Ctx& ctx, Iter& it, Vec<Value>& out) {
  for (Value e; it.next(e);) {
    Value i;
    Value j;
    Value c;
    ARC_TRY(unpack3(ctx, e, i, j, c));
    ARC_TRY(out.push(ctx, c));
  }
  return Status::ok;
}

// [c for i, j, c in object]
inline Status colors_of(Ctx& ctx, const Value& object, Vec<Value>& out) {
  Iter it;
  ARC_TRY(it.start(ctx, object));
  return rest_of_colors(ctx, it, out);
}

// The same in an order of ours.
inline Status colors_unordered(Ctx& ctx, const Value& object, Vec<Value>& out) {
  Iter it;
  ARC_TRY(it.start_unordered(ctx, object));
  return rest_of_colors(ctx, it, out);
}

}  // namespace arcbatch::tok
