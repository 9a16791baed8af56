// Statements, try blocks and the driver of the front end.
#include "frontend/compile.h"

#include <algorithm>

#include "frontend/frontend.h"
#include "frontend/parser.h"

namespace arcbatch {

FunctionCompiler::FunctionCompiler(Module& module, LocalNames& names)
    : module_(module), ast_(module.ast), reporter_(module.reporter), names_(names) {
  names_.slots.resize(module.names.size());
}

FunctionCompiler::FunctionCompiler(Module& module, FunctionCompiler& parent)
    : module_(module),
      ast_(module.ast),
      reporter_(module.reporter),
      names_(parent.names_),
      parent_(&parent),
      def_mark_(parent.def_mark_) {}

// Parameters get the first registers, then every name that the function assigns anywhere.
void FunctionCompiler::declare_locals(const FunctionAst& source) {
  local_count_ = 0;
  const auto declare = [&](u32 name) {
    LocalNames::Slot& slot = names_.slots[name];
    if (slot.def != def_mark_) slot = LocalNames::Slot{def_mark_, local_count_++, 0, 0};
    ++slot.writes;
  };
  for (u32 i = 0; i < source.param_count; ++i) declare(ast_.params[source.first_param + i].name);
  for (u32 i = source.first_assigned; i < source.assigned_end; ++i) declare(ast_.assigned[i]);
  names_.assigned.assign(local_count_, 0);
  names_.trail.clear();
  std::fill_n(names_.assigned.begin(), source.param_count, u8{1});
}

void FunctionCompiler::mark_assigned(u32 reg) {
  if (names_.assigned[reg] != 0) return;
  names_.assigned[reg] = 1;
  names_.trail.push_back(reg);
}

void FunctionCompiler::compile_def(u32 index) {
  const FunctionAst& source = ast_.functions[module_.def_asts[index]];
  function_ = &module_.program.functions[module_.program.defs[index]];
  source_ = &source;
  def_mark_ = index + 1;
  lists_known_ = false;
  terminated_ = false;
  stack_.clear();
  tries_.clear();
  declare_locals(source);
  first_temporary_ = next_temporary_ = max_temporary_ = local_count_;
  const std::size_t count = source.stmt_end - source.first_stmt;
  function_->statements.reserve(count + 1);
  function_->targets.reserve(source.assigned_end - source.first_assigned);
  function_->code.reserve(count + count / 4 + 2);
  function_->operands.reserve(count * 4 + 4);
  for (u32 i = source.first_stmt; i < source.stmt_end; ++i) {
    const Stmt& stmt = ast_.stmts[i];
    switch (stmt.kind) {
      case StmtKind::expression: compile_expression_statement(stmt); break;
      case StmtKind::assign: compile_assign(stmt); break;
      case StmtKind::ret: compile_return(stmt); break;
      case StmtKind::try_begin: begin_try(i); break;
      case StmtKind::handler: begin_handler(stmt); break;
      case StmtKind::try_end: end_try(); break;
    }
  }
  finish(source.line);
}

// Code always ends in ret: a function that falls off its end returns None.
void FunctionCompiler::finish(u32 line) {
  Function& function = *function_;
  if (!terminated_ || function.code.empty() || function.code.back().op != Opcode::ret) {
    Statement& statement = function.statements.emplace_back();
    statement.line = function.statements.size() > 1
                         ? function.statements[function.statements.size() - 2].line
                         : line;
    statement.column = 1;
    statement.text = "return None";
    dead_ = false;
    stack_.push_back(constant(module_.constants.none()));
    emit(Opcode::ret, 0, stack_.size() - 1);
    function.statements.back().last_instr = static_cast<u32>(function.code.size());
  }
  function.register_count = max_temporary_;
}

void FunctionCompiler::begin_statement(const Stmt& stmt) {
  Statement& statement = function_->statements.emplace_back();
  statement.line = stmt.line;
  statement.column = stmt.begin - reporter_.line_start(stmt.line) + 1;
  statement.text = statement_text(stmt.begin, stmt.end);
  next_temporary_ = first_temporary_;
  dead_ = false;
}

void FunctionCompiler::end_statement() {
  function_->statements.back().last_instr = static_cast<u32>(function_->code.size());
  stack_.clear();
  dead_ = false;
}

namespace {

// Whether there is nothing to drop or to shorten. Without branches, for the compiler to look at
// many characters at a time: what matters lies below '!', or is '#' or the backslash.
bool is_plain(std::string_view text) {
  u32 found = 0;
  for (std::size_t i = 1; i < text.size(); ++i) {
    const auto c = static_cast<u8>(text[i]);
    const auto previous = static_cast<u8>(text[i - 1]);
    const bool is_blank = c < '!';
    const bool is_single_space = (c == ' ') & (previous != ' ');
    found |= static_cast<u32>((is_blank & !is_single_space) | (c == '#') | (c == '\\'));
  }
  return found == 0;
}

}  // namespace

// Returns the source with comments dropped and runs of white space as one space.
std::string_view FunctionCompiler::statement_text(u32 begin, u32 end) const {
  const std::string_view text = reporter_.text(begin, end);
  if (is_plain(text)) return text;
  std::string& out = module_.program.text->rewritten.emplace_front();
  out.reserve(text.size());
  char quote = '\0';  // annotations may hold strings
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote != '\0') {
      out += c;
      if (c == quote || c == '\n') quote = '\0';
    } else if (c == '#') {
      while (i + 1 < text.size() && text[i + 1] != '\n' && text[i + 1] != '\r') ++i;
    } else if (c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == '\\') {
      if (!out.empty() && out.back() != ' ') out += ' ';
    } else {
      out += c;
      if (c == '"' || c == '\'') quote = c;
    }
  }
  return out;
}

