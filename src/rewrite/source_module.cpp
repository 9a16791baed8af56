#include "rewrite/source_module.h"

#include <fmt/format.h>

#include <algorithm>

#include "frontend/frontend.h"
#include "frontend/lexer.h"
#include "frontend/parser.h"

namespace arcbatch {

SourceModule::SourceModule(std::string_view source, std::string file, Dsl dialect) {
  // What is refused within functions is found by compiling them.
  if (const CompileResult compiled = compile_source(source, file, dialect); !compiled.ok) {
    throw RewriteError(format_diagnostic(compiled.errors.front()));
  }
  program_.file = std::move(file);
  program_.dialect = dialect;
  program_.text = std::make_shared<ProgramText>();
  std::string& padded = program_.text->source;
  padded.assign(source).append(Lexer::kPadding, '\0');
  reporter_ =
      std::make_unique<Reporter>(std::string_view(padded).substr(0, source.size()), program_.file);
  names_ = std::make_unique<NameTable>(dialect);
  Parser(*reporter_, *names_, ast_).parse_module();
  module_ = std::make_unique<Module>(ast_, *names_, *reporter_, program_);
  module_->bind();
}

std::vector<u32> SourceModule::locals(u32 def) const {
  const FunctionAst& f = function_ast(def);
  std::vector<u32> all(ast_.assigned.begin() + f.first_assigned,
                       ast_.assigned.begin() + f.assigned_end);
  for (u32 k = 0; k < f.param_count; ++k) all.push_back(ast_.params[f.first_param + k].name);
  return all;
}

std::string SourceModule::literal(u32 constant) const {
  const Constant& c = program_.constants[constant];
  switch (c.kind) {
    case Constant::Kind::none: return "None";
    case Constant::Kind::boolean: return c.integer != 0 ? "True" : "False";
    case Constant::Kind::integer: return std::to_string(c.integer);
    case Constant::Kind::text: return "'" + program_.texts[static_cast<u64>(c.integer)] + "'";
    case Constant::Kind::tuple: break;
  }
  std::string text = "(";
  for (std::size_t k = 0; k < c.children.size(); ++k) {
    text += (k == 0 ? "" : ", ") + literal(c.children[k]);
  }
  return text + (c.children.size() == 1 ? ",)" : ")");
}

namespace {

std::string text_of(const DialectConstant& c) {
  switch (c.kind) {
    case DialectConstant::Kind::boolean: return c.a != 0 ? "True" : "False";
    case DialectConstant::Kind::integer: return std::to_string(c.a);
    case DialectConstant::Kind::pair: return fmt::format("({}, {})", c.a, c.b);
  }
  return "";
}

}  // namespace

std::string SourceModule::global_text(u32 name,
                                      const std::function<std::string(u32)>& def_name) const {
  const Binding& binding = module_->global(name);
  if (binding.kind == Binding::Kind::foreign) {
    throw RewriteError(fmt::format("{}: {}", file(), module_->foreign_reason(name)));
  }
  if (binding.kind == Binding::Kind::unknown) return text(name);
  const DialectInfo& info = dialect_info(dialect());
  switch (binding.operand.kind()) {
    case OperandKind::primitive: return std::string(info.functions[binding.operand.index()].name);
    case OperandKind::function: return def_name(binding.operand.index());
    default: break;
  }
  std::string value = literal(binding.operand.index());
  if (name >= names_->first_constant() && name < names_->first_foreign() &&
      text_of(info.constants[name - names_->first_constant()]) == value) {
    return text(name);
  }
  return value;
}

void SourceModule::write_list(u32 first, u32 count, const Naming& naming, std::vector<u32>& bound,
                              std::string& out) const {
  for (u32 k = 0; k < count; ++k) {
    if (k != 0) out += ", ";
    write(ast_.children[first + k], naming, bound, out);
  }
}

void SourceModule::write(u32 index, const Naming& naming, std::vector<u32>& bound,
                         std::string& out) const {
  const Node& n = ast_.nodes[index];
  // What a call or a subscript follows.
  const auto write_primary = [&](u32 primary) {
    const Node& p = ast_.nodes[primary];
    const bool parenthesised =
        p.kind == NodeKind::lambda || (p.kind == NodeKind::integer && p.integer() < 0);
    if (parenthesised) out += '(';
    write(primary, naming, bound, out);
    if (parenthesised) out += ')';
  };
  switch (n.kind) {
    case NodeKind::name:
      out += std::find(bound.begin(), bound.end(), n.a) != bound.end() ? text(n.a) : naming(n.a);
      break;
    case NodeKind::integer: out += std::to_string(n.integer()); break;
    case NodeKind::big_integer:
      throw RewriteError(fmt::format("{}: the integer literal {} is beyond 64 bits", file(),
                                     reporter_->text(n.a, n.b)));
    case NodeKind::none: out += "None"; break;
    case NodeKind::boolean: out += n.a != 0 ? "True" : "False"; break;
    case NodeKind::text: out += "'" + std::string(reporter_->text(n.a, n.b)) + "'"; break;
    case NodeKind::tuple:
      out += '(';
      write_list(n.a, n.b, naming, bound, out);
      out += n.b == 1 ? ",)" : ")";
      break;
    case NodeKind::call:
      write_primary(ast_.children[n.a]);
      out += '(';
      write_list(n.a + 1, n.b - 1, naming, bound, out);
      out += ')';
      break;
    case NodeKind::keyword:
      out += text(n.a) + "=";
      write(n.b, naming, bound, out);
      break;
    case NodeKind::subscript:
      write_primary(n.a);
      out += '[';
      write(n.b, naming, bound, out);
      out += ']';
      break;
    case NodeKind::lambda: {
      const FunctionAst& f = ast_.functions[n.a];
      out += "lambda";
      for (u32 k = 0; k < f.param_count; ++k) {
        const ParamAst& param = ast_.params[f.first_param + k];
        out += (k == 0 ? " " : ", ") + text(param.name);
        if (param.default_node == kNoNode) continue;
        out += "=";
        write(param.default_node, naming, bound, out);
      }
      out += ": ";
      const std::size_t outer = bound.size();
      for (u32 k = 0; k < f.param_count; ++k) bound.push_back(ast_.params[f.first_param + k].name);
      write(f.body, naming, bound, out);
      bound.resize(outer);
      break;
    }
    case NodeKind::empty_list: out += "[]"; break;
    case NodeKind::append:
      write_primary(n.a);
      out += ".append(";
      write(n.b, naming, bound, out);
      out += ')';
      break;
  }
}

std::string SourceModule::expression(u32 index, const Naming& naming) const {
  std::string out;
  std::vector<u32> bound;
  write(index, naming, bound, out);
  return out;
}

std::string SourceModule::targets(u32 index, const Naming& naming) const {
  const std::string text = expression(index, naming);
  const Node& n = ast_.nodes[index];
  return n.kind == NodeKind::tuple && n.b > 1 ? text.substr(1, text.size() - 2) : text;
}

std::string SourceModule::statements(u32 begin, u32 end, std::size_t indent,
                                     const Naming& naming) const {
  std::string out;
  bool block_is_empty = false;
  const auto line = [&](std::size_t by, const std::string& what) {
    out += std::string(by, ' ') + what + "\n";
  };
  const auto close = [&] {
    if (block_is_empty) line(indent, "pass");
    block_is_empty = false;
  };
  for (u32 k = begin; k < end; ++k) {
    const Stmt& stmt = ast_.stmts[k];
    switch (stmt.kind) {
      case StmtKind::expression: line(indent, expression(stmt.a, naming)); break;
      case StmtKind::assign: {
        std::string to;
        for (u32 i = 0; i < stmt.b; ++i) {
          to += targets(ast_.children[stmt.a + i], naming) + " = ";
        }
        line(indent, to + expression(stmt.c, naming));
        break;
      }
      case StmtKind::ret:
        line(indent, stmt.a == kNoNode ? "return" : "return " + expression(stmt.a, naming));
        break;
      case StmtKind::try_begin:
        line(indent, "try:");
        indent += 4;
        break;
      case StmtKind::handler: {
        close();
        std::string classes;
        for (u32 i = 0; i < stmt.b; ++i) {
          if (i > 0) classes += ", ";
          classes += text(ast_.nodes[ast_.children[stmt.a + i]].a);
        }
        if (stmt.b != 1) classes = fmt::format("({})", classes);
        line(indent - 4, stmt.c != 0 ? "except:" : "except " + classes + ":");
        break;
      }
      case StmtKind::try_end:
        close();
        indent -= 4;
        break;
    }
    block_is_empty = stmt.kind == StmtKind::try_begin || stmt.kind == StmtKind::handler;
  }
  return out;
}

std::string SourceModule::def_text(u32 def, const std::string& name, const Naming& global) const {
  const FunctionAst& f = function_ast(def);
  const Function& function = program_.functions[def];
  const std::vector<u32> own = locals(def);
  const Naming naming = [&](u32 n) {
    return std::find(own.begin(), own.end(), n) != own.end() ? text(n) : global(n);
  };
  std::string out = "def " + name + "(";
  for (u32 k = 0; k < f.param_count; ++k) {
    out += (k == 0 ? "" : ", ") + function.params[k];
    if (k >= function.required) out += "=" + literal(function.defaults[k - function.required]);
  }
  out += "):\n";
  const std::string body = statements(f.first_stmt, f.stmt_end, 4, naming);
  return out + (body.empty() ? "    pass\n" : body);
}

void SourceModule::collect(u32 index, std::vector<u32>& bound, std::vector<u32>& out) const {
  const Node& n = ast_.nodes[index];
  switch (n.kind) {
    case NodeKind::name:
      if (std::find(bound.begin(), bound.end(), n.a) == bound.end()) out.push_back(n.a);
      break;
    case NodeKind::tuple:
    case NodeKind::call:
      for (u32 k = 0; k < n.b; ++k) collect(ast_.children[n.a + k], bound, out);
      break;
    case NodeKind::keyword: collect(n.b, bound, out); break;
    case NodeKind::subscript:
    case NodeKind::append:
      collect(n.a, bound, out);
      collect(n.b, bound, out);
      break;
    case NodeKind::lambda: {
      const FunctionAst& f = ast_.functions[n.a];
      const std::size_t outer = bound.size();
      for (u32 k = 0; k < f.param_count; ++k) {
        const ParamAst& param = ast_.params[f.first_param + k];
        if (param.default_node != kNoNode) collect(param.default_node, bound, out);
      }
      for (u32 k = 0; k < f.param_count; ++k) bound.push_back(ast_.params[f.first_param + k].name);
      collect(f.body, bound, out);
      bound.resize(outer);
      break;
    }
    default: break;
  }
}

void SourceModule::collect_names(u32 index, std::vector<u32>& out) const {
  std::vector<u32> bound;
  collect(index, bound, out);
}

std::string import_lines(Dsl dialect, std::string_view body) {
  std::string out = "from dsl import *\nfrom constants import *\n";
  if (dialect != Dsl::tokpidjin) return out;
  if (body.find("_get_safe_default(") != std::string_view::npos) {
    out += "from safe_dsl import _get_safe_default\n";
  }
  if (body.find("batch_process_samples_gpu(") != std::string_view::npos) {
    out += "from batt_gpu import batch_process_samples_gpu\n";
  }
  return out;
}

}  // namespace arcbatch
