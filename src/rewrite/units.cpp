#include "rewrite/units.h"

#include <algorithm>

namespace arcbatch {

Units::Units(const SourceModule& module, u32 def) : module_(module), ast_(module.ast()) {
  const FunctionAst& f = module.function_ast(def);
  for (const u32 name : module.locals(def)) locals_.insert(name);
  for (u32 k = 0; k < f.param_count; ++k) {
    const u32 name = ast_.params[f.first_param + k].name;
    state_.certain.insert(name);
  }
  find_single(f);
  u32 at = f.first_stmt;
  add(parse_pieces(at, f.stmt_end), 0);
}

// Finds the names that don't stand for one expression wherever they are set.
void Units::find_single(const FunctionAst& f) {
  std::unordered_map<u32, std::string> texts;
  for (u32 k = 0; k < f.param_count; ++k) texts[ast_.params[f.first_param + k].name] = "";
  const Naming own = [this](u32 name) { return module_.text(name); };
  for (u32 k = f.first_stmt; k < f.stmt_end; ++k) {
    const Stmt& stmt = ast_.stmts[k];
    if (stmt.kind != StmtKind::assign) continue;
    const std::string text = module_.statements(k, k + 1, 0, own);
    for (const u32 name : targets(stmt)) {
      const auto [it, is_new] = texts.try_emplace(name, text);
      if (!is_new && it->second != text) several_.insert(name);
    }
  }
}

// ---- the tree of statements

Units::Piece Units::parse_try(u32& at, u32 end) const {
  Piece piece;
  piece.is_try = true;
  piece.begin = at++;
  piece.body = parse_pieces(at, end);
  while (at < end && ast_.stmts[at].kind == StmtKind::handler) {
    piece.handlers.push_back(at++);
    piece.handler_bodies.push_back(parse_pieces(at, end));
  }
  piece.end = ++at;  // behind its try_end
  return piece;
}

// Up to a handler or the end of a `try`.
std::vector<Units::Piece> Units::parse_pieces(u32& at, u32 end) const {
  std::vector<Piece> pieces;
  while (at < end) {
    const StmtKind kind = ast_.stmts[at].kind;
    if (kind == StmtKind::handler || kind == StmtKind::try_end) break;
    if (kind == StmtKind::try_begin) {
      pieces.push_back(parse_try(at, end));
      continue;
    }
    Piece piece;
    piece.begin = at++;
    piece.end = at;
    pieces.push_back(std::move(piece));
  }
  return pieces;
}

// ---- forms

bool Units::is_literal(u32 index) const {
  const Node& n = ast_.nodes[index];
  if (n.kind == NodeKind::tuple) {
    return std::all_of(ast_.children.begin() + n.a, ast_.children.begin() + n.a + n.b,
                       [this](u32 child) { return is_literal(child); });
  }
  return n.kind == NodeKind::integer || n.kind == NodeKind::none || n.kind == NodeKind::boolean ||
         n.kind == NodeKind::text;
}

bool Units::is_entry(u32 stmt) const {
  const Stmt& s = ast_.stmts[stmt];
  if (s.kind != StmtKind::expression || ast_.nodes[s.a].kind != NodeKind::append) return false;
  const Node& list = ast_.nodes[ast_.nodes[s.a].a];
  const Node& item = ast_.nodes[ast_.nodes[s.a].b];
  return list.kind == NodeKind::name && item.kind == NodeKind::tuple && item.b > 0;
}

bool Units::only_appends_literals(const std::vector<Piece>& pieces) const {
  return std::all_of(pieces.begin(), pieces.end(), [this](const Piece& p) {
    return !p.is_try && is_entry(p.begin) && is_literal(ast_.nodes[ast_.stmts[p.begin].a].b);
  });
}

// Assignments and entries, whose handlers append literals.
bool Units::is_block(const Piece& piece) const {
  bool has_entry = false;
  for (const Piece& p : piece.body) {
    const bool entry = !p.is_try && is_entry(p.begin);
    has_entry = has_entry || entry;
    const bool assigns = !p.is_try && ast_.stmts[p.begin].kind == StmtKind::assign;
    if (!entry && !assigns && (!p.is_try || lazy_assignment(p) == kNoUnit)) return false;
  }
  return has_entry && std::all_of(piece.handler_bodies.begin(), piece.handler_bodies.end(),
                                  [this](const auto& body) { return only_appends_literals(body); });
}

// The assignment of `try: x` / `except UnboundLocalError: x = value`, or kNoUnit.
u32 Units::lazy_assignment(const Piece& piece) const {
  if (piece.body.size() != 1 || piece.body[0].is_try || piece.handlers.size() != 1 ||
      piece.handler_bodies[0].size() != 1 || piece.handler_bodies[0][0].is_try) {
    return kNoUnit;
  }
  const Stmt& handler = ast_.stmts[piece.handlers[0]];
  const Stmt& read = ast_.stmts[piece.body[0].begin];
  const u32 index = piece.handler_bodies[0][0].begin;
  const Stmt& assign = ast_.stmts[index];
  if (handler.b != 1 || read.kind != StmtKind::expression || assign.kind != StmtKind::assign ||
      assign.b != 1 ||
      module_.text(ast_.nodes[ast_.children[handler.a]].a) != "UnboundLocalError") {
    return kNoUnit;
  }
  const auto same_names = [this](u32 a, u32 b) {
    const Node& x = ast_.nodes[a];
    const Node& y = ast_.nodes[b];
    return x.kind == NodeKind::name && y.kind == NodeKind::name && x.a == y.a && is_local(x.a);
  };
  std::vector<u32> names = targets(assign);
  module_.collect_names(assign.c, names);
  if (std::any_of(names.begin(), names.end(), [this](u32 name) { return !is_single(name); })) {
    return kNoUnit;
  }
  const u32 target = ast_.children[assign.a];
  if (same_names(read.a, target)) return index;
  const Node& x = ast_.nodes[read.a];
  const Node& y = ast_.nodes[target];
  if (x.kind != NodeKind::tuple || y.kind != NodeKind::tuple || x.b != y.b) return kNoUnit;
  for (u32 k = 0; k < x.b; ++k) {
    if (!same_names(ast_.children[x.a + k], ast_.children[y.a + k])) return kNoUnit;
  }
  return index;
}

// ---- what can raise

Callable Units::callable(u32 index) const {
  const Node& n = ast_.nodes[index];
  if (n.kind == NodeKind::integer) return callable_of_integer(n.integer());
  if (n.kind != NodeKind::name) return {};
  if (is_local(n.a)) {
    const auto found = state_.callables.find(n.a);
    return found == state_.callables.end() ? Callable{} : found->second;
  }
  const Binding& binding = module_.global(n.a);
  if (binding.kind != Binding::Kind::operand) return {};
  if (binding.operand.kind() == OperandKind::constant) {
    const Constant& c = module_.constant(binding.operand.index());
    return c.kind == Constant::Kind::integer ? callable_of_integer(c.integer) : Callable{};
  }
  if (binding.operand.kind() != OperandKind::primitive) return {};
  return callable_of_function(module_.dialect(), binding.operand.index());
}

bool Units::may_raise(u32 index) const {
  const Node& n = ast_.nodes[index];
  switch (n.kind) {
    case NodeKind::name:
      if (is_local(n.a)) return state_.certain.count(n.a) == 0;
      return module_.global(n.a).kind != Binding::Kind::operand;
    case NodeKind::integer:
    case NodeKind::none:
    case NodeKind::boolean:
    case NodeKind::text:
    case NodeKind::lambda:
    case NodeKind::empty_list: return false;
    case NodeKind::keyword: return may_raise(n.b);
    case NodeKind::tuple:
    case NodeKind::call: break;
    default: return true;
  }
  const u32* children = &ast_.children[n.a];
  if (std::any_of(children, children + n.b, [this](u32 child) { return may_raise(child); })) {
    return true;
  }
  if (n.kind == NodeKind::tuple) return false;
  const bool keywords = n.b > 1 && ast_.nodes[children[n.b - 1]].kind == NodeKind::keyword;
  const Node& callee = ast_.nodes[children[0]];
  if (callee.kind == NodeKind::name && !is_local(callee.a)) {
    const Operand operand = module_.global(callee.a).operand;
    if (operand.kind() == OperandKind::primitive) {
      return !function_accepts(module_.dialect(), operand.index(), n.b - 1);
    }
  }
  return keywords || !callable(children[0]).accepts(n.b - 1);
}

bool Units::assignment_may_raise(const Stmt& stmt) const {
  if (may_raise(stmt.c)) return true;
  for (u32 k = 0; k < stmt.b; ++k) {
    const Node& target = ast_.nodes[ast_.children[stmt.a + k]];
    if (target.kind != NodeKind::tuple) continue;
    const Node& value = ast_.nodes[stmt.c];
    if (value.kind != NodeKind::call) return true;
    const Node& callee = ast_.nodes[ast_.children[value.a]];
    if (callee.kind != NodeKind::name || is_local(callee.a)) return true;
    const Operand operand = module_.global(callee.a).operand;
    if (operand.kind() != OperandKind::primitive ||
        tuple_size_of(module_.dialect(), operand.index()) != target.b) {
      return true;
    }
  }
  return false;
}

// ---- units

std::vector<u32> Units::targets(const Stmt& stmt) const {
  std::vector<u32> names;
  for (u32 k = 0; k < stmt.b; ++k) {
    const Node& target = ast_.nodes[ast_.children[stmt.a + k]];
    if (target.kind == NodeKind::name) {
      names.push_back(target.a);
    } else {
      for (u32 i = 0; i < target.b; ++i) {
        names.push_back(ast_.nodes[ast_.children[target.a + i]].a);
      }
    }
  }
  return names;
}

void Units::add_read(Unit& unit, u32 name) const {
  if (!is_local(name)) return;
  for (const UnitRead& read : unit.reads) {
    if (read.name == name) return;
  }
  UnitRead read{name, {}};
  if (const auto found = state_.from.find(name); found != state_.from.end()) {
    read.from = found->second;
  }
  for (const u32 from : read.from) {
    const u32 block = units_[from].block;
    unit.is_lost = unit.is_lost || (block != 0 && block != unit.block);
  }
  unit.reads.push_back(std::move(read));
}

void Units::add_reads(Unit& unit, u32 node) const {
  std::vector<u32> names;
  module_.collect_names(node, names);
  for (const u32 name : names) add_read(unit, name);
}

Place Units::place(u32 node, u32 block) const {
  Place place;
  place.node = node;
  place.unit = static_cast<u32>(units_.size());
  place.reading.block = block;
  add_reads(place.reading, node);
  return place;
}

Place Units::variable(u32 name) const {
  Place place;
  place.unit = static_cast<u32>(units_.size());
  if (const auto found = state_.from.find(name); found != state_.from.end()) {
    place.reading.block = units_[found->second.back()].block;
  }
  add_read(place.reading, name);
  return place;
}

void Units::forget(u32 name) { state_.callables.erase(name); }

void Units::finish(Unit unit) {
  const u32 id = static_cast<u32>(units_.size());
  for (const u32 name : unit.assigned) {
    state_.from[name] = {id};
    state_.certain.insert(name);
  }
  for (const u32 name : unit.perhaps) state_.from[name].push_back(id);
  units_.push_back(std::move(unit));
}

void Units::add_entry(u32 stmt, u32 block) {
  const u32 item = ast_.nodes[ast_.stmts[stmt].a].b;
  const Node& tuple = ast_.nodes[item];
  entries_.push_back({item, place(ast_.children[tuple.a + tuple.b - 1], block)});
}

void Units::add_simple(u32 index, u32 block) {
  const Stmt& stmt = ast_.stmts[index];
  if (stmt.kind == StmtKind::ret) {
    if (stmt.a != kNoNode) result_ = place(stmt.a, block);
    returned_ = true;
    return;
  }
  if (is_entry(index)) add_entry(index, block);
  Unit unit;
  unit.begin = index;
  unit.end = index + 1;
  unit.block = block;
  if (stmt.kind == StmtKind::expression) {
    add_reads(unit, stmt.a);
    // Lists take whatever they are given; what matters is whether the item raises.
    unit.may_raise = !is_entry(index) && may_raise(stmt.a);
    finish(std::move(unit));
    return;
  }
  add_reads(unit, stmt.c);
  unit.may_raise = assignment_may_raise(stmt);
  unit.assigned = targets(stmt);
  const Node& value = ast_.nodes[stmt.c];
  Callable made;
  if (value.kind == NodeKind::name) {
    made = callable(stmt.c);
  } else if (value.kind == NodeKind::call) {
    const Node& callee = ast_.nodes[ast_.children[value.a]];
    if (callee.kind == NodeKind::name && !is_local(callee.a) &&
        module_.global(callee.a).operand.kind() == OperandKind::primitive) {
      std::vector<Callable> arguments;
      for (u32 k = 1; k < value.b; ++k) arguments.push_back(callable(ast_.children[value.a + k]));
      made =
          callable_of_call(module_.dialect(), module_.global(callee.a).operand.index(), arguments);
    }
  }
  for (const u32 name : unit.assigned) {
    forget(name);
    const bool whole = ast_.nodes[ast_.children[stmt.a]].kind == NodeKind::name;
    if (whole && made.kind != Callable::Kind::unknown) state_.callables[name] = made;
  }
  finish(std::move(unit));
}

// The names that pieces assign: certainly, unless they return, and anywhere.
void Units::assigned_by(const std::vector<Piece>& pieces, std::unordered_set<u32>& certain,
                        std::unordered_set<u32>& any, bool& returns) const {
  for (const Piece& p : pieces) {
    if (!p.is_try) {
      const Stmt& stmt = ast_.stmts[p.begin];
      returns = returns || stmt.kind == StmtKind::ret;
      if (stmt.kind != StmtKind::assign) continue;
      for (const u32 name : targets(stmt)) {
        certain.insert(name);
        any.insert(name);
      }
      continue;
    }
    std::unordered_set<u32> common;
    assigned_by(p.body, common, any, returns);
    for (const auto& body : p.handler_bodies) {
      std::unordered_set<u32> other;
      assigned_by(body, other, any, returns);
      for (auto it = common.begin(); it != common.end();) {
        it = other.count(*it) != 0 ? std::next(it) : common.erase(it);
      }
    }
    certain.insert(common.begin(), common.end());
  }
}

void Units::add_try(const Piece& piece, u32 block) {
  if (const u32 assign = lazy_assignment(piece); assign != kNoUnit) {
    add_simple(assign, block);
    return;
  }
  if (block == 0 && is_block(piece)) {
    add_block(piece);
    return;
  }
  if (piece.body.size() == 1 && !piece.body[0].is_try) {
    const Stmt& stmt = ast_.stmts[piece.body[0].begin];
    if (stmt.kind == StmtKind::assign && !assignment_may_raise(stmt)) {
      add_simple(piece.body[0].begin, block);
      return;
    }
  }
  Unit unit;
  unit.begin = piece.begin;
  unit.end = piece.end;
  unit.is_try = true;
  unit.block = block;
  std::unordered_set<u32> certain;
  std::unordered_set<u32> any;
  bool returns = false;
  assigned_by({piece}, certain, any, returns);
  for (u32 k = piece.begin; k < piece.end; ++k) {
    const Stmt& stmt = ast_.stmts[k];
    if (stmt.kind == StmtKind::assign) add_reads(unit, stmt.c);
    if (stmt.kind == StmtKind::expression) add_reads(unit, stmt.a);
    if (stmt.kind == StmtKind::ret && stmt.a != kNoNode) add_reads(unit, stmt.a);
    if (is_entry(k)) unit.is_lost = true;  // what it appends is not told from what it assigns
  }
  unit.is_lost = unit.is_lost || returns;
  for (const u32 name : any) {
    forget(name);
    (certain.count(name) != 0 ? unit.assigned : unit.perhaps).push_back(name);
  }
  std::sort(unit.assigned.begin(), unit.assigned.end());
  std::sort(unit.perhaps.begin(), unit.perhaps.end());
  finish(std::move(unit));
}

void Units::add_block(const Piece& piece) {
  const std::unordered_set<u32> certain = state_.certain;
  add(piece.body, ++blocks_);
  state_.certain = certain;
}

void Units::add(const std::vector<Piece>& pieces, u32 block) {
  for (const Piece& piece : pieces) {
    if (returned_) return;
    if (piece.is_try) {
      add_try(piece, block);
    } else {
      add_simple(piece.begin, block);
    }
  }
}

}  // namespace arcbatch
