// Sets of cells and locations whose order is worked out when it is asked for: a list of their
// elements in an order of ours, and how the reference would have added them.
#pragma once

#include "primitives/tokpidjin/run.h"

namespace arcbatch::tok::later {

// SetObj::op of such sets.
constexpr u16 kDistinct = 1;  // no two elements have one location

// Whether v is a set that was made here.
inline bool is_made(const Value& v) {
  return v.tag == Tag::set && v.set->recipe == Recipe::dialect && v.set->depth == 2;
}

// Whether v was made here of cells (Tag::triple) or of locations (Tag::pair), no two of which have
// one location.
inline bool is_distinct(const Value& v, Tag tag) {
  return is_made(v) && (v.set->op & kDistinct) != 0 && v.set->list[0].tag == tag;
}

// Whether all elements of a set have this tag, and how to go through them. Nothing else makes
// `count` more than 0.
struct Cells {
  const Value* data = nullptr;
  u32 count = 0;
  Tag tag = Tag::unset;
  bool distinct = false;  // known to have no two at one location
};
Status cells_of(Ctx& ctx, const Value& v, Cells& out);

// frozenset() of `count` distinct cells (triples) or locations (pairs), which `replay` orders.
Status make(Ctx& ctx, Value* list, u32 count, bool distinct,
            Status (*replay)(Ctx&, SetObj*, Table&), const Value* args, u32 arg_count, Value& out);

// The table of a set whose elements were added in the order of its list.
Status replay_listed(Ctx& ctx, SetObj* s, Table& out);

// make() of a generator that gives them in the order of the list.
Status make_listed(Ctx& ctx, Value* list, u32 count, bool distinct, Value& out);

// frozenset((i, j) for i, j, c in object), where that is made later; else `done` is false.
Status locations(Ctx& ctx, const Value& object, Value& out, bool& done);

// frozenset((i, j, color) for i, j in indices)
Status colored(Ctx& ctx, const Value& indices, const Value& color, Value& out, bool& done);

// frozenset() of the cells, or of the locations, at (ci + i, cj + j), or (ci - i, cj + j),
// (ci + i, cj - j), (ci + j, cj + i).
enum class Way : u8 { plain, over, across, turned };
Status moved(Ctx& ctx, const Value& patch, Way way, i64 ci, i64 cj, Value& out, bool& done);

// frozenset(e for c in containers for e in c) of a set of such sets.
Status merged(Ctx& ctx, const Value& containers, Value& out, bool& done);

// The colour that all cells of such a set have.
bool one_color(const Value& object, i32& out);

}  // namespace arcbatch::tok::later
