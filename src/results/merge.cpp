// Checking that shards fit, and copying them one after the other.
#include "results/merge.h"

#include <fmt/format.h>

#include <algorithm>

#include "results/schema.h"
#include "results/store.h"

namespace arcbatch {
namespace {

struct Shard {
  std::string path;
  ResultsHeader header;
};

Shard read_shard(const std::string& path) {
  const std::unique_ptr<Database> database = open_results(path, Database::Mode::read);
  // Tables are copied as they are.
  if (const i64 version = database->integer("PRAGMA user_version"); version != kSchemaVersion) {
    throw ResultsError(
        fmt::format("{} has version {} of the tables, not {}: it can be read, but no longer joined",
                    path, version, kSchemaVersion));
  }
  Shard shard{path, read_header(*database)};
  const RunRange range = shard.header.range;
  const u64 saved = next_run(*database, shard.header) - range.first;
  if (saved != range.size()) {
    throw ResultsError(fmt::format("{} has {} of its {} runs: finish it with 'arcbatch resume {}'",
                                   path, saved, range.size(), path));
  }
  return shard;
}

// Sorts the shards and checks that they are all runs of one plan, each once.
void check_shards(std::vector<Shard>& shards) {
  std::stable_sort(shards.begin(), shards.end(), [](const Shard& a, const Shard& b) {
    if (a.header.range.first != b.header.range.first) {
      return a.header.range.first < b.header.range.first;
    }
    return a.header.range.end < b.header.range.end;
  });
  const Shard& first = shards.front();
  u64 at = 0;
  for (const Shard& shard : shards) {
    if (shard.header.fingerprint != first.header.fingerprint) {
      throw ResultsError(fmt::format("{} and {} differ in programs, tasks, limits or version",
                                     first.path, shard.path));
    }
    const RunRange range = shard.header.range;
    if (range.first < at) {
      throw ResultsError(fmt::format("{} has runs that another file has too", shard.path));
    }
    if (range.first > at) break;
    at = range.end;
  }
  if (at == first.header.planned) return;
  u64 next = first.header.planned;
  for (const Shard& shard : shards) {
    if (shard.header.range.first > at) next = std::min(next, shard.header.range.first);
  }
  throw ResultsError(fmt::format("runs {} to {} of {} are missing: name every shard of the work",
                                 at, next - 1, first.header.planned));
}

void copy_head(Database& out, const ResultsHeader& header) {
  out.execute("INSERT INTO meta SELECT * FROM shard.meta");
  out.execute(
      fmt::format("UPDATE meta SET value = 0 WHERE key = 'first_run';"
                  "UPDATE meta SET value = {} WHERE key = 'end_run'",
                  header.planned));
  for (const char* table : {"programs", "tasks", "setup"}) {
    out.execute(fmt::format("INSERT INTO {0} SELECT * FROM shard.{0}", table));
  }
}

void copy_runs(Database& out) {
  out.execute("INSERT INTO runs SELECT * FROM shard.runs ORDER BY id");
  out.execute("INSERT INTO predictions SELECT * FROM shard.predictions ORDER BY run");
  out.execute(
      "INSERT INTO program_times SELECT * FROM shard.program_times WHERE true "
      "ON CONFLICT (program) DO UPDATE SET runs = runs + excluded.runs, "
      "seconds = seconds + excluded.seconds, "
      "longest_task = iif(excluded.longest > longest, excluded.longest_task, longest_task), "
      "longest = max(longest, excluded.longest)");
  out.execute(
      "INSERT INTO sessions SELECT NULL, started, kernels, jobs, batch_size, seconds, runs, "
      "fast_calls, generic_calls, ended, devices FROM shard.sessions ORDER BY id");
}

}  // namespace

u64 merge_results(const std::string& out, const std::vector<std::string>& inputs) {
  std::vector<Shard> shards;
  shards.reserve(inputs.size());
  for (const std::string& path : inputs) shards.push_back(read_shard(path));
  check_shards(shards);
  std::unique_ptr<Database> database = begin_results(out);
  try {
    // A database cannot be attached within a transaction; journalling is off all the same.
    database->execute("COMMIT");
    bool is_first = true;
    for (const Shard& shard : shards) {
      Query(*database, "ATTACH ? AS shard").run(shard.path);
      database->execute("BEGIN");
      if (is_first) copy_head(*database, shards.front().header);
      is_first = false;
      copy_runs(*database);
      database->execute("COMMIT");
      database->execute("DETACH shard");
    }
    database.reset();
  } catch (...) {
    database.reset();
    discard_results(out);
    throw;
  }
  publish_results(out);
  return shards.front().header.planned;
}

}  // namespace arcbatch
