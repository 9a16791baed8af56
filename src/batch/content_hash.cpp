// Hashes by xxHash, whose XXH3 is specified: every machine and version computes the same.
#include "batch/content_hash.h"

#include <fmt/format.h>

#include "graph/fingerprint.h"

namespace arcbatch {
namespace {

void append_grid(std::string& bytes, const GridData& grid) {
  bytes.push_back(static_cast<char>(grid.h));
  bytes.push_back(static_cast<char>(grid.w));
  bytes.append(grid.cells.begin(), grid.cells.end());
}

void append_pairs(std::string& bytes, const std::vector<Pair>& pairs) {
  bytes += fmt::format("{};", pairs.size());
  for (const Pair& pair : pairs) {
    append_grid(bytes, pair.input);
    bytes.push_back(pair.output ? '=' : '?');
    if (pair.output) append_grid(bytes, *pair.output);
  }
}

}  // namespace

std::string content_hash(std::string_view bytes) { return hash_bytes(bytes).text(); }

std::string content_hash(const Task& task) {
  std::string bytes;
  append_pairs(bytes, task.train);
  append_pairs(bytes, task.test);
  return content_hash(bytes);
}

}  // namespace arcbatch
