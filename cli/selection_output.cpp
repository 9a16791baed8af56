// Lines of selected programs, and the submission.
#include "selection_output.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "summary.h"

namespace arcbatch::cli {

const char* const kSelectionFooter =
    "Selected is a program for a task if it matches the output of every training pair (at least\n"
    "one). --select has a line for each: program, file, task, size (calls, tuples and "
    "subscripts),\n"
    "fingerprint, and test, the list of its outputs for the test inputs, null where one is no "
    "grid\n"
    "of 1 to 30 rows and columns. --submission has two attempts for every test input of every\n"
    "task, in the form of the ARC Prize: the outputs of selected programs, different ones if "
    "there\n"
    "are two, those of smaller programs first, then by fingerprint; [[0]] where there is none.";

void add_selection_options(CLI::App& app, SelectionArguments& arguments) {
  app.add_option("--select", arguments.select,
                 "Write the programs that reproduce every training pair of a task to this file, a "
                 "JSON line each")
      ->type_name("FILE")
      ->group("Solving");
  app.add_option("--submission", arguments.submission,
                 "Write what they predict to this file, in the format of the ARC Prize")
      ->type_name("FILE")
      ->group("Solving");
}

SelectionOutput::SelectionOutput(const SelectionArguments& arguments, NamesOf names)
    : names_(std::move(names)) {
  if (!arguments.select.empty()) lines_ = std::make_unique<OutputFile>(arguments.select);
  if (!arguments.submission.empty()) json_ = std::make_unique<OutputFile>(arguments.submission);
}

void SelectionOutput::add(const SelectionFacts& facts) {
  if (const std::optional<Selected> ended = selector_.add(facts)) take(*ended);
}

void SelectionOutput::take(const Selected& selected) {
  selected_++;
  const SelectedNames names = names_(selected);
  submission_.add(names.task, names.identity, selected);
  if (lines_ == nullptr) return;
  using Json = nlohmann::ordered_json;
  Json line;
  line["program"] = names.program;
  line["file"] = names.file;
  line["task"] = names.task;
  line["size"] = names.identity.size;
  line["fingerprint"] = names.identity.fingerprint.text();
  line["test"] = Json::array();
  for (const std::string& grid : selected.predictions) {
    line["test"].push_back(grid.empty() ? Json(nullptr) : Json::parse(grid));
  }
  lines_->write(line.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
}

void SelectionOutput::close() {
  if (const std::optional<Selected> last = selector_.finish()) take(*last);
  if (lines_) lines_->close();
  if (json_) {
    json_->write(submission_.json());
    json_->close();
  }
}

std::string SelectionOutput::text() const {
  return fmt::format("{} for a task; predictions for {}", counted(selected_, "program"),
                     counted(submission_.predicted(), "task"));
}

}  // namespace arcbatch::cli
