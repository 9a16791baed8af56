// The loader: simdjson reads; json_position finds the line and column of what is refused.
#include "task/loader.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <utility>

#include "task/embedded.h"
#include "task/json_position.h"

namespace arcbatch {
namespace {

namespace fs = std::filesystem;
namespace dom = simdjson::dom;

constexpr std::string_view kChallenges = "_challenges.json";
constexpr std::string_view kSolutions = "_solutions.json";

// Thrown within this file only: the reader of one document gives up at its first error.
struct Refusal {
  TaskError error;
};

std::string path_text(const JsonPath& path) {
  std::string text;
  for (const JsonStep& step : path) {
    if (step.is_index) {
      text += fmt::format("[{}]", step.index);
    } else {
      text += (text.empty() ? "" : ".") + step.key;
    }
  }
  return text;
}

const char* type_text(dom::element element) {
  switch (element.type()) {
    case dom::element_type::ARRAY: return "an array";
    case dom::element_type::OBJECT: return "an object";
    case dom::element_type::STRING: return "a string";
    case dom::element_type::BOOL: return "a boolean";
    case dom::element_type::NULL_VALUE: return "null";
    default: return "a number";
  }
}

// One JSON text while it is being read; `path` follows the reader for its error messages.
class Document {
 public:
  Document(std::string_view file, std::string_view text) : file_(file), text_(text) {
    constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
    if (text_.substr(0, kByteOrderMark.size()) == kByteOrderMark) {
      text_.remove_prefix(kByteOrderMark.size());
    }
    if (text_.find_first_not_of(" \t\r\n") == std::string_view::npos) refuse("the file is empty");
    const simdjson::error_code code = parser_.parse(text_.data(), text_.size()).get(root_);
    if (code == simdjson::SUCCESS) return;
    if (const auto fault = find_json_fault(text_)) {
      refuse_at(fault->offset, "broken JSON: " + fault->message);
    }
    refuse(fmt::format("broken JSON: {}", simdjson::error_message(code)));
  }

  [[nodiscard]] dom::element root() const { return root_; }

  // Runs `read` with `step` on the path.
  template <class Read>
  auto inside(JsonStep step, Read read) {
    struct Pop {
      JsonPath& path;
      ~Pop() { path.pop_back(); }
    };
    path_.push_back(std::move(step));
    const Pop pop{path_};
    return read();
  }

  [[noreturn]] void refuse(std::string message) const {
    throw Refusal{{std::string(file_), 0, 0, std::move(message)}};
  }
  // Refuses the value at the path, or the part of it that `more` leads to.
  [[noreturn]] void refuse_here(const std::string& message, const JsonPath& more = {}) const {
    JsonPath full = path_;
    full.insert(full.end(), more.begin(), more.end());
    const std::string where = path_text(path_);
    refuse_at(find_json_value(text_, full), where.empty() ? message : where + ": " + message);
  }

  [[nodiscard]] dom::object object(dom::element element) const {
    dom::object result;
    if (element.get(result) != simdjson::SUCCESS) {
      refuse_here(fmt::format("expected an object, got {}", type_text(element)));
    }
    return result;
  }
  [[nodiscard]] dom::array array(dom::element element) const {
    dom::array result;
    if (element.get(result) != simdjson::SUCCESS) {
      refuse_here(fmt::format("expected an array, got {}", type_text(element)));
    }
    return result;
  }
  [[nodiscard]] dom::element member(dom::object object, std::string_view key) const {
    dom::element result;
    if (object[key].get(result) != simdjson::SUCCESS) {
      refuse_here(fmt::format("missing key \"{}\"", key));
    }
    return result;
  }

 private:
  [[noreturn]] void refuse_at(std::size_t offset, std::string message) const {
    const LineColumn position = line_column(text_, offset);
    throw Refusal{{std::string(file_), position.line, position.column, std::move(message)}};
  }

