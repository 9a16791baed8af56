// `arcbatch batt`: a batt file on tasks; what it appended to its lists `o` and `s`, example by
// example.
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "batch/outcome.h"
#include "commands.h"
#include "common.h"
#include "frontend/frontend.h"
#include "primitives/tokpidjin/registry.h"
#include "task/loader.h"
#include "values/print.h"

namespace arcbatch::cli {
namespace {

using Json = nlohmann::ordered_json;

struct BattArguments {
  CommonOptions common;
  std::string file;
  std::string function = "batt";
  std::string out;
  std::vector<std::string> tasks;
};

bool is_special(const Value& v, u32 function) {
  return v.tag == Tag::closure && v.closure->kind == ClosureKind::dialect &&
         v.closure->function == function;
}

// Ints, bools and texts as they are, anything else as its repr; null where that has no order.
Json json_of(Ctx& ctx, const Value& v) {
  if (v.tag == Tag::integer) return v.i;
  if (v.tag == Tag::boolean) return v.i != 0;
  std::string text;
  if (is_special(v, tok::kUnknown) || append_repr(ctx, v, text) != Status::ok) return nullptr;
  return is_special(v, tok::kTextFunction) ? text.substr(1, text.size() - 2) : text;
}

// The entries of a result list: all but the last item of each as they are, the last as its repr.
Json entries_of(Ctx& ctx, const Value& list) {
  Json entries = Json::array();
  for (u32 k = 0; k < list.list->len; ++k) {
    const Value& item = list.list->items[k];
    TupleView view;
    if (!item.is_tuple() || view_tuple(ctx, item, view) != Status::ok) {
      entries.push_back(json_of(ctx, item));
      continue;
    }
    Json entry = Json::array();
    for (u32 j = 0; j + 1 < view.len; ++j) entry.push_back(json_of(ctx, view.items[j]));
    std::string text;
    const Value& last = view.items[view.len - 1];
    const bool shown =
        !is_special(last, tok::kUnknown) && append_repr(ctx, last, text) == Status::ok;
    entry.push_back(shown ? Json(text) : Json(nullptr));
    entries.push_back(std::move(entry));
  }
  return entries;
}

// The first items of the entries whose last item equals the expected output.
Json matches_of(Ctx& ctx, const Value& list, const Value& expected) {
  Json found = Json::array();
  for (u32 k = 0; k < list.list->len; ++k) {
    TupleView view;
    bool same = false;
    if (!list.list->items[k].is_tuple() ||
        view_tuple(ctx, list.list->items[k], view) != Status::ok || view.len < 2) {
      continue;
    }
    if (equal(ctx, view.items[view.len - 1], expected, same) == Status::ok && same) {
      found.push_back(json_of(ctx, view.items[0]));
    }
  }
  return found;
}

// One call batt(task_id, S, I, C, log_path), of which the first and the last are None here.
Json call_batt(Runner& runner, u32 function, const Task& task, const Pair& pair, bool scored) {
  runner.begin();
  Ctx& ctx = runner.ctx();
  Value args[5] = {Value::none(), Value{}, Value{}, Value::none(), Value::none()};
  Value expected;
  Value out;
  Status status = pairs_value(ctx, task.train, args[1]);
  if (status == Status::ok) status = grid_value(ctx, pair.input, args[2]);
  if (status == Status::ok && pair.output) status = grid_value(ctx, *pair.output, expected);
  if (scored) args[3] = expected;
  if (status == Status::ok) status = runner.run(function, args, 5, out);
  Json json{{"status", status_kind_name(status)}};
  if (status != Status::ok) {
    json["reason"] = runner.refusal().empty() ? status_name(status) : std::string(runner.refusal());
    if (const Statement* s = runner.error_statement(); s != nullptr) json["line"] = s->line;
    return json;
  }
  TupleView lists;
  if (!out.is_tuple() || view_tuple(ctx, out, lists) != Status::ok || lists.len != 2 ||
      lists.items[0].tag != Tag::list || lists.items[1].tag != Tag::list) {
    json["status"] = "unsupported";
    json["reason"] = "the function does not return two lists";
    return json;
  }
  json["o"] = entries_of(ctx, lists.items[0]);
  json["s"] = entries_of(ctx, lists.items[1]);
  if (pair.output) json["matches"] = matches_of(ctx, lists.items[0], expected);
  return json;
}

int batt(const BattArguments& arguments) {
  const std::string source = read_file(arguments.file);
  const CompileResult compiled = compile_source(source, arguments.file, arguments.common.dialect);
  if (!compiled.ok) throw CommandError(format_diagnostic(compiled.errors.front()));
  const int function = compiled.program.find(arguments.function);
  if (function < 0) {
    throw CommandError(
        fmt::format("{}: defines no function '{}'", arguments.file, arguments.function));
  }
  const LoadResult loaded = load_tasks(arguments.tasks);
  if (!loaded.errors.empty()) throw CommandError(format_task_error(loaded.errors.front()));
  std::unique_ptr<OutputFile> file;
  if (!arguments.out.empty()) file = std::make_unique<OutputFile>(arguments.out);
  Runner runner(arguments.common.run);
  runner.load(compiled.program);
  bool all = true;
  for (const Task& task : loaded.tasks) {
    for (const bool demo : {true, false}) {
      const std::vector<Pair>& pairs = demo ? task.train : task.test;
      for (std::size_t k = 0; k < pairs.size(); ++k) {
        for (const bool scored : {false, true}) {
          if (scored && !pairs[k].output) continue;
          Json line{{"task", task.id},
                    {"kind", demo ? "demo" : "test"},
                    {"index", k},
                    {"C", scored ? "output" : "None"}};
          line.update(call_batt(runner, static_cast<u32>(function), task, pairs[k], scored));
          all = all && line["status"] == "value";
          const std::string text = line.dump() + "\n";
          if (file != nullptr) {
            file->write(text);
          } else {
            print(text);
          }
        }
      }
    }
  }
  if (file != nullptr) file->close();
  flush_output();
  return all ? 0 : 1;
}

}  // namespace

void add_batt(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<BattArguments>();
  arguments->common.dialect = Dsl::tokpidjin;
  CLI::App* sub = app.add_subcommand("batt", "Run a batt file on tasks, and show what it found");
  sub->add_option("file", arguments->file, "File that defines batt(task_id, S, I, C, log_path)")
      ->required()
      ->type_name("FILE");
  sub->add_option("--tasks", arguments->tasks, "Task files and folders")
      ->required()
      ->type_name("PATH");
  sub->add_option("--function", arguments->function, "Function to call")->capture_default_str();
  sub->add_option("--out", arguments->out, "Write the lines to a file")->type_name("FILE");
  add_dialect(*sub, arguments->common);
  add_common(*sub, arguments->common);
  sub->footer(
      "Each example of each task is run with C = None, and where its output is known with that\n"
      "output as C. A line of JSON tells what was appended to `o` and `s`: the last item of each\n"
      "entry as its repr (null where it depends on addresses). `matches` are the first\n"
      "items of the entries of `o` whose last item is the expected output.\n"
      "Example:\n"
      "  arcbatch batt batt.py --tasks data/training --out found.jsonl\n"
      "Exit codes: 0 all runs returned, 1 some did not or a file cannot be used, 2 usage.");
  sub->callback([arguments, &exit_code] { exit_code = batt(*arguments); });
}

}  // namespace arcbatch::cli
