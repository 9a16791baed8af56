// Primitives and made functions as Python callables.
#include <fmt/format.h>
#include <nanobind/nanobind.h>
#include <structmember.h>

#include <new>

#include "dsl.h"
#include "dsl_import.h"
#include "primitives/dispatch.h"
#include "values/hash.h"

namespace nb = nanobind;

namespace arcbatch::python {

PyTypeObject* primitive_type = nullptr;
PyTypeObject* function_type = nullptr;

namespace {

PrimitiveObject* primitives[kPrimCount];

u32 serial = 0;  // of the closures that Python has seen

// By ClosureKind: the primitive that makes it.
constexpr Prim kMakers[] = {Prim::compose, Prim::chain, Prim::matcher,
                            Prim::rbind,   Prim::lbind, Prim::fork};

u32 part_count(ClosureKind kind) { return arity_of(kMakers[static_cast<u32>(kind)]); }

PrimitiveObject* primitive_of(PyObject* o) { return reinterpret_cast<PrimitiveObject*>(o); }
FunctionObject* function_of(PyObject* o) { return reinterpret_cast<FunctionObject*>(o); }

PyObject* error_class(const char* name) {
  const nb::object found(nb::module_::import_("arcbatch._errors").attr(name));
  return found.ptr();  // the module keeps it
}

// ---- binding arguments ------------------------------------------------------------------------

void raise_count(const char* name, u32 takes, Py_ssize_t given) {
  PyErr_Format(PyExc_TypeError, "%s() takes %u positional argument%s but %zd %s given", name, takes,
               takes == 1 ? "" : "s", given, given == 1 ? "was" : "were");
}

// Puts positional and keyword arguments in the order of `parameters`; -1 with TypeError set.
int bind(const char* name, PyObject* parameters, PyObject* const* args, Py_ssize_t given,
         PyObject* keywords, PyObject** bound) {
  const Py_ssize_t takes = PyTuple_GET_SIZE(parameters);
  if (given > takes) {
    raise_count(name, static_cast<u32>(takes), given);
    return -1;
  }
  for (Py_ssize_t k = 0; k < takes; ++k) bound[k] = k < given ? args[k] : nullptr;
  const Py_ssize_t named = keywords == nullptr ? 0 : PyTuple_GET_SIZE(keywords);
  for (Py_ssize_t k = 0; k < named; ++k) {
    PyObject* keyword = PyTuple_GET_ITEM(keywords, k);
    const Py_ssize_t at = PySequence_Index(parameters, keyword);
    if (at < 0) {
      PyErr_Clear();
      PyErr_Format(PyExc_TypeError, "%s() got an unexpected keyword argument '%U'", name, keyword);
      return -1;
    }
    if (bound[at] != nullptr) {
      PyErr_Format(PyExc_TypeError, "%s() got multiple values for argument '%U'", name, keyword);
      return -1;
    }
    bound[at] = args[given + k];
  }
  for (Py_ssize_t k = 0; k < takes; ++k) {
    if (bound[k] != nullptr) continue;
    PyErr_Format(PyExc_TypeError, "%s() missing required positional argument: '%U'", name,
                 PyTuple_GET_ITEM(parameters, k));
    return -1;
  }
  return 0;
}

// ---- calls ------------------------------------------------------------------------------------

// What the engine has not done.
struct Refusal {
  bool refused = false;
  Status status = Status::ok;
  const char* type = nullptr;
  bool foreign = false;

