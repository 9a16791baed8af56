// Contents of sets of cells, and the replays that order them.
#include "primitives/tokpidjin/later.h"

#include "primitives/in_order.h"
#include "values/lazy.h"

namespace arcbatch::tok::later {

namespace {

// Adds the images of the elements of args[0], in its order.
template <class F>
Status replay_images(Ctx& ctx, const SetObj* s, F&& image, Table& out) {
  SetObj* source = s->args[0].set;
  ARC_TRY(force_order(ctx, source));
  ARC_TRY(table_init(ctx, out));
  return for_entries(*source->table,
                     [&](const Entry& e) { return table_add(ctx, out, image(e.key)); });
}

Value location(const Value& cell) { return Value::pair(cell.p.a, cell.p.b); }

Status replay_locations(Ctx& ctx, SetObj* s, Table& out) {
  return replay_images(ctx, s, location, out);
}

Status replay_colored(Ctx& ctx, SetObj* s, Table& out) {
  const i32 color = static_cast<i32>(s->args[1].i);
  return replay_images(
      ctx, s, [color](const Value& at) { return Value::triple(at.p.a, at.p.b, color); }, out);
}

// What becomes of a location.
struct Move {
  Way way;
  i64 ci;
  i64 cj;

  // Whether it is still made of small ints.
  bool operator()(const Value& from, Value& to) const {
    i64 i = from.p.a;
    i64 j = from.p.b;
    if (way == Way::turned) {
      i = from.p.b;
      j = from.p.a;
    }
    i = way == Way::over ? ci - i : ci + i;
    j = way == Way::across ? cj - j : cj + j;
    to = from;
    to.p.a = static_cast<i32>(i);
    to.p.b = static_cast<i32>(j);
    return fits_i32(i) && fits_i32(j);
  }
};

Status replay_moved(Ctx& ctx, SetObj* s, Table& out) {
  const Move move{static_cast<Way>(s->args[2].i), s->args[1].p.a, s->args[1].p.b};
  return replay_images(
      ctx, s,
      [&move](const Value& from) {
        Value to;
        static_cast<void>(move(from, to));
        return to;
      },
      out);
}

Status replay_merged(Ctx& ctx, SetObj* s, Table& out) {
  SetObj* whole = s->args[0].set;
  ARC_TRY(force_order(ctx, whole));
  ARC_TRY(table_init(ctx, out));
  return for_entries(*whole->table, [&](const Entry& part) {
    ARC_TRY(force_order(ctx, part.key.set));
    return for_entries(*part.key.set->table,
                       [&](const Entry& e) { return table_add(ctx, out, e.key, e.hash); });
  });
}

}  // namespace

Status cells_of(Ctx& ctx, const Value& v, Cells& out) {
  out = Cells{};
  if (!v.is_set() || v.set->count == 0 || order_by_address(v)) return Status::ok;
  const SetObj& s = *v.set;
  if (is_made(v)) {
    out = {s.list, s.count, s.list[0].tag, (s.op & kDistinct) != 0};
    return Status::ok;
  }
  if (s.table == nullptr) return Status::ok;
  Tag tag = Tag::unset;
  Value* list = nullptr;
  u32 n = 0;
  for (u64 k = 0; k <= s.table->mask; ++k) {
    const Value& key = s.table->entries[k].key;
    if (key.tag == Tag::unset) continue;
    if (list == nullptr) {
      tag = key.tag;
      if (tag != Tag::pair && tag != Tag::triple) return Status::ok;
      list = ctx.make<Value>(s.count);
      ARC_ALLOC(list);
    }
    if (key.tag != tag) return Status::ok;
    list[n++] = key;
  }
  out = {list, n, tag, tag == Tag::pair};
  return Status::ok;
}

Status make(Ctx& ctx, Value* list, u32 count, bool distinct,
            Status (*replay)(Ctx&, SetObj*, Table&), const Value* args, u32 arg_count, Value& out) {
  SetObj* s = blank_set(ctx);
  ARC_ALLOC(s);
  s->count = count;
  s->depth = 2;
  s->weight = u64{count} * (list[0].tag == Tag::pair ? 3 : 4);
  s->expanded = s->weight + 1;
  s->list = list;
  s->recipe = Recipe::dialect;
  s->replay = replay;
  s->op = distinct ? kDistinct : 0;
  s->args[3] = Value{};  // its locations, once they are known
  u16 depth = 0;
  for (u32 k = 0; k < arg_count; ++k) {
    s->args[k] = args[k];
    depth = max_of(depth, order_depth_of(args[k]));
  }
  s->order_depth = static_cast<u16>(depth + 1);
  out = Value::of(s);
  return s->order_depth > kMaxOrderDepth ? force_order(ctx, s) : Status::ok;
}

Status replay_listed(Ctx& ctx, SetObj* s, Table& out) {
  ARC_TRY(table_init(ctx, out));
  for (u32 k = 0; k < s->count; ++k) ARC_TRY(table_add(ctx, out, s->list[k]));
  return Status::ok;
}

Status make_listed(Ctx& ctx, Value* list, u32 count, bool distinct, Value& out) {
  return make(ctx, list, count, distinct, &replay_listed, nullptr, 0, out);
}

Status locations(Ctx& ctx, const Value& object, Value& out, bool& done) {
  done = ctx.orders_later && is_distinct(object, Tag::triple);
  if (!done) return Status::ok;
  const SetObj& s = *object.set;
  Value* list = ctx.make<Value>(s.count);
  ARC_ALLOC(list);
  for (u32 k = 0; k < s.count; ++k) list[k] = location(s.list[k]);
  return make(ctx, list, s.count, true, &replay_locations, &object, 1, out);
}

Status colored(Ctx& ctx, const Value& indices, const Value& color, Value& out, bool& done) {
  done = false;
  if (!ctx.orders_later || color.tag != Tag::integer || !fits_i32(color.i)) return Status::ok;
  Cells cells;
  ARC_TRY(cells_of(ctx, indices, cells));
  if (cells.tag != Tag::pair) return Status::ok;
  Value* list = ctx.make<Value>(cells.count);
  ARC_ALLOC(list);
  for (u32 k = 0; k < cells.count; ++k) {
    list[k] = Value::triple(cells.data[k].p.a, cells.data[k].p.b, static_cast<i32>(color.i));
  }
  done = true;
  const Value args[2] = {indices, color};
  return make(ctx, list, cells.count, true, &replay_colored, args, 2, out);
}

Status moved(Ctx& ctx, const Value& patch, Way way, i64 ci, i64 cj, Value& out, bool& done) {
  done = false;
  if (!ctx.orders_later || !fits_i32(ci) || !fits_i32(cj)) return Status::ok;
  Cells cells;
  ARC_TRY(cells_of(ctx, patch, cells));
  if (cells.count == 0) return Status::ok;
  Value* list = ctx.make<Value>(cells.count);
  ARC_ALLOC(list);
  const Move move{way, ci, cj};
  bool small = true;
  for (u32 k = 0; k < cells.count; ++k) small = move(cells.data[k], list[k]) && small;
  if (!small) return Status::ok;
  done = true;
  const Value args[3] = {patch, Value::pair(static_cast<i32>(ci), static_cast<i32>(cj)),
                         Value::integer(static_cast<i64>(way))};
  return make(ctx, list, cells.count, cells.distinct, &replay_moved, args, 3, out);
}

Status merged(Ctx& ctx, const Value& containers, Value& out, bool& done) {
  constexpr i64 kMaxArea = 1 << 16;
  done = false;
  if (!ctx.orders_later || !containers.is_set() || order_by_address(containers)) {
    return Status::ok;
  }
  const u32 parts = containers.set->count;
  if (parts == 0) return Status::ok;
  Cells* cells = ctx.make<Cells>(parts);
  ARC_ALLOC(cells);
  Iter it;
  ARC_TRY(it.start_unordered(ctx, containers));
  u64 all = 0;
  i64 low[2] = {INT32_MAX, INT32_MAX};
  i64 high[2] = {INT32_MIN, INT32_MIN};
  u32 n = 0;
  for (Value e; it.next(e); ++n) {
    ARC_TRY(cells_of(ctx, e, cells[n]));
    if (cells[n].count == 0 || cells[n].tag != cells[0].tag) return Status::ok;
    all += cells[n].count;
    for (u32 k = 0; k < cells[n].count; ++k) {
      const Value& v = cells[n].data[k];
      if (v.aux < 0 || v.aux > 31) return Status::ok;
      low[0] = min_of<i64>(low[0], v.p.a);
      low[1] = min_of<i64>(low[1], v.p.b);
      high[0] = max_of<i64>(high[0], v.p.a);
      high[1] = max_of<i64>(high[1], v.p.b);
    }
  }
  const i64 w = high[1] - low[1] + 1;
  const i64 area = (high[0] - low[0] + 1) * w;
  if (high[0] - low[0] >= kMaxArea || w > kMaxArea || area > kMaxArea || all > 0x7fffffff) {
    return Status::ok;
  }
  u32* seen = ctx.make<u32>(static_cast<u64>(area));  // the colours at each location
  Value* list = ctx.make<Value>(min_of(all, static_cast<u64>(area) * 32));
  ARC_ALLOC(seen);
  ARC_ALLOC(list);
  for (i64 k = 0; k < area; ++k) seen[k] = 0;
  u32 count = 0;
  bool distinct = true;
  for (u32 p = 0; p < parts; ++p) {
    for (u32 k = 0; k < cells[p].count; ++k) {
      const Value& v = cells[p].data[k];
      u32& colors = seen[(v.p.a - low[0]) * w + v.p.b - low[1]];
      const u32 bit = u32{1} << static_cast<u32>(v.aux);
      if ((colors & bit) != 0) continue;
      distinct = distinct && colors == 0;
      colors |= bit;
      list[count++] = v;
    }
  }
  done = true;
  return make(ctx, list, count, distinct, &replay_merged, &containers, 1, out);
}

bool one_color(const Value& object, i32& out) {
  if (!is_made(object) || object.set->list[0].tag != Tag::triple) return false;
  const SetObj& s = *object.set;
  out = s.list[0].aux;
  for (u32 k = 1; k < s.count; ++k) {
    if (s.list[k].aux != out) return false;
  }
  return true;
}

}  // namespace arcbatch::tok::later
