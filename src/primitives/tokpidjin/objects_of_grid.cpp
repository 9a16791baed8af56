// objects() of a grid of bytes: what the tables of its sets of locations come to follows from the
// grid's size alone, so it is worked out once for each size.
#include <memory>
#include <vector>

#include "primitives/kernels/location_set.h"
#include "primitives/tokpidjin/grids.h"
#include "primitives/tokpidjin/later.h"

namespace arcbatch::tok {
namespace {

using Location = LocationNumbers::Location;

// The neighbours of a location within the grid, as the reference's set of them: their numbers in
// the order of its slots.
struct Around {
  u32 numbers[8];
  u8 slots[8];
  u8 count;
  u8 mask;
};

constexpr u8 kNotYet = 0xff;  // Around::count

// What all grids of one size have in common.
struct Shape {
  u32 h = 0;
  u32 w = 0;
  u32 stride = 0;
  std::vector<Location> locations;    // by number
  std::vector<i64> hashes;            // of the locations
  std::vector<TupleHash> beginnings;  // of the hashes of cells there, without the colour
  std::vector<u32> order;             // of asindices(grid), as it is walked
  std::vector<Around> around[2];      // without and with diagonals, as they are asked for

  std::vector<Around>& arounds(bool diagonal) {
    std::vector<Around>& all = around[diagonal ? 1 : 0];
    if (all.empty()) all.resize(hashes.size(), Around{{}, {}, kNotYet, 0});
    return all;
  }
};

// The slots of a set of at most eight numbers, which are added one by one, none of them twice.
struct FewSlots {
  static constexpr u32 kLarge = 32;
  u32 slots[kLarge] = {};
  u32 size = kTableMinSize;
  u32 used = 0;

