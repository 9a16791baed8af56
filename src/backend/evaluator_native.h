// Evaluator: calls of closures and maps on the native stack, to a depth of kMaxNative; beyond it,
// and for defs and lambdas, frames take over. Charges, order and errors are those of the frames.
// Included by evaluator.h.
#pragma once

#if !defined(__CUDA_ARCH__)

namespace arcbatch {

inline Status Evaluator::call(const Value& fn, const Value* args, u32 n, Value& out) {
  if (ARC_LIKELY(fn.tag == Tag::primitive)) {
    const Prim p = static_cast<Prim>(fn.i);
    if (ARC_UNLIKELY(arity_of(p) != n)) return Status::type_error;
    if (ARC_LIKELY(!is_higher(p))) {
      // A constant count lets the loop over the arguments unfold.
      return n == 1 ? call_leaf(p, args, 1, out) : call_leaf(p, args, n, out);
    }
  }
  return call_other(fn, args, n, out);
}

// A call of a function that calls others, or of what is no function.
inline Status Evaluator::call_higher(const Value& fn, const Value* args, u32 n, Value& out) {
  if (fn.tag != Tag::primitive) return Status::type_error;
  const Prim p = static_cast<Prim>(fn.i);
  ARC_TRY(charge_higher(p, args, n));
  if (!is_builder(p)) return call_map(p, args, out);
  ARC_TRY(invoke_builder(p, args, out));
  return check_result(ctx_, out);
}

inline Status Evaluator::call_other(const Value& fn, const Value* args, u32 n, Value& out) {
  if (fn.tag != Tag::closure) return call_higher(fn, args, n, out);
  const ClosureObj& c = *fn.closure;
  if (c.kind == ClosureKind::dialect) return call_dialect(c, args, n, out);
  if (c.kind >= ClosureKind::def || native_ >= kMaxNative) return call_framed(fn, args, n, out);
  if (c.argcount != n) return Status::type_error;
  ARC_TRY(ctx_.charge(1));
  if (ctx_.call_depth + 1 > kOverflowDepth) return Status::recursion_error;
  ctx_.call_depth++;
  native_++;
  const Status status = call_closure(c, args, n, out);
  native_--;
  ctx_.call_depth--;
  return ARC_UNLIKELY(status == Status::ok && ctx_.call_depth >= kCertainDepth)
             ? Status::limit_recursion
             : status;
}

// Calls fn on frames above those in use.
inline Status Evaluator::call_framed(const Value& fn, const Value* args, u32 n, Value& out) {
  bool done = false;
  const u32 base = top_;
  ARC_TRY(settle(invoke_framed(fn, args, n, done), base));
  out = ret_;
  return Status::ok;
}

inline Status Evaluator::call_closure(const ClosureObj& c, const Value* args, u32 n, Value& out) {
  const Value* held = c.args;
  switch (c.kind) {
    case ClosureKind::compose: {  // outer(inner(x))
      Value inner;
      ARC_TRY(call(held[1], args, 1, inner));
      return call(held[0], &inner, 1, out);
    }
    case ClosureKind::chain: {  // h(g(f(x)))
      Value first;
      ARC_TRY(call(held[2], args, 1, first));
      Value second;
      ARC_TRY(call(held[1], &first, 1, second));
      return call(held[0], &second, 1, out);
    }
    case ClosureKind::matcher: {  // function(x) == target
      Value result;
      ARC_TRY(call(held[0], args, 1, result));
      ARC_TRY(ctx_.charge(1 + min_of(weight_of(result), weight_of(held[1]))));
      bool same = false;
      ARC_TRY(equal_operator(ctx_, result, held[1], same));
      out = Value::boolean(same);
      return Status::ok;
    }
    case ClosureKind::fork: {  // outer(a(x), b(x))
      Value both[2];
      ARC_TRY(call(held[1], args, 1, both[0]));
      ARC_TRY(call(held[2], args, 1, both[1]));
      return call(held[0], both, 2, out);
    }
    case ClosureKind::rbind: {
      Value all[4];
      for (u32 k = 0; k < n; ++k) all[k] = args[k];
      all[n] = held[1];
      return call(held[0], all, n + 1, out);
    }
    default: {  // lbind
      Value all[4];
      all[0] = held[1];
      for (u32 k = 0; k < n; ++k) all[k + 1] = args[k];
      return call(held[0], all, n + 1, out);
    }
  }
}

inline Status Evaluator::call_map(Prim p, const Value* args, Value& out) {
  Value fn;
  Value a;
  Value b;
  map_operands(p, args, fn, a, b);
  if (native_ >= kMaxNative) {
    const u32 base = top_;
    ARC_TRY(settle(enter_map(p, fn, a, b), base));
    out = ret_;
    return Status::ok;
  }
  const u32 python_frames = map_frames(p);
  if (ctx_.call_depth + python_frames > kOverflowDepth) return Status::recursion_error;
  ctx_.call_depth += python_frames;
  native_++;
  MapState f;
  f.prim = p;
  Status status = open_map(f, fn, a, b);
  if (ARC_LIKELY(status == Status::ok)) status = call_items(f, out);
  native_--;
  const bool doubtful = ctx_.call_depth > kCertainDepth;
  ctx_.call_depth -= python_frames;
  return ARC_UNLIKELY(status == Status::ok && doubtful) ? Status::limit_recursion : status;
}

inline Status Evaluator::call_items(MapState& f, Value& out) {
  for (;;) {
    if (f.n - f.i > 1 && !is_careful() && !try_columns(f) && ctx_.arena->expired()) {
      return Status::resource_time;
    }
    Status status = Status::ok;
    while (f.i < f.n) {
      Value& result = f.results[f.i];
      if (f.items2 == nullptr && f.prim != Prim::rapply && f.fn.tag != Tag::none) {
        status = call(f.fn, &f.items[f.i], 1, result);
      } else {
        bool done = false;
        const u32 base = top_;
        status = settle(invoke_item(f, done), base);
        result = ret_;
      }
      if (ARC_UNLIKELY(status != Status::ok)) break;
      status = consume(f);
      if (ARC_UNLIKELY(status != Status::ok)) break;
    }
    if (ARC_LIKELY(status == Status::ok)) {
      bool call_again = false;
      status = finish_map(f, out, call_again);
      if (call_again) {
        const Value zero = Value::integer(0);
        return call(f.fn, &zero, 1, out);
      }
      if (ARC_LIKELY(status == Status::ok)) return Status::ok;
    }
    if (!recover_map(f, status)) {
      if (status != Status::stop_iteration || !f.stop_is_error) return status;
      located_ = false;  // a new exception, raised where the map is called
      return Status::runtime_error;
    }
    located_ = false;
  }
}

}  // namespace arcbatch

#endif
