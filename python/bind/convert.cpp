// Conversions, over the struct that CPython's headers declare for its sets.
#include "convert.h"

#include <fmt/format.h>

#include <unordered_map>
#include <vector>

#include "batch/outcome.h"
#include "set_reader.h"
#include "values/lazy.h"

namespace nb = nanobind;

namespace arcbatch::python {
namespace {

// Beyond this nesting a value is refused whatever the engine's own limit is: conversions recurse.
constexpr u32 kMaxNesting = 2000;

PySetObject* set_of(PyObject* object) { return reinterpret_cast<PySetObject*>(object); }

class Builder {
 public:
  explicit Builder(Ctx& ctx) : ctx_(ctx) {}

  Status build(PyObject* object, u32 depth, Value& out) {
    if (depth > ctx_.max_depth || depth > kMaxNesting) return Status::limit_depth;
    if (object == Py_None) {
      out = Value::none();
    } else if (PyBool_Check(object)) {
      out = Value::boolean(object == Py_True);
    } else if (PyLong_Check(object)) {
      return build_int(object, out);
    } else if (PyTuple_Check(object) || PyList_Check(object)) {
      return build_tuple(object, depth, out);
    } else if (PyFrozenSet_Check(object)) {
      return build_set(object, depth, out);
    } else if (const nb::object plain = plain_of_value(object); plain.is_valid()) {
      return build(plain.ptr(), depth, out);
    } else {
      return build_other(object, depth, out);
    }
    return Status::ok;
  }

 private:
  static Status build_int(PyObject* object, Value& out) {
    int overflow = 0;
    const long long n = PyLong_AsLongLongAndOverflow(object, &overflow);
    if (overflow != 0) return Status::unsupported_bigint;
    if (n == -1 && PyErr_Occurred() != nullptr) throw nb::python_error();
    out = Value::integer(n);
    return Status::ok;
  }

  Status build_tuple(PyObject* object, u32 depth, Value& out) {
    std::vector<Value> items;
    // Asked anew each time: an item's tolist() might change a list.
    for (Py_ssize_t k = 0; k < PySequence_Fast_GET_SIZE(object); ++k) {
      const nb::object item = nb::borrow(PySequence_Fast_GET_ITEM(object, k));
      ARC_TRY(build(item.ptr(), depth + 1, items.emplace_back()));
    }
    ARC_TRY(make_tuple(ctx_, items.data(), items.size(), out));
    return check_limits(ctx_, out);
  }

  Status build_set(PyObject* object, u32 depth, Value& out) {
    const auto convert = [this, depth](PyObject* key, Value& to) {
      return build(key, depth + 1, to);
    };
    return read_set(ctx_, object, convert, out);
  }

  Status build_other(PyObject* object, u32 depth, Value& out) {
    if (PyObject_HasAttrString(object, "tolist") != 0) {
      const nb::object plain = nb::handle(object).attr("tolist")();
      if (PyList_Check(plain.ptr()) || PyLong_Check(plain.ptr())) {
        return build(plain.ptr(), depth, out);
      }
    }
    throw nb::type_error(
        fmt::format("arcbatch takes None, bool, int, tuple, list, frozenset and arrays of ints, "
                    "not {}",
                    Py_TYPE(object)->tp_name)
            .c_str());
  }

  Ctx& ctx_;
};

// The key that CPython puts in a slot whose key was removed.
PyObject* dummy_key() {
  static PyObject* const dummy = [] {
    const nb::object zero = nb::int_(0);
    const nb::object set = nb::steal(PySet_New(nullptr));
    if (!set.is_valid() || PySet_Add(set.ptr(), zero.ptr()) != 0 ||
        PySet_Discard(set.ptr(), zero.ptr()) != 1) {
      throw nb::python_error();
    }
    PyObject* key = set_of(set.ptr())->table[0].key;
    Py_INCREF(key);
    return key;
  }();
  return dummy;
}

class Exporter {
 public:
  Exporter(Ctx& ctx, FunctionMaker* functions, bool any_order)
      : ctx_(ctx), functions_(functions), any_order_(any_order) {}

