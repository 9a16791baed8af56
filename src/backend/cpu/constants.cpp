// Literals that need no arena: scalars, and pairs and cells of small ints.
#include "backend/cpu/constants.h"

#include "values/build.h"

namespace arcbatch {

bool inline_constant(const std::vector<Constant>& constants, u32 k, Value* values) {
  const Constant& c = constants[k];
  switch (c.kind) {
    case Constant::Kind::none: values[k] = Value::none(); return true;
    case Constant::Kind::boolean: values[k] = Value::boolean(c.integer != 0); return true;
    case Constant::Kind::integer: values[k] = Value::integer(c.integer); return true;
    case Constant::Kind::text: values[k] = Value::none(); return true;  // the runner has them
    case Constant::Kind::tuple: break;
  }
  if (c.children.size() != 2) return false;
  const Value& a = values[c.children[0]];
  const Value& b = values[c.children[1]];
  if (a.tag != Tag::integer || !fits_i32(a.i)) return false;
  if (b.tag == Tag::integer && fits_i32(b.i)) {
    values[k] = Value::pair(static_cast<i32>(a.i), static_cast<i32>(b.i));
    return true;
  }
  if (b.tag != Tag::pair) return false;
  values[k] = Value::cell(static_cast<i32>(a.i), b.p.a, b.p.b);
  return true;
}

}  // namespace arcbatch
