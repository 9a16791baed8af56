// From the compact form of a value to its repr, on the host.
#pragma once

#include <span>
#include <string>

#include "core/macros.h"

namespace arcbatch::device {

// Appends the repr of the value that `bytes` holds. Returns false where they hold none: a device
// that sends that is broken.
bool append_repr_of(std::span<const u8> bytes, std::string& out);

}  // namespace arcbatch::device
