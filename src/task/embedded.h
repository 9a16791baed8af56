// The example tasks and programs of examples/, compiled into the library.
#pragma once

#include <span>
#include <string_view>

namespace arcbatch {

struct EmbeddedFile {
  std::string_view path;  // relative to the repository: "examples/tasks/a1000001.json"
  std::string_view text;
};

// Returns every embedded file, sorted by path: programs first, then tasks.
std::span<const EmbeddedFile> embedded_examples();

}  // namespace arcbatch
