// Compiling programs and calling their functions.
#include <fmt/format.h>
#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "batch/api_impl.h"
#include "batch/content_hash.h"
#include "batch/outcome.h"
#include "bindings.h"
#include "convert.h"
#include "core/ticks.h"
#include "core/watch.h"
#include "options.h"
#include "program.h"

namespace nb = nanobind;

namespace arcbatch::python {
namespace {

nb::list diagnostics_list(const std::vector<Diagnostic>& diagnostics) {
  nb::list list;
  for (const Diagnostic& d : diagnostics) {
    list.append(nb::make_tuple(d.file, d.line, d.column, d.message, bytes_of(d.source_line)));
  }
  return list;
}

CompiledProgram compile(const std::string& source, const std::string& file,
                        const std::string& dialect) {
  const Dsl dsl = api::dialect_of(dialect);
  const nb::gil_scoped_release unlocked;
  CompiledProgram result;
  result.file = file;
  result.hash = content_hash(source);
  result.bytes = source.size();
  CompileResult compiled = compile_source(source, file, dsl);
  result.errors = std::move(compiled.errors);
  if (compiled.ok) {
    result.program = std::make_shared<const Program>(std::move(compiled.program));
  }
  return result;
}

nb::list functions_of(const CompiledProgram& self) {
  nb::list list;
  if (self.program == nullptr) return list;
  for (const u32 index : self.program->defs) {
    const Function& f = self.program->functions[index];
    if (self.program->find(f.name) != static_cast<int>(index)) continue;
    nb::list parameters;
    for (const auto& name : f.params) parameters.append(nb::str(name.data(), name.size()));
    list.append(nb::make_tuple(f.name, nb::tuple(parameters), f.required, f.line));
  }
  return list;
}

bool same_options(const RunOptions& a, const RunOptions& b) {
  return a.limits.steps == b.limits.steps && a.limits.bytes == b.limits.bytes &&
         a.max_seconds == b.max_seconds && a.arena_bytes == b.arena_bytes && a.path == b.path;
}

// A runner and what it is bound to. Its arena keeps the memory of the largest run it had.
struct Worker {
  explicit Worker(const RunOptions& run_options) : options(run_options), runner(run_options) {}
  RunOptions options;
  Runner runner;
  std::shared_ptr<const Program> loaded;
};

// Runners that wait for the next call: making one for each call would cost more than most calls.
class WorkerPool {
 public:
  std::unique_ptr<Worker> take(const RunOptions& options) {
    const std::scoped_lock lock(mutex_);
    for (auto& worker : idle_) {
      if (!same_options(worker->options, options)) continue;
      std::swap(worker, idle_.back());
      std::unique_ptr<Worker> taken = std::move(idle_.back());
      idle_.pop_back();
      return taken;
    }
    return std::make_unique<Worker>(options);
  }

  void give_back(std::unique_ptr<Worker> worker) {
    const std::scoped_lock lock(mutex_);
    if (idle_.size() >= kIdle) idle_.erase(idle_.begin());
    idle_.push_back(std::move(worker));
  }

  static WorkerPool& instance() {
    static WorkerPool pool;
    return pool;
  }

