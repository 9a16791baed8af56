// Expressions: operands in Python's order of evaluation, calls, captures of lambdas, and the
// names that turn out to be unknown.
#include <algorithm>

#include "frontend/compile.h"

namespace arcbatch {

namespace {

constexpr std::size_t kMaxBoundHere = 255;  // parameters of a def

// Returns the names in "a,b,c".
std::vector<std::string_view> split_names(std::string_view list) {
  std::vector<std::string_view> names;
  while (!list.empty()) {
    const std::size_t comma = min_of(list.find(','), list.size());
    names.push_back(list.substr(0, comma));
    list.remove_prefix(min_of(comma + 1, list.size()));
  }
  return names;
}

}  // namespace

u32 FunctionCompiler::new_temporary() {
  const u32 index = next_temporary_++;
  max_temporary_ = max_of(max_temporary_, next_temporary_);
  return index;
}

// Emits an instruction over the operands from `base` of the stack on, and takes them off.
u32 FunctionCompiler::emit(Opcode op, u32 dst, std::size_t base) {
  Function& function = *function_;
  Instr& instr = function.code.emplace_back();
  instr.op = op;
  instr.dst = dst;
  instr.operand_count = static_cast<u16>(stack_.size() - base);
  instr.first_operand = static_cast<u32>(function.operands.size());
  instr.statement = static_cast<u32>(function.statements.size() - 1);
  function.operands.insert(function.operands.end(),
                           stack_.begin() + static_cast<std::ptrdiff_t>(base), stack_.end());
  stack_.resize(base);
  return static_cast<u32>(function.code.size() - 1);
}

Operand FunctionCompiler::emit_to(Opcode op, u32 dst, std::size_t base) {
  const u32 target = dst == kNoRegister ? new_temporary() : dst;
  emit(op, target, base);
  return reg(target);
}

void FunctionCompiler::emit_raise(Status status) {
  const u32 instr = emit(Opcode::raise, 0, stack_.size());
  function_->code[instr].status = status;
  dead_ = true;
}

void FunctionCompiler::emit_refuse(const std::string& reason) {
  const u32 index = module_.reason(reason);
  const u32 instr = emit(Opcode::refuse, 0, stack_.size());
  function_->code[instr].immediate = index;
  dead_ = true;
}

bool FunctionCompiler::is_maybe_unset(Operand operand) const {
  return parent_ == nullptr && operand.kind() == OperandKind::reg &&
         operand.index() < local_count_ && names_.assigned[operand.index()] == 0;
}

// Reads the operands from `base` on that may be unset into temporaries now: what follows can
// raise, and Python would have met the unset variable first.
void FunctionCompiler::settle(std::size_t base) {
  for (std::size_t i = base; i < stack_.size(); ++i) {
    if (!is_maybe_unset(stack_[i])) continue;
    const Operand unset = stack_[i];
    const u32 target = new_temporary();
    stack_.push_back(unset);
    emit(Opcode::move, target, stack_.size() - 1);
    stack_[i] = reg(target);
  }
}

bool FunctionCompiler::is_local(u32 name) const {
  if (parent_ != nullptr) return own_.count(name) != 0 || parent_->is_local(name);
  return names_.slots[name].def == def_mark_;
}

bool FunctionCompiler::find_local(u32 name, u32 offset, u32& reg) {
  if (parent_ == nullptr) {
    const LocalNames::Slot& slot = names_.slots[name];
    reg = slot.reg;
    return slot.def == def_mark_;
  }
  const auto it = own_.find(name);
  if (it != own_.end()) {
    reg = it->second;
    return true;
  }
  u32 outer = 0;
  if (!parent_->find_capture(name, offset, outer)) return false;
  reg = source_->param_count + static_cast<u32>(captures_.size());
  captures_.push_back(Operand::make(OperandKind::reg, outer));
  own_.emplace(name, reg);
  return true;
}

// Python's lambdas see the variable, ours its value: the same only if the value is final.
bool FunctionCompiler::find_capture(u32 name, u32 offset, u32& reg) {
  if (!find_local(name, offset, reg)) return false;
  if (parent_ != nullptr) return true;
  const LocalNames::Slot& slot = names_.slots[name];
  const std::string what = "a lambda that uses " + quoted(module_.names.text(name));
  if (slot.writes > 1) {
    reporter_.refuse(offset, what + ", which is assigned more than once,");
  } else if (names_.assigned[slot.reg] == 0) {
    reporter_.refuse(offset, what + ", which is not certainly assigned before it,");
  }
  return true;
}

Operand FunctionCompiler::compile(u32 index, u32 dst) {
  const Node& node = ast_.nodes[index];
  switch (node.kind) {
    case NodeKind::name: return compile_name(node);
    case NodeKind::integer: return constant(module_.constants.integer(node.integer()));
    case NodeKind::none: return constant(module_.constants.none());
    case NodeKind::boolean: return constant(module_.constants.boolean(node.a != 0));
    case NodeKind::text: return constant(module_.text_constant(node));
    case NodeKind::big_integer: {
      const std::string text =
          "the integer literal " + quoted(reporter_.text(node.a, node.b)) + " is beyond 64 bits";
      reporter_.warning(node.offset, text);
      emit_refuse(text);
      return Operand{};
    }
    case NodeKind::tuple: return compile_tuple(node, dst);
    case NodeKind::call: return compile_call(node, dst);
    case NodeKind::subscript: return compile_subscript(node, dst);
    case NodeKind::lambda: return compile_lambda(node, dst);
    case NodeKind::empty_list: return emit_to(Opcode::list, dst, stack_.size());
    case NodeKind::append: return compile_append(node);
    case NodeKind::keyword: break;  // only below a call, which looks at its value
  }
  return Operand{};
}

Operand FunctionCompiler::compile_name(const Node& node) {
  u32 local = 0;
  if (find_local(node.a, node.offset, local)) return reg(local);
  const Binding& binding = module_.global(node.a);
  if (binding.kind == Binding::Kind::operand) return binding.operand;
  if (binding.kind == Binding::Kind::foreign) {
    const std::string text = module_.foreign_reason(node.a);
    reporter_.warning(node.offset, text);
    emit_refuse(text);
  } else {
    warn_unknown(node);
    emit_raise(Status::name_error);
  }
  return Operand{};
}

// Of a def: finds what a name stands for if that is certain and reading it can't raise.
bool FunctionCompiler::find_known(const Node& node, Operand& out) {
  if (node.kind != NodeKind::name || parent_ != nullptr) return false;
  const LocalNames::Slot& slot = names_.slots[node.a];
  if (slot.def == def_mark_) {
    out = reg(slot.reg);
    return names_.assigned[slot.reg] != 0;
  }
  const Binding& binding = module_.global(node.a);
  out = binding.operand;
  return binding.kind == Binding::Kind::operand;
}

// Pushes the values of child nodes on the stack, unless one of them ends the statement.
void FunctionCompiler::compile_operands(u32 first, u32 count) {
  const std::size_t base = stack_.size();
  bool has_unset = false;
  for (u32 i = 0; i < count; ++i) {
    u32 child = ast_.children[first + i];
    // Most operands are names of locals that are set, or of primitives and constants.
    if (Operand known; find_known(ast_.nodes[child], known)) {
      stack_.push_back(known);
      continue;
    }
    if (ast_.nodes[child].kind == NodeKind::keyword) child = ast_.nodes[child].b;
    if (has_unset && !is_harmless(child)) {
      settle(base);
      has_unset = false;
    }
    const Operand operand = compile(child, kNoRegister);
    if (dead_) {
      stack_.resize(base);
      return;
    }
    has_unset = has_unset || is_maybe_unset(operand);
    stack_.push_back(operand);
  }
}

// Returns true if evaluating the node can't raise anything but UnboundLocalError.
bool FunctionCompiler::is_harmless(u32 index) {
  const Node& node = ast_.nodes[index];
  if (node.kind == NodeKind::name) {
    return is_local(node.a) || module_.global(node.a).kind == Binding::Kind::operand;
  }
  if (node.kind == NodeKind::tuple) {
    const u32* const items = ast_.children.data() + node.a;
    return std::all_of(items, items + node.b, [this](u32 item) { return is_harmless(item); });
  }
  return node.kind == NodeKind::integer || node.kind == NodeKind::none ||
         node.kind == NodeKind::boolean;
}

// Of a harmless node: returns true if it may read an unset variable.
bool FunctionCompiler::reads_unset(u32 index) const {
  const Node& node = ast_.nodes[index];
  if (node.kind == NodeKind::name) {
    return parent_ == nullptr && is_local(node.a) && is_maybe_unset(reg(names_.slots[node.a].reg));
  }
  if (node.kind != NodeKind::tuple) return false;
  const u32* const items = ast_.children.data() + node.a;
  return std::any_of(items, items + node.b, [this](u32 item) { return reads_unset(item); });
}

// Of a literal: returns true if a name in it is a local.
bool FunctionCompiler::mentions_local(u32 index) const {
  const Node& node = ast_.nodes[index];
  if (node.kind == NodeKind::name) return is_local(node.a);
  if (node.kind != NodeKind::tuple) return false;
  const u32* const items = ast_.children.data() + node.a;
  return std::any_of(items, items + node.b, [this](u32 item) { return mentions_local(item); });
}

Operand FunctionCompiler::compile_tuple(const Node& node, u32 dst) {
  const std::size_t base = stack_.size();
  compile_operands(node.a, node.b);
  if (dead_) return Operand{};
  const auto begin = stack_.begin() + static_cast<std::ptrdiff_t>(base);
  if (std::all_of(begin, stack_.end(),
                  [](Operand o) { return o.kind() == OperandKind::constant; })) {
    std::vector<u32> children;
    children.reserve(node.b);
    for (auto it = begin; it != stack_.end(); ++it) children.push_back(it->index());
    stack_.resize(base);
    return constant(module_.constants.tuple(std::move(children)));
  }
  return emit_to(Opcode::tuple, dst, base);
}

void FunctionCompiler::check_arity(const Node& node, Operand callee, u32 given) {
  u32 least = 0;
  u32 most = 0;
  if (callee.kind() == OperandKind::primitive) {
    const DialectFunction& known = function_of(callee);
    least = known.least;
    most = known.most;
  } else if (callee.kind() == OperandKind::function) {
    const Function& function = module_.program.functions[callee.index()];
    least = function.required;
    most = static_cast<u32>(function.params.size());
  } else {
    return;
  }
  if ((given >= least && given <= most) || !reporter_.wants_warnings()) return;
  std::string text;
  std::string params;
  if (callee.kind() == OperandKind::primitive) {
    const DialectFunction& info = function_of(callee);
    text = std::string(info.name);
    for (const std::string_view name : split_names(info.params)) {
      params += (params.empty() ? "" : ", ") + std::string(name);
    }
  } else {
    const Function& function = module_.program.functions[callee.index()];
    text = function.name;
    for (const std::string& name : function.params) {
      params += (params.empty() ? "" : ", ") + name;
      if (params.size() > 200) break;
    }
  }
  text += "(" + params + ") takes " + std::to_string(least);
  if (most != least) text += " to " + std::to_string(most);
  text += most == 1 ? " argument, " : " arguments, ";
  text += std::to_string(given) + (given == 1 ? " is given" : " are given") +
          (is_safe(callee) ? " (it gives its default)" : " (TypeError)");
  reporter_.warning(node.offset, text);
}

Operand FunctionCompiler::compile_call(const Node& node, u32 dst) {
  const std::size_t base = stack_.size();
  compile_operands(node.a, node.b);
  if (dead_) return Operand{};
  if (ast_.nodes[ast_.children[node.a + node.b - 1]].kind == NodeKind::keyword) {
    return compile_keyword_call(node, dst, base);
  }
  check_arity(node, stack_[base], node.b - 1);
  return emit_to(Opcode::call, dst, base);
}

// Keywords are bound to positions here if the callee is known, by the executor if not.
Operand FunctionCompiler::compile_keyword_call(const Node& node, u32 dst, std::size_t base) {
  const Operand callee = stack_[base];
  u32 positional = 0;
  while (ast_.nodes[ast_.children[node.a + 1 + positional]].kind != NodeKind::keyword) {
    ++positional;
  }
  const u32 keywords = node.b - 1 - positional;
  const auto keyword = [&](u32 i) -> const Node& {
    return ast_.nodes[ast_.children[node.a + 1 + positional + i]];
  };
  const bool is_def = callee.kind() == OperandKind::function;
  // Of a def with very many parameters a short call could grow without bound here.
  const bool is_small =
      is_def && module_.program.functions[callee.index()].params.size() <= kMaxBoundHere;
  if (callee.kind() != OperandKind::primitive && !is_small) {
    std::vector<std::string> set;
    set.reserve(keywords);
    for (u32 i = 0; i < keywords; ++i) set.emplace_back(module_.names.text(keyword(i).a));
    module_.program.keyword_sets.push_back(std::move(set));
    const Operand result = emit_to(Opcode::call, dst, base);
    function_->code.back().keyword_set = static_cast<u32>(module_.program.keyword_sets.size());
    return result;
  }

  const Function* function = nullptr;
  std::vector<std::string_view> params;
  std::string_view name;
  u32 required = 0;
  if (!is_def) {
    const DialectFunction& info = function_of(callee);
    params = split_names(info.params);
    name = info.name;
    required = info.least;
  } else {
    function = &module_.program.functions[callee.index()];
    params.assign(function->params.begin(), function->params.end());
    name = function->name;
    required = function->required;
  }
  const auto fail = [&](u32 offset, const std::string& what) {
    reporter_.warning(offset, std::string(name) + "() " + what +
                                  (is_safe(callee) ? " (it gives its default)" : " (TypeError)"));
    settle(base);
    if (is_safe(callee)) {  // a call without arguments, which gives the default
      stack_.resize(base);
      stack_.push_back(callee);
      return emit_to(Opcode::call, dst, base);
    }
    stack_.resize(base);
    emit_raise(Status::type_error);
    return Operand{};
  };
  if (positional > params.size()) {
    return fail(node.offset, "takes " + std::to_string(params.size()) + " arguments, " +
                                 std::to_string(positional) + " positional ones are given");
  }
  constexpr u32 kMissing = 0xffffffffu;
  std::vector<Operand> bound(params.size(), Operand{kMissing});
  for (u32 i = 0; i < positional; ++i) bound[i] = stack_[base + 1 + i];
  for (u32 i = 0; i < keywords; ++i) {
    const std::string_view text = module_.names.text(keyword(i).a);
    const auto it = std::find(params.begin(), params.end(), text);
    if (it == params.end()) {
      return fail(keyword(i).offset, "has no parameter " + quoted(text));
    }
    Operand& slot = bound[static_cast<std::size_t>(it - params.begin())];
    if (slot.bits != kMissing) {
      return fail(keyword(i).offset, "gets two values for parameter " + quoted(text));
    }
    slot = stack_[base + 1 + positional + i];
  }
  // Defaults behind the last argument are left to the call.
  std::size_t count = bound.size();
  while (count > 0 && bound[count - 1].bits == kMissing && count > required) {
    --count;
  }
  bound.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    if (bound[i].bits != kMissing) continue;
    if (i < required) {
      return fail(node.offset, "gets no value for parameter " + quoted(params[i]));
    }
    bound[i] = constant(function->defaults[i - function->required]);
  }
  stack_.resize(base + 1);
  stack_.insert(stack_.end(), bound.begin(), bound.end());
  return emit_to(Opcode::call, dst, base);
}

