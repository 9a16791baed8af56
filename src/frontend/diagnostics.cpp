// Positions, the texts of diagnostics and the distance behind "did you mean".
#include "frontend/diagnostics.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace arcbatch {

namespace {

constexpr std::size_t kMaxSourceLine = 4096;  // what a diagnostic keeps of its line
constexpr std::size_t kMaxQuoted = 60;
constexpr std::size_t kMaxDistanceName = 40;

}  // namespace

Reporter::Reporter(std::string_view text, std::string_view file) : text_(text), file_(file) {
  line_starts_.reserve(text.size() / 24 + 2);
  line_starts_.push_back(0);
}

Position Reporter::position(u32 offset) const {
  const auto after = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  const u32 line = static_cast<u32>(after - line_starts_.begin());
  return Position{line, offset - line_starts_[line - 1] + 1};
}

Diagnostic Reporter::make(Diagnostic::Severity severity, u32 offset, std::string message) const {
  const Position where = position(offset);
  Diagnostic diagnostic;
  diagnostic.severity = severity;
  diagnostic.file = std::string(file_);
  diagnostic.line = where.line;
  diagnostic.column = where.column;
  diagnostic.message = std::move(message);
  std::string_view line = text_.substr(line_start(where.line), kMaxSourceLine);
  line = line.substr(0, line.find_first_of("\r\n"));
  // Bytes that aren't printable would garble a terminal; the caret still has its column.
  diagnostic.source_line = std::string(line);
  const bool is_text = find_invalid_utf8(line) == line.size();
  for (char& c : diagnostic.source_line) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20u && c != '\t') || byte == 0x7fu || (byte >= 0x80u && !is_text)) c = '?';
  }
  return diagnostic;
}

void Reporter::error(u32 offset, std::string message) {
  if (!is_full()) errors_.push_back(make(Diagnostic::Severity::error, offset, std::move(message)));
}

void Reporter::refuse(u32 offset, std::string_view construct) {
  error(offset, std::string(construct) + " is outside the supported subset");
}

void Reporter::warning(u32 offset, std::string message) {
  if (wants_warnings()) {
    warnings_.push_back(make(Diagnostic::Severity::warning, offset, std::move(message)));
  }
}

std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text.substr(0, kMaxQuoted)) {
    const auto byte = static_cast<unsigned char>(c);
    out += byte < 0x20u || byte == 0x7fu ? '?' : c;
  }
  // Never ends within a character.
  if (text.size() > kMaxQuoted) {
    while ((static_cast<unsigned char>(out.back()) & 0xc0u) == 0x80u) out.pop_back();
    if (static_cast<unsigned char>(out.back()) >= 0xc0u) out.pop_back();
    out += "...";
  }
  return out + "'";
}

std::size_t find_invalid_utf8(std::string_view text) {
  const std::size_t size = text.size();
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  std::size_t i = 0;
  while (i < size) {
    u64 word = 0;
    if (i + 8 <= size) {
      std::memcpy(&word, text.data() + i, 8);
      if ((word & 0x8080808080808080u) == 0) {
        i += 8;
        continue;
      }
    }
    const unsigned char lead = byte(i);
    if (lead < 0x80u) {
      ++i;
      continue;
    }
    const std::size_t length = lead >= 0xf0u ? 4 : lead >= 0xe0u ? 3 : 2;
    if (lead < 0xc2u || lead > 0xf4u || i + length > size) return i;
    for (std::size_t k = 1; k < length; ++k) {
      if ((byte(i + k) & 0xc0u) != 0x80u) return i;
    }
    // Overlong forms, surrogates and what lies beyond the last code point.
    const unsigned char second = byte(i + 1);
    if ((lead == 0xe0u && second < 0xa0u) || (lead == 0xedu && second >= 0xa0u) ||
        (lead == 0xf0u && second < 0x90u) || (lead == 0xf4u && second >= 0x90u)) {
      return i;
    }
    i += length;
  }
  return size;
}

u32 edit_distance(std::string_view a, std::string_view b, u32 limit) {
  const std::size_t gap = a.size() > b.size() ? a.size() - b.size() : b.size() - a.size();
  if (gap >= limit || a.size() > kMaxDistanceName || b.size() > kMaxDistanceName) return limit;
  std::array<std::array<u32, kMaxDistanceName + 1>, 3> rows{};
  for (std::size_t j = 0; j <= b.size(); ++j) rows[0][j] = static_cast<u32>(j);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    auto& row = rows[i % 3];
    const auto& above = rows[(i + 2) % 3];
    const auto& above2 = rows[(i + 1) % 3];
    row[0] = static_cast<u32>(i);
    u32 best = row[0];
    for (std::size_t j = 1; j <= b.size(); ++j) {
      u32 cost = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      cost = std::min({cost, above[j] + 1, row[j - 1] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        cost = std::min(cost, above2[j - 2] + 1);
      }
      row[j] = cost;
      best = std::min(best, cost);
    }
    if (best > limit) return limit;
  }
  return std::min(limit, rows[a.size() % 3][b.size()]);
}

}  // namespace arcbatch
