// The lexer. Follows CPython's tokenizer where programs can tell: tab stops, continuation
// lines, blank lines, bracket and indentation limits.
#include "frontend/lexer.h"

#include <array>
#include <bit>
#include <cstring>

namespace arcbatch {

namespace {

enum : u8 { kStartsName = 1, kInName = 2, kDigit = 4, kSpace = 8 };

constexpr std::array<u8, 256> make_classes() {
  std::array<u8, 256> classes{};
  for (std::size_t c = 'a'; c <= 'z'; ++c) classes[c] = kStartsName | kInName;
  for (std::size_t c = 'A'; c <= 'Z'; ++c) classes[c] = kStartsName | kInName;
  classes['_'] = kStartsName | kInName;
  for (std::size_t c = '0'; c <= '9'; ++c) classes[c] = kInName | kDigit;
  classes[' '] = classes['\t'] = classes['\f'] = kSpace;
  return classes;
}

constexpr std::array<u8, 256> kClasses = make_classes();

bool is_class(char c, u8 what) { return (kClasses[static_cast<unsigned char>(c)] & what) != 0; }

bool is_digit_of(char c, u32 radix) {
  if (radix == 16 && ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))) return true;
  return c >= '0' && c < '0' + static_cast<char>(radix < 10 ? radix : 10);
}

// Returns the kind of string that a prefix like "rb" announces, or `name` if it does not.
TokenKind string_kind(std::string_view prefix) {
  bool raw = false;
  char other = '\0';
  for (const char c : prefix) {
    const char lower = static_cast<char>(c | 0x20);
    if (lower == 'r' && !raw) {
      raw = true;
    } else if ((lower == 'b' || lower == 'f' || lower == 'u') && other == '\0') {
      other = lower;
    } else {
      return TokenKind::name;
    }
  }
  if (other == 'u' && raw) return TokenKind::name;
  if (other == 'b') return TokenKind::bytes;
  return other == 'f' ? TokenKind::fstring : TokenKind::string;
}

u64 load_word(const char* from) {
  u64 word = 0;
  std::memcpy(&word, from, sizeof word);
  return word;
}

// Returns how many of the eight bytes, from the lowest on, a name can hold. Each byte's answer is
// worked out in its top bit, from sums that stay within the byte.
u32 name_bytes(u64 word) {
  static_assert(std::endian::native == std::endian::little, "the lowest byte must be the first");
  constexpr u64 kOnes = 0x0101010101010101u;
  constexpr u64 kTops = 0x80 * kOnes;
  const auto from = [](u64 bytes, char least) {
    return bytes + (0x80 - static_cast<u64>(least)) * kOnes;
  };
  const u64 low = word & ~kTops;
  const u64 lower = low | 0x20 * kOnes;
  const u64 letter = from(lower, 'a') & ~from(lower, 'z' + 1);
  const u64 digit = from(low, '0') & ~from(low, '9' + 1);
  const u64 other_than_underscore = (low ^ '_' * kOnes) + 0x7f * kOnes;
  const u64 stop = ~((letter | digit | ~other_than_underscore) & ~word) & kTops;
  return stop == 0 ? 8 : static_cast<u32>(std::countr_zero(stop)) / 8;
}

}  // namespace

Lexer::Lexer(Reporter& reporter, NameTable& names)
    : reporter_(reporter),
      names_(names),
      text_(reporter.text()),
      size_(static_cast<u32>(text_.size())) {
  if (text_.substr(0, 3) == "\xef\xbb\xbf") pos_ = 3;  // a byte order mark
}

Token Lexer::make(TokenKind kind, u32 begin) const {
  Token token;
  token.kind = kind;
  token.begin = begin;
  token.end = pos_;
  token.line = line_;
  return token;
}

Token Lexer::fail(u32 offset, std::string message) {
  if (!failed_) reporter_.error(offset, std::move(message));
  failed_ = true;
  return make(TokenKind::failed, pos_);
}

// Steps over "\n", "\r\n" or "\r".
void Lexer::take_newline() {
  if (text_[pos_] == '\r' && at(pos_ + 1) == '\n') ++pos_;
  ++pos_;
  ++line_;
  reporter_.start_line(pos_);
}

// Steps over a backslash and the newline behind it; reports what else follows.
bool Lexer::take_continuation() {
  const char next = at(pos_ + 1);
  if (next == '\n' || next == '\r') {
    ++pos_;
    take_newline();
    if (pos_ < size_) return true;
    fail(pos_, "unexpected end of file after a line continuation");
    return false;
  }
  fail(pos_ + 1 < size_ ? pos_ + 1 : pos_,
       "expected the end of the line after the line continuation character '\\'");
  return false;
}

