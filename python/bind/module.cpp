// The extension module arcbatch._core. The package's Python files are its only user: what it takes
// and returns is plain, and they give it its form.
#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <string>
#include <vector>

#include "batch/coordinator.h"
#include "bindings.h"
#include "command_line.h"
#include "literal.h"

namespace nb = nanobind;

namespace {

int run_command_line(std::vector<std::string> arguments) {
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  const nb::gil_scoped_release unlocked;
  return arcbatch::cli::run_command_line(static_cast<int>(arguments.size()), argv.data(), nullptr);
}

}  // namespace

NB_MODULE(_core, m) {
  m.doc() = "The engine of arcbatch, for the package's own use.";
  m.attr("version") = ARCBATCH_VERSION;
  m.def("run_command_line", &run_command_line, nb::arg("arguments"));
  m.def("available_cores", &arcbatch::available_cores);
  m.def(
      "parse_literal",
      [](const std::string& text) { return arcbatch::python::parse_literal(text); },
      nb::arg("text"));
  arcbatch::python::bind_program(m);
  arcbatch::python::bind_tasks(m);
  arcbatch::python::bind_evaluate(m);
  arcbatch::python::bind_dsl(m);
  arcbatch::python::bind_session(m);
}
