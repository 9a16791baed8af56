// Parser: tokens to syntax tree by recursive descent of limited depth. Refuses by name what
// Python has and the subset lacks, and says what it expected where text isn't Python.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "frontend/ast.h"
#include "frontend/diagnostics.h"
#include "frontend/lexer.h"

namespace arcbatch {

class Parser {
 public:
  Parser(Reporter& reporter, NameTable& names, Ast& ast);

  // Parses the whole file; what is wrong with it goes to the reporter.
  void parse_module();

 private:
  static constexpr u32 kMaxDepth = 250;

  // Tokens and errors. A failing function returns false or kNoNode after reporting.
  void advance() {
    previous_end_ = token_.end;
    if (!stopped_) lexer_.next(token_);
  }
  bool expect(TokenKind kind, std::string_view what);
  bool fail_expected(std::string_view what);
  bool fail(u32 offset, std::string message);
  [[nodiscard]] bool is_plain_text(const Token& token) const;
  bool refuse(u32 offset, std::string_view construct);
  void recover();
  void skip_block();
  [[nodiscard]] std::string_view text(const Token& token) const {
    return reporter_.text(token.begin, token.end);
  }

  // Statements: parser.cpp.
  bool parse_def();
  bool parse_params(FunctionAst& function, TokenKind closing);
  bool skip_annotation();
  bool skip_annotation_operand();
  bool skip_annotation_brackets(bool may_be_empty);
  bool parse_suite(std::string_view owner, u32 line);
  bool parse_statement();
  bool parse_try();
  bool parse_handler(bool& seen_bare);
  bool parse_simple_line();
  bool parse_small_statement();
  bool parse_return();
  bool parse_strings();
  bool parse_expression_statement();
  bool add_target(u32 index);
  bool parse_module_statement();
  bool parse_module_assign();
  bool parse_import();
  bool parse_from();
  bool parse_dotted_name(Token& first, bool& dotted);
  bool refuse_statement();
  bool fail_statement_end(const Token& start);

  // Expressions: parse_expression.cpp.
  u32 parse_expression();
  u32 parse_expression_list();
  u32 parse_lambda();
  u32 parse_negative();
  u32 parse_suffixes(u32 node);
  u32 parse_atom();
  u32 parse_parentheses();
  u32 parse_call(u32 callee);
  bool parse_argument(bool& seen_keyword);
  u32 parse_subscript(u32 value);
  u32 parse_attribute(u32 value);
  u32 parse_integer();
  bool check_tail();
  bool refuse_expression();
  [[nodiscard]] bool at_list_end() const;
  u32 add_node(NodeKind kind, u32 offset, u32 a, u32 b, u32 height);
  u32 add_list_node(NodeKind kind, u32 offset, std::size_t scratch_base);
  [[nodiscard]] u32 height(u32 node) const { return ast_.nodes[node].height; }

  Reporter& reporter_;
  NameTable& names_;
  Ast& ast_;
  Lexer lexer_;
  Token token_;
  u32 previous_end_ = 0;
  u32 depth_ = 0;
  bool in_function_ = false;
  bool is_batt_ = false;    // the def at hand takes what a batt function takes
  bool in_append_ = false;  // and what is parsed is an item that it appends
  bool stopped_ = false;
  std::vector<u32> scratch_;  // children of the nodes being built
  std::vector<u32> seen_;     // per name, the mark of the last list that it was seen in
  u32 mark_ = 0;

  // Returns true once per name and mark: finds repeated parameters and keywords.
  bool first_in_list(u32 name);
};

}  // namespace arcbatch
