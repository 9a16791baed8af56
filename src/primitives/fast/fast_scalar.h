// Fast kernels on ints, bools and pairs, whose forms are inline: no memory is touched.
#pragma once

namespace arcbatch::fast {

// a OP b of ints (bools are some) and pairs, by component; fallback for anything else and on
// overflow past 32 bits in a pair.
template <class Op>
ARC_HD Status by_component(const Value& x, const Value& y, Op op, Value& out) {
  const bool x_pair = x.tag == Tag::pair;
  const bool y_pair = y.tag == Tag::pair;
  if (!x_pair && !y_pair) {
    if (!x.is_int() || !y.is_int()) return Status::fallback;
    i64 n = 0;
    if (op(x.i, y.i, n) != Status::ok) return Status::fallback;
    out = Value::integer(n);
    return Status::ok;
  }
  if (!(x_pair || x.is_int()) || !(y_pair || y.is_int())) {
    return Status::fallback;
  }
  i64 a = 0;
  i64 b = 0;
  if (op(x_pair ? x.p.a : x.i, y_pair ? y.p.a : y.i, a) != Status::ok) return Status::fallback;
  if (op(x_pair ? x.p.b : x.i, y_pair ? y.p.b : y.i, b) != Status::ok) return Status::fallback;
  if (!fits_i32(a) || !fits_i32(b)) return Status::fallback;
  out = Value::pair(static_cast<i32>(a), static_cast<i32>(b));
  return Status::ok;
}

ARC_FAST(add) { return by_component(a[0], a[1], int_add, out); }
ARC_FAST(subtract) { return by_component(a[0], a[1], int_sub, out); }
ARC_FAST(multiply) { return by_component(a[0], a[1], int_mul, out); }
ARC_FAST(divide) { return by_component(a[0], a[1], int_floordiv, out); }
ARC_FAST(invert) { return by_component(Value::integer(0), a[0], int_sub, out); }
ARC_FAST(double_) { return by_component(a[0], Value::integer(2), int_mul, out); }
ARC_FAST(halve) { return by_component(a[0], Value::integer(2), int_floordiv, out); }
ARC_FAST(increment) { return by_component(a[0], Value::integer(1), int_add, out); }
ARC_FAST(decrement) { return by_component(a[0], Value::integer(1), int_sub, out); }

ARC_HD inline Status sign_of(i64 x, i64, i64& out) {
  out = x == 0 ? 0 : x > 0 ? 1 : -1;
  return Status::ok;
}

ARC_HD inline Status away_from_zero(i64 x, i64, i64& out) {
  return int_add(x, x == 0 ? 0 : x > 0 ? 1 : -1, out);
}

ARC_FAST(sign) { return by_component(a[0], Value::integer(0), sign_of, out); }
ARC_FAST(crement) { return by_component(a[0], Value::integer(0), away_from_zero, out); }

ARC_FAST(even) {
  if (a[0].tag != Tag::integer) return Status::fallback;
  out = Value::boolean((a[0].i & 1) == 0);
  return Status::ok;
}

ARC_FAST(positive) {
  if (a[0].tag != Tag::integer) return Status::fallback;
  out = Value::boolean(a[0].i > 0);
  return Status::ok;
}

ARC_FAST(greater) {
  if (a[0].tag != Tag::integer || a[1].tag != Tag::integer) return Status::fallback;
  out = Value::boolean(a[0].i > a[1].i);
  return Status::ok;
}

ARC_FAST(flip) {
  if (a[0].tag != Tag::boolean) return Status::fallback;
  out = Value::boolean(a[0].i == 0);
  return Status::ok;
}

ARC_FAST(both) {
  if (a[0].tag != Tag::boolean) return Status::fallback;
  out = a[0].i != 0 ? a[1] : a[0];
  return Status::ok;
}

ARC_FAST(either) {
  if (a[0].tag != Tag::boolean) return Status::fallback;
  out = a[0].i != 0 ? a[0] : a[1];
  return Status::ok;
}

ARC_FAST(branch) {
  if (a[0].tag != Tag::boolean) return Status::fallback;
  out = a[0].i != 0 ? a[1] : a[2];
  return Status::ok;
}

ARC_FAST(toivec) {
  if (a[0].tag != Tag::integer || !fits_i32(a[0].i)) return Status::fallback;
  out = Value::pair(static_cast<i32>(a[0].i), 0);
  return Status::ok;
}

ARC_FAST(tojvec) {
  if (a[0].tag != Tag::integer || !fits_i32(a[0].i)) return Status::fallback;
  out = Value::pair(0, static_cast<i32>(a[0].i));
  return Status::ok;
}

ARC_FAST(astuple) { return make_tuple2(ctx, a[0], a[1], out); }

ARC_FAST(equality) {
  if (a[0].tag == a[1].tag && a[0].tag < Tag::tuple && a[0].tag != Tag::closure) {
    out = Value::boolean(a[0].same_bits(a[1]));
    return Status::ok;
  }
  bool same = false;
  ARC_TRY(equal(ctx, a[0], a[1], same));
  out = Value::boolean(same);
  return Status::ok;
}

ARC_FAST(size) {
  if (!a[0].is_tuple() && !a[0].is_set()) return Status::fallback;
  out = Value::integer(len_of(a[0]));
  return Status::ok;
}

}  // namespace arcbatch::fast