void FunctionCompiler::compile_assign(const Stmt& stmt) {
  begin_statement(stmt);
  const u32* const targets = &ast_.children[stmt.a];
  const Node& first = ast_.nodes[targets[0]];
  const Node& source = ast_.nodes[stmt.c];
  u32 hint = kNoRegister;
  if (stmt.b == 1 && first.kind == NodeKind::name) hint = names_.slots[first.a].reg;
  Operand value = compile(stmt.c, hint);
  if (stmt.b > 1 && source.kind == NodeKind::name && !dead_) {
    // The first targets may overwrite the variable that the later ones get.
    stack_.push_back(value);
    value = emit_to(Opcode::move, kNoRegister, stack_.size() - 1);
  }
  // A name is read by a move even if it is the target itself.
  const bool in_place = value.bits == reg(hint).bits && source.kind != NodeKind::name;
  Statement& statement = function_->statements.back();
  statement.first_target = static_cast<u32>(function_->targets.size());
  for (u32 i = 0; i < stmt.b; ++i) {
    if (!in_place) store(targets[i], value);
    const Node& target = ast_.nodes[targets[i]];
    const bool is_name = target.kind == NodeKind::name;
    const u32* const items = is_name ? &targets[i] : &ast_.children[target.a];
    const u32 count = is_name ? 1 : target.b;
    for (u32 k = 0; k < count; ++k) {
      const u32 name = ast_.nodes[items[k]].a;
      function_->targets.push_back(Target{module_.names.text(name), names_.slots[name].reg});
      mark_assigned(names_.slots[name].reg);
    }
  }
  statement.target_count = static_cast<u32>(function_->targets.size()) - statement.first_target;
  end_statement();
}

void FunctionCompiler::store(u32 index, Operand value) {
  if (dead_) return;
  const Node& target = ast_.nodes[index];
  if (target.kind == NodeKind::tuple) {
    unpack(target, value);
    return;
  }
  stack_.push_back(value);
  emit(Opcode::move, names_.slots[target.a].reg, stack_.size() - 1);
}

