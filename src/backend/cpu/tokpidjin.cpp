// Calls of tokpidjin's functions from the evaluator, and of function values from them.
#include "backend/cpu/tokpidjin.h"

#include "backend/evaluator.h"
#include "primitives/tokpidjin/run.h"

namespace arcbatch {

Value tokpidjin_function(u32 number) { return tok::function_value(static_cast<tok::Fn>(number)); }

Value tokpidjin_unknown() {
  static ClosureObj* const object = [] {
    static Value marker;
    auto* made = new ClosureObj();  // lives as long as the process
    made->kind = ClosureKind::dialect;
    made->function = tok::kUnknown;
    made->captures = &marker;  // as with texts: no function of the dialect
    return made;
  }();
  return Value::of(object);
}

Value tokpidjin_text(ClosureObj& object, const std::string& text) {
  object.kind = ClosureKind::dialect;
  object.function = tok::kTextFunction;
  object.captures = reinterpret_cast<Value*>(const_cast<std::string*>(&text));
  return Value::of(&object);
}

Status call_tokpidjin(Evaluator& evaluator, Ctx& ctx, u32 number, const Value* args, u32 n,
                      Value& out) {
  tok::Run run{ctx, &evaluator,
               [](void* caller, const Value& fn, const Value* a, u32 count, Value& result) {
                 return static_cast<Evaluator*>(caller)->call_back(fn, a, count, result);
               }};
  return tok::call_public(run, static_cast<tok::Fn>(number), args, n, out);
}

}  // namespace arcbatch
