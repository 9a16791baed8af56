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
  // How many NUL bytes must stand behind the text, so that words can be read at its end.
  static constexpr std::size_t kPadding = 8;

  // The reporter's text must be UTF-8 without NUL and shorter than 2^31 bytes, and padded.
  Lexer(Reporter& reporter, NameTable& names);

  // Sets the next token; after `end` or `failed` the same again.
  void next(Token& token);

  // Returns the token as a message names it: "'foo'", "end of line".
  [[nodiscard]] std::string describe(const Token& token) const;

 private:
  static constexpr std::size_t kMaxBrackets = 200;  // CPython's limits
  static constexpr std::size_t kMaxIndents = 100;

  struct Indent {
    u32 column;     // tabs to multiples of 8
    u32 alternate;  // tabs as one column: both must agree on the order
  };

  // Returns the byte, or NUL at the end of the text; the padding covers what is looked ahead.
  [[nodiscard]] char at(u32 offset) const { return text_.data()[offset]; }
  void take_newline();
  bool take_continuation();
  bool start_line(Token& token);
  bool read_indentation();
  Token make(TokenKind kind, u32 begin) const;
  Token fail(u32 offset, std::string message);
  Token finish();
  void set(Token& token, TokenKind kind, u32 begin) const {
    token.kind = kind;
    token.begin = begin;
    token.end = pos_;
    token.line = line_;
  }
  void read_name(Token& token);
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
