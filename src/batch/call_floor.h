// The floor of a call: the least time that its stated counts of bytes and operations allow.
#pragma once

#include <functional>
#include <string_view>

#include "values/context.h"

namespace arcbatch {

// Measures of a value in the densest form that there is.
struct PackedSize {
  // Of a grid, a byte a cell. Of a patch, 64-bit rows of its bounding box (as many as its width
  // needs), and a byte a cell where it has more than one colour. Of anything else, the sum of its
  // items, where an integer is one byte and a pair two.
  u64 bytes = 0;
  u64 cells = 0;  // integers, pairs and cells that it holds, however deep
  u64 rows = 0;   // of a grid, or of the bounding boxes of its patches
  u64 len = 0;    // len() of the value itself
};

// Returns the measures of a value. Sets are brought in order for it, so nothing should be timed
// on the value afterwards.
PackedSize packed_size(Ctx& ctx, const Value& v);

// What the floor is made of. A call needs its dispatch; its bytes come and go by 32 at a time, one
// load or store a cycle of 2.8 GHz, as they do from the first-level cache; an operation takes the
// three cycles that one depending on another takes.
inline constexpr double kFloorDispatchNs = 5.0;
inline constexpr double kFloorAccessBytes = 32.0;
inline constexpr double kFloorAccessNs = 0.36;
inline constexpr double kFloorOperationNs = 1.0;

struct CallFloor {
  u64 bytes = 0;
  u64 operations = 0;
  double ns = 0;
};

// Returns the floor that the counts of a PrimitiveCall give, where `size_of` knows the measures of
// a name. Throws std::invalid_argument for counts that cannot be read.
CallFloor call_floor(std::string_view bytes, std::string_view operations,
                     const std::function<PackedSize(std::string_view)>& size_of);

}  // namespace arcbatch
