// tokpidjin: functions that make functions, and functions that call their arguments. Containers are
// walked in Python's order, and whatever a call raises is the caller's error.
#include "primitives/tokpidjin/unordered.h"
#include "values/timsort.h"

namespace arcbatch::tok::kernels {

// ---- functions made of functions --------------------------------------------------------------

namespace {

Status make_closure(Run& run, ClosureKind kind, u32 argcount, const Value* held, u32 n,
                    Value& out) {
  auto* c = run.ctx.make<ClosureObj>();
  ARC_ALLOC(c);
  *c = ClosureObj{};
  c->kind = kind;
  c->argcount = static_cast<u8>(argcount);
  for (u32 k = 0; k < n; ++k) c->args[k] = held[k];
  out = Value::of(c);
  return Status::ok;
}

Status bind(Run& run, ClosureKind kind, const Value* a, Value& out) {
  if (a[0].tag != Tag::closure) return Status::attribute_error;  // no __code__
  const u32 n = a[0].closure->argcount;
  ARC_TRY(make_closure(run, kind, n == 2 ? 1 : n == 3 ? 2 : 3, a, 2, out));
  out.closure->function = 1;
  return Status::ok;
}

}  // namespace

Status compose(Run& run, const Value* a, Value& out) {
  return make_closure(run, ClosureKind::compose, 1, a, 2, out);
}
Status chain(Run& run, const Value* a, Value& out) {
  return make_closure(run, ClosureKind::chain, 1, a, 3, out);
}
Status matcher(Run& run, const Value* a, Value& out) {
  return make_closure(run, ClosureKind::matcher, 1, a, 2, out);
}
Status fork(Run& run, const Value* a, Value& out) {
  return make_closure(run, ClosureKind::fork, 1, a, 3, out);
}
Status rbind(Run& run, const Value* a, Value& out) { return bind(run, ClosureKind::rbind, a, out); }
Status lbind(Run& run, const Value* a, Value& out) { return bind(run, ClosureKind::lbind, a, out); }

// compose(f, power(f, n - 1)) down to power(f, 1), which is f. A power that never gets there ends
// when the stack does: the innermost call then gives (), so calling the whole raises TypeError.
Status power(Run& run, const Value* a, Value& out) {
  constexpr i64 kCertain = 400;   // powers that fit on any caller's stack
  constexpr i64 kHopeless = 600;  // powers that fit on none
  bool is_one = false;
  ARC_TRY(is(run.ctx, a[1], 1, is_one));
  if (is_one) {
    out = a[0];
    return Status::ok;
  }
  if (!is_number(a[1])) return Status::type_error;
  const bool endless = a[1].tag == Tag::real || a[1].i < 1 || a[1].i > kHopeless;
  if (!endless && run.ctx.call_depth + 2 * static_cast<u32>(a[1].i) > 2 * kCertain) {
    return Status::limit_recursion;
  }
  if (endless && a[1].tag == Tag::real && a[1].real->value >= 2 && a[1].real->value <= kHopeless) {
    return Status::unsupported_construct;  // 2.0 does get there
  }
  const i64 times = endless ? 2 : a[1].i;
  ARC_TRY(run.ctx.charge(static_cast<u64>(times)));
  Value held[2] = {a[0], a[0]};
  if (endless) ARC_TRY(make_empty_tuple(run.ctx, held[1]));
  for (i64 k = 1; k < times; ++k) {
    ARC_TRY(make_closure(run, ClosureKind::compose, 1, held, 2, held[1]));
  }
  out = held[1];
  return Status::ok;
}

Status get_safe_default(Run& run, const Value* a, Value& out) {
  return default_of(run.ctx, a[0], out);
}

// ---- maps and filters -------------------------------------------------------------------------

namespace {

// [function(e) for e in container]
Status images(Run& run, const Value& function, const Value& container, Vec<Value>& out,
              bool& unordered) {
  Items items;
  ARC_TRY(open_items(run.ctx, container, items, unordered));
  ARC_TRY(out.reserve(run.ctx, items.n));
  for (u32 k = 0; k < items.n; ++k) {
    Value image;
    ARC_TRY(run.call(function, items.data[k], image));
    ARC_TRY(out.push(run.ctx, image));
  }
  return Status::ok;
}

// [e for e in container if condition(e)]
Status kept(Run& run, const Value& container, const Value& condition, Vec<Value>& out,
            bool& unordered) {
  Items items;
  ARC_TRY(open_items(run.ctx, container, items, unordered));
  for (u32 k = 0; k < items.n; ++k) {
    Value yes;
    ARC_TRY(run.call(condition, items.data[k], yes));
    if (py_truth(yes)) ARC_TRY(out.push(run.ctx, items.data[k]));
  }
  return Status::ok;
}

}  // namespace

Status apply(Run& run, const Value* a, Value& out) {
  Vec<Value> made;
  bool unordered = false;
  ARC_TRY(images(run, a[0], a[1], made, unordered));
  return close_items(run.ctx, a[1].is_tuple(), made, unordered, out);
}

Status apply_t(Run& run, const Value* a, Value& out) {
  Vec<Value> made;
  bool unordered = false;
  ARC_TRY(images(run, a[0], a[1], made, unordered));
  return close_items(run.ctx, true, made, unordered, out);
}

namespace {

// The functions' results, as a container of their container's type or as a tuple.
Status results(Run& run, const Value* a, bool to_tuple, Value& out) {
  Items functions;
  bool unordered = false;
  ARC_TRY(open_items(run.ctx, a[0], functions, unordered));
  Vec<Value> made;
  for (u32 k = 0; k < functions.n; ++k) {
    Value image;
    ARC_TRY(run.call(functions.data[k], a[1], image));
    ARC_TRY(made.push(run.ctx, image));
  }
  return close_items(run.ctx, to_tuple || a[0].is_tuple(), made, unordered, out);
}

}  // namespace

Status rapply(Run& run, const Value* a, Value& out) { return results(run, a, false, out); }

Status rapply_t(Run& run, const Value* a, Value& out) { return results(run, a, true, out); }

namespace {

// merge(map(function, container))
Status map_and_merge(Run& run, const Value* a, Fn map, Fn merge, Value& out) {
  Value made;
  const Status status = inner(run, map, made, a[0], a[1]);
  if (status == Status::unsupported_order && a[1].is_set()) {
    // A set of tuples of unknown order has none itself, but the set of all their elements is known.
    Vec<Value> parts;
    bool unordered = false;
    ARC_TRY(images(run, a[0], a[1], parts, unordered));
    return merge_parts(run.ctx, parts, out);
  }
  ARC_TRY(status);
  return inner(run, merge, out, made);
}

}  // namespace

Status mapply(Run& run, const Value* a, Value& out) {
  return map_and_merge(run, a, Fn::apply, Fn::merge, out);
}

Status mapply_t(Run& run, const Value* a, Value& out) {
  return map_and_merge(run, a, Fn::apply_t, Fn::merge_t, out);
}

Status mapply_f(Run& run, const Value* a, Value& out) {
  return map_and_merge(run, a, Fn::apply_f, Fn::merge_f, out);
}

Status papply(Run& run, const Value* a, Value& out) {
  Items x;
  Items y;
  ARC_TRY(items_of(run.ctx, a[1], x));
  ARC_TRY(items_of(run.ctx, a[2], y));
  Vec<Value> made;
  for (u32 k = 0; k < min_of(x.n, y.n); ++k) {
    const Value both[2] = {x.data[k], y.data[k]};
    Value image;
    ARC_TRY(run.call(a[0], both, 2, image));
    ARC_TRY(made.push(run.ctx, image));
  }
  return to_tuple(run.ctx, made, out);
}

Status mpapply(Run& run, const Value* a, Value& out) {
  Value made;
  ARC_TRY(inner(run, Fn::papply, made, a[0], a[1], a[2]));
  return inner(run, Fn::merge_t, out, made);
}

Status prapply(Run& run, const Value* a, Value& out) {
  Items x;
  Items y;
  ARC_TRY(items_of(run.ctx, a[2], y));
  if (y.n == 0) return make_empty_set(run.ctx, out);
  ARC_TRY(items_of(run.ctx, a[1], x));
  ARC_TRY(run.ctx.charge(cost::area(x.n, y.n)));
  SetBuilder set;
  ARC_TRY(set.start(run.ctx));
  for (u32 j = 0; j < y.n; ++j) {
    for (u32 i = 0; i < x.n; ++i) {
      const Value both[2] = {x.data[i], y.data[j]};
      Value image;
      ARC_TRY(run.call(a[0], both, 2, image));
      ARC_TRY(set.add(run.ctx, image));
    }
  }
  return set.finish(run.ctx, out);
}

Status sfilter(Run& run, const Value* a, Value& out) {
  Vec<Value> items;
  bool unordered = false;
  ARC_TRY(kept(run, a[0], a[1], items, unordered));
  return close_items(run.ctx, a[0].is_tuple(), items, unordered, out);
}

Status sfilter_t(Run& run, const Value* a, Value& out) {
  Vec<Value> items;
  bool unordered = false;
  ARC_TRY(kept(run, a[0], a[1], items, unordered));
  return close_items(run.ctx, true, items, unordered, out);
}

Status sfilter_f(Run& run, const Value* a, Value& out) {
  Vec<Value> items;
  bool unordered = false;
  ARC_TRY(kept(run, a[0], a[1], items, unordered));
  return close_items(run.ctx, false, items, unordered, out);
}

Status mfilter(Run& run, const Value* a, Value& out) {
  Value items;
  ARC_TRY(inner(run, Fn::sfilter, items, a[0], a[1]));
  return inner(run, Fn::merge_f, out, items);
}

// Unlike mfilter, this one does not merge.
Status mfilter_t(Run& run, const Value* a, Value& out) { return sfilter_f(run, a, out); }

Status extract(Run& run, const Value* a, Value& out) {
  Items items;
  ARC_TRY(items_of(run.ctx, a[0], items));
  for (u32 k = 0; k < items.n; ++k) {
    Value yes;
    ARC_TRY(run.call(a[1], items.data[k], yes));
    if (!py_truth(yes)) continue;
    out = items.data[k];
    return Status::ok;
  }
  return make_empty_set(run.ctx, out);
}

// ---- extrema and orders -----------------------------------------------------------------------

namespace {

// key(x), where None is no key
Status key_of(Run& run, const Value& key, const Value& x, Value& out) {
  if (key.tag != Tag::none) return run.call(key, x, out);
  out = x;
  return Status::ok;
}

// max(container, key=key) or min; `any` tells whether there is an item.
Status extremum(Run& run, const Value& container, const Value& key, Cmp op, bool& any, Value& out) {
  Items items;
  ARC_TRY(items_of(run.ctx, container, items));
  Value best;
  any = false;
  for (u32 k = 0; k < items.n; ++k) {
    Value value;
    ARC_TRY(key_of(run, key, items.data[k], value));
    bool better = !any;
    if (any) ARC_TRY(compare(run.ctx, op, value, best, better));
    if (better) {
      best = value;
      out = items.data[k];
    }
    any = true;
  }
  return Status::ok;
}

Status value_of_extremum(Run& run, const Value* a, Cmp op, Value& out) {
  Value at;
  bool any = false;
  ARC_TRY(extremum(run, a[0], a[1], op, any, at));
  return run.call(a[1], any ? at : Value::integer(0), out);
}

Status argument_of_extremum(Run& run, const Value* a, Cmp op, Value& out) {
  bool any = false;
  ARC_TRY(extremum(run, a[0], a[1], op, any, out));
  return any ? Status::ok : Status::value_error;
}

void reverse(Value* items, u32 n) {
  for (u32 k = 0; k < n / 2; ++k) {
    const Value held = items[k];
    items[k] = items[n - 1 - k];
    items[n - 1 - k] = held;
  }
}

// sorted(container, key=key, reverse=descending). CPython turns the list round, sorts it, and
// turns it round again.
Status sorted(Run& run, const Value& container, const Value& key, bool descending, Items& out) {
  Items items;
  ARC_TRY(items_of(run.ctx, container, items));
  ARC_TRY(run.ctx.charge(u64{items.n} * 8));
  Value* keys = nullptr;
  Value* list = nullptr;
  ARC_TRY(generic::grids::make_array(run.ctx, items.n, keys));
  ARC_TRY(generic::grids::make_array(run.ctx, items.n, list));
  for (u32 k = 0; k < items.n; ++k) {
    list[k] = items.data[k];
    ARC_TRY(key_of(run, key, list[k], keys[k]));
  }
  if (descending) {
    reverse(keys, items.n);
    reverse(list, items.n);
  }
  ARC_TRY(sort_by_key(run.ctx, keys, list, items.n));
  if (descending) reverse(list, items.n);
  out.data = list;
  out.n = items.n;
  return Status::ok;
}

// `list[rank] if -len(list) <= rank < len(list)`; `has` tells whether it is.
Status pick(Run& run, const Items& list, const Value& rank, bool& has, Value& out) {
  ARC_TRY(in_range(run.ctx, rank, list.n, has));
  if (!has) return Status::ok;
  if (!rank.is_int()) return Status::type_error;
  out = list.data[rank.i < 0 ? rank.i + list.n : rank.i];
  return Status::ok;
}

Status ranked(Run& run, const Value* a, bool& has, Value& out) {
  Items list;
  ARC_TRY(sorted(run, a[0], a[1], true, list));
  return pick(run, list, a[2], has, out);
}

}  // namespace

Status order(Run& run, const Value* a, Value& out) {
  Items list;
  ARC_TRY(sorted(run, a[0], a[1], false, list));
  return make_tuple(run.ctx, list.data, list.n, out);
}

Status valmax(Run& run, const Value* a, Value& out) {
  return value_of_extremum(run, a, Cmp::gt, out);
}
Status valmin(Run& run, const Value* a, Value& out) {
  return value_of_extremum(run, a, Cmp::lt, out);
}
Status argmax(Run& run, const Value* a, Value& out) {
  return argument_of_extremum(run, a, Cmp::gt, out);
}
Status argmin(Run& run, const Value* a, Value& out) {
  return argument_of_extremum(run, a, Cmp::lt, out);
}

Status get_rank(Run& run, const Value* a, Value& out) {
  Items list;
  bool has = false;
  ARC_TRY(sorted(run, a[0], Value::none(), true, list));
  ARC_TRY(pick(run, list, a[1], has, out));
  if (!has) out = Value::integer(0);
  return Status::ok;
}

Status get_arg_rank(Run& run, const Value* a, Value& out) {
  bool has = false;
  ARC_TRY(ranked(run, a, has, out));
  if (has) return Status::ok;
  return a[0].is_set() ? make_empty_set(run.ctx, out) : make_empty_tuple(run.ctx, out);
}

Status get_arg_rank_t(Run& run, const Value* a, Value& out) {
  bool has = false;
  ARC_TRY(ranked(run, a, has, out));
  return has ? Status::ok : make_empty_tuple(run.ctx, out);
}

Status get_arg_rank_f(Run& run, const Value* a, Value& out) {
  bool has = false;
  ARC_TRY(ranked(run, a, has, out));
  return has ? Status::ok : make_empty_set(run.ctx, out);
}

Status get_val_rank(Run& run, const Value* a, Value& out) {
  Items list;
  Value at;
  bool has = false;
  ARC_TRY(sorted(run, a[0], a[1], false, list));
  ARC_TRY(pick(run, list, a[2], has, at));
  return run.call(a[1], has ? at : Value::integer(0), out);
}

Status get_nth_by_key_t(Run& run, const Value* a, Value& out) {
  Items list;
  ARC_TRY(sorted(run, a[0], a[2], false, list));
  if (list.n == 0) return nothing(out);
  Value made;
  ARC_TRY(make_tuple(run.ctx, list.data, list.n, made));
  return py_getitem(run.ctx, made, a[1], out);
}

Status get_nth_by_key_f(Run& run, const Value* a, Value& out) {
  Items list;
  ARC_TRY(sorted(run, a[0], a[2], false, list));
  i64 at = 0;
  ARC_TRY(py_index(a[1], at));  // range()
  at = max_of<i64>(at, 0);
  if (at >= list.n) return nothing(out);
  out = list.data[at];
  return Status::ok;
}

// ---- differences of samples -------------------------------------------------------------------

namespace {

// What function finds in the inputs but not in the outputs, or the other way round.
Status found_in_one(Run& run, const Value* a, bool in_inputs, Value& out) {
  Value parts[2];
  Value found[2];
  for (u32 side = 0; side < 2; ++side) {
    ARC_TRY(inner(run, Fn::apply, parts[side], function_value(side == 0 ? Fn::first : Fn::second),
                  a[0]));
  }
  for (u32 side = 0; side < 2; ++side) {
    Value merged;
    ARC_TRY(inner(run, Fn::mapply_t, merged, a[1], parts[side]));
    ARC_TRY(inner(run, Fn::dedupe, found[side], merged));
  }
  return inner(run, Fn::difference_tuple, out, found[in_inputs ? 0 : 1], found[in_inputs ? 1 : 0]);
}

}  // namespace

// The inputs, the outputs, and the colours of each, as a file's generator writes them in one line.
Status batch_process_samples_gpu(Run& run, const Value* a, Value& out) {
  Value parts[4];
  for (u32 side = 0; side < 2; ++side) {
    ARC_TRY(inner(run, Fn::apply, parts[side], function_value(side == 0 ? Fn::first : Fn::second),
                  a[0]));
    ARC_TRY(inner(run, Fn::mapply, parts[2 + side], function_value(Fn::p_g), parts[side]));
  }
  return make_tuple(run.ctx, parts, 4, out);
}

Status c_iz(Run& run, const Value* a, Value& out) { return found_in_one(run, a, true, out); }
Status c_zo(Run& run, const Value* a, Value& out) { return found_in_one(run, a, false, out); }

Status c_iz_n(Run& run, const Value* a, Value& out) {
  Value found;
  ARC_TRY(inner(run, Fn::c_iz, found, a[0], a[1]));
  return run.call(a[2], found, out);
}

Status c_zo_n(Run& run, const Value* a, Value& out) {
  Value found;
  ARC_TRY(inner(run, Fn::c_zo, found, a[0], a[1]));
  return run.call(a[2], found, out);
}

}  // namespace arcbatch::tok::kernels
