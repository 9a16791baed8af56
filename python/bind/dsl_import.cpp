// Conversions for single calls: no copy of what was converted lately, grids straight to bytes.
#include "dsl_import.h"

#include <unordered_map>

#include "set_reader.h"
#include "values/lazy.h"
#include "values/pending.h"

namespace nb = nanobind;

namespace arcbatch::python {
namespace {

std::unordered_map<PyObject*, u32>& aliases() {
  static auto* const made = new std::unordered_map<PyObject*, u32>;
  return *made;
}

// By primitive: the alias that plain results show. Who adds an alias keeps it alive.
PyObject* shown[kPrimCount];

// The containers that were arguments lately, by address; each entry keeps its object alive.
struct Converted {
  PyObject* object = nullptr;
  HeldValue held;
};
constexpr std::size_t kConverted = 256;
Converted converted[kConverted];

Converted& converted_slot(PyObject* object) {
  const auto address = reinterpret_cast<std::uintptr_t>(object);
  return converted[(address >> 4 ^ address >> 12) % kConverted];
}

// Beyond this weight a container is not kept for the next call.
constexpr u64 kMaxKeptWeight = 1 << 16;

bool is_plain_tuple(PyObject* object) {
  // arcbatch.Grid is a tuple that shows itself in another way, and nothing else.
  static PyObject* const grid =
      nb::object(nb::module_::import_("arcbatch._grid").attr("Grid")).release().ptr();
  return PyTuple_CheckExact(object) || reinterpret_cast<PyObject*>(Py_TYPE(object)) == grid;
}

// A tuple's int of 8 bits, or false.
bool small_int(PyObject* object, i8& out) {
  if (!PyLong_CheckExact(object)) return false;
  int overflow = 0;
  const long n = PyLong_AsLongAndOverflow(object, &overflow);
  if (overflow != 0 || n < -128 || n > 127) return false;
  out = static_cast<i8>(n);
  return true;
}

PyObject* pair_object(const Value& v) {
  PyObject* pair = PyTuple_New(2);
  if (pair == nullptr) return nullptr;
  PyTuple_SET_ITEM(pair, 0, PyLong_FromLong(v.p.a));
  PyTuple_SET_ITEM(pair, 1, PyLong_FromLong(v.p.b));
  return pair;
}

PyObject* cell_object(const Value& v) {
  PyObject* location = pair_object(v);
  PyObject* cell = location == nullptr ? nullptr : PyTuple_New(2);
  if (cell == nullptr) {
    Py_XDECREF(location);
    return nullptr;
  }
  PyTuple_SET_ITEM(cell, 0, PyLong_FromLong(v.aux));
  PyTuple_SET_ITEM(cell, 1, location);
  return cell;
}

}  // namespace

void add_alias(PyObject* object, u32 prim, bool is_shown) {
  aliases()[object] = prim;
  if (is_shown) shown[prim] = object;
}

void remove_alias(PyObject* object) {
  const auto alias = aliases().find(object);
  if (alias == aliases().end()) return;
  if (shown[alias->second] == object) shown[alias->second] = nullptr;
  aliases().erase(alias);
}

void forget_conversions() {
  for (Converted& entry : converted) {
    PyObject* object = std::exchange(entry.object, nullptr);
    if (object == nullptr) continue;
    Session::release(entry.held);
    Py_DECREF(object);
  }
}

Status EngineCall::import(PyObject* const* args, u32 n) {
  args_ = args;
  n_ = n;
  for (u32 k = 0; k < n; ++k) {
    PyObject* object = args[k];
    Value& out = values_[k];
    if (is_value(object)) {
      out = reinterpret_cast<ValueObject*>(object)->held.value;
    } else if (PyTuple_CheckExact(object) ? PyTuple_GET_SIZE(object) > 2
                                          : PyFrozenSet_CheckExact(object)) {
      ARC_TRY(convert_cached(object, out));
    } else {
      ARC_TRY(convert(object, 0, out));
    }
  }
  return Status::ok;
}

Status EngineCall::convert_cached(PyObject* object, Value& out) {
  Converted& entry = converted_slot(object);
  if (entry.object == object) {
    out = entry.held.value;
    return Status::ok;
  }
  ARC_TRY(convert(object, 0, out));
  if (out.tag < Tag::tuple || out.head->weight > kMaxKeptWeight || out.head->flags != 0) {
    return Status::ok;
  }
  PyObject* old = entry.object;
  if (old != nullptr) Session::release(entry.held);
  entry.object = Py_NewRef(object);
  entry.held.value = out;
  session().hold(entry.held);
  Py_XDECREF(old);
  return Status::ok;
}

Status EngineCall::convert(PyObject* object, u32 depth, Value& out) {
  if (depth > ctx_.max_depth) return Status::limit_depth;
  if (PyLong_CheckExact(object)) {
    int overflow = 0;
    const long long n = PyLong_AsLongLongAndOverflow(object, &overflow);
    if (overflow != 0) return Status::unsupported_bigint;
    out = Value::integer(n);
    return Status::ok;
  }
  if (is_value(object)) {
    out = reinterpret_cast<ValueObject*>(object)->held.value;
    return is_pending(out) ? list_pending(ctx_, out) : Status::ok;
  }
  if (is_plain_tuple(object)) return convert_tuple(object, depth, out);
  if (PyFrozenSet_CheckExact(object)) return convert_set(object, depth, out);
  if (object == Py_None) {
    out = Value::none();
    return Status::ok;
  }
  if (PyBool_Check(object)) {
    out = Value::boolean(object == Py_True);
    return Status::ok;
  }
  return convert_function(object, out);
}

Status EngineCall::convert_function(PyObject* object, Value& out) {
  if (Py_TYPE(object) == primitive_type) {
    out = Value::primitive(reinterpret_cast<PrimitiveObject*>(object)->prim);
    return Status::ok;
  }
  const bool is_ours = Py_TYPE(object) == function_type;
  if (is_ours && reinterpret_cast<FunctionObject*>(object)->held.value.tag != Tag::unset) {
    out = reinterpret_cast<FunctionObject*>(object)->held.value;
    functions_.emplace_back(out.closure, object);
    return Status::ok;
  }
  if (!aliases().empty()) {
    const auto alias = aliases().find(object);
    if (alias != aliases().end()) {
      out = Value::primitive(alias->second);
      aliases_.emplace_back(alias->second, object);
      return Status::ok;
    }
  }
  // These compare by identity, as functions of the engine do.
  if (!is_ours && !PyFunction_Check(object) && !PyCFunction_CheckExact(object)) {
    refused_type_ = Py_TYPE(object)->tp_name;
    return Status::unsupported_construct;
  }
  has_foreign_ = true;
  for (const auto& [closure, known] : functions_) {
    if (known != object) continue;
    out = Value::of(closure);
    return Status::ok;
  }
  auto* closure = ctx_.make<ClosureObj>();
  ARC_ALLOC(closure);
  *closure = ClosureObj{};
  closure->kind = ClosureKind::def;
  functions_.emplace_back(closure, object);
  out = Value::of(closure);
  return Status::ok;
}

// Returns fallback where the tuple is not a grid.
Status EngineCall::convert_grid(PyObject* object, Value& out) {
  const auto h = static_cast<u64>(PyTuple_GET_SIZE(object));
  PyObject* first = PyTuple_GET_ITEM(object, 0);
  if (!PyTuple_CheckExact(first) || PyTuple_GET_SIZE(first) == 0) return Status::fallback;
  const Py_ssize_t w = PyTuple_GET_SIZE(first);
  for (u64 i = 0; i < h; ++i) {
    PyObject* row = PyTuple_GET_ITEM(object, static_cast<Py_ssize_t>(i));
    if (!PyTuple_CheckExact(row) || PyTuple_GET_SIZE(row) != w) return Status::fallback;
  }
  i8 cell = 0;
  if (!small_int(PyTuple_GET_ITEM(first, 0), cell)) return Status::fallback;
  GridObj* grid = nullptr;
  ARC_TRY(make_grid(ctx_, h, static_cast<u64>(w), grid));
  i8* to = grid->cells();
  for (u64 i = 0; i < h; ++i) {
    PyObject* row = PyTuple_GET_ITEM(object, static_cast<Py_ssize_t>(i));
    for (Py_ssize_t j = 0; j < w; ++j) {
      if (!small_int(PyTuple_GET_ITEM(row, j), *to++)) return Status::fallback;
    }
  }
  out = Value::of(grid);
  return Status::ok;
}

Status EngineCall::convert_tuple(PyObject* object, u32 depth, Value& out) {
  const Py_ssize_t n = PyTuple_GET_SIZE(object);
  if (n > 0 && PyTuple_CheckExact(PyTuple_GET_ITEM(object, 0))) {
    const Status status = convert_grid(object, out);
    if (status != Status::fallback) return status;
  }
  Value few[4];
  Value* items = few;
  if (n > 4) {
    items = ctx_.make<Value>(static_cast<u64>(n));
    ARC_ALLOC(items);
  }
  for (Py_ssize_t k = 0; k < n; ++k) {
    ARC_TRY(convert(PyTuple_GET_ITEM(object, k), depth + 1, items[k]));
  }
  ARC_TRY(make_tuple(ctx_, items, static_cast<u64>(n), out));
  return check_limits(ctx_, out);
}

Status EngineCall::convert_set(PyObject* object, u32 depth, Value& out) {
  const auto convert_key = [this, depth](PyObject* key, Value& to) {
    return convert(key, depth + 1, to);
  };
  return read_set(ctx_, object, convert_key, out);
}

Status EngineCall::take_result(nb::object& out) {
  const Value& v = result_;
  for (u32 k = 0; k < n_ && v.tag >= Tag::pair; ++k) {
    if (!v.same_bits(values_[k])) continue;
    out = nb::borrow(args_[k]);
    break;
  }
  if (!out.is_valid()) ARC_TRY(object_of(v, out));
  if (plain_ && is_value(out.ptr())) {
    out = nb::steal(unwrapped(out.ptr()));
    if (!out.is_valid()) throw nb::python_error();
  }
  return Status::ok;
}

Status EngineCall::object_of(const Value& v, nb::object& out) {
  switch (v.tag) {
    case Tag::none: out = nb::none(); break;
    case Tag::boolean: out = nb::bool_(v.i != 0); break;
    case Tag::integer: out = nb::steal(PyLong_FromLongLong(v.i)); break;
    case Tag::pair: out = nb::steal(pair_object(v)); break;
    case Tag::cell: out = nb::steal(cell_object(v)); break;
    case Tag::primitive:
    case Tag::closure: out = make(v); break;
    default:
      // A foreign function is the engine's for the time of the call, and plain results have the
      // very functions that were given.
      if ((!plain_ && !has_foreign_) || (v.head->flags & kHasFunction) == 0) {
        out = nb::steal(new_value(v));
      } else {
        ARC_TRY(to_python(ctx_, v, out, this));
      }
  }
  if (!out.is_valid()) throw nb::python_error();
  return Status::ok;
}

nb::object EngineCall::make(const Value& function) {
  if (function.tag == Tag::primitive) {
    for (const auto& [prim, object] : aliases_) {
      if (prim == static_cast<u32>(function.i)) return nb::borrow(object);
    }
    PyObject* own = shown[static_cast<u32>(function.i)];
    if (plain_ && own != nullptr) return nb::borrow(own);
    return nb::borrow(primitive_object(static_cast<u32>(function.i)));
  }
  for (const auto& [closure, object] : functions_) {
    if (closure == function.closure) return nb::borrow(object);
  }
  nb::object made = nb::steal(new_function(*function.closure, plain_));
  if (!made.is_valid()) throw nb::python_error();
  functions_.emplace_back(function.closure, made.ptr());
  made_.push_back(made);
  return made;
}

PyObject* object_of(const Value& v, bool plain) {
  try {
    EngineCall call(plain);
    nb::object out;
    const Status status = call.object_of(v, out);
    if (status == Status::ok) return out.release().ptr();
    raise_status(status, "arcbatch");
  } catch (nb::python_error& error) {
    error.restore();
  }
  return nullptr;
}

}  // namespace arcbatch::python
