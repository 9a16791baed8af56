// What arcbatch.dsl is made of: the registry and its callables.
#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>

#include <string>

#include "bindings.h"
#include "dsl.h"
#include "dsl_import.h"
#include "routing_log.h"

namespace nb = nanobind;

namespace arcbatch::python {
namespace {

nb::object text(std::string_view view) { return nb::str(view.data(), view.size()); }

// (name, parameters, types, result, kind, family, doc) of every primitive, in the registry's order.
nb::list registry_rows() {
  nb::list rows;
  for (u32 k = 0; k < kPrimCount; ++k) {
    const PrimInfo& info = prim_info(static_cast<Prim>(k));
    rows.append(nb::make_tuple(text(info.name), text(info.params), text(info.types),
                               text(info.result), info.kind == PrimKind::leaf ? "leaf" : "higher",
                               family_name(info.family), text(info.doc)));
  }
  return rows;
}

nb::dict constants() {
  nb::dict made;
  for (const DialectConstant& c : kConstants) {
    nb::object value;
    switch (c.kind) {
      case DialectConstant::Kind::boolean: value = nb::bool_(c.a != 0); break;
      case DialectConstant::Kind::integer: value = nb::int_(c.a); break;
      case DialectConstant::Kind::pair: value = nb::make_tuple(c.a, c.b); break;
    }
    made[text(c.name)] = value;
  }
  return made;
}

PyMethodDef route_method = {
    "route",
    reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(&route)),  // as CPython asks
    METH_FASTCALL, "route(primitive, *arguments): the engine's result as a plain object."};

PyObject* plain(PyObject*, PyObject* object) { return unwrapped(object); }
PyMethodDef plain_method = {"plain", plain, METH_O,
                            "plain(object): the plain object of a value; any other object itself."};

PyTypeObject* publish(nb::module_& m, const char* name, PyTypeObject* type) {
  if (type == nullptr) throw nb::python_error();
  m.attr(name) = nb::borrow(reinterpret_cast<PyObject*>(type));
  return type;
}

}  // namespace

void bind_dsl(nb::module_& m) {
  tuple_value_type = publish(m, "TupleValue", make_tuple_value_type());
  set_value_type = publish(m, "FrozenSetValue", make_set_value_type());
  primitive_type = publish(m, "Primitive", make_primitive_type());
  function_type = publish(m, "Function", make_function_type());
  m.attr("route") = nb::steal(PyCFunction_New(&route_method, nullptr));
  m.def("backend_name", [] { return cli::cpu_name(RunOptions{}); });
  m.def("registry", &registry_rows);
  m.def("constants", &constants);
  m.def("primitive", [](u32 number) {
    if (number >= kPrimCount) throw nb::index_error();
    return nb::borrow(primitive_object(number));
  });
  m.def("make_function", &function_of_parts, nb::arg("maker"), nb::arg("argcount"),
        nb::arg("parts"));
  m.attr("plain") = nb::steal(PyCFunction_New(&plain_method, nullptr));
  m.def("add_alias", [](nb::handle object, u32 number, bool shown) {
    if (number >= kPrimCount) throw nb::index_error();
    add_alias(object.ptr(), number, shown);
  });
  m.def("remove_alias", [](nb::handle object) { remove_alias(object.ptr()); });
  m.def("forget_conversions", &forget_conversions);
  m.def("collect_always", [](bool eager) { session().collect_always(eager); });
  m.def("session_bytes", [] { return session().held_bytes(); });
}

}  // namespace arcbatch::python