// Skips blank and comment lines, then compares the indentation of the next line with the stack.
bool Lexer::read_indentation() {
  Indent indent{0, 0};
  for (;;) {
    indent = Indent{0, 0};
    Indent first{0, 0};  // of the first physical line, if backslashes split the indentation
    for (;; ++pos_) {
      const char c = at(pos_);
      if (c == ' ') {
        ++indent.column;
        ++indent.alternate;
      } else if (c == '\t') {
        indent.column = (indent.column / 8 + 1) * 8;
        ++indent.alternate;
      } else if (c == '\f') {
        indent = Indent{0, 0};
      } else if (c == '\\') {
        if (first.column == 0) first = Indent{indent.column, indent.column};  // as CPython does
        if (!take_continuation()) return false;
        --pos_;  // the loop steps on
      } else {
        break;
      }
    }
    if (first.column != 0) indent = first;
    if (at(pos_) == '#') {
      while (pos_ < size_ && text_[pos_] != '\n' && text_[pos_] != '\r') ++pos_;
    }
    if (pos_ >= size_) return true;  // the end closes all blocks by itself
    if (text_[pos_] != '\n' && text_[pos_] != '\r') break;
    take_newline();
  }

  const char* const kMixed = "inconsistent use of tabs and spaces in the indentation";
  Indent top = indents_.empty() ? Indent{0, 0} : indents_.back();
  if (indent.column > top.column) {
    if (indent.alternate <= top.alternate) return fail(pos_, kMixed), false;
    if (indents_.size() >= kMaxIndents) {
      return fail(pos_, "too many levels of indentation (more than 100)"), false;
    }
    indents_.push_back(indent);
    pending_indent_ = true;
    return true;
  }
  while (indent.column < top.column) {
    indents_.pop_back();
    ++pending_dedents_;
    top = indents_.empty() ? Indent{0, 0} : indents_.back();
  }
  if (indent.column != top.column) {
    return fail(pos_, "the indentation matches no enclosing block"), false;
  }
  if (indent.alternate != top.alternate) return fail(pos_, kMixed), false;
  return true;
}

// What comes before the tokens of a line. Returns true if that is a token of its own.
bool Lexer::start_line(Token& token) {
  if (failed_) {
    token = make(TokenKind::failed, pos_);
    return true;
  }
  if (at_line_start_) {
    at_line_start_ = false;
    // Most lines are indented as the one before, by spaces.
    u32 end = pos_;
    while (at(end) == ' ') ++end;
    const u32 column = end - pos_;
    const Indent top = indents_.empty() ? Indent{0, 0} : indents_.back();
    if (column == top.column && column == top.alternate && is_class(at(end), kStartsName)) {
      pos_ = end;
    } else if (!read_indentation()) {
      token = make(TokenKind::failed, pos_);
      return true;
    }
    if (pending_indent_) {
      pending_indent_ = false;
      token = make(TokenKind::indent, pos_);
      return true;
    }
  }
  if (pending_dedents_ == 0) return false;
  --pending_dedents_;
  token = make(TokenKind::dedent, pos_);
  return true;
}

void Lexer::next(Token& token) {
  if ((failed_ || at_line_start_ || pending_dedents_ > 0) && start_line(token)) return;
  for (;;) {
    const char c = at(pos_);
    if (is_class(c, kStartsName)) {
      line_has_token_ = true;
      return read_name(token);
    }
    switch (c) {
      case ' ':
      case '\t':
      case '\f': ++pos_; continue;
      case ',':
        line_has_token_ = true;
        ++pos_;
        return set(token, TokenKind::comma, pos_ - 1);
      case '(':
        if (brackets_.size() >= kMaxBrackets) break;
        line_has_token_ = true;
        brackets_.push_back(pos_++);
        return set(token, TokenKind::lparen, pos_ - 1);
      case ')':
        if (brackets_.empty() || text_[brackets_.back()] != '(') break;
        brackets_.pop_back();
        ++pos_;
        return set(token, TokenKind::rparen, pos_ - 1);
      case '=':
        if (at(pos_ + 1) == '=') break;
        line_has_token_ = true;
        ++pos_;
        return set(token, TokenKind::equal, pos_ - 1);
      case '#':
        while (pos_ < size_ && text_[pos_] != '\n' && text_[pos_] != '\r') ++pos_;
        continue;
      case '\\':
        if (take_continuation()) continue;
        token = make(TokenKind::failed, pos_);
        return;
      case '\n':
      case '\r':
        if (!brackets_.empty()) {
          take_newline();
          continue;
        }
        set(token, TokenKind::newline, pos_);
        take_newline();
        at_line_start_ = true;
        line_has_token_ = false;
        return;
      case '\0': token = finish(); return;
      default: break;
    }
    line_has_token_ = true;
    token = read_operator();
    return;
  }
}

