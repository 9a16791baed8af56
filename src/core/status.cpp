// Names of statuses as they appear in outcomes.
#include "core/status.h"

namespace arcbatch {

const char* status_name(Status s) {
  switch (s) {
    case Status::ok: return "ok";
    case Status::fallback: return "internal: fallback";
    case Status::type_error: return "TypeError";
    case Status::value_error: return "ValueError";
    case Status::index_error: return "IndexError";
    case Status::key_error: return "KeyError";
    case Status::attribute_error: return "AttributeError";
    case Status::zero_division_error: return "ZeroDivisionError";
    case Status::stop_iteration: return "StopIteration";
    case Status::runtime_error: return "RuntimeError";
    case Status::recursion_error: return "RecursionError";
    case Status::name_error: return "NameError";
    case Status::unbound_local_error: return "UnboundLocalError";
    case Status::overflow_error: return "OverflowError";
    case Status::limit_steps: return "step budget exhausted";
    case Status::limit_bytes: return "byte budget exhausted";
    case Status::limit_depth: return "value nested too deeply";
    case Status::limit_size: return "value too large when expanded";
    case Status::limit_recursion: return "call depth near the interpreter's recursion limit";
    case Status::resource_memory: return "physical memory exhausted";
    case Status::resource_time: return "wall-clock time exhausted";
    case Status::unsupported_bigint: return "integer beyond 64 bits";
    case Status::unsupported_order:
      return "order of a set that holds None or functions (their hashes are addresses)";
    case Status::unsupported_construct: return "construct outside the supported subset";
  }
  return "unknown";
}

const char* status_kind_name(Status s) {
  switch (kind_of(s)) {
    case StatusKind::value: return "value";
    case StatusKind::error: return "error";
    case StatusKind::limit: return "limit";
    case StatusKind::resource: return "resource";
    case StatusKind::unsupported: return "unsupported";
  }
  return "unknown";
}

}  // namespace arcbatch
