// Tasks from files and from Python's own objects.
#include <fmt/format.h>
#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <string>
#include <vector>

#include "bindings.h"
#include "convert.h"
#include "task/embedded.h"
#include "task/loader.h"
#include "tasks.h"

namespace nb = nanobind;

namespace arcbatch::python {
namespace {

nb::tuple loaded(LoadResult&& result) {
  TaskList list;
  *list.tasks = std::move(result.tasks);
  nb::list errors;
  for (const TaskError& e : result.errors) {
    errors.append(nb::make_tuple(text_of(e.file), e.line, e.column, text_of(e.message)));
  }
  return nb::make_tuple(list, errors);
}

nb::tuple load(const std::vector<std::string>& paths) {
  LoadResult result;
  {
    const nb::gil_scoped_release unlocked;
    result = load_tasks(paths);
  }
  return loaded(std::move(result));
}

// Reads (input, output or None) pairs.
std::vector<Pair> read_pairs(const nb::list& pairs, const std::string& id, const char* split) {
  std::vector<Pair> read;
  for (std::size_t k = 0; k < nb::len(pairs); ++k) {
    const nb::handle item = pairs[k];
    const std::string where = fmt::format("task {}, {}[{}]", id, split, k);
    Pair pair;
    pair.input = to_grid(item[0], where + ", input");
    const nb::object output = item[1];
    if (!output.is_none()) pair.output = to_grid(output, where + ", output");
    read.push_back(std::move(pair));
  }
  return read;
}

nb::list pairs_list(const std::vector<Pair>& pairs) {
  nb::list list;
  for (const Pair& pair : pairs) {
    list.append(nb::make_tuple(grid_object(pair.input),
                               pair.output ? grid_object(*pair.output) : nb::none()));
  }
  return list;
}

nb::list embedded_programs() {
  nb::list list;
  for (const EmbeddedFile& file : embedded_examples()) {
    if (file.path.ends_with(".py"))
      list.append(nb::make_tuple(text_of(file.path), text_of(file.text)));
  }
  return list;
}

}  // namespace

void bind_tasks(nb::module_& m) {
  nb::class_<TaskList>(m, "TaskList")
      .def(nb::init<>())
      .def(
          "add",
          [](TaskList& self, const std::string& id, const nb::list& train, const nb::list& test) {
            Task task;
            task.id = id;
            task.train = read_pairs(train, id, "train");
            task.test = read_pairs(test, id, "test");
            self.tasks->push_back(std::move(task));
          },
          nb::arg("id"), nb::arg("train"), nb::arg("test"))
      .def(
          "extend",
          [](TaskList& self, const TaskList& other) {
            const std::vector<Task> copies = *other.tasks;
            self.tasks->insert(self.tasks->end(), copies.begin(), copies.end());
          },
          nb::arg("other"))
      .def_prop_ro("ids",
                   [](const TaskList& self) {
                     nb::list ids;
                     for (const Task& task : *self.tasks) ids.append(text_of(task.id));
                     return ids;
                   })
      .def(
          "pairs",
          [](const TaskList& self, std::size_t index) {
            if (index >= self.tasks->size()) throw nb::index_error("no such task");
            const Task& task = (*self.tasks)[index];
            return nb::make_tuple(pairs_list(task.train), pairs_list(task.test));
          },
          nb::arg("index"))
      .def("__len__", [](const TaskList& self) { return self.tasks->size(); });
  nb::class_<Example>(m, "Example")
      .def_prop_ro("input", [](const Example& e) { return grid_object(e.pair().input); })
      .def_prop_ro("output", [](const Example& e) {
        const Pair& pair = e.pair();
        return pair.output ? grid_object(*pair.output) : nb::none();
      });
  m.def("load_tasks", &load, nb::arg("paths"));
  m.def("embedded_tasks", [] { return loaded(load_embedded_tasks()); });
  m.def("embedded_programs", &embedded_programs);
}

}  // namespace arcbatch::python
