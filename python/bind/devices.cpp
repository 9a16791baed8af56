// Opens devices as the command line does, and keeps them.
#include "devices.h"

#include <fmt/format.h>
#include <nanobind/nanobind.h>

#include <map>
#include <mutex>
#include <stdexcept>
#include <utility>

#include "backend.h"

namespace arcbatch::python {
namespace {

struct Kept {
  std::mutex mutex;
  std::map<std::string, std::unique_ptr<device::DevicePool>> pools;
};

// Never destroyed: drivers may be gone by the time that destructors run.
Kept& kept() {
  static auto* const one = new Kept;
  return *one;
}

}  // namespace

Devices::Devices(const std::string& backend, const RunOptions& options, u32 jobs)
    : key_(fmt::format("{} {}", backend == "auto" ? "cuda" : backend, jobs)) {
  if (backend == "cpu") return;
  {
    const std::scoped_lock lock(kept().mutex);
    if (auto node = kept().pools.extract(key_)) pool_ = std::move(node.mapped());
  }
  if (pool_ != nullptr) return;
  cli::BackendArguments arguments;
  arguments.name = backend;
  try {
    pool_ = cli::open_pool(arguments, options, jobs);
  } catch (const std::runtime_error& why) {
    if (backend != "auto") throw;
    why_cpu_ = why.what();
  }
}

Devices::~Devices() {
  if (pool_ == nullptr || !pool_->losses().empty()) return;
  const std::scoped_lock lock(kept().mutex);
  kept().pools.try_emplace(key_, std::move(pool_));
}

void raise_backend_error(const std::string& backend, const char* why) {
  namespace nb = nanobind;
  const nb::object type(nb::module_::import_("arcbatch._errors").attr("BackendError"));
  PyErr_SetString(type.ptr(), fmt::format("backend '{}': {}", backend, why).c_str());
  throw nb::python_error();
}

}  // namespace arcbatch::python
