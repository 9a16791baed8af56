// Results files: what they say of the work, and how they are made and opened. docs/results.md
// describes the tables.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "batch/run_plan.h"
#include "results/database.h"
#include "values/context.h"

namespace arcbatch {

// By what the outcomes of all runs are determined, besides programs and tasks.
struct ResultsHeader {
  std::string engine;   // version of this program
  std::string dialect;  // "arc-dsl"
  Limits limits;
  bool score = false;  // whether outputs are scored
  Comparison comparison = Comparison::none;
  u64 planned = 0;  // runs of the whole plan
  RunRange range;   // those that belong into this file: all, or a shard
  std::string fingerprint;
};

// Where programs and tasks were found; empty lists stand for the built-in examples.
struct ResultsSetup {
  std::vector<std::string> programs;
  std::vector<std::string> tasks;
  std::string directory;  // that relative paths start at
  bool keep_going = false;
};

struct StoredProgram {
  std::string name;
  std::string file;
  std::string source_hash;
  Identity identity;
};

struct StoredTask {
  std::string name;
  std::string content_hash;
  u32 expected = 0;  // examples with an expected output
  u32 test = 0;      // test examples
};

// Returns the hash of everything that determines the outcomes.
std::string fingerprint_of(const ResultsHeader& header, const RunPlan& plan,
                           const std::vector<ProgramFile>& files);

// Throws ResultsError if there is a file of that name.
void require_absent(const std::string& path);

// Makes a results file without runs. ResultsError if there is a file of that name, or if it cannot
// be written; the file appears complete or not at all.
void create_results(const std::string& path, const ResultsHeader& header, const ResultsSetup& setup,
                    const RunPlan& plan, const std::vector<ProgramFile>& files);

// Opens a results file and checks that it is one, of this version or, to read it, of one before.
std::unique_ptr<Database> open_results(const std::string& path, Database::Mode mode);

// Makes an empty results file at a passing name beside `path`, which must not exist;
// publish_results() gives it its name once it is filled and closed.
std::unique_ptr<Database> begin_results(const std::string& path);
void publish_results(const std::string& path);
// Removes the passing file again.
void discard_results(const std::string& path);

// Returns the SQL of the column `compared` of runs, which are called `alias`: NULL in files of
// versions that lack it.
std::string compared_column(Database& database, std::string_view alias);

ResultsHeader read_header(Database& database);
ResultsSetup read_setup(Database& database);
std::vector<StoredTask> read_tasks(Database& database);

// Returns the number of the first run that is not saved.
u64 next_run(Database& database, const ResultsHeader& header);

// Returns in words how the header, programs and tasks of a file differ from those given, which
// have their own fingerprint; empty if they are the same.
std::string describe_difference(Database& database, const ResultsHeader& header,
                                const RunPlan& plan, const std::vector<ProgramFile>& files);

}  // namespace arcbatch
