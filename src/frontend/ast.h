// The syntax tree: flat arrays of small nodes that refer to each other by index. Holds only
// what the subset allows; the parser refuses the rest.
#pragma once

#include <vector>

#include "core/macros.h"

namespace arcbatch {

inline constexpr u32 kNoNode = 0xffffffffu;
inline constexpr u32 kMaxOperands = 65535;  // of one call or tuple, callee included
inline constexpr u32 kMaxHeight = 400;      // of an expression, so that recursion over it is safe

enum class NodeKind : u8 {
  name,         // a = name
  integer,      // a, b = low and high half of the value
  big_integer,  // a, b = begin and end in the source; flag: the magnitude is exactly 2^63
  none,
  boolean,    // a = 0 or 1
  text,       // a, b = begin and end in the source, between the quotes
  tuple,      // a = first child, b = count
  call,       // a = first child (callee, positional arguments, keywords), b = count
  keyword,    // a = name, b = value; only below a call
  subscript,  // a = value, b = index
  lambda,     // a = function
  empty_list,
  append,  // a = list, b = item
};

struct Node {
  NodeKind kind = NodeKind::none;
  bool flag = false;
  u16 height = 1;  // levels of nodes from here down
  u32 offset = 0;  // in the source
  u32 a = 0;
  u32 b = 0;

  [[nodiscard]] i64 integer() const {
    return static_cast<i64>(static_cast<u64>(b) << 32 | static_cast<u64>(a));
  }
  void set_integer(i64 value) {
    a = static_cast<u32>(static_cast<u64>(value));
    b = static_cast<u32>(static_cast<u64>(value) >> 32);
  }
};

enum class StmtKind : u8 {
  expression,  // a = node
  assign,      // a = first child (the targets: names and tuples of names), b = count, c = value
  ret,         // a = node or kNoNode
  try_begin,   // a = number of handlers
  handler,     // a = first child (exception names), b = count, c = 1 for a bare except
  try_end,
};

struct Stmt {
  StmtKind kind = StmtKind::expression;
  u32 begin = 0;  // in the source
  u32 end = 0;
  u32 line = 0;
  u32 a = 0;
  u32 b = 0;
  u32 c = 0;
};

struct ParamAst {
  u32 name = 0;
  u32 offset = 0;
  u32 default_node = kNoNode;
};

// A def or a lambda.
struct FunctionAst {
  u32 name = 0;
  u32 offset = 0;
  u32 line = 0;
  u32 first_param = 0;
  u32 param_count = 0;
  u32 first_stmt = 0;  // of a def
  u32 stmt_end = 0;
  u32 first_assigned = 0;  // of a def: the names that it assigns, in order, with repetitions
  u32 assigned_end = 0;
  u32 body = kNoNode;  // of a lambda
};

enum class ItemKind : u8 {
  def,          // a = function
  assign,       // a = node
  import_star,  // the name is the module's
  import_name,  // binds `name`; a = 1 if it can only be something foreign (a module, an alias)
};

struct ModuleItem {
  ItemKind kind = ItemKind::def;
  u32 name = 0;
  u32 offset = 0;
  u32 a = 0;
};

struct Ast {
  std::vector<Node> nodes;
  std::vector<u32> children;
  std::vector<Stmt> stmts;
  std::vector<ParamAst> params;
  std::vector<u32> assigned;
  std::vector<FunctionAst> functions;
  std::vector<ModuleItem> items;
  u32 lambda_count = 0;
};

}  // namespace arcbatch
