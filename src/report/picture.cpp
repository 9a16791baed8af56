// Pictures of grids: 24-bit background colours, two blanks to a cell.
#include "report/picture.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace arcbatch {
namespace {

struct Rgb {
  u8 r, g, b;
};

// The colours that ARC's own viewer uses for 0 to 9.
constexpr Rgb kPalette[10] = {{0, 0, 0},       {0, 116, 217},   {255, 65, 54},  {46, 204, 64},
                              {255, 220, 0},   {170, 170, 170}, {240, 18, 190}, {255, 133, 27},
                              {127, 219, 255}, {135, 12, 37}};
constexpr Rgb kOutside = {64, 64, 64};  // for what is no colour

// Appends one row of the grid without trailing blanks or newline; runs of a colour share an
// escape sequence.
void append_row(std::string& out, const GridData& grid, u32 row, bool colour) {
  for (u32 j = 0; j < grid.w; ++j) {
    const i8 cell = grid.at(row, j);
    if (!colour) {
      fmt::format_to(std::back_inserter(out), "{}{}", j == 0 ? "" : " ", cell);
      continue;
    }
    if (j == 0 || cell != grid.at(row, j - 1)) {
      const Rgb rgb = cell >= 0 && cell <= 9 ? kPalette[cell] : kOutside;
      fmt::format_to(std::back_inserter(out), "\x1b[48;2;{};{};{}m", rgb.r, rgb.g, rgb.b);
    }
    out += "  ";
  }
  if (colour && grid.w > 0) out += "\x1b[0m";
}

std::size_t row_width(const GridData& grid, bool colour) {
  if (grid.w == 0) return 0;
  return colour ? std::size_t{2} * grid.w : std::size_t{2} * grid.w - 1;
}

void append_pair(std::string& out, const Pair& pair, bool colour) {
  const GridData& input = pair.input;
  const u32 output_height = pair.output ? pair.output->h : 1;
  const u32 height = std::max(input.h, output_height);
  const u32 arrow_row = (std::min(input.h, output_height) - 1) / 2;
  for (u32 i = 0; i < height; ++i) {
    if (i < input.h) {
      append_row(out, input, i, colour);
    } else if (pair.output) {
      out.append(row_width(input, colour), ' ');
    }
    if (i == arrow_row) {
      out += "  ->  ";
    } else if (i < output_height) {
      out += "      ";
    }
    if (pair.output && i < output_height) append_row(out, *pair.output, i, colour);
    if (!pair.output && i == arrow_row) out += "?";
    out += '\n';
  }
}

void append_pairs(std::string& out, const char* split, const std::vector<Pair>& pairs,
                  bool colour) {
  std::size_t index = 0;
  for (const Pair& pair : pairs) {
    fmt::format_to(std::back_inserter(out), "\n{} {}: {}x{} -> ", split, index++, pair.input.h,
                   pair.input.w);
    out += pair.output ? fmt::format("{}x{}\n", pair.output->h, pair.output->w) : "?\n";
    append_pair(out, pair, colour);
  }
}

}  // namespace

std::string render_grid(const GridData& grid, bool colour) {
  std::string out;
  for (u32 i = 0; i < grid.h; ++i) {
    append_row(out, grid, i, colour);
    out += '\n';
  }
  return out;
}

std::string render_task(const Task& task, bool colour) {
  std::string out = fmt::format("task {}\n", task.id);
  append_pairs(out, "train", task.train, colour);
  append_pairs(out, "test", task.test, colour);
  return out;
}

}  // namespace arcbatch
