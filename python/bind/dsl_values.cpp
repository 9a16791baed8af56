// TupleValue and FrozenSetValue. What a program rarely asks of a value is answered by the tuple or
// frozenset that it stands for, which is made once.
#include <new>

#include "convert.h"
#include "dsl.h"
#include "dsl_import.h"
#include "values/lazy.h"
#include "values/pending.h"

namespace nb = nanobind;

namespace arcbatch::python {

PyTypeObject* tuple_value_type = nullptr;
PyTypeObject* set_value_type = nullptr;

namespace {

ValueObject* value_of(PyObject* o) { return reinterpret_cast<ValueObject*>(o); }

void value_dealloc(PyObject* self) {
  PyTypeObject* type = Py_TYPE(self);
  Session::release(value_of(self)->held);
  Py_XDECREF(value_of(self)->plain);
  type->tp_free(self);
  Py_DECREF(type);
}

// type(x)(items), as the reference's own code may write it, is the plain type's call.
PyObject* tuple_new(PyTypeObject*, PyObject* args, PyObject* keywords) {
  return PyObject_Call(reinterpret_cast<PyObject*>(&PyTuple_Type), args, keywords);
}
PyObject* set_new(PyTypeObject*, PyObject* args, PyObject* keywords) {
  if (PyTuple_GET_SIZE(args) == 1 && keywords == nullptr) {
    // frozenset(x) is x where x is a frozenset.
    PyObject* plain = unwrapped(PyTuple_GET_ITEM(args, 0));
    if (plain == nullptr) return nullptr;
    PyObject* made = PyObject_CallOneArg(reinterpret_cast<PyObject*>(&PyFrozenSet_Type), plain);
    Py_DECREF(plain);
    return made;
  }
  return PyObject_Call(reinterpret_cast<PyObject*>(&PyFrozenSet_Type), args, keywords);
}

PyObject* value_repr(PyObject* self) {
  PyObject* plain = plain_of(value_of(self));
  return plain == nullptr ? nullptr : PyObject_Repr(plain);
}

// Returns a new reference, or null with an error set.
PyObject* convert_value(const HeldValue& held, bool any_order) {
  const SessionScope scope;
  Value v = held.value;  // not before: the scope may begin with a collection
  session().restore_budget();
  try {
    EngineCall functions;
    nb::object made;
    Status status = Status::ok;
    if (is_pending(v)) status = list_pending(session().ctx(), v);
    if (status == Status::ok) {
      status = to_python(session().ctx(), v, made, &functions, any_order);
    }
    if (status == Status::ok) return made.release().ptr();
    raise_status(status, "to_python");
  } catch (nb::python_error& error) {
    error.restore();
  } catch (const std::bad_alloc&) {
    PyErr_NoMemory();
  }
  return nullptr;
}

bool by_address(PyObject* self) {
  return (value_of(self)->held.value.head->flags & (kHasFunction | kHasAddress)) != 0;
}

// The plain object for a use that cannot tell the order of a set: a new reference. Sets of
// functions or None have no order that is known.
PyObject* plain_in_any_order(PyObject* self) {
  if (value_of(self)->plain != nullptr || !by_address(self)) {
    return Py_XNewRef(plain_of(value_of(self)));
  }
  return convert_value(value_of(self)->held, true);
}

Py_hash_t value_hash(PyObject* self) {
  if (by_address(self)) {
    PyObject* plain = plain_in_any_order(self);
    if (plain == nullptr) return -1;
    const Py_hash_t hash = PyObject_Hash(plain);
    Py_DECREF(plain);
    return hash;
  }
  const SessionScope scope;
  session().restore_budget();
  Value v = value_of(self)->held.value;
  i64 hash = 0;
  Status status = Status::ok;
  if (is_pending(v)) status = list_pending(session().ctx(), v);
  if (status == Status::ok) status = hash_value(session().ctx(), v, hash);
  if (status == Status::ok) return static_cast<Py_hash_t>(hash);
  raise_status(status, "hash");
  return -1;
}

PyObject* value_compare(PyObject* self, PyObject* other, int op) {
  if ((op == Py_EQ || op == Py_NE) && is_value(other)) {
    if (self == other) return Py_NewRef(op == Py_EQ ? Py_True : Py_False);
    const SessionScope scope;
    Ctx& ctx = session().ctx();
    session().restore_budget();
    Value a = value_of(self)->held.value;
    Value b = value_of(other)->held.value;
    bool same = false;
    Status status = is_pending(a) ? list_pending(ctx, a) : Status::ok;
    if (status == Status::ok && is_pending(b)) status = list_pending(ctx, b);
    if (status == Status::ok) status = equal(ctx, a, b, same);
    if (status == Status::ok) return Py_NewRef(same == (op == Py_EQ) ? Py_True : Py_False);
  }
  PyObject* plain = plain_in_any_order(self);
  if (plain == nullptr) return nullptr;
  PyObject* to = is_value(other) ? plain_in_any_order(other) : Py_NewRef(other);
  PyObject* result = to == nullptr ? nullptr : PyObject_RichCompare(plain, to, op);
  Py_DECREF(plain);
  Py_XDECREF(to);
  return result;
}

PyObject* value_iter(PyObject* self) {
  PyObject* plain = plain_of(value_of(self));
  return plain == nullptr ? nullptr : PyObject_GetIter(plain);
}

Py_ssize_t value_length(PyObject* self) {
  return static_cast<Py_ssize_t>(len_of(value_of(self)->held.value));
}

int value_contains(PyObject* self, PyObject* item) {
  PyObject* plain = plain_in_any_order(self);
  if (plain == nullptr) return -1;
  const int found = PySequence_Contains(plain, item);
  Py_DECREF(plain);
  return found;
}

PyObject* value_item(PyObject* self, Py_ssize_t k) {
  PyObject* plain = plain_of(value_of(self));
  return plain == nullptr ? nullptr : PySequence_GetItem(plain, k);
}

PyObject* value_subscript(PyObject* self, PyObject* key) {
  PyObject* plain = plain_of(value_of(self));
  return plain == nullptr ? nullptr : PyObject_GetItem(plain, key);
}

// Whatever the plain object has besides.
PyObject* value_getattro(PyObject* self, PyObject* name) {
  PyObject* found = PyObject_GenericGetAttr(self, name);
  if (found != nullptr || !PyErr_ExceptionMatches(PyExc_AttributeError)) return found;
  PyErr_Clear();
  PyObject* plain = plain_of(value_of(self));
  return plain == nullptr ? nullptr : PyObject_GetAttr(plain, name);
}

using BinaryFunction = PyObject* (*)(PyObject*, PyObject*);

template <BinaryFunction operation>
PyObject* value_binary(PyObject* a, PyObject* b) {
  PyObject* left = unwrapped(a);
  if (left == nullptr) return nullptr;
  PyObject* right = unwrapped(b);
  PyObject* result = right == nullptr ? nullptr : operation(left, right);
  Py_DECREF(left);
  Py_XDECREF(right);
  return result;
}

PyObject* value_to_python(PyObject* self, PyObject*) {
  PyObject* plain = plain_of(value_of(self));
  return Py_XNewRef(plain);
}

PyObject* value_self(PyObject* self, PyObject*) { return Py_NewRef(self); }

// Pickled, it is the Python value that it stands for.
PyObject* value_reduce(PyObject* self, PyObject*) {
  PyObject* plain = plain_of(value_of(self));
  if (plain == nullptr) return nullptr;
  return Py_BuildValue("O(O)", reinterpret_cast<PyObject*>(Py_TYPE(plain)), plain);
}

PyObject* value_class(PyObject* self, void*) {
  return Py_NewRef(reinterpret_cast<PyObject*>(
      Py_TYPE(self) == tuple_value_type ? &PyTuple_Type : &PyFrozenSet_Type));
}

PyObject* tuple_array(PyObject* self, PyObject* args, PyObject* keywords) {
  PyObject* plain = plain_of(value_of(self));
  if (plain == nullptr) return nullptr;
  static const char* names[] = {"dtype", "copy", nullptr};
  PyObject* dtype = Py_None;
  PyObject* copy = Py_None;
  if (!PyArg_ParseTupleAndKeywords(args, keywords, "|OO", const_cast<char**>(names), &dtype,
                                   &copy)) {
    return nullptr;
  }
  if (copy == Py_False) {
    PyErr_SetString(PyExc_ValueError, "an array of a tuple's items is always a copy");
    return nullptr;
  }
  PyObject* numpy = PyImport_ImportModule("numpy");
  if (numpy == nullptr) return nullptr;
  PyObject* result = PyObject_CallMethod(numpy, "array", "OO", plain, dtype);
  Py_DECREF(numpy);
  return result;
}

// A method of the plain object, with arguments that are values unwrapped: frozenset's methods would
// take them for iterables of any kind, and add their items one by one.
PyObject* plain_method(PyObject* self, PyObject* args, const char* name) {
  PyObject* plain = plain_of(value_of(self));
  if (plain == nullptr) return nullptr;
  PyObject* given = PyTuple_New(PyTuple_GET_SIZE(args));
  if (given == nullptr) return nullptr;
  for (Py_ssize_t k = 0; k < PyTuple_GET_SIZE(args); ++k) {
    PyObject* argument = unwrapped(PyTuple_GET_ITEM(args, k));
    if (argument == nullptr) {
      Py_DECREF(given);
      return nullptr;
    }
    PyTuple_SET_ITEM(given, k, argument);
  }
  PyObject* method = PyObject_GetAttrString(plain, name);
  PyObject* result = method == nullptr ? nullptr : PyObject_Call(method, given, nullptr);
  Py_XDECREF(method);
  Py_DECREF(given);
  return result;
}

#define ARC_PLAIN_METHOD(name) \
  PyObject* plain_##name(PyObject* self, PyObject* args) { return plain_method(self, args, #name); }
ARC_PLAIN_METHOD(union)
ARC_PLAIN_METHOD(intersection)
ARC_PLAIN_METHOD(difference)
ARC_PLAIN_METHOD(symmetric_difference)
ARC_PLAIN_METHOD(isdisjoint)
ARC_PLAIN_METHOD(issubset)
ARC_PLAIN_METHOD(issuperset)
#undef ARC_PLAIN_METHOD

template <class F>
void* slot(F* function) {
  return reinterpret_cast<void*>(function);
}

#define ARC_COMMON_METHODS                                                            \
  {"to_python", value_to_python, METH_NOARGS, "The plain Python object, made once."}, \
      {"__reduce_ex__", value_reduce, METH_O, nullptr},                               \
      {"__copy__", value_self, METH_NOARGS, nullptr}, {                               \
    "__deepcopy__", value_self, METH_O, nullptr                                       \
  }

PyMethodDef tuple_methods[] = {
    ARC_COMMON_METHODS,
    {"__array__",
     reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(&tuple_array)),  // NOLINT
     METH_VARARGS | METH_KEYWORDS, "The items as a NumPy array."},
    {nullptr, nullptr, 0, nullptr},
};

PyMethodDef set_methods[] = {
    ARC_COMMON_METHODS,
    {"copy", value_self, METH_NOARGS, nullptr},
    {"union", plain_union, METH_VARARGS, nullptr},
    {"intersection", plain_intersection, METH_VARARGS, nullptr},
    {"difference", plain_difference, METH_VARARGS, nullptr},
    {"symmetric_difference", plain_symmetric_difference, METH_VARARGS, nullptr},
    {"isdisjoint", plain_isdisjoint, METH_VARARGS, nullptr},
    {"issubset", plain_issubset, METH_VARARGS, nullptr},
    {"issuperset", plain_issuperset, METH_VARARGS, nullptr},
    {nullptr, nullptr, 0, nullptr},
};

PyGetSetDef value_properties[] = {
    {"__class__", value_class, nullptr, nullptr, nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr},
};

#define ARC_COMMON_SLOTS                                                            \
  {Py_tp_dealloc, slot(value_dealloc)}, {Py_tp_repr, slot(value_repr)},             \
      {Py_tp_hash, slot(value_hash)}, {Py_tp_richcompare, slot(value_compare)},     \
      {Py_tp_iter, slot(value_iter)}, {Py_tp_getattro, slot(value_getattro)},       \
      {Py_sq_length, slot(value_length)}, {Py_sq_contains, slot(value_contains)}, { \
    Py_tp_getset, value_properties                                                  \
  }

PyType_Slot tuple_slots[] = {
    ARC_COMMON_SLOTS,
    {Py_tp_new, slot(tuple_new)},
    {Py_tp_methods, tuple_methods},
    {Py_sq_item, slot(value_item)},
    {Py_mp_subscript, slot(value_subscript)},
    {Py_mp_length, slot(value_length)},
    {Py_nb_add, slot(value_binary<PyNumber_Add>)},
    {Py_nb_multiply, slot(value_binary<PyNumber_Multiply>)},
    {Py_tp_doc, const_cast<char*>("A tuple that the engine holds: equal to it, hashed, indexed "
                                  "and printed like it. to_python() gives the tuple itself.")},
    {0, nullptr},
};

PyType_Slot set_slots[] = {
    ARC_COMMON_SLOTS,
    {Py_tp_new, slot(set_new)},
    {Py_tp_methods, set_methods},
    {Py_nb_or, slot(value_binary<PyNumber_Or>)},
    {Py_nb_and, slot(value_binary<PyNumber_And>)},
    {Py_nb_subtract, slot(value_binary<PyNumber_Subtract>)},
    {Py_nb_xor, slot(value_binary<PyNumber_Xor>)},
    {Py_tp_doc, const_cast<char*>("A frozenset that the engine holds: equal to it, hashed, "
                                  "iterated and printed like it. to_python() gives the frozenset "
                                  "itself.")},
    {0, nullptr},
};

PyType_Spec tuple_spec = {"arcbatch.TupleValue", sizeof(ValueObject), 0, Py_TPFLAGS_DEFAULT,
                          tuple_slots};
PyType_Spec set_spec = {"arcbatch.FrozenSetValue", sizeof(ValueObject), 0, Py_TPFLAGS_DEFAULT,
                        set_slots};

}  // namespace

