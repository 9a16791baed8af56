// Logging to standard error, by levels.
#pragma once

#include <string>
#include <string_view>

// As in CLI11, which takes long to read.
namespace CLI {
class App;
}

namespace arcbatch::cli {

enum class LogLevel { debug, info, warning, error, off };

// Adds --log-level, which sets `level`; `level` must outlive `app`.
void add_log_level(CLI::App& app, LogLevel& level);

// Sets the level from which on messages are shown; `warning` until then.
void set_log_level(LogLevel level);

// Whether messages of a level are shown: what is costly to put into words should ask first.
bool is_logged(LogLevel level);

// Writes "arcbatch: LEVEL: TEXT" if the level is shown. May be called by several threads at once.
void log(LogLevel level, std::string_view text);

}  // namespace arcbatch::cli
