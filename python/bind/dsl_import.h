// Arguments of a call by Python of a function of the engine, and the way back of its result.
#pragma once

#include <utility>
#include <vector>

#include "convert.h"
#include "dsl.h"

namespace arcbatch::python {

// Has `object`, a Python function of the user's module, stand for primitive `prim`. With `shown`,
// plain results show the primitive as it.
void add_alias(PyObject* object, u32 prim, bool shown);
void remove_alias(PyObject* object);

// Forgets the containers that were converted lately.
void forget_conversions();

// Calls with exactly what the engine has a form for: None, bools, ints, tuples, frozensets, our
// values, and functions. Python's own functions go in as functions that the engine cannot call.
class EngineCall final : public FunctionMaker {
 public:
  // With `plain`, results are plain Python objects, and so are those of functions among them.
  explicit EngineCall(bool plain = false) : ctx_(session().ctx()), plain_(plain) {}

  // Converts arguments. What cannot be converted leaves a status other than ok and no exception, or
  // throws nb::python_error.
  Status import(PyObject* const* args, u32 n);

  // Whether an argument holds a function that the engine cannot call.
  [[nodiscard]] bool has_foreign() const { return has_foreign_; }
  // The type that was refused, or null.
  [[nodiscard]] const char* refused_type() const { return refused_type_; }

  Status run(const Value& fn) { return call_in_session(fn, values_, n_, result_); }

  // The object of any value of the session. Throws nb::python_error.
  Status object_of(const Value& v, nanobind::object& out);

  // The object of the result: an argument where it is that. Throws nb::python_error.
  Status take_result(nanobind::object& out);

  nanobind::object make(const Value& function) override;

 private:
  Status convert(PyObject* object, u32 depth, Value& out);
  Status convert_tuple(PyObject* object, u32 depth, Value& out);
  Status convert_grid(PyObject* object, Value& out);
  Status convert_set(PyObject* object, u32 depth, Value& out);
  Status convert_function(PyObject* object, Value& out);
  Status convert_cached(PyObject* object, Value& out);

  Ctx& ctx_;
  bool plain_;
  PyObject* const* args_ = nullptr;
  u32 n_ = 0;
  Value values_[kMaxLeafArgs];
  Value result_;
  bool has_foreign_ = false;
  const char* refused_type_ = nullptr;
  std::vector<std::pair<ClosureObj*, PyObject*>> functions_;  // borrowed from arguments and made_
  std::vector<nanobind::object> made_;
  std::vector<std::pair<u32, PyObject*>> aliases_;  // of the arguments
};

}  // namespace arcbatch::python
