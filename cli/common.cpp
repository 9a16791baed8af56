// Options of a run, checked output, terminals.
#include "common.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "logging.h"

namespace arcbatch::cli {

void add_common(CLI::App& app, CommonOptions& options) {
  const auto set_path = [&options](const std::string& name) {
    KernelPath path = KernelPath::automatic;
    parse_kernel_path(name, path);
    if (!kernel_path_available(path)) {
      throw CommandError(fmt::format("--path {}: this machine cannot run these kernels", name));
    }
    options.run.path = path;
  };
  app.add_option_function<std::string>(
         "--path", set_path,
         "Kernels to run: auto (the fastest here), generic (the slow reference kernels), scalar, "
         "simd, lanes (the GPU's kernels emulated)")
      ->check(CLI::IsMember({"auto", "generic", "scalar", "simd", "lanes"}))
      ->type_name("NAME")
      ->group("Engine");
  const auto set_isa = [&options](const std::string& name) {
    parse_isa(name, options.run.isa);
    if (isa_available(options.run.isa)) return;
    throw CLI::ValidationError("--isa", fmt::format("this machine or this program lacks {}", name));
  };
  app.add_option_function<std::string>(
         "--isa", set_isa,
         "Instruction set of the kernels of --path simd and auto: auto (the best here), x86-64-v2, "
         "avx2, avx512, neon")
      ->check(CLI::IsMember({"auto", "x86-64-v2", "avx2", "avx512", "neon"}))
      ->envname("ARC_FORCE_ISA")
      ->type_name("NAME")
      ->group("Engine");
  const auto limit = [&app](const char* name, auto& target, const char* text) {
    app.add_option(name, target, text)
        ->check(CLI::PositiveNumber)
        ->type_name("N")
        ->capture_default_str()
        ->group("Engine");
  };
  limit("--max-steps", options.run.limits.steps, "Logical steps of one run, then status limit");
  limit("--max-bytes", options.run.limits.bytes, "Logical bytes of one run, then status limit");
  limit("--max-depth", options.run.limits.depth, "Nesting of a value, then status limit");
  app.add_option("--max-seconds", options.run.max_seconds,
                 "Wall-clock time of one run, then status resource; looked at between the calls of "
                 "maps and at new blocks of memory")
      ->check(CLI::PositiveNumber)
      ->type_name("S")
      ->group("Engine");
  limit("--max-memory", options.run.arena_bytes,
        "Physical bytes of one run's values, then status resource");
}

void add_dialect(CLI::App& app, CommonOptions& options) {
  std::vector<std::string> names;
  for (const Dsl dialect : kDialects) names.emplace_back(dialect_info(dialect).name);
  app.add_option_function<std::string>(
         "--dialect", [&options](const std::string& name) { find_dialect(name, options.dialect); },
         "Language of the programs: arc-dsl (the default) or tokpidjin")
      ->check(CLI::IsMember(names))
      ->type_name("NAME");
}

namespace {

[[noreturn]] void fail_output(int error) {
  throw CommandError(fmt::format("cannot write standard output: {}", std::strerror(error)));
}

}  // namespace

void print(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) fail_output(errno);
}

void flush_output() {
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) fail_output(errno);
}

void warn(std::string_view text) { log(LogLevel::warning, text); }

std::string read_file(const std::string& path) {
  const auto fail = [&path](int error) {
    throw CommandError(fmt::format("cannot read {}: {}", path, std::strerror(error)));
  };
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) fail(EISDIR);
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) fail(errno);
  std::string text;
  char buffer[1 << 16];
  for (;;) {
    const std::size_t n = std::fread(buffer, 1, sizeof buffer, file);
    text.append(buffer, n);
    if (n < sizeof buffer) break;
  }
  const int error = std::ferror(file) != 0 ? errno : 0;
  std::fclose(file);
  if (error != 0) fail(error);
  return text;
}

OutputFile::OutputFile(std::string path) : path_(std::move(path)) {
  file_ = std::fopen(path_.c_str(), "wb");
  if (file_ == nullptr) fail(errno);
}

OutputFile::~OutputFile() {
  if (file_ != nullptr) std::fclose(file_);
}

void OutputFile::write(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), file_) != text.size()) fail(errno);
}

void OutputFile::flush() {
  if (std::fflush(file_) != 0) fail(errno);
}

void OutputFile::close() {
  flush();
  std::FILE* file = file_;
  file_ = nullptr;
  if (std::fclose(file) != 0) fail(errno);
}

void OutputFile::fail(int error) const {
  throw CommandError(fmt::format("cannot write {}: {}", path_, std::strerror(error)));
}

bool is_terminal(std::FILE* stream) { return isatty(fileno(stream)) != 0; }

bool use_colour(std::FILE* stream) {
  const char* no_color = std::getenv("NO_COLOR");
  if (no_color != nullptr && *no_color != '\0') return false;
  const char* terminal = std::getenv("TERM");
  if (terminal != nullptr && std::string_view(terminal) == "dumb") return false;
  return is_terminal(stream);
}

std::string styled(std::string_view text, std::string_view style, bool colour) {
  if (!colour) return std::string(text);
  return fmt::format("\x1b[{}m{}\x1b[0m", style, text);
}

std::string format_seconds(double seconds) {
  if (seconds >= 1.0) return fmt::format("{:.3g} s", seconds);
  if (seconds >= 1e-3) return fmt::format("{:.3g} ms", seconds * 1e3);
  if (seconds >= 1e-6) return fmt::format("{:.3g} us", seconds * 1e6);
  return fmt::format("{:.3g} ns", seconds * 1e9);
}

}  // namespace arcbatch::cli
