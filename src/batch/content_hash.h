// Content hashes: by which a later session knows that programs and tasks are still the same.
// They find accidents, not forgeries.
#pragma once

#include <string>
#include <string_view>

#include "task/task.h"

namespace arcbatch {

// Returns 32 hexadecimal digits (XXH3, 128 bits) of the bytes.
std::string content_hash(std::string_view bytes);

// Returns the hash of a task's grids; neither its id nor the form of its file counts.
std::string content_hash(const Task& task);

}  // namespace arcbatch
