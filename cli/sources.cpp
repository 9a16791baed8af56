// Finding and loading of programs and tasks.
#include "sources.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "batch/content_hash.h"
#include "common.h"
#include "task/embedded.h"

namespace arcbatch::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kWarningsShown = 20;

// The .py files in a folder and the folders in it, sorted.
std::vector<std::string> python_files(const std::string& folder) {
  std::vector<std::string> files;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file() && entry.path().extension() == ".py") {
      files.push_back(entry.path().string());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

// Loads files into `sources` and lets programs go beyond the bytes to keep.
class ProgramLoader {
 public:
  ProgramLoader(Sources& sources, const LoadOptions& options)
      : sources_(sources), options_(options) {}

  void add_path(const std::string& path) {
    std::vector<std::string> files = {path};
    std::error_code ignored;
    if (fs::is_directory(path, ignored)) {
      try {
        files = python_files(path);
      } catch (const fs::filesystem_error& error) {
        sources_.unreadable.push_back(
            fmt::format("cannot read {}: {}", path, error.code().message()));
        return;
      }
      if (files.empty()) sources_.unreadable.push_back(fmt::format("no .py files in {}", path));
    }
    for (const std::string& file : files) {
      try {
        add_text(read_file(file), file);
      } catch (const CommandError& error) {
        sources_.unreadable.emplace_back(error.what());
      }
    }
  }

  void add_text(std::string_view text, const std::string& file) {
    std::vector<Candidate>& candidates = sources_.programs.candidates;
    const std::size_t before = candidates.size();
    add_candidates(sources_.programs, text, file, options_.dialect);
    if (options_.grids_only) {
      std::erase_if(candidates, [](const Candidate& c) { return c.parameters != Parameters::i; });
    }
    if (options_.identify) {
      for (std::size_t k = before; k < candidates.size(); ++k) add_identity(candidates[k]);
    }
    bytes_ += text.size();
    if (bytes_ <= options_.keep_bytes) return;
    for (std::size_t k = before; k < candidates.size(); ++k) candidates[k].program.reset();
  }

 private:
  Sources& sources_;
  const LoadOptions& options_;
  u64 bytes_ = 0;
};

void print_error(const std::string& text) {
  fmt::print(stderr, "arcbatch: {} {}\n", styled("error:", "1;31", use_colour(stderr)), text);
}

std::string counted(u64 n, const char* one, const char* many) {
  return fmt::format("{} {}", n, n == 1 ? one : many);
}

}  // namespace

Sources load_sources(const std::vector<std::string>& programs,
                     const std::vector<std::string>& tasks, const LoadOptions& options) {
  Sources sources;
  sources.programs.dialect = options.dialect;
  ProgramLoader loader(sources, options);
  for (const std::string& path : programs) loader.add_path(path);
  if (programs.empty()) {
    for (const EmbeddedFile& file : embedded_examples()) {
      if (file.path.ends_with(".py")) loader.add_text(file.text, std::string(file.path));
    }
  }
  sources.tasks = tasks.empty() ? load_embedded_tasks() : load_tasks(tasks);
  return sources;
}

std::unique_ptr<ProgramCache> make_program_cache(Sources& sources, u64 capacity) {
  std::vector<u64> sizes;
  for (const ProgramFile& file : sources.programs.files) sizes.push_back(file.bytes);
  const auto load = [&sources](u32 index) {
    const ProgramFile& file = sources.programs.files[index];
    const std::string text = source_text(file.path);
    if (content_hash(text) != file.hash) {
      throw CommandError(fmt::format("{} has changed since it was loaded", file.path));
    }
    CompileResult compiled = compile_source(text, file.path, sources.programs.dialect);
    return std::make_shared<const Program>(std::move(compiled.program));
  };
  auto cache = std::make_unique<ProgramCache>(std::move(sizes), capacity, load);
  for (Candidate& c : sources.programs.candidates) {
    if (c.program != nullptr) cache->put(c.file_index, std::move(c.program));
  }
  return cache;
}

std::string source_text(const std::string& path) {
  for (const EmbeddedFile& embedded : embedded_examples()) {
    if (embedded.path == path && !fs::exists(path)) return std::string(embedded.text);
  }
  return read_file(path);
}

bool Sources::report(bool quiet) const {
  for (const Diagnostic& d : programs.errors) fmt::print(stderr, "{}\n", format_diagnostic(d));
  for (const std::string& text : unreadable) print_error(text);
  for (const TaskError& error : tasks.errors) print_error(format_task_error(error));
  if (!quiet) {
    std::vector<std::string> warnings;
    for (const Diagnostic& d : programs.warnings) warnings.push_back(format_diagnostic(d));
    for (const SkippedFunction& f : programs.skipped) {
      warnings.push_back(fmt::format(
          "{}:{}: warning: {} takes {} arguments, not (I), (S, I), (S, I, C) or (task_id, S, I, C, "
          "log_path): skipped",
          f.file, f.line, f.name, f.required));
    }
    const std::size_t shown = std::min(warnings.size(), kWarningsShown);
    for (std::size_t k = 0; k < shown; ++k) fmt::print(stderr, "{}\n", warnings[k]);
    if (shown < warnings.size()) {
      warn(fmt::format("{} more warnings are not shown", warnings.size() - shown));
    }
  }
  return programs.errors.empty() && unreadable.empty() && tasks.errors.empty();
}

std::string Sources::programs_text() const {
  return fmt::format("{} in {}", counted(programs.candidates.size(), "function", "functions"),
                     counted(programs.files.size(), "file", "files"));
}

std::string Sources::skipped_text(u32 without_task) const {
  std::string text;
  const auto add = [&text](u64 n, const char* one, const char* many) {
    if (n == 0) return;
    text += (text.empty() ? "" : ", ") + counted(n, one, many);
  };
  add(programs.bad_files.size(), "program file that does not compile",
      "program files that do not compile");
  add(unreadable.size(), "program path that cannot be read", "program paths that cannot be read");
  add(tasks.errors.size(), "error in task files", "errors in task files");
  add(programs.skipped.size(), "function of other parameters", "functions of other parameters");
  add(without_task, "function whose task is not given", "functions whose tasks are not given");
  return text;
}

std::string Sources::nothing_text() const {
  if (programs.candidates.empty())
    return "no function of one parameter, or of S and I, in the programs";
  if (tasks.tasks.empty()) return "no task was loaded";
  return fmt::format("none of the {} is named after one of the {}",
                     counted(programs.candidates.size(), "function", "functions"),
                     counted(tasks.tasks.size(), "task", "tasks"));
}

}  // namespace arcbatch::cli
