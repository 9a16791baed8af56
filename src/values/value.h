// Value: every Python value that the DSL can make, as plain data for host and device. Scalars,
// pairs of ints and cells are inline; everything else points into an arena and is immutable but
// for caches of derived facts. A value has one meaning and may have several forms.
#pragma once

#include <cstddef>

#include "core/arena.h"
#include "core/macros.h"
#include "core/status.h"

namespace arcbatch {

enum class Tag : u8 {
  unset = 0,  // no value: an unassigned register, an unused table slot
  none,
  boolean,
  integer,
  primitive,  // a DSL function; i = Prim
  closure,
  pair,    // tuple of two ints of 32 bits: the only form of such a tuple
  cell,    // tuple (int, pair) of 32-bit ints: the only form of such a tuple
  triple,  // tuple of three ints of 32 bits, as dialects make cells: one form of such a tuple
  tuple,
  grid,  // tuple of h >= 1 rows of w >= 1 ints of 8 bits
  set,   // frozenset
  list,  // a result list: `o = []`, `o.append(...)`
  real,  // a float: only dialects whose functions make them have any
};

struct Head;
struct TupleObj;
struct GridObj;
struct SetObj;
struct ClosureObj;
struct ListObj;
struct RealObj;
struct Parts;

struct Location {
  i32 a, b;
};

struct Value {
  Tag tag = Tag::unset;
  u8 pad0 = 0;
  u16 pad1 = 0;
  i32 aux = 0;  // a cell's colour, a triple's last int
  union {
    i64 i;
    Location p;  // pair, a cell's location, or a triple's first ints
    Head* head;  // any of the objects from `tuple` on
    TupleObj* tuple;
    GridObj* grid;
    SetObj* set;
    ClosureObj* closure;
    ListObj* list;
    RealObj* real;
  };

  ARC_HD constexpr Value() : i(0) {}
  // As two words, since the parts of a value are written apart: a wider load of what has just been
  // stored in parts waits for the stores to leave the core.
  ARC_HD constexpr Value(const Value& o) : Value() {
    if (__builtin_is_constant_evaluated()) {
      tag = o.tag;
      aux = o.aux;
      i = o.i;
    } else {
      copy(o);
    }
  }
  ARC_HD Value& operator=(const Value& o) {
    copy(o);
    return *this;
  }
  ARC_HD void copy(const Value& o) {
    u64 low = 0;
    __builtin_memcpy(&low, &o, 8);
    const i64 high = o.i;
    __builtin_memcpy(static_cast<void*>(this), &low, 8);
    i = high;
  }
  ARC_HD constexpr Value(Tag t, i64 payload) : tag(t), i(payload) {}

  ARC_HD static Value none() { return Value(Tag::none, 0); }
  ARC_HD static Value boolean(bool b) { return Value(Tag::boolean, b ? 1 : 0); }
  ARC_HD static Value integer(i64 n) { return Value(Tag::integer, n); }
  ARC_HD static Value primitive(u32 id) { return Value(Tag::primitive, id); }
  ARC_HD static Value pair(i32 a, i32 b) {
    Value v(Tag::pair, 0);
    v.p.a = a;
    v.p.b = b;
    return v;
  }
  ARC_HD static Value cell(i32 color, i32 a, i32 b) {
    Value v = pair(a, b);
    v.tag = Tag::cell;
    v.aux = color;
    return v;
  }
  ARC_HD static Value triple(i32 a, i32 b, i32 c) {
    Value v = pair(a, b);
    v.tag = Tag::triple;
    v.aux = c;
    return v;
  }
  ARC_HD static Value of(TupleObj* t) {
    Value v(Tag::tuple, 0);
    v.tuple = t;
    return v;
  }
  ARC_HD static Value of(GridObj* g) {
    Value v(Tag::grid, 0);
    v.grid = g;
    return v;
  }
  ARC_HD static Value of(SetObj* s) {
    Value v(Tag::set, 0);
    v.set = s;
    return v;
  }
  ARC_HD static Value of(ClosureObj* c) {
    Value v(Tag::closure, 0);
    v.closure = c;
    return v;
  }
  ARC_HD static Value of(ListObj* l) {
    Value v(Tag::list, 0);
    v.list = l;
    return v;
  }
  ARC_HD static Value of(RealObj* r) {
    Value v(Tag::real, 0);
    v.real = r;
    return v;
  }

