// The parser's module level: imports and constants. Functions stand in parser.cpp.
#include "frontend/parser.h"

namespace arcbatch {

bool Parser::parse_module_statement() {
  switch (token_.kind) {
    case TokenKind::string:
    case TokenKind::bytes: return parse_strings();
    case TokenKind::name: return parse_module_assign();
    case TokenKind::keyword:
      switch (static_cast<Keyword>(token_.name)) {
        case Keyword::kw_import: return parse_import();
        case Keyword::kw_from: return parse_from();
        case Keyword::kw_pass: advance(); return true;
        case Keyword::kw_return: return fail(token_.begin, "'return' outside a function");
        case Keyword::kw_try: return refuse(token_.begin, "a 'try' statement at module level");
        case Keyword::kw_false:
        case Keyword::kw_none:
        case Keyword::kw_true:
        case Keyword::kw_lambda:
        case Keyword::kw_not:
        case Keyword::kw_yield:
        case Keyword::kw_await: return refuse(token_.begin, "an expression at module level");
        default: return refuse_statement();
      }
    case TokenKind::op:
      if (text(token_) == "@") return refuse(token_.begin, "a decorator");
      break;
    default: break;
  }
  const u32 offset = token_.begin;
  if (parse_expression_list() == kNoNode) return false;
  return refuse(offset, "an expression at module level");
}

// NAME = value, NAME: annotation = value.
bool Parser::parse_module_assign() {
  const Token start = token_;
  const u32 target = parse_expression_list();
  if (target == kNoNode) return false;
  if (!token_.is(TokenKind::equal) && !token_.is(TokenKind::colon)) {
    if (!token_.is(TokenKind::newline) && !token_.is(TokenKind::semicolon)) {
      return fail_statement_end(start);
    }
    return refuse(start.begin, "an expression at module level");
  }
  if (ast_.nodes[target].kind != NodeKind::name || previous_end_ != start.end) {
    return refuse(start.begin, "assignment to anything but a plain name at module level");
  }
  if (token_.is(TokenKind::colon)) {
    advance();
    if (!skip_annotation()) return false;
    if (!token_.is(TokenKind::equal)) return true;
  }
  advance();
  const u32 value = parse_expression_list();
  if (value == kNoNode) return false;
  if (token_.is(TokenKind::equal))
    return refuse(token_.begin, "a chained assignment at module level");
  ast_.items.push_back(ModuleItem{ItemKind::assign, start.name, start.begin, value});
  return true;
}

bool Parser::parse_dotted_name(Token& first, bool& dotted) {
  first = token_;
  dotted = false;
  if (!expect(TokenKind::name, "the name of a module")) return false;
  while (token_.is(TokenKind::dot)) {
    dotted = true;
    advance();
    if (!expect(TokenKind::name, "a name after '.'")) return false;
  }
  return true;
}

// import a, b.c as d: each binds a module, which no program of the subset can use.
bool Parser::parse_import() {
  advance();
  for (;;) {
    Token module;
    bool dotted = false;
    if (!parse_dotted_name(module, dotted)) return false;
    if (token_.is(Keyword::kw_as)) {
      advance();
      module = token_;
      if (!expect(TokenKind::name, "a name after 'as'")) return false;
    }
    ast_.items.push_back(ModuleItem{ItemKind::import_name, module.name, module.begin, 1});
    if (!token_.is(TokenKind::comma)) return true;
    advance();
  }
}

// from a import *, from a import (b, c as d)
bool Parser::parse_from() {
  advance();
  bool relative = false;
  while (token_.is(TokenKind::dot) || token_.is(TokenKind::ellipsis)) {
    relative = true;
    advance();
  }
  Token module = token_;
  bool dotted = false;
  if (!(relative && token_.is(Keyword::kw_import)) && !parse_dotted_name(module, dotted)) {
    return false;
  }
  if (!token_.is(Keyword::kw_import)) return fail_expected("'import'");
  advance();
  if (token_.is(TokenKind::op) && text(token_) == "*") {
    const u32 name = module.is(TokenKind::name) && !dotted ? module.name : names_.intern("?");
    ast_.items.push_back(ModuleItem{ItemKind::import_star, name, module.begin, 0});
    advance();
    return true;
  }
  const bool parenthesised = token_.is(TokenKind::lparen);
  if (parenthesised) advance();
  for (;;) {
    Token name = token_;
    if (!expect(TokenKind::name, "a name to import")) return false;
    u32 foreign = 0;
    if (token_.is(Keyword::kw_as)) {
      advance();
      foreign = token_.is(TokenKind::name) && token_.name == name.name ? 0 : 1;
      name = token_;
      if (!expect(TokenKind::name, "a name after 'as'")) return false;
    }
    ast_.items.push_back(ModuleItem{ItemKind::import_name, name.name, name.begin, foreign});
    if (!token_.is(TokenKind::comma)) break;
    advance();
    if (parenthesised && token_.is(TokenKind::rparen)) break;
  }
  return parenthesised ? expect(TokenKind::rparen, "',' or ')' in the names to import") : true;
}

}  // namespace arcbatch
