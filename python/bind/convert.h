// Python values to the engine's and back, exactly: a frozenset goes over with its table, so that
// it iterates in the same order on both sides.
#pragma once

#include <nanobind/nanobind.h>

#include "backend/cpu/runner.h"
#include "task/task.h"

namespace arcbatch::python {

// Builds a value in the context's arena from None, a bool, an int, a tuple, a list (which stands
// for a tuple), a frozenset, or what has a tolist() that gives one of these (NumPy's arrays and
// scalars). Throws TypeError for anything else. Needs the GIL.
Status to_value(Ctx& ctx, nanobind::handle object, Value& out);

// Makes the Python object of a function value.
class FunctionMaker {
 public:
  virtual ~FunctionMaker() = default;
  virtual nanobind::object make(const Value& function) = 0;
};

// Sets `out` to the Python object of a value, whose orders are worked out where they are still
// deferred; parts that the value shares are shared by the object too. A function is made by
// `functions`; without one, a value that holds a function leaves `out` null. A set whose order is
// by address is refused unless `any_order` says that the caller does not look at it. Needs the GIL.
Status to_python(Ctx& ctx, const Value& value, nanobind::object& out,
                 FunctionMaker* functions = nullptr, bool any_order = false);

// The tuple or frozenset that a TupleValue or FrozenSetValue (dsl.h) stands for; null for any other
// object.
nanobind::object plain_of_value(nanobind::handle object);

// Reads a grid of a task: rows of 1 to 30 colours 0 to 9, as lists, tuples or an array. Throws
// ValueError that says what is wrong and begins with `where`.
GridData to_grid(nanobind::handle object, const std::string& where);

// Returns a grid as a tuple of rows.
nanobind::object grid_object(const GridData& grid);

}  // namespace arcbatch::python
