// From the compact form of a value to its repr, on the host.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "core/macros.h"

namespace arcbatch::device {

// Appends the repr of the value that `bytes` holds. Returns false where they hold none: a device
// that sends that is broken.
bool append_repr_of(std::span<const u8> bytes, std::string& out);

// A grid among values.
struct GridBytes {
  u32 h = 0;
  u32 w = 0;
  const i8* cells = nullptr;
};

// Returns the grid that `bytes`, the whole of a value, hold, or nothing where they hold another
// value.
std::optional<GridBytes> grid_of(std::span<const u8> bytes);

}  // namespace arcbatch::device
