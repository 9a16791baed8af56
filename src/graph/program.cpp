// Look-ups in a Program and the text form of its diagnostics.
#include "graph/program.h"

namespace arcbatch {

namespace {

// What is shown of a source line: a window around the column, so that a line of a megabyte
// doesn't flood a terminal.
constexpr std::size_t kWindow = 160;

bool is_continuation_byte(char c) { return (static_cast<unsigned char>(c) & 0xc0u) == 0x80u; }

}  // namespace

std::string format_diagnostic(const Diagnostic& diagnostic) {
  std::string out = diagnostic.file;
  if (diagnostic.line != 0) {
    out += ':' + std::to_string(diagnostic.line) + ':' + std::to_string(diagnostic.column);
  }
  out += diagnostic.severity == Diagnostic::Severity::error ? ": error: " : ": warning: ";
  out += diagnostic.message;
  const std::string& line = diagnostic.source_line;
  if (diagnostic.line == 0 || line.empty()) return out;

  const std::size_t caret = diagnostic.column == 0 ? 0 : diagnostic.column - 1;
  std::size_t begin = 0;
  if (caret <= line.size() && caret > kWindow / 2 && line.size() > kWindow) {
    begin = caret - kWindow / 2;
    while (begin > 0 && is_continuation_byte(line[begin])) --begin;
  }
  std::size_t end = line.size() - begin > kWindow ? begin + kWindow : line.size();
  while (end < line.size() && is_continuation_byte(line[end])) ++end;
  out += "\n  ";
  out.append(line, begin, end - begin);
  if (caret > line.size()) return out;
  out += "\n  ";
  // One column a character, tabs kept, so that the caret stands below what it means.
  for (std::size_t i = begin; i < caret; ++i) {
    if (line[i] == '\t') {
      out += '\t';
    } else if (!is_continuation_byte(line[i])) {
      out += ' ';
    }
  }
  out += '^';
  return out;
}

int Program::find(const std::string& name) const {
  for (std::size_t i = defs.size(); i-- > 0;) {
    if (functions[defs[i]].name == name) return static_cast<int>(defs[i]);
  }
  return -1;
}

}  // namespace arcbatch
