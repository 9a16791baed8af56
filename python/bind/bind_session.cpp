// The engine's Session (include/arcbatch/session.h): programs as they come, reports as they are
// ready, and programs as arrays.
#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "arcbatch/session.h"
#include "bindings.h"
#include "devices.h"
#include "options.h"
#include "tasks.h"

namespace nb = nanobind;

namespace arcbatch::python {
namespace {

// As often as a thread that waits looks for signals.
constexpr auto kTurn = std::chrono::milliseconds(50);

using Rows = std::vector<std::vector<int>>;

Rows rows_of(const GridData& grid) {
  Rows rows(grid.h);
  for (u32 i = 0; i < grid.h; ++i) {
    const auto* first = grid.cells.data() + std::size_t{i} * grid.w;
    rows[i].assign(first, first + grid.w);
  }
  return rows;
}

std::vector<api::ExampleData> examples_of(const std::vector<Pair>& pairs) {
  std::vector<api::ExampleData> examples;
  for (const Pair& pair : pairs) {
    api::ExampleData& example = examples.emplace_back();
    example.input = rows_of(pair.input);
    if (pair.output) example.output = rows_of(*pair.output);
  }
  return examples;
}

// What the records of a report refer to.
struct Shared {
  std::shared_ptr<const std::vector<Task>> tasks;
  std::unordered_map<std::string, u32> numbers;  // of the tasks, by id
};

struct PyReport {
  std::shared_ptr<const Shared> shared;
  api::Report report;
};

class PySession {
 public:
  PySession(const TaskList& tasks, const nb::dict& options, u32 jobs, bool scored,
            const std::string& backend, u32 gather_programs, double gather_seconds,
            const std::string& dialect, const std::string& comparison)
      : shared_(std::make_shared<Shared>()) {
    const RunOptions run = run_options(options);
    api::SessionOptions session;
    session.run.max_steps = run.limits.steps;
    session.run.max_bytes = run.limits.bytes;
    session.run.memory_bytes = run.arena_bytes;
    session.jobs = jobs;
    session.score = scored;
    session.backend = backend;
    session.dialect = dialect;
    session.comparison = comparison;
    session.gather_programs = gather_programs;
    session.gather_time = std::chrono::milliseconds(static_cast<int>(gather_seconds * 1e3));
    // A copy: the list may grow.
    shared_->tasks = std::make_shared<const std::vector<Task>>(*tasks.tasks);
    std::vector<api::TaskData> data;
    for (const Task& task : *shared_->tasks) {
      shared_->numbers.emplace(task.id, static_cast<u32>(data.size()));
      data.push_back({task.id, examples_of(task.train), examples_of(task.test)});
    }
    try {
      const nb::gil_scoped_release unlocked;
      session_ = std::make_shared<api::Session>(data, session);
    } catch (const std::invalid_argument&) {
      throw;
    } catch (const std::runtime_error& why) {
      raise_backend_error(backend, why.what());
    }
  }

  u64 submit(const std::string& source) { return open()->submit(source); }

  // What devices are there, and what they did; an empty tuple once it is closed.
  nb::tuple devices() {
    if (session_ == nullptr) return nb::make_tuple();
    nb::list list;
    for (const std::string& name : session_->devices()) list.append(text_of(name));
    return nb::tuple(list);
  }

  nb::tuple counts() {
    const api::SessionCounts counts = open()->counts();
    return nb::make_tuple(counts.device_runs, counts.cpu_runs, counts.slices, counts.launches,
                          counts.bytes_up, counts.bytes_down);
  }

  u64 pending() { return session_ == nullptr ? 0 : session_->pending(); }
  bool closed() { return session_ == nullptr; }

  nb::object poll() { return object_of(open()->poll()); }

  // The next report; None after `seconds`, or where nothing is under way. Waits for ever where
  // `seconds` is negative.
  nb::object wait(double seconds) {
    using Clock = std::chrono::steady_clock;
    const auto end =
        Clock::now() + std::chrono::duration_cast<Clock::duration>(
                           std::chrono::duration<double>(std::clamp(seconds, 0.0, 1e9)));
    for (;;) {
      const std::shared_ptr<api::Session> session = open();
      auto turn = kTurn;
      if (seconds >= 0) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
        turn = std::clamp(left, std::chrono::milliseconds(0), kTurn);
      }
      std::optional<api::Report> report;
      {
        const nb::gil_scoped_release unlocked;
        report = session->wait_for(turn);
      }
      if (report.has_value() || session->pending() == 0) return object_of(std::move(report));
      if (PyErr_CheckSignals() != 0) throw nb::python_error();
      if (seconds >= 0 && Clock::now() >= end) return nb::none();
    }
  }

  // What has not begun is dropped, what has is waited for.
  void close() {
    std::shared_ptr<api::Session> last = std::exchange(session_, nullptr);
    const nb::gil_scoped_release unlocked;
    last.reset();
  }

 private:
  std::shared_ptr<api::Session> open() {
    if (session_ == nullptr) throw nb::value_error("the session is closed");
    return session_;
  }

  nb::object object_of(std::optional<api::Report>&& report) {
    if (!report.has_value()) return nb::none();
    return nb::cast(PyReport{shared_, std::move(*report)});
  }

