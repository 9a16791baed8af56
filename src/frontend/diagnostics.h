// Reporter: the source text with its lines, and the diagnostics collected over it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "graph/program.h"

namespace arcbatch {

struct Position {
  u32 line = 0;    // 1-based
  u32 column = 0;  // 1-based, in bytes
};

class Reporter {
 public:
  Reporter(std::string_view text, std::string_view file);

  // Records that a line starts at `offset`; called in ascending order.
  void start_line(u32 offset) { line_starts_.push_back(offset); }

  [[nodiscard]] std::string_view text() const { return text_; }
  [[nodiscard]] std::string_view text(u32 begin, u32 end) const {
    return text_.substr(begin, end - begin);
  }
  [[nodiscard]] u32 line_start(u32 line) const { return line_starts_[line - 1]; }
  [[nodiscard]] u32 line_count() const { return static_cast<u32>(line_starts_.size()); }

  // Returns line and column of a byte; the line must have been started.
  [[nodiscard]] Position position(u32 offset) const;

  void error(u32 offset, std::string message);
  // Reports a construct of Python that the subset lacks: "the 'for' statement".
  void refuse(u32 offset, std::string_view construct);
  void warning(u32 offset, std::string message);

  [[nodiscard]] bool has_errors() const { return !errors_.empty(); }
  // True when more errors would only be noise.
  [[nodiscard]] bool is_full() const { return errors_.size() >= kMaxErrors; }
  // False when further warnings are dropped, so that making their text is wasted work.
  [[nodiscard]] bool wants_warnings() const { return warnings_.size() < kMaxWarnings; }

  std::vector<Diagnostic> take_errors() { return std::move(errors_); }
  std::vector<Diagnostic> take_warnings() { return std::move(warnings_); }

 private:
  static constexpr std::size_t kMaxErrors = 20;
  static constexpr std::size_t kMaxWarnings = 64;

  [[nodiscard]] Diagnostic make(Diagnostic::Severity severity, u32 offset,
                                std::string message) const;

  std::string_view text_;
  std::string_view file_;
  std::vector<u32> line_starts_;
  std::vector<Diagnostic> errors_;
  std::vector<Diagnostic> warnings_;
};

// Returns `text` between single quotes, cut short and with control bytes escaped, for messages.
std::string quoted(std::string_view text);

// Returns the offset of the first byte that isn't UTF-8 text, or the size if all is.
std::size_t find_invalid_utf8(std::string_view text);

// Returns the number of single-character edits (insert, delete, replace, swap neighbours)
// between two short names, or `limit` if it is at least that.
u32 edit_distance(std::string_view a, std::string_view b, u32 limit);

}  // namespace arcbatch
