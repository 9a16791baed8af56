// Evaluator: a column of calls of a map primitive, such as the inner maps of a map, as one column
// over the items of all their containers. Included by evaluator_columns.h.
#pragma once

#if !defined(__CUDA_ARCH__)

namespace arcbatch {

// Containers beyond this are worth a column each.
inline constexpr u32 kJoinedLength = 64;
// Items that are walked together: so few that the columns between two primitives stay in the cache.
inline constexpr u32 kJoinedItems = 512;

// Whether n calls of the higher-order primitive p can be joined. Maps over what has no order, which
// stop early, or over what is none are left to call().
inline bool Evaluator::joins_maps(Prim p, const Column* args, u32 n) {
  if (n < 2 || is_builder(p) || p == Prim::prapply) return false;
  const bool first = function_first(p);
  const Column& fns = args[first ? 0 : 1];
  for (u32 k = 0; p != Prim::rapply && k < (fns.stride == 0 ? 1 : n); ++k) {
    if (!fns[k].is_function()) return false;
  }
  const u32 containers = arity_of(p) - 1;
  for (u32 j = 0; j < containers; ++j) {
    const Column& c = args[first ? j + 1 : 0];
    for (u32 k = 0; k < (c.stride == 0 ? 1 : n); ++k) {
      const Value& v = c[k];
      const bool fits = v.is_set() || (v.is_tuple() && p != Prim::extract);
      if (!fits || len_of(v) > kJoinedLength || order_by_address(v) || is_pending(v)) return false;
    }
  }
  return true;
}

inline Status Evaluator::column_maps(Prim p, const Column* args, u32 n, Value* out) {
  const u32 n_args = arity_of(p);
  MapState* maps = ctx_.make<MapState>(n);
  ARC_ALLOC(maps);
  const Level level(*this, map_frames(p));
  u32 begin = 0;
  u32 total = 0;
  for (u32 k = 0; k < n; ++k) {
    Value all[3];
    for (u32 j = 0; j < n_args; ++j) all[j] = args[j][k];
    Value fn;
    Value a;
    Value b;
    map_operands(p, all, fn, a, b);
    maps[k] = MapState{};
    maps[k].prim = p;
    ARC_TRY(charge_higher(p, all, n_args));
    ARC_TRY(open_items(maps[k], fn, a, b));
    total += maps[k].n;
    if (total < kJoinedItems && k + 1 < n) continue;
    ARC_TRY(run_joined(maps + begin, k + 1 - begin, total, out + begin));
    begin = k + 1;
    total = 0;
  }
  return Status::ok;
}

// Runs maps that are open, with `total` items together.
inline Status Evaluator::run_joined(MapState* maps, u32 count, u32 total, Value* out) {
  const Prim p = maps[0].prim;
  const bool looks = is_extremum(p) || p == Prim::extract;
  const ScratchMark mark(*ctx_.arena);
  // What makes a set keeps the results, for its order.
  Value* results = looks || p == Prim::order ? temporary(total) : ctx_.make<Value>(total);
  ARC_ALLOC(results);
  const auto spread = [&](auto value_of) {
    Value* each = temporary(total);
    Value* at = each;
    for (u32 k = 0; each != nullptr && k < count; ++k) {
      for (u32 i = 0; i < maps[k].n; ++i) *at++ = value_of(maps[k], i);
    }
    return Column{each, 1};
  };
  if (total != 0) {
    u32 alike = 1;
    while (alike < count && maps[alike].fn.same_bits(maps[0].fn)) ++alike;
    Column fns = {&maps[0].fn, 0};
    if (alike < count) fns = spread([](const MapState& f, u32) { return f.fn; });
    Column items[2] = {spread([](const MapState& f, u32 i) { return f.items[i]; }), {}};
    const bool pairs = maps[0].b.tag != Tag::unset;
    if (pairs) items[1] = spread([](const MapState& f, u32 i) { return f.items2[i]; });
    ARC_ALLOC(fns.data);
    ARC_ALLOC(items[0].data);
    if (pairs) ARC_ALLOC(items[1].data);
    ARC_TRY(p == Prim::rapply ? column_of(items[0], &fns, 1, total, results)
                              : column_of(fns, items, pairs ? 2 : 1, total, results));
  }
  for (u32 k = 0; k < count; ++k) {
    MapState& f = maps[k];
    f.results = results;
    results += f.n;
    while (looks && f.i < f.n) ARC_TRY(consume(f));
    f.i = f.n;
    bool call_again = false;
    ARC_TRY(finish_map(f, out[k], call_again));
    const Value zero = Value::integer(0);
    if (call_again) ARC_TRY(call(f.fn, &zero, 1, out[k]));
  }
  return Status::ok;
}

}  // namespace arcbatch

#endif
