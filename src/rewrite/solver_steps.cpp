#include "rewrite/solver_steps.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

namespace arcbatch {

u32 ValueTable::plain(const std::string& key, const std::string& text, const Callable& callable) {
  const auto [it, is_new] = numbers_.try_emplace("=" + key, size());
  if (is_new) {
    NumberedValue& value = values_.emplace_back();
    value.text = text;
    value.callable = callable;
  }
  return it->second;
}

u32 ValueTable::step(const std::string& key, NumberedValue value) {
  const auto [it, is_new] = numbers_.try_emplace(key, size());
  if (!is_new) return it->second;
  value.is_step = true;
  const u32 parts = value.parts;
  values_.push_back(std::move(value));
  values_.resize(values_.size() + parts);
  return it->second;
}

u32 ValueTable::call_of(const std::string& def, const std::vector<u32>& arguments) {
  NumberedValue value;
  value.text = def + "(";
  for (std::size_t k = 0; k < arguments.size(); ++k) value.text += k == 0 ? "{}" : ", {}";
  value.text += ")";
  value.operands = arguments;
  value.may_raise = true;
  return step("def " + def, std::move(value));
}

u32 ValueTable::copy_of(u32 source) {
  NumberedValue value;
  value.text = "{}";
  value.operands = {source};
  return step(fmt::format("copy {}", source), std::move(value));
}

// Reads one def.
class ValueTable::Reader {
 public:
  Reader(ValueTable& table, const SourceModule& module, u32 def)
      : table_(table), module_(module), ast_(module.ast()), def_(def) {
    for (const u32 name : module.locals(def)) locals_.insert(name);
  }

  std::optional<SolverSteps> read(Parameters parameters) {
    const FunctionAst& f = module_.function_ast(def_);
    const Function& function = module_.functions()[def_];
    std::vector<const char*> given = {"I"};
    if (parameters != Parameters::i) given = {"S", "I", "C"};
    for (u32 k = 0; k < f.param_count; ++k) {
      const bool is_given = parameters == Parameters::i ? k == 0 : k < 3;
      const std::string text =
          is_given ? given[k] : module_.literal(function.defaults[k - function.required]);
      values_[ast_.params[f.first_param + k].name] = table_.plain(text, text, {});
    }
    for (u32 k = f.first_stmt; k < f.stmt_end; ++k) {
      const Stmt& stmt = ast_.stmts[k];
      u32 value = 0;
      switch (stmt.kind) {
        case StmtKind::expression:
          if (!evaluate(stmt.a, value)) return std::nullopt;
          break;
        case StmtKind::assign:
          if (!evaluate(stmt.c, value) || !assign(stmt, value)) return std::nullopt;
          break;
        case StmtKind::ret:
          out_.result = table_.plain("None", "None", {});
          if (stmt.a != kNoNode && !evaluate(stmt.a, out_.result)) return std::nullopt;
          return out_;
        default: return std::nullopt;
      }
    }
    out_.result = table_.plain("None", "None", {});
    return out_;
  }

 private:
  // Adds a step, whose text has a "{}" for each operand.
  u32 add(const std::string& kind, NumberedValue value, bool is_call) {
    std::string key = kind;
    for (const u32 operand : value.operands) key += fmt::format(" {}", operand);
    if (!is_call) {
      const u32 made = table_.step(key, std::move(value));
      if (done_.insert(made).second) out_.steps.push_back(made);
      return made;
    }
    for (u32 occurrence = 0;; ++occurrence) {
      const u32 made = table_.step(fmt::format("{} #{}", key, occurrence), value);
      if (!done_.insert(made).second) continue;
      out_.steps.push_back(made);
      return made;
    }
  }

  bool assign(const Stmt& stmt, u32 value) {
    for (u32 k = 0; k < stmt.b; ++k) {
      const Node& target = ast_.nodes[ast_.children[stmt.a + k]];
      if (target.kind == NodeKind::name) {
        values_[target.a] = value;
        continue;
      }
      NumberedValue unpacked;
      unpacked.text = "{}";
      unpacked.operands = {value};
      unpacked.parts = target.b;
      unpacked.may_raise = tuple_size_[value] != target.b;
      const u32 first = add(fmt::format("unpack{}", target.b), std::move(unpacked), false);
      for (u32 i = 0; i < target.b; ++i) {
        values_[ast_.nodes[ast_.children[target.a + i]].a] = first + 1 + i;
      }
    }
    return true;
  }

  bool name_value(u32 name, u32& out) {
    if (locals_.count(name) != 0) {
      const auto found = values_.find(name);
      if (found == values_.end()) return false;  // not set yet
      out = found->second;
      return true;
    }
    const Binding& binding = module_.global(name);
    if (binding.kind == Binding::Kind::unknown) return false;
    const std::string text = module_.global_text(name, [](u32) { return std::string(); });
    switch (binding.operand.kind()) {
      case OperandKind::function: return false;
      case OperandKind::primitive:
        out = table_.plain("function " + text, text,
                           callable_of_function(module_.dialect(), binding.operand.index()));
        function_of_[out] = binding.operand.index();
        return true;
      default:
        out = table_.plain(module_.literal(binding.operand.index()), text,
                           number_of(module_.constant(binding.operand.index())));
        return true;
    }
  }