  Status convert(const Value& v, nb::object& out) {
    switch (v.tag) {
      case Tag::none: out = nb::none(); return Status::ok;
      case Tag::boolean: out = nb::bool_(v.i != 0); return Status::ok;
      case Tag::integer: out = nb::int_(v.i); return Status::ok;
      case Tag::pair:
      case Tag::cell:
      case Tag::triple: return convert_tuple(v, out);
      case Tag::tuple:
      case Tag::grid:
      case Tag::set: break;
      case Tag::list: return convert_list(*v.list, out);
      case Tag::real: out = nb::float_(v.real->value); return Status::ok;
      default: out = functions_ != nullptr ? functions_->make(v) : nb::object(); return Status::ok;
    }
    if (const auto known = made_.find(v.head); known != made_.end()) {
      out = known->second;
      return Status::ok;
    }
    ARC_TRY(v.is_set() ? convert_set(v, out) : convert_tuple(v, out));
    made_.emplace(v.head, out);
    return Status::ok;
  }

 private:
  Status convert_tuple(const Value& v, nb::object& out) {
    Iter it;
    ARC_TRY(it.start(ctx_, v));
    const nb::object tuple = nb::steal(PyTuple_New(static_cast<Py_ssize_t>(len_of(v))));
    if (!tuple.is_valid()) throw nb::python_error();
    Py_ssize_t k = 0;
    for (Value item; it.next(item); ++k) {
      nb::object converted;
      ARC_TRY(convert(item, converted));
      if (!converted.is_valid()) {
        out = nb::object();
        return Status::ok;
      }
      PyTuple_SET_ITEM(tuple.ptr(), k, converted.release().ptr());
    }
    out = tuple;
    return Status::ok;
  }

  Status convert_list(const ListObj& from, nb::object& out) {
    nb::list list;
    out = nb::object();
    for (u32 k = 0; k < from.len; ++k) {
      nb::object converted;
      ARC_TRY(convert(from.items[k], converted));
      if (!converted.is_valid()) return Status::ok;
      list.append(converted);
    }
    out = list;
    return Status::ok;
  }

  Status convert_set(const Value& v, nb::object& out) {
    out = nb::object();
    if (!any_order_ && order_by_address(v)) return Status::unsupported_order;
    const bool by_address = (v.set->flags & kHasAddress) != 0;
    if (!by_address) ARC_TRY(force_order(ctx_, v.set));
    std::vector<nb::object> keys;
    Iter it;
    ARC_TRY(it.start_unordered(ctx_, v));
    for (Value key; it.next(key);) {
      ARC_TRY(convert(key, keys.emplace_back()));
      if (!keys.back().is_valid()) return Status::ok;
    }
    out = by_address ? plain_set(keys) : set_with_table(*v.set->table, keys);
    return Status::ok;
  }

  // A set of keys that hash by address: Python finds their places.
  static nb::object plain_set(const std::vector<nb::object>& keys) {
    nb::list list;
    for (const nb::object& key : keys) list.append(key);
    nb::object set = nb::steal(PyFrozenSet_New(list.ptr()));
    if (!set.is_valid()) throw nb::python_error();
    return set;
  }

  // A new, empty frozenset that is given the very table, slot by slot.
  static nb::object set_with_table(const Table& table, std::vector<nb::object>& keys) {
    nb::object object = nb::steal(PyFrozenSet_New(nullptr));
    if (!object.is_valid()) throw nb::python_error();
    if (table.fill == 0 && table.mask + 1 == PySet_MINSIZE) return object;
    PyObject* const dummy = dummy_key();
    PySetObject* set = set_of(object.ptr());
    const std::size_t slots = std::size_t{table.mask} + 1;
    setentry* entries = set->smalltable;
    if (slots != PySet_MINSIZE) {
      entries = static_cast<setentry*>(PyMem_Calloc(slots, sizeof(setentry)));
      if (entries == nullptr) throw std::bad_alloc();
    }
    std::size_t next = 0;
    for (std::size_t k = 0; k < slots; ++k) {
      const Entry& from = table.entries[k];
      entries[k] = {nullptr, 0};
      if (is_active(from)) {
        entries[k] = {keys[next++].release().ptr(), static_cast<Py_hash_t>(from.hash)};
      } else if (!is_unused(from)) {
        Py_INCREF(dummy);
        entries[k] = {dummy, kDummyHash};
      }
    }
    set->table = entries;
    set->mask = static_cast<Py_ssize_t>(table.mask);
    set->fill = static_cast<Py_ssize_t>(table.fill);
    set->used = static_cast<Py_ssize_t>(table.used);
    return object;
  }

