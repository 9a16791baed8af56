// Facts of the machine, as text and as JSON.
#include "bench_machine.h"

#include <fmt/format.h>
#include <sched.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "common.h"

namespace arcbatch::cli {
namespace {

std::string cpu_model() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("model name")) continue;
    const std::size_t colon = line.find(": ");
    if (colon != std::string::npos) return line.substr(colon + 2);
  }
  return "unknown";
}

#if defined(__clang__)
constexpr const char* kCompiler = "clang " __clang_version__;
#else
constexpr const char* kCompiler = "gcc " __VERSION__;
#endif
#if defined(NDEBUG)
constexpr const char* kBuild = "release";
#else
constexpr const char* kBuild = "debug";
#endif

}  // namespace

void add_reference_options(CLI::App& app, std::string& against, std::string& python) {
  app.add_option("--against", against,
                 "A checkout of the reference (dsl.py, constants.py): time CPython too")
      ->type_name("DIR");
  app.add_option("--python", python, "The interpreter for --against")
      ->type_name("PROGRAM")
      ->capture_default_str();
}

std::string grouped(u64 number) {
  std::string text = std::to_string(number);
  for (std::size_t k = text.size(); k > 3; k -= 3) text.insert(k - 3, ",");
  return text;
}

int pin_to_one_core() {
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return -1;
  for (int core = CPU_SETSIZE - 1; core >= 0; --core) {
    if (!CPU_ISSET(core, &allowed)) continue;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(core, &one);
    return sched_setaffinity(0, sizeof one, &one) == 0 ? core : -1;
  }
  return -1;
}

void print_machine(const BenchMachine& machine) {
  const std::string core =
      machine.core < 0 ? "not pinned" : fmt::format("on core {}", machine.core);
  print(fmt::format("machine   {}, {} cores, {}\n", cpu_model(),
                    std::thread::hardware_concurrency(), core));
  print(fmt::format("arcbatch  " ARCBATCH_VERSION ", kernels {}, {}, {} build\n", machine.kernels,
                    kCompiler, kBuild));
  if (!machine.python) return;
  const PythonInfo& python = *machine.python;
  print(fmt::format("python    {} {}\n", python.implementation, python.version));
  print(
      fmt::format("          --enable-optimizations {}, --with-lto {} in its configure arguments\n",
                  python.optimised ? "is" : "is not", python.lto ? "is" : "is not"));
  print(fmt::format("          configured with {}\n          compiled with {}\n",
                    python.config_args, python.compile_flags));
}

nlohmann::ordered_json machine_json(const BenchMachine& machine) {
  using Json = nlohmann::ordered_json;
  return {{"cpu", cpu_model()},
          {"cores", std::thread::hardware_concurrency()},
          {"core", machine.core < 0 ? Json() : Json(machine.core)},
          {"compiler", kCompiler},
          {"build", kBuild},
          {"kernels", machine.kernels}};
}

nlohmann::ordered_json python_json(const BenchMachine& machine) {
  if (!machine.python) return nullptr;
  const PythonInfo& python = *machine.python;
  return {{"version", python.version},         {"implementation", python.implementation},
          {"config_args", python.config_args}, {"compile_flags", python.compile_flags},
          {"optimised", python.optimised},     {"lto", python.lto}};
}

}  // namespace arcbatch::cli
