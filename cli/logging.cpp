// One logger of spdlog for the whole program.
#include "logging.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <map>
#include <memory>

#include "common.h"

namespace arcbatch::cli {
namespace {

spdlog::level::level_enum level_of(LogLevel level) {
  switch (level) {
    case LogLevel::debug: return spdlog::level::debug;
    case LogLevel::info: return spdlog::level::info;
    case LogLevel::warning: return spdlog::level::warn;
    case LogLevel::error: return spdlog::level::err;
    case LogLevel::off: break;
  }
  return spdlog::level::off;
}

spdlog::logger& logger() {
  static const std::shared_ptr<spdlog::logger> made = [] {
    const auto sink = std::make_shared<spdlog::sinks::stderr_color_sink_mt>(
        use_colour(stderr) ? spdlog::color_mode::always : spdlog::color_mode::never);
    auto logger = std::make_shared<spdlog::logger>("arcbatch", sink);
    logger->set_pattern("%n: %^%l:%$ %v");
    logger->flush_on(spdlog::level::debug);
    logger->set_level(spdlog::level::warn);
    return logger;
  }();
  return *made;
}

}  // namespace

void add_log_level(CLI::App& app, LogLevel& level) {
  static const std::map<std::string, LogLevel> names = {{"debug", LogLevel::debug},
                                                        {"info", LogLevel::info},
                                                        {"warning", LogLevel::warning},
                                                        {"error", LogLevel::error},
                                                        {"off", LogLevel::off}};
  const auto set = [&level](const std::string& name) { level = names.at(name); };
  app.add_option_function<std::string>(
         "--log-level", set,
         "Messages on standard error: debug (each operation as it is given to a backend), info "
         "(what is given to whom), warning, error, off")
      ->check(CLI::IsMember({"debug", "info", "warning", "error", "off"}))
      ->type_name("LEVEL")
      ->default_str("warning");
}

void set_log_level(LogLevel level) { logger().set_level(level_of(level)); }

bool is_logged(LogLevel level) { return logger().should_log(level_of(level)); }

void log(LogLevel level, std::string_view text) { logger().log(level_of(level), text); }

}  // namespace arcbatch::cli