  std::shared_ptr<Shared> shared_;
  std::shared_ptr<api::Session> session_;
};

const api::FunctionReport& function_at(const PyReport& self, std::size_t k) {
  if (k >= self.report.functions.size()) throw nb::index_error("no such function");
  return self.report.functions[k];
}

nb::list errors_of(const PyReport& self) {
  nb::list list;
  for (const api::Message& m : self.report.errors) {
    list.append(nb::make_tuple(text_of(m.file), m.line, m.column, text_of(m.text),
                               bytes_of(m.source_line)));
  }
  return list;
}

// (name, fingerprint, size, behaviour, runs, matched) of every function.
nb::list functions_of(const PyReport& self) {
  nb::list list;
  for (const api::FunctionReport& f : self.report.functions) {
    u64 matched = 0;
    for (const api::RunReport& run : f.runs) {
      matched += run.match.value_or(false) && !run.compared.value_or(false) ? 1 : 0;
    }
    list.append(nb::make_tuple(text_of(f.name), text_of(f.fingerprint), f.size,
                               text_or_none(f.behaviour), f.runs.size(), matched));
  }
  return list;
}

// A run in the order of an Outcome's fields, from `task` on, with the example.
nb::tuple run_of(const PyReport& self, std::size_t function, std::size_t k) {
  const api::FunctionReport& f = function_at(self, function);
  if (k >= f.runs.size()) throw nb::index_error("no such run");
  const api::RunReport& run = f.runs[k];
  const api::RunResult& result = run.result;
  const bool is_value = result.ending == api::Ending::value;
  const bool is_error = result.ending == api::Ending::error;
  nb::object score = nb::none();
  if (run.score) score = nb::make_tuple(run.score->shape, run.score->cells, run.score->palette);
  const Example example{self.shared->tasks, self.shared->numbers.at(run.task), run.is_test,
                        run.index};
  return nb::make_tuple(
      text_of(run.task), run.is_test ? "test" : "train", run.index, api::ending_name(result.ending),
      is_value ? text_of(result.value) : nb::none(),
      run.match ? nb::object(nb::bool_(*run.match)) : nb::none(),
      is_error ? text_of(result.error) : nb::none(),
      result.line != 0 ? nb::object(nb::int_(result.line)) : nb::none(),
      text_or_none(result.statement), text_or_none(result.reason), result.steps,
      text_or_none(run.output), score,
      run.compared ? nb::object(nb::bool_(*run.compared)) : nb::none(), nb::cast(example));
}

// ---- programs as arrays -----------------------------------------------------------------------

api::Data data_of(nb::handle object) {
  if (object.is_none()) return api::Data::none();
  if (PyBool_Check(object.ptr())) return api::Data::boolean(object.ptr() == Py_True);
  if (PyLong_Check(object.ptr())) return api::Data::integer(nb::cast<std::int64_t>(object));
  if (!PyTuple_Check(object.ptr())) {
    throw nb::type_error("constants are None, bools, ints of 64 bits, and tuples of such");
  }
  std::vector<api::Data> items;
  for (const nb::handle item : nb::borrow<nb::tuple>(object)) items.push_back(data_of(item));
  return api::Data::tuple(std::move(items));
}

nb::object object_of(const api::Data& data) {
  switch (data.kind()) {
    case api::Data::Kind::boolean: return nb::bool_(data.integer() != 0);
    case api::Data::Kind::integer: return nb::int_(data.integer());
    case api::Data::Kind::tuple: {
      nb::list items;
      for (const api::Data& item : data.items()) items.append(object_of(item));
      return nb::tuple(items);
    }
    default: return nb::none();
  }
}

// `code` is the memory of an array of 32-bit ints.
std::string compact_text(const nb::bytes& code, const nb::tuple& constants, std::int32_t returned,
                         const std::string& name) {
  api::CompactProgram program;
  program.code.resize(code.size() / sizeof(std::int32_t));
  std::memcpy(program.code.data(), code.c_str(), program.code.size() * sizeof(std::int32_t));
  for (const nb::handle constant : constants) program.constants.push_back(data_of(constant));
  program.returned = returned;
  return api::to_text(program, name);
}

nb::tuple compact_of(const std::string& source, const std::string& function) {
  const api::CompactProgram program = api::to_compact(api::Program::compile(source), function);
  nb::list constants;
  for (const api::Data& constant : program.constants) constants.append(object_of(constant));
  return nb::make_tuple(nb::bytes(reinterpret_cast<const char*>(program.code.data()),
                                  program.code.size() * sizeof(std::int32_t)),
                        nb::tuple(constants), program.returned);
}

}  // namespace

void bind_session(nb::module_& m) {
  nb::class_<PySession>(m, "Session")
      .def(nb::init<const TaskList&, const nb::dict&, u32, bool, const std::string&, u32, double,
                    const std::string&, const std::string&>(),
           nb::arg("tasks"), nb::arg("options"), nb::arg("jobs"), nb::arg("scored"),
           nb::arg("backend"), nb::arg("gather_programs"), nb::arg("gather_seconds"),
           nb::arg("dialect"), nb::arg("comparison"))
      .def("submit", &PySession::submit, nb::arg("source"))
      .def("poll", &PySession::poll)
      .def("wait", &PySession::wait, nb::arg("seconds"))
      .def("close", &PySession::close)
      .def_prop_ro("devices", &PySession::devices)
      .def("counts", &PySession::counts)
      .def_prop_ro("pending", &PySession::pending)
      .def_prop_ro("closed", &PySession::closed);
  nb::class_<PyReport>(m, "Report")
      .def_prop_ro("ticket", [](const PyReport& self) { return self.report.ticket; })
      .def_prop_ro("errors", &errors_of)
      .def_prop_ro("functions", &functions_of)
      .def("run", &run_of, nb::arg("function"), nb::arg("run"));
  m.def("compact_text", &compact_text, nb::arg("code"), nb::arg("constants"), nb::arg("returned"),
        nb::arg("name"));
  m.def("compact_of", &compact_of, nb::arg("source"), nb::arg("function"));
}

}  // namespace arcbatch::python
