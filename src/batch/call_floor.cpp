// Measures of values, and the arithmetic of floors.
#include "batch/call_floor.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "values/ops.h"

namespace arcbatch {
namespace {

// The elements of a container, in whatever order it has; none for anything else.
std::vector<Value> elements_of(Ctx& ctx, const Value& v) {
  std::vector<Value> elements;
  Iter it;
  if ((v.is_tuple() || v.is_set()) && it.start_unordered(ctx, v) == Status::ok) {
    for (Value e; it.next(e);) elements.push_back(e);
  }
  return elements;
}

PackedSize patch_size(const std::vector<Value>& cells) {
  i32 low[2] = {cells[0].p.a, cells[0].p.b};
  i32 high[2] = {low[0], low[1]};
  std::set<i32> colors;
  for (const Value& v : cells) {
    low[0] = std::min(low[0], v.p.a);
    high[0] = std::max(high[0], v.p.a);
    low[1] = std::min(low[1], v.p.b);
    high[1] = std::max(high[1], v.p.b);
    if (v.tag == Tag::cell) colors.insert(v.aux);
  }
  const u64 h = static_cast<u64>(high[0] - low[0]) + 1;
  const u64 w = static_cast<u64>(high[1] - low[1]) + 1;
  PackedSize size;
  size.bytes = h * ((w + 63) / 64) * 8 + (colors.size() > 1 ? cells.size() : 0);
  size.cells = cells.size();
  size.rows = h;
  size.len = cells.size();
  return size;
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (end > 0) words.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

u64 number_of(std::string_view text) {
  u64 n = 0;
  if (text.empty()) throw std::invalid_argument("a count is missing");
  for (const char c : text) {
    if (c < '0' || c > '9') throw std::invalid_argument(fmt::format("no count: '{}'", text));
    n = n * 10 + static_cast<u64>(c - '0');
  }
  return n;
}

// "7", "len:x" or "2*cells:x"
u64 term_of(std::string_view term, const std::function<PackedSize(std::string_view)>& size_of) {
  const std::size_t colon = term.find(':');
  if (colon == std::string_view::npos) return number_of(term);
  const std::size_t star = term.find('*');
  const std::size_t begin = star == std::string_view::npos ? 0 : star + 1;
  const u64 factor = star == std::string_view::npos ? 1 : number_of(term.substr(0, star));
  const std::string_view measure = term.substr(begin, colon - begin);
  const PackedSize size = size_of(term.substr(colon + 1));
  if (measure == "len") return factor * size.len;
  if (measure == "cells") return factor * size.cells;
  if (measure == "rows") return factor * size.rows;
  throw std::invalid_argument(fmt::format("no measure: '{}'", measure));
}

}  // namespace

PackedSize packed_size(Ctx& ctx, const Value& v) {
  if (v.tag == Tag::grid) {
    const u64 cells = u64{v.grid->h} * v.grid->w;
    return {cells, cells, v.grid->h, v.grid->h};
  }
  if (v.tag == Tag::pair) return {2, 1, 1, 2};
  if (v.tag == Tag::cell) return {3, 1, 1, 2};
  if (!v.is_tuple() && !v.is_set()) return {1, 1, 0, 0};
  const std::vector<Value> elements = elements_of(ctx, v);
  const auto all_are = [&elements](Tag tag) {
    return std::all_of(elements.begin(), elements.end(),
                       [tag](const Value& e) { return e.tag == tag; });
  };
  if (v.is_set() && !elements.empty() && (all_are(Tag::pair) || all_are(Tag::cell))) {
    return patch_size(elements);
  }
  PackedSize size;
  for (const Value& e : elements) {
    const PackedSize s = packed_size(ctx, e);
    size.bytes += s.bytes;
    size.cells += s.cells;
    size.rows += s.rows;
  }
  size.len = elements.size();
  return size;
}

CallFloor call_floor(std::string_view bytes, std::string_view operations,
                     const std::function<PackedSize(std::string_view)>& size_of) {
  CallFloor floor;
  for (const std::string_view name : words_of(bytes)) floor.bytes += size_of(name).bytes;
  for (const std::string_view term : words_of(operations)) {
    floor.operations += term_of(term, size_of);
  }
  floor.ns = kFloorDispatchNs +
             std::ceil(static_cast<double>(floor.bytes) / kFloorAccessBytes) * kFloorAccessNs +
             static_cast<double>(floor.operations) * kFloorOperationNs;
  return floor;
}

}  // namespace arcbatch
