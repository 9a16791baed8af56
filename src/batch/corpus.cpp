// The writer of random programs: which values fit which parameters, and what calls give.
#include "batch/corpus.h"

#include <algorithm>

namespace arcbatch {
namespace {

using T = CorpusType;

constexpr u32 kTries = 40;
constexpr u32 kFirstInteger = 2;  // in kConstants, behind the booleans
constexpr u32 kIntegers = 13;
constexpr u32 kFirstPair = 15;
constexpr u32 kPairs = 13;

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t comma = std::min(text.find(','), text.size());
    parts.push_back(text.substr(0, comma));
    if (comma == text.size()) return parts;
    text.remove_prefix(comma + 1);
  }
}

bool is_set(T t) { return t >= T::integers; }
bool is_patch(T t) { return t == T::object || t == T::indices; }
bool is_container(T t) { return t >= T::row; }

// Whether a value of type `t` suits a parameter that the registry describes as `wanted`.
bool accepts(std::string_view wanted, T t) {
  if (wanted == "Any") return true;
  if (wanted == "Boolean") return t == T::boolean;
  if (wanted == "Integer") return t == T::integer;
  if (wanted == "IntegerTuple") return t == T::pair;
  if (wanted == "Numerical") return t == T::integer || t == T::pair;
  if (wanted == "Grid") return t == T::grid;
  if (wanted == "Object") return t == T::object;
  if (wanted == "Objects") return t == T::objects;
  if (wanted == "Indices") return t == T::indices;
  if (wanted == "IntegerSet") return t == T::integers || t == T::row;
  if (wanted == "Patch") return is_patch(t);
  if (wanted == "Piece") return is_patch(t) || t == T::grid;
  if (wanted == "Element") return t == T::object || t == T::grid;
  if (wanted == "FrozenSet") return is_set(t);
  if (wanted == "Tuple") return t == T::row || t == T::pairs || t == T::grids || t == T::pieces;
  if (wanted == "ContainerContainer") {
    return t == T::objects || t == T::indices_set || t == T::grids;
  }
  return wanted == "Container" && is_container(t);
}

T element_of(T t) {
  switch (t) {
    case T::row:
    case T::integers: return T::integer;
    case T::grid: return T::row;
    case T::grids: return T::grid;
    case T::pairs:
    case T::indices: return T::pair;
    case T::object: return T::cell;
    case T::indices_set: return T::indices;
    case T::pieces:
    case T::objects: return T::object;
    default: return T::other;
  }
}

T set_of(T t) {
  switch (t) {
    case T::integer: return T::integers;
    case T::pair: return T::indices;
    case T::cell: return T::object;
    case T::indices: return T::indices_set;
    case T::object: return T::objects;
    default: return T::other;
  }
}

T tuple_of(T t) {
  switch (t) {
    case T::integer: return T::row;
    case T::pair: return T::pairs;
    case T::grid: return T::grids;
    case T::object: return T::pieces;
    default: return T::other;
  }
}

// What a leaf returns for arguments of these types. The registry's result type says it for most.
T result_of(Prim p, const std::vector<T>& a) {
  switch (p) {
    case Prim::identity:
    case Prim::combine:
    case Prim::intersection:
    case Prim::difference:
    case Prim::dedupe:
    case Prim::sizefilter: return a[0];
    case Prim::remove:
    case Prim::insert: return a[1];
    case Prim::first:
    case Prim::last:
    case Prim::other:
    case Prim::mostcommon:
    case Prim::leastcommon: return element_of(a[0]);
    case Prim::merge: return a[0] == T::grids ? T::grid : element_of(a[0]);
    case Prim::initset: return set_of(a[0]);
    case Prim::totuple: return tuple_of(element_of(a[0]));
    case Prim::repeat: return tuple_of(a[0]);
    case Prim::interval: return T::row;
    case Prim::hsplit:
    case Prim::vsplit: return T::grids;
    case Prim::pair: return a[0] == T::row && a[1] == T::row ? T::pairs : T::other;
    case Prim::branch: return a[1] == a[2] ? a[1] : T::other;
    case Prim::product: {
      const bool integers = element_of(a[0]) == T::integer && element_of(a[1]) == T::integer;
      return integers ? T::indices : T::other;
    }
    default: break;
  }
  const std::string_view result = prim_info(p).result;
  if (result == "Boolean") return T::boolean;
  if (result == "Integer") return T::integer;
  if (result == "IntegerTuple") return T::pair;
  if (result == "Grid") return T::grid;
  if (result == "Object") return T::object;
  if (result == "Objects") return T::objects;
  if (result == "Indices") return T::indices;
  if (result == "IntegerSet") return T::integers;
  if (result == "Numerical") {
    return std::find(a.begin(), a.end(), T::pair) != a.end() ? T::pair : T::integer;
  }
  if (result == "Patch" || result == "Piece" || result == "Element") return a[0];
  return T::other;
}

