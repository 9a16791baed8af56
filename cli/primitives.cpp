// arcbatch primitives: the registry as a table, and what one name of the DSL means.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "commands.h"
#include "common.h"
#include "frontend/diagnostics.h"
#include "primitives/registry.h"
#include "primitives/tokpidjin/registry.h"

namespace arcbatch::cli {
namespace {

struct PrimitivesArguments {
  CommonOptions common;
  std::string name;
  bool names = false;
  bool markdown = false;
};

std::vector<std::string_view> split(std::string_view list) {
  std::vector<std::string_view> parts;
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    parts.push_back(list.substr(0, comma));
    list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
  }
  return parts;
}

// "fill(grid: Grid, value: Integer, patch: Patch) -> Grid"
std::string signature(const PrimInfo& info) {
  const std::vector<std::string_view> params = split(info.params);
  const std::vector<std::string_view> types = split(info.types);
  std::string text = std::string(info.name) + "(";
  for (std::size_t k = 0; k < params.size(); ++k) {
    text += fmt::format("{}{}: {}", k == 0 ? "" : ", ", params[k], types[k]);
  }
  return text + fmt::format(") -> {}", info.result);
}

std::vector<const PrimInfo*> all_primitives() {
  std::vector<const PrimInfo*> all;
  all.reserve(kPrimCount);
  for (u32 k = 0; k < kPrimCount; ++k) all.push_back(&prim_info(static_cast<Prim>(k)));
  return all;
}

void print_names() {
  for (const PrimInfo* info : all_primitives()) print(fmt::format("{}\n", info->name));
}

void print_table() {
  const bool colour = use_colour(stdout);
  const auto row = [](std::string_view name, std::string_view family, std::string_view order,
                      std::string_view text, std::string_view meaning) {
    print(fmt::format("{:<13} {:<11} {:<7} {:<58} {}\n", name, family, order, text, meaning));
  };
  if (colour) print("\x1b[1m");
  row("name", "family", "order", "signature", "meaning");
  if (colour) print("\x1b[0m");
  for (const PrimInfo* info : all_primitives()) {
    row(info->name, family_name(info->family), order_name(info->order), signature(*info),
        info->doc);
  }
}

void print_markdown() {
  print("| name | signature | family | order | meaning |\n|---|---|---|---|---|\n");
  for (const PrimInfo* info : all_primitives()) {
    print(fmt::format("| `{}` | `{}` | {} | {} | {} |\n", info->name, signature(*info),
                      family_name(info->family), order_name(info->order), info->doc));
  }
}

const char* order_text(OrderDependence order) {
  switch (order) {
    case OrderDependence::never:
      return "never: the result does not depend on the iteration order of sets";
    case OrderDependence::ties:
      return "ties: the iteration order of a set decides among equals (keys, counts, colours) "
             "or conflicts";
    case OrderDependence::always:
      return "always: the result shows the iteration order where elements of a set come in a "
             "tuple or singly";
  }
  return "";
}

std::string constant_text(const DialectConstant& c) {
  switch (c.kind) {
    case DialectConstant::Kind::boolean: return c.a != 0 ? "True" : "False";
    case DialectConstant::Kind::integer: return std::to_string(c.a);
    case DialectConstant::Kind::pair: return fmt::format("({}, {})", c.a, c.b);
  }
  return "";
}

// The name of the DSL that `name` was likely meant to be, or "".
std::string nearest_name(std::string_view name) {
  std::string best;
  u32 limit = static_cast<u32>(name.size()) / 3 + 2;
  const auto offer = [&](std::string_view candidate) {
    const u32 distance = edit_distance(name, candidate, limit);
    if (distance >= limit) return;
    best = std::string(candidate);
    limit = distance;
  };
  for (const PrimInfo* info : all_primitives()) offer(info->name);
  for (const DialectConstant& c : kConstants) offer(c.name);
  return best;
}

void print_details(const std::string& name) {
  if (const int constant = find_constant(name); constant >= 0) {
    print(fmt::format("{} = {}\n", name, constant_text(kConstants[constant])));
    return;
  }
  const int found = find_primitive(name);
  if (found < 0) {
    const std::string nearest = nearest_name(name);
    throw CommandError(
        fmt::format("no primitive or constant is called '{}'{}", name,
                    nearest.empty() ? "" : fmt::format("; did you mean '{}'?", nearest)));
  }
  const PrimInfo& info = prim_info(static_cast<Prim>(found));
  print(styled(signature(info), "1", use_colour(stdout)) + "\n");
  print(fmt::format("  {}\n", info.doc));
  print(fmt::format("  family     {}\n", family_name(info.family)));
  print(fmt::format("  arguments  {}\n", info.arity));
  print(fmt::format("  order      {}\n", order_text(info.order)));
  print(fmt::format("  runs as    {}\n",
                    info.kind == PrimKind::leaf
                        ? "a kernel"
                        : "an operation of the evaluator: it calls or makes functions"));
}

// The functions of tokpidjin: how each stands to arc-dsl, and what an error gives.
void print_tokpidjin(const std::string& name, bool names) {
  constexpr const char* kFallbacks[] = {"()", "frozenset()", "0", "False", "a function"};
  bool any = false;
  for (const tok::FnInfo& info : tok::kFunctions) {
    if (!name.empty() && name != info.name) continue;
    any = true;
    if (names) {
      print(fmt::format("{}\n", info.name));
      continue;
    }
    std::string relation = "of its own";
    if (info.relation != tok::Relation::fresh) {
      relation =
          fmt::format("{} {}", info.relation == tok::Relation::same ? "as" : "unlike", info.like);
    }
    print(fmt::format("{:<50} error {:<12} {}\n",
                      fmt::format("{}({}) -> {}", info.name, info.params, info.result),
                      kFallbacks[static_cast<u32>(info.fallback)], relation));
  }
  if (!any) throw CommandError(fmt::format("no function of tokpidjin is called '{}'", name));
}

}  // namespace

void add_primitives(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<PrimitivesArguments>();
  CLI::App* sub = app.add_subcommand("primitives", "List the primitives, or explain one");
  auto* name = sub->add_option("name", arguments->name, "A primitive or constant of the DSL")
                   ->type_name("NAME");
  auto* names = sub->add_flag("--names", arguments->names, "Print the names only, one a line");
  sub->add_flag("--markdown", arguments->markdown, "Print the table as Markdown")
      ->excludes(names)
      ->excludes(name);
  names->excludes(name);
  add_dialect(*sub, arguments->common);
  sub->footer(
      "The column `order` says whether a result can depend on the iteration order of a set:\n"
      "never, on ties (and other conflicts), or always.\n"
      "\n"
      "Examples:\n"
      "  arcbatch primitives\n"
      "  arcbatch primitives gravitate\n"
      "  arcbatch primitives | grep patch");
  sub->callback([arguments, &exit_code] {
    if (arguments->common.dialect == Dsl::tokpidjin) {
      print_tokpidjin(arguments->name, arguments->names);
    } else if (arguments->names) {
      print_names();
    } else if (arguments->markdown) {
      print_markdown();
    } else if (!arguments->name.empty()) {
      print_details(arguments->name);
    } else {
      print_table();
    }
    exit_code = 0;
  });
}

}  // namespace arcbatch::cli