void FunctionCompiler::unpack(const Node& target, Operand value) {
  const u32 count = target.b;
  const u32* const items = &ast_.children[target.a];
  const auto target_register = [&](u32 i) { return names_.slots[ast_.nodes[items[i]].a].reg; };
  const u32 first = target_register(0);
  bool is_run = true;  // the targets are neighbours, so no temporaries are needed
  for (u32 i = 1; i < count && is_run; ++i) is_run = target_register(i) == first + i;
  if (value.kind() == OperandKind::reg && value.index() >= first && value.index() < first + count) {
    is_run = false;
  }
  u32 dst = first;
  if (!is_run) {
    dst = new_temporary();
    for (u32 i = 1; i < count; ++i) new_temporary();
  }
  stack_.push_back(value);
  const u32 instr = emit(Opcode::unpack, dst, stack_.size() - 1);
  function_->code[instr].immediate = count;
  if (is_run) return;
  for (u32 i = 0; i < count; ++i) {
    stack_.push_back(reg(dst + i));
    emit(Opcode::move, target_register(i), stack_.size() - 1);
  }
}

void FunctionCompiler::compile_expression_statement(const Stmt& stmt) {
  begin_statement(stmt);
  const std::size_t before = function_->code.size();
  const Operand value = compile(stmt.a, kNoRegister);
  if (!dead_ && is_maybe_unset(value)) {
    stack_.push_back(value);
    emit(Opcode::move, new_temporary(), stack_.size() - 1);
  }
  end_statement();
  if (function_->code.size() == before) function_->statements.pop_back();  // nothing to do
}

void FunctionCompiler::compile_return(const Stmt& stmt) {
  begin_statement(stmt);
  Operand value = constant(module_.constants.none());
  if (stmt.a != kNoNode) value = compile(stmt.a, kNoRegister);
  if (!dead_) {
    stack_.push_back(value);
    emit(Opcode::ret, 0, stack_.size() - 1);
  }
  end_statement();
  terminated_ = true;
}

u64 FunctionCompiler::handler_mask(const Stmt& stmt) {
  u64 mask = 0;
  if (stmt.c != 0) {
    for (u32 s = 0; s < 64; ++s) {
      if (is_error(static_cast<Status>(s))) mask |= u64{1} << s;
    }
    return mask;
  }
  for (u32 i = 0; i < stmt.b; ++i) {
    const Node& node = ast_.nodes[ast_.children[stmt.a + i]];
    if (is_local(node.a) || !module_.exception_mask(node.a, mask)) {
      reporter_.error(node.offset,
                      quoted(module_.names.text(node.a)) +
                          " in an 'except' clause is not an exception class of Python");
    }
  }
  return mask;
}