// Whether the arguments of a call that are each of the right type also go together.
bool go_together(Prim p, const std::vector<T>& a) {
  switch (p) {
    case Prim::combine:
    case Prim::intersection:
    case Prim::difference: return a[0] == a[1];
    case Prim::insert:
    case Prim::remove: return element_of(a[1]) == a[0];
    case Prim::other: return element_of(a[0]) == a[1];
    default: return true;
  }
}

}  // namespace

std::string CorpusWriter::program(u32 statements) {
  pool_.assign(1, {"I", T::grid});
  text_ = "def program(I):\n";
  next_ = 1;
  for (u32 made = 0; made < statements;) made += statement() ? 1 : 0;
  return text_ + "    return " + pool_.back().name + "\n";
}

GridData CorpusWriter::random_grid(std::mt19937_64& random) {
  const auto below = [&random](u32 n) { return static_cast<u32>(random() % n); };
  GridData g;
  g.h = 1 + below(below(4) == 0 ? 30 : 12);
  g.w = 1 + below(below(4) == 0 ? 30 : 12);
  const u32 colors = 1 + below(below(3) == 0 ? 10 : 4);
  const u32 density = below(101);
  g.cells.resize(static_cast<std::size_t>(g.h) * g.w);
  for (i8& c : g.cells) c = static_cast<i8>(below(100) < density ? below(colors) : 0);
  return g;
}

std::string CorpusWriter::assign(const std::string& expression) {
  std::string name = "x" + std::to_string(next_++);
  text_ += "    " + name + " = " + expression + "\n";
  return name;
}

// Appends a statement; false where the primitive drawn finds no arguments.
bool CorpusWriter::statement() {
  const Prim p = static_cast<Prim>(below(kPrimCount));
  std::string call;
  T result = T::other;
  const bool is_leaf = prim_info(p).kind == PrimKind::leaf;
  if (!(is_leaf ? leaf_call(p, call, result) : higher_call(p, call, result))) return false;
  const std::string name = assign(call);
  pool_.push_back({name, result});
  return true;
}

bool CorpusWriter::leaf_call(Prim p, std::string& call, T& result) {
  std::vector<T> types;
  call = std::string(prim_info(p).name) + "(";
  for (const std::string_view wanted : split(prim_info(p).types)) {
    Variable v;
    if (!argument(wanted, v)) return false;
    call += (types.empty() ? "" : ", ") + v.name;
    types.push_back(v.type);
  }
  call += ")";
  result = result_of(p, types);
  return go_together(p, types);
}

bool CorpusWriter::argument(std::string_view wanted, Variable& out) {
  const bool is_number = wanted == "Integer" || wanted == "IntegerTuple" || wanted == "Numerical";
  if (wanted == "Boolean" || (is_number && below(2) == 0)) {
    out.type = wanted == "Boolean" ? T::boolean : T::integer;
    if (wanted == "IntegerTuple" || (wanted == "Numerical" && below(2) == 0)) out.type = T::pair;
    out.name = constant(out.type);
    return true;
  }
  // Late variables first, so that programs are chains more than heaps.
  for (u32 tries = 0; tries < kTries; ++tries) {
    const u32 size = static_cast<u32>(pool_.size());
    const u32 one = below(size);
    out = pool_[std::max(one, below(size))];
    if (accepts(wanted, out.type)) return true;
  }
  if (!is_number) return false;
  out.type = wanted == "IntegerTuple" ? T::pair : T::integer;
  out.name = constant(out.type);
  return true;
}