// Returns the value of an index that is known now: a literal or a constant's name.
bool FunctionCompiler::constant_index(u32 index, i64& value) {
  const Node& node = ast_.nodes[index];
  if (node.kind == NodeKind::integer) {
    value = node.integer();
    return true;
  }
  if (node.kind == NodeKind::boolean) {
    value = node.a;
    return true;
  }
  if (node.kind != NodeKind::name || is_local(node.a)) return false;
  const Binding& binding = module_.global(node.a);
  if (binding.kind != Binding::Kind::operand || binding.operand.kind() != OperandKind::constant) {
    return false;
  }
  const Constant& found = module_.constants[binding.operand.index()];
  value = found.integer;
  return found.kind == Constant::Kind::integer || found.kind == Constant::Kind::boolean;
}

Operand FunctionCompiler::compile_subscript(const Node& node, u32 dst) {
  i64 index = 0;
  if (!constant_index(node.b, index)) {
    reporter_.refuse(ast_.nodes[node.b].offset, "a subscript other than a constant integer");
    return Operand{};
  }
  const std::size_t base = stack_.size();
  const Operand value = compile(node.a, kNoRegister);
  if (dead_) return Operand{};
  stack_.push_back(value);
  const Operand result = emit_to(Opcode::subscript, dst, base);
  function_->code.back().immediate = index;
  return result;
}