// Of a try in a batt function: finds the entry that each handler appends, the same but for its
// last item. Whatever the try's block comes to, the list has such an entry then, so a block that is
// refused leaves one whose last item is unknown.
bool FunctionCompiler::find_entry(u32 index, u32& entry) const {
  if (source_->param_count != 5 || tries_.size() > 1) return false;
  const auto tuple_of = [this](u32 append) -> const Node& {
    return ast_.nodes[ast_.nodes[append].b];
  };
  const auto same = [this](u32 a, u32 b) {
    const Node& x = ast_.nodes[a];
    const Node& y = ast_.nodes[b];
    return x.kind == y.kind &&
           ((x.kind == NodeKind::text && reporter_.text(x.a, x.b) == reporter_.text(y.a, y.b)) ||
            (x.kind != NodeKind::text && x.a == y.a && x.b == y.b));
  };
  const auto is_literal = [this](u32 node) {
    const NodeKind kind = ast_.nodes[node].kind;
    return kind == NodeKind::integer || kind == NodeKind::boolean || kind == NodeKind::text;
  };
  // The append that a statement is, or kNoNode; its items but the last are literals.
  const auto entry_of = [&](u32 stmt) {
    const Stmt& s = ast_.stmts[stmt];
    if (s.kind != StmtKind::expression || ast_.nodes[s.a].kind != NodeKind::append) return kNoNode;
    const Node& list = ast_.nodes[ast_.nodes[s.a].a];
    const Node& tuple = tuple_of(s.a);
    if (list.kind != NodeKind::name || tuple.kind != NodeKind::tuple || tuple.b == 0) {
      return kNoNode;
    }
    const u32* items = &ast_.children[tuple.a];
    return std::all_of(items, items + tuple.b - 1, is_literal) ? s.a : kNoNode;
  };
  const auto same_entry = [&](u32 a, u32 b) {
    const Node& x = tuple_of(a);
    const Node& y = tuple_of(b);
    if (x.b != y.b || !same(ast_.nodes[a].a, ast_.nodes[b].a)) return false;
    for (u32 k = 0; k + 1 < x.b; ++k) {
      if (!same(ast_.children[x.a + k], ast_.children[y.a + k])) return false;
    }
    return true;
  };
  // The block's last statement appends the entry, and no other does; so does each handler.
  u32 found = kNoNode;
  u32 depth = 0;
  for (u32 k = index + 1; k < source_->stmt_end; ++k) {
    const StmtKind kind = ast_.stmts[k].kind;
    if (kind == StmtKind::ret) return false;
    if (kind == StmtKind::try_end && depth == 0) return found != kNoNode;
    if (kind == StmtKind::handler && depth == 0) {
      const u32 mine = k + 1 < source_->stmt_end ? entry_of(k + 1) : kNoNode;
      const StmtKind after = k + 2 < source_->stmt_end ? ast_.stmts[k + 2].kind : StmtKind::ret;
      if (found == kNoNode || mine == kNoNode || !same_entry(found, mine) ||
          (after != StmtKind::handler && after != StmtKind::try_end)) {
        return false;
      }
      ++k;
      continue;
    }
    if (kind == StmtKind::try_begin) ++depth;
    if (kind == StmtKind::try_end) --depth;
    if (found != kNoNode) return false;  // something stands behind the entry
    const bool appends =
        kind == StmtKind::expression && ast_.nodes[ast_.stmts[k].a].kind == NodeKind::append;
    if (!appends) continue;
    if (depth != 0) return false;
    found = entry_of(k);
    entry = found;
    if (found == kNoNode) return false;
  }
  return false;
}

// The handlers' tries are pushed last to first, so that the first one is asked first.
void FunctionCompiler::begin_try(u32 index) {
  const Stmt& stmt = ast_.stmts[index];
  TryFrame& frame = tries_.emplace_back();
  const u32 next = static_cast<u32>(function_->statements.size());
  if (find_entry(index, frame.entry)) {
    frame.unknown_push = static_cast<u32>(function_->code.size());
    Instr& instr = function_->code.emplace_back();
    instr.op = Opcode::try_push;
    instr.statement = next;
  }
  frame.first_push = static_cast<u32>(function_->code.size());
  frame.handler_count = stmt.a;
  frame.trail_mark = names_.trail.size();
  const u32 statement = static_cast<u32>(function_->statements.size());
  for (u32 i = 0; i < frame.handler_count; ++i) {
    Instr& instr = function_->code.emplace_back();
    instr.op = Opcode::try_push;
    instr.statement = statement;  // the one that follows
  }
}

// Ends the try's own block or a handler: notes what it has set and goes to the state before it.
void FunctionCompiler::end_branch(TryFrame& frame) {
  std::vector<u32>& trail = names_.trail;
  const auto begin = trail.begin() + static_cast<std::ptrdiff_t>(frame.trail_mark);
  if (!terminated_) frame.branches.emplace_back(begin, trail.end());
  for (auto it = begin; it != trail.end(); ++it) names_.assigned[*it] = 0;
  trail.erase(begin, trail.end());
}

