// Transactions of a results file under work.
#include "results/writer.h"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>
#include <optional>

namespace arcbatch {
namespace {

constexpr u64 kRunsPerSave = 500;
constexpr std::chrono::seconds kSaveInterval(1);

std::optional<std::string_view> or_null(const std::string& text) {
  if (text.empty()) return std::nullopt;
  return text;
}

}  // namespace

// Keeps a second writer out. Released after the database is closed, since closing any descriptor
// of a file gives up the process's POSIX locks on it, which SQLite uses.
class ResultsWriter::Lock {
 public:
  explicit Lock(const std::string& path) : descriptor_(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (descriptor_ < 0 || flock(descriptor_, LOCK_EX | LOCK_NB) == 0) return;
    const bool taken = errno == EWOULDBLOCK;
    // A file system without such locks does without.
    if (!taken) return;
    ::close(descriptor_);
    throw ResultsError(fmt::format("{} is being written by another arcbatch", path));
  }
  ~Lock() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

 private:
  int descriptor_;
};

struct ResultsWriter::Queries {
  explicit Queries(Database& database)
      : run(database,
            "INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
        prediction(database, "INSERT INTO predictions VALUES (?, ?)"),
        times(database,
              "INSERT INTO program_times VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (program) DO "
              "UPDATE SET runs = runs + ?2, seconds = seconds + ?3, "
              "longest_task = iif(?4 > longest, ?5, longest_task), longest = max(longest, ?4)"),
        session(database,
                "UPDATE sessions SET seconds = ?, runs = ?, fast_calls = ?, generic_calls = ?, "
                "ended = ?, devices = ? WHERE id = ?") {}
  Query run;
  Query prediction;
  Query times;
  Query session;
};

ResultsWriter::ResultsWriter(const std::string& path) : path_(path) {
  lock_ = std::make_unique<Lock>(path);
  database_ = open_results(path, Database::Mode::write);
  // With a write-ahead log, readers and the writer do not wait for each other, and a commit that
  // a crash of the machine loses takes nothing else with it.
  database_->execute("PRAGMA journal_mode = WAL");
  database_->execute("PRAGMA synchronous = NORMAL");
  header_ = read_header(*database_);
  queries_ = std::make_unique<Queries>(*database_);
  next_ = saved_ = next_run(*database_, header_);
  if (next_ < header_.range.first || next_ > header_.range.end) {
    throw ResultsError(fmt::format("{} has runs that do not belong into it", path));
  }
}

ResultsWriter::~ResultsWriter() {
  if (session_ == 0 || failed_) return;
  try {
    save(nullptr);
  } catch (const ResultsError&) {
    // Something else has failed already, and what was saved before is still there.
  }
}

void ResultsWriter::rethrow(const ResultsError& error) const {
  throw ResultsError(fmt::format(
      "{}; {} of {} runs are saved: when it can be written again, go on with 'arcbatch resume {}'",
      error.what(), saved_ - header_.range.first, header_.range.size(), path_));
}

void ResultsWriter::begin_session(const ResultsSession& session) {
  started_ = last_save_ = Clock::now();
  begin();
  try {
    const std::time_t now = std::time(nullptr);
    Query insert(*database_,
                 "INSERT INTO sessions VALUES (NULL, ?, ?, ?, ?, 0, 0, 0, 0, NULL, NULL)");
    insert.run(fmt::format("{:%FT%TZ}", fmt::gmtime(now)), session.kernels, session.jobs,
               session.batch_size);
    session_ = sqlite3_last_insert_rowid(database_->handle());
  } catch (const ResultsError& error) {
    failed_ = true;
    rethrow(error);
  }
}

void ResultsWriter::add(const BatchResult& result) {
  try {
    for (const RunRecord& record : result.records) {
      const Outcome& outcome = record.outcome;
      const StatusKind kind = outcome.kind();
      std::optional<std::string_view> value;
      if (kind == StatusKind::value) value = outcome.value;
      std::optional<std::string_view> error;
      if (kind == StatusKind::error) error = status_name(outcome.status);
      std::optional<u32> line;
      if (outcome.line != 0) line = outcome.line;
      std::optional<std::string> output;
      if (outcome.output) output = outcome.output->text();
      const auto part = [&outcome](double Score::*which) {
        return outcome.score ? std::optional<double>(*outcome.score.*which) : std::nullopt;
      };
      queries_->run.run(
          record.run, record.candidate, record.task, record.is_test ? "test" : "train",
          record.index, status_kind_name(outcome.status), outcome.match, outcome.steps, output,
          part(&Score::shape), part(&Score::cells), part(&Score::palette), error, line,
          or_null(outcome.reason), or_null(outcome.statement), value, record.compared);
      if (!record.prediction.empty()) queries_->prediction.run(record.run, record.prediction);
      Times& times = times_[record.candidate];
      times.runs++;
      times.seconds += outcome.seconds;
      if (outcome.seconds > times.longest) {
        times.longest = outcome.seconds;
        times.longest_task = record.task;
      }
    }
  } catch (const ResultsError& error) {
    failed_ = true;
    rethrow(error);
  }
  next_ = result.range.end;
  session_runs_ += result.range.size();
  fast_calls_ += result.fast_calls;
  generic_calls_ += result.generic_calls;
  device_.add(result.device);
}

void ResultsWriter::save_if_due() {
  if (next_ == saved_) return;
  const Clock::time_point now = Clock::now();
  if (next_ - saved_ < kRunsPerSave && now - last_save_ < kSaveInterval) return;
  save(nullptr);
  begin();
}

void ResultsWriter::begin() {
  try {
    database_->execute("BEGIN IMMEDIATE");
  } catch (const ResultsError& error) {
    failed_ = true;
    rethrow(error);
  }
}

void ResultsWriter::save(const char* ended) {
  try {
    for (const auto& [program, t] : times_) {
      queries_->times.run(program, t.runs, t.seconds, t.longest, t.longest_task);
    }
    const std::chrono::duration<double> seconds = Clock::now() - started_;
    const std::optional<std::string_view> how =
        ended == nullptr ? std::nullopt : std::optional<std::string_view>(ended);
    const std::string devices = device_.slices == 0 ? "" : device_counts_json(device_);
    const std::optional<std::string_view> device_text =
        devices.empty() ? std::nullopt : std::optional<std::string_view>(devices);
    queries_->session.run(seconds.count(), session_runs_, fast_calls_, generic_calls_, how,
                          device_text, session_);
    database_->execute("COMMIT");
  } catch (const ResultsError& error) {
    failed_ = true;
    rethrow(error);
  }
  times_.clear();
  saved_ = next_;
  last_save_ = Clock::now();
}

void ResultsWriter::close(const std::string& ended) {
  save(ended.c_str());
  session_ = 0;
  queries_.reset();
  // One file without a log beside it is easier to copy. A reader that has it open prevents this,
  // which does no harm.
  sqlite3_busy_timeout(database_->handle(), 0);
  database_->try_execute("PRAGMA journal_mode = DELETE");
  database_.reset();
  lock_.reset();
}

}  // namespace arcbatch
