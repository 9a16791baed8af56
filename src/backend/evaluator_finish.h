// Evaluator: how higher-order primitives make their result of the function's results. Included
// by evaluator_maps.h.
#pragma once

#include "primitives/unordered.h"
#include "values/bits_ops.h"
#include "values/dedupe.h"
#include "values/timsort.h"

namespace arcbatch {

// Results of f in Python's order of its container.
ARC_HD inline Status results_in_order(Ctx& ctx, MapState& f, const Value*& out) {
  if (f.exact_order) {
    out = f.results;
    return Status::ok;
  }
  Value* ordered = ctx.make<Value>(f.n);
  ARC_ALLOC(ordered);
  u32 n = 0;
  ARC_TRY(for_each_in_order(ctx, f.a.set, [&](u32 k) {
    ordered[n++] = f.results[k];
    return Status::ok;
  }));
  out = ordered;
  return Status::ok;
}

// frozenset(v[0..n)) in bit rows with the recipe of its order, or fallback (see collect_bits).
ARC_HD inline Status make_cell_set(Ctx& ctx, const Value* v, u32 n, Recipe recipe, Prim op,
                                   const Value* args, u32 arg_count, const Value* images,
                                   Value& out) {
  Bits bits;
  u32 cells = 0;
  ARC_TRY(collect_bits(ctx, v, n, bits, cells));
  ARC_TRY(make_bits_set(ctx, bits, cells, out));
  out.set->images = images;
  return set_recipe(ctx, out.set, recipe, op, args, arg_count);
}

// frozenset(results), with the recipe of its order.
ARC_HD inline Status Evaluator::finish_apply(MapState& f, Value& out) {
  const bool to_tuple = f.prim == Prim::papply || f.prim == Prim::mpapply ||
                        (f.prim != Prim::prapply && !f.a.is_set());
  const bool by_address = f.prim != Prim::prapply && order_by_address(f.a);
  if (to_tuple) {
    return by_address ? make_unordered_tuple(ctx_, f.results, f.n, out)
                      : make_tuple(ctx_, f.results, f.n, out);
  }
  if (f.n == 0) return make_empty_set(ctx_, out);
  if (!ctx_.generic_only && !by_address) {
    Value args[2];
    if (f.exact_order) {
      args[0] = Value::none();
      args[1] = Value::integer(f.n);
    } else {
      args[0] = f.a;
    }
    const Status collected =
        make_cell_set(ctx_, f.results, f.n, Recipe::apply, Prim::apply, args, 2, f.results, out);
    if (collected != Status::fallback) return collected;
    Value* distinct = nullptr;
    bool* repeated = nullptr;
    u32 count = 0;
    const Status status = dedupe_values(ctx_, f.results, f.n, distinct, repeated, count);
    if (status == Status::ok) {
      ARC_TRY(make_lazy_list(ctx_, distinct, count, Recipe::apply, Prim::apply, args, 2, out,
                             f.results));
      for (u32 k = 0; k < count; ++k) {
        if (!repeated[k]) continue;
        // Equal results may differ in their inner order; which one stays is for the replay.
        SetObj* copy = ctx_.make<SetObj>();
        ARC_ALLOC(copy);
        *copy = *distinct[k].set;
        copy->table = nullptr;
        copy->args[1] = Value{};
        distinct[k] = Value::of(copy);
        ARC_TRY(set_recipe(ctx_, copy, Recipe::member, Prim::apply, &out, 1));
      }
      return Status::ok;
    }
    if (status != Status::fallback) return status;
  }
  const Value* ordered = f.results;
  if (!by_address) ARC_TRY(results_in_order(ctx_, f, ordered));
  Table table;
  ARC_TRY(table_init(ctx_, table));
  for (u32 k = 0; k < f.n; ++k) ARC_TRY(table_add(ctx_, table, ordered[k]));
  // Images of a set without a known order have none either.
  if (by_address) flag_unknown_order(table);
  return make_set(ctx_, table, out);
}

// The elements whose result is true, in a container of the same type.
ARC_HD inline Status Evaluator::finish_filter(MapState& f, Value& out) {
  Value* kept = ctx_.make<Value>(f.n);
  ARC_ALLOC(kept);
  u32 count = 0;
  for (u32 k = 0; k < f.n; ++k) {
    if (py_truth(f.results[k])) kept[count++] = f.items[k];
  }
  if (!f.a.is_set()) {
    return order_by_address(f.a) ? make_unordered_tuple(ctx_, kept, count, out)
                                 : make_tuple(ctx_, kept, count, out);
  }
  if (count == 0) return make_empty_set(ctx_, out);
  if (ctx_.generic_only || (f.a.set->flags & kHasAddress) != 0) {
    Table table;
    ARC_TRY(table_init(ctx_, table));
    for (u32 k = 0; k < count; ++k) ARC_TRY(table_add(ctx_, table, kept[k]));
    if (order_by_address(f.a)) flag_unknown_order(table);
    return make_set(ctx_, table, out);
  }
  const Value in_order[2] = {Value::none(), Value::integer(count)};
  const Recipe recipe = f.exact_order ? Recipe::apply : Recipe::filter;
  const Value* args = f.exact_order ? in_order : &f.a;
  const u32 arg_count = f.exact_order ? 2 : 1;
  const Value* images = f.exact_order ? kept : f.results;
  const Status collected =
      make_cell_set(ctx_, kept, count, recipe, f.prim, args, arg_count, images, out);
  if (collected == Status::fallback) {
    return make_lazy_list(ctx_, kept, count, recipe, f.prim, args, arg_count, out, images);
  }
  ARC_TRY(collected);
  out.set->list = kept;
  return Status::ok;
}

// merge(containers); `containers` unset stands for the set of f's results, which nobody else
// sees and which is made only where the order of the union is asked for.
ARC_HD inline Status Evaluator::finish_merge(MapState& f, const Value& containers, Value& out) {
  Iter it;
  u64 total = 0;
  if (containers.tag == Tag::unset) {
    for (u32 k = 0; k < f.n; ++k) total += u64{1} + len_of(f.results[k]);
  } else {
    total = weight_of(containers);
  }
  ARC_TRY(ctx_.charge(total));
  Value source = containers;
  bool addressed = false;
  bool unhashable = false;
  for (u32 k = 0; source.tag == Tag::unset && k < f.n; ++k) {
    const Value& image = f.results[k];
    addressed = addressed || (flags_of(image) & kHasAddress) != 0;
    unhashable = unhashable || (image.tag == Tag::tuple && order_by_address(image));
  }
  // Equal images are one: only their set tells whether it has an order. Tuples of unknown order
  // make no set that could be looked at, but what they hold is known.
  if (addressed && !unhashable) ARC_TRY(finish_apply(f, source));
  if (source.tag == Tag::unset ? order_by_address(f.a) || unhashable : merges_unordered(source)) {
    return merge_unordered(ctx_, source, f.results, f.n, out);
  }
  if (containers.is_tuple()) {
    // Called by a statement, whose register takes the result.
    if (native_ == 1 && containers.tag == Tag::tuple) {
      const Status status =
          make_pending(ctx_, containers.tuple->items(), containers.tuple->len, out);
      if (status != Status::fallback) return status;
    }
    ARC_TRY(it.start(ctx_, containers));
    Vec<Value> items;
    for (Value c; it.next(c);) {
      Iter inner;
      ARC_TRY(inner.start(ctx_, c));
      for (Value e; inner.next(e);) ARC_TRY(items.push(ctx_, e));
    }
    return make_tuple(ctx_, items.data, items.size, out);
  }
  const Value* parts = f.results;
  u32 n = f.n;
  if (source.tag == Tag::unset) {
    if (ctx_.generic_only || n == 0) {
      ARC_TRY(finish_apply(f, source));
    } else {
      SetObj* images = blank_set(ctx_);
      ARC_ALLOC(images);
      images->count = n;
      images->images = f.results;
      Value args[2];
      args[0] = f.exact_order ? Value::none() : f.a;
      args[1] = Value::integer(n);
      source = Value::of(images);
      for (u32 k = 0; k < n; ++k) {
        images->flags = static_cast<u8>(images->flags | flags_of(f.results[k]));
      }
      u16 depth = 0;
      for (u32 k = 0; k < n; ++k) depth = max_of(depth, order_depth_of(f.results[k]));
      ARC_TRY(set_recipe(ctx_, images, Recipe::apply, Prim::apply, args, 2));
      images->order_depth = max_of(images->order_depth, static_cast<u16>(depth + 1));
    }
  } else if (!ctx_.generic_only) {
    ARC_TRY(enumerate_contents(ctx_, source.set));
    if (source.set->list != nullptr) {
      parts = source.set->list;
      n = source.set->count;
    }
  }
  if (!ctx_.generic_only && source.set->count > 0 && (source.set->flags & kHasAddress) == 0 &&
      (source.set->list != nullptr || source.set->images != nullptr)) {
    const Status status = make_union(ctx_, parts, n, out);
    if (status == Status::ok) {
      if (out.set->count == 0) return Status::ok;
      return set_recipe(ctx_, out.set, Recipe::merge, Prim::merge, &source, 1);
    }
    if (status != Status::fallback) return status;
  }
  Table table;
  ARC_TRY(replay_merge(ctx_, source, table));
  return make_set(ctx_, table, out);
}

// Whether all keys are ints, or all are pairs: a total order without errors.
ARC_HD inline bool plain_keys(const Value* keys, u32 n) {
  const Tag tag = keys[0].tag;
  if (tag != Tag::integer && tag != Tag::pair) return false;
  for (u32 k = 1; k < n; ++k) {
    if (keys[k].tag != tag) return false;
  }
  return true;
}

ARC_HD inline i64 sort_rank(const Value& key) {
  if (key.tag == Tag::integer) return key.i;
  return static_cast<i64>((static_cast<u64>(static_cast<u32>(key.p.a)) << 32) |
                          (static_cast<u32>(key.p.b) ^ 0x80000000u));
}

// Sets `out` to the first index, in Python's order of f's set, that is marked.
ARC_HD inline Status Evaluator::first_in_order(MapState& f, const bool* candidate, u32& out) {
  bool found = false;
  return for_each_in_order(ctx_, f.a.set, [&](u32 k) {
    if (!found && candidate[k]) {
      found = true;
      out = k;
    }
    return Status::ok;
  });
}

ARC_HD inline Status Evaluator::finish_extremum(MapState& f, Value& out, bool& call_again) {
  const bool by_value = f.prim == Prim::valmax || f.prim == Prim::valmin;
  const bool largest = f.prim == Prim::argmax || f.prim == Prim::valmax;
  if (f.n == 0) {
    call_again = by_value;  // default=0
    return by_value ? Status::ok : Status::value_error;
  }
  if (!f.exact_order) {
    if (order_by_address(f.a)) return Status::unsupported_order;
    if (plain_keys(f.results, f.n)) {
      u32 best = 0;
      u32 ties = 1;
      i64 best_rank = sort_rank(f.results[0]);
      for (u32 k = 1; k < f.n; ++k) {
        const i64 rank = sort_rank(f.results[k]);
        if (rank == best_rank) {
          ties++;
        } else if ((rank > best_rank) == largest) {
          best = k;
          best_rank = rank;
          ties = 1;
        }
      }
      f.best = best;
      if (ties > 1 && !by_value) {
        bool* candidate = ctx_.make<bool>(f.n);
        ARC_ALLOC(candidate);
        for (u32 k = 0; k < f.n; ++k) candidate[k] = sort_rank(f.results[k]) == best_rank;
        ARC_TRY(first_in_order(f, candidate, f.best));
      }
    } else {
      bool any = false;
      ARC_TRY(for_each_in_order(ctx_, f.a.set, [&](u32 k) {
        bool better = !any;
        if (any) {
          ARC_TRY(
              compare(ctx_, largest ? Cmp::gt : Cmp::lt, f.results[k], f.results[f.best], better));
        }
        any = true;
        if (better) f.best = k;
        return Status::ok;
      }));
    }
  }
  // valmax calls the function once more on the winner; it is pure, so the key is the answer.
  if (by_value) ARC_TRY(ctx_.charge(1));
  out = by_value ? f.results[f.best] : f.items[f.best];
  return Status::ok;
}

ARC_HD inline Status Evaluator::finish_order(MapState& f, Value& out) {
  if (order_by_address(f.a)) return Status::unsupported_order;
  ARC_TRY(ctx_.charge(u64{f.n} * 8));
  const u32 n = f.n;
  Value* keys = ctx_.make<Value>(n);
  ARC_ALLOC(keys);
  Value* items = ctx_.make<Value>(n);
  ARC_ALLOC(items);
  for (u32 k = 0; k < n; ++k) {
    keys[k] = f.results[k];
    items[k] = f.items[k];
  }
  bool in_order = f.exact_order;
  if (!in_order && n > 0 && plain_keys(keys, n)) {
    ARC_TRY(sort_by_key(ctx_, keys, items, n));
    in_order = true;
    for (u32 k = 1; k < n && in_order; ++k) in_order = sort_rank(keys[k - 1]) != sort_rank(keys[k]);
    if (in_order) return make_tuple(ctx_, items, n, out);
  }
  if (!f.exact_order) {
    u32 at = 0;
    ARC_TRY(for_each_in_order(ctx_, f.a.set, [&](u32 k) {
      keys[at] = f.results[k];
      items[at++] = f.items[k];
      return Status::ok;
    }));
  }
  ARC_TRY(sort_by_key(ctx_, keys, items, n));
  return make_tuple(ctx_, items, n, out);
}

ARC_HD inline Status Evaluator::finish_extract(MapState& f, Value& out) {
  if (!f.matched) return Status::stop_iteration;
  if (!f.exact_order) {
    if (order_by_address(f.a)) return Status::unsupported_order;
    bool* candidate = ctx_.make<bool>(f.n);
    ARC_ALLOC(candidate);
    u32 matches = 0;
    for (u32 k = 0; k < f.n; ++k) {
      candidate[k] = py_truth(f.results[k]);
      matches += candidate[k] ? 1 : 0;
    }
    if (matches > 1) ARC_TRY(first_in_order(f, candidate, f.best));
  }
  out = f.items[f.best];
  return Status::ok;
}

}  // namespace arcbatch