void FunctionCompiler::begin_handler(const Stmt& stmt) {
  TryFrame& frame = tries_.back();
  Function& function = *function_;
  const u32 statement =
      function.statements.empty() ? 0 : static_cast<u32>(function.statements.size() - 1);
  const auto marker = [&](Opcode op) {
    Instr& instr = function.code.emplace_back();
    instr.op = op;
    instr.statement = statement;
  };
  if (!terminated_) {
    if (frame.handler == 0) {
      for (u32 i = 0; i < frame.handler_count; ++i) marker(Opcode::try_pop);
      if (frame.unknown_push != kNoRegister) marker(Opcode::try_pop);
    }
    frame.jumps.push_back(static_cast<u32>(function.code.size()));
    marker(Opcode::jump);
  }
  end_branch(frame);
  terminated_ = false;
  const u32 push = frame.first_push + frame.handler_count - 1 - frame.handler;
  function.code[push].immediate = static_cast<i64>(function.code.size());
  function.code[push].mask = handler_mask(stmt);
  ++frame.handler;
  // An error in a handler is none of the other handlers' business.
  for (u32 i = frame.handler; i < frame.handler_count; ++i) marker(Opcode::try_pop);
  if (frame.unknown_push != kNoRegister) marker(Opcode::try_pop);
}

// The handler of refusals, behind the others.
void FunctionCompiler::append_unknown(TryFrame& frame) {
  Function& function = *function_;
  const u32 statement = static_cast<u32>(function.statements.size() - 1);
  frame.jumps.push_back(static_cast<u32>(function.code.size()));
  Instr& jump = function.code.emplace_back();
  jump.op = Opcode::jump;
  jump.statement = statement;
  end_branch(frame);
  Instr& push = function.code[frame.unknown_push];
  push.immediate = static_cast<i64>(function.code.size());
  for (const Status status :
       {Status::unsupported_bigint, Status::unsupported_order, Status::unsupported_construct}) {
    push.mask |= u64{1} << static_cast<u32>(status);
  }
  const Node& append = ast_.nodes[frame.entry];
  const Node& tuple = ast_.nodes[append.b];
  next_temporary_ = first_temporary_;
  stack_.push_back(compile(append.a, kNoRegister));
  const std::size_t base = stack_.size();
  for (u32 k = 0; k + 1 < tuple.b; ++k) {
    const Operand item = compile(ast_.children[tuple.a + k], kNoRegister);
    stack_.push_back(item);
  }
  const Operand unknown = emit_to(Opcode::unknown, kNoRegister, stack_.size());
  stack_.push_back(unknown);
  const Operand entry = emit_to(Opcode::tuple, kNoRegister, base);
  stack_.push_back(entry);
  emit(Opcode::append, 0, base - 1);
}

void FunctionCompiler::end_try() {
  TryFrame& frame = tries_.back();
  if (frame.unknown_push != kNoRegister && !terminated_) append_unknown(frame);
  end_branch(frame);
  for (const u32 jump : frame.jumps) {
    function_->code[jump].immediate = static_cast<i64>(function_->code.size());
  }
  terminated_ = frame.branches.empty();
  if (!terminated_) {
    std::vector<u32>& common = frame.branches[0];
    std::sort(common.begin(), common.end());
    for (std::size_t i = 1; i < frame.branches.size(); ++i) {
      std::vector<u32>& other = frame.branches[i];
      std::sort(other.begin(), other.end());
      std::vector<u32> both;
      std::set_intersection(common.begin(), common.end(), other.begin(), other.end(),
                            std::back_inserter(both));
      common = std::move(both);
    }
    for (const u32 set : common) mark_assigned(set);
  }
  tries_.pop_back();
}