std::string CorpusWriter::constant(T type) {
  if (type == T::boolean) return below(2) == 0 ? "T" : "F";
  // Small positive ones mostly, which sizes and factors have to be.
  const bool is_any = below(6) == 0;
  if (type == T::pair) return std::string(kConstants[kFirstPair + below(kPairs)].name);
  const u32 first = is_any ? kFirstInteger : kFirstInteger + 1;
  return std::string(kConstants[first + below(is_any ? kIntegers : 4)].name);
}

bool CorpusWriter::container(Variable& out) {
  for (u32 tries = 0; tries < kTries; ++tries) {
    const u32 size = static_cast<u32>(pool_.size());
    const u32 one = below(size);
    out = pool_[std::max(one, below(size))];
    if (is_container(out.type) && element_of(out.type) != T::other) return true;
  }
  return false;
}

bool CorpusWriter::higher_call(Prim p, std::string& call, T& result) {
  Variable c;
  if (!container(c)) return false;
  const T element = element_of(c.type);
  Function f;
  const std::string name = std::string(prim_info(p).name) + "(";
  switch (p) {
    case Prim::order:
    case Prim::argmax:
    case Prim::argmin:
    case Prim::valmax:
    case Prim::valmin:
      if (!function(element, T::integer, 2, f)) return false;
      result = p == Prim::order                         ? tuple_of(element)
               : p == Prim::argmax || p == Prim::argmin ? element
                                                        : T::integer;
      call = name + c.name + ", " + f.text + ")";
      return true;
    case Prim::sfilter:
    case Prim::extract:
    case Prim::mfilter:
      if (p == Prim::mfilter && !accepts("ContainerContainer", c.type)) return false;
      if (!function(element, T::boolean, 2, f)) return false;
      result = p == Prim::sfilter ? c.type : element;
      if (p == Prim::mfilter && c.type == T::grids) return false;
      call = name + c.name + ", " + f.text + ")";
      return true;
    case Prim::apply:
      if (!function(element, T::other, 2, f)) return false;
      result = is_set(c.type) ? set_of(f.result) : tuple_of(f.result);
      call = name + f.text + ", " + c.name + ")";
      return true;
    case Prim::mapply:
      if (!function(element, T::other, 2, f) || !is_set(f.result)) return false;
      result = f.result;
      call = name + f.text + ", " + c.name + ")";
      return true;
    case Prim::papply:
    case Prim::prapply: {
      // A leaf of two parameters over two containers.
      Variable d;
      if (!container(d) || (p == Prim::papply && (is_set(c.type) || is_set(d.type)))) return false;
      for (u32 tries = 0; tries < kTries; ++tries) {
        const Prim q = static_cast<Prim>(below(kPrimCount));
        if (prim_info(q).kind != PrimKind::leaf || prim_info(q).arity != 2) continue;
        const auto wanted = split(prim_info(q).types);
        const std::vector<T> types = {element, element_of(d.type)};
        if (!accepts(wanted[0], types[0]) || !accepts(wanted[1], types[1])) continue;
        if (!go_together(q, types)) continue;
        const T one = result_of(q, types);
        result = p == Prim::papply ? tuple_of(one) : set_of(one);
        call = name + std::string(prim_info(q).name) + ", " + c.name + ", " + d.name + ")";
        return true;
      }
      return false;
    }
    case Prim::compose:
    case Prim::chain:
    case Prim::matcher:
    case Prim::rbind:
    case Prim::lbind:
    case Prim::power:
    case Prim::fork: {
      // A function that is called at once on one element.
      if (!built(element, T::other, 2, f)) return false;
      const std::string made = assign("first(" + c.name + ")");
      call = f.text + "(" + made + ")";
      result = f.result;
      return true;
    }
    default: return false;
  }
}