  std::string_view file_;
  std::string_view text_;
  dom::parser parser_;
  dom::element root_;
  JsonPath path_;
};

void read_row(Document& document, dom::element row, std::size_t i, GridData& grid) {
  const JsonPath at_row = {JsonStep::element(i)};
  dom::array cells;
  if (row.get(cells) != simdjson::SUCCESS) {
    document.refuse_here(fmt::format("row {} is {}, not an array", i, type_text(row)), at_row);
  }
  const std::size_t before = grid.cells.size();
  for (const dom::element cell : cells) {
    const std::size_t j = grid.cells.size() - before;
    std::int64_t colour = -1;
    if (cell.get(colour) != simdjson::SUCCESS || colour < 0 || colour > 9) {
      const std::string shown = cell.is_number() ? simdjson::minify(cell) : type_text(cell);
      document.refuse_here(
          fmt::format("row {}, column {}: {} is not an integer from 0 to 9", i, j, shown),
          {at_row[0], JsonStep::element(j)});
    }
    grid.cells.push_back(static_cast<i8>(colour));
  }
  const std::size_t width = grid.cells.size() - before;
  if (width == 0) document.refuse_here(fmt::format("row {} is empty", i), at_row);
  if (i == 0) grid.w = static_cast<u32>(width);
  if (width != grid.w) {
    document.refuse_here(fmt::format("row {} has {} cells, row 0 has {}", i, width, grid.w),
                         at_row);
  }
}

GridData read_grid(Document& document, dom::element element) {
  const dom::array rows = document.array(element);
  GridData grid;
  for (const dom::element row : rows) read_row(document, row, grid.h++, grid);
  if (grid.h == 0) document.refuse_here("the grid is empty");
  if (grid.h > kMaxGridSide || grid.w > kMaxGridSide) {
    document.refuse_here(fmt::format("the grid is {}x{}, more than {}x{}", grid.h, grid.w,
                                     kMaxGridSide, kMaxGridSide));
  }
  return grid;
}

GridData read_member_grid(Document& document, dom::object object, const char* key) {
  const dom::element element = document.member(object, key);
  return document.inside(JsonStep::member(key), [&] { return read_grid(document, element); });
}

Pair read_pair(Document& document, dom::element element, bool needs_output) {
  const dom::object object = document.object(element);
  Pair pair;
  pair.input = read_member_grid(document, object, "input");
  if (needs_output || object["output"].error() == simdjson::SUCCESS) {
    pair.output = read_member_grid(document, object, "output");
  }
  return pair;
}

std::vector<Pair> read_pairs(Document& document, dom::object task, const char* key,
                             bool need_output) {
  const dom::element element = document.member(task, key);
  return document.inside(JsonStep::member(key), [&] {
    std::vector<Pair> pairs;
    for (const dom::element pair : document.array(element)) {
      pairs.push_back(document.inside(JsonStep::element(pairs.size()),
                                      [&] { return read_pair(document, pair, need_output); }));
    }
    return pairs;
  });
}

Task read_task(Document& document, dom::object object, std::string id) {
  Task task;
  task.id = std::move(id);
  task.train = read_pairs(document, object, "train", true);
  task.test = read_pairs(document, object, "test", false);
  if (task.train.empty() && task.test.empty()) document.refuse_here("the task has no pairs");
  return task;
}

// A task has its pairs at the top; a combined file has tasks there.
bool is_combined(dom::object object) {
  if (object["train"].error() == simdjson::SUCCESS || object["test"].error() == simdjson::SUCCESS) {
    return false;
  }
  return object.size() > 0 && std::all_of(object.begin(), object.end(), [](const auto& field) {
           return field.value.is_object();
         });
}

// Reads the task of a document, or every task of a combined one.
void read_tasks(Document& document, std::string id, LoadResult& result) {
  const dom::object object = document.object(document.root());
  if (!is_combined(object)) {
    result.tasks.push_back(read_task(document, object, std::move(id)));
    return;
  }
  for (const auto& field : object) {
    const std::string key(field.key);
    try {
      document.inside(JsonStep::member(key), [&] {
        result.tasks.push_back(read_task(document, document.object(field.value), key));
      });
    } catch (Refusal& refusal) {
      result.errors.push_back(std::move(refusal.error));
    }
  }
}

// Sets the outputs of the tests of `tasks` from the solutions beside their combined file.
void read_solutions(Document& document, std::vector<Task>& tasks) {
  const dom::object object = document.object(document.root());
  for (Task& task : tasks) {
    const dom::element element = document.member(object, task.id);
    document.inside(JsonStep::member(task.id), [&] {
      const dom::array outputs = document.array(element);
      if (outputs.size() != task.test.size()) {
        document.refuse_here(
            fmt::format("{} solutions for {} tests", outputs.size(), task.test.size()));
      }
      std::size_t i = 0;
      for (const dom::element output : outputs) {
        task.test[i].output =
            document.inside(JsonStep::element(i), [&] { return read_grid(document, output); });
        ++i;
      }
    });
  }
}

std::string stem_of(std::string_view file) { return fs::path(file).stem().string(); }

std::string read_file(const std::string& path) {
  const auto refuse = [&](std::string message) { throw Refusal{{path, 0, 0, std::move(message)}}; };
  std::error_code code;
  const fs::file_status status = fs::status(path, code);
  if (!fs::exists(status)) refuse("no such file or folder");
  if (fs::is_directory(status)) refuse("a folder, not a file");
  errno = 0;
  std::ifstream stream(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(stream), {}};
  if (!stream) refuse(fmt::format("cannot read: {}", std::strerror(errno != 0 ? errno : EIO)));
  return text;
}

bool ends_with(const std::string& text, std::string_view end) {
  return std::string_view(text).ends_with(end);
}

// Returns the path of the solutions that belong to a combined file, or "" for other files.
std::string solutions_path(const std::string& path) {
  if (!ends_with(path, kChallenges)) return {};
  return path.substr(0, path.size() - kChallenges.size()) + std::string(kSolutions);
}

std::string challenges_path(const std::string& path) {
  return path.substr(0, path.size() - kSolutions.size()) + std::string(kChallenges);
}

// Loads one file into a result of its own.
LoadResult load_file(const std::string& path) {
  LoadResult result;
  try {
    if (ends_with(path, kSolutions)) {
      throw Refusal{
          {path, 0, 0, "solutions without tasks; name " + challenges_path(path) + " instead"}};
    }
    result = load_task_text(path, read_file(path));
    const std::string solutions = solutions_path(path);
    if (!solutions.empty() && fs::exists(solutions)) {
      const std::string text = read_file(solutions);
      Document document(solutions, text);
      read_solutions(document, result.tasks);
    }
  } catch (Refusal& refusal) {
    result.errors.push_back(std::move(refusal.error));
  }
  return result;
}

// Returns the files to load of a folder and the folders in it, sorted.
std::vector<std::string> list_folder(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code code;
  fs::recursive_directory_iterator iterator(folder, code);
  if (code) throw Refusal{{folder, 0, 0, "cannot read: " + code.message()}};
  for (; iterator != fs::recursive_directory_iterator(); iterator.increment(code)) {
    const std::string name = iterator->path().filename().string();
    if (name.starts_with('.')) {
      iterator.disable_recursion_pending();
      continue;
    }
    const std::string path = iterator->path().string();
    if (iterator->path().extension() != ".json" || iterator->is_directory(code)) continue;
    if (name == "sample_submission.json") continue;
    if (ends_with(path, kSolutions) && fs::exists(challenges_path(path))) continue;
    files.push_back(path);
  }
  if (code) throw Refusal{{folder, 0, 0, "cannot read: " + code.message()}};
  if (files.empty()) throw Refusal{{folder, 0, 0, "the folder holds no .json files"}};
  std::sort(files.begin(), files.end());
  return files;
}

// Collects tasks by id and notices the ids that two files share.
class Collector {
 public:
  void add(const std::string& file, LoadResult loaded) {
    std::move(loaded.errors.begin(), loaded.errors.end(), std::back_inserter(errors_));
    for (Task& task : loaded.tasks) {
      const auto [entry, added] = tasks_.try_emplace(task.id, file, Task{});
      if (added) {
        entry->second.second = std::move(task);
      } else {
        errors_.push_back(
            {file, 0, 0,
             fmt::format("task {} is already loaded from {}", task.id, entry->second.first)});
      }
    }
  }
  void add_error(TaskError error) { errors_.push_back(std::move(error)); }

