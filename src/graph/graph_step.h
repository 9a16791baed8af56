// GraphStep: the way through the nodes of a graph, as executors of host and device go it.
#pragma once

#include "core/macros.h"

namespace arcbatch {

// The nodes of the arguments (see Parameters), which nobody evaluates.
inline constexpr u32 kInputNode = 0;
inline constexpr u32 kPairsNode = 1;
inline constexpr u32 kComparedNode = 2;
inline constexpr u32 kArgumentNodes = 3;

// One visit of a node on the way through all programs. Programs that begin alike share their
// first steps: the steps are a tree in preorder, with the last node of a program at its end.
struct GraphStep {
  u32 node = 0;
  u32 depth = 0;          // steps before it, in the programs that it belongs to
  u32 end = 0;            // one past the last step below
  u32 first_program = 0;  // into BatchGraph::by_end(): the programs that end here or below come
                          // next, up to the first_program of step `end`
};

}  // namespace arcbatch
