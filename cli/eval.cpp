// `arcbatch eval`: one program on one input, or a stream of requests as JSON lines.
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "backend/cpu/runner.h"
#include "commands.h"
#include "common.h"
#include "frontend/frontend.h"
#include "task/loader.h"
#include "values/print.h"

namespace arcbatch::cli {
namespace {

using PlainJson = nlohmann::json;

// What a run came to, ready to print.
struct Answer {
  Status status = Status::ok;
  std::string value;
  std::string reason;
  u32 line = 0;
  std::string statement;
  std::vector<std::pair<std::string, std::string>> trace;
  std::vector<std::string> unordered;  // assigned, but of an order that depends on addresses
};

// Collects `name = repr` of the assignments that completed in one function.
struct Tracer {
  const Program* program = nullptr;
  u32 function = 0;
  std::vector<std::pair<std::string, std::string>> lines;
  std::vector<std::string> unordered;

  static void done(void* self, Ctx& ctx, u32 function, u32 statement, const Value* registers) {
    auto& tracer = *static_cast<Tracer*>(self);
    if (function != tracer.function) return;
    const Function& f = tracer.program->functions[function];
    const Statement& s = f.statements[statement];
    for (u32 k = s.first_target; k < s.first_target + s.target_count; ++k) {
      const std::string name(f.targets[k].name);
      const Value& v = registers[f.targets[k].reg];
      if (v.tag == Tag::unset || (flags_of(v) & kHasFunction) != 0) continue;
      std::string text;
      // A value whose order is by address has no repr to show; the run goes on.
      if (append_repr(ctx, v, text) == Status::ok) {
        tracer.lines.emplace_back(name, text);
      } else {
        tracer.unordered.push_back(name);
      }
    }
  }
};

// Builds a value from JSON: lists are tuples, null is None. Returns an explanation, or empty.
std::string value_from_json(Ctx& ctx, const PlainJson& json, u32 depth, Value& out) {
  if (depth > ctx.max_depth) return "an argument is nested too deeply";
  switch (json.type()) {
    case PlainJson::value_t::null: out = Value::none(); return {};
    case PlainJson::value_t::boolean: out = Value::boolean(json.get<bool>()); return {};
    case PlainJson::value_t::number_integer: out = Value::integer(json.get<i64>()); return {};
    case PlainJson::value_t::number_unsigned: {
      const auto n = json.get<u64>();
      if (n > static_cast<u64>(INT64_MAX)) return "an argument has an integer beyond 64 bits";
      out = Value::integer(static_cast<i64>(n));
      return {};
    }
    case PlainJson::value_t::array: {
      std::vector<Value> items;
      items.reserve(json.size());
      for (const PlainJson& item : json) {
        Value v;
        if (std::string why = value_from_json(ctx, item, depth + 1, v); !why.empty()) return why;
        items.push_back(v);
      }
      if (make_tuple(ctx, items.data(), items.size(), out) != Status::ok) {
        return "an argument does not fit in memory";
      }
      return {};
    }
    default:
      return std::string("an argument holds a ") + json.type_name() +
             "; only lists, integers, booleans and null stand for DSL values";
  }
}

// Runs a function and fills `answer`; `args` were built after runner.begin().
void run_function(Runner& runner, u32 function, const std::vector<Value>& args, bool trace,
                  Answer& answer) {
  Tracer tracer;
  tracer.program = &runner.program();
  tracer.function = function;
  runner.observer = trace ? Observer{&tracer, &Tracer::done} : Observer{};
  Value out;
  answer.status = runner.run(function, args.data(), static_cast<u32>(args.size()), out);
  runner.observer = Observer{};
  if (answer.status == Status::ok) answer.status = append_repr(runner.ctx(), out, answer.value);
  if (answer.status != Status::ok) {
    answer.reason = status_name(answer.status);
    if (!runner.refusal().empty()) answer.reason = runner.refusal();
    if (const Statement* s = runner.error_statement(); s != nullptr) {
      answer.line = s->line;
      answer.statement = s->text;
    }
  }
  answer.trace = std::move(tracer.lines);
  answer.unordered = std::move(tracer.unordered);
}

int select_function(const Program& program, const std::string& name) {
  if (!name.empty()) return program.find(name);
  return program.defs.empty() ? -1 : static_cast<int>(program.defs.back());
}

PlainJson refuse(const std::string& reason) {
  return PlainJson{{"status", "unsupported"}, {"reason", reason}};
}

// Answers one line of the protocol.
PlainJson serve(Runner& runner, const std::string& line, Dsl dialect) {
  const PlainJson request = PlainJson::parse(line, nullptr, false);
  if (request.is_discarded()) return refuse("the line is not valid JSON");
  if (!request.is_object()) return refuse("the line is not a JSON object");
  const auto source = request.find("source");
  if (source == request.end() || !source->is_string()) {
    return refuse("\"source\" is missing or not a string");
  }
  std::string name;
  if (const auto f = request.find("function"); f != request.end() && !f->is_null()) {
    if (!f->is_string()) return refuse("\"function\" is not a string");
    name = f->get<std::string>();
  }
  bool trace = false;
  if (const auto t = request.find("trace"); t != request.end() && !t->is_null()) {
    if (!t->is_boolean()) return refuse("\"trace\" is not true or false");
    trace = t->get<bool>();
  }
  const auto args = request.find("args");
  if (args != request.end() && !args->is_array()) return refuse("\"args\" is not a list");

  if (const auto d = request.find("dialect"); d != request.end() && !d->is_null()) {
    if (!d->is_string() || !find_dialect(d->get_ref<const std::string&>(), dialect)) {
      return refuse("\"dialect\" is not the name of a dialect");
    }
  }

  const CompileResult compiled =
      compile_source(source->get_ref<const std::string&>(), "source", dialect);
  if (!compiled.ok) {
    const Diagnostic& d = compiled.errors.front();
    PlainJson answer = refuse(d.message);
    answer["line"] = d.line;
    answer["column"] = d.column;
    return answer;
  }
  const int function = select_function(compiled.program, name);
  if (function < 0) {
    return refuse(name.empty() ? "the source defines no function"
                               : "the source defines no function '" + name + "'");
  }
  runner.load(compiled.program);
  runner.begin();
  std::vector<Value> values;
  if (args != request.end()) {
    for (const PlainJson& arg : *args) {
      Value v;
      if (std::string why = value_from_json(runner.ctx(), arg, 0, v); !why.empty()) {
        return refuse(why);
      }
      values.push_back(v);
    }
  }
  Answer answer;
  run_function(runner, static_cast<u32>(function), values, trace, answer);
  PlainJson json{{"status", status_kind_name(answer.status)}};
  switch (kind_of(answer.status)) {
    case StatusKind::value: json["value"] = answer.value; break;
    case StatusKind::error: json["error"] = answer.reason; break;
    default: json["reason"] = answer.reason; break;
  }
  if (answer.status != Status::ok && answer.line != 0) {
    json["line"] = answer.line;
    json["statement"] = answer.statement;
  }
  if (trace) {
    json["trace"] = PlainJson::array();
    for (auto& [target, text] : answer.trace) json["trace"].push_back({target, text});
    if (!answer.unordered.empty()) json["unordered"] = answer.unordered;
  }
  return json;
}

int serve_lines(const CommonOptions& options) {
  Runner runner(options.run);
  std::string line;
  while (std::getline(std::cin, line)) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    PlainJson answer = serve(runner, line, options.dialect);
    // Sources may hold bytes that are not UTF-8; the answer must still be one line of JSON.
    print(answer.dump(-1, ' ', false, PlainJson::error_handler_t::replace) + "\n");
    flush_output();
  }
  return 0;
}

GridData grid_from_file(const std::string& path) {
  GridResult loaded = load_grid(path);
  if (!loaded.ok) throw CommandError(format_task_error(loaded.error));
  return std::move(loaded.grid);
}

// FILE[:train|test[:index]], by default the first train pair.
GridData grid_from_task(const std::string& text) {
  std::string path = text;
  std::string split = "train";
  unsigned long index = 0;
  const auto take_suffix = [&path](std::string& out) {
    const auto colon = path.rfind(':');
    if (colon == std::string::npos) return false;
    out = path.substr(colon + 1);
    path.resize(colon);
    return true;
  };
  std::string last;
  const std::string whole = path;
  if (take_suffix(last)) {
    if (last == "train" || last == "test") {
      split = last;
    } else if (!last.empty() && last.size() < 6 &&
               last.find_first_not_of("0123456789") == std::string::npos && take_suffix(split) &&
               (split == "train" || split == "test")) {
      index = std::stoul(last);
    } else {
      path = whole;
      split = "train";
    }
  }
  const LoadResult loaded = load_tasks(std::span(&path, 1));
  if (!loaded.errors.empty()) throw CommandError(format_task_error(loaded.errors.front()));
  if (loaded.tasks.size() != 1) throw CommandError(path + ": holds more than one task");
  const Task& task = loaded.tasks.front();
  const std::vector<Pair>& pairs = split == "train" ? task.train : task.test;
  if (index >= pairs.size()) {
    throw CommandError(path + ": has " + std::to_string(pairs.size()) + " " + split +
                       " pairs, there is no index " + std::to_string(index));
  }
  return pairs[index].input;
}

int eval_file(const CommonOptions& options, const std::string& file, const std::string& function,
              const std::string& input, const std::string& task, bool trace) {
  const std::string source = read_file(file);
  const CompileResult compiled = compile_source(source, file, options.dialect);
  if (!compiled.ok) {
    std::string text;
    for (const Diagnostic& d : compiled.errors) text += format_diagnostic(d) + "\n";
    while (!text.empty() && text.back() == '\n') text.pop_back();
    throw CommandError(text);
  }
  for (const Diagnostic& d : compiled.program.warnings) {
    std::cerr << format_diagnostic(d) << "\n";
  }
  const int index = select_function(compiled.program, function);
  if (index < 0) {
    throw CommandError(function.empty() ? file + ": defines no function"
                                        : file + ": defines no function '" + function + "'");
  }
  Runner runner(options.run);
  runner.load(compiled.program);
  const GridData grid = input.empty() ? grid_from_task(task) : grid_from_file(input);
  runner.begin();
  GridObj* g = nullptr;
  if (make_grid(runner.ctx(), grid.h, grid.w, g) != Status::ok) {
    throw CommandError("the input does not fit in memory");
  }
  for (u64 k = 0; k < grid.cells.size(); ++k) g->cells()[k] = grid.cells[k];
  Answer answer;
  run_function(runner, static_cast<u32>(index), {Value::of(g)}, trace, answer);
  for (const auto& [name, text] : answer.trace) print(name + " = " + text + "\n");
  for (const std::string& name : answer.unordered) {
    print(name + " is not shown: its order depends on addresses\n");
  }
  if (answer.status == Status::ok) {
    print((trace ? "return " : "") + answer.value + "\n");
    flush_output();
    return 0;
  }
  std::string text = kind_of(answer.status) == StatusKind::error
                         ? answer.reason
                         : std::string(status_kind_name(answer.status)) + ": " + answer.reason;
  if (answer.line != 0) {
    text += " at " + file + ":" + std::to_string(answer.line) + ": " + answer.statement;
  }
  print(text + "\n");
  flush_output();
  return 1;
}

struct EvalOptions {
  CommonOptions common;
  std::string file;
  std::string function;
  std::string input;
  std::string task;
  bool trace = false;
  bool jsonl = false;
};

}  // namespace

