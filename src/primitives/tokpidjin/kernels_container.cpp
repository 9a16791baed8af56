// tokpidjin: numbers, tuples and sets. Within a function which error is raised does not show, only
// that one is: its wrapper gives a default.
#include "primitives/tokpidjin/facts.h"
#include "primitives/tokpidjin/later.h"
#include "primitives/tokpidjin/run.h"
#include "values/timsort.h"

namespace arcbatch::tok::kernels {

// ---- numbers ----------------------------------------------------------------------------------

namespace {

using Binary = Status (*)(Ctx&, const Value&, const Value&, Value&);

// op of numbers and pairs, where () stands for the operation's neutral number.
Status by_component(Run& run, const Value* args, Binary op, i64 neutral, Value& out) {
  Ctx& ctx = run.ctx;
  const Value a = is_empty_tuple(args[0]) ? Value::integer(neutral) : args[0];
  const Value b = is_empty_tuple(args[1]) ? Value::integer(neutral) : args[1];
  if (a.is_int() && b.is_int()) return op(ctx, a, b, out);
  Value made[2];
  for (u32 k = 0; k < 2; ++k) {
    Value x = a;
    Value y = b;
    // As the reference: an int beside what is no tuple, a float, is asked for its items too.
    if (!a.is_int() || !b.is_tuple()) ARC_TRY(py_getitem(ctx, a, k, x));
    if (b.is_tuple()) ARC_TRY(py_getitem(ctx, b, k, y));
    ARC_TRY(op(ctx, x, y, made[k]));
  }
  return make_tuple(ctx, made, 2, out);
}

// f(n) of an int, or (f(n[0]), f(n[1])).
template <class F>
Status each_component(Run& run, const Value& n, F&& f, Value& out) {
  if (n.is_int()) return f(n, out);
  Value made[2];
  for (u32 k = 0; k < 2; ++k) {
    Value x;
    ARC_TRY(py_getitem(run.ctx, n, k, x));
    ARC_TRY(f(x, made[k]));
  }
  return make_tuple(run.ctx, made, 2, out);
}

// -1, 0 or 1 as `0 if x == 0 else (1 if x > 0 else -1)`
Status sign_of(Ctx& ctx, const Value& x, i64& out) {
  bool yes = false;
  ARC_TRY(is(ctx, x, 0, yes));
  out = 0;
  if (yes) return Status::ok;
  ARC_TRY(compare(ctx, Cmp::gt, x, Value::integer(0), yes));
  out = yes ? 1 : -1;
  return Status::ok;
}

}  // namespace

Status add(Run& run, const Value* a, Value& out) { return by_component(run, a, op_add, 0, out); }
Status subtract(Run& run, const Value* a, Value& out) {
  return by_component(run, a, op_sub, 0, out);
}
Status multiply(Run& run, const Value* a, Value& out) {
  return by_component(run, a, op_mul, 1, out);
}
Status divide(Run& run, const Value* a, Value& out) {
  return by_component(run, a, op_floordiv, 1, out);
}

Status invert(Run& run, const Value* a, Value& out) {
  return each_component(
      run, a[0], [&](const Value& x, Value& y) { return op_neg(run.ctx, x, y); }, out);
}

Status even(Run& run, const Value* a, Value& out) {
  Value rest;
  bool zero = false;
  ARC_TRY(op_mod(run.ctx, a[0], Value::integer(2), rest));
  ARC_TRY(is(run.ctx, rest, 0, zero));
  return answer(zero, out);
}

Status double_(Run& run, const Value* a, Value& out) {
  const auto twice = [&](const Value& x, Value& y) {
    return op_mul(run.ctx, x, Value::integer(2), y);
  };
  return each_component(run, a[0], twice, out);
}

Status halve(Run& run, const Value* a, Value& out) {
  const auto half = [&](const Value& x, Value& y) {
    return op_floordiv(run.ctx, x, Value::integer(2), y);
  };
  return each_component(run, a[0], half, out);
}

Status increment(Run& run, const Value* a, Value& out) {
  return each_component(
      run, a[0], [&](const Value& x, Value& y) { return add_int(run.ctx, x, 1, y); }, out);
}

Status decrement(Run& run, const Value* a, Value& out) {
  const auto less = [&](const Value& x, Value& y) {
    return op_sub(run.ctx, x, Value::integer(1), y);
  };
  return each_component(run, a[0], less, out);
}

Status crement(Run& run, const Value* a, Value& out) {
  const auto away = [&](const Value& x, Value& y) {
    i64 s = 0;
    ARC_TRY(sign_of(run.ctx, x, s));
    y = Value::integer(0);
    return s == 0 ? Status::ok : add_int(run.ctx, x, s, y);
  };
  return each_component(run, a[0], away, out);
}

Status sign(Run& run, const Value* a, Value& out) {
  const auto of = [&](const Value& x, Value& y) {
    i64 s = 0;
    ARC_TRY(sign_of(run.ctx, x, s));
    y = Value::integer(s);
    return Status::ok;
  };
  return each_component(run, a[0], of, out);
}

// a + b of anything that has it.
Status plus(Run& run, const Value* a, Value& out) {
  if (a[0].is_tuple() && a[1].is_tuple()) return py_add(run.ctx, a[0], a[1], out);
  if (!is_number(a[0]) || !is_number(a[1])) return Status::type_error;
  return op_add(run.ctx, a[0], a[1], out);
}

// a | b
Status combine_f(Run& run, const Value* a, Value& out) {
  if (a[0].is_int() && a[1].is_int()) {
    const i64 bits = a[0].i | a[1].i;
    out = a[0].tag == Tag::boolean && a[1].tag == Tag::boolean ? Value::boolean(bits != 0)
                                                               : Value::integer(bits);
    return Status::ok;
  }
  return py_or_sets(run.ctx, a[0], a[1], out);
}

// ---- comparisons ------------------------------------------------------------------------------

Status equality(Run& run, const Value* a, Value& out) {
  bool same = false;
  ARC_TRY(equal_operator(run.ctx, a[0], a[1], same));
  return answer(same, out);
}

// ---- elements ---------------------------------------------------------------------------------

Status intersection(Run& run, const Value* a, Value& out) {
  return py_and(run.ctx, a[0], a[1], out);
}

Status difference(Run& run, const Value* a, Value& out) {
  for (u32 k = 0; k < 2; ++k) {
    if (a[k].is_set()) ARC_TRY(force_order(run.ctx, a[k].set));
  }
  if (!has_plain_table(a[0]) || !has_plain_table(a[1])) {
    return generic::difference(run.ctx, a, out);
  }
  // As the comprehension adds them, with the hashes that are known.
  const Table& from = *a[0].set->table;
  SetBuilder set;
  ARC_TRY(set.start(run.ctx));
  for (u64 k = 0; k <= from.mask; ++k) {
    const Entry& e = from.entries[k];
    if (!is_active(e)) continue;
    bool in = false;
    ARC_TRY(table_contains(run.ctx, *a[1].set->table, e.key, e.hash, in));
    if (!in) ARC_TRY(table_add(run.ctx, set.table, e.key, e.hash));
  }
  return set.finish(run.ctx, out);
}

Status merge(Run& run, const Value* a, Value& out) {
  bool done = false;
  ARC_TRY(later::merged(run.ctx, a[0], out, done));
  if (done) return Status::ok;
  bool plain = has_plain_table(a[0]);
  const Table* sets = plain ? a[0].set->table : nullptr;
  for (u64 k = 0; plain && k <= sets->mask; ++k) {
    plain = !is_active(sets->entries[k]) || has_plain_table(sets->entries[k].key);
  }
  if (!plain) return generic::merge(run.ctx, a, out);
  SetBuilder set;
  ARC_TRY(set.start(run.ctx));
  for (u64 k = 0; k <= sets->mask; ++k) {
    if (!is_active(sets->entries[k])) continue;
    const Table& part = *sets->entries[k].key.set->table;
    for (u64 n = 0; n <= part.mask; ++n) {
      const Entry& e = part.entries[n];
      if (is_active(e)) ARC_TRY(table_add(run.ctx, set.table, e.key, e.hash));
    }
  }
  return set.finish(run.ctx, out);
}

Status first(Run& run, const Value* a, Value& out) {
  const Status status = py_first(run.ctx, a[0], out);
  return status == Status::stop_iteration ? nothing(out) : status;
}

Status second(Run& run, const Value* a, Value& out) {
  Iter it;
  ARC_TRY(it.start(run.ctx, a[0]));
  if (!it.next(out)) return Status::stop_iteration;
  return it.next(out) ? Status::ok : nothing(out);
}

Status first_t(Run& run, const Value* a, Value& out) {
  return py_truth(a[0]) ? py_getitem(run.ctx, a[0], 0, out) : make_empty_tuple(run.ctx, out);
}

Status first_f(Run& run, const Value* a, Value& out) {
  return py_truth(a[0]) ? first(run, a, out) : make_empty_set(run.ctx, out);
}

namespace {

// max(enumerate(v))[1] of what is not empty
Status last_item(Run& run, const Value& v, Value& out) {
  Iter it;
  ARC_TRY(it.start(run.ctx, v));
  while (it.next(out)) continue;
  return Status::ok;
}

}  // namespace

Status last(Run& run, const Value* a, Value& out) {
  return py_truth(a[0]) ? last_item(run, a[0], out) : make_empty_tuple(run.ctx, out);
}

Status last_t(Run& run, const Value* a, Value& out) {
  return py_truth(a[0]) ? py_getitem(run.ctx, a[0], -1, out) : make_empty_tuple(run.ctx, out);
}

Status last_f(Run& run, const Value* a, Value& out) {
  return py_truth(a[0]) ? last_item(run, a[0], out) : make_empty_set(run.ctx, out);
}

namespace {

// [e for e in container if e != value]
Status others(Run& run, const Value& container, const Value& value, Vec<Value>& out) {
  Iter it;
  ARC_TRY(it.start(run.ctx, container));
  for (Value e; it.next(e);) {
    bool same = false;
    ARC_TRY(equal_operator(run.ctx, e, value, same));
    if (!same) ARC_TRY(out.push(run.ctx, e));
  }
  return Status::ok;
}

}  // namespace

Status remove(Run& run, const Value* a, Value& out) {
  Vec<Value> kept;
  ARC_TRY(others(run, a[1], a[0], kept));
  return collect(run.ctx, a[1], kept, out);
}

Status remove_t(Run& run, const Value* a, Value& out) {
  Vec<Value> kept;
  ARC_TRY(others(run, a[1], a[0], kept));
  return to_tuple(run.ctx, kept, out);
}

Status other(Run& run, const Value* a, Value& out) {
  Value rest;
  ARC_TRY(inner(run, Fn::remove, rest, a[1], a[0]));
  return inner(run, Fn::first, out, rest);
}

Status other_t(Run& run, const Value* a, Value& out) {
  Vec<Value> kept;
  ARC_TRY(others(run, a[0], a[1], kept));
  if (kept.size == 0) return make_empty_tuple(run.ctx, out);
  out = kept.data[0];
  return Status::ok;
}

Status other_f(Run& run, const Value* a, Value& out) {
  Value rest;
  ARC_TRY(inner(run, Fn::remove_f, rest, a[1], a[0]));
  return py_truth(rest) ? py_first(run.ctx, rest, out) : make_empty_set(run.ctx, out);
}

Status get_nth_t(Run& run, const Value* a, Value& out) {
  out = the_nan();
  if (!a[0].is_tuple()) return Status::ok;
  bool in = false;
  ARC_TRY(in_range(run.ctx, a[1], len_of(a[0]), in));
  return in ? py_getitem(run.ctx, a[0], a[1], out) : Status::ok;
}

Status get_nth_f(Run& run, const Value* a, Value& out) {
  bool from_end = false;
  ARC_TRY(compare(run.ctx, Cmp::lt, a[1], Value::integer(0), from_end));
  Items items;
  ARC_TRY(items_of(run.ctx, a[0], items));
  if (!a[1].is_int()) return Status::type_error;  // range()
  const i64 at = from_end ? items.n + a[1].i : a[1].i;
  if (at < 0 || at >= items.n) return make_empty_set(run.ctx, out);
  out = items.data[at];
  return Status::ok;
}

// ---- tuples of parts --------------------------------------------------------------------------

Status ascell(Run& run, const Value* a, Value& out) {
  Value i;
  Value j;
  ARC_TRY(py_getitem(run.ctx, a[0], 0, i));
  ARC_TRY(py_getitem(run.ctx, a[0], 1, j));
  return make_tuple3(run.ctx, i, j, a[1], out);
}

Status toij(Run& run, const Value* a, Value& out) {
  Value i;
  Value j;
  ARC_TRY(py_getitem(run.ctx, a[0], 0, i));
  ARC_TRY(py_getitem(run.ctx, a[0], 1, j));
  return make_tuple2(run.ctx, i, j, out);
}

Status astriple(Run& run, const Value* a, Value& out) {
  return make_tuple3(run.ctx, a[0], a[1], a[2], out);
}

Status celltuple(Run& run, const Value* a, Value& out) {
  Items x;
  Items y;
  ARC_TRY(items_of(run.ctx, a[0], x));
  ARC_TRY(items_of(run.ctx, a[1], y));
  Vec<Value> cells;
  for (u32 k = 0; k < min_of(x.n, y.n); ++k) {
    Value i;
    Value j;
    Value cell;
    ARC_TRY(py_unpack2(run.ctx, x.data[k], i, j));
    ARC_TRY(make_tuple3(run.ctx, i, j, y.data[k], cell));
    ARC_TRY(cells.push(run.ctx, cell));
  }
  return to_tuple(run.ctx, cells, out);
}

Status dedupe_pair_tuple(Run& run, const Value* a, Value& out) {
  Iter it;
  ARC_TRY(it.start(run.ctx, a[0]));
  Vec<Value> kept;
  for (Value e; it.next(e);) {
    Value x;
    Value y;
    Value both;
    bool same = false;
    ARC_TRY(py_unpack2(run.ctx, e, x, y));
    ARC_TRY(equal_operator(run.ctx, x, y, same));
    if (same) continue;
    ARC_TRY(make_tuple2(run.ctx, x, y, both));
    ARC_TRY(kept.push(run.ctx, both));
  }
  return to_tuple(run.ctx, kept, out);
}

// ---- frequencies ------------------------------------------------------------------------------

namespace {

// set(items)
Status set_of(Ctx& ctx, const Items& items, Table& out) {
  ARC_TRY(table_init(ctx, out));
  for (u32 k = 0; k < items.n; ++k) ARC_TRY(table_add(ctx, out, items.data[k]));
  return Status::ok;
}

// sorted(set(items), key=items.count)
Status by_frequency(Ctx& ctx, const Items& items, const Table& table, Items& out);

}  // namespace

Status mostcommon_f(Run& run, const Value* a, Value& out) {
  Vec<Value> items;
  ARC_TRY(generic::append_all(run.ctx, a[0], items));
  Value listed;
  ARC_TRY(to_tuple(run.ctx, items, listed));
  return generic::mostcommon(run.ctx, &listed, out);
}

Status leastcommon_f(Run& run, const Value* a, Value& out) {
  Vec<Value> items;
  ARC_TRY(generic::append_all(run.ctx, a[0], items));
  Value listed;
  ARC_TRY(to_tuple(run.ctx, items, listed));
  return generic::leastcommon(run.ctx, &listed, out);
}

namespace {

Status by_frequency(Ctx& ctx, const Items& items, const Table& table, Items& out) {
  ARC_TRY(ctx.charge(cost::area(table.used, items.n)));
  if ((table.flags & kHasAddress) != 0 && table.used > 1) return Status::unsupported_order;
  Value* keys = nullptr;
  Value* ranked = nullptr;
  ARC_TRY(generic::grids::make_array(ctx, table.used, keys));
  ARC_TRY(generic::grids::make_array(ctx, table.used, ranked));
  u32 n = 0;
  for (u64 slot = 0; slot <= table.mask; ++slot) {
    if (!is_active(table.entries[slot])) continue;
    i64 count = 0;
    for (u32 k = 0; k < items.n; ++k) {
      bool same = false;
      ARC_TRY(equal(ctx, items.data[k], table.entries[slot].key, same));
      count += same ? 1 : 0;
    }
    keys[n] = Value::integer(count);
    ranked[n++] = table.entries[slot].key;
  }
  ARC_TRY(sort_by_key(ctx, keys, ranked, n));
  out.data = ranked;
  out.n = n;
  return Status::ok;
}

// ranked[rank] of items by frequency; `has` tells whether there is one.
Status common_rank(Run& run, const Value& container, const Value& rank, bool& has, Value& out) {
  Items items;
  Items ranked;
  Table table;
  ARC_TRY(items_of(run.ctx, container, items));
  ARC_TRY(set_of(run.ctx, items, table));
  ARC_TRY(by_frequency(run.ctx, items, table, ranked));
  ARC_TRY(in_range(run.ctx, rank, ranked.n, has));
  if (!has) return Status::ok;
  if (!rank.is_int()) return Status::type_error;
  out = ranked.data[rank.i < 0 ? rank.i + ranked.n : rank.i];
  return Status::ok;
}

}  // namespace

Status get_common_rank(Run& run, const Value* a, Value& out) {
  if (!a[0].is_tuple()) return Status::attribute_error;  // no count()
  bool has = false;
  ARC_TRY(common_rank(run, a[0], a[1], has, out));
  return has ? Status::ok : make_empty_tuple(run.ctx, out);
}

Status get_common_rank_t(Run& run, const Value* a, Value& out) {
  return get_common_rank(run, a, out);
}

Status get_common_rank_f(Run& run, const Value* a, Value& out) {
  bool has = false;
  ARC_TRY(common_rank(run, a[0], a[1], has, out));
  return has ? Status::ok : make_empty_set(run.ctx, out);
}

}  // namespace arcbatch::tok::kernels
