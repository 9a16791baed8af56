// --select and --submission of run and export: the programs that reproduce the training pairs, and
// what they predict.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "batch/selection.h"
#include "common.h"

namespace arcbatch::cli {

struct SelectionArguments {
  std::string select;
  std::string submission;
  [[nodiscard]] bool any() const { return !select.empty() || !submission.empty(); }
};

void add_selection_options(CLI::App& app, SelectionArguments& arguments);

// The explanation that the footers of both commands have.
extern const char* const kSelectionFooter;

// A selected candidate's names.
struct SelectedNames {
  std::string program;
  std::string file;
  std::string task;
  Identity identity;
};

// Writes both files. Opened before the work begins, so that it does not end at a path that cannot
// be written.
class SelectionOutput {
 public:
  using NamesOf = std::function<SelectedNames(const Selected&)>;

  SelectionOutput(const SelectionArguments& arguments, NamesOf names);

  void add_task(const std::string& id, u32 tests) { submission_.add_task(id, tests); }
  // Adds a run; they come in the canonical order.
  void add(const SelectionFacts& facts);
  // Ends the runs and the files.
  void close();

  // "12 programs for 9 tasks".
  [[nodiscard]] std::string text() const;

 private:
  void take(const Selected& selected);

  NamesOf names_;
  std::unique_ptr<OutputFile> lines_;
  std::unique_ptr<OutputFile> json_;
  Selector selector_;
  Submission submission_;
  u64 selected_ = 0;
};

}  // namespace arcbatch::cli