  LoadResult finish() {
    LoadResult result;
    for (auto& [id, entry] : tasks_) result.tasks.push_back(std::move(entry.second));
    result.errors = std::move(errors_);
    return result;
  }

 private:
  std::map<std::string, std::pair<std::string, Task>> tasks_;  // by id: file and task
  std::vector<TaskError> errors_;
};

}  // namespace

LoadResult load_task_text(std::string_view file, std::string_view text) {
  LoadResult result;
  try {
    Document document(file, text);
    read_tasks(document, stem_of(file), result);
  } catch (Refusal& refusal) {
    result.errors.push_back(std::move(refusal.error));
  }
  return result;
}

LoadResult load_tasks(std::span<const std::string> paths) {
  Collector collector;
  std::set<fs::path> seen;
  for (const std::string& path : paths) {
    try {
      std::error_code code;
      const std::vector<std::string> files =
          fs::is_directory(path, code) ? list_folder(path) : std::vector<std::string>{path};
      for (const std::string& file : files) {
        if (seen.insert(fs::weakly_canonical(file, code)).second) {
          collector.add(file, load_file(file));
        }
      }
    } catch (Refusal& refusal) {
      collector.add_error(std::move(refusal.error));
    }
  }
  return collector.finish();
}

LoadResult load_embedded_tasks() {
  Collector collector;
  for (const EmbeddedFile& file : embedded_examples()) {
    if (file.path.ends_with(".json")) {
      collector.add(std::string(file.path), load_task_text(file.path, file.text));
    }
  }
  return collector.finish();
}

GridResult load_grid_text(std::string_view file, std::string_view text) {
  GridResult result;
  try {
    Document document(file, text);
    result.grid = read_grid(document, document.root());
    result.ok = true;
  } catch (Refusal& refusal) {
    result.error = std::move(refusal.error);
  }
  return result;
}

GridResult load_grid(const std::string& path) {
  try {
    return load_grid_text(path, read_file(path));
  } catch (Refusal& refusal) {
    return {false, {}, std::move(refusal.error)};
  }
}

bool is_grid_file(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  char first = 0;
  return stream >> first && first == '[';
}

}  // namespace arcbatch
