// Sets whose contents are known and whose order is not worked out until it is asked for, and
// the bit-row form of sets of cells.
#pragma once

#include "primitives/registry.h"
#include "values/ops.h"

namespace arcbatch {

// Pending recipes deeper than this are replayed at once, which bounds a replay's recursion.
inline constexpr u16 kMaxOrderDepth = 48;

// Bit rows of a box of h x w cells without any cell.
ARC_HD inline Status blank_bits(Ctx& ctx, i32 i0, i32 j0, i64 h, i64 w, BitsKind kind, i8 color,
                                Bits& out) {
  out = Bits{};
  out.i0 = i0;
  out.j0 = j0;
  out.h = static_cast<u16>(h);
  out.w = static_cast<u16>(w);
  out.kind = kind;
  out.color = color;
  out.rows = ctx.make<u64>(out.h);
  ARC_ALLOC(out.rows);
  for (u32 r = 0; r < out.h; ++r) out.rows[r] = 0;
  if (kind != BitsKind::multicolor) return Status::ok;
  out.colors = ctx.make<i8>(u64{out.h} * out.w + kGridPadding);
  ARC_ALLOC(out.colors);
  return Status::ok;
}

// Sets `bits` to the set of v[0..n), n >= 1, and `count` to its size, or returns fallback where
// these are not all pairs or all cells, too far apart, or two colours at one location.
ARC_HD inline Status collect_bits(Ctx& ctx, const Value* v, u32 n, Bits& bits, u32& count) {
  const Tag tag = v[0].tag;
  if (tag != Tag::pair && tag != Tag::cell) return Status::fallback;
  i32 lo_i = v[0].p.a;
  i32 hi_i = lo_i;
  i32 lo_j = v[0].p.b;
  i32 hi_j = lo_j;
  const i32 color = v[0].aux;
  i32 low_color = color;
  i32 high_color = color;
  for (u32 k = 1; k < n; ++k) {
    if (v[k].tag != tag) return Status::fallback;
    lo_i = min_of(lo_i, v[k].p.a);
    hi_i = max_of(hi_i, v[k].p.a);
    lo_j = min_of(lo_j, v[k].p.b);
    hi_j = max_of(hi_j, v[k].p.b);
    low_color = min_of(low_color, v[k].aux);
    high_color = max_of(high_color, v[k].aux);
  }
  if (low_color < -128 || high_color > 127) return Status::fallback;
  if (i64{hi_i} - lo_i >= kMaxBitsHeight || i64{hi_j} - lo_j >= kMaxBitsWidth) {
    return Status::fallback;
  }
  const BitsKind kind = tag == Tag::pair          ? BitsKind::indices
                        : low_color == high_color ? BitsKind::unicolor
                                                  : BitsKind::multicolor;
  ARC_TRY(blank_bits(ctx, lo_i, lo_j, hi_i - lo_i + 1, hi_j - lo_j + 1, kind,
                     static_cast<i8>(color), bits));
  count = 0;
  for (u32 k = 0; k < n; ++k) {
    const u32 r = static_cast<u32>(v[k].p.a - lo_i);
    const u32 c = static_cast<u32>(v[k].p.b - lo_j);
    const u64 bit = u64{1} << c;
    const bool seen = (bits.rows[r] & bit) != 0;
    bits.rows[r] |= bit;
    count += seen ? 0 : 1;
    if (bits.colors == nullptr) continue;
    i8& at = bits.colors[u64{r} * bits.w + c];
    if (seen && at != v[k].aux) return Status::fallback;
    at = static_cast<i8>(v[k].aux);
  }
  return Status::ok;
}

ARC_HD inline Status derive_bits(Ctx& ctx, const Value& v, const Bits*& b);

// Strips for the box of h x w cells at (i0, j0), without any cell; or fallback where that is too
// large.
ARC_HD inline Status make_strips(Ctx& ctx, i32 i0, i32 j0, i64 h, i64 w, BitsKind kind, i8 color,
                                 Strips& out) {
  if (h > kMaxBitsHeight || w > kMaxStripsWidth) return Status::fallback;
  out.count = static_cast<u32>((w + kMaxBitsWidth - 1) / kMaxBitsWidth);
  out.bits = ctx.make<Bits>(out.count);
  ARC_ALLOC(out.bits);
  for (u32 k = 0; k < out.count; ++k) {
    const i64 left = i64{k} * kMaxBitsWidth;
    ARC_TRY(blank_bits(ctx, i0, static_cast<i32>(j0 + left), h,
                       min_of<i64>(kMaxBitsWidth, w - left), kind, color, out.bits[k]));
  }
  return Status::ok;
}

// The bits or the strips of a set of cells; none where it has neither.
struct Boxes {
  const Bits* bits = nullptr;
  u32 count = 0;
};
ARC_HD ARC_INLINE Status as_boxes(Ctx& ctx, const Value& v, Boxes& out);

// Sets `b` to the bit rows of a set value, or to nullptr where v is not a set of at least one
// pair, or of at least one cell with distinct locations, within the size of Bits. Cached.
ARC_HD ARC_INLINE Status as_bits(Ctx& ctx, const Value& v, const Bits*& b) {
  b = nullptr;
  if (v.tag != Tag::set) return Status::ok;
  if (ARC_LIKELY(v.set->bits_state == Tri::yes)) {
    b = &v.set->bits;
    return Status::ok;
  }
  return v.set->bits_state == Tri::no ? Status::ok : derive_bits(ctx, v, b);
}

// Gives a set of cells that are too far apart for one Bits its strips, where it can have them.
ARC_HD inline Status derive_strips(Ctx& ctx, SetObj* s, const Value* v) {
  const Tag tag = v[0].tag;
  i32 lo_i = INT32_MAX;
  i32 lo_j = INT32_MAX;
  i64 hi_i = INT32_MIN;
  i64 hi_j = INT32_MIN;
  bool one_color = true;
  for (u32 k = 0; k < s->count; ++k) {
    if (v[k].tag != tag || (tag != Tag::pair && tag != Tag::cell)) return Status::ok;
    if (v[k].aux < -128 || v[k].aux > 127) return Status::ok;
    lo_i = min_of(lo_i, v[k].p.a);
    hi_i = max_of<i64>(hi_i, v[k].p.a);
    lo_j = min_of(lo_j, v[k].p.b);
    hi_j = max_of<i64>(hi_j, v[k].p.b);
    one_color = one_color && v[k].aux == v[0].aux;
  }
  const i64 w = hi_j - lo_j + 1;
  if (w <= kMaxBitsWidth) return Status::ok;
  const BitsKind kind = tag == Tag::pair ? BitsKind::indices
                        : one_color      ? BitsKind::unicolor
                                         : BitsKind::multicolor;
  Strips strips;
  const Status made =
      make_strips(ctx, lo_i, lo_j, hi_i - lo_i + 1, w, kind, static_cast<i8>(v[0].aux), strips);
  if (made == Status::fallback) return Status::ok;
  ARC_TRY(made);
  for (u32 k = 0; k < s->count; ++k) {
    const u32 c = static_cast<u32>(v[k].p.b - lo_j);
    Bits& b = strips.bits[c / kMaxBitsWidth];
    const u32 r = static_cast<u32>(v[k].p.a - lo_i);
    const u64 bit = u64{1} << (c % kMaxBitsWidth);
    if ((b.rows[r] & bit) != 0) return Status::ok;  // two colours at one location
    b.rows[r] |= bit;
    if (b.colors != nullptr) {
      b.colors[u64{r} * b.w + c % kMaxBitsWidth] = static_cast<i8>(v[k].aux);
    }
  }
  Strips* kept = ctx.make<Strips>();
  ARC_ALLOC(kept);
  *kept = strips;
  s->strips = kept;
  return Status::ok;
}

// as_bits() of a set that has not been asked before.
ARC_HD inline Status derive_bits(Ctx& ctx, const Value& v, const Bits*& b) {
  SetObj* s = v.set;
  s->bits_state = Tri::no;
  if (s->count == 0 || s->strips != nullptr) return Status::ok;
  const Value* elements = s->list;
  if (elements == nullptr) {
    Value* listed = ctx.make<Value>(s->count);
    ARC_ALLOC(listed);
    Iter it;
    ARC_TRY(it.start_unordered(ctx, v));
    for (u32 k = 0; it.next(listed[k]);) {
      if (listed[k].tag != Tag::pair && listed[k].tag != Tag::cell) return Status::ok;
      if (++k == s->count) break;
    }
    elements = listed;
  }
  Bits bits;
  u32 count = 0;
  const Status status = collect_bits(ctx, elements, s->count, bits, count);
  if (status == Status::fallback) return derive_strips(ctx, s, elements);
  if (count != s->count) return Status::ok;
  ARC_TRY(status);
  s->bits = bits;
  s->bits_state = Tri::yes;
  b = &s->bits;
  return Status::ok;
}

ARC_HD ARC_INLINE Status as_boxes(Ctx& ctx, const Value& v, Boxes& out) {
  const Bits* b = nullptr;
  ARC_TRY(as_bits(ctx, v, b));
  out = Boxes{};
  if (ARC_LIKELY(b != nullptr)) {
    out = Boxes{b, 1};
  } else if (v.tag == Tag::set && v.set->strips != nullptr) {
    out = Boxes{v.set->strips->bits, v.set->strips->count};
  }
  return Status::ok;
}

// Gives `s` the recipe "run the ordered kernel of `op` on these arguments".
ARC_HD inline Status set_recipe(Ctx& ctx, SetObj* s, Recipe recipe, Prim op, const Value* args,
                                u32 arg_count) {
  s->recipe = recipe;
  s->op = static_cast<u16>(op);
  u16 depth = 0;
  for (u32 k = 0; k < arg_count; ++k) {
    s->args[k] = args[k];
    depth = max_of(depth, order_depth_of(args[k]));
  }
  s->order_depth = max_of(s->order_depth, static_cast<u16>(depth + 1));
  if (s->order_depth > kMaxOrderDepth) return force_order(ctx, s);
  return Status::ok;
}

// frozenset of `count` >= 1 cells with the contents `bits` (tight box, no empty border rows or
// columns), without an order as yet: the caller gives it a recipe.
ARC_HD inline Status make_bits_set(Ctx& ctx, const Bits& bits, u32 count, Value& out) {
  SetObj* s = blank_set(ctx);
  ARC_ALLOC(s);
  s->count = count;
  s->depth = bits.kind == BitsKind::indices ? 2 : 3;
  s->weight = u64{count} * 3;
  s->expanded = 1 + u64{count} * (bits.kind == BitsKind::indices ? 3 : 5);
  s->bits = bits;
  s->bits_state = Tri::yes;
  out = Value::of(s);
  return Status::ok;
}

// The same, ordered when asked by running the generic kernel of `op` on `args`.
ARC_HD inline Status make_lazy_bits(Ctx& ctx, const Bits& bits, u32 count, Prim op,
                                    const Value* args, u32 arg_count, Value& out) {
  ARC_TRY(make_bits_set(ctx, bits, count, out));
  return set_recipe(ctx, out.set, Recipe::primitive, op, args, arg_count);
}

// frozenset of `count` >= 1 distinct elements (none holding None or functions), listed in an
// order of ours; ordered when asked by the recipe. `images` is the recipe's, where it has any.
ARC_HD inline Status make_lazy_list(Ctx& ctx, Value* list, u32 count, Recipe recipe, Prim op,
                                    const Value* args, u32 arg_count, Value& out,
                                    const Value* images = nullptr) {
  SetObj* s = blank_set(ctx);
  ARC_ALLOC(s);
  s->count = count;
  s->list = list;
  s->images = images;
  for (u32 k = 0; k < count; ++k) note_element(s, list[k]);
  out = Value::of(s);
  return set_recipe(ctx, s, recipe, op, args, arg_count);
}

// The elements of a listed set that `keep` wants, ordered by filtering the set's order. `keep`
// sets its second argument or returns fallback.
template <class F>
ARC_HD Status filter_list(Ctx& ctx, SetObj* s, Prim op, F&& keep, Value& out) {
  Value* kept = ctx.make<Value>(s->count);
  ARC_ALLOC(kept);
  Value* images = ctx.make<Value>(s->count);
  ARC_ALLOC(images);
  u32 count = 0;
  for (u32 k = 0; k < s->count; ++k) {
    bool wanted = false;
    ARC_TRY(keep(s->list[k], wanted));
    images[k] = Value::boolean(wanted);
    if (wanted) kept[count++] = s->list[k];
  }
  if (count == 0) return make_empty_set(ctx, out);
  const Value source = Value::of(s);
  return make_lazy_list(ctx, kept, count, Recipe::filter, op, &source, 1, out, images);
}

// Shrinks `rows` (h words whose bit 0 is column j0) to the tight box of their set bits and counts
// them; returns 0, leaving `out` alone, where no bit is set. `rows` is shifted in place.
ARC_HD inline u32 tighten(u64* rows, i32 i0, i32 j0, u32 h, Bits& out) {
  u64 any = 0;
  u32 count = 0;
  u32 top = h;
  u32 bottom = 0;
  for (u32 r = 0; r < h; ++r) {
    if (rows[r] == 0) continue;
    if (top == h) top = r;
    bottom = r;
    any |= rows[r];
    count += popcount64(rows[r]);
  }
  if (any == 0) return 0;
  const u32 left = ctz64(any);
  out.i0 = i0 + static_cast<i32>(top);
  out.j0 = j0 + static_cast<i32>(left);
  out.h = static_cast<u16>(bottom - top + 1);
  out.w = static_cast<u16>(64 - clz64(any) - left);
  out.rows = rows + top;
  if (left != 0) {
    for (u32 r = top; r <= bottom; ++r) rows[r] >>= left;
  }
  return count;
}

}  // namespace arcbatch