  void add(const i64* hashes, u32 number) {
    *LocationSet::free_slot(slots, size - 1, hashes[number]) = number;
    if (++used * 5 >= (size - 1) * 3) grow(hashes);
  }
  void grow(const i64* hashes) {
    u32 old[kTableMinSize];
    for (u32 k = 0; k < kTableMinSize; ++k) {
      old[k] = slots[k];
      slots[k] = 0;
    }
    size = kLarge;
    for (const u32 n : old) {
      if (n != 0) *LocationSet::free_slot(slots, size - 1, hashes[n]) = n;
    }
  }
};

Around around_of(const Shape& shape, u32 number, bool diagonal) {
  const u32 s = shape.stride;
  const i64* hashes = shape.hashes.data();
  FewSlots all;
  for (const u32 n : {number - s, number + s, number - 1, number + 1}) all.add(hashes, n);
  if (diagonal) {
    FewSlots corners;
    for (const u32 n : {number - s - 1, number - s + 1, number + s - 1, number + s + 1}) {
      corners.add(hashes, n);
    }
    all.grow(hashes);  // the union of two sets of four
    for (const u32 n : corners.slots) {
      if (n != 0) all.add(hashes, n);
    }
  }
  FewSlots inside;
  for (const u32 n : all.slots) {
    if (n == 0) continue;
    const Location at = shape.locations[n];
    if (at.i < 0 || at.i >= static_cast<i32>(shape.h) || at.j < 0 ||
        at.j >= static_cast<i32>(shape.w)) {
      continue;
    }
    inside.add(hashes, n);
  }
  Around around{};
  around.mask = static_cast<u8>(inside.size - 1);
  for (u32 k = 0; k < inside.size; ++k) {
    if (inside.slots[k] == 0) continue;
    around.numbers[around.count] = inside.slots[k];
    around.slots[around.count++] = static_cast<u8>(k);
  }
  return around;
}

Status make_shape(Ctx& ctx, u32 h, u32 w, std::unique_ptr<Shape>& out) {
  auto shape = std::make_unique<Shape>();
  shape->h = h;
  shape->w = w;
  shape->stride = w + 2;
  shape->locations.push_back({});
  shape->hashes.push_back(0);
  shape->beginnings.emplace_back();
  for (i32 i = -1; i <= static_cast<i32>(h); ++i) {
    TupleHash row;
    row.add(hash_int(i));
    for (i32 j = -1; j <= static_cast<i32>(w); ++j) {
      TupleHash& begin = shape->beginnings.emplace_back(row);
      begin.add(hash_int(j));
      shape->locations.push_back({i, j});
      shape->hashes.push_back(begin.finish(2));
    }
  }
  LocationSet all;
  ARC_TRY(all.clear(ctx));
  for (u32 i = 0; i < h; ++i) {
    for (u32 j = 0; j < w; ++j) {
      ARC_TRY(all.add(ctx, shape->hashes.data(), (i + 1) * shape->stride + j + 2));
    }
  }
  for (u64 k = 0; k <= all.mask; ++k) {
    if (LocationSet::active(all.slots[k])) shape->order.push_back(all.slots[k]);
  }
  out = std::move(shape);
  return Status::ok;
}

// The shapes of grids of these sides are kept, and some larger ones: those of others come and go.
constexpr u32 kMaxKeptSide = 30;
constexpr u32 kMaxLargeSide = 128;
constexpr u32 kLargeShapes = 8;

// A place for the shape of a large grid, where that of another size may be.
std::unique_ptr<Shape>& large_shape(u32 h, u32 w) {
  thread_local std::vector<std::unique_ptr<Shape>> kept(kLargeShapes);
  thread_local u32 next = 0;
  for (std::unique_ptr<Shape>& place : kept) {
    if (place && place->h == h && place->w == w) return place;
  }
  std::unique_ptr<Shape>& place = kept[next++ % kLargeShapes];
  place.reset();
  return place;
}

// The shape of a grid's size, which lives as long as `own` or until the next call.
Status shape_of(Ctx& ctx, u32 h, u32 w, std::unique_ptr<Shape>& own, Shape*& out) {
  // On the heap: a library that is loaded late finds little room among a thread's own variables.
  thread_local std::vector<std::unique_ptr<Shape>> kept((kMaxKeptSide + 1) * (kMaxKeptSide + 1));
  std::unique_ptr<Shape>& place = h <= kMaxKeptSide && w <= kMaxKeptSide
                                      ? kept[h * (kMaxKeptSide + 1) + w]
                                  : h <= kMaxLargeSide && w <= kMaxLargeSide ? large_shape(h, w)
                                                                             : own;
  if (!place) ARC_TRY(make_shape(ctx, h, w, place));
  out = place.get();
  return Status::ok;
}

// Puts the colours of the grid's cells at the numbers of their locations.
void number_colors(const GridObj& grid, const Shape& shape, i8* colors) {
  const i8* cell = grid.cells();
  for (u32 i = 0; i < grid.h; ++i) {
    for (u32 j = 0; j < grid.w; ++j) colors[(i + 1) * shape.stride + j + 2] = *cell++;
  }
}

// `into |= around`
Status merge_around(Ctx& ctx, const i64* hashes, const Around& around, LocationSet& into) {
  if (around.count == 0) return Status::ok;
  if ((u64{into.fill} + around.count) * 5 >= u64{into.mask} * 3) {
    ARC_TRY(into.resize(ctx, hashes, (u64{into.used} + around.count) * 2));
  }
  if (into.fill != 0) {
    for (u32 k = 0; k < around.count; ++k) ARC_TRY(into.add(ctx, hashes, around.numbers[k]));
    return Status::ok;
  }
  into.fill = into.used = around.count;
  for (u32 k = 0; k < around.count; ++k) {
    u32* slot = into.mask == around.mask
                    ? into.slots + around.slots[k]
                    : LocationSet::free_slot(into.slots, into.mask, hashes[around.numbers[k]]);
    *slot = around.numbers[k];
  }
  return Status::ok;
}

// The table of frozenset() of the cells with these numbers.
Status freeze_table(Ctx& ctx, const Shape& shape, const i8* colors, const i64* cell_hashes,
                    const LocationSet& numbers, Table& out) {
  return numbers.freeze(
      ctx, cell_hashes,
      [&](u32 n, Value& key) {
        const Location at = shape.locations[n];
        key = Value::triple(at.i, at.j, colors[n]);
        return Status::ok;
      },
      out);
}

Status freeze(Ctx& ctx, const Shape& shape, const i8* colors, const i64* cell_hashes,
              const LocationSet& numbers, Value& out) {
  SetObj* s = blank_set(ctx);
  ARC_ALLOC(s);
  Table* t = ctx.make<Table>();
  ARC_ALLOC(t);
  ARC_TRY(freeze_table(ctx, shape, colors, cell_hashes, numbers, *t));
  s->table = t;
  s->count = numbers.used;
  s->depth = 2;
  s->weight = u64{4} * numbers.used;
  s->expanded = u64{1} + u64{4} * numbers.used;
  out = Value::of(s);
  return Status::ok;
}

// ---- objects whose order is worked out when it is asked for -----------------------------------

// The objects of one grid, numbered from 1 in the order of their first cells, and what their walks
// use.
struct Labels {
  const GridObj* grid;
  bool diagonal;
  u32 made;
  u32 count;           // of numbers of locations
  const u32* objects;  // by number; 0: in none, kBorder: beyond the grid
  const u32* sizes;    // by object
  // Filled by the first that asks for an order.
  u32* ranks;   // by object, from 1: in the order in which the reference finds them
  u32* found;   // by rank
  u32* starts;  // by object: the number of the cell at which it is found
  u32* before;  // by object: how many cells those found earlier have
  i8* colors;   // by number
  bool* occupied;
  i64* cell_hashes;
  LocationSet object;
  LocationSet frozen;
  LocationSet cands;
  LocationSet neighborhood;
};
constexpr u32 kBorder = ~u32{0};

// Finds the objects as the reference does, if that has not been done.
Status rank_objects(Ctx& ctx, Labels& all, const Shape& shape) {
  if (all.ranks != nullptr) return Status::ok;
  const GridObj& grid = *all.grid;
  u32* arrays = ctx.make<u32>(u64{4} * (all.made + 1));
  i8* colors = ctx.make<i8>(all.count);
  bool* occupied = ctx.make<bool>(all.count);
  i64* cell_hashes = ctx.make<i64>(all.count);
  ARC_ALLOC(arrays);
  ARC_ALLOC(colors);
  ARC_ALLOC(occupied);
  ARC_ALLOC(cell_hashes);
  number_colors(grid, shape, colors);
  u32* ranks = arrays;
  u32* found = ranks + all.made + 1;
  u32* starts = found + all.made + 1;
  u32* before = starts + all.made + 1;
  for (u32 k = 0; k <= all.made; ++k) ranks[k] = 0;
  u32 rank = 0;
  u32 used = 0;
  for (const u32 at : shape.order) {
    const u32 object = all.objects[at];
    if (object == 0 || ranks[object] != 0) continue;
    ranks[object] = ++rank;
    found[rank] = object;
    starts[object] = at;
    before[object] = used;
    used += all.sizes[object];
    if (rank == all.made) break;
  }
  all.ranks = ranks;
  all.found = found;
  all.starts = starts;
  all.before = before;
  all.colors = colors;
  all.occupied = occupied;
  all.cell_hashes = cell_hashes;
  return Status::ok;
}

// The table of one object: earlier objects are occupied, whose cells alone the walk must know.
Status replay_object(Ctx& ctx, SetObj* s, Table& out) {
  Labels& all = *reinterpret_cast<Labels*>(s->args[0].i);
  const u32 self = static_cast<u32>(s->args[1].i);
  std::unique_ptr<Shape> own;
  Shape* found = nullptr;
  ARC_TRY(shape_of(ctx, all.grid->h, all.grid->w, own, found));
  Shape& shape = *found;
  ARC_TRY(rank_objects(ctx, all, shape));
  const i64* hashes = shape.hashes.data();
  std::vector<Around>& around = shape.arounds(all.diagonal);
  for (u32 k = 0; k < all.count; ++k) {
    const u32 object = all.objects[k];
    all.occupied[k] = object != 0 && object != kBorder && all.ranks[object] < all.ranks[self];
  }
  u32 occupied_used = all.before[self];
  ARC_TRY(all.object.clear(ctx));
  ARC_TRY(all.cands.clear(ctx));
  ARC_TRY(all.cands.add(ctx, hashes, all.starts[self]));
  while (all.cands.used > 0) {
    ARC_TRY(all.neighborhood.clear(ctx));
    for (u64 k = 0; k <= all.cands.mask; ++k) {
      const u32 cand = all.cands.slots[k];
      if (!LocationSet::active(cand) || all.objects[cand] != self) continue;
      TupleHash hash = shape.beginnings[cand];
      hash.add(hash_int(all.colors[cand]));
      all.cell_hashes[cand] = hash.finish(3);
      ARC_TRY(all.object.add(ctx, all.cell_hashes, cand));
      if (!all.occupied[cand]) ++occupied_used;
      all.occupied[cand] = true;
      if (around[cand].count == kNotYet) around[cand] = around_of(shape, cand, all.diagonal);
      ARC_TRY(merge_around(ctx, hashes, around[cand], all.neighborhood));
    }
    ARC_TRY(all.cands.difference(ctx, hashes, all.neighborhood, all.occupied, occupied_used));
  }
  ARC_TRY(all.frozen.copy(ctx, all.cell_hashes, all.object));
  return freeze_table(ctx, shape, all.colors, all.cell_hashes, all.frozen, out);
}

// frozenset(objs), to which the objects were added one by one.
Status replay_whole(Ctx& ctx, SetObj* s, Table& out) {
  Labels& all = *reinterpret_cast<Labels*>(s->args[0].i);
  std::unique_ptr<Shape> own;
  Shape* shape = nullptr;
  ARC_TRY(shape_of(ctx, all.grid->h, all.grid->w, own, shape));
  ARC_TRY(rank_objects(ctx, all, *shape));
  Table added;
  ARC_TRY(table_init(ctx, added));
  for (u32 rank = 1; rank <= all.made; ++rank) {
    ARC_TRY(table_add(ctx, added, s->list[all.found[rank] - 1]));
  }
  return table_copy(ctx, out, added);
}

Status objects_later(Ctx& ctx, const GridObj& grid, bool univalued, bool diagonal, i32 background,
                     Value& out) {
  const u32 stride = grid.w + 2;
  const u32 count = (grid.h + 2) * stride + 1;
  const u32 size = grid.h * grid.w;
  auto* all = ctx.make<Labels>();
  u32* objects = ctx.make<u32>(count);
  Value* cells = ctx.make<Value>(size);
  Vec<u32> sizes;
  ARC_ALLOC(all);
  ARC_ALLOC(objects);
  ARC_ALLOC(cells);
  ARC_TRY(sizes.push(ctx, 0));
  for (u32 k = 0; k < count; ++k) objects[k] = kBorder;
  for (u32 i = 0; i < grid.h; ++i) {
    u32* row = objects + (i + 1) * stride + 2;
    for (u32 j = 0; j < grid.w; ++j) row[j] = 0;
  }
  constexpr i32 kBeside[8][2] = {{1, 0}, {-1, 0}, {0, 1},   {0, -1},
                                 {1, 1}, {1, -1}, {-1, -1}, {-1, 1}};
  const u32 directions = diagonal ? 8 : 4;
  const i8* color = grid.cells();
  u32 used = 0;
  const auto reach = [&](i32 i, i32 j, u32 self) {
    const i32 c = color[static_cast<u32>(i) * grid.w + static_cast<u32>(j)];
    objects[static_cast<u32>(i + 1) * stride + static_cast<u32>(j) + 2] = self;
    cells[used++] = Value::triple(i, j, c);
  };
  for (u32 k = 0; k < size; ++k) {
    if (color[k] == background) continue;
    const u32 i = k / grid.w;
    const u32 j = k % grid.w;
    if (objects[(i + 1) * stride + j + 2] != 0) continue;
    const u32 self = sizes.size;
    const u32 first = used;
    reach(static_cast<i32>(i), static_cast<i32>(j), self);
    for (u32 n = first; n < used; ++n) {
      const auto at = cells[n].p;
      for (u32 d = 0; d < directions; ++d) {
        const i32 ni = at.a + kBeside[d][0];
        const i32 nj = at.b + kBeside[d][1];
        if (objects[static_cast<u32>(ni + 1) * stride + static_cast<u32>(nj + 2)] != 0) continue;
        const i8 c = color[static_cast<u32>(ni) * grid.w + static_cast<u32>(nj)];
        if (univalued ? c != color[k] : c == background) continue;
        reach(ni, nj, self);
      }
    }
    ARC_TRY(sizes.push(ctx, used - first));
  }
  const u32 made = sizes.size - 1;
  if (made == 0) return make_empty_set(ctx, out);
  *all = Labels{&grid,   diagonal, made,    count,   objects, sizes.data, nullptr, nullptr, nullptr,
                nullptr, nullptr,  nullptr, nullptr, {},      {},         {},      {}};
  SetObj* whole = blank_set(ctx);
  ARC_ALLOC(whole);
  Value* list = ctx.make<Value>(made);
  ARC_ALLOC(list);
  Value* own_cells = cells;
  for (u32 self = 1; self <= made; ++self) {
    const Value args[2] = {Value::integer(reinterpret_cast<i64>(all)), Value::integer(self)};
    Value& object = list[self - 1];
    ARC_TRY(later::make(ctx, own_cells, sizes.data[self], true, &replay_object, args, 2, object));
    own_cells += sizes.data[self];
    note_element(whole, object);
  }
  whole->count = made;
  whole->list = list;
  whole->recipe = Recipe::dialect;
  whole->replay = &replay_whole;
  whole->args[0] = Value::integer(reinterpret_cast<i64>(all));
  whole->args[3] = Value{};
  whole->order_depth++;
  out = Value::of(whole);
  return Status::ok;
}

}  // namespace

void count_colors(const GridObj& grid, Colors& out) {
  for (u32& n : out.counts) n = 0;
  const i8* cells = grid.cells();
  const u64 size = u64{grid.h} * grid.w;
  for (u64 k = 0; k < size; ++k) {
    if (out.counts[static_cast<u8>(cells[k])]++ == 0) out.values[out.n++] = cells[k];
  }
}

Status objects_of_grid(Ctx& ctx, const GridObj& grid, bool univalued, bool diagonal, i32 background,
                       Value& out) {
  if (ctx.orders_later && grid.h <= kMaxLargeSide && grid.w <= kMaxLargeSide) {
    return objects_later(ctx, grid, univalued, diagonal, background, out);
  }
  std::unique_ptr<Shape> own;
  Shape* found = nullptr;
  ARC_TRY(shape_of(ctx, grid.h, grid.w, own, found));
  Shape& shape = *found;
  const i64* hashes = shape.hashes.data();
  std::vector<Around>& around = shape.arounds(diagonal);
  const u32 count = static_cast<u32>(shape.hashes.size());
  i8* colors = ctx.make<i8>(count);  // by number
  bool* occupied = ctx.make<bool>(count);
  i64* cell_hashes = ctx.make<i64>(count);
  ARC_ALLOC(colors);
  ARC_ALLOC(occupied);
  ARC_ALLOC(cell_hashes);
  for (u32 k = 0; k < count; ++k) occupied[k] = false;
  number_colors(grid, shape, colors);
  u32 occupied_used = 0;
  LocationSet object;
  LocationSet frozen;
  LocationSet cands;
  LocationSet neighborhood;
  SetBuilder objects;
  ARC_TRY(objects.start(ctx));
  for (const u32 start : shape.order) {
    if (occupied[start] || colors[start] == background) continue;
    ARC_TRY(object.clear(ctx));
    ARC_TRY(cands.clear(ctx));
    ARC_TRY(cands.add(ctx, hashes, start));
    while (cands.used > 0) {
      ARC_TRY(neighborhood.clear(ctx));
      for (u64 k = 0; k <= cands.mask; ++k) {
        const u32 cand = cands.slots[k];
        if (!LocationSet::active(cand)) continue;
        if (univalued ? colors[cand] != colors[start] : colors[cand] == background) continue;
        TupleHash hash = shape.beginnings[cand];
        hash.add(hash_int(colors[cand]));
        cell_hashes[cand] = hash.finish(3);
        ARC_TRY(object.add(ctx, cell_hashes, cand));
        if (!occupied[cand]) ++occupied_used;
        occupied[cand] = true;
        if (around[cand].count == kNotYet) around[cand] = around_of(shape, cand, diagonal);
        ARC_TRY(merge_around(ctx, hashes, around[cand], neighborhood));
      }
      ARC_TRY(cands.difference(ctx, hashes, neighborhood, occupied, occupied_used));
    }
    Value made;
    ARC_TRY(frozen.copy(ctx, cell_hashes, object));
    ARC_TRY(freeze(ctx, shape, colors, cell_hashes, frozen, made));
    ARC_TRY(objects.add(ctx, made));
  }
  return objects.finish_copy(ctx, out);
}

}  // namespace arcbatch::tok