Operand FunctionCompiler::compile_lambda(const Node& node, u32 dst) {
  FunctionCompiler lambda(module_, *this);
  const u32 index = lambda.compile_lambda_body(ast_.functions[node.a]);
  const std::size_t base = stack_.size();
  if (lambda.captures_.size() > kMaxOperands) {
    reporter_.refuse(node.offset, "a lambda that uses more than 65535 variables");
    return Operand{};
  }
  stack_.insert(stack_.end(), lambda.captures_.begin(), lambda.captures_.end());
  const Operand result = emit_to(Opcode::make_lambda, dst, base);
  function_->code.back().immediate = index;
  return result;
}

// Counts for each local of the def how often it is assigned '[]'.
void FunctionCompiler::find_lists() {
  lists_known_ = true;
  for (u32 i = source_->first_stmt; i < source_->stmt_end; ++i) {
    const Stmt& stmt = ast_.stmts[i];
    if (stmt.kind != StmtKind::assign || ast_.nodes[stmt.c].kind != NodeKind::empty_list) continue;
    for (u32 k = 0; k < stmt.b; ++k) {
      const Node& target = ast_.nodes[ast_.children[stmt.a + k]];
      if (target.kind == NodeKind::name) ++names_.slots[target.a].list_writes;
    }
  }
}

