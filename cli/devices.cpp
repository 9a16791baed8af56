// arcbatch devices: the CUDA devices that runs can be evaluated on.
#include <fmt/format.h>

#include "backend/device/cuda_device.h"
#include "commands.h"
#include "common.h"

namespace arcbatch::cli {
namespace {

int list_devices() {
  std::string driver;
  try {
    const std::vector<device::CudaDescription> found = device::cuda_devices(driver);
    print(fmt::format("driver for CUDA {}\n", driver));
    for (const device::CudaDescription& d : found) {
      print(fmt::format("{:>3}  {}, compute capability {}.{}, {} multiprocessors, {} MiB{}\n",
                        d.index, d.name, d.major, d.minor, d.multiprocessors, d.memory >> 20,
                        d.usable ? "" : " (no code for it in this build)"));
    }
  } catch (const device::CudaUnavailable& why) {
    print(fmt::format("no CUDA device: {}\n", why.what()));
  }
  return 0;
}

}  // namespace

void add_devices(CLI::App& app, int& exit_code) {
  CLI::App* sub = app.add_subcommand("devices", "List the GPUs that can evaluate runs");
  sub->footer(
      "Lists the CUDA devices by the index that --device takes, or says why there is none: no\n"
      "CUDA module in this build, no driver, a driver that is too old, no device.\n"
      "Exit code 0 in any case.");
  sub->callback([&exit_code] { exit_code = list_devices(); });
}

}  // namespace arcbatch::cli
