// repr of values. Recursion follows the nesting of values, which the depth limit bounds.
#include "values/print.h"

#include <charconv>
#include <cmath>

#include "primitives/tokpidjin/registry.h"

namespace arcbatch {

void append_int(std::string& out, i64 n) {
  if (n >= 0 && n <= 9) {
    out += static_cast<char>('0' + n);
    return;
  }
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
    case ClosureKind::dialect: return "function";
  }
  return "?";
}

void append_function(std::string& out, std::string_view name) {
  out += "<function ";
  out += name;
  out += '>';
}

namespace {

// The name of a closure, which for binds and functions of a dialect is not its kind's alone.
void append_closure(std::string& out, const ClosureObj& c) {
  if (c.kind == ClosureKind::dialect && c.function == tok::kUnknown) {
    out += kUnknownRepr;
  } else if (c.kind == ClosureKind::dialect && c.function == tok::kTextFunction) {
    out += '\'';
    out += *reinterpret_cast<const std::string*>(c.captures);
    out += '\'';
  } else if (c.kind == ClosureKind::dialect) {
    append_function(out, c.function < tok::kFnCount ? tok::kFunctions[c.function].name
                                                    : "_get_safe_default.<locals>.safe_callable");
  } else if (c.kind == ClosureKind::rbind && c.function == 1) {
    append_function(out, "rbind.<locals>.f");
  } else if (c.kind == ClosureKind::lbind && c.function == 1) {
    append_function(out, "lbind.<locals>.f");
  } else {
    append_function(out, closure_name(c.kind));
  }
}

// Floats are nan, infinite or whole (see make_real).
void append_real(std::string& out, double x) {
  if (std::isnan(x)) {
    out += "nan";
    return;
  }
  if (std::signbit(x)) out += '-';
  if (std::isinf(x)) {
    out += "inf";
    return;
  }
  append_int(out, static_cast<i64>(std::fabs(x)));
  out += ".0";
}

}  // namespace

void append_grid(std::string& out, const i8* cell, u32 h, u32 w) {
  // Most outputs are grids, so that this is most of what printing costs.
  constexpr u64 kCellChars = 6;  // "-128, "
  constexpr u64 kRowChars = 4;
  const u64 before = out.size();
  out.resize(before + h * (w * kCellChars + kRowChars) + kRowChars);
  char* to = out.data() + before;
  const auto separate = [&to] {
    *to++ = ',';
    *to++ = ' ';
  };
  // Goes back over the last separator, of which a tuple of one keeps the comma.
  const auto close = [&to](u32 n) {
    to -= n == 1 ? 1 : 2;
    *to++ = ')';
  };
  *to++ = '(';
  for (u32 i = 0; i < h; ++i) {
    *to++ = '(';
    for (u32 j = 0; j < w; ++j, ++cell) {
      if (ARC_LIKELY(*cell >= 0 && *cell <= 9)) {
        *to++ = static_cast<char>('0' + *cell);
      } else {
        to = std::to_chars(to, to + 4, static_cast<int>(*cell)).ptr;
      }
      separate();
    }
    close(w);
    separate();
  }
  close(h);
  out.resize(static_cast<u64>(to - out.data()));
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
    case Tag::triple:
      out += '(';
      append_int(out, v.p.a);
      out += ", ";
      append_int(out, v.p.b);
      out += ", ";
      append_int(out, v.aux);
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
    case Tag::closure: append_closure(out, *v.closure); return Status::ok;
    case Tag::real: append_real(out, v.real->value); return Status::ok;
  }
  return Status::runtime_error;
}

}  // namespace arcbatch
