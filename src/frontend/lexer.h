// Lexer: Python source to tokens, one at a time, without allocating for them. Knows lines,
// indentation and brackets; refuses text that Python's own tokenizer refuses.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/macros.h"
#include "frontend/diagnostics.h"
#include "frontend/names.h"

namespace arcbatch {

enum class TokenKind : u8 {
  end,
  newline,
  indent,
  dedent,
  name,
  keyword,
  integer,
  number,  // a float or an imaginary literal
  string,
  bytes,
  fstring,
  lparen,
  rparen,
  lbracket,
  rbracket,
  lbrace,
  rbrace,
  comma,
  colon,
  semicolon,
  dot,
  equal,
  minus,
  arrow,
  ellipsis,
  op,      // any other operator of Python; its text says which
  failed,  // the lexer has reported an error and stops
};

struct Token {
  TokenKind kind = TokenKind::end;
  u32 begin = 0;
  u32 end = 0;
  u32 line = 0;
  u32 name = 0;  // of a name or a keyword

  [[nodiscard]] bool is(TokenKind k) const { return kind == k; }
  [[nodiscard]] bool is(Keyword k) const {
    return kind == TokenKind::keyword && name == static_cast<u32>(k);
  }
};

class Lexer {
 public:
  // The reporter's text must be UTF-8 without NUL and shorter than 2^31 bytes.
  Lexer(Reporter& reporter, NameTable& names);

  // Returns the next token; after `end` or `failed` the same again.
  Token next();

  // Returns the token as a message names it: "'foo'", "end of line".
  [[nodiscard]] std::string describe(const Token& token) const;

 private:
  static constexpr std::size_t kMaxBrackets = 200;  // CPython's limits
  static constexpr std::size_t kMaxIndents = 100;

  struct Indent {
    u32 column;     // tabs to multiples of 8
    u32 alternate;  // tabs as one column: both must agree on the order
  };

  [[nodiscard]] char at(u32 offset) const { return offset < size_ ? text_[offset] : '\0'; }
  void take_newline();
  bool take_continuation();
  bool read_indentation();
  Token make(TokenKind kind, u32 begin) const;
  Token fail(u32 offset, std::string message);
  Token finish();
  Token read_name();
  Token read_number();
  Token read_string(u32 begin, TokenKind kind);
  Token read_operator();
  Token open(TokenKind kind);
  Token close(TokenKind kind, char opening);

  Reporter& reporter_;
  NameTable& names_;
  std::string_view text_;
  u32 size_ = 0;
  u32 pos_ = 0;
  u32 line_ = 1;
  std::vector<Indent> indents_;
  std::vector<u32> brackets_;  // offsets of the open ones
  u32 pending_dedents_ = 0;
  bool pending_indent_ = false;
  bool at_line_start_ = true;
  bool line_has_token_ = false;
  bool failed_ = false;
};

}  // namespace arcbatch
