// arcbatch.dsl's objects: values of the engine that stand for tuples and frozensets, primitives,
// and the functions that primitives make. They are plain C types, for a call through nanobind would
// cost more than most primitives take. Everything here needs the GIL.
#pragma once

#include <nanobind/nanobind.h>

#include "backend/cpu/session.h"
#include "primitives/registry.h"

namespace arcbatch::python {

// A TupleValue or FrozenSetValue. It holds no function but the engine's.
struct ValueObject {
  PyObject_HEAD HeldValue held;
  PyObject* plain;  // the tuple or frozenset, once it was asked for
};

// One of the 160.
struct PrimitiveObject {
  PyObject_HEAD vectorcallfunc vectorcall;
  u32 prim;
  PyObject* name;
  PyObject* parameters;  // tuple of str
  PyObject* fallback;    // the Python function that takes what the engine cannot, or null
  PyObject* dict;
  PyObject* weak_references;
};

// What compose, chain, matcher, rbind, lbind and fork return. With engine functions alone inside,
// it is one of the engine's; else it calls its parts.
struct FunctionObject {
  PyObject_HEAD vectorcallfunc vectorcall;
  HeldValue held;  // unset: not the engine's
  ClosureKind kind;
  u8 argcount;
  bool plain;          // its results are plain objects
  PyObject* twin;      // the Python function that takes what the engine cannot, or null
  PyObject* parts[3];  // the maker's arguments; null where the engine has them
  PyObject* weak_references;
};

extern PyTypeObject* tuple_value_type;
extern PyTypeObject* set_value_type;
extern PyTypeObject* primitive_type;
extern PyTypeObject* function_type;

inline bool is_value(PyObject* o) {
  return Py_TYPE(o) == tuple_value_type || Py_TYPE(o) == set_value_type;
}

// The one session of the process.
Session& session();

// Stands around every use of the session. While one exists nothing is collected: values may be in
// C++'s hands. Makes a collection first, where it is due and no other scope exists, and waits
// while another thread's long call has the session.
class SessionScope {
 public:
  SessionScope();
  ~SessionScope();
  SessionScope(const SessionScope&) = delete;
  SessionScope& operator=(const SessionScope&) = delete;
};

// Calls fn(args...) in the session, within a SessionScope. A call that takes long lets other
// threads have the GIL from time to time, and ends where SIGINT comes and Python's handler raises:
// then throws nb::python_error.
Status call_in_session(const Value& fn, const Value* args, u32 n, Value& out);

// Creates the types; null with a Python error set, else a new reference.
PyTypeObject* make_tuple_value_type();
PyTypeObject* make_set_value_type();
PyTypeObject* make_primitive_type();
PyTypeObject* make_function_type();

// Returns the plain object of a ValueObject (borrowed), or null with an error set.
PyObject* plain_of(ValueObject* object);

// A new reference to the plain object of a ValueObject, else to the object itself.
PyObject* unwrapped(PyObject* object);

PyObject* new_value(const Value& v);
PyObject* new_function(ClosureObj& closure, bool plain);
PyObject* primitive_object(u32 prim);  // borrowed

// A new reference to a Python object of any value of the session; null with an error set.
PyObject* object_of(const Value& v, bool plain);

// Calls primitive args[0] with the other arguments in the engine and nowhere else, with a plain
// result.
PyObject* route(PyObject* self, PyObject* const* args, Py_ssize_t n);

// The function that primitive `maker` returns for `parts` of which the engine cannot call all.
nanobind::object function_of_parts(u32 maker, u32 argcount, const nanobind::tuple& parts);

// Raises the Python exception that a status other than ok stands for. `where` names the call.
void raise_status(Status status, const char* where);

}  // namespace arcbatch::python
