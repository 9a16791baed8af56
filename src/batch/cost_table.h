// CostTable: what calls of primitives cost, from a profile that was saved, for guessing which
// programs take longest.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "graph/program.h"
#include "primitives/registry.h"

namespace arcbatch {

class CostTable {
 public:
  // Of a statement without its kernel (bench/README.md).
  static constexpr double kDispatchNanoseconds = 13;

  // Reads what `arcbatch run --profile-json` wrote. Throws std::invalid_argument, saying what is
  // wrong with the text.
  explicit CostTable(std::string_view profile_json);

  // About how many nanoseconds the functions of a program take, each called once: every statement
  // once, at the mean of its primitive. Those that are not in the profile cost the mean of all.
  [[nodiscard]] u64 cost_of(const Program& program, const std::vector<u32>& functions) const;
  // The mean of a call of any primitive.
  [[nodiscard]] double mean_nanoseconds() const { return mean_; }
  [[nodiscard]] double nanoseconds(Prim p) const { return by_primitive_[static_cast<u32>(p)]; }

 private:
  std::vector<double> by_primitive_;
  double mean_ = 0;
};

}  // namespace arcbatch