// Compiles a lambda into Module::lambdas and returns its index among the program's functions.
u32 FunctionCompiler::compile_lambda_body(const FunctionAst& source) {
  Function function;
  function_ = &function;
  source_ = &source;
  function.name = "<lambda>";
  function.line = source.line;
  for (u32 i = 0; i < source.param_count; ++i) {
    const ParamAst& param = ast_.params[source.first_param + i];
    function.params.emplace_back(module_.names.text(param.name));
    own_[param.name] = i;
    if (param.default_node == kNoNode) {
      ++function.required;
      continue;
    }
    // Python evaluates defaults where the lambda is made; constants are the same everywhere.
    Operand value;
    const Node& node = ast_.nodes[param.default_node];
    if (parent_->mentions_local(param.default_node)) {
      reporter_.refuse(node.offset, "a local variable as a default value");
    } else if (module_.fold(param.default_node, "a default value", value)) {
      if (value.kind() == OperandKind::constant) {
        function.defaults.push_back(value.index());
      } else {
        reporter_.refuse(param.offset, "a function as a default value");
      }
    }
  }
  first_temporary_ = next_temporary_ = max_temporary_ = kTemporaryBase;
  Statement& statement = function.statements.emplace_back();
  statement.line = parent_->function_->statements.back().line;
  statement.column = parent_->function_->statements.back().column;
  statement.text = parent_->function_->statements.back().text;
  const Operand value = compile(source.body, kNoRegister);
  if (!dead_) {
    stack_.push_back(value);
    emit(Opcode::ret, 0, stack_.size() - 1);
    terminated_ = true;
  }
  function.statements.back().last_instr = static_cast<u32>(function.code.size());
  finish(source.line);
  function.capture_count = static_cast<u32>(captures_.size());
  const u32 bound = source.param_count + function.capture_count;
  const u32 down = kTemporaryBase - bound;
  for (Operand& operand : function.operands) {
    if (operand.kind() == OperandKind::reg && operand.index() >= kTemporaryBase) {
      operand = reg(operand.index() - down);
    }
  }
  for (Instr& instr : function.code) {
    if (instr.dst >= kTemporaryBase) instr.dst -= down;
  }
  function.register_count = max_temporary_ - down;
  module_.lambdas.push_back(std::move(function));
  return static_cast<u32>(module_.program.functions.size() + module_.lambdas.size() - 1);
}

namespace {

constexpr std::size_t kMaxSource = (std::size_t{1} << 31) - 1;

// Returns false, with an error, for text that no Python file may hold.
bool check_text(Reporter& reporter, std::string_view source) {
  if (source.size() > kMaxSource) {
    reporter.error(0, "the file is longer than 2 GiB");
    return false;
  }
  const std::size_t nul = source.find('\0');
  const std::size_t broken = find_invalid_utf8(source);
  const std::size_t bad = std::min(nul, broken);
  if (bad >= source.size()) return true;
  for (std::size_t i = 0; i < bad; ++i) {
    const bool ends_line = source[i] == '\n' || (source[i] == '\r' && source[i + 1] != '\n');
    if (ends_line) reporter.start_line(static_cast<u32>(i + 1));
  }
  reporter.error(static_cast<u32>(bad),
                 bad == nul ? "the file contains a NUL byte" : "the file is not UTF-8 text");
  return false;
}

}  // namespace

CompileResult compile_source(std::string_view source, std::string_view file, Dsl dialect) {
  CompileResult result;
  result.program.file = std::string(file);
  result.program.dialect = dialect;
  result.program.text = std::make_shared<ProgramText>();
  const std::size_t size = source.size() <= kMaxSource ? source.size() : 0;
  std::string& padded = result.program.text->source;
  padded.reserve(size + Lexer::kPadding);
  padded.assign(source.substr(0, size)).append(Lexer::kPadding, '\0');
  Reporter reporter(std::string_view(padded).substr(0, size), file);
  if (check_text(reporter, source)) {
    NameTable names(dialect);
    Ast ast;
    Parser(reporter, names, ast).parse_module();
    if (!reporter.has_errors()) {
      Module module(ast, names, reporter, result.program);
      module.bind();
      LocalNames locals;
      FunctionCompiler compiler(module, locals);
      for (u32 i = 0; i < module.def_asts.size() && !reporter.is_full(); ++i) {
        compiler.compile_def(i);
      }
      std::vector<Function>& functions = result.program.functions;
      functions.insert(functions.end(), std::make_move_iterator(module.lambdas.begin()),
                       std::make_move_iterator(module.lambdas.end()));
    }
  }
  result.ok = !reporter.has_errors();
  result.errors = reporter.take_errors();
  result.program.warnings = reporter.take_warnings();
  return result;
}

}  // namespace arcbatch
