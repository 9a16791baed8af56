// Run: what a function of tokpidjin may touch besides its arguments: the context, calls of function
// values, and calls of other public functions, whose errors are defaults.
#pragma once

#include "primitives/kernels/generic.h"
#include "primitives/tokpidjin/registry.h"
#include "values/ops.h"

namespace arcbatch::tok {

struct Run {
  Ctx& ctx;
  void* caller;
  Status (*call_value)(void* caller, const Value& fn, const Value* args, u32 n, Value& out);

  // fn(args...), whose error is the error of whoever calls it.
  Status call(const Value& fn, const Value* args, u32 n, Value& out) const {
    return call_value(caller, fn, args, n, out);
  }
  Status call(const Value& fn, const Value& x, Value& out) const { return call(fn, &x, 1, out); }
};

using Kernel = Status (*)(Run&, const Value*, Value&);

// The value of a function of the dialect. Its address is its identity in the whole process.
Value function_value(Fn fn);

// Calls a public function as its wrapper does: an error, a wrong number of arguments included, is
// the default of the function's result type. A limit or a refusal passes.
Status call_public(Run& run, Fn fn, const Value* args, u32 n, Value& out);

// The same, with the arguments one by one.
template <class... Args>
Status inner(Run& run, Fn fn, Value& out, const Args&... args) {
  const Value all[] = {args...};
  return call_public(run, fn, all, sizeof...(Args), out);
}

// The default of a function of the dialect; () for anything else, closures and defs included.
Status default_of(Ctx& ctx, const Value& fn, Value& out);

// A generic kernel of arc-dsl as it is.
template <auto kKernel>
Status shared(Run& run, const Value* a, Value& out) {
  return kKernel(run.ctx, a, out);
}

// ---- floats -----------------------------------------------------------------------------------

// A new float.
Status make_real(Ctx& ctx, double x, Value& out);

// math.nan, which is one object.
Value the_nan();

inline bool is_number(const Value& v) { return v.is_int() || v.tag == Tag::real; }

// ---- Python's operators, on floats too --------------------------------------------------------

Status op_add(Ctx& ctx, const Value& a, const Value& b, Value& out);
Status op_sub(Ctx& ctx, const Value& a, const Value& b, Value& out);
Status op_mul(Ctx& ctx, const Value& a, const Value& b, Value& out);
Status op_floordiv(Ctx& ctx, const Value& a, const Value& b, Value& out);
Status op_mod(Ctx& ctx, const Value& a, const Value& b, Value& out);
Status op_neg(Ctx& ctx, const Value& a, Value& out);
Status op_abs(Ctx& ctx, const Value& a, Value& out);  // abs(a)

inline Status add_int(Ctx& ctx, const Value& a, i64 b, Value& out) {
  return op_add(ctx, a, Value::integer(b), out);
}

// a == n
inline Status is(Ctx& ctx, const Value& a, i64 n, bool& out) {
  return equal_operator(ctx, a, Value::integer(n), out);
}

// `-n <= rank < n`
Status in_range(Ctx& ctx, const Value& rank, i64 n, bool& out);

// hasattr(v, '__len__')
inline bool has_len(const Value& v) { return v.is_tuple() || v.is_set(); }

// v == () and v == frozenset()
inline bool is_empty_tuple(const Value& v) { return v.is_tuple() && len_of(v) == 0; }
inline bool is_empty_set(const Value& v) { return v.is_set() && len_of(v) == 0; }
inline bool is_empty(const Value& v) { return has_len(v) && len_of(v) == 0; }

// `a, b, c = v`
Status unpack3(Ctx& ctx, const Value& v, Value& a, Value& b, Value& c);

inline Status make_tuple3(Ctx& ctx, const Value& a, const Value& b, const Value& c, Value& out) {
  if (ARC_LIKELY(a.tag == Tag::integer && b.tag == Tag::integer && c.tag == Tag::integer &&
                 fits_i32(a.i) && fits_i32(b.i) && fits_i32(c.i))) {
    out = Value::triple(static_cast<i32>(a.i), static_cast<i32>(b.i), static_cast<i32>(c.i));
    return Status::ok;
  }
  const Value items[3] = {a, b, c};
  return make_tuple(ctx, items, 3, out);
}

// list(v)
struct Items {
  const Value* data = nullptr;
  u32 n = 0;
};
Status items_of(Ctx& ctx, const Value& v, Items& out);

// type(like)(items), where a generator has collected them from `like`.
using generic::collect;
Status to_tuple(Ctx& ctx, const Vec<Value>& items, Value& out);
Status to_set(Ctx& ctx, const Vec<Value>& items, Value& out);

inline Status nothing(Value& out) {
  out = Value::none();
  return Status::ok;
}
inline Status answer(bool b, Value& out) {
  out = Value::boolean(b);
  return Status::ok;
}

#define ARC_TOKPIDJIN(ident, name, least, most, params, ret, fallback, relation, like, kernel) \
  Status ident(Run& run, const Value* a, Value& out);
// Every kernel has the name of some row; rows that share one leave their own without a definition.
namespace kernels {
using tok::shared;
Status plus(Run& run, const Value* a, Value& out);  // a + b, for the rows of several
#include "primitives/tokpidjin/tokpidjin.def"
}  // namespace kernels

}  // namespace arcbatch::tok
