// The statement half of the parser, and how it goes on after an error.
#include "frontend/parser.h"

namespace arcbatch {

Parser::Parser(Reporter& reporter, NameTable& names, Ast& ast)
    : reporter_(reporter), names_(names), ast_(ast), lexer_(reporter, names) {
  ast_.nodes.reserve(reporter.text().size() / 8 + 16);
  ast_.children.reserve(reporter.text().size() / 8 + 16);
  ast_.stmts.reserve(reporter.text().size() / 32 + 16);
  ast_.assigned.reserve(reporter.text().size() / 32 + 16);
}

bool Parser::expect(TokenKind kind, std::string_view what) {
  if (!token_.is(kind)) return fail_expected(what);
  advance();
  return true;
}

bool Parser::fail_expected(std::string_view what) {
  return fail(token_.begin, "expected " + std::string(what) + ", found " + lexer_.describe(token_));
}

bool Parser::fail(u32 offset, std::string message) {
  // What the lexer could not read it has reported itself.
  if (!token_.is(TokenKind::failed)) reporter_.error(offset, std::move(message));
  if (reporter_.is_full()) {
    stopped_ = true;
    token_.kind = TokenKind::failed;
  }
  return false;
}

bool Parser::refuse(u32 offset, std::string_view construct) {
  return fail(offset, std::string(construct) + " is outside the supported subset");
}

bool Parser::first_in_list(u32 name) {
  if (seen_.size() <= name) seen_.resize(names_.size() + name / 2);
  if (seen_[name] == mark_) return false;
  seen_[name] = mark_;
  return true;
}

// Skips the block that starts at an indent token.
void Parser::skip_block() {
  u32 level = 0;
  while (!token_.is(TokenKind::end) && !token_.is(TokenKind::failed)) {
    if (token_.is(TokenKind::indent)) ++level;
    if (token_.is(TokenKind::dedent) && --level == 0) {
      advance();
      return;
    }
    advance();
  }
}

// Skips the rest of the statement that an error was found in, with its block and the clauses
// that belong to it, so that one mistake gives one message.
void Parser::recover() {
  scratch_.clear();
  for (;;) {
    while (!token_.is(TokenKind::newline) && !token_.is(TokenKind::indent) &&
           !token_.is(TokenKind::dedent) && !token_.is(TokenKind::end) &&
           !token_.is(TokenKind::failed)) {
      advance();
    }
    if (token_.is(TokenKind::newline)) advance();
    if (token_.is(TokenKind::indent)) skip_block();
    if (!token_.is(Keyword::kw_elif) && !token_.is(Keyword::kw_else) &&
        !token_.is(Keyword::kw_except) && !token_.is(Keyword::kw_finally)) {
      return;
    }
  }
}

void Parser::parse_module() {
  advance();
  while (!token_.is(TokenKind::end) && !token_.is(TokenKind::failed)) {
    if (token_.is(TokenKind::newline) || token_.is(TokenKind::dedent)) {
      advance();
      continue;
    }
    bool good = false;
    if (token_.is(TokenKind::indent)) {
      good = fail(token_.begin, "unexpected indentation");
    } else if (token_.is(Keyword::kw_def)) {
      good = parse_def();
    } else {
      good = parse_simple_line();
    }
    if (!good) recover();
  }
}

bool Parser::parse_def() {
  FunctionAst function;
  function.offset = token_.begin;
  function.line = token_.line;
  advance();
  if (!token_.is(TokenKind::name)) return fail_expected("the name of the function after 'def'");
  function.name = token_.name;
  advance();
  if (!expect(TokenKind::lparen, "'(' after the name of the function")) return false;
  if (!parse_params(function, TokenKind::rparen)) return false;
  if (!expect(TokenKind::rparen, "',' or ')' in the parameters")) return false;
  if (token_.is(TokenKind::arrow)) {
    advance();
    if (!skip_annotation()) return false;
  }
  if (!expect(TokenKind::colon, "':' after the parameters")) return false;
  is_batt_ = function.param_count == 5;
  in_append_ = false;
  function.first_stmt = static_cast<u32>(ast_.stmts.size());
  function.first_assigned = static_cast<u32>(ast_.assigned.size());
  in_function_ = true;
  const bool good = parse_suite("'def'", function.line);
  in_function_ = false;
  if (!good) return false;
  function.stmt_end = static_cast<u32>(ast_.stmts.size());
  function.assigned_end = static_cast<u32>(ast_.assigned.size());
  ast_.functions.push_back(function);
  ast_.items.push_back(ModuleItem{ItemKind::def, function.name, function.offset,
                                  static_cast<u32>(ast_.functions.size() - 1)});
  return true;
}

// The parameters of a def or, up to a colon and without annotations, of a lambda.
bool Parser::parse_params(FunctionAst& function, TokenKind closing) {
  std::vector<ParamAst> params;  // a lambda in a default has its own, so they can't go straight in
  while (!token_.is(closing)) {
    if (token_.is(TokenKind::op)) {
      if (text(token_) == "*" || text(token_) == "**") {
        return refuse(token_.begin, "a starred parameter");
      }
      if (text(token_) == "/") return refuse(token_.begin, "the parameter marker '/'");
    }
    if (!token_.is(TokenKind::name)) return fail_expected("the name of a parameter");
    ParamAst param{token_.name, token_.begin, kNoNode};
    advance();
    if (closing == TokenKind::rparen && token_.is(TokenKind::colon)) {
      advance();
      if (!skip_annotation()) return false;
    }
    if (token_.is(TokenKind::equal)) {
      advance();
      param.default_node = parse_expression();
      if (param.default_node == kNoNode) return false;
    } else if (!params.empty() && params.back().default_node != kNoNode) {
      return fail(param.offset, "a parameter without a default follows one with a default");
    }
    params.push_back(param);
    if (token_.is(closing)) break;
    if (!expect(TokenKind::comma, closing == TokenKind::rparen ? "',' or ')' in the parameters"
                                                               : "',' or ':' after a parameter")) {
      return false;
    }
  }
  if (params.size() > kMaxOperands) {
    return refuse(function.offset, "a function of more than 65535 parameters");
  }
  ++mark_;
  for (const ParamAst& param : params) {
    if (!first_in_list(param.name)) {
      return fail(param.offset, "duplicate parameter " + quoted(names_.text(param.name)));
    }
  }
  function.first_param = static_cast<u32>(ast_.params.size());
  function.param_count = static_cast<u32>(params.size());
  ast_.params.insert(ast_.params.end(), params.begin(), params.end());
  return true;
}

// Annotations mean nothing here, but they must be Python: names, literals, attributes,
// subscripts, calls, tuples and lists, with '|' between them. Brackets bound the recursion.
bool Parser::skip_annotation() {
  for (;;) {
    if (!skip_annotation_operand()) return false;
    if (token_.is(TokenKind::minus)) return refuse(token_.begin, "the '-' operator");
    if (!token_.is(TokenKind::op)) return true;
    if (text(token_) != "|")
      return refuse(token_.begin, "the " + quoted(text(token_)) + " operator");
    advance();
  }
}

bool Parser::skip_annotation_operand() {
  if (token_.is(TokenKind::minus)) advance();
  switch (token_.kind) {
    case TokenKind::name:
    case TokenKind::integer:
    case TokenKind::number:
    case TokenKind::ellipsis: advance(); break;
    case TokenKind::string:
      while (token_.is(TokenKind::string)) advance();
      break;
    case TokenKind::lparen:
    case TokenKind::lbracket:
      if (!skip_annotation_brackets(true)) return false;
      break;
    default:
      if (!token_.is(Keyword::kw_none) && !token_.is(Keyword::kw_true) &&
          !token_.is(Keyword::kw_false)) {
        return fail_expected("an annotation");
      }
      advance();
      break;
  }
  for (;;) {
    if (token_.is(TokenKind::dot)) {
      advance();
      if (!expect(TokenKind::name, "a name after '.'")) return false;
    } else if (token_.is(TokenKind::lparen) || token_.is(TokenKind::lbracket)) {
      if (!skip_annotation_brackets(token_.is(TokenKind::lparen))) return false;
    } else {
      return true;
    }
  }
}

bool Parser::skip_annotation_brackets(bool may_be_empty) {
  const bool round = token_.is(TokenKind::lparen);
  const TokenKind closing = round ? TokenKind::rparen : TokenKind::rbracket;
  advance();
  if (token_.is(closing) && !may_be_empty) return fail_expected("an annotation");
  while (!token_.is(closing)) {
    if (!skip_annotation()) return false;
    if (token_.is(closing)) break;
    if (!expect(TokenKind::comma, round ? "',' or ')'" : "',' or ']'")) return false;
  }
  advance();
  return true;
}

// What follows the colon of a compound statement: statements on the line, or a block.
bool Parser::parse_suite(std::string_view owner, u32 line) {
  if (!token_.is(TokenKind::newline)) return parse_simple_line();
  advance();
  if (!token_.is(TokenKind::indent)) {
    fail_expected("an indented block after " + std::string(owner) + " on line " +
                  std::to_string(line));
    return true;  // what stands here belongs to the enclosing block
  }
  advance();
  while (!token_.is(TokenKind::dedent) && !token_.is(TokenKind::end) &&
         !token_.is(TokenKind::failed)) {
    if (!parse_statement()) recover();
  }
  if (token_.is(TokenKind::dedent)) advance();
  return true;
}

bool Parser::parse_statement() {
  if (token_.is(TokenKind::name)) return parse_simple_line();
  if (token_.is(Keyword::kw_try)) return parse_try();
  if (token_.is(TokenKind::indent)) return fail(token_.begin, "unexpected indentation");
  if (token_.is(TokenKind::newline)) {
    advance();
    return true;
  }
  return parse_simple_line();
}

bool Parser::parse_try() {
  const Token start = token_;
  advance();
  if (!expect(TokenKind::colon, "':' after 'try'")) return false;
  const std::size_t begin = ast_.stmts.size();
  ast_.stmts.push_back(Stmt{StmtKind::try_begin, start.begin, previous_end_, start.line, 0, 0, 0});
  if (!parse_suite("'try'", start.line)) return false;
  if (!token_.is(Keyword::kw_except)) {
    if (token_.is(Keyword::kw_finally)) return refuse(token_.begin, "the 'finally' clause");
    return fail_expected("'except' after the block of 'try' on line " + std::to_string(start.line));
  }
  u32 handlers = 0;
  bool seen_bare = false;
  while (token_.is(Keyword::kw_except)) {
    if (seen_bare) return fail(token_.begin, "expected the bare 'except:' to be the last one");
    if (!parse_handler(seen_bare)) return false;
    ++handlers;
  }
  if (token_.is(Keyword::kw_else)) return refuse(token_.begin, "the 'else' clause of 'try'");
  if (token_.is(Keyword::kw_finally)) return refuse(token_.begin, "the 'finally' clause");
  ast_.stmts[begin].a = handlers;
  ast_.stmts.push_back(Stmt{StmtKind::try_end, previous_end_, previous_end_, start.line, 0, 0, 0});
  return true;
}

bool Parser::parse_handler(bool& seen_bare) {
  const Token start = token_;
  Stmt stmt{StmtKind::handler, start.begin, start.end, start.line, 0, 0, 0};
  advance();
  if (token_.is(TokenKind::op) && text(token_) == "*") {
    return refuse(token_.begin, "the 'except*' clause");
  }
  if (token_.is(TokenKind::colon)) {
    stmt.c = 1;
    seen_bare = true;
  } else {
    const u32 offset = token_.begin;
    const u32 index = parse_expression();
    if (index == kNoNode) return false;
    if (token_.is(Keyword::kw_as)) return refuse(token_.begin, "the 'as' of an 'except' clause");
    const Node& node = ast_.nodes[index];
    bool names_only = true;
    if (node.kind == NodeKind::tuple) {
      stmt.a = node.a;
      stmt.b = node.b;
      for (u32 i = 0; i < node.b; ++i) {
        names_only = names_only && ast_.nodes[ast_.children[node.a + i]].kind == NodeKind::name;
      }
    } else {
      stmt.a = static_cast<u32>(ast_.children.size());
      stmt.b = 1;
      ast_.children.push_back(index);
      names_only = node.kind == NodeKind::name;
    }
    if (!names_only) return refuse(offset, "an 'except' clause of anything but exception names");
  }
  if (!expect(TokenKind::colon, "':' after 'except'")) return false;
  ast_.stmts.push_back(stmt);
  return parse_suite("'except'", start.line);
}

// Small statements with semicolons between them, up to the end of the line.
bool Parser::parse_simple_line() {
  for (;;) {
    const Token start = token_;
    if (!(in_function_ ? parse_small_statement() : parse_module_statement())) return false;
    if (token_.is(TokenKind::newline)) {
      advance();
      return true;
    }
    if (!token_.is(TokenKind::semicolon)) return fail_statement_end(start);
    advance();
    if (token_.is(TokenKind::newline)) {
      advance();
      return true;
    }
  }
}

bool Parser::fail_statement_end(const Token& start) {
  const std::string_view first = reporter_.text(start.begin, start.end);
  if (start.is(TokenKind::name) && (first == "match" || first == "type")) {
    return refuse(start.begin, "the " + quoted(first) + " statement");
  }
  return fail_expected("the end of the statement");
}

bool Parser::parse_small_statement() {
  switch (token_.kind) {
    case TokenKind::string:
    case TokenKind::bytes: return parse_strings();
    case TokenKind::keyword:
      switch (static_cast<Keyword>(token_.name)) {
        case Keyword::kw_return: return parse_return();
        case Keyword::kw_pass: advance(); return true;
        case Keyword::kw_false:
        case Keyword::kw_none:
        case Keyword::kw_true:
        case Keyword::kw_lambda:
        case Keyword::kw_not:
        case Keyword::kw_yield:
        case Keyword::kw_await: break;  // they start an expression, if not one of the subset
        default: return refuse_statement();
      }
      break;
    case TokenKind::op:
      if (text(token_) == "@") return refuse(token_.begin, "a decorator");
      break;
    default: break;
  }
  return parse_expression_statement();
}

// Refuses the statement that starts with the keyword at hand.
bool Parser::refuse_statement() {
  const std::string keyword = quoted(text(token_));
  switch (static_cast<Keyword>(token_.name)) {
    case Keyword::kw_def: return refuse(token_.begin, "a 'def' inside a function");
    case Keyword::kw_import:
    case Keyword::kw_from: return refuse(token_.begin, "an import inside a function");
    case Keyword::kw_elif:
    case Keyword::kw_else:
    case Keyword::kw_except:
    case Keyword::kw_finally:
      return fail(token_.begin, keyword + " without the statement that it belongs to");
    case Keyword::kw_and:
    case Keyword::kw_as:
    case Keyword::kw_in:
    case Keyword::kw_is:
    case Keyword::kw_or: return fail_expected("a statement");
    default: return refuse(token_.begin, "the " + keyword + " statement");
  }
}

bool Parser::parse_return() {
  Stmt stmt{StmtKind::ret, token_.begin, token_.end, token_.line, kNoNode, 0, 0};
  advance();
  if (!token_.is(TokenKind::newline) && !token_.is(TokenKind::semicolon)) {
    stmt.a = parse_expression_list();
    if (stmt.a == kNoNode) return false;
  }
  stmt.end = previous_end_;
  ast_.stmts.push_back(stmt);
  return true;
}

// A docstring, or any string that stands alone: no effect.
bool Parser::parse_strings() {
  const u32 offset = token_.begin;
  while (token_.is(TokenKind::string) || token_.is(TokenKind::bytes)) advance();
  if (token_.is(TokenKind::fstring)) return refuse_expression();
  if (token_.is(TokenKind::newline) || token_.is(TokenKind::semicolon)) return true;
  return refuse(offset, "a string literal in an expression");
}

bool Parser::add_target(u32 index) {
  const Node& node = ast_.nodes[index];
  switch (node.kind) {
    case NodeKind::name: ast_.assigned.push_back(node.a); return true;
    case NodeKind::tuple:
      if (node.b == 0) return refuse(node.offset, "assignment to '()'");
      for (u32 i = 0; i < node.b; ++i) {
        const Node& item = ast_.nodes[ast_.children[node.a + i]];
        if (item.kind == NodeKind::tuple) return refuse(item.offset, "nested unpacking");
        if (!add_target(ast_.children[node.a + i])) return false;
      }
      return true;
    case NodeKind::subscript: return refuse(node.offset, "assignment to a subscript");
    case NodeKind::empty_list: return refuse(node.offset, "assignment to '[]'");
    case NodeKind::call:
    case NodeKind::append: return fail(node.offset, "cannot assign to a call");
    case NodeKind::lambda: return fail(node.offset, "cannot assign to a lambda");
    default: return fail(node.offset, "cannot assign to a literal");
  }
}

bool Parser::parse_expression_statement() {
  const Token start = token_;
  Stmt stmt{StmtKind::expression, start.begin, start.end, start.line, 0, 0, 0};
  u32 node = parse_expression_list();
  if (node == kNoNode) return false;
  if (token_.is(TokenKind::equal)) {
    const std::size_t base = scratch_.size();
    while (token_.is(TokenKind::equal)) {
      if (!add_target(node)) return false;
      scratch_.push_back(node);
      advance();
      node = parse_expression_list();
      if (node == kNoNode) return false;
    }
    stmt.kind = StmtKind::assign;
    stmt.a = static_cast<u32>(ast_.children.size());
    stmt.b = static_cast<u32>(scratch_.size() - base);
    stmt.c = node;
    ast_.children.insert(ast_.children.end(), scratch_.begin() + static_cast<std::ptrdiff_t>(base),
                         scratch_.end());
    scratch_.resize(base);
  } else if (token_.is(TokenKind::colon)) {
    if (ast_.nodes[node].kind != NodeKind::name || previous_end_ != start.end) {
      if (start.is(TokenKind::name) && reporter_.text(start.begin, start.end) == "match") {
        return fail_statement_end(start);
      }
      return refuse(start.begin, "an annotation of anything but a plain name");
    }
    ast_.assigned.push_back(ast_.nodes[node].a);
    advance();
    if (!skip_annotation()) return false;
    // Without a value it only makes the name a local.
    if (!token_.is(TokenKind::equal)) return true;
    advance();
    stmt.kind = StmtKind::assign;
    stmt.c = parse_expression_list();
    if (stmt.c == kNoNode) return false;
    stmt.a = static_cast<u32>(ast_.children.size());
    stmt.b = 1;
    ast_.children.push_back(node);
  } else {
    stmt.a = node;
  }
  stmt.end = previous_end_;
  ast_.stmts.push_back(stmt);
  return true;
}

}  // namespace arcbatch
