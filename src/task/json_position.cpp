// A strict JSON scanner that remembers where it is.
#include "task/json_position.h"

#include <fmt/format.h>

#include <algorithm>

namespace arcbatch {
namespace {

constexpr int kMaxDepth = 1000;
// A number of more digits may not fit 64 bits, and no task needs one.
constexpr std::size_t kMaxDigits = 18;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

// Returns the length of the UTF-8 sequence at the start of `text`, or 0 if it is not one.
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<u8>(text[i]); };
  const u8 lead = byte(0);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  const bool overlong = (lead == 0xe0 && byte(1) < 0xa0) || (lead == 0xf0 && byte(1) < 0x90);
  const bool surrogate = lead == 0xed && byte(1) > 0x9f;
  const bool beyond = lead == 0xf4 && byte(1) > 0x8f;
  return overlong || surrogate || beyond ? 0 : length;
}

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  bool document() {
    if (!value(0)) return false;
    skip_space();
    return at_end() || fail(fmt::format("{} after the end of the value", here()));
  }

  // Moves from the start of a value to the part of it that `step` names.
  bool descend(const JsonStep& step) {
    skip_space();
    if (at_end() || text_[pos_] != (step.is_index ? '[' : '{')) return false;
    const char close = step.is_index ? ']' : '}';
    ++pos_;
    skip_space();
    for (std::size_t i = 0; !at_end() && text_[pos_] != close; ++i) {
      bool wanted = step.is_index && i == step.index;
      if (!step.is_index) {
        const std::size_t start = pos_ + 1;
        if (!string()) return false;
        wanted = text_.substr(start, pos_ - 1 - start) == step.key;
        skip_space();
        if (!expect(':', "after an object's key")) return false;
        skip_space();
      }
      if (wanted) return true;
      if (!value(0)) return false;
      skip_space();
      if (!at_end() && text_[pos_] == ',') ++pos_;
      skip_space();
    }
    return false;
  }

  void skip_space() {
    while (!at_end() && std::string_view(" \t\r\n").find(text_[pos_]) != std::string_view::npos) {
      ++pos_;
    }
  }

  [[nodiscard]] std::size_t position() const { return pos_; }
  void rewind(std::size_t position) { pos_ = position; }
  [[nodiscard]] const std::string& message() const { return message_; }

 private:
  [[nodiscard]] bool at_end() const { return pos_ >= text_.size(); }
  [[nodiscard]] char peek() const { return at_end() ? '\0' : text_[pos_]; }

  bool fail(std::string message) {
    message_ = std::move(message);
    return false;
  }

  // Names what stands at the current position.
  [[nodiscard]] std::string here() const {
    if (at_end()) return "end of file";
    const auto byte = static_cast<u8>(text_[pos_]);
    if (byte >= 0x20 && byte < 0x7f) return fmt::format("'{}'", text_[pos_]);
    return fmt::format("byte 0x{:02x}", byte);
  }

  bool expect(char c, const char* where) {
    if (peek() != c || at_end())
      return fail(fmt::format("expected '{}' {}, got {}", c, where, here()));
    ++pos_;
    return true;
  }

  bool value(int depth) {  // NOLINT(misc-no-recursion): kMaxDepth bounds it
    skip_space();
    if (depth > kMaxDepth) return fail("nested too deep");
    if (at_end()) return fail("expected a value, got end of file");
    switch (text_[pos_]) {
      case '{':
      case '[': return container(depth);
      case '"': return string();
      case 't': return word("true");
      case 'f': return word("false");
      case 'n': return word("null");
      default: return number();
    }
  }

  bool container(int depth) {  // NOLINT(misc-no-recursion): kMaxDepth bounds it
    const bool object = text_[pos_] == '{';
    const char close = object ? '}' : ']';
    ++pos_;
    skip_space();
    if (peek() == close) {
      ++pos_;
      return true;
    }
    while (true) {
      if (object) {
        skip_space();
        if (peek() != '"') return fail(fmt::format("expected an object's key, got {}", here()));
        if (!string()) return false;
        skip_space();
        if (!expect(':', "after an object's key")) return false;
      }
      if (!value(depth + 1)) return false;
      skip_space();
      if (peek() == ',') {
        ++pos_;
        continue;
      }
      if (peek() == close) {
        ++pos_;
        return true;
      }
      return fail(fmt::format("expected ',' or '{}', got {}", close, here()));
    }
  }

  bool string() {
    if (!expect('"', "at the start of a string")) return false;
    while (!at_end()) {
      const char c = text_[pos_];
      if (c == '"') {
        ++pos_;
        return true;
      }
      if (static_cast<u8>(c) < 0x20) return fail(fmt::format("{} in a string", here()));
      if (c == '\\') {
        if (!escape()) return false;
        continue;
      }
      const std::size_t length = utf8_length(text_.substr(pos_));
      if (length == 0) return fail(fmt::format("{} is not UTF-8", here()));
      pos_ += length;
    }
    return fail("the string has no end");
  }

  bool escape() {
    ++pos_;
    const char c = peek();
    if (at_end() || std::string_view("\"\\/bfnrtu").find(c) == std::string_view::npos) {
      return fail(fmt::format("{} after a backslash", here()));
    }
    ++pos_;
    for (int i = 0; c == 'u' && i < 4; ++i) {
      if (!is_hex(peek())) return fail(fmt::format("{} in a \\u escape", here()));
      ++pos_;
    }
    return true;
  }

  bool word(std::string_view expected) {
    if (text_.substr(pos_, expected.size()) != expected) {
      return fail(fmt::format("expected a value, got {}", here()));
    }
    pos_ += expected.size();
    return true;
  }

  std::size_t digits() {
    const std::size_t start = pos_;
    while (is_digit(peek())) ++pos_;
    return pos_ - start;
  }

  bool number() {
    const std::size_t start = pos_;
    if (peek() == '-') ++pos_;
    if (!is_digit(peek())) return fail(fmt::format("expected a value, got {}", here()));
    const bool zero = peek() == '0';
    const std::size_t count = digits();
    if (zero && count > 1) {
      pos_ = start;
      return fail("a number starts with 0");
    }
    if (peek() == '.') {
      ++pos_;
      if (digits() == 0) return fail(fmt::format("expected a digit, got {}", here()));
    }
    if (peek() == 'e' || peek() == 'E') {
      ++pos_;
      if (peek() == '+' || peek() == '-') ++pos_;
      if (digits() == 0) return fail(fmt::format("expected a digit, got {}", here()));
    }
    if (count > kMaxDigits) {
      pos_ = start;
      return fail("the number is too large");
    }
    return true;
  }

  std::string_view text_;
  std::size_t pos_ = 0;
  std::string message_;
};

}  // namespace

std::optional<JsonFault> find_json_fault(std::string_view text) {
  Scanner scanner(text);
  if (scanner.document()) return std::nullopt;
  return JsonFault{scanner.position(), scanner.message()};
}

std::size_t find_json_value(std::string_view text, const JsonPath& path) {
  Scanner scanner(text);
  scanner.skip_space();
  for (const JsonStep& step : path) {
    const std::size_t before = scanner.position();
    if (!scanner.descend(step)) {
      scanner.rewind(before);
      break;
    }
  }
  return scanner.position();
}

LineColumn line_column(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, std::min(offset, text.size()));
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  return LineColumn{1 + static_cast<u32>(std::count(before.begin(), before.end(), '\n')),
                    1 + static_cast<u32>(before.size() - line_start)};
}

}  // namespace arcbatch
