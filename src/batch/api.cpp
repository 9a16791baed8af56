// The public interface on top of the front end and the runner.
#include <fmt/format.h>

#include "batch/api_impl.h"
#include "frontend/frontend.h"
#include "values/lazy.h"

namespace arcbatch::api {

struct Engine::Impl {
  explicit Impl(const RunOptions& run_options) : options(run_options), runner(run_options) {}
  RunOptions options;
  Runner runner;
  std::shared_ptr<const Program::Impl> loaded;
};

namespace {

Message message_of(const Diagnostic& d) {
  return {d.severity == Diagnostic::Severity::error,
          d.file,
          d.line,
          d.column,
          d.message,
          d.source_line};
}

// Builds a value in the runner's arena. Recursion ends at the depth limit.
Status build(Ctx& ctx, const Data& data, u32 depth, Value& out) {
  if (depth > ctx.max_depth) return Status::limit_depth;
  switch (data.kind()) {
    case Data::Kind::none: out = Value::none(); return Status::ok;
    case Data::Kind::boolean: out = Value::boolean(data.integer() != 0); return Status::ok;
    case Data::Kind::integer: out = Value::integer(data.integer()); return Status::ok;
    case Data::Kind::tuple: {
      std::vector<Value> items(data.items().size());
      for (std::size_t k = 0; k < items.size(); ++k) {
        ARC_TRY(build(ctx, data.items()[k], depth + 1, items[k]));
      }
      ARC_TRY(make_tuple(ctx, items.data(), items.size(), out));
      return check_result(ctx, out);
    }
    case Data::Kind::set: {
      SetBuilder builder;
      ARC_TRY(builder.start(ctx));
      for (const Data& item : data.items()) {
        Value v;
        ARC_TRY(build(ctx, item, depth + 1, v));
        ARC_TRY(builder.add(ctx, v));
      }
      ARC_TRY(builder.finish(ctx, out));
      return check_result(ctx, out);
    }
  }
  return Status::unsupported_construct;
}

static_assert(static_cast<int>(Ending::value) == static_cast<int>(StatusKind::value) &&
              static_cast<int>(Ending::error) == static_cast<int>(StatusKind::error) &&
              static_cast<int>(Ending::limit) == static_cast<int>(StatusKind::limit) &&
              static_cast<int>(Ending::resource) == static_cast<int>(StatusKind::resource) &&
              static_cast<int>(Ending::unsupported) == static_cast<int>(StatusKind::unsupported));

}  // namespace

std::vector<Message> messages_of(const std::vector<Diagnostic>& diagnostics) {
  std::vector<Message> messages;
  messages.reserve(diagnostics.size());
  for (const Diagnostic& d : diagnostics) messages.push_back(message_of(d));
  return messages;
}

RunResult result_of(Outcome&& outcome) {
  RunResult result;
  result.ending = static_cast<Ending>(outcome.kind());
  result.value = std::move(outcome.value);
  if (is_error(outcome.status)) result.error = status_name(outcome.status);
  result.reason = std::move(outcome.reason);
  result.statement = std::move(outcome.statement);
  result.line = outcome.line;
  result.steps = outcome.steps;
  return result;
}

RunOptions run_options_of(const Options& options) {
  RunOptions run;
  run.limits.steps = options.max_steps;
  run.limits.bytes = options.max_bytes;
  run.limits.depth = options.max_depth;
  run.limits.expanded = options.max_expanded;
  run.arena_bytes = options.memory_bytes;
  if (!parse_kernel_path(options.kernels, run.path)) {
    throw std::invalid_argument(fmt::format("no kernels are called '{}'", options.kernels));
  }
  if (!kernel_path_available(run.path)) {
    throw std::invalid_argument(
        fmt::format("this machine cannot run the kernels '{}'", options.kernels));
  }
  return run;
}

Data Data::boolean(bool value) {
  Data data;
  data.kind_ = Kind::boolean;
  data.integer_ = value ? 1 : 0;
  return data;
}

Data Data::integer(std::int64_t value) {
  Data data;
  data.kind_ = Kind::integer;
  data.integer_ = value;
  return data;
}

Data Data::tuple(std::vector<Data> items) {
  Data data;
  data.kind_ = Kind::tuple;
  data.items_ = std::move(items);
  return data;
}

Data Data::set(std::vector<Data> items) {
  Data data = tuple(std::move(items));
  data.kind_ = Kind::set;
  return data;
}

Data Data::grid(const std::vector<std::vector<int>>& rows) {
  std::vector<Data> row_data;
  row_data.reserve(rows.size());
  for (const std::vector<int>& row : rows) {
    std::vector<Data> cells;
    cells.reserve(row.size());
    for (const int cell : row) cells.push_back(integer(cell));
    row_data.push_back(tuple(std::move(cells)));
  }
  return tuple(std::move(row_data));
}

Dsl dialect_of(std::string_view name) {
  Dsl dialect = Dsl::arc_dsl;
  if (find_dialect(name, dialect)) return dialect;
  throw std::invalid_argument(
      fmt::format("no dialect is called '{}': there are arc-dsl, tokpidjin", name));
}

Comparison comparison_of(std::string_view name) {
  Comparison comparison = Comparison::none;
  if (find_comparison(name, comparison)) return comparison;
  throw std::invalid_argument(
      fmt::format("no comparison is called '{}': there are none, expected, both", name));
}

Program Program::compile(std::string_view source, std::string_view file, std::string_view dialect) {
  CompileResult compiled = compile_source(source, file, dialect_of(dialect));
  if (!compiled.ok) {
    std::string what;
    for (const Diagnostic& d : compiled.errors) {
      what += (what.empty() ? "" : "\n") + format_diagnostic(d);
    }
    throw CompileError(what, messages_of(compiled.errors));
  }
  return Program(std::make_shared<const Impl>(Impl{std::move(compiled.program)}));
}

std::vector<Program::FunctionInfo> Program::functions() const {
  const arcbatch::Program& program = impl_->program;
  std::vector<FunctionInfo> infos;
  for (const u32 index : program.defs) {
    const Function& f = program.functions[index];
    if (program.find(f.name) != static_cast<int>(index)) continue;
    infos.push_back({f.name, f.params, f.required, f.line});
  }
  return infos;
}

std::vector<Message> Program::warnings() const { return messages_of(impl_->program.warnings); }

const char* ending_name(Ending ending) {
  switch (ending) {
    case Ending::value: return "value";
    case Ending::error: return "error";
    case Ending::limit: return "limit";
    case Ending::resource: return "resource";
    case Ending::unsupported: return "unsupported";
  }
  return "unknown";
}

Engine::Engine(const Options& options) : impl_(std::make_unique<Impl>(run_options_of(options))) {}
Engine::~Engine() = default;
Engine::Engine(Engine&&) noexcept = default;
Engine& Engine::operator=(Engine&&) noexcept = default;

RunResult Engine::call(const Program& program, std::string_view function,
                       std::span<const Data> args) {
  const int index = program.impl_->program.find(std::string(function));
  if (index < 0) {
    throw std::out_of_range(fmt::format("the program has no function '{}'", function));
  }
  Runner& runner = impl_->runner;
  if (impl_->loaded != program.impl_) {
    runner.load(program.impl_->program);
    impl_->loaded = program.impl_;
  }
  runner.begin();
  std::vector<Value> values(args.size());
  for (std::size_t k = 0; k < args.size(); ++k) {
    const Status status = build(runner.ctx(), args[k], 0, values[k]);
    if (status == Status::ok) continue;
    RunResult result;
    result.ending = static_cast<Ending>(kind_of(status));
    result.reason = status_name(status);
    if (is_error(status)) std::swap(result.reason, result.error);
    return result;
  }
  return result_of(run_on_values(runner, impl_->options, static_cast<u32>(index), values.data(),
                                 static_cast<u32>(values.size()), nullptr));
}

std::string Engine::kernels() const {
  return kernel_path_name(resolve_kernel_path(impl_->options.path));
}

}  // namespace arcbatch::api
