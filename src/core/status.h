// Status: how a kernel or a run ended. One enum for Python's exception classes, the budget
// limits, exhausted machine resources and the refusals, so that a kernel returns one byte.
#pragma once

#include "core/macros.h"

namespace arcbatch {

enum class Status : u8 {
  ok = 0,
  // Internal: a fast kernel does not take these arguments; the generic kernel must run.
  fallback,
  // Python exception classes (first..last are contiguous; see is_error).
  type_error,
  value_error,
  index_error,
  key_error,
  attribute_error,
  zero_division_error,
  stop_iteration,
  runtime_error,
  recursion_error,
  name_error,
  unbound_local_error,
  overflow_error,
  // Logical budgets.
  limit_steps,
  limit_bytes,
  limit_depth,
  limit_size,
  limit_recursion,
  // The machine.
  resource_memory,
  resource_time,
  // Refusals.
  unsupported_bigint,
  unsupported_order,
  unsupported_construct,
};

// The four kinds of outcome (plus `resource`) that a status belongs to.
enum class StatusKind : u8 { value, error, limit, resource, unsupported };

// Returns true for Python exception classes, the only statuses an `except` clause can see.
ARC_HD constexpr bool is_error(Status s) {
  return s >= Status::type_error && s <= Status::overflow_error;
}

ARC_HD constexpr StatusKind kind_of(Status s) {
  if (s == Status::ok) return StatusKind::value;
  if (is_error(s)) return StatusKind::error;
  if (s >= Status::limit_steps && s <= Status::limit_recursion) return StatusKind::limit;
  if (s == Status::resource_memory || s == Status::resource_time) return StatusKind::resource;
  return StatusKind::unsupported;
}

// Returns Python's class name for an error ("TypeError"), or a short reason otherwise.
const char* status_name(Status s);

// Returns "value", "error", "limit", "resource" or "unsupported".
const char* status_kind_name(Status s);

}  // namespace arcbatch