  void raise(const char* name) const {
    if (foreign) {
      PyErr_Format(error_class("UnsupportedError"), "%s(): a Python function", name);
    } else if (type == nullptr) {
      raise_status(status, name);
    } else {
      const std::string text = fmt::format("{}(): the engine has no values of type {}", name, type);
      PyErr_SetString(error_class("UnsupportedError"), text.c_str());
    }
  }
};

// Calls fn(args...) in the engine. Null with an error set, or with a refusal. `calls` says whether
// fn may call its arguments.
PyObject* call_in_engine(const Value& fn, bool calls, PyObject* const* args, u32 n,
                         const char* name, Refusal& refusal, bool plain = false) {
  try {
    const SessionScope scope;
    EngineCall call(plain);
    Status status = call.import(args, n);
    const bool imported = status == Status::ok;
    if (imported && !(calls && call.has_foreign())) {
      status = call.run(fn);
      nb::object out;
      if (status == Status::ok) status = call.take_result(out);
      if (status == Status::ok) return out.release().ptr();
      if (is_error(status) || kind_of(status) != StatusKind::unsupported) {
        raise_status(status, name);
        return nullptr;
      }
    } else if (!imported && kind_of(status) != StatusKind::unsupported) {
      raise_status(status, name);
      return nullptr;
    }
    refusal = {true, status, call.refused_type(), status == Status::ok};
  } catch (nb::python_error& error) {
    error.restore();
  } catch (const std::exception& error) {
    PyErr_SetString(PyExc_RuntimeError, error.what());
  }
  return nullptr;
}

PyObject* primitive_call(PyObject* self, PyObject* const* args, std::size_t flagged,
                         PyObject* keywords) {
  const PrimitiveObject* p = primitive_of(self);
  const Prim prim = static_cast<Prim>(p->prim);
  const u32 arity = arity_of(prim);
  PyObject* bound[kMaxLeafArgs];
  const char* name = prim_info(prim).name.data();
  const Py_ssize_t given = PyVectorcall_NARGS(flagged);
  if (keywords != nullptr || given != static_cast<Py_ssize_t>(arity)) {
    if (bind(name, p->parameters, args, given, keywords, bound) != 0) return nullptr;
    args = bound;
  }
  Refusal refusal;
  PyObject* result =
      call_in_engine(Value::primitive(p->prim), is_higher(prim), args, arity, name, refusal);
  if (!refusal.refused) return result;
  if (p->fallback != nullptr) return PyObject_Vectorcall(p->fallback, args, arity, nullptr);
  refusal.raise(name);
  return nullptr;
}

}  // namespace

PyObject* route(PyObject*, PyObject* const* args, Py_ssize_t n) {
  if (n < 1 || Py_TYPE(args[0]) != primitive_type ||
      static_cast<u32>(n - 1) != arity_of(static_cast<Prim>(primitive_of(args[0])->prim))) {
    PyErr_SetString(PyExc_TypeError, "route() takes a primitive and its arguments");
    return nullptr;
  }
  const Prim prim = static_cast<Prim>(primitive_of(args[0])->prim);
  const char* name = prim_info(prim).name.data();
  Refusal refusal;
  PyObject* result = call_in_engine(Value::primitive(static_cast<u32>(prim)), is_higher(prim),
                                    args + 1, static_cast<u32>(n - 1), name, refusal, true);
  if (refusal.refused) refusal.raise(name);
  return result;
}

namespace {

// The maker's arguments. Returns a new tuple.
PyObject* parts_of(FunctionObject* f) {
  const u32 n = part_count(f->kind);
  PyObject* parts = PyTuple_New(static_cast<Py_ssize_t>(n));
  if (parts == nullptr) return nullptr;
  const SessionScope scope;
  for (u32 k = 0; k < n; ++k) {
    PyObject* part = nullptr;
    if (f->parts[k] != nullptr) {
      part = Py_NewRef(f->parts[k]);
    } else if (f->held.value.tag == Tag::unset) {
      // The garbage collector has cleared it.
      Py_DECREF(parts);
      PyErr_SetString(PyExc_RuntimeError, "the function's parts are gone");
      return nullptr;
    } else {
      part = object_of(f->held.value.closure->args[k], f->plain);
      if (part == nullptr) {
        Py_DECREF(parts);
        return nullptr;
      }
      // The same objects from now on.
      if (f->parts[k] == nullptr) f->parts[k] = Py_NewRef(part);
    }
    PyTuple_SET_ITEM(parts, static_cast<Py_ssize_t>(k), part);
  }
  return parts;
}

PyObject* call_1(PyObject* function, PyObject* argument) {
  return argument == nullptr ? nullptr : PyObject_CallOneArg(function, argument);
}

// Calls the parts as the lambda of the maker would.
PyObject* call_parts(ClosureKind kind, PyObject* const* parts, PyObject* const* args, u32 n) {
  switch (kind) {
    case ClosureKind::compose: {
      PyObject* inner = PyObject_CallOneArg(parts[1], args[0]);
      PyObject* result = call_1(parts[0], inner);
      Py_XDECREF(inner);
      return result;
    }
    case ClosureKind::chain: {
      PyObject* first = PyObject_CallOneArg(parts[2], args[0]);
      PyObject* second = call_1(parts[1], first);
      PyObject* result = call_1(parts[0], second);
      Py_XDECREF(first);
      Py_XDECREF(second);
      return result;
    }
    case ClosureKind::matcher: {
      PyObject* made = PyObject_CallOneArg(parts[0], args[0]);
      if (made == nullptr) return nullptr;
      PyObject* result = PyObject_RichCompare(made, parts[1], Py_EQ);
      Py_DECREF(made);
      return result;
    }
    case ClosureKind::fork: {
      PyObject* first = PyObject_CallOneArg(parts[1], args[0]);
      PyObject* second = first == nullptr ? nullptr : PyObject_CallOneArg(parts[2], args[0]);
      PyObject* both[2] = {first, second};
      PyObject* result =
          second == nullptr ? nullptr : PyObject_Vectorcall(parts[0], both, 2, nullptr);
      Py_XDECREF(first);
      Py_XDECREF(second);
      return result;
    }
    default: {
      PyObject* all[4];
      const u32 shift = kind == ClosureKind::lbind ? 1 : 0;
      for (u32 k = 0; k < n; ++k) all[k + shift] = args[k];
      all[shift == 1 ? 0 : n] = parts[1];
      return PyObject_Vectorcall(parts[0], all, n + 1, nullptr);
    }
  }
}

PyObject* function_parameters(const FunctionObject* f) {
  static const char* const kUsual[] = {"x", "y", "z"};
  static const char* const kLeft[] = {"y", "z", "a"};
  const char* const* names = f->kind == ClosureKind::lbind ? kLeft : kUsual;
  PyObject* parameters = PyTuple_New(f->argcount);
  for (Py_ssize_t k = 0; parameters != nullptr && k < f->argcount; ++k) {
    PyTuple_SET_ITEM(parameters, k, PyUnicode_InternFromString(names[k]));
  }
  return parameters;
}

std::string function_name(const FunctionObject* f) {
  return fmt::format("{}.<locals>.<lambda>", prim_info(kMakers[static_cast<u32>(f->kind)]).name);
}

PyObject* function_call(PyObject* self, PyObject* const* args, std::size_t flagged,
                        PyObject* keywords) {
  FunctionObject* f = function_of(self);
  const Py_ssize_t given = PyVectorcall_NARGS(flagged);
  PyObject* bound[3];
  if (keywords != nullptr || given != f->argcount) {
    PyObject* parameters = function_parameters(f);
    if (parameters == nullptr) return nullptr;
    const int status = bind(function_name(f).c_str(), parameters, args, given, keywords, bound);
    Py_DECREF(parameters);
    if (status != 0) return nullptr;
    args = bound;
  }
  if (f->held.value.tag != Tag::unset) {
    Refusal refusal;
    PyObject* result =
        call_in_engine(f->held.value, true, args, f->argcount, "<lambda>", refusal, f->plain);
    if (result != nullptr || (!refusal.refused && !f->plain)) return result;
    // A batch context's function ends as the user's own does: with Python's message, or beyond the
    // engine.
    PyErr_Clear();
    if (f->twin != nullptr) return PyObject_Vectorcall(f->twin, args, f->argcount, nullptr);
  }
  PyObject* parts = parts_of(f);
  if (parts == nullptr) return nullptr;
  PyObject* result = nullptr;
  if (Py_EnterRecursiveCall(" while calling a Python object") == 0) {
    result = call_parts(f->kind, &PyTuple_GET_ITEM(parts, 0), args, f->argcount);
    Py_LeaveRecursiveCall();
  }
  Py_DECREF(parts);
  return result;
}

// ---- the types --------------------------------------------------------------------------------

PyObject* primitive_repr(PyObject* self) {
  return PyUnicode_FromFormat("<function %U at %p>", primitive_of(self)->name, self);
}

// The module's name for it.
PyObject* primitive_reduce(PyObject* self, PyObject*) {
  return Py_NewRef(primitive_of(self)->name);
}

PyObject* primitive_self(PyObject* self, PyObject*) { return Py_NewRef(self); }

void primitive_dealloc(PyObject* self) {
  PyTypeObject* type = Py_TYPE(self);
  PrimitiveObject* p = primitive_of(self);
  if (p->weak_references != nullptr) PyObject_ClearWeakRefs(self);
  Py_XDECREF(p->name);
  Py_XDECREF(p->parameters);
  Py_XDECREF(p->fallback);
  Py_XDECREF(p->dict);
  type->tp_free(self);
  Py_DECREF(type);
}

// The number of the closure that the object stands for; 0 if it is not the engine's.
u32 serial_of(PyObject* o) {
  if (Py_TYPE(o) != function_type || function_of(o)->held.value.tag == Tag::unset) return 0;
  return function_of(o)->held.value.closure->function;
}

Py_hash_t function_hash(PyObject* self) {
  const u32 number = serial_of(self);
  return number != 0 ? static_cast<Py_hash_t>(hash_pair(number, 0))
                     : PyBaseObject_Type.tp_hash(self);
}

PyObject* function_compare(PyObject* self, PyObject* other, int op) {
  if (op != Py_EQ && op != Py_NE) return Py_NewRef(Py_NotImplemented);
  const bool same = self == other || (serial_of(self) != 0 && serial_of(self) == serial_of(other));
  return Py_NewRef(same == (op == Py_EQ) ? Py_True : Py_False);
}

int function_traverse(PyObject* self, visitproc visit, void* arg) {
  for (PyObject* part : function_of(self)->parts) Py_VISIT(part);
  Py_VISIT(function_of(self)->twin);
  Py_VISIT(Py_TYPE(self));
  return 0;
}

int function_clear(PyObject* self) {
  // What it is called with is gone from here on; only a cycle that nobody can call is cleared.
  for (PyObject*& part : function_of(self)->parts) Py_CLEAR(part);
  Py_CLEAR(function_of(self)->twin);
  return 0;
}

void function_dealloc(PyObject* self) {
  PyTypeObject* type = Py_TYPE(self);
  FunctionObject* f = function_of(self);
  PyObject_GC_UnTrack(self);
  if (f->weak_references != nullptr) PyObject_ClearWeakRefs(self);
  if (f->held.next != nullptr) Session::release(f->held);
  for (PyObject* part : f->parts) Py_XDECREF(part);
  Py_XDECREF(f->twin);
  type->tp_free(self);
  Py_DECREF(type);
}

PyObject* function_repr(PyObject* self) {
  return PyUnicode_FromFormat("<function %s at %p>", function_name(function_of(self)).c_str(),
                              self);
}

PyObject* function_reduce(PyObject* self, PyObject*) {
  FunctionObject* f = function_of(self);
  PyObject* parts = parts_of(f);
  if (parts == nullptr) return nullptr;
  return Py_BuildValue("ON", primitive_object(static_cast<u32>(kMakers[static_cast<u32>(f->kind)])),
                       parts);
}

PyObject* function_code(PyObject* self, void*) {
  const FunctionObject* f = function_of(self);
  PyObject* types = PyImport_ImportModule("types");
  if (types == nullptr) return nullptr;
  PyObject* maker = PyObject_GetAttrString(types, "SimpleNamespace");
  Py_DECREF(types);
  if (maker == nullptr) return nullptr;
  PyObject* fields = Py_BuildValue("{s:i,s:N,s:s}", "co_argcount", int{f->argcount}, "co_varnames",
                                   function_parameters(f), "co_name", "<lambda>");
  PyObject* none = PyTuple_New(0);
  PyObject* code =
      fields == nullptr || none == nullptr ? nullptr : PyObject_Call(maker, none, fields);
  Py_XDECREF(fields);
  Py_XDECREF(none);
  Py_DECREF(maker);
  return code;
}

PyObject* function_short_name(PyObject*, void*) { return PyUnicode_FromString("<lambda>"); }
PyObject* function_long_name(PyObject* self, void*) {
  return PyUnicode_FromString(function_name(function_of(self)).c_str());
}
PyObject* function_module(PyObject*, void*) { return PyUnicode_FromString("arcbatch.dsl"); }

template <class F>
void* slot(F* function) {
  return reinterpret_cast<void*>(function);
}

PyMemberDef primitive_members[] = {
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(PrimitiveObject, vectorcall), READONLY, nullptr},
    {"__dictoffset__", T_PYSSIZET, offsetof(PrimitiveObject, dict), READONLY, nullptr},
    {"__weaklistoffset__", T_PYSSIZET, offsetof(PrimitiveObject, weak_references), READONLY,
     nullptr},
    {"__name__", T_OBJECT, offsetof(PrimitiveObject, name), READONLY, nullptr},
    {"_parameters", T_OBJECT, offsetof(PrimitiveObject, parameters), READONLY, nullptr},
    {"_fallback", T_OBJECT, offsetof(PrimitiveObject, fallback), 0, nullptr},
    {"_number", T_UINT, offsetof(PrimitiveObject, prim), READONLY, nullptr},
    {nullptr, 0, 0, 0, nullptr},
};
PyGetSetDef primitive_properties[] = {
    {"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, nullptr, nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr},
};
PyMethodDef primitive_methods[] = {
    {"__reduce__", primitive_reduce, METH_NOARGS, nullptr},
    {"__copy__", primitive_self, METH_NOARGS, nullptr},
    {"__deepcopy__", primitive_self, METH_O, nullptr},
    {nullptr, nullptr, 0, nullptr},
};
PyType_Slot primitive_slots[] = {
    {Py_tp_dealloc, slot(primitive_dealloc)},
    {Py_tp_repr, slot(primitive_repr)},
    {Py_tp_call, slot(PyVectorcall_Call)},
    {Py_tp_members, primitive_members},
    {Py_tp_methods, primitive_methods},
    {Py_tp_getset, primitive_properties},
    {0, nullptr},
};
PyType_Spec primitive_spec = {
    "arcbatch.Primitive", sizeof(PrimitiveObject), 0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    primitive_slots};

PyMemberDef function_members[] = {
    {"_twin", T_OBJECT, offsetof(FunctionObject, twin), 0, nullptr},
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(FunctionObject, vectorcall), READONLY, nullptr},
    {"__weaklistoffset__", T_PYSSIZET, offsetof(FunctionObject, weak_references), READONLY,
     nullptr},
    {nullptr, 0, 0, 0, nullptr},
};
PyMethodDef function_methods[] = {
    {"__reduce__", function_reduce, METH_NOARGS, nullptr},
    {"__copy__", primitive_self, METH_NOARGS, nullptr},
    {"__deepcopy__", primitive_self, METH_O, nullptr},
    {nullptr, nullptr, 0, nullptr},
};
PyGetSetDef function_properties[] = {
    {"__code__", function_code, nullptr, nullptr, nullptr},
    {"__name__", function_short_name, nullptr, nullptr, nullptr},
    {"__qualname__", function_long_name, nullptr, nullptr, nullptr},
    {"__module__", function_module, nullptr, nullptr, nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr},
};
PyType_Slot function_slots[] = {
    {Py_tp_hash, slot(function_hash)},
    {Py_tp_richcompare, slot(function_compare)},
    {Py_tp_dealloc, slot(function_dealloc)},
    {Py_tp_repr, slot(function_repr)},
    {Py_tp_call, slot(PyVectorcall_Call)},
    {Py_tp_traverse, slot(function_traverse)},
    {Py_tp_clear, slot(function_clear)},
    {Py_tp_members, function_members},
    {Py_tp_methods, function_methods},
    {Py_tp_getset, function_properties},
    {0, nullptr},
};
PyType_Spec function_spec = {"arcbatch.Function", sizeof(FunctionObject), 0,
                             Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_HAVE_GC |
                                 Py_TPFLAGS_DISALLOW_INSTANTIATION,
                             function_slots};

FunctionObject* blank_function(ClosureKind kind, u8 argcount) {
  auto* f = PyObject_GC_New(FunctionObject, function_type);
  if (f == nullptr) return nullptr;
  f->vectorcall = function_call;
  new (&f->held) HeldValue{};
  f->kind = kind;
  f->argcount = argcount;
  f->plain = false;
  f->twin = nullptr;
  for (PyObject*& part : f->parts) part = nullptr;
  f->weak_references = nullptr;
  return f;
}

PyObject* make_primitive(u32 k) {
  const PrimInfo& info = prim_info(static_cast<Prim>(k));
  auto* p = PyObject_New(PrimitiveObject, primitive_type);
  if (p == nullptr) return nullptr;
  p->vectorcall = primitive_call;
  p->prim = k;
  p->name = PyUnicode_InternFromString(info.name.data());
  p->fallback = nullptr;
  p->dict = nullptr;
  p->weak_references = nullptr;
  PyObject* text = PyUnicode_FromString(info.params.data());
  PyObject* comma = PyUnicode_FromString(",");
  PyObject* names = PyUnicode_Split(text, comma, -1);
  p->parameters = names == nullptr ? nullptr : PyList_AsTuple(names);
  Py_XDECREF(text);
  Py_XDECREF(comma);
  Py_XDECREF(names);
  return reinterpret_cast<PyObject*>(p);
}

}  // namespace