 private:
  static constexpr std::size_t kIdle = 4;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Worker>> idle_;
};

Outcome refused(Status status) {
  Outcome outcome;
  outcome.status = status;
  outcome.reason = status_name(status);
  return outcome;
}

// What a signal's handler raised while a call ran on this thread.
thread_local std::optional<nb::python_error>* raised_meanwhile = nullptr;

// As often as a Watch is asked: twenty times a second.
constexpr double kAskNanoseconds = 5e7;

u64 ask_for_signals(u64 asked) {
  if (asked > 0) {
    const nb::gil_scoped_acquire lock;
    if (PyErr_CheckSignals() != 0) {
      raised_meanwhile->emplace();
      return 0;
    }
  }
  return ticks_now() + static_cast<u64>(kAskNanoseconds / nanoseconds_per_tick());
}

// Runs without the GIL. Throws what a signal's handler raises meanwhile.
Outcome run_watched(Runner& runner, const RunOptions& options, u32 index,
                    std::vector<Value>& arguments, Value& returned, Status& finished) {
  std::optional<nb::python_error> raised;
  Outcome outcome;
  {
    const nb::gil_scoped_release unlocked;
    // A handler may call a program too.
    auto* const outer = std::exchange(raised_meanwhile, &raised);
    const Watch watch(&ask_for_signals);
    outcome = run_on_values(runner, options, index, arguments.data(),
                            static_cast<u32>(arguments.size()), nullptr, &returned);
    if (outcome.status == Status::ok) finished = finish_value(runner.ctx(), returned);
    raised_meanwhile = outer;
  }
  if (raised.has_value()) throw std::move(*raised);
  return outcome;
}

// Returns a call's outcome as a tuple: status, value, error, line, statement, reason, steps,
// seconds, and (object,) or None where there is no object.
nb::tuple call(const CompiledProgram& self, const std::string& name, const nb::tuple& args,
               const nb::dict& options_dict) {
  const int index = self.program->find(name);
  if (index < 0) throw nb::key_error(name.c_str());
  RunOptions options = run_options(options_dict);
  // A run without a deadline is not watched: this one is some decades away.
  if (options.max_seconds == 0) options.max_seconds = 1e9;
  WorkerPool& pool = WorkerPool::instance();
  std::unique_ptr<Worker> worker = pool.take(options);
  Runner& runner = worker->runner;
  if (worker->loaded != self.program) {
    runner.load(*self.program);
    worker->loaded = self.program;
  }
  runner.begin();
  std::vector<Value> values(nb::len(args));
  Status status = Status::ok;
  for (std::size_t k = 0; k < values.size() && status == Status::ok; ++k) {
    status = to_value(runner.ctx(), args[k], values[k]);
  }
  Outcome outcome;
  nb::object object;
  if (status == Status::ok) {
    Value returned;
    outcome = run_watched(runner, options, static_cast<u32>(index), values, returned, status);
    // An object that cannot be made leaves the outcome as it is: its repr is all there is then.
    if (outcome.status == Status::ok && status == Status::ok) {
      if (to_python(runner.ctx(), returned, object) != Status::ok) object = nb::object();
    }
  } else {
    outcome = refused(status);
  }
  pool.give_back(std::move(worker));
  const bool is_value = outcome.kind() == StatusKind::value;
  const bool is_error = outcome.kind() == StatusKind::error;
  return nb::make_tuple(
      status_kind_name(outcome.status), is_value ? nb::object(text_of(outcome.value)) : nb::none(),
      is_error ? nb::object(nb::str(status_name(outcome.status))) : nb::none(),
      outcome.line != 0 ? nb::object(nb::int_(outcome.line)) : nb::none(),
      text_or_none(outcome.statement), text_or_none(outcome.reason), outcome.steps,
      outcome.output ? nb::object(text_of(outcome.output->text())) : nb::none(), outcome.seconds,
      object.is_valid() ? nb::object(nb::make_tuple(object)) : nb::none());
}

template <class T>
void read_option(const nb::dict& options, const char* name, T& target) {
  if (!options.contains(name)) return;
  T value{};
  if (!nb::try_cast(nb::object(options[name]), value) || !(value > 0)) {
    throw nb::value_error(
        fmt::format("{} must be a positive number, not {}", name, nb::repr(options[name]).c_str())
            .c_str());
  }
  target = value;
}

}  // namespace

RunOptions run_options(const nb::dict& options) {
  RunOptions run;
  read_option(options, "max_steps", run.limits.steps);
  read_option(options, "max_bytes", run.limits.bytes);
  read_option(options, "max_memory", run.arena_bytes);
  read_option(options, "max_seconds", run.max_seconds);
  if (options.contains("kernels")) {
    const std::string name = nb::cast<std::string>(options["kernels"]);
    if (!parse_kernel_path(name, run.path)) {
      throw nb::value_error(fmt::format("no kernels are called '{}'", name).c_str());
    }
    if (!kernel_path_available(run.path)) {
      throw nb::value_error(fmt::format("this machine cannot run the kernels '{}'", name).c_str());
    }
  }
  return run;
}

nb::object text_of(std::string_view text) {
  return nb::steal(
      PyUnicode_DecodeUTF8(text.data(), static_cast<Py_ssize_t>(text.size()), "replace"));
}

nb::object text_or_none(std::string_view text) { return text.empty() ? nb::none() : text_of(text); }

nb::object bytes_of(std::string_view text) { return nb::bytes(text.data(), text.size()); }

void bind_program(nb::module_& m) {
  nb::class_<CompiledProgram>(m, "Program")
      .def_prop_ro("ok", [](const CompiledProgram& p) { return p.program != nullptr; })
      .def_prop_ro("errors", [](const CompiledProgram& p) { return diagnostics_list(p.errors); })
      .def_prop_ro("warnings",
                   [](const CompiledProgram& p) {
                     return p.program == nullptr ? nb::list()
                                                 : diagnostics_list(p.program->warnings);
                   })
      .def_prop_ro("functions", &functions_of)
      .def("call", &call, nb::arg("name"), nb::arg("args"), nb::arg("options"));
  m.def("compile", &compile, nb::arg("source"), nb::arg("file"), nb::arg("dialect"));
}

}  // namespace arcbatch::python
