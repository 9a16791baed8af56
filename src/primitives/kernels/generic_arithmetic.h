// Generic kernels of the arithmetic family: ints, and pairs element by element.
#pragma once

#include "primitives/kernels/generic_decl.h"

namespace arcbatch::generic {

// a OP b with each operand an int or indexed at [0] and [1].
template <class Op>
ARC_HD Status elementwise(Ctx& ctx, const Value& a, const Value& b, Op op, Value& out) {
  if (a.is_int() && b.is_int()) return op(a, b, out);
  Value items[2];
  for (i64 k = 0; k < 2; ++k) {
    Value x = a;
    Value y = b;
    // The reference's cases: both tuples, an int and a tuple, and everything else as a tuple
    // with a scalar.
    if (a.is_tuple() && b.is_tuple()) {
      ARC_TRY(py_getitem(ctx, a, k, x));
      ARC_TRY(py_getitem(ctx, b, k, y));
    } else if (a.is_int() && b.is_tuple()) {
      ARC_TRY(py_getitem(ctx, b, k, y));
    } else {
      ARC_TRY(py_getitem(ctx, a, k, x));
    }
    ARC_TRY(op(x, y, items[k]));
  }
  return make_tuple(ctx, items, 2, out);
}

ARC_HD inline Status add(Ctx& ctx, const Value* a, Value& out) {
  return elementwise(
      ctx, a[0], a[1],
      [&](const Value& x, const Value& y, Value& r) { return py_add(ctx, x, y, r); }, out);
}

ARC_HD inline Status subtract(Ctx& ctx, const Value* a, Value& out) {
  return elementwise(
      ctx, a[0], a[1],
      [&](const Value& x, const Value& y, Value& r) { return py_sub(ctx, x, y, r); }, out);
}

ARC_HD inline Status multiply(Ctx& ctx, const Value* a, Value& out) {
  return elementwise(
      ctx, a[0], a[1],
      [&](const Value& x, const Value& y, Value& r) { return py_mul(ctx, x, y, r); }, out);
}

ARC_HD inline Status divide(Ctx& ctx, const Value* a, Value& out) {
  return elementwise(
      ctx, a[0], a[1],
      [&](const Value& x, const Value& y, Value& r) { return py_floordiv(x, y, r); }, out);
}

// f(n) for an int, else (f(n[0]), f(n[1])).
template <class Op>
ARC_HD Status unary_elementwise(Ctx& ctx, const Value& n, Op op, Value& out) {
  if (n.is_int()) return op(n, out);
  Value items[2];
  for (i64 k = 0; k < 2; ++k) {
    Value x;
    ARC_TRY(py_getitem(ctx, n, k, x));
    ARC_TRY(op(x, items[k]));
  }
  return make_tuple(ctx, items, 2, out);
}

ARC_HD inline Status invert(Ctx& ctx, const Value* a, Value& out) {
  return unary_elementwise(
      ctx, a[0], [](const Value& x, Value& r) { return py_neg(x, r); }, out);
}

ARC_HD inline Status even(Ctx& ctx, const Value* a, Value& out) {
  (void)ctx;
  Value r;
  ARC_TRY(py_mod(a[0], Value::integer(2), r));
  out = Value::boolean(r.i == 0);
  return Status::ok;
}

ARC_HD inline Status double_(Ctx& ctx, const Value* a, Value& out) {
  return unary_elementwise(
      ctx, a[0], [&](const Value& x, Value& r) { return py_mul(ctx, x, Value::integer(2), r); },
      out);
}

ARC_HD inline Status halve(Ctx& ctx, const Value* a, Value& out) {
  return unary_elementwise(
      ctx, a[0], [](const Value& x, Value& r) { return py_floordiv(x, Value::integer(2), r); },
      out);
}

ARC_HD inline Status flip(Ctx&, const Value* a, Value& out) {
  out = Value::boolean(!py_truth(a[0]));
  return Status::ok;
}

ARC_HD inline Status increment(Ctx& ctx, const Value* a, Value& out) {
  return unary_elementwise(
      ctx, a[0], [&](const Value& x, Value& r) { return py_add(ctx, x, Value::integer(1), r); },
      out);
}

ARC_HD inline Status decrement(Ctx& ctx, const Value* a, Value& out) {
  return unary_elementwise(
      ctx, a[0], [&](const Value& x, Value& r) { return py_sub(ctx, x, Value::integer(1), r); },
      out);
}

// 0 if x == 0 else (up(x) if x > 0 else down(x)); the comparison raises for anything but ints.
template <class Op>
ARC_HD Status by_sign(Ctx& ctx, const Value& x, Op op, Value& out) {
  bool zero = false;
  ARC_TRY(equal(ctx, x, Value::integer(0), zero));
  if (zero) {
    out = Value::integer(0);
    return Status::ok;
  }
  bool positive = false;
  ARC_TRY(compare(ctx, Cmp::gt, x, Value::integer(0), positive));
  return op(x, positive, out);
}

ARC_HD inline Status crement(Ctx& ctx, const Value* a, Value& out) {
  return unary_elementwise(
      ctx, a[0],
      [&](const Value& x, Value& r) {
        return by_sign(
            ctx, x,
            [&](const Value& y, bool positive, Value& s) {
              return py_add(ctx, y, Value::integer(positive ? 1 : -1), s);
            },
            r);
      },
      out);
}

ARC_HD inline Status sign(Ctx& ctx, const Value* a, Value& out) {
  return unary_elementwise(
      ctx, a[0],
      [&](const Value& x, Value& r) {
        return by_sign(
            ctx, x,
            [](const Value&, bool positive, Value& s) {
              s = Value::integer(positive ? 1 : -1);
              return Status::ok;
            },
            r);
      },
      out);
}

ARC_HD inline Status positive(Ctx& ctx, const Value* a, Value& out) {
  bool r = false;
  ARC_TRY(compare(ctx, Cmp::gt, a[0], Value::integer(0), r));
  out = Value::boolean(r);
  return Status::ok;
}

ARC_HD inline Status toivec(Ctx& ctx, const Value* a, Value& out) {
  return make_tuple2(ctx, a[0], Value::integer(0), out);
}

ARC_HD inline Status tojvec(Ctx& ctx, const Value* a, Value& out) {
  return make_tuple2(ctx, Value::integer(0), a[0], out);
}

ARC_HD inline Status greater(Ctx& ctx, const Value* a, Value& out) {
  bool r = false;
  ARC_TRY(compare(ctx, Cmp::gt, a[0], a[1], r));
  out = Value::boolean(r);
  return Status::ok;
}

ARC_HD inline Status both(Ctx&, const Value* a, Value& out) {
  out = py_truth(a[0]) ? a[1] : a[0];
  return Status::ok;
}

ARC_HD inline Status either(Ctx&, const Value* a, Value& out) {
  out = py_truth(a[0]) ? a[0] : a[1];
  return Status::ok;
}

}  // namespace arcbatch::generic