// The end of the text: the open line and the open blocks are closed first.
Token Lexer::finish() {
  if (!brackets_.empty()) {
    const u32 offset = brackets_.back();
    return fail(offset, std::string("'") + text_[offset] + "' was never closed");
  }
  if (line_has_token_) {
    line_has_token_ = false;
    return make(TokenKind::newline, pos_);
  }
  if (!indents_.empty()) {
    indents_.pop_back();
    return make(TokenKind::dedent, pos_);
  }
  return make(TokenKind::end, pos_);
}

void Lexer::read_name(Token& token) {
  const u32 begin = pos_;
  const char* const start = text_.data() + begin;
  const u64 word = load_word(start);
  u32 size = name_bytes(word);
  u64 key = 0;
  if (ARC_LIKELY(size < 8)) {
    key = word & ((u64{1} << (8 * size)) - 1);
  } else {
    for (u32 more = 8; more == 8; size += more) more = name_bytes(load_word(start + size));
    key = NameTable::key_of(std::string_view(start, size));
  }
  pos_ += size;
  const char after = at(pos_);
  const std::string_view text(start, size);
  if (ARC_UNLIKELY((after == '"' || after == '\'') && size <= 2)) {
    const TokenKind kind = string_kind(text);
    if (kind != TokenKind::name) {
      token = read_string(begin, kind);
      return;
    }
  }
  if (ARC_UNLIKELY(static_cast<unsigned char>(after) >= 0x80u)) {
    token = fail(pos_, "a name with non-ASCII characters is outside the supported subset");
    return;
  }
  token.name = names_.intern(text, key);
  set(token, token.name < kKeywordCount ? TokenKind::keyword : TokenKind::name, begin);
}

Token Lexer::read_number() {
  const u32 begin = pos_;
  TokenKind kind = TokenKind::integer;
  const char prefix = static_cast<char>(at(pos_ + 1) | 0x20);
  if (text_[pos_] == '0' && (prefix == 'x' || prefix == 'o' || prefix == 'b')) {
    const u32 radix = prefix == 'x' ? 16 : prefix == 'o' ? 8 : 2;
    pos_ += 2;
    do {
      if (at(pos_) == '_') ++pos_;
      if (!is_digit_of(at(pos_), radix)) {
        return fail(pos_ < size_ ? pos_ : begin, "expected a digit in the integer literal " +
                                                     quoted(text_.substr(begin, pos_ - begin)));
      }
      while (is_digit_of(at(pos_), radix)) ++pos_;
    } while (at(pos_) == '_');
  } else {
    bool good = true;
    const auto digits = [&] {
      while (is_class(at(pos_), kDigit)) {
        ++pos_;
        if (at(pos_) == '_') good = is_class(at(++pos_), kDigit) && good;
      }
    };
    digits();
    const u32 whole = pos_;
    if (at(pos_) == '.') {
      kind = TokenKind::number;
      ++pos_;
      digits();
    }
    if (static_cast<char>(at(pos_) | 0x20) == 'e') {
      const u32 sign = at(pos_ + 1) == '+' || at(pos_ + 1) == '-' ? 1 : 0;
      if (is_class(at(pos_ + 1 + sign), kDigit)) {
        kind = TokenKind::number;
        pos_ += 1 + sign;
        digits();
      }
    }
    if (static_cast<char>(at(pos_) | 0x20) == 'j') {
      kind = TokenKind::number;
      ++pos_;
    }
    if (!good) return fail(pos_ < size_ ? pos_ : begin, "expected a digit after '_' in a number");
    if (kind == TokenKind::integer && text_[begin] == '0') {
      if (text_.substr(begin, whole - begin).find_first_not_of("0_") != std::string_view::npos) {
        return fail(begin, "leading zeros in a decimal integer are not permitted");
      }
    }
  }
  if (is_class(at(pos_), kInName) || static_cast<unsigned char>(at(pos_)) >= 0x80u) {
    u32 end = pos_ + 1;
    while ((static_cast<unsigned char>(at(end)) & 0xc0u) == 0x80u) ++end;  // a whole character
    return fail(pos_, "expected the number to end before " + quoted(reporter_.text(pos_, end)));
  }
  return make(kind, begin);
}

