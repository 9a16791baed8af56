// A reader for what the engine prints, many times faster than ast.literal_eval().
#include "literal.h"

#include <charconv>
#include <cstdint>
#include <vector>

namespace nb = nanobind;

namespace arcbatch::python {
namespace {

// Above the engine's limit on the depth of values.
constexpr int kMaxNesting = 2000;

class LiteralReader {
 public:
  explicit LiteralReader(std::string_view text) : rest_(text) {}

  nb::object read() {
    nb::object value = read_value(0);
    if (!rest_.empty()) fail();
    return value;
  }

 private:
  [[noreturn]] static void fail() { throw nb::value_error("not the repr of a plain value"); }

  bool eat(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }

  nb::object read_value(int depth) {
    if (depth > kMaxNesting) fail();
    if (eat("(")) return read_items(")", depth);
    if (eat("[")) return read_items("]", depth);
    if (eat("None")) return nb::none();
    if (eat("True")) return nb::bool_(true);
    if (eat("False")) return nb::bool_(false);
    std::int64_t n = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), n);
    if (error != std::errc()) fail();
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return nb::int_(n);
  }

  nb::object read_items(std::string_view close, int depth) {
    std::vector<nb::object> items;
    while (!eat(close)) {
      items.push_back(read_value(depth + 1));
      // The comma after a single item of a tuple has no blank after it.
      if (!eat(", ") && !eat(",") && !rest_.starts_with(close)) fail();
    }
    const auto count = static_cast<Py_ssize_t>(items.size());
    const bool is_list = close == "]";
    nb::object made = nb::steal(is_list ? PyList_New(count) : PyTuple_New(count));
    if (!made.is_valid()) throw nb::python_error();
    for (Py_ssize_t k = 0; k < count; ++k) {
      PyObject* item = items[static_cast<std::size_t>(k)].release().ptr();
      if (is_list) {
        PyList_SET_ITEM(made.ptr(), k, item);
      } else {
        PyTuple_SET_ITEM(made.ptr(), k, item);
      }
    }
    return made;
  }

  std::string_view rest_;
};

}  // namespace

nb::object parse_literal(std::string_view text) { return LiteralReader(text).read(); }

}  // namespace arcbatch::python
