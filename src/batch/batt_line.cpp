// Outcomes of batt files as lines of JSON.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string_view>

#include "batch/batt.h"

namespace arcbatch {
namespace {

void append_text(std::string_view text, std::string& out) {
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
    return c >= ' ' && c <= '~' && c != '"' && c != '\\';
  });
  if (plain) {
    out += '"';
    out += text;
    out += '"';
  } else {
    out += nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  }
}

void append_item(const BattItem& item, std::string& out) {
  switch (item.kind) {
    case BattItem::Kind::unknown: out += "null"; break;
    case BattItem::Kind::boolean: out += item.integer != 0 ? "true" : "false"; break;
    case BattItem::Kind::integer: out += std::to_string(item.integer); break;
    default: append_text(item.text, out); break;
  }
}

void append_items(const std::vector<BattItem>& items, std::string& out) {
  out += '[';
  for (std::size_t k = 0; k < items.size(); ++k) {
    if (k > 0) out += ',';
    append_item(items[k], out);
  }
  out += ']';
}

void append_entries(const std::vector<BattEntry>& entries, std::string& out) {
  out += '[';
  for (std::size_t k = 0; k < entries.size(); ++k) {
    if (k > 0) out += ',';
    if (entries[k].is_tuple) {
      append_items(entries[k].items, out);
    } else {
      append_item(entries[k].items.front(), out);
    }
  }
  out += ']';
}

}  // namespace

void append_batt_line(const BattRun& run, const std::string& task, const std::string& file,
                      std::string& out) {
  out += R"({"task":)";
  append_text(task, out);
  fmt::format_to(std::back_inserter(out), R"(,"kind":"{}","index":{},"C":"{}")",
                 run.is_demo ? "demo" : "test", run.index, run.scored ? "output" : "None");
  if (!file.empty()) {
    out += R"(,"file":)";
    append_text(file, out);
  }
  const BattOutcome& outcome = run.outcome;
  fmt::format_to(std::back_inserter(out), R"(,"status":"{}")", status_kind_name(outcome.status));
  if (outcome.status != Status::ok) {
    out += R"(,"reason":)";
    append_text(outcome.reason, out);
    if (outcome.line != 0) fmt::format_to(std::back_inserter(out), R"(,"line":{})", outcome.line);
  } else {
    out += R"(,"o":)";
    append_entries(outcome.o, out);
    out += R"(,"s":)";
    append_entries(outcome.s, out);
    if (outcome.matches) {
      out += R"(,"matches":)";
      append_items(*outcome.matches, out);
    }
  }
  out += "}\n";
}

}  // namespace arcbatch
