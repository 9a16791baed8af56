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

// Numbers for which closures do not stand so deep that a call could end for that.
Callable callable_of_integer(i64 value) {
  if (value < 1 || value > 8) return {};
  return {Callable::Kind::number, static_cast<u32>(value)};
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
  // One of two functions, whichever it is.
  if ((name == "branch" || name == "c_branch") && arguments.size() == 3 &&
      arguments[1].is_function() && arguments[2].is_function() &&
      arguments[1].argcount == arguments[2].argcount) {
    return arguments[1].kind == Callable::Kind::closure ? arguments[1] : arguments[2];
  }
  if (name == "power" && arguments.size() == 2 && arguments[0].accepts(1) &&
      arguments[1].kind == Callable::Kind::number) {
    return arguments[1].argcount == 1 ? arguments[0] : closure;
  }
  if ((name == "rbind" || name == "lbind") && arguments.size() == 2) return bound(arguments[0]);
  return {};
}

u32 tuple_size_of(Dsl dialect, u32 function) {
  const DialectInfo& info = dialect_info(dialect);
  return info.functions[function].name == "batch_process_samples_gpu" ? 4 : 0;
}

}  // namespace arcbatch
