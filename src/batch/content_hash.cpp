// Hashes by xxHash, whose XXH3 is specified: every machine and version computes the same.
#include "batch/content_hash.h"

#include <fmt/format.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

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

std::string content_hash(std::string_view bytes) {
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

std::string content_hash(const Task& task) {
  std::string bytes;
  append_pairs(bytes, task.train);
  append_pairs(bytes, task.test);
  return content_hash(bytes);
}

}  // namespace arcbatch
