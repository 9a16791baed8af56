// Evaluator: a map's function over all items at once, one primitive after the other, so that the
// tree of closures is walked once a map and not once an item. Maps within it become one map over
// the items of all of them (evaluator_column_maps.h). What is charged is a sum and does not depend
// on the turn; an error or a limit undoes it all, and the items go one by one instead.
// Included by evaluator.h.
#pragma once

#if !defined(__CUDA_ARCH__)

namespace arcbatch {

// A level of calls on the native stack, of so many Python frames.
class Evaluator::Level {
 public:
  Level(Evaluator& evaluator, u32 frames) : evaluator_(evaluator), frames_(frames) {
    evaluator_.native_++;
    evaluator_.ctx_.call_depth += frames_;
  }
  ~Level() {
    evaluator_.native_--;
    evaluator_.ctx_.call_depth -= frames_;
  }
  Level(const Level&) = delete;
  Level& operator=(const Level&) = delete;

 private:
  Evaluator& evaluator_;
  u32 frames_;
};

// Fills in f's results from f.i on, a slab of items at a time; false where a slab has to be looked
// at item by item. Of that slab nothing is charged, and f.i is its first item.
inline bool Evaluator::try_columns(MapState& f) {
  if (f.prim == Prim::rapply || f.fn.tag == Tag::none) return false;
  if (f.prim == Prim::extract && !f.a.is_set()) return false;  // stops at the match
  const bool looks = is_extremum(f.prim) || f.prim == Prim::extract;
  // What a failure wastes is a slab. Most fail at once or never.
  for (u32 slab = kFirstSlab; f.i < f.n; slab = kSlab) {
    const u32 n = min_of(slab, f.n - f.i);
    const i64 steps = ctx_.steps;
    const i64 bytes = ctx_.bytes;
    const u32 i = f.i;
    const u32 best = f.best;
    const bool matched = f.matched;
    const Column args[2] = {{f.items + i, 1}, {f.items2 == nullptr ? nullptr : f.items2 + i, 1}};
    Status status = column(f.fn, args, f.items2 == nullptr ? 1 : 2, n, f.results + i);
    if (looks) {
      while (status == Status::ok && f.i < i + n) status = consume(f);
    } else {
      f.i = i + n;
    }
    if (ARC_LIKELY(status == Status::ok)) continue;
    waste(steps);
    located_ = false;
    ctx_.steps = steps;
    ctx_.bytes = bytes;
    f.i = i;
    f.best = best;
    f.matched = matched;
    return false;
  }
  return true;
}

inline Status Evaluator::column(const Value& fn, const Column* args, u32 n_args, u32 n,
                                Value* out) {
  if (fn.tag == Tag::primitive) {
    const Prim p = static_cast<Prim>(fn.i);
    if (arity_of(p) != n_args) return Status::type_error;
    if (!is_higher(p)) return column_leaf(p, args, n_args, n, out);
    if (native_ < kMaxNative && ctx_.call_depth + map_frames(p) <= kCertainDepth) {
      if (p == Prim::apply && args[0].stride == 0 && are_pairs(args[1], n)) {
        return column_apply(args[0].data[0], args[1], n, out);
      }
      if (joins_maps(p, args, n)) return column_maps(p, args, n, out);
    }
  } else if (fn.tag == Tag::closure && fn.closure->kind < ClosureKind::def &&
             native_ < kMaxNative) {
    const ClosureObj& c = *fn.closure;
    if (c.argcount != n_args) return Status::type_error;
    const Column held[3] = {{&c.args[0], 0}, {&c.args[1], 0}, {&c.args[2], 0}};
    return column_closure(c.kind, held, args, n_args, n, out);
  }
  return column_of_calls({&fn, 0}, args, n_args, n, out);
}

// Calls fns[k] on the columns' items k.
inline Status Evaluator::column_of(const Column& fns, const Column* args, u32 n_args, u32 n,
                                   Value* out) {
  const Value& fn = fns.data[0];
  if (fns.stride == 0 || n == 1) return column(fn, args, n_args, n, out);
  if (fn.tag != Tag::closure || fn.closure->kind >= ClosureKind::def || native_ >= kMaxNative) {
    return column_of_calls(fns, args, n_args, n, out);
  }
  const ClosureKind kind = fn.closure->kind;
  bool same_kind = true;
  for (u32 k = 0; k < n && same_kind; ++k) {
    same_kind = fns[k].tag == Tag::closure && fns[k].closure->kind == kind &&
                fns[k].closure->argcount == n_args;
  }
  if (!same_kind) return column_of_calls(fns, args, n_args, n, out);
  const ScratchMark mark(*ctx_.arena);
  Column held[3];
  const u32 parts = kind == ClosureKind::chain || kind == ClosureKind::fork ? 3 : 2;
  for (u32 j = 0; j < parts; ++j) {
    const Value first = fn.closure->args[j];
    u32 alike = 1;
    while (alike < n && fns[alike].closure->args[j].same_bits(first)) ++alike;
    held[j] = {&fn.closure->args[j], 0};
    if (alike == n) continue;
    Value* each = temporary(n);
    ARC_ALLOC(each);
    for (u32 k = 0; k < n; ++k) each[k] = fns[k].closure->args[j];
    held[j] = {each, 1};
  }
  return column_closure(kind, held, args, n_args, n, out);
}

inline Status Evaluator::column_of_calls(const Column& fns, const Column* args, u32 n_args, u32 n,
                                         Value* out) {
  if (n_args > 4) return Status::type_error;
  Value a[4];
  for (u32 k = 0; k < n; ++k) {
    for (u32 j = 0; j < n_args; ++j) a[j] = args[j][k];
    ARC_TRY(call(fns[k], a, n_args, out[k]));
  }
  return Status::ok;
}

// Room for values that nobody holds once the mark before it is gone.
inline Value* Evaluator::temporary(u32 n) {
  void* kept = ctx_.arena->scratch(u64{n} * sizeof(Value));
  return kept != nullptr ? static_cast<Value*>(kept) : ctx_.make<Value>(n);
}

inline bool Evaluator::are_pairs(const Column& c, u32 n) {
  for (u32 k = 0; k < n; ++k) {
    if (c[k].tag != Tag::pair) return false;
  }
  return true;
}

// apply(fn, pair) for a column of pairs: one call on the column of all their items.
inline Status Evaluator::column_apply(const Value& fn, const Column& pairs, u32 n, Value* out) {
  if (ARC_UNLIKELY(ctx_.profile != nullptr)) ctx_.profile[static_cast<u32>(Prim::apply)].calls += n;
  ARC_TRY(ctx_.charge(u64{n} * (1 + weight_of(fn) + inline_weight(Tag::pair))));
  const ScratchMark mark(*ctx_.arena);
  Value* items = temporary(4 * n);
  ARC_ALLOC(items);
  Value* results = items + u64{2} * n;
  for (u32 k = 0; k < n; ++k) {
    items[2 * k] = Value::integer(pairs[k].p.a);
    items[2 * k + 1] = Value::integer(pairs[k].p.b);
  }
  const Column column_of_items = {items, 1};
  const Level level(*this, map_frames(Prim::apply));
  ARC_TRY(column(fn, &column_of_items, 1, 2 * n, results));
  for (u32 k = 0; k < n; ++k) {
    const Value* both = results + u64{2} * k;
    if (both[0].tag == Tag::integer && both[1].tag == Tag::integer && fits_i32(both[0].i) &&
        fits_i32(both[1].i)) {
      out[k] = Value::pair(static_cast<i32>(both[0].i), static_cast<i32>(both[1].i));
    } else {
      ARC_TRY(make_tuple(ctx_, both, 2, out[k]));
    }
    ARC_TRY(check_result(ctx_, out[k]));
  }
  return Status::ok;
}

// What leaf calls on `n` arguments of a column cost beside themselves, and the flags of
// call_leaf().
inline void Evaluator::add_column_cost(const Column& c, u32 n, u64& cost, u32& unusual) {
  const u32 distinct = c.stride == 0 ? 1 : n;
  const Tag tag = c.data[0].tag;
  u32 alike = tag < Tag::tuple ? 1 : 0;  // most columns are of one kind of values
  while (alike != 0 && alike < distinct && c.data[alike].tag == tag) ++alike;
  u64 sum = alike == 0 ? 0 : u64{alike} * inline_weight(tag);
  for (u32 k = alike; k < distinct; ++k) {
    const Value& v = c.data[k];
    if (v.tag >= Tag::tuple) {
      sum += v.head->weight;
      unusual |= v.head->flags & (v.tag == Tag::set ? kHasAddress : kUnordered | kPending);
    } else {
      sum += inline_weight(v.tag);
    }
  }
  cost += c.stride == 0 ? sum * n : sum;
}

inline Status Evaluator::column_leaf(Prim p, const Column* args, u32 n_args, u32 n, Value* out) {
  Ctx& ctx = ctx_;
  u64 cost = n;  // n is a slab's and weights are bounded, so this is far from overflowing
  u32 unusual = 0;
  for (u32 j = 0; j < n_args; ++j) add_column_cost(args[j], n, cost, unusual);
  Value a[4];
  if (ARC_UNLIKELY(unusual != 0)) {
    for (u32 k = 0; k < n; ++k) {
      for (u32 j = 0; j < n_args; ++j) a[j] = args[j][k];
      ARC_TRY(call_leaf(p, a, n_args, out[k]));
    }
    return Status::ok;
  }
  ctx.leaf_calls += n;
  ARC_TRY(ctx.charge(cost));
  if (fast_.columns != nullptr) {
    const ColumnKernel all = fast_.columns[static_cast<u32>(p)];
    if (all != nullptr) return all(ctx, args, n, out);
  }
  const FastKernel kernel = fast_.table[static_cast<u32>(p)];
  const auto call_one = [&ctx, p, kernel](const Value* arguments, Value& to) {
    const Status status = kernel(ctx, arguments, to);
    if (ARC_UNLIKELY(status != Status::ok)) {
      if (status != Status::fallback) return status;
      ARC_TRY(call_generic_kernel(ctx, p, arguments, to));
    }
    return check_result(ctx, to);
  };
  if (n_args == 1) {
    const Column of = args[0];
    for (u32 k = 0; k < n; ++k) ARC_TRY(call_one(&of[k], out[k]));
    return Status::ok;
  }
  if (n_args == 2) {
    const Column first = args[0];
    const Column second = args[1];
    for (u32 k = 0; k < n; ++k) {
      a[0] = first[k];
      a[1] = second[k];
      ARC_TRY(call_one(a, out[k]));
    }
    return Status::ok;
  }
  for (u32 k = 0; k < n; ++k) {
    for (u32 j = 0; j < n_args; ++j) a[j] = args[j][k];
    ARC_TRY(call_one(a, out[k]));
  }
  return Status::ok;
}

// Calls closures of one kind, held[j][k] being what the k-th of them holds.
inline Status Evaluator::column_closure(ClosureKind kind, const Column* held, const Column* args,
                                        u32 n_args, u32 n, Value* out) {
  ARC_TRY(ctx_.charge(n));
  if (ctx_.call_depth >= kCertainDepth) return Status::limit_recursion;
  const Level level(*this, 1);
  const ScratchMark mark(*ctx_.arena);
  Value* first = nullptr;
  if (kind <= ClosureKind::matcher || kind == ClosureKind::fork) {
    first = temporary(n);
    ARC_ALLOC(first);
  }
  const Column firsts = {first, 1};
  switch (kind) {
    case ClosureKind::compose:  // outer(inner(x))
      ARC_TRY(column_of(held[1], args, 1, n, first));
      return column_of(held[0], &firsts, 1, n, out);
    case ClosureKind::chain: {  // h(g(f(x)))
      ARC_TRY(column_of(held[2], args, 1, n, out));
      const Column results = {out, 1};
      ARC_TRY(column_of(held[1], &results, 1, n, first));
      return column_of(held[0], &firsts, 1, n, out);
    }
    case ClosureKind::matcher:  // function(x) == target
      ARC_TRY(column_of(held[0], args, 1, n, first));
      for (u32 k = 0; k < n; ++k) {
        const Value& target = held[1][k];
        ARC_TRY(ctx_.charge(1 + min_of(weight_of(first[k]), weight_of(target))));
        bool same = false;
        ARC_TRY(equal_operator(ctx_, first[k], target, same));
        out[k] = Value::boolean(same);
      }
      return Status::ok;
    case ClosureKind::fork: {  // outer(a(x), b(x))
      Value* second = temporary(n);
      ARC_ALLOC(second);
      ARC_TRY(column_of(held[1], args, 1, n, first));
      ARC_TRY(column_of(held[2], args, 1, n, second));
      const Column both[2] = {firsts, {second, 1}};
      return column_of(held[0], both, 2, n, out);
    }
    default: {  // binds
      Column all[4];
      const u32 shift = kind == ClosureKind::lbind ? 1 : 0;
      for (u32 k = 0; k < n_args; ++k) all[k + shift] = args[k];
      all[shift == 1 ? 0 : n_args] = held[1];
      return column_of(held[0], all, n_args + 1, n, out);
    }
  }
}

}  // namespace arcbatch

#include "backend/evaluator_column_maps.h"

#endif