// Returns true if the value is a list for certain: every assignment of the name is of '[]'.
bool FunctionCompiler::is_list(u32 index) {
  const Node& node = ast_.nodes[index];
  if (node.kind == NodeKind::empty_list) return true;
  if (node.kind != NodeKind::name || parent_ != nullptr || !is_local(node.a)) return false;
  if (!lists_known_) find_lists();
  const LocalNames::Slot& slot = names_.slots[node.a];
  return slot.list_writes == slot.writes;
}

// Python looks '.append' up before it evaluates the item. The instruction does so after it,
// which is the same if the value is a list, or if the item can't raise.
Operand FunctionCompiler::compile_append(const Node& node) {
  const std::size_t base = stack_.size();
  const Operand list = compile(node.a, kNoRegister);
  if (dead_) return Operand{};
  stack_.push_back(list);
  const bool is_safe = is_harmless(node.b) && !reads_unset(node.b);
  if (!is_safe) settle(base);
  if (!is_safe && !is_list(node.a)) {
    stack_.resize(base);
    const std::string text = "'.append' on what may not be a list made by '[]'";
    reporter_.warning(node.offset, text);
    emit_refuse(text);
    return Operand{};
  }
  const Operand item = compile(node.b, kNoRegister);
  if (dead_) return Operand{};
  stack_.push_back(item);
  emit(Opcode::append, 0, base);
  return constant(module_.constants.none());
}