Token Lexer::read_string(u32 begin, TokenKind kind) {
  const u32 line = line_;
  const char quote = text_[pos_];
  const bool triple = at(pos_ + 1) == quote && at(pos_ + 2) == quote;
  pos_ += triple ? 3 : 1;
  for (;;) {
    if (pos_ >= size_) {
      return fail(begin, triple ? "the triple-quoted string is never closed"
                                : "the string is not closed on its line");
    }
    const char c = text_[pos_];
    if (c == '\n' || c == '\r') {
      if (!triple) return fail(begin, "the string is not closed on its line");
      take_newline();
    } else if (c == '\\') {
      ++pos_;
      if (at(pos_) == '\n' || at(pos_) == '\r') {
        take_newline();
      } else if (pos_ < size_) {
        ++pos_;
      }
    } else if (c == quote && (!triple || (at(pos_ + 1) == quote && at(pos_ + 2) == quote))) {
      pos_ += triple ? 3 : 1;
      break;
    } else {
      ++pos_;
    }
  }
  Token token = make(kind, begin);
  token.line = line;
  return token;
}

Token Lexer::open(TokenKind kind) {
  if (brackets_.size() >= kMaxBrackets) {
    return fail(pos_, "too many nested brackets (more than 200)");
  }
  brackets_.push_back(pos_++);
  return make(kind, pos_ - 1);
}

Token Lexer::close(TokenKind kind, char opening) {
  if (brackets_.empty()) return fail(pos_, "unmatched " + quoted(text_.substr(pos_, 1)));
  const char found = text_[brackets_.back()];
  if (found != opening) {
    const Position where = reporter_.position(brackets_.back());
    return fail(pos_, quoted(text_.substr(pos_, 1)) + " does not close the '" + found +
                          "' opened on line " + std::to_string(where.line));
  }
  brackets_.pop_back();
  ++pos_;
  return make(kind, pos_ - 1);
}

Token Lexer::read_operator() {
  const u32 begin = pos_;
  const char c = text_[pos_];
  const char c1 = at(pos_ + 1);
  const auto single = [&](TokenKind kind) {
    ++pos_;
    return make(kind, begin);
  };
  switch (c) {
    case '(': return open(TokenKind::lparen);
    case '[': return open(TokenKind::lbracket);
    case '{': return open(TokenKind::lbrace);
    case ')': return close(TokenKind::rparen, '(');
    case ']': return close(TokenKind::rbracket, '[');
    case '}': return close(TokenKind::rbrace, '{');
    case ',': return single(TokenKind::comma);
    case ';': return single(TokenKind::semicolon);
    case '"':
    case '\'': return read_string(begin, TokenKind::string);
    case '=':
      if (c1 != '=') return single(TokenKind::equal);
      break;
    case ':':
      if (c1 != '=') return single(TokenKind::colon);
      break;
    case '-':
      if (c1 == '>') {
        pos_ += 2;
        return make(TokenKind::arrow, begin);
      }
      if (c1 != '=') return single(TokenKind::minus);
      break;
    case '.':
      if (is_class(c1, kDigit)) return read_number();
      if (c1 == '.' && at(pos_ + 2) == '.') {
        pos_ += 3;
        return make(TokenKind::ellipsis, begin);
      }
      return single(TokenKind::dot);
    case '!':
      if (c1 == '=') break;
      return fail(begin, "unexpected character '!'");
    case '+':
    case '*':
    case '/':
    case '%':
    case '@':
    case '&':
    case '|':
    case '^':
    case '~':
    case '<':
    case '>': break;
    default:
      if (is_class(c, kDigit)) return read_number();
      if (static_cast<unsigned char>(c) >= 0x80u) {
        return fail(begin, "a name with non-ASCII characters is outside the supported subset");
      }
      return fail(begin, "unexpected character " + quoted(text_.substr(begin, 1)));
  }
  // The rest are operators that the subset lacks; only their spelling matters.
  ++pos_;
  if ((c == '*' || c == '/' || c == '<' || c == '>') && at(pos_) == c) ++pos_;
  if (c != '~' && at(pos_) == '=') ++pos_;
  return make(TokenKind::op, begin);
}

std::string Lexer::describe(const Token& token) const {
  switch (token.kind) {
    case TokenKind::end: return "the end of the file";
    case TokenKind::newline: return "the end of the line";
    case TokenKind::indent: return "an indented line";
    case TokenKind::dedent: return "the end of the block";
    case TokenKind::string:
    case TokenKind::bytes:
    case TokenKind::fstring: return "a string";
    default: return quoted(text_.substr(token.begin, token.end - token.begin));
  }
}

}  // namespace arcbatch