  // isinstance(v, int): bools are ints in Python.
  [[nodiscard]] ARC_HD bool is_int() const { return tag == Tag::integer || tag == Tag::boolean; }
  // isinstance(v, tuple)
  [[nodiscard]] ARC_HD bool is_tuple() const { return tag >= Tag::pair && tag <= Tag::grid; }
  [[nodiscard]] ARC_HD bool is_set() const { return tag == Tag::set; }
  [[nodiscard]] ARC_HD bool is_function() const {
    return tag == Tag::primitive || tag == Tag::closure;
  }
  // Same bits: implies the same object; the converse holds for inline values.
  [[nodiscard]] ARC_HD bool same_bits(const Value& o) const {
    return tag == o.tag && aux == o.aux && i == o.i;
  }
};
static_assert(sizeof(Value) == 16);

// What a container holds, deeply.
enum : u8 {
  kHasFunction = 1,  // a function somewhere inside
  kHasAddress = 2,  // a value somewhere inside whose hash or order is by address (None, a function)
  kUnordered = 4,   // of a tuple: its own items are in an order by address, so unknown
  kPending = 8,     // of a tuple: its items are not listed yet (see Parts)
};

enum class Tri : u8 { unknown, yes, no };

// How the object of every tag from `tuple` on begins, so that its measures are read without
// asking which it is.
struct Head {
  u32 len;
  u32 depth;     // 1 + the deepest element's
  u64 weight;    // elements plus elements of elements (see weight_of)
  u64 expanded;  // size of the fully expanded value, saturating
  i64 hash;
  u8 flags;
  bool hash_known;
};

struct TupleObj {
  u32 len;
  u32 depth;
  u64 weight;
  u64 expanded;
  i64 hash;
  u8 flags;
  bool hash_known;
  Tri grid_state;   // whether the tuple is a grid; `grid` caches that form
  u16 order_depth;  // of the deepest pending recipe among the items
  GridObj* grid;
  ARC_HD Value* items() { return reinterpret_cast<Value*>(this + 1); }
  [[nodiscard]] ARC_HD const Value* items() const {
    return reinterpret_cast<const Value*>(this + 1);
  }
  [[nodiscard]] ARC_HD Parts* parts();  // of a pending tuple
};
static_assert(sizeof(TupleObj) % 16 == 0);

// What stands in place of the items of a pending tuple: it is the concatenation of these sets of
// cells, each in its own order. Many a merge is only painted, for which no order has to be worked
// out. Pending tuples live in registers of straight-line code alone: whoever else would see one is
// given the listed tuple.
struct Parts {
  const Value* sets;
  u32 count;
  TupleObj* listed;  // once it was asked for
};

ARC_HD inline Parts* TupleObj::parts() { return reinterpret_cast<Parts*>(this + 1); }

struct alignas(16) GridObj {
  u32 h;
  u32 depth;
  u64 weight;
  u64 expanded;
  i64 hash;
  u8 flags;
  bool hash_known;
  u8 mostcommon_state;  // 1: `mostcommon` is mostcolor(grid), ties resolved; 0: not known
  i8 mostcommon;
  u32 w;
  TupleObj* tuple;  // the same value as a tuple of rows, when it was asked for
  // h * w colours by rows; 64 readable bytes follow so that vector loads may overrun.
  ARC_HD i8* cells() { return reinterpret_cast<i8*>(this + 1); }
  [[nodiscard]] ARC_HD const i8* cells() const { return reinterpret_cast<const i8*>(this + 1); }
};
inline constexpr u32 kGridPadding = 64;

// One slot of CPython's set table. Unused: key unset, hash 0. Dummy: key unset, hash -1.
struct Entry {
  Value key;
  i64 hash = 0;
};

// CPython's set object: open addressing with linear probes, then perturbation.
struct Table {
  u32 mask = 0;
  u32 fill = 0;  // active and dummy slots
  u32 used = 0;  // active slots
  u8 flags = 0;  // kHasFunction | kHasAddress of the keys
  Entry* entries = nullptr;
};

// A set of pairs, or of cells with distinct locations, as bit rows of its bounding box.
enum class BitsKind : u8 { indices, unicolor, multicolor };
struct Bits {
  i32 i0 = 0;  // bounding box: rows i0 .. i0+h-1, columns j0 .. j0+w-1, tight
  i32 j0 = 0;
  u16 h = 0;  // 1 .. kMaxBitsHeight
  u16 w = 0;  // 1 .. 64
  BitsKind kind = BitsKind::indices;
  i8 color = 0;          // unicolor
  u64* rows = nullptr;   // h words; bit k of a row is column j0+k
  i8* colors = nullptr;  // multicolor: h * w bytes by rows, meaningful where the bit is set
};
inline constexpr u32 kMaxBitsHeight = 1024;
inline constexpr u32 kMaxBitsWidth = 64;

// A set of cells too wide for one Bits, as strips of at most 64 columns side by side. Their boxes
// need not be tight.
struct Strips {
  Bits* bits = nullptr;
  u32 count = 0;
};
inline constexpr u32 kMaxStripsWidth = 1024;

// How a set's table can be rebuilt when its order is asked for.
enum class Recipe : u8 {
  none,       // the table is there
  primitive,  // run the ordered kernel of primitive `op` on args
  apply,      // args[0] iterated in order, adding images[position in args[0]'s list]
  filter,     // args[0] iterated in order, adding the elements that are in this set's list
  merge,      // args[0] (a set or tuple of containers) merged in order
  member,     // an element of args[0]'s list: has the table that args[0]'s replay gives it
  dialect,    // `replay` makes the table
};

struct Ctx;

// frozenset. Contents are in at least one of table, bits, list, strips; order only in table.
struct SetObj {
  u32 count;
  u32 depth;
  u64 weight;
  u64 expanded;
  i64 hash;
  u8 flags;
  bool hash_known;
  bool any_order;  // order by address, which the holder has promised not to look at
  Tri bits_state;  // whether `bits` holds the contents
  Recipe recipe;
  u16 op;
  u16 order_depth;  // pending recipes below this set's and its elements'; bounds a replay
  Table* table;
  Value* list;  // count distinct elements in an order of ours, or nullptr
  Bits bits;
  Value args[4];
  union {
    const Value* images;                          // Recipe::apply
    Status (*replay)(Ctx&, SetObj*, Table& out);  // Recipe::dialect; on the host alone
  };
  const Strips* strips;
};

// `dialect`: a function of a dialect other than arc-dsl; `function` is its number there.
enum class ClosureKind : u8 { compose, chain, matcher, rbind, lbind, fork, def, lambda, dialect };

// A function made at run time, or a def of the program. Its address is its identity.
struct alignas(16) ClosureObj {
  ClosureKind kind;
  u8 argcount;  // co_argcount
  // def, lambda: index into the program; dialect: the function; binds: 1 where the reference makes
  // them of a def
  u32 function;
  u32 capture_count;
  Value args[3];
  Value* captures;
};

// A mutable result list.
struct alignas(16) ListObj {
  u32 len;
  u32 depth;
  u64 weight;
  u64 expanded;
  i64 hash;
  u8 flags;
  bool hash_known;
  u32 capacity;
  Value* items;
};

// A float. Its address is its identity: a nan is only the same as itself.
struct alignas(16) RealObj {
  u32 len;
  u32 depth;
  u64 weight;
  u64 expanded;
  i64 hash;
  u8 flags;  // kHasAddress of a nan, whose hash is its address
  bool hash_known;
  double value;
};

static_assert(offsetof(Head, flags) == offsetof(RealObj, flags));
static_assert(offsetof(Head, flags) == offsetof(TupleObj, flags));
static_assert(offsetof(Head, flags) == offsetof(GridObj, flags));
static_assert(offsetof(Head, flags) == offsetof(SetObj, flags));
static_assert(offsetof(Head, flags) == offsetof(ListObj, flags));
static_assert(offsetof(Head, expanded) == offsetof(GridObj, expanded));
static_assert(offsetof(Head, expanded) == offsetof(SetObj, expanded));

}  // namespace arcbatch