void add_eval(CLI::App& app, int& exit_code) {
  CLI::App* sub = app.add_subcommand("eval", "Evaluate one program on one input");
  sub->footer(
      "Examples:\n"
      "  arcbatch eval solvers.py --function solve_67a3c6ac --task 67a3c6ac.json:train:0\n"
      "  arcbatch eval mine.py --input grid.json --trace\n"
      "  arcbatch eval --jsonl < requests.jsonl\n"
      "A request is one JSON object a line: {\"source\": \"def f(I): ...\", \"function\": "
      "optional,\n"
      "\"args\": [values; lists are tuples, null is None], \"trace\": optional}; each gets one "
      "line.\n"
      "A trace has no variable that holds a function; those whose order depends on addresses are "
      "named in \"unordered\".\n"
      "Exit codes: 0 a value, 1 an error of the program or of its files, 2 usage.");
  auto options = std::make_shared<EvalOptions>();
  sub->add_option("file", options->file, "Python file with the program");
  sub->add_option("--function", options->function, "Function to call (default: the last def)");
  auto* input = sub->add_option("--input", options->input, "JSON file with the input grid");
  auto* task = sub->add_option("--task", options->task,
                               "Task file, with :train:INDEX or :test:INDEX to choose a pair");
  input->excludes(task);
  sub->add_flag("--trace", options->trace, "Print every assignment as it completes");
  auto* jsonl = sub->add_flag("--jsonl", options->jsonl, "Serve JSON requests on standard input");
  jsonl->excludes(input)->excludes(task);
  add_dialect(*sub, options->common);
  add_common(*sub, options->common);
  sub->callback([options, &exit_code] {
    if (options->jsonl) {
      if (!options->file.empty()) {
        throw CLI::ValidationError("eval", "--jsonl reads requests from standard input, not FILE");
      }
      exit_code = serve_lines(options->common);
      return;
    }
    if (options->file.empty()) throw CLI::RequiredError("file");
    if (options->input.empty() && options->task.empty()) {
      throw CLI::RequiredError("--input or --task");
    }
    exit_code = eval_file(options->common, options->file, options->function, options->input,
                          options->task, options->trace);
  });
}

}  // namespace arcbatch::cli