bool CorpusWriter::function(T from, T wanted, u32 depth, Function& out) {
  if (depth > 0 && below(3) == 0 && built(from, wanted, depth - 1, out)) return true;
  if (below(3) == 0 && bound(from, wanted, out)) return true;
  return primitive(from, wanted, out) || (depth > 0 && built(from, wanted, depth - 1, out));
}

bool CorpusWriter::primitive(T from, T wanted, Function& out) {
  for (u32 tries = 0; tries < 2 * kPrimCount; ++tries) {
    const Prim p = static_cast<Prim>(below(kPrimCount));
    const PrimInfo& info = prim_info(p);
    if (info.kind != PrimKind::leaf || info.arity != 1 || !accepts(info.types, from)) continue;
    out.result = result_of(p, {from});
    if (out.result == T::other || (wanted != T::other && out.result != wanted)) continue;
    out.text = std::string(info.name);
    return true;
  }
  return false;
}

// A leaf of two parameters with one of them fixed.
bool CorpusWriter::bound(T from, T wanted, Function& out) {
  for (u32 tries = 0; tries < kTries; ++tries) {
    const Prim p = static_cast<Prim>(below(kPrimCount));
    const PrimInfo& info = prim_info(p);
    if (info.kind != PrimKind::leaf || info.arity != 2) continue;
    const auto types = split(info.types);
    const u32 open = below(2);
    Variable fixed;
    if (!accepts(types[open], from) || !argument(types[1 - open], fixed)) continue;
    const std::vector<T> given = {open == 0 ? from : fixed.type, open == 0 ? fixed.type : from};
    if (!go_together(p, given)) continue;
    out.result = result_of(p, given);
    if (out.result == T::other || (wanted != T::other && out.result != wanted)) continue;
    const char* const binder = open == 0 ? "rbind(" : "lbind(";
    out.text = assign(binder + std::string(info.name) + ", " + fixed.name + ")");
    return true;
  }
  return false;
}

// A function made of others.
bool CorpusWriter::built(T from, T wanted, u32 depth, Function& out) {
  Function f;
  Function g;
  Function h;
  const u32 form = wanted == T::boolean && below(2) == 0 ? 2 : below(5);
  switch (form) {
    case 0:
      if (!function(from, T::other, depth, f) || !function(f.result, wanted, depth, g)) {
        return false;
      }
      out = {assign("compose(" + g.text + ", " + f.text + ")"), g.result};
      return true;
    case 1:
      if (!function(from, T::other, depth, f) || !function(f.result, T::other, depth, g) ||
          !function(g.result, wanted, depth, h)) {
        return false;
      }
      out = {assign("chain(" + h.text + ", " + g.text + ", " + f.text + ")"), h.result};
      return true;
    case 2: {
      if ((wanted != T::other && wanted != T::boolean) || !function(from, T::integer, depth, f)) {
        return false;
      }
      const std::string target = constant(T::integer);
      out = {assign("matcher(" + f.text + ", " + target + ")"), T::boolean};
      return true;
    }
    case 3:
      if ((wanted != T::other && wanted != from) || !function(from, from, depth, f)) return false;
      out = {assign("power(" + f.text + ", " + (below(2) == 0 ? "TWO" : "THREE") + ")"), from};
      return true;
    default:
      if (!function(from, T::other, depth, f) || !function(from, T::other, depth, g)) return false;
      for (u32 tries = 0; tries < kTries; ++tries) {
        const Prim p = static_cast<Prim>(below(kPrimCount));
        const PrimInfo& info = prim_info(p);
        if (info.kind != PrimKind::leaf || info.arity != 2) continue;
        const auto types = split(info.types);
        const std::vector<T> given = {f.result, g.result};
        if (!accepts(types[0], f.result) || !accepts(types[1], g.result)) continue;
        if (!go_together(p, given)) continue;
        const T result = result_of(p, given);
        if (result == T::other || (wanted != T::other && result != wanted)) continue;
        out = {assign("fork(" + std::string(info.name) + ", " + f.text + ", " + g.text + ")"),
               result};
        return true;
      }
      return false;
  }
}

}  // namespace arcbatch
