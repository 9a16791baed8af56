// Making, opening and comparing results files.
#include "results/store.h"

#include <fmt/format.h>

#include <filesystem>

#include "batch/content_hash.h"
#include "batch/statistics.h"
#include "results/schema.h"

namespace arcbatch {
namespace {

namespace fs = std::filesystem;

// A file is made under this name, so that whatever ends the program leaves no half of one.
std::string passing_name(const std::string& path) { return path + ".part"; }

void remove_passing(const std::string& path) {
  std::error_code ignored;
  fs::remove(passing_name(path), ignored);
}

void write_programs(Database& database, const RunPlan& plan,
                    const std::vector<ProgramFile>& files) {
  Query insert(database, "INSERT INTO programs VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  for (u32 k = 0; k < plan.candidates().size(); ++k) {
    const Candidate& c = plan.candidates()[k];
    const RunRange runs = plan.runs_of(k);
    insert.run(k, c.name, c.file, files[c.file_index].hash, c.identity.fingerprint.text(),
               c.identity.size, runs.first, runs.size());
  }
}

void write_tasks(Database& database, const RunPlan& plan) {
  const std::vector<u32> known = known_outputs(plan.tasks());
  Query insert(database, "INSERT INTO tasks VALUES (?, ?, ?, ?, ?, ?)");
  for (u32 k = 0; k < plan.tasks().size(); ++k) {
    const Task& task = plan.tasks()[k];
    insert.run(k, task.id, content_hash(task), static_cast<u64>(task.train.size()),
               static_cast<u64>(task.test.size()), known[k]);
  }
}

void write_header(Database& database, const ResultsHeader& header) {
  Query insert(database, "INSERT INTO meta VALUES (?, ?)");
  insert.run("engine", header.engine);
  insert.run("dialect", header.dialect);
  insert.run("max_steps", header.limits.steps);
  insert.run("max_bytes", header.limits.bytes);
  insert.run("max_depth", header.limits.depth);
  insert.run("max_expanded", header.limits.expanded);
  insert.run("score", header.score);
  insert.run("comparison", comparison_name(header.comparison));
  insert.run("planned", header.planned);
  insert.run("first_run", header.range.first);
  insert.run("end_run", header.range.end);
  insert.run("fingerprint", header.fingerprint);
}

void write_setup(Database& database, const ResultsSetup& setup) {
  Query insert(database, "INSERT INTO setup VALUES (?, ?, ?)");
  u32 position = 0;
  for (const std::string& path : setup.programs) insert.run("programs", position++, path);
  position = 0;
  for (const std::string& path : setup.tasks) insert.run("tasks", position++, path);
  insert.run("directory", 0u, setup.directory);
  insert.run("keep_going", 0u, setup.keep_going);
}

std::string limits_difference(const Limits& stored, const Limits& given) {
  const auto differ = [](const char* name, u64 a, u64 b) {
    return a == b ? "" : fmt::format("the limit of {} was {}, now it is {}", name, a, b);
  };
  for (const std::string& text :
       {differ("steps", stored.steps, given.steps), differ("bytes", stored.bytes, given.bytes),
        differ("depth", stored.depth, given.depth),
        differ("expanded size", stored.expanded, given.expanded)}) {
    if (!text.empty()) return text;
  }
  return {};
}

// Compares a table with what is there now. `now(k)` returns name and hash of item k.
template <class Now>
std::string list_difference(Query& stored, const char* noun, u64 count, const Now& now) {
  std::string first;
  u64 differing = 0;
  u64 k = 0;
  for (; stored.next(); ++k) {
    if (k >= count) continue;
    const auto [name, hash] = now(k);
    if (stored.text(0) == name && stored.text(1) == hash) continue;
    differing++;
    if (!first.empty()) continue;
    first = stored.text(0) == name ? fmt::format("{} {} has changed", noun, name)
                                   : fmt::format("{} number {} was {}, now it is {}", noun, k + 1,
                                                 stored.text(0), name);
  }
  if (k != count) return fmt::format("there were {} {}s, now there are {}", k, noun, count);
  if (differing > 1) first += fmt::format(", and {} more", differing - 1);
  return first;
}

}  // namespace

std::string fingerprint_of(const ResultsHeader& header, const RunPlan& plan,
                           const std::vector<ProgramFile>& files) {
  const Limits& limits = header.limits;
  std::string hash = content_hash(fmt::format(
      "{}\n{}\n{} {} {} {} {}\n{} {}", header.engine, header.dialect, limits.steps, limits.bytes,
      limits.depth, limits.expanded, header.score, plan.candidates().size(), plan.tasks().size()));
  if (header.comparison != Comparison::none) {
    hash = content_hash(hash + comparison_name(header.comparison));
  }
  const auto add = [&hash](const std::string& name, const std::string& content) {
    hash = content_hash(hash + content + name);
  };
  for (const Candidate& c : plan.candidates()) add(c.name, files[c.file_index].hash);
  for (const Task& task : plan.tasks()) add(task.id, content_hash(task));
  return hash;
}

void require_absent(const std::string& path) {
  std::error_code code;
  if (fs::exists(path, code)) {
    throw ResultsError(
        fmt::format("{} exists already; 'arcbatch resume' goes on with a results file, nothing "
                    "overwrites one",
                    path));
  }
}

std::unique_ptr<Database> begin_results(const std::string& path) {
  require_absent(path);
  remove_passing(path);
  auto database = std::make_unique<Database>(passing_name(path), Database::Mode::create);
  try {
    // Nobody sees the file before it is complete, so that nothing ever has to be rolled back.
    database->execute("PRAGMA journal_mode = OFF");
    database->execute("BEGIN");
    database->execute(fmt::format("PRAGMA application_id = {}", kApplicationId));
    database->execute(fmt::format("PRAGMA user_version = {}", kSchemaVersion));
    database->execute(kSchema);
  } catch (...) {
    remove_passing(path);
    throw;
  }
  return database;
}

void publish_results(const std::string& path) {
  require_absent(path);
  std::error_code code;
  fs::rename(passing_name(path), path, code);
  if (code) {
    remove_passing(path);
    throw ResultsError(fmt::format("cannot write {}: {}", path, code.message()));
  }
}

void discard_results(const std::string& path) { remove_passing(path); }

void create_results(const std::string& path, const ResultsHeader& header, const ResultsSetup& setup,
                    const RunPlan& plan, const std::vector<ProgramFile>& files) {
  std::unique_ptr<Database> database = begin_results(path);
  try {
    write_header(*database, header);
    write_programs(*database, plan, files);
    write_tasks(*database, plan);
    write_setup(*database, setup);
    database->execute("COMMIT");
  } catch (...) {
    database.reset();
    remove_passing(path);
    throw;
  }
  database.reset();
  publish_results(path);
}

std::unique_ptr<Database> open_results(const std::string& path, Database::Mode mode) {
  auto database = std::make_unique<Database>(path, mode);
  i64 id = 0;
  try {
    id = database->integer("PRAGMA application_id");
  } catch (const ResultsError&) {
    if (sqlite3_errcode(database->handle()) != SQLITE_NOTADB) throw;
  }
  if (id != kApplicationId) {
    throw ResultsError(fmt::format("{} is not a results file of arcbatch", path));
  }
  const i64 version = database->integer("PRAGMA user_version");
  const bool readable = version >= kOldestReadable && version <= kSchemaVersion;
  if (version == kSchemaVersion || (readable && mode == Database::Mode::read)) return database;
  throw ResultsError(fmt::format("{} has version {} of the tables, not {}{}", path, version,
                                 kSchemaVersion,
                                 readable ? ": it can be read, but no longer be written" : ""));
}

std::string compared_column(Database& database, std::string_view alias) {
  if (database.integer("PRAGMA user_version") < kSchemaVersion) return "NULL";
  return fmt::format("{}.compared", alias);
}

ResultsHeader read_header(Database& database) {
  ResultsHeader header;
  Query select(database, "SELECT value FROM meta WHERE key = ?");
  const auto find = [&](const char* key) {
    select.start(key);
    if (!select.next()) {
      throw ResultsError(fmt::format("{} lacks the key '{}' in meta", database.path(), key));
    }
  };
  const auto text = [&](const char* key) {
    find(key);
    return std::string(select.text(0));
  };
  const auto number = [&](const char* key) {
    find(key);
    return select.natural(0);
  };
  header.engine = text("engine");
  header.dialect = text("dialect");
  header.limits.steps = number("max_steps");
  header.limits.bytes = number("max_bytes");
  header.limits.depth = static_cast<u32>(number("max_depth"));
  header.limits.expanded = number("max_expanded");
  header.score = number("score") != 0;
  select.start("comparison");
  if (select.next() && !find_comparison(select.text(0), header.comparison)) {
    throw ResultsError(
        fmt::format("{} has the unknown comparison '{}'", database.path(), select.text(0)));
  }
  header.planned = number("planned");
  header.range = {number("first_run"), number("end_run")};
  header.fingerprint = text("fingerprint");
  return header;
}

ResultsSetup read_setup(Database& database) {
  ResultsSetup setup;
  Query select(database, "SELECT key, value FROM setup ORDER BY key, position");
  while (select.next()) {
    const std::string_view key = select.text(0);
    if (key == "programs") setup.programs.emplace_back(select.text(1));
    if (key == "tasks") setup.tasks.emplace_back(select.text(1));
    if (key == "directory") setup.directory = select.text(1);
    if (key == "keep_going") setup.keep_going = select.integer(1) != 0;
  }
  return setup;
}

std::vector<StoredTask> read_tasks(Database& database) {
  std::vector<StoredTask> tasks;
  Query select(database, "SELECT name, content_hash, expected, test FROM tasks ORDER BY id");
  while (select.next()) {
    tasks.push_back({std::string(select.text(0)), std::string(select.text(1)),
                     static_cast<u32>(select.natural(2)), static_cast<u32>(select.natural(3))});
  }
  return tasks;
}

u64 next_run(Database& database, const ResultsHeader& header) {
  return static_cast<u64>(database.integer(
      fmt::format("SELECT coalesce(max(id) + 1, {}) FROM runs", header.range.first)));
}

std::string describe_difference(Database& database, const ResultsHeader& header,
                                const RunPlan& plan, const std::vector<ProgramFile>& files) {
  const ResultsHeader stored = read_header(database);
  if (stored.fingerprint == header.fingerprint) return {};
  if (stored.engine != header.engine) {
    return fmt::format("it is of arcbatch {}, this is {}", stored.engine, header.engine);
  }
  if (stored.dialect != header.dialect) {
    return fmt::format("its dialect is {}, now it is {}", stored.dialect, header.dialect);
  }
  if (std::string text = limits_difference(stored.limits, header.limits); !text.empty()) {
    return text;
  }
  Query programs(database, "SELECT name, source_hash FROM programs ORDER BY id");
  const auto program = [&](u64 k) {
    const Candidate& c = plan.candidates()[k];
    return std::pair<const std::string&, const std::string&>(c.name, files[c.file_index].hash);
  };
  if (std::string text = list_difference(programs, "program", plan.candidates().size(), program);
      !text.empty()) {
    return text;
  }
  Query tasks(database, "SELECT name, content_hash FROM tasks ORDER BY id");
  const auto task = [&](u64 k) {
    return std::pair<std::string, std::string>(plan.tasks()[k].id, content_hash(plan.tasks()[k]));
  };
  if (std::string text = list_difference(tasks, "task", plan.tasks().size(), task); !text.empty()) {
    return text;
  }
  return "its fingerprint is another";
}

}  // namespace arcbatch
