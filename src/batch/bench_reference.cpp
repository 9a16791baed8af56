// The child process and its line protocol.
#include "batch/bench_reference.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <stdexcept>

extern char** environ;

namespace arcbatch {
namespace {

using Json = nlohmann::json;

[[noreturn]] void fail(const std::string& text) { throw std::runtime_error(text); }

void close_fd(int& fd) {
  if (fd >= 0) close(fd);
  fd = -1;
}

Json grid_json(const GridData& grid) {
  Json rows = Json::array();
  for (u32 i = 0; i < grid.h; ++i) {
    Json row = Json::array();
    for (u32 j = 0; j < grid.w; ++j) row.push_back(grid.at(i, j));
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace

bool same_outcome(Status status, const std::string& value, const PythonOutcome& theirs) {
  if (theirs.text.find("<function") != std::string::npos) return true;
  if (theirs.is_value) return status == Status::ok && value == theirs.text;
  return is_error(status) && theirs.text == status_name(status);
}

struct PythonReference::Process {
  pid_t pid = -1;
  int requests = -1;
  std::FILE* answers = nullptr;

  ~Process() {
    close_fd(requests);  // the script ends at the end of its input
    if (answers != nullptr) std::fclose(answers);
    if (pid > 0) waitpid(pid, nullptr, 0);
  }

  void start(const std::string& python, const std::string& folder) {
    int in[2] = {-1, -1};
    int out[2] = {-1, -1};
    if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0) {
      fail(fmt::format("cannot make a pipe: {}", std::strerror(errno)));
    }
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    // -I keeps the caller's environment out, -B leaves no byte code in the reference's folder.
    std::string arguments[] = {python, "-I", "-B", "-c", kBenchScript, folder};
    char* argv[] = {arguments[0].data(),
                    arguments[1].data(),
                    arguments[2].data(),
                    arguments[3].data(),
                    arguments[4].data(),
                    arguments[5].data(),
                    nullptr};
    const int error = posix_spawnp(&pid, python.c_str(), &actions, nullptr, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    close_fd(in[0]);
    close_fd(out[1]);
    requests = in[1];
    answers = fdopen(out[0], "r");
    if (error != 0) {
      pid = -1;
      fail(fmt::format("cannot start {}: {}", python, std::strerror(error)));
    }
  }

  // Says why there is no answer.
  [[noreturn]] void fail_ended() {
    int state = 0;
    const pid_t ended = pid > 0 ? waitpid(pid, &state, 0) : -1;
    pid = -1;
    if (ended > 0 && WIFEXITED(state)) {
      fail(fmt::format("Python ended with exit code {}", WEXITSTATUS(state)));
    }
    if (ended > 0 && WIFSIGNALED(state)) {
      fail(fmt::format("Python was ended by signal {}", WTERMSIG(state)));
    }
    fail("Python ended");
  }

  void send(const std::string& line) {
    std::size_t sent = 0;
    while (sent < line.size()) {
      const ssize_t n = write(requests, line.data() + sent, line.size() - sent);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) fail_ended();
      sent += static_cast<std::size_t>(n);
    }
  }

  std::string receive() {
    char* line = nullptr;
    std::size_t capacity = 0;
    const ssize_t n = getline(&line, &capacity, answers);
    std::string text = n > 0 ? std::string(line, static_cast<std::size_t>(n)) : std::string();
    std::free(line);
    if (text.empty()) fail_ended();
    return text;
  }
};

PythonReference::PythonReference(const std::string& python, const std::string& folder)
    : process_(std::make_unique<Process>()) {
  std::error_code ignored;
  for (const char* file : {"dsl.py", "constants.py"}) {
    if (!std::filesystem::exists(std::filesystem::path(folder) / file, ignored)) {
      fail(fmt::format("{} holds no {}: not a checkout of the reference", folder, file));
    }
  }
  process_->start(python, std::filesystem::absolute(folder).string());
  const Json answer = Json::parse(exchange(R"({"op": "info"})"));
  info_.version = answer.at("version");
  info_.implementation = answer.at("implementation");
  info_.config_args = answer.at("config_args");
  info_.compile_flags = answer.at("compile_flags");
  info_.optimised = answer.at("optimised");
  info_.lto = answer.at("lto");
}

PythonReference::~PythonReference() = default;

std::string PythonReference::exchange(const std::string& request) {
  process_->send(request + "\n");
  std::string answer = process_->receive();
  const Json parsed = Json::parse(answer, nullptr, false);
  if (parsed.is_discarded() || !parsed.is_object()) fail("Python answered what is not JSON");
  if (parsed.contains("failure")) {
    fail("the reference failed: " + parsed.at("failure").get<std::string>());
  }
  return answer;
}

void PythonReference::load(const std::string& file, std::string_view source) {
  const Json request = {{"op", "load"}, {"file", file}, {"source", source}};
  exchange(request.dump(-1, ' ', true, Json::error_handler_t::replace));
}

PythonOutcome PythonReference::select(const std::string& file, const std::string& function,
                                      const GridData& input) {
  const Json request = {
      {"op", "select"}, {"file", file}, {"function", function}, {"grid", grid_json(input)}};
  const Json answer = Json::parse(exchange(request.dump()));
  return {answer.at("status") == "value", answer.at("text")};
}

void PythonReference::measure(double budget, std::vector<double>& samples) {
  const Json request = {{"op", "measure"}, {"budget_ns", budget * 1e9}};
  const Json answer = Json::parse(exchange(request.dump()));
  for (const Json& sample : answer.at("samples")) samples.push_back(sample.get<double>());
}

PythonOutcome PythonReference::select_call(const std::string& file, const CallFunctions& functions,
                                           const GridData& grid) {
  const Json request = {{"op", "select_call"},      {"file", file},
                        {"setup", functions.setup}, {"calls", functions.calls},
                        {"empty", functions.empty}, {"copies", functions.copies},
                        {"grid", grid_json(grid)}};
  const Json answer = Json::parse(exchange(request.dump()));
  return {answer.at("status") == "value", answer.at("text")};
}

void PythonReference::measure_call(double budget, std::vector<double>& calls,
                                   std::vector<double>& empty) {
  const Json request = {{"op", "measure_call"}, {"budget_ns", budget * 1e9}};
  const Json answer = Json::parse(exchange(request.dump()));
  for (const Json& sample : answer.at("calls")) calls.push_back(sample.get<double>());
  for (const Json& sample : answer.at("empty")) empty.push_back(sample.get<double>());
}

}  // namespace arcbatch