PyTypeObject* make_primitive_type() {
  return reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&primitive_spec));
}
PyTypeObject* make_function_type() {
  return reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&function_spec));
}

PyObject* primitive_object(u32 prim) {
  if (primitives[prim] == nullptr) primitives[prim] = primitive_of(make_primitive(prim));
  return reinterpret_cast<PyObject*>(primitives[prim]);
}

// Objects of one closure are equal, by its serial number: its address may change.
PyObject* new_function(ClosureObj& closure, bool plain) {
  if (closure.function == 0) closure.function = ++serial;
  FunctionObject* f = blank_function(closure.kind, closure.argcount);
  if (f == nullptr) return nullptr;
  f->held.value = Value::of(&closure);
  f->plain = plain;
  session().hold(f->held);
  PyObject_GC_Track(reinterpret_cast<PyObject*>(f));
  return reinterpret_cast<PyObject*>(f);
}

nb::object function_of_parts(u32 maker, u32 argcount, const nb::tuple& parts) {
  for (u32 k = 0; k < std::size(kMakers); ++k) {
    if (static_cast<u32>(kMakers[k]) != maker) continue;
    const auto kind = static_cast<ClosureKind>(k);
    if (nb::len(parts) != part_count(kind) || argcount < 1 || argcount > 3) break;
    FunctionObject* f = blank_function(kind, static_cast<u8>(argcount));
    if (f == nullptr) throw nb::python_error();
    for (std::size_t p = 0; p < nb::len(parts); ++p) {
      f->parts[p] = Py_NewRef(nb::object(parts[p]).ptr());
    }
    PyObject_GC_Track(reinterpret_cast<PyObject*>(f));
    return nb::steal(reinterpret_cast<PyObject*>(f));
  }
  throw nb::value_error("no such function can be made");
}

void raise_status(Status status, const char* where) {
  const char* what = status_name(status);
  try {
    if (is_error(status)) {
      PyObject* builtins = PyEval_GetBuiltins();
      PyObject* type = PyDict_GetItemString(builtins, what);
      // A StopIteration's argument would be the value of a generator.
      if (type == PyExc_StopIteration) {
        PyErr_SetNone(type);
      } else {
        PyErr_Format(type, "%s() cannot take these arguments", where);
      }
    } else if (kind_of(status) == StatusKind::limit) {
      PyErr_Format(error_class("LimitError"), "%s(): %s", where, what);
    } else if (kind_of(status) == StatusKind::resource) {
      PyErr_Format(PyExc_MemoryError, "%s(): %s", where, what);
    } else {
      PyErr_Format(error_class("UnsupportedError"), "%s(): %s", where, what);
    }
  } catch (nb::python_error& error) {
    error.restore();
  }
}

}  // namespace arcbatch::python
