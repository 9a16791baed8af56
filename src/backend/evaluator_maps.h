// Evaluator: higher-order primitives as frames that call a function per element. Sets are walked
// in an order of ours; where that could show (an element raises, a tie, a partial order), the
// elements are taken in Python's order instead. Included by evaluator.h.
#pragma once

namespace arcbatch {

// Whether the function stands before the container among a map primitive's arguments.
ARC_HD constexpr bool function_first(Prim p) {
  return p == Prim::apply || p == Prim::mapply || p == Prim::papply || p == Prim::mpapply ||
         p == Prim::prapply;
}

ARC_HD constexpr bool is_extremum(Prim p) {
  return p == Prim::argmax || p == Prim::argmin || p == Prim::valmax || p == Prim::valmin;
}

// Whether the function is a key of max, min or sorted: no generator of the primitive's own.
ARC_HD constexpr bool is_keyed(Prim p) { return is_extremum(p) || p == Prim::order; }

// Python frames that a map primitive stands on while it calls: its own and its generator's.
ARC_HD constexpr u8 map_frames(Prim p) { return is_keyed(p) ? 1 : 2; }

ARC_HD constexpr bool is_builder(Prim p) {
  return p == Prim::compose || p == Prim::chain || p == Prim::matcher || p == Prim::rbind ||
         p == Prim::lbind || p == Prim::power || p == Prim::fork;
}

// Where a map primitive's arguments stand.
ARC_HD inline void map_operands(Prim p, const Value* args, Value& fn, Value& a, Value& b) {
  const bool first = function_first(p);
  fn = args[first ? 0 : 1];
  a = args[first ? 1 : 0];
  b = arity_of(p) == 3 ? args[2] : Value{};
}

// Pays for a call of a higher-order primitive.
ARC_HD inline Status Evaluator::charge_higher(Prim p, const Value* args, u32 n) {
  if (ARC_UNLIKELY(ctx_.profile != nullptr)) ctx_.profile[static_cast<u32>(p)].calls++;
  ARC_TRY(ctx_.charge(base_cost(args, n)));
  for (u32 k = 0; k < n; ++k) {
    if (args[k].tag == Tag::list) return Status::unsupported_construct;
  }
  return Status::ok;
}

ARC_HD inline Status Evaluator::invoke_higher(Prim p, const Value* args, bool& done) {
  ARC_TRY(charge_higher(p, args, arity_of(p)));
  if (is_builder(p)) {
    done = true;
    ARC_TRY(invoke_builder(p, args, ret_));
    return check_result(ctx_, ret_);
  }
  Value fn;
  Value a;
  Value b;
  map_operands(p, args, fn, a, b);
  return enter_map(p, fn, a, b);
}

// Items of a set in its table's order.
ARC_HD inline Status ordered_items(Ctx& ctx, SetObj* s, const Value*& out) {
  ARC_TRY(force_order(ctx, s));
  Value* items = ctx.make<Value>(s->count);
  ARC_ALLOC(items);
  u32 n = 0;
  for (u64 k = 0; k <= s->table->mask; ++k) {
    if (is_active(s->table->entries[k])) items[n++] = s->table->entries[k].key;
  }
  out = items;
  return Status::ok;
}

// Copies the items of an iterable in Python's order.
ARC_HD inline Status items_in_order(Ctx& ctx, const Value& v, const Value*& items, u32& n) {
  if (v.is_set()) {
    if (order_by_address(v)) return Status::unsupported_order;
    n = v.set->count;
    return ordered_items(ctx, v.set, items);
  }
  if (!v.is_tuple()) return Status::type_error;
  n = len_of(v);
  TupleView view;
  ARC_TRY(view_tuple(ctx, v, view));
  items = view.items;
  if (items == view.inline_items) {
    Value* copy = ctx.make<Value>(2);
    ARC_ALLOC(copy);
    copy[0] = items[0];
    copy[1] = items[1];
    items = copy;
  }
  return Status::ok;
}

ARC_HD inline Status Evaluator::open_container(MapState& f, const Value& container) {
  const bool unordered = order_by_address(container);
  if (unordered && container.tag == Tag::tuple) {
    f.items = container.tuple->items();
    f.n = container.tuple->len;
    f.exact_order = f.n <= 1;
    return Status::ok;
  }
  if (!container.is_set()) return items_in_order(ctx_, container, f.items, f.n);
  SetObj* s = container.set;
  f.n = s->count;
  const bool in_order = ctx_.generic_only || is_careful();
  if (!unordered && (in_order || (s->table != nullptr && s->list == nullptr))) {
    ARC_TRY(ordered_items(ctx_, s, f.items));
    if (!ctx_.generic_only && s->list == nullptr) s->list = const_cast<Value*>(f.items);
    return Status::ok;
  }
  if (s->list == nullptr) {
    if (s->table != nullptr) {
      const Value* items = nullptr;
      ARC_TRY(ordered_items(ctx_, s, items));
      s->list = const_cast<Value*>(items);
    } else {
      ARC_TRY(enumerate_contents(ctx_, s));
    }
  }
  f.items = s->list;
  f.exact_order = f.n <= 1;
  return Status::ok;
}

// papply, mpapply: zip(a, b). prapply: for j in b for i in a.
ARC_HD inline Status Evaluator::open_pairs(MapState& f) {
  const Value* a = nullptr;
  const Value* b = nullptr;
  u32 na = 0;
  u32 nb = 0;
  if (f.prim != Prim::prapply) {
    ARC_TRY(items_in_order(ctx_, f.a, a, na));
    ARC_TRY(items_in_order(ctx_, f.b, b, nb));
    f.items = a;
    f.items2 = b;
    f.n = min_of(na, nb);
    return Status::ok;
  }
  ARC_TRY(items_in_order(ctx_, f.b, b, nb));
  if (nb == 0) return Status::ok;
  ARC_TRY(items_in_order(ctx_, f.a, a, na));
  const u64 total = u64{na} * nb;
  ARC_TRY(ctx_.charge(total));
  if (total > 0x7fffffff) return Status::limit_size;
  Value* first = ctx_.make<Value>(total);
  ARC_ALLOC(first);
  Value* second = ctx_.make<Value>(total);
  ARC_ALLOC(second);
  u64 k = 0;
  for (u32 j = 0; j < nb; ++j) {
    for (u32 i = 0; i < na; ++i) {
      first[k] = a[i];
      second[k++] = b[j];
    }
  }
  f.items = first;
  f.items2 = second;
  f.n = static_cast<u32>(total);
  return Status::ok;
}

// Opens the containers. An error of this is the primitive's own.
ARC_HD inline Status Evaluator::open_items(MapState& f, const Value& fn, const Value& a,
                                           const Value& b) {
  asks(f.prim);
  if (ARC_UNLIKELY(ctx_.arena->expired())) return Status::resource_time;
  f.fn = fn;
  f.a = a;
  f.b = b;
  f.stop_is_error = false;  // iter() of the outermost iterable is outside the generator
  f.steps = ctx_.steps;
  f.bytes = ctx_.bytes;
  if (b.tag != Tag::unset) {
    ARC_TRY(open_pairs(f));
  } else {
    ARC_TRY(open_container(f, a));
  }
  f.stop_is_error = !is_keyed(f.prim);
  return Status::ok;
}

// Opens the containers and makes room for the results.
ARC_HD inline Status Evaluator::open_map(MapState& f, const Value& fn, const Value& a,
                                         const Value& b) {
  ARC_TRY(open_items(f, fn, a, b));
  f.results = ctx_.make<Value>(f.n);
  ARC_ALLOC(f.results);
  return Status::ok;
}

ARC_HD inline Status Evaluator::enter_map(Prim p, const Value& fn, const Value& a, const Value& b) {
  Frame* f = nullptr;
  ARC_TRY(push(FrameKind::map, map_frames(p), f));
  f->map.prim = p;
  return open_map(f->map, fn, a, b);
}

// Makes the call of item f.i: `done` with the result in ret_, or a frame pushed.
ARC_HD inline Status Evaluator::invoke_item(MapState& f, bool& done) {
  if (f.prim == Prim::rapply) return invoke(f.items[f.i], &f.fn, 1, done);
  if (ARC_UNLIKELY(f.fn.tag == Tag::none && is_keyed(f.prim))) {
    // key=None is no key. valmax and valmin then call it all the same.
    if (f.prim == Prim::valmax || f.prim == Prim::valmin) return Status::type_error;
    ret_ = f.items[f.i];
    done = true;
    return Status::ok;
  }
  if (f.items2 != nullptr) {
    const Value both[2] = {f.items[f.i], f.items2[f.i]};
    return invoke(f.fn, both, 2, done);
  }
  return invoke(f.fn, &f.items[f.i], 1, done);
}

ARC_HD inline Status Evaluator::step_map(Frame& frame) {
  if (frame.state == 1) {  // valmax of nothing: compfunc(0) has returned
    return pop();
  }
  MapState& f = frame.map;
  if (frame.awaiting) {
    frame.awaiting = false;
    f.results[f.i] = ret_;
    ARC_TRY(consume(f));
  }
  while (f.i < f.n) {
    bool done = false;
    ARC_TRY(invoke_item(f, done));
    if (!done) {
      frame.awaiting = true;
      return Status::ok;
    }
    f.results[f.i] = ret_;
    ARC_TRY(consume(f));
  }
  bool call_again = false;
  Value out;
  ARC_TRY(finish_map(f, out, call_again));
  if (call_again) {
    frame.state = 1;
    const Value zero = Value::integer(0);
    bool done = false;
    ARC_TRY(invoke(f.fn, &zero, 1, done));
    return done ? pop() : Status::ok;
  }
  ret_ = out;
  return pop();
}

// Takes f.results[f.i] as the result of item f.i.
ARC_HD inline Status Evaluator::consume(MapState& f) {
  const u32 k = f.i;
  const Value& result = f.results[k];
  if (is_extremum(f.prim) && f.exact_order && k > 0) {
    // max() and min() compare as they go, so an incomparable key raises before later calls.
    const bool largest = f.prim == Prim::argmax || f.prim == Prim::valmax;
    bool better = false;
    ARC_TRY(compare(ctx_, largest ? Cmp::gt : Cmp::lt, result, f.results[f.best], better));
    if (better) f.best = k;
  } else if (f.prim == Prim::extract && !f.matched && py_truth(result)) {
    f.matched = true;
    f.best = k;
    if (!f.a.is_set()) f.n = k + 1;
  }
  f.i++;
  return Status::ok;
}

ARC_HD inline Status Evaluator::restart_in_order(MapState& f) {
  if (order_by_address(f.a)) {
    // What the calls so far cost depends on our order, and on what was tried before.
    ctx_.steps = f.steps;
    ctx_.bytes = f.bytes;
    return Status::unsupported_order;
  }
  asks(f.prim);
  waste(f.steps);
  f.exact_order = true;
  f.matched = false;
  f.best = 0;
  f.i = 0;
  ctx_.steps = f.steps;
  ctx_.bytes = f.bytes;
  return ordered_items(ctx_, f.a.set, f.items);
}

// Whether map f goes on after `status` came out of one of its calls; may change `status`.
ARC_HD inline bool Evaluator::recover_map(MapState& f, Status& status) {
  if (f.results == nullptr) return false;  // still opening
  if (!f.exact_order && kind_of(status) != StatusKind::resource) {
    const Status restarted = restart_in_order(f);
    if (restarted == Status::ok) return true;
    status = restarted;
    return false;
  }
  // extract over a set pays for every element whatever the order, but only those up to the
  // match can raise.
  if (f.prim == Prim::extract && f.matched && f.i < f.n && kind_of(status) != StatusKind::limit &&
      kind_of(status) != StatusKind::resource) {
    f.results[f.i] = Value::boolean(false);
    f.i++;
    return true;
  }
  return false;
}

// Makes the result of the results; `call_again` where valmax or valmin of nothing has still to
// call the function on its default.
ARC_HD inline Status Evaluator::finish_map(MapState& f, Value& out, bool& call_again) {
  // From here on errors are of this primitive itself, not of a call inside its generator.
  f.stop_is_error = false;
  asks(f.prim);
  switch (f.prim) {
    case Prim::apply:
    case Prim::rapply:
    case Prim::papply:
    case Prim::prapply: ARC_TRY(finish_apply(f, out)); break;
    case Prim::sfilter: ARC_TRY(finish_filter(f, out)); break;
    case Prim::mfilter: {
      Value kept;
      ARC_TRY(finish_filter(f, kept));
      ARC_TRY(finish_merge(f, kept, out));
      break;
    }
    case Prim::mapply:
    case Prim::mpapply: {
      Value images;
      if (!f.a.is_set() || f.prim != Prim::mapply) {
        ARC_TRY(finish_apply(f, images));
      }
      ARC_TRY(finish_merge(f, images, out));
      break;
    }
    case Prim::order: ARC_TRY(finish_order(f, out)); break;
    case Prim::extract: ARC_TRY(finish_extract(f, out)); break;
    default:
      ARC_TRY(finish_extremum(f, out, call_again));
      if (call_again) return Status::ok;
      break;
  }
  return check_result(ctx_, out);
}

}  // namespace arcbatch

#include "backend/evaluator_finish.h"
