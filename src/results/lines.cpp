// Writing of lines, and reading of grids from their repr.
#include "results/lines.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace arcbatch {
namespace {

std::optional<std::string_view> unless_empty(const std::string& text) {
  if (text.empty()) return std::nullopt;
  return text;
}

// What C was, where the function takes it.
std::optional<std::string_view> compared_text(const RunText& run) {
  if (!run.compared) return std::nullopt;
  return *run.compared ? "output" : "None";
}

// Reads "((1, 2), (3, 4))" and copies it as "[[1,2],[3,4]]".
class GridReader {
 public:
  explicit GridReader(std::string_view repr) : rest_(repr) {}

  std::optional<std::string> read() {
    u32 rows = 0;
    u32 width = 0;
    if (!eat("(")) return std::nullopt;
    json_ = "[";
    while (!at(")")) {
      if (rows > 0) json_ += ',';
      const u32 cells = read_row();
      if (cells == 0 || (rows > 0 && cells != width) || ++rows > kMaxGridSide) return std::nullopt;
      width = cells;
      if (!eat_separator(rows)) return std::nullopt;
    }
    if (rows == 0 || !eat(")") || !rest_.empty()) return std::nullopt;
    return json_ + ']';
  }

 private:
  // Returns the number of cells; 0 where this is no row of a grid.
  u32 read_row() {
    u32 cells = 0;
    if (!eat("(")) return 0;
    json_ += '[';
    while (!at(")")) {
      if (++cells > kMaxGridSide) return 0;
      if (cells > 1) json_ += ',';
      if (eat("True")) {
        json_ += '1';
      } else if (eat("False")) {
        json_ += '0';
      } else if (!rest_.empty() && rest_[0] >= '0' && rest_[0] <= '9') {
        json_ += rest_[0];
        rest_.remove_prefix(1);
      } else {
        return 0;
      }
      if (!eat_separator(cells)) return 0;
    }
    json_ += ']';
    return eat(")") ? cells : 0;
  }

  // After item number `count`: ", " and more, or the end, which follows a comma after one alone.
  bool eat_separator(u32 count) {
    if (eat(", ")) return true;
    if (count == 1) return eat(",") && at(")");
    return at(")");
  }
  [[nodiscard]] bool at(std::string_view text) const { return rest_.starts_with(text); }
  bool eat(std::string_view text) {
    if (!at(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }

  std::string_view rest_;
  std::string json_;
};

}  // namespace

std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

RunText text_of(const RunPlan& plan, const RunRecord& record) {
  const Candidate& candidate = plan.candidates()[record.candidate];
  const Outcome& outcome = record.outcome;
  RunText run;
  run.program = candidate.name;
  run.file = candidate.file;
  run.task = plan.tasks()[record.task].id;
  run.is_test = record.is_test;
  run.index = record.index;
  run.status = status_kind_name(outcome.status);
  run.match = outcome.match;
  run.shows_compared = plan.comparison() != Comparison::none;
  run.compared = record.compared;
  if (outcome.kind() == StatusKind::value) run.value = outcome.value;
  if (outcome.kind() == StatusKind::error) run.error = status_name(outcome.status);
  run.statement = unless_empty(outcome.statement);
  run.line = outcome.line;
  run.reason = unless_empty(outcome.reason);
  run.steps = outcome.steps;
  if (outcome.output) run.output = outcome.output->text();
  run.score = outcome.score;
  return run;
}

std::string json_line(const RunText& run) {
  using Json = nlohmann::ordered_json;
  const auto text_or_null = [](const auto& text) { return text ? Json(*text) : Json(nullptr); };
  Json line;
  line["program"] = run.program;
  line["file"] = run.file;
  line["task"] = run.task;
  line["split"] = run.is_test ? "test" : "train";
  line["index"] = run.index;
  if (run.shows_compared) line["C"] = text_or_null(compared_text(run));
  line["status"] = run.status;
  line["match"] = run.match ? Json(*run.match) : Json(nullptr);
  line["value"] = text_or_null(run.value);
  line["error"] = text_or_null(run.error);
  line["statement"] = text_or_null(run.statement);
  line["line"] = run.line != 0 ? Json(run.line) : Json(nullptr);
  line["reason"] = text_or_null(run.reason);
  line["output"] = text_or_null(run.output);
  if (run.score) {
    line["score"] = {{"shape", run.score->shape},
                     {"cells", run.score->cells},
                     {"palette", run.score->palette},
                     {"total", run.score->total()}};
  }
  return line.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string csv_header(bool scored, bool compared) {
  return fmt::format(
      "program,file,task,split,index,status,match,value,error,statement,line,reason,steps,output{}"
      "{}\r\n",
      scored ? ",shape,cells,palette" : "", compared ? ",C" : "");
}

std::string csv_row(const RunText& run, bool scored) {
  const auto text = [](const std::optional<std::string_view>& t) {
    return t ? csv_field(*t) : std::string();
  };
  const char* match = !run.match ? "" : *run.match ? "true" : "false";
  std::string score;
  if (scored && run.score) {
    score = fmt::format(",{},{},{}", run.score->shape, run.score->cells, run.score->palette);
  } else if (scored) {
    score = ",,,";
  }
  std::string compared;
  if (run.shows_compared) compared = fmt::format(",{}", compared_text(run).value_or(""));
  return fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{},{}{}{}\r\n", csv_field(run.program),
                     csv_field(run.file), csv_field(run.task), run.is_test ? "test" : "train",
                     run.index, run.status, match, text(run.value), text(run.error),
                     text(run.statement), run.line != 0 ? fmt::format("{}", run.line) : "",
                     text(run.reason), run.steps, run.output.value_or(""), score, compared);
}

std::optional<std::string> grid_json(std::string_view repr) { return GridReader(repr).read(); }

}  // namespace arcbatch
