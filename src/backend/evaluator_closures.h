// Evaluator: function-building primitives and calls of the closures that they make. Included by
// evaluator.h.
#pragma once

namespace arcbatch {

// function.__code__.co_argcount: AttributeError for anything that is not a function.
ARC_HD inline Status Evaluator::co_argcount(const Value& fn, u32& out) {
  if (fn.tag == Tag::primitive) {
    out = arity_of(static_cast<Prim>(fn.i));
    return Status::ok;
  }
  if (fn.tag != Tag::closure) return Status::attribute_error;
  out = fn.closure->argcount;
  return Status::ok;
}

// Puts the keyword arguments, which end args[0..n), in the order of the callee's parameters. Only
// closures are met here: the front end binds the keywords of named functions.
ARC_HD inline Status Evaluator::bind_keywords(const Value& callee, const KeywordView& names,
                                              Value* args, u32 n) {
  if (!callee.is_function()) return Status::type_error;
  if (callee.tag != Tag::closure || callee.closure->kind >= ClosureKind::def) {
    return Status::unsupported_construct;
  }
  const ClosureObj& c = *callee.closure;
  const char* params = c.kind == ClosureKind::lbind ? "yza" : "xyz";
  if (n != c.argcount) return Status::type_error;
  const u32 positional = n - names.count;
  Value bound[3];
  for (u32 k = 0; k < positional; ++k) bound[k] = args[k];
  for (u32 k = 0; k < names.count; ++k) {
    u32 at = 0;
    while (at < n && params[at] != names.letters[k]) ++at;
    if (at == n || bound[at].tag != Tag::unset) return Status::type_error;
    bound[at] = args[positional + k];
  }
  for (u32 k = 0; k < n; ++k) args[k] = bound[k];
  return Status::ok;
}

// power(function, n): compose(function, power(function, n - 1)).
ARC_HD inline Status Evaluator::make_power(const Value* args, Value& out) {
  bool is_one = false;
  ARC_TRY(equal(ctx_, args[1], Value::integer(1), is_one));
  if (is_one) {
    out = args[0];
    return Status::ok;
  }
  if (!args[1].is_int()) return Status::type_error;  // n - 1
  const i64 times = args[1].i;
  if (times <= 0 || times > kOverflowDepth) return Status::recursion_error;
  if (ctx_.call_depth + static_cast<u32>(times) > kCertainDepth) {
    return ctx_.call_depth + static_cast<u32>(times) > kOverflowDepth ? Status::recursion_error
                                                                      : Status::limit_recursion;
  }
  ARC_TRY(ctx_.charge(static_cast<u64>(times)));
  Value inner = args[0];
  for (i64 k = 1; k < times; ++k) {
    ClosureObj* c = nullptr;
    ARC_TRY(make_closure(ClosureKind::compose, 1, c));
    c->args[0] = args[0];
    c->args[1] = inner;
    inner = Value::of(c);
  }
  out = inner;
  return Status::ok;
}

ARC_HD inline Status Evaluator::invoke_builder(Prim p, const Value* args, Value& out) {
  ClosureObj* c = nullptr;
  ClosureKind kind{};
  if (!makes_closure(p, kind)) return make_power(args, out);
  u32 argcount = 1;
  if (kind == ClosureKind::rbind || kind == ClosureKind::lbind) {
    ARC_TRY(co_argcount(args[0], argcount));
    argcount = bound_argcount(argcount);
  }
  ARC_TRY(make_closure(kind, argcount, c));
  for (u32 k = 0; k < arity_of(p); ++k) c->args[k] = args[k];
  out = Value::of(c);
  return Status::ok;
}

// Frame slots: a = the first argument, b = the second, saved = an intermediate result.
ARC_HD inline Status Evaluator::enter_closure(ClosureObj* c, const Value* args, u32 n, bool& done) {
  done = false;
  ARC_TRY(ctx_.charge(1));
  Frame* f = nullptr;
  ARC_TRY(push(FrameKind::closure, 1, f));
  f->closure = c;
  if (c->kind == ClosureKind::rbind || c->kind == ClosureKind::lbind) {
    Value all[4];
    const u32 shift = c->kind == ClosureKind::lbind ? 1 : 0;
    for (u32 k = 0; k < n; ++k) all[k + shift] = args[k];
    all[shift == 1 ? 0 : n] = c->args[1];
    f->state = 1;
    bool inner = false;
    ARC_TRY(invoke(c->args[0], all, n + 1, inner));
    if (inner) {
      done = true;
      return pop();
    }
    return Status::ok;
  }
  f->a = args[0];
  return Status::ok;
}

ARC_HD inline Status Evaluator::step_closure(Frame& f) {
  const Value* held = f.closure->args;
  // Each pass makes the next call; a call that is done at once falls through to the following.
  for (;;) {
    bool done = false;
    switch (f.closure->kind) {
      case ClosureKind::compose:  // outer(inner(x))
        if (f.state == 2) return pop();
        ARC_TRY(f.state == 0 ? invoke(held[1], &f.a, 1, done)
                             : (f.saved = ret_, invoke(held[0], &f.saved, 1, done)));
        break;
      case ClosureKind::chain:  // h(g(f(x)))
        if (f.state == 3) return pop();
        if (f.state == 0) {
          ARC_TRY(invoke(held[2], &f.a, 1, done));
        } else {
          f.saved = ret_;
          ARC_TRY(invoke(held[f.state == 1 ? 1 : 0], &f.saved, 1, done));
        }
        break;
      case ClosureKind::matcher:  // function(x) == target
        if (f.state == 1) {
          ARC_TRY(ctx_.charge(1 + min_of(weight_of(ret_), weight_of(held[1]))));
          bool same = false;
          ARC_TRY(equal_operator(ctx_, ret_, held[1], same));
          ret_ = Value::boolean(same);
          return pop();
        }
        ARC_TRY(invoke(held[0], &f.a, 1, done));
        break;
      case ClosureKind::fork:  // outer(a(x), b(x))
        if (f.state == 3) return pop();
        if (f.state == 0) {
          ARC_TRY(invoke(held[1], &f.a, 1, done));
        } else if (f.state == 1) {
          f.saved = ret_;
          ARC_TRY(invoke(held[2], &f.a, 1, done));
        } else {
          const Value both[2] = {f.saved, ret_};
          ARC_TRY(invoke(held[0], both, 2, done));
        }
        break;
      default: return pop();  // binds: the one call is over
    }
    f.state++;
    if (!done) return Status::ok;
  }
}

}  // namespace arcbatch
