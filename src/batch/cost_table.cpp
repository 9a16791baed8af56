// Sums of means over the operands of statements.
#include "batch/cost_table.h"

#include <nlohmann/json.hpp>
#include <stdexcept>

namespace arcbatch {

CostTable::CostTable(std::string_view profile_json) : by_primitive_(kPrimCount, -1) {
  double nanoseconds = 0;
  double calls = 0;
  try {
    const nlohmann::json json = nlohmann::json::parse(profile_json);
    for (const nlohmann::json& row : json.at("primitives")) {
      const int prim = find_primitive(row.at("name").get<std::string>());
      const double n = row.at("calls").get<double>();
      // Those that call others have no time of their own.
      if (prim < 0 || n <= 0 || row.at("kernel_ns").is_null()) continue;
      const double ns = row.at("kernel_ns").get<double>();
      by_primitive_[static_cast<std::size_t>(prim)] = ns / n;
      nanoseconds += ns;
      calls += n;
    }
  } catch (const nlohmann::json::exception& wrong) {
    throw std::invalid_argument(std::string("no profile of run --profile-json: ") + wrong.what());
  }
  if (calls == 0) throw std::invalid_argument("a profile without calls");
  mean_ = nanoseconds / calls;
  for (double& ns : by_primitive_) {
    if (ns < 0) ns = mean_;
  }
}

u64 CostTable::cost_of(const Program& program, const std::vector<u32>& functions) const {
  double total = 0;
  for (const u32 index : functions) {
    const Function& f = program.functions[index];
    total += static_cast<double>(f.code.size()) * kDispatchNanoseconds;
    for (const Operand operand : f.operands) {
      if (operand.kind() == OperandKind::primitive) total += by_primitive_[operand.index()];
    }
  }
  return static_cast<u64>(total);
}

}  // namespace arcbatch
