// Counting and timing of calls by primitive, at no cost to runs that do not ask for it.
#pragma once

#include <array>
#include <vector>

#include "backend/execution.h"
#include "graph/batch_graph.h"

namespace arcbatch {

// What a profiled executor counts of the nodes of one class, over all inputs.
struct NodeProfile {
  u64 nodes = 0;      // of all graphs
  u64 visits = 0;     // by programs, those that begin alike together
  u64 evaluated = 0;  // of them, those for which the node was evaluated
  u64 ticks = 0;      // of the cycle counter, meanwhile
  u64 bytes = 0;      // of memory that was taken for values
  u64 orders = 0;     // tables that were rebuilt because an order was asked for
  u64 generic = 0;    // calls of primitives that the fast kernels did not take
};
using NodeProfiles = std::array<NodeProfile, kNodeClasses>;

// A profile by node class and by primitive, where `primitives` has one more for what is outside of
// all calls. Empty where nothing was counted.
struct Profile {
  NodeProfiles nodes;
  std::vector<PrimProfile> primitives;
};

// What profiling_kernels() fill in, for these kernels; its address is a context's `profile`.
std::vector<PrimProfile> empty_profile(const FastKernels& kernels);

// Sets all counts to zero.
void clear_profile(std::vector<PrimProfile>& profile);

// Adds one profile to another; either may be empty.
void add_profile(std::vector<PrimProfile>& sum, const std::vector<PrimProfile>& profile);
void add_profile(Profile& sum, const Profile& profile);

// Kernels that note a call in ctx.profile and run the kernel that is named there.
FastKernels profiling_kernels();

}  // namespace arcbatch