PyTypeObject* make_tuple_value_type() {
  return reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&tuple_spec));
}
PyTypeObject* make_set_value_type() {
  return reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&set_spec));
}

PyObject* new_value(const Value& v) {
  PyTypeObject* type = v.is_set() ? set_value_type : tuple_value_type;
  auto* object = PyObject_New(ValueObject, type);
  if (object == nullptr) return nullptr;
  new (&object->held) HeldValue{v, nullptr, nullptr};
  object->plain = nullptr;
  session().hold(object->held);
  return reinterpret_cast<PyObject*>(object);
}

PyObject* plain_of(ValueObject* object) {
  if (object->plain != nullptr) return object->plain;
  PyObject* made = convert_value(object->held, false);
  // What ran meanwhile may have made it too.
  if (object->plain == nullptr) {
    object->plain = made;
  } else {
    Py_XDECREF(made);
  }
  return object->plain;
}

PyObject* unwrapped(PyObject* object) {
  if (!is_value(object)) return Py_NewRef(object);
  return Py_XNewRef(plain_of(value_of(object)));
}

nb::object plain_of_value(nb::handle object) {
  if (!is_value(object.ptr())) return {};
  PyObject* plain = plain_of(value_of(object.ptr()));
  if (plain == nullptr) throw nb::python_error();
  return nb::borrow(plain);
}

}  // namespace arcbatch::python
