// repr of values. Recursion follows the nesting of values, which the depth limit bounds.
#include "values/print.h"

#include <charconv>

#include "primitives/registry.h"

namespace arcbatch {

void append_int(std::string& out, i64 n) {
  char buffer[24];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, n).ptr;
  out.append(buffer, end);
}

namespace {

void append_pair(std::string& out, i64 a, i64 b) {
  out += '(';
  append_int(out, a);
  out += ", ";
  append_int(out, b);
  out += ')';
}

}  // namespace

const char* closure_name(ClosureKind kind) {
  switch (kind) {
    case ClosureKind::compose: return "compose.<locals>.<lambda>";
    case ClosureKind::chain: return "chain.<locals>.<lambda>";
    case ClosureKind::matcher: return "matcher.<locals>.<lambda>";
    case ClosureKind::rbind: return "rbind.<locals>.<lambda>";
    case ClosureKind::lbind: return "lbind.<locals>.<lambda>";
    case ClosureKind::fork: return "fork.<locals>.<lambda>";
    case ClosureKind::def: return "def";
    case ClosureKind::lambda: return "<lambda>";
  }
  return "?";
}

void append_function(std::string& out, std::string_view name) {
  out += "<function ";
  out += name;
  out += '>';
}

void append_grid(std::string& out, const i8* cell, u32 h, u32 w) {
  out += '(';
  for (u32 i = 0; i < h; ++i) {
    if (i > 0) out += ", ";
    out += '(';
    for (u32 j = 0; j < w; ++j) {
      if (j > 0) out += ", ";
      append_int(out, *cell++);
    }
    out += w == 1 ? ",)" : ")";
  }
  out += h == 1 ? ",)" : ")";
}

namespace {

// The items of a tuple or list between their brackets.
Status append_items(Ctx& ctx, const Value* items, u32 n, std::string& out) {
  for (u32 k = 0; k < n; ++k) {
    if (k > 0) out += ", ";
    ARC_TRY(append_repr(ctx, items[k], out));
  }
  return Status::ok;
}

}  // namespace

Status append_repr(Ctx& ctx, const Value& v, std::string& out) {
  switch (v.tag) {
    case Tag::unset: return Status::runtime_error;
    case Tag::none: out += "None"; return Status::ok;
    case Tag::boolean: out += v.i != 0 ? "True" : "False"; return Status::ok;
    case Tag::integer: append_int(out, v.i); return Status::ok;
    case Tag::pair: append_pair(out, v.p.a, v.p.b); return Status::ok;
    case Tag::cell:
      out += '(';
      append_int(out, v.aux);
      out += ", ";
      append_pair(out, v.p.a, v.p.b);
      out += ')';
      return Status::ok;
    case Tag::grid: append_grid(out, v.grid->cells(), v.grid->h, v.grid->w); return Status::ok;
    case Tag::tuple:
      if (order_by_address(v)) return Status::unsupported_order;
      out += '(';
      ARC_TRY(append_items(ctx, v.tuple->items(), v.tuple->len, out));
      out += v.tuple->len == 1 ? ",)" : ")";
      return Status::ok;
    case Tag::set: {
      if (v.set->count == 0) {
        out += "frozenset()";
        return Status::ok;
      }
      Iter it;
      ARC_TRY(it.start(ctx, v));
      const char* separator = "frozenset({";
      for (Value e; it.next(e);) {
        out += separator;
        separator = ", ";
        ARC_TRY(append_repr(ctx, e, out));
      }
      out += "})";
      return Status::ok;
    }
    case Tag::list:
      out += '[';
      ARC_TRY(append_items(ctx, v.list->items, v.list->len, out));
      out += ']';
      return Status::ok;
    case Tag::primitive:
      append_function(out, prim_info(static_cast<Prim>(v.i)).name);
      return Status::ok;
    case Tag::closure: append_function(out, closure_name(v.closure->kind)); return Status::ok;
  }
  return Status::runtime_error;
}

}  // namespace arcbatch
