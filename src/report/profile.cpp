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

PrimProfile total_of(const std::vector<PrimProfile>& profile) {
  PrimProfile total;
  for (const PrimProfile& p : profile) {
    total.calls += p.calls;
    total.orders += p.orders;
    total.generic += p.generic;
    total.ticks += p.ticks;
  }
  return total;
}

std::string share(u64 part, u64 whole) {
  if (part == 0 || whole == 0) return "";
  return fmt::format("{:.2f} %", 100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

constexpr const char* kClassNames[kNodeClasses] = {"literals", "S", "I", "C"};

// Nothing where no work was shared.
std::string node_table(const NodeProfiles& nodes) {
  std::string text;
  const double tick = nanoseconds_per_tick();
  for (u32 k = 0; k < kNodeClasses; ++k) {
    const NodeProfile& p = nodes[k];
    if (p.nodes == 0) continue;
    if (text.empty()) {
      text =
          fmt::format("\n{:<16} {:>12} {:>12} {:>12} {:>10} {:>12} {:>9} {:>9}\n", "nodes of",
                      "different", "visits", "evaluated", "ns each", "bytes", "orders", "generic");
    }
    const double ns = static_cast<double>(p.ticks) * tick;
    const std::string each =
        p.evaluated > 0 ? fmt::format("{:.1f}", ns / static_cast<double>(p.evaluated)) : "";
    text += fmt::format("{:<16} {:>12} {:>12} {:>12} {:>10} {:>12} {:>9} {:>9}\n", kClassNames[k],
                        p.nodes, p.visits, p.evaluated, each, p.bytes, p.orders, p.generic);
  }
  return text;
}

}  // namespace

std::string profile_table(const Profile& profile) {
  const std::vector<PrimProfile>& primitives = profile.primitives;
  std::string text = fmt::format("{:<16} {:>12} {:>9} {:>9} {:>10} {:>9} {:>10}\n", "primitive",
                                 "calls", "ns a call", "orders", "", "generic", "");
  const auto line = [&text](std::string_view name, const PrimProfile& p, double ns, bool timed) {
    const std::string each =
        timed && p.calls > 0 ? fmt::format("{:.1f}", ns / static_cast<double>(p.calls)) : "";
    text += fmt::format("{:<16} {:>12} {:>9} {:>9} {:>10} {:>9} {:>10}\n", name, p.calls, each,
                        p.orders, share(p.orders, p.calls), p.generic, share(p.generic, p.calls));
  };
  for (const Row& row : rows_of(primitives)) {
    line(row.info->name, *row.counts, row.ns, row.info->kind == PrimKind::leaf);
  }
  if (!primitives.empty() && primitives.back().orders > 0) {
    line("(the result)", primitives.back(), 0, false);
  }
  line("all", total_of(primitives), 0, false);
  return text + node_table(profile.nodes);
}

std::string profile_json(const Profile& profile) {
  const std::vector<PrimProfile>& primitives = profile.primitives;
  using Json = nlohmann::ordered_json;
  Json list = Json::array();
  for (const Row& row : rows_of(primitives)) {
    const bool leaf = row.info->kind == PrimKind::leaf;
    list.push_back({{"name", row.info->name},
                    {"kind", leaf ? "leaf" : "higher"},
                    {"calls", row.counts->calls},
                    {"kernel_ns", leaf ? Json(row.ns) : Json(nullptr)},
                    {"orders", row.counts->orders},
                    {"generic", row.counts->generic}});
  }
  Json nodes = Json::array();
  for (u32 k = 0; k < kNodeClasses; ++k) {
    const NodeProfile& p = profile.nodes[k];
    if (p.nodes == 0) continue;
    nodes.push_back({{"class", kClassNames[k]},
                     {"nodes", p.nodes},
                     {"visits", p.visits},
                     {"evaluated", p.evaluated},
                     {"ns", static_cast<double>(p.ticks) * nanoseconds_per_tick()},
                     {"bytes", p.bytes},
                     {"orders", p.orders},
                     {"generic", p.generic}});
  }
  const PrimProfile total = total_of(primitives);
  const Json json = {
      {"primitives", list},
      {"result_orders", primitives.empty() ? 0 : primitives.back().orders},
      {"total", {{"calls", total.calls}, {"orders", total.orders}, {"generic", total.generic}}},
      {"nodes", nodes}};
  return json.dump(2) + "\n";
}

}  // namespace arcbatch
