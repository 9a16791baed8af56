// The expression half of the parser.
#include <algorithm>
#include <utility>

#include "frontend/parser.h"

namespace arcbatch {

u32 Parser::add_node(NodeKind kind, u32 offset, u32 a, u32 b, u32 height) {
  if (height > kMaxHeight) {
    fail(offset, "the expression is nested too deeply (more than 400 levels)");
    return kNoNode;
  }
  ast_.nodes.push_back(Node{kind, false, static_cast<u16>(height), offset, a, b});
  return static_cast<u32>(ast_.nodes.size() - 1);
}

// Makes a tuple or call of the scratch nodes from `scratch_base` on.
u32 Parser::add_list_node(NodeKind kind, u32 offset, std::size_t scratch_base) {
  const std::size_t count = scratch_.size() - scratch_base;
  if (count > kMaxOperands) {
    refuse(offset, kind == NodeKind::call ? "a call with more than 65534 arguments"
                                          : "a tuple display of more than 65535 items");
    return kNoNode;
  }
  u32 tallest = 0;
  for (std::size_t i = scratch_base; i < scratch_.size(); ++i) {
    tallest = max_of(tallest, height(scratch_[i]));
  }
  const u32 first = static_cast<u32>(ast_.children.size());
  ast_.children.insert(ast_.children.end(),
                       scratch_.begin() + static_cast<std::ptrdiff_t>(scratch_base),
                       scratch_.end());
  scratch_.resize(scratch_base);
  return add_node(kind, offset, first, static_cast<u32>(count), tallest + 1);
}

// Refuses the expression that starts at the token, or says that there is none.
bool Parser::refuse_expression() {
  const u32 offset = token_.begin;
  switch (token_.kind) {
    case TokenKind::string: return refuse(offset, "a string literal in an expression");
    case TokenKind::bytes: return refuse(offset, "a bytes literal");
    case TokenKind::fstring: return refuse(offset, "an f-string");
    case TokenKind::number: return refuse(offset, "a float or complex literal");
    case TokenKind::lbrace: return refuse(offset, "a set or dict display");
    case TokenKind::ellipsis: return refuse(offset, "the literal '...'");
    case TokenKind::op:
      if (text(token_) == "*" || text(token_) == "**")
        return refuse(offset, "a starred expression");
      if (text(token_) == "+" || text(token_) == "~") {
        return refuse(offset, "the unary " + quoted(text(token_)) + " operator");
      }
      break;
    case TokenKind::keyword:
      switch (static_cast<Keyword>(token_.name)) {
        case Keyword::kw_not: return refuse(offset, "the 'not' operator");
        case Keyword::kw_yield:
        case Keyword::kw_await:
          return refuse(offset, "the " + quoted(text(token_)) + " expression");
        default: break;
      }
      break;
    default: break;
  }
  return fail_expected("an expression");
}

// After a complete expression: refuses the operators that Python would go on with.
bool Parser::check_tail() {
  const u32 offset = token_.begin;
  if (token_.is(TokenKind::op)) {
    if (text(token_) == ":=") return refuse(offset, "an assignment expression (':=')");
    return refuse(offset, "the " + quoted(text(token_)) + " operator");
  }
  if (token_.is(TokenKind::minus)) return refuse(offset, "the binary '-' operator");
  if (!token_.is(TokenKind::keyword)) return true;
  switch (static_cast<Keyword>(token_.name)) {
    case Keyword::kw_and:
    case Keyword::kw_or:
    case Keyword::kw_in:
    case Keyword::kw_is:
    case Keyword::kw_not: return refuse(offset, "the " + quoted(text(token_)) + " operator");
    case Keyword::kw_if: return refuse(offset, "a conditional expression ('if' ... 'else')");
    case Keyword::kw_for:
    case Keyword::kw_async: return refuse(offset, "a comprehension or generator expression");
    default: return true;
  }
}

bool Parser::at_list_end() const {
  switch (token_.kind) {
    case TokenKind::newline:
    case TokenKind::end:
    case TokenKind::failed:
    case TokenKind::equal:
    case TokenKind::colon:
    case TokenKind::semicolon:
    case TokenKind::rparen:
    case TokenKind::rbracket:
    case TokenKind::rbrace: return true;
    default: return false;
  }
}

u32 Parser::parse_expression() {
  // Most expressions are a name and no more, which needs none of what follows.
  u32 name = kNoNode;
  if (token_.is(TokenKind::name)) {
    name = add_node(NodeKind::name, token_.begin, token_.name, 0, 1);
    advance();
    if (token_.is(TokenKind::comma) || token_.is(TokenKind::rparen) ||
        token_.is(TokenKind::equal) || token_.is(TokenKind::newline)) {
      return name;
    }
  }
  if (depth_ >= kMaxDepth) {
    fail(token_.begin, "the expression is nested too deeply (more than 250 levels)");
    return kNoNode;
  }
  ++depth_;
  u32 node = kNoNode;
  if (name != kNoNode) {
    node = parse_suffixes(name);
  } else if (token_.is(Keyword::kw_lambda)) {
    node = parse_lambda();
  } else if (token_.is(TokenKind::minus)) {
    node = parse_negative();
  } else {
    node = parse_suffixes(parse_atom());
  }
  --depth_;
  if (node == kNoNode || !check_tail()) return kNoNode;
  return node;
}

// One expression, or several with commas: a tuple without parentheses.
u32 Parser::parse_expression_list() {
  const u32 offset = token_.begin;
  const u32 first = parse_expression();
  if (first == kNoNode || !token_.is(TokenKind::comma)) return first;
  const std::size_t base = scratch_.size();
  scratch_.push_back(first);
  while (token_.is(TokenKind::comma)) {
    advance();
    if (at_list_end()) break;
    const u32 node = parse_expression();
    if (node == kNoNode) return kNoNode;
    scratch_.push_back(node);
  }
  return add_list_node(NodeKind::tuple, offset, base);
}

u32 Parser::parse_lambda() {
  FunctionAst lambda;
  lambda.offset = token_.begin;
  lambda.line = token_.line;
  advance();
  if (!parse_params(lambda, TokenKind::colon)) return kNoNode;
  if (!expect(TokenKind::colon, "':' after the parameters of the lambda")) return kNoNode;
  lambda.body = parse_expression();
  if (lambda.body == kNoNode) return kNoNode;
  u32 tallest = height(lambda.body);
  for (u32 i = 0; i < lambda.param_count; ++i) {
    const u32 value = ast_.params[lambda.first_param + i].default_node;
    if (value != kNoNode) tallest = max_of(tallest, height(value));
  }
  ast_.functions.push_back(lambda);
  ++ast_.lambda_count;
  return add_node(NodeKind::lambda, lambda.offset, static_cast<u32>(ast_.functions.size() - 1), 0,
                  tallest + 1);
}

// Minus signs before an integer literal.
u32 Parser::parse_negative() {
  const u32 offset = token_.begin;
  bool negative = false;
  while (token_.is(TokenKind::minus)) {
    negative = !negative;
    advance();
  }
  const u32 index = parse_suffixes(parse_atom());
  if (index == kNoNode) return kNoNode;
  Node& node = ast_.nodes[index];
  if (node.kind == NodeKind::big_integer) {
    if (node.flag && negative) {
      node.kind = NodeKind::integer;
      node.set_integer(INT64_MIN);
    }
  } else if (node.kind == NodeKind::integer && (node.integer() != INT64_MIN || !negative)) {
    if (negative) node.set_integer(-node.integer());
  } else {
    refuse(offset, "the unary '-' operator on anything but an integer literal");
    return kNoNode;
  }
  return index;
}

// Calls, subscripts and attributes of a node.
u32 Parser::parse_suffixes(u32 node) {
  while (node != kNoNode) {
    if (token_.is(TokenKind::lparen)) {
      node = parse_call(node);
    } else if (token_.is(TokenKind::lbracket)) {
      node = parse_subscript(node);
    } else if (token_.is(TokenKind::dot)) {
      node = parse_attribute(node);
    } else {
      break;
    }
  }
  return node;
}

// Whether a string is one that a dialect has as data: letters, digits, spaces and '_.-' in quotes.
// In arc-dsl, what a batt function appends to its lists is all that has any.
bool Parser::is_plain_text(const Token& token) const {
  if (names_.dialect() == Dsl::arc_dsl && !in_append_) return false;
  const std::string_view whole = text(token);
  if (whole.size() < 2 || (whole[0] != '\'' && whole[0] != '"')) return false;
  constexpr std::string_view kPlain = "_.- ";
  return std::all_of(whole.begin() + 1, whole.end() - 1, [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kPlain.find(c) != std::string_view::npos;
  });
}

u32 Parser::parse_atom() {
  const Token token = token_;
  switch (token.kind) {
    case TokenKind::name: advance(); return add_node(NodeKind::name, token.begin, token.name, 0, 1);
    case TokenKind::integer: return parse_integer();
    case TokenKind::string:
      if (!is_plain_text(token)) break;
      advance();
      return add_node(NodeKind::text, token.begin, token.begin + 1, token.end - 1, 1);
    case TokenKind::lparen: return parse_parentheses();
    case TokenKind::lbracket:
      advance();
      if (!token_.is(TokenKind::rbracket)) {
        refuse(token.begin, "a list display other than '[]'");
        return kNoNode;
      }
      advance();
      return add_node(NodeKind::empty_list, token.begin, 0, 0, 1);
    case TokenKind::keyword:
      if (token.is(Keyword::kw_none)) {
        advance();
        return add_node(NodeKind::none, token.begin, 0, 0, 1);
      }
      if (token.is(Keyword::kw_true) || token.is(Keyword::kw_false)) {
        advance();
        return add_node(NodeKind::boolean, token.begin, token.is(Keyword::kw_true) ? 1 : 0, 0, 1);
      }
      break;
    default: break;
  }
  refuse_expression();
  return kNoNode;
}

u32 Parser::parse_parentheses() {
  const u32 offset = token_.begin;
  advance();
  if (token_.is(TokenKind::rparen)) {
    advance();
    return add_list_node(NodeKind::tuple, offset, scratch_.size());
  }
  const u32 node = parse_expression_list();
  if (node == kNoNode) return kNoNode;
  if (!expect(TokenKind::rparen, "',' or ')'")) return kNoNode;
  if (ast_.nodes[node].kind == NodeKind::tuple) ast_.nodes[node].offset = offset;
  return node;
}

// One argument of a call, pushed on the scratch stack.
bool Parser::parse_argument(bool& seen_keyword) {
  const Token start = token_;
  if (start.is(TokenKind::op) && (text(start) == "*" || text(start) == "**")) {
    return refuse(start.begin, "a starred argument");
  }
  const u32 node = parse_expression();
  if (node == kNoNode) return false;
  if (!token_.is(TokenKind::equal)) {
    if (seen_keyword) {
      return fail(start.begin, "a positional argument follows a keyword argument");
    }
    scratch_.push_back(node);
    return true;
  }
  // A node of one token is a plain name; "(name) = value" is not a keyword.
  if (ast_.nodes[node].kind != NodeKind::name || previous_end_ != start.end) {
    return fail(start.begin, "expected a plain name before '=' in the arguments of a call");
  }
  advance();
  const u32 value = parse_expression();
  if (value == kNoNode) return false;
  seen_keyword = true;
  const u32 keyword =
      add_node(NodeKind::keyword, start.begin, ast_.nodes[node].a, value, height(value));
  if (keyword == kNoNode) return false;
  scratch_.push_back(keyword);
  return true;
}

u32 Parser::parse_call(u32 callee) {
  const u32 offset = ast_.nodes[callee].offset;
  const std::size_t base = scratch_.size();
  scratch_.push_back(callee);
  const bool in_append = std::exchange(in_append_, false);  // a text is no argument
  advance();
  bool seen_keyword = false;
  while (!token_.is(TokenKind::rparen)) {
    if (!parse_argument(seen_keyword)) return kNoNode;
    if (token_.is(TokenKind::rparen)) break;
    if (!expect(TokenKind::comma, "',' or ')' in the arguments of a call")) return kNoNode;
  }
  in_append_ = in_append;
  advance();
  if (seen_keyword) {
    ++mark_;
    for (std::size_t i = base + 1; i < scratch_.size(); ++i) {
      const Node& node = ast_.nodes[scratch_[i]];
      if (node.kind == NodeKind::keyword && !first_in_list(node.a)) {
        fail(node.offset, "keyword argument repeated: " + quoted(names_.text(node.a)));
        return kNoNode;
      }
    }
  }
  return add_list_node(NodeKind::call, offset, base);
}

u32 Parser::parse_subscript(u32 value) {
  const u32 offset = token_.begin;
  advance();
  if (token_.is(TokenKind::colon)) {
    refuse(offset, "a slice");
    return kNoNode;
  }
  if (token_.is(TokenKind::rbracket)) {
    fail_expected("an index");
    return kNoNode;
  }
  const u32 index = parse_expression_list();
  if (index == kNoNode) return kNoNode;
  if (token_.is(TokenKind::colon)) {
    refuse(offset, "a slice");
    return kNoNode;
  }
  if (!expect(TokenKind::rbracket, "']'")) return kNoNode;
  return add_node(NodeKind::subscript, offset, value, index,
                  max_of(height(value), height(index)) + 1);
}

u32 Parser::parse_attribute(u32 value) {
  const u32 offset = token_.begin;
  advance();
  if (!token_.is(TokenKind::name)) {
    fail_expected("an attribute name after '.'");
    return kNoNode;
  }
  const Token attribute = token_;
  advance();
  if (text(attribute) != "append" || !token_.is(TokenKind::lparen)) {
    refuse(offset, "the attribute " + quoted("." + std::string(text(attribute))));
    return kNoNode;
  }
  advance();
  const std::size_t base = scratch_.size();
  bool seen_keyword = false;
  in_append_ = is_batt_;
  while (!token_.is(TokenKind::rparen)) {
    if (!parse_argument(seen_keyword)) return kNoNode;
    if (token_.is(TokenKind::rparen)) break;
    if (!expect(TokenKind::comma, "',' or ')' in the arguments of a call")) return kNoNode;
  }
  in_append_ = false;
  advance();
  if (scratch_.size() - base != 1 || seen_keyword) {
    refuse(offset, "'.append' with anything but one positional argument");
    return kNoNode;
  }
  const u32 item = scratch_.back();
  scratch_.pop_back();
  return add_node(NodeKind::append, offset, value, item, max_of(height(value), height(item)) + 1);
}

u32 Parser::parse_integer() {
  const Token token = token_;
  advance();
  std::string_view digits = text(token);
  u64 radix = 10;
  if (digits.size() > 2 && digits[0] == '0') {
    const char prefix = static_cast<char>(digits[1] | 0x20);
    radix = prefix == 'x' ? 16 : prefix == 'o' ? 8 : prefix == 'b' ? 2 : 10;
    if (radix != 10) digits.remove_prefix(2);
  }
  constexpr u64 kMagnitude = u64{1} << 63;
  u64 value = 0;
  bool is_big = false;
  for (const char c : digits) {
    if (c == '_') continue;
    const u64 digit = static_cast<u64>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    if (value > (kMagnitude - digit) / radix) {
      is_big = true;
      break;
    }
    value = value * radix + digit;
  }
  if (is_big || value == kMagnitude) {
    const u32 node = add_node(NodeKind::big_integer, token.begin, token.begin, token.end, 1);
    ast_.nodes[node].flag = !is_big;
    return node;
  }
  const u32 node = add_node(NodeKind::integer, token.begin, 0, 0, 1);
  ast_.nodes[node].set_integer(static_cast<i64>(value));
  return node;
}

}  // namespace arcbatch
