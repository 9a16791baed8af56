// The profile in the forms that people and programs read.
#include "report/profile.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/ticks.h"
#include "primitives/registry.h"

namespace arcbatch {
namespace {

struct Row {
  const PrimInfo* info;
  const PrimProfile* counts;
  double ns;
};

std::vector<Row> rows_of(const std::vector<PrimProfile>& profile) {
  const double tick = nanoseconds_per_tick();
  std::vector<Row> rows;
  for (u32 k = 0; k < kPrimCount && k < profile.size(); ++k) {
    if (profile[k].calls == 0) continue;
    const double ns = static_cast<double>(profile[k].ticks) * tick;
    rows.push_back({&prim_info(static_cast<Prim>(k)), &profile[k], ns});
  }
  std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
    return a.ns != b.ns ? a.ns > b.ns : a.counts->calls > b.counts->calls;
  });
  return rows;
}

void add(PrimProfile& sum, const PrimProfile& p) {
  sum.calls += p.calls;
  sum.orders += p.orders;
  sum.generic += p.generic;
  sum.ticks += p.ticks;
}

PrimProfile total_of(const std::vector<PrimProfile>& profile) {
  PrimProfile total;
  for (const PrimProfile& p : profile) add(total, p);
  return total;
}

std::string share(u64 part, u64 whole) {
  if (part == 0 || whole == 0) return "";
  return fmt::format("{:.2f} %", 100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

}  // namespace

void add_profile(std::vector<PrimProfile>& sum, const std::vector<PrimProfile>& profile) {
  if (sum.size() < profile.size()) sum.resize(profile.size());
  for (std::size_t k = 0; k < profile.size(); ++k) add(sum[k], profile[k]);
}

std::string profile_table(const std::vector<PrimProfile>& profile) {
  std::string text = fmt::format("{:<16} {:>12} {:>9} {:>9} {:>10} {:>9} {:>10}\n", "primitive",
                                 "calls", "ns a call", "orders", "", "generic", "");
  const auto line = [&text](std::string_view name, const PrimProfile& p, double ns, bool timed) {
    const std::string each =
        timed && p.calls > 0 ? fmt::format("{:.1f}", ns / static_cast<double>(p.calls)) : "";
    text += fmt::format("{:<16} {:>12} {:>9} {:>9} {:>10} {:>9} {:>10}\n", name, p.calls, each,
                        p.orders, share(p.orders, p.calls), p.generic, share(p.generic, p.calls));
  };
  for (const Row& row : rows_of(profile)) {
    line(row.info->name, *row.counts, row.ns, row.info->kind == PrimKind::leaf);
  }
  if (!profile.empty() && profile.back().orders > 0) {
    line("(the result)", profile.back(), 0, false);
  }
  line("all", total_of(profile), 0, false);
  return text;
}

std::string profile_json(const std::vector<PrimProfile>& profile) {
  using Json = nlohmann::ordered_json;
  Json list = Json::array();
  for (const Row& row : rows_of(profile)) {
    const bool leaf = row.info->kind == PrimKind::leaf;
    list.push_back({{"name", row.info->name},
                    {"kind", leaf ? "leaf" : "higher"},
                    {"calls", row.counts->calls},
                    {"kernel_ns", leaf ? Json(row.ns) : Json(nullptr)},
                    {"orders", row.counts->orders},
                    {"generic", row.counts->generic}});
  }
  const PrimProfile total = total_of(profile);
  const Json json = {
      {"primitives", list},
      {"result_orders", profile.empty() ? 0 : profile.back().orders},
      {"total", {{"calls", total.calls}, {"orders", total.orders}, {"generic", total.generic}}}};
  return json.dump(2) + "\n";
}

}  // namespace arcbatch