void FunctionCompiler::warn_unknown(const Node& node) {
  if (!reporter_.wants_warnings()) return;
  reporter_.warning(node.offset, "unknown name " + quoted(module_.names.text(node.a)) +
                                     suggestion(node.a) + " (NameError)");
}

// Returns "; did you mean 'fill'?" for the known name that is nearest in spelling.
std::string FunctionCompiler::suggestion(u32 name) const {
  const std::string_view text = module_.names.text(name);
  if (const auto* other = other_dialect_with(module_.program.dialect, text); other != nullptr) {
    return ", which is of the dialect " + std::string(other->name) + " (--dialect " +
           std::string(other->name) + ")";
  }
  u32 best = static_cast<u32>(min_of<std::size_t>(text.size() / 3, 3)) + 1;
  std::string_view found;
  for (u32 other = kFirstFunctionName; other < module_.names.size(); ++other) {
    if (other == name) continue;
    const std::string_view candidate = module_.names.text(other);
    const u32 distance = edit_distance(text, candidate, best);
    if (distance >= best || distance >= candidate.size()) continue;
    const Binding::Kind kind = module_.global(other).kind;
    if (kind != Binding::Kind::operand && !is_local(other)) continue;
    best = distance;
    found = candidate;
  }
  return found.empty() ? std::string() : "; did you mean " + quoted(found) + "?";
}

}  // namespace arcbatch