  Ctx& ctx_;
  FunctionMaker* functions_;
  bool any_order_;
  std::unordered_map<const Head*, nb::object> made_;
};

[[noreturn]] void refuse(const std::string& where, const std::string& what) {
  throw nb::value_error(fmt::format("{}: {}", where, what).c_str());
}

// A list or tuple, or what tolist() makes one.
nb::object sequence(nb::handle object, const std::string& where, const char* what) {
  nb::object plain = nb::borrow(object);
  if (!PyList_Check(object.ptr()) && !PyTuple_Check(object.ptr()) &&
      nb::hasattr(object, "tolist")) {
    plain = object.attr("tolist")();
  }
  if (!PyList_Check(plain.ptr()) && !PyTuple_Check(plain.ptr())) {
    refuse(where, fmt::format("{} is of type {}, not a list, tuple or array", what,
                              Py_TYPE(object.ptr())->tp_name));
  }
  return plain;
}

}  // namespace

Status to_value(Ctx& ctx, nb::handle object, Value& out) {
  return Builder(ctx).build(object.ptr(), 0, out);
}

Status to_python(Ctx& ctx, const Value& value, nb::object& out, FunctionMaker* functions,
                 bool any_order) {
  return Exporter(ctx, functions, any_order).convert(value, out);
}

GridData to_grid(nb::handle object, const std::string& where) {
  const nb::object rows = sequence(object, where, "the grid");
  const Py_ssize_t height = PySequence_Fast_GET_SIZE(rows.ptr());
  if (height == 0) refuse(where, "the grid is empty");
  GridData grid;
  for (Py_ssize_t i = 0; i < height; ++i) {
    const nb::object row = sequence(nb::handle(PySequence_Fast_GET_ITEM(rows.ptr(), i)), where,
                                    fmt::format("row {}", i).c_str());
    const Py_ssize_t width = PySequence_Fast_GET_SIZE(row.ptr());
    if (width == 0) refuse(where, fmt::format("row {} is empty", i));
    if (i == 0) grid.w = static_cast<u32>(width);
    if (width != static_cast<Py_ssize_t>(grid.w)) {
      refuse(where, fmt::format("row {} has {} cells, row 0 has {}", i, width, grid.w));
    }
    if (height > kMaxGridSide || width > kMaxGridSide) {
      refuse(where, fmt::format("the grid is {}x{}, more than {}x{}", height, width, kMaxGridSide,
                                kMaxGridSide));
    }
    for (Py_ssize_t j = 0; j < width; ++j) {
      const nb::handle cell(PySequence_Fast_GET_ITEM(row.ptr(), j));
      // operator.index() takes NumPy's integers too; bools are none of a task's colours.
      const nb::object number =
          PyBool_Check(cell.ptr()) ? nb::object() : nb::steal(PyNumber_Index(cell.ptr()));
      PyErr_Clear();
      const long colour = number.is_valid() ? PyLong_AsLong(number.ptr()) : -1;
      PyErr_Clear();
      if (colour < 0 || colour > 9) {
        refuse(where, fmt::format("row {}, column {}: {} is not an integer from 0 to 9", i, j,
                                  nb::repr(cell).c_str()));
      }
      grid.cells.push_back(static_cast<i8>(colour));
    }
  }
  grid.h = static_cast<u32>(height);
  return grid;
}

nb::object grid_object(const GridData& grid) {
  nb::object rows = nb::steal(PyTuple_New(static_cast<Py_ssize_t>(grid.h)));
  if (!rows.is_valid()) throw nb::python_error();
  for (u32 i = 0; i < grid.h; ++i) {
    PyObject* row = PyTuple_New(static_cast<Py_ssize_t>(grid.w));
    if (row == nullptr) throw nb::python_error();
    PyTuple_SET_ITEM(rows.ptr(), static_cast<Py_ssize_t>(i), row);
    for (u32 j = 0; j < grid.w; ++j) {
      PyTuple_SET_ITEM(row, static_cast<Py_ssize_t>(j), PyLong_FromLong(grid.at(i, j)));
    }
  }
  return rows;
}

}  // namespace arcbatch::python
