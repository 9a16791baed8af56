#include "rewrite/tame.h"

namespace arcbatch {
namespace {

// Helpers of generated files, which the reference does not wrap.
bool is_helper(std::string_view name) {
  return name == "_get_safe_default" || name == "batch_process_samples_gpu";
}

// The result of rbind and lbind: by the function's argcount, one of three closures.
Callable bound(const Callable& f) {
  const u32 called_with = f.argcount == 2 || f.argcount == 3 ? f.argcount : 4;
  if (!f.accepts(called_with)) return {};
  return {Callable::Kind::closure, called_with - 1};
}

}  // namespace

Callable callable_of_function(Dsl dialect, u32 function) {
  const DialectInfo& info = dialect_info(dialect);
  const DialectFunction& f = info.functions[function];
  if (!info.safe || is_helper(f.name)) return {};
  return {Callable::Kind::wrapped, f.most};
}

bool function_accepts(Dsl dialect, u32 function, u32 n) {
  const DialectInfo& info = dialect_info(dialect);
  if (!info.safe) return false;
  return n == 1 || !is_helper(info.functions[function].name);
}

Callable callable_of_call(Dsl dialect, u32 function, const std::vector<Callable>& arguments) {
  const DialectInfo& info = dialect_info(dialect);
  if (!info.safe) return {};
  const std::string_view name = info.functions[function].name;
  const auto all_accept = [&](std::size_t count, u32 outer) {
    if (arguments.size() != count || !arguments[0].accepts(outer)) return false;
    for (std::size_t k = 1; k < count; ++k) {
      if (!arguments[k].accepts(1)) return false;
    }
    return true;
  };
  const Callable closure{Callable::Kind::closure, 1};
  if (name == "identity" && arguments.size() == 1) return arguments[0];
  if (name == "compose" && all_accept(2, 1)) return closure;
  if (name == "chain" && all_accept(3, 1)) return closure;
  if (name == "fork" && all_accept(3, 2)) return closure;
  if (name == "matcher" && arguments.size() == 2 && arguments[0].accepts(1)) return closure;
  if ((name == "rbind" || name == "lbind") && arguments.size() == 2) return bound(arguments[0]);
  return {};
}

u32 tuple_size_of(Dsl dialect, u32 function) {
  const DialectInfo& info = dialect_info(dialect);
  return info.functions[function].name == "batch_process_samples_gpu" ? 4 : 0;
}

}  // namespace arcbatch
