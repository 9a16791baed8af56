// Safe calls, Python's operators on floats, and the table of tokpidjin's kernels.
#include "primitives/tokpidjin/run.h"

#include <cmath>
#include <limits>

#include "primitives/tokpidjin/unordered.h"

namespace arcbatch::tok {

namespace {

// A call stands on two Python frames: the wrapper's and the function's.
constexpr u32 kFramesOfCall = 2;
// Near CPython's limit of recursion what a wrapper gives depends on how many frames logging takes.
constexpr u32 kCertainDepth = 900;

constexpr Kernel kKernels[kFnCount] = {
#define ARC_TOKPIDJIN(ident, name, least, most, params, ret, fallback, relation, like, kernel) \
  &kernels::kernel,
#include "primitives/tokpidjin/tokpidjin.def"
};

ClosureObj* function_objects() {
  static auto* const all = [] {
    auto* made = new ClosureObj[kFnCount + 1]();  // lives as long as the process
    for (u32 k = 0; k <= kFnCount; ++k) {
      made[k].kind = ClosureKind::dialect;
      made[k].function = k;
      made[k].argcount = k < kFnCount ? static_cast<u8>(kFunctions[k].most) : 0;
    }
    return made;
  }();
  return all;
}

Status make_fallback(Ctx& ctx, Fallback fallback, Value& out) {
  switch (fallback) {
    case Fallback::tuple: return make_empty_tuple(ctx, out);
    case Fallback::set: return make_empty_set(ctx, out);
    case Fallback::zero: out = Value::integer(0); return Status::ok;
    case Fallback::no: out = Value::boolean(false); return Status::ok;
    case Fallback::function: {
      auto* c = ctx.make<ClosureObj>();  // another function each time
      ARC_ALLOC(c);
      *c = function_objects()[kFnCount];
      out = Value::of(c);
      return Status::ok;
    }
  }
  return Status::runtime_error;
}

double real_of(const Value& v) {
  return v.tag == Tag::real ? v.real->value : static_cast<double>(v.i);
}

bool is_special(const Value& v, u32 function) {
  return v.tag == Tag::closure && v.closure->kind == ClosureKind::dialect &&
         v.closure->function == function;
}

bool is_zero(double x) { return !(x < 0) && !(x > 0) && !std::isnan(x); }

// float.__floordiv__ and __mod__ in one, as CPython computes them.
Status real_divmod(Ctx& ctx, double x, double y, bool quotient, Value& out) {
  if (is_zero(y)) return Status::zero_division_error;
  double rest = std::fmod(x, y);
  double div = (x - rest) / y;
  if (!is_zero(rest) && (y < 0) != (rest < 0)) {
    rest += y;
    div -= 1.0;
  } else if (is_zero(rest)) {
    rest = std::copysign(0.0, y);
  }
  if (!is_zero(div)) {
    const double floored = std::floor(div);
    div = div - floored > 0.5 ? floored + 1.0 : floored;
  } else {
    div = std::copysign(0.0, x / y);
  }
  return make_real(ctx, quotient ? div : rest, out);
}

bool any_real(const Value& a, const Value& b) {
  return (a.tag == Tag::real && is_number(b)) || (b.tag == Tag::real && is_number(a));
}

// A kernel's call without its last argument: the one default is `key`, the bare identity().
__attribute__((noinline)) Status call_with_default(Run& run, Fn fn, Kernel kernel,
                                                   const Value* args, u32 n, bool unordered,
                                                   Value& out) {
  Value full[4];
  for (u32 k = 0; k < n; ++k) full[k] = args[k];
  full[n] = function_value(Fn::identity);
  return unordered ? call_unordered(run, fn, kernel, full, n, out) : kernel(run, full, out);
}

}  // namespace

Value function_value(Fn fn) { return Value::of(&function_objects()[static_cast<u32>(fn)]); }

Status call_public(Run& run, Fn fn, const Value* args, u32 n, Value& out) {
  Ctx& ctx = run.ctx;
  if (static_cast<u32>(fn) == kDefaultFunction) return make_empty_tuple(ctx, out);
  if (static_cast<u32>(fn) == kTextFunction) return Status::type_error;  // a str is not callable
  if (static_cast<u32>(fn) == kUnknown) return Status::unsupported_order;
  const FnInfo& info = kFunctions[static_cast<u32>(fn)];
  u64 cost = 1;  // of weights far from overflowing
  bool unordered = false;
  for (u32 k = 0; k < n; ++k) {
    const Value& v = args[k];
    if (ARC_LIKELY(v.tag < Tag::tuple && v.tag != Tag::closure)) {
      cost += inline_weight(v.tag);
      continue;
    }
    if (v.tag == Tag::list || is_special(v, kTextFunction)) return Status::unsupported_construct;
    if (is_special(v, kUnknown)) return Status::unsupported_order;
    cost += weight_of(v);
    unordered = unordered || order_by_address(v);
  }
  ARC_TRY(ctx.charge(cost));
  if (ARC_UNLIKELY(n < info.least || n > info.most)) return make_fallback(ctx, info.fallback, out);
  if (ARC_UNLIKELY(ctx.call_depth + kFramesOfCall > kCertainDepth)) return Status::limit_recursion;
  ARC_CHECK_STACK(ctx);
  ctx.call_depth += kFramesOfCall;
  Value made;
  Status status = Status::ok;
  const Kernel kernel = kKernels[static_cast<u32>(fn)];
  if (ARC_UNLIKELY(n < info.most)) {
    status = call_with_default(run, fn, kernel, args, n, unordered, made);
  } else {
    status = ARC_UNLIKELY(unordered) ? call_unordered(run, fn, kernel, args, n, made)
                                     : kernel(run, args, made);
  }
  ctx.call_depth -= kFramesOfCall;
  if (is_error(status)) status = make_fallback(ctx, info.fallback, made);
  ARC_TRY(status);
  out = made;
  return check_result(ctx, out);
}

Status default_of(Ctx& ctx, const Value& fn, Value& out) {
  const bool known = fn.tag == Tag::closure && fn.closure->kind == ClosureKind::dialect &&
                     fn.closure->function < kFnCount;
  return make_fallback(ctx, known ? kFunctions[fn.closure->function].fallback : Fallback::tuple,
                       out);
}

Status make_real(Ctx& ctx, double x, Value& out) {
  auto* r = ctx.make<RealObj>();
  ARC_ALLOC(r);
  *r = RealObj{};
  r->expanded = 1;
  r->value = x;
  r->hash_known = true;
  if (std::isnan(x)) {
    r->flags = kHasAddress;
    r->hash = 0x7ff8;
  } else if (std::isinf(x)) {
    r->hash = x > 0 ? 314159 : -314159;
  } else if (std::floor(x) < x || std::fabs(x) > 9e15) {
    return Status::unsupported_construct;  // no operation of the dialect leads here from ints
  } else {
    r->hash = hash_int(static_cast<i64>(x));
  }
  out = Value::of(r);
  return Status::ok;
}

Value the_nan() {
  static RealObj* const nan = [] {
    auto* r = new RealObj{};  // lives as long as the process
    r->expanded = 1;
    r->value = std::numeric_limits<double>::quiet_NaN();
    r->hash = 0x7ff8;
    r->hash_known = true;
    r->flags = kHasAddress;
    return r;
  }();
  return Value::of(nan);
}

Status op_add(Ctx& ctx, const Value& a, const Value& b, Value& out) {
  if (ARC_UNLIKELY(any_real(a, b))) return make_real(ctx, real_of(a) + real_of(b), out);
  return py_add(ctx, a, b, out);
}

Status op_sub(Ctx& ctx, const Value& a, const Value& b, Value& out) {
  if (ARC_UNLIKELY(any_real(a, b))) return make_real(ctx, real_of(a) - real_of(b), out);
  return py_sub(ctx, a, b, out);
}

Status op_mul(Ctx& ctx, const Value& a, const Value& b, Value& out) {
  if (ARC_UNLIKELY(any_real(a, b))) return make_real(ctx, real_of(a) * real_of(b), out);
  return py_mul(ctx, a, b, out);
}

Status op_floordiv(Ctx& ctx, const Value& a, const Value& b, Value& out) {
  if (ARC_UNLIKELY(any_real(a, b))) return real_divmod(ctx, real_of(a), real_of(b), true, out);
  return py_floordiv(a, b, out);
}

Status op_mod(Ctx& ctx, const Value& a, const Value& b, Value& out) {
  if (ARC_UNLIKELY(any_real(a, b))) return real_divmod(ctx, real_of(a), real_of(b), false, out);
  return py_mod(a, b, out);
}

Status op_neg(Ctx& ctx, const Value& a, Value& out) {
  if (ARC_UNLIKELY(a.tag == Tag::real)) return make_real(ctx, -a.real->value, out);
  return py_neg(a, out);
}

Status op_abs(Ctx& ctx, const Value& a, Value& out) {
  if (a.tag == Tag::real) return make_real(ctx, std::fabs(a.real->value), out);
  if (!a.is_int()) return Status::type_error;
  out = Value::integer(a.i);
  return a.i < 0 ? py_neg(a, out) : Status::ok;
}

Status in_range(Ctx& ctx, const Value& rank, i64 n, bool& out) {
  ARC_TRY(compare(ctx, Cmp::ge, rank, Value::integer(-n), out));
  if (!out) return Status::ok;
  return compare(ctx, Cmp::lt, rank, Value::integer(n), out);
}

Status unpack3(Ctx& ctx, const Value& v, Value& a, Value& b, Value& c) {
  if (ARC_LIKELY(v.tag == Tag::triple)) {
    a = Value::integer(v.p.a);
    b = Value::integer(v.p.b);
    c = Value::integer(v.aux);
    return Status::ok;
  }
  if (!has_len(v)) return Status::type_error;
  if (len_of(v) != 3) return Status::value_error;
  Iter it;
  ARC_TRY(it.start(ctx, v));
  it.next(a);
  it.next(b);
  it.next(c);
  return Status::ok;
}

Status items_of(Ctx& ctx, const Value& v, Items& out) {
  generic::grids::Row row;
  ARC_TRY(generic::grids::list_of(ctx, v, row));
  out.data = row.items;
  out.n = row.len;
  return Status::ok;
}

Status to_tuple(Ctx& ctx, const Vec<Value>& items, Value& out) {
  return make_tuple(ctx, items.data, items.size, out);
}

Status to_set(Ctx& ctx, const Vec<Value>& items, Value& out) {
  SetBuilder set;
  ARC_TRY(set.start(ctx));
  for (u32 k = 0; k < items.size; ++k) ARC_TRY(set.add(ctx, items.data[k]));
  return set.finish(ctx, out);
}

}  // namespace arcbatch::tok