  static Callable number_of(const Constant& c) {
    return c.kind == Constant::Kind::integer ? callable_of_integer(c.integer) : Callable{};
  }

  // Finds the text of a literal, or of a tuple of such.
  bool literal_text(u32 index, std::string& text) {
    const Node& n = ast_.nodes[index];
    switch (n.kind) {
      case NodeKind::integer: text = std::to_string(n.integer()); return true;
      case NodeKind::none: text = "None"; return true;
      case NodeKind::boolean: text = n.a != 0 ? "True" : "False"; return true;
      case NodeKind::name: {
        if (locals_.count(n.a) != 0) return false;
        const Binding& binding = module_.global(n.a);
        if (binding.kind != Binding::Kind::operand ||
            binding.operand.kind() != OperandKind::constant) {
          return false;
        }
        text = module_.literal(binding.operand.index());
        return true;
      }
      case NodeKind::tuple: {
        text = "(";
        for (u32 k = 0; k < n.b; ++k) {
          std::string item;
          if (!literal_text(ast_.children[n.a + k], item)) return false;
          text += (k == 0 ? "" : ", ") + item;
        }
        text += n.b == 1 ? ",)" : ")";
        return true;
      }
      default: return false;
    }
  }

  bool evaluate(u32 index, u32& out) {
    const Node& n = ast_.nodes[index];
    switch (n.kind) {
      case NodeKind::name: return name_value(n.a, out);
      case NodeKind::integer:
      case NodeKind::none:
      case NodeKind::boolean: {
        std::string text;
        literal_text(index, text);
        out = table_.plain(
            text, text,
            n.kind == NodeKind::integer ? callable_of_integer(n.integer()) : Callable{});
        return true;
      }
      case NodeKind::tuple: return evaluate_tuple(index, out);
      case NodeKind::call: return evaluate_call(n, out);
      case NodeKind::subscript: {
        std::string at;
        u32 value = 0;
        if (!literal_text(n.b, at) || !evaluate(n.a, value)) return false;
        NumberedValue item;
        item.text = "{}[" + at + "]";
        item.operands = {value};
        item.may_raise = true;
        out = add("item " + at, std::move(item), false);
        return true;
      }
      default: return false;
    }
  }

  bool evaluate_tuple(u32 index, u32& out) {
    std::string text;
    if (literal_text(index, text)) {
      out = table_.plain(text, text, {});
      return true;
    }
    const Node& n = ast_.nodes[index];
    NumberedValue tuple;
    for (u32 k = 0; k < n.b; ++k) {
      u32 item = 0;
      if (!evaluate(ast_.children[n.a + k], item)) return false;
      tuple.operands.push_back(item);
      tuple.text += k == 0 ? "({}" : ", {}";
    }
    tuple.text += n.b == 1 ? ",)" : ")";
    out = add("tuple", std::move(tuple), false);
    return true;
  }

  bool evaluate_call(const Node& n, u32& out) {
    NumberedValue call;
    for (u32 k = 0; k < n.b; ++k) {
      u32 value = 0;
      if (!evaluate(ast_.children[n.a + k], value)) return false;
      call.operands.push_back(value);
      call.text += k == 0 ? "{}(" : k == 1 ? "{}" : ", {}";
    }
    call.text += ")";
    const u32 given = n.b - 1;
    const u32 callee = call.operands[0];
    const auto function = function_of_.find(callee);
    u32 size = 0;
    if (function != function_of_.end()) {
      std::vector<Callable> arguments;
      for (u32 k = 1; k < n.b; ++k) arguments.push_back(table_[call.operands[k]].callable);
      call.may_raise = !function_accepts(module_.dialect(), function->second, given);
      call.callable = callable_of_call(module_.dialect(), function->second, arguments);
      size = tuple_size_of(module_.dialect(), function->second);
    } else {
      call.may_raise = !table_[callee].callable.accepts(given);
    }
    out = add("call", std::move(call), true);
    tuple_size_[out] = size;
    return true;
  }

  ValueTable& table_;
  const SourceModule& module_;
  const Ast& ast_;
  u32 def_;
  std::unordered_set<u32> locals_;
  std::unordered_map<u32, u32> values_;       // by name
  std::unordered_map<u32, u32> function_of_;  // by value: a function of the dialect
  std::unordered_map<u32, u32> tuple_size_;   // by value
  std::unordered_set<u32> done_;
  SolverSteps out_;
};

std::optional<SolverSteps> ValueTable::steps_of(const SourceModule& module, u32 def,
                                                Parameters parameters) {
  return Reader(*this, module, def).read(parameters);
}

}  // namespace arcbatch
