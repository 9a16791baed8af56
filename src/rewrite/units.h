// A function's body as units: statements in a row, and `try` statements that are one piece. What
// each reads, assigns and may raise, and which units a read may have its value from.
#pragma once

#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "rewrite/source_module.h"
#include "rewrite/tame.h"

namespace arcbatch {

inline constexpr u32 kNoUnit = 0xffffffffu;

// What a unit does for one name.
struct UnitRead {
  u32 name = 0;
  std::vector<u32> from;  // units whose value it may be; of several, all but one may leave it unset
};

struct Unit {
  u32 begin = 0;  // statements of the syntax tree
  u32 end = 0;
  bool is_try = false;
  bool may_raise = true;
  bool is_lost = false;  // reads what a statement of another block may have left unset
  u32 block = 0;         // 0, or the number of the solver's block that it stands in
  std::vector<UnitRead> reads;
  std::vector<u32> assigned;  // certainly
  std::vector<u32> perhaps;   // assigned on some ways through a `try` alone
};

// A place where a value is read: an expression, or (kNoNode) a variable at the function's end.
struct Place {
  u32 node = kNoNode;
  u32 unit = 0;  // units before it
  Unit reading;  // what it reads, and its block
};

// `list.append((number, ..., value))`
struct ResultEntry {
  u32 item = 0;  // the node of the tuple
  Place value;
};

// Units with the forms that generated files have taken apart:
// - a `try` around one assignment that cannot raise is that assignment;
// - `try: x` / `except UnboundLocalError: x = value` is `x = value`, if x is never anything else;
// - a `try` that ends in an appended entry, whose handlers append literals, is a block of units.
class Units {
 public:
  Units(const SourceModule& module, u32 def);

  [[nodiscard]] const std::vector<Unit>& units() const { return units_; }
  [[nodiscard]] const std::vector<ResultEntry>& entries() const { return entries_; }
  // What is returned; nothing where that is not an expression.
  [[nodiscard]] const Place& result() const { return result_; }
  // A variable once all units have run.
  [[nodiscard]] Place variable(u32 name) const;
  [[nodiscard]] bool is_local(u32 name) const { return locals_.count(name) != 0; }

 private:
  struct Piece {
    u32 begin = 0;
    u32 end = 0;
    bool is_try = false;
    std::vector<Piece> body;
    std::vector<u32> handlers;  // their statements
    std::vector<std::vector<Piece>> handler_bodies;
  };
  struct State {
    std::unordered_map<u32, std::vector<u32>> from;
    std::unordered_set<u32> certain;
    std::unordered_map<u32, Callable> callables;
  };

  Piece parse_try(u32& at, u32 end) const;
  std::vector<Piece> parse_pieces(u32& at, u32 end) const;
  void add(const std::vector<Piece>& pieces, u32 block);
  void add_simple(u32 index, u32 block);
  void add_try(const Piece& piece, u32 block);
  void add_block(const Piece& piece);
  void finish(Unit unit);
  void add_entry(u32 stmt, u32 block);
  void add_read(Unit& unit, u32 name) const;
  [[nodiscard]] Place place(u32 node, u32 block) const;
  [[nodiscard]] u32 lazy_assignment(const Piece& piece) const;
  [[nodiscard]] bool is_entry(u32 stmt) const;
  [[nodiscard]] bool is_block(const Piece& piece) const;
  [[nodiscard]] bool only_appends_literals(const std::vector<Piece>& pieces) const;
  [[nodiscard]] bool is_literal(u32 index) const;
  [[nodiscard]] bool may_raise(u32 index) const;
  [[nodiscard]] bool assignment_may_raise(const Stmt& stmt) const;
  [[nodiscard]] Callable callable(u32 index) const;
  [[nodiscard]] std::vector<u32> targets(const Stmt& stmt) const;
  void assigned_by(const std::vector<Piece>& pieces, std::unordered_set<u32>& certain,
                   std::unordered_set<u32>& any, bool& returns) const;
  void add_reads(Unit& unit, u32 node) const;
  void forget(u32 name);
  void find_single(const FunctionAst& f);
  [[nodiscard]] bool is_single(u32 name) const { return several_.count(name) == 0; }

  const SourceModule& module_;
  const Ast& ast_;
  std::unordered_set<u32> locals_;
  std::unordered_set<u32> several_;  // names that are assigned different expressions
  std::vector<Unit> units_;
  std::vector<ResultEntry> entries_;
  Place result_;
  u32 blocks_ = 0;
  bool returned_ = false;
  State state_;
};

}  // namespace arcbatch
