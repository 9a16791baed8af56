// Positions in JSON text: where it is broken, and where a value stands. Slow and careful; only
// errors come here, since the parser that reads good files does not say where it stopped.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/macros.h"

namespace arcbatch {

// One step from a JSON value to a part of it: an object's key, or an array's index.
struct JsonStep {
  std::string key;
  std::size_t index = 0;
  bool is_index = false;

  static JsonStep member(std::string name) { return {std::move(name), 0, false}; }
  static JsonStep element(std::size_t i) { return {{}, i, true}; }
};
using JsonPath = std::vector<JsonStep>;

struct JsonFault {
  std::size_t offset = 0;
  std::string message;
};

struct LineColumn {
  u32 line = 1;
  u32 column = 1;
};

// Returns the first fault of `text`, or nothing if it is one well-formed JSON value.
std::optional<JsonFault> find_json_fault(std::string_view text);

// Returns the offset of the value that `path` leads to in well-formed `text`; where the path
// ends early, that of the deepest value on it.
std::size_t find_json_value(std::string_view text, const JsonPath& path);

// Returns the 1-based line and column (in bytes) of an offset.
LineColumn line_column(std::string_view text, std::size_t offset);

}  // namespace arcbatch
