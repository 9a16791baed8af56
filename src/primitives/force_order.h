// Replays of set order: from a set's recipe to CPython's table, by running the ordered kernel
// that the reference's own construction corresponds to.
#pragma once

#include "primitives/kernels/call_generic.h"
#include "primitives/replay.h"

namespace arcbatch {

// Puts the listed elements in place of the equal ones that a kernel made anew, so that an element
// is one object whichever way it is reached, with the order that the kernel gave it.
ARC_HD inline Status adopt_elements(Ctx& ctx, SetObj* s, Table& table) {
  for (u32 k = 0; k < s->count; ++k) {
    i64 hash = 0;
    ARC_TRY(hash_value(ctx, s->list[k], hash));
    Entry* slot = nullptr;
    ARC_TRY(table_find(ctx, table, s->list[k], hash, slot));
    if (slot == nullptr) return Status::runtime_error;
    if (slot->key.same_bits(s->list[k])) continue;
    SetObj* e = s->list[k].tag == Tag::set ? s->list[k].set : nullptr;
    if (e != nullptr && e->recipe == Recipe::member && e->args[0].set == s) e->args[1] = slot->key;
    slot->key = s->list[k];
  }
  return Status::ok;
}

// The table that the ordered kernel of a set's primitive makes.
ARC_HD inline Status replay_kernel(Ctx& ctx, SetObj* s, Table& table) {
  Value made;
  ARC_TRY(call_generic(ctx, static_cast<Prim>(s->op), s->args, made));
  if (made.tag != Tag::set) return Status::runtime_error;
  ARC_TRY(force_order(ctx, made.set));
  table = *made.set->table;
  return Status::ok;
}

// The table of a listed element, as the making of the whole set gives it.
ARC_HD inline Status replay_member(Ctx& ctx, SetObj* s, Table& table) {
  SetObj* whole = s->args[0].set;
  if (s->args[1].tag != Tag::set) {
    const Prim op = static_cast<Prim>(whole->op);
    if (whole->recipe != Recipe::primitive || !is_patch_maker(op)) {
      ARC_TRY(force_order(ctx, whole));
    } else if (op != Prim::objects) {
      return short_replay::by_rows(ctx, s->bits, table);
    } else {
      // The order of the whole was found without its elements'; here are all of theirs.
      Table kernel_table;
      ARC_TRY(replay_kernel(ctx, whole, kernel_table));
      ARC_TRY(adopt_elements(ctx, whole, kernel_table));
    }
  }
  if (s->args[1].tag != Tag::set) return Status::runtime_error;
  ARC_TRY(force_order(ctx, s->args[1].set));
  table = *s->args[1].set->table;
  return Status::ok;
}

// Sets `adopt` where the table's keys may be other objects than the set's listed elements.
ARC_HD inline Status replay(Ctx& ctx, SetObj* s, Table& table, bool& adopt) {
  adopt = s->list != nullptr && s->recipe != Recipe::filter &&
          (s->list[0].tag == Tag::set || s->list[0].tag == Tag::grid);
  switch (s->recipe) {
    case Recipe::primitive: {
      const Status status = replay_shortly(ctx, s, table);
      if (status != Status::fallback) {
        adopt = false;
        return status;
      }
      return replay_kernel(ctx, s, table);
    }
    case Recipe::apply: {
      ARC_TRY(table_init(ctx, table));
      if (s->args[0].tag != Tag::set) {  // images are in Python's order already
        for (u32 k = 0; k < static_cast<u32>(s->args[1].i); ++k) {
          ARC_TRY(table_add(ctx, table, s->images[k]));
        }
        return Status::ok;
      }
      return for_each_in_order(ctx, s->args[0].set,
                               [&](u32 k) { return table_add(ctx, table, s->images[k]); });
    }
    case Recipe::filter: {
      ARC_TRY(table_init(ctx, table));
      SetObj* source = s->args[0].set;
      return for_each_in_order(ctx, source, [&](u32 k) {
        if (!py_truth(s->images[k])) return Status::ok;
        return table_add(ctx, table, source->list[k]);
      });
    }
    case Recipe::merge: return replay_merge(ctx, s->args[0], table);
    case Recipe::member: return replay_member(ctx, s, table);
#if defined(__CUDA_ARCH__)
    case Recipe::dialect: break;  // devices have no dialects, and should call nothing by address
#else
    case Recipe::dialect: adopt = false; return s->replay(ctx, s, table);
#endif
    case Recipe::none: break;
  }
  return Status::runtime_error;
}

ARC_HD ARC_ONCE Status make_order(Ctx& ctx, SetObj* s) {
  ARC_CHECK_STACK(ctx);
  // A single element needs no replay, unless its own order is to come from one.
  if (s->count == 1 && s->bits_state == Tri::yes) ARC_TRY(enumerate_contents(ctx, s));
  if (s->count == 1 && s->list != nullptr &&
      !(s->list[0].tag == Tag::set && s->list[0].set->recipe == Recipe::member &&
        s->list[0].set->args[0].set == s && !is_patch_maker(static_cast<Prim>(s->op)))) {
    Table* single = ctx.make<Table>();
    ARC_ALLOC(single);
    ARC_TRY(table_init(ctx, *single));
    ARC_TRY(table_add(ctx, *single, s->list[0]));
    s->table = single;
    return Status::ok;
  }
  ctx.order_requests++;
  if (ctx.profile != nullptr) ctx.profile[ctx.asking].orders++;
  // The construction was paid for when the set was made; seeing its order is free.
  const i64 steps = ctx.steps;
  const i64 bytes = ctx.bytes;
  ctx.steps = INT64_MAX;
  ctx.bytes = INT64_MAX;
  Table* table = ctx.make<Table>();
  ARC_ALLOC(table);
  bool adopt = false;
  Status status = replay(ctx, s, *table, adopt);
  if (status == Status::ok && adopt) status = adopt_elements(ctx, s, *table);
  ctx.steps = steps;
  ctx.bytes = bytes;
  ARC_TRY(status);
  s->table = table;
  s->count = table->used;
  s->order_depth = 0;
  if (s->bits_state != Tri::yes) {
    for (u64 k = 0; k <= table->mask; ++k) {
      if (is_active(table->entries[k])) {
        s->order_depth = max_of(s->order_depth, order_depth_of(table->entries[k].key));
      }
    }
  }
  return Status::ok;
}

}  // namespace arcbatch
