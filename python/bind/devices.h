// The devices of an evaluation.
#pragma once

#include <memory>
#include <string>

#include "backend/cpu/runner.h"
#include "backend/device/device.h"

namespace arcbatch::python {

// Devices that an evaluation has for itself while this exists. Opening a GPU takes a good part of a
// second, so one pool of each backend is kept from one evaluation to the next.
class Devices {
 public:
  // `backend` is one of the command line's. Throws std::runtime_error, saying why, for devices that
  // were asked for by name and cannot be used.
  Devices(const std::string& backend, const RunOptions& options, u32 jobs);
  ~Devices();
  Devices(const Devices&) = delete;
  Devices& operator=(const Devices&) = delete;

  // Null for the CPU.
  [[nodiscard]] device::DevicePool* pool() const { return pool_.get(); }
  // Why `auto` takes the CPU; empty if it does not.
  [[nodiscard]] const std::string& why_cpu() const { return why_cpu_; }

 private:
  std::string key_;
  std::unique_ptr<device::DevicePool> pool_;
  std::string why_cpu_;
};

// Raises arcbatch.BackendError. Needs the GIL.
[[noreturn]] void raise_backend_error(const std::string& backend, const char* why);

}  // namespace arcbatch::python
