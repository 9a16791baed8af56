// Calls of SQLite's C interface, every one checked.
#include "results/database.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace arcbatch {

namespace {
constexpr int kBusyMilliseconds = 10'000;
}  // namespace

Query::Query(Database& database, std::string_view sql) : database_(&database) {
  sqlite3_stmt* statement = nullptr;
  check(sqlite3_prepare_v3(database.handle(), sql.data(), static_cast<int>(sql.size()),
                           SQLITE_PREPARE_PERSISTENT, &statement, nullptr));
  statement_.reset(statement);
}

void Query::check(int code) {
  if (code != SQLITE_OK) database_->fail();
}

// What the last step returned has been reported already.
void Query::reset() { sqlite3_reset(statement_.get()); }

bool Query::next() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) database_->fail();
  return false;
}

void Query::bind(int index, i64 value) {
  check(sqlite3_bind_int64(statement_.get(), index, value));
}

void Query::bind(int index, double value) {
  check(sqlite3_bind_double(statement_.get(), index, value));
}

void Query::bind(int index, std::string_view value) {
  // A null pointer would be NULL.
  const char* data = value.data() == nullptr ? "" : value.data();
  check(
      sqlite3_bind_text64(statement_.get(), index, data, value.size(), SQLITE_STATIC, SQLITE_UTF8));
}

void Query::bind_null(int index) { check(sqlite3_bind_null(statement_.get(), index)); }

i64 Query::integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }

double Query::real(int column) const { return sqlite3_column_double(statement_.get(), column); }

bool Query::is_null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

std::string_view Query::text(int column) const {
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
  if (data == nullptr) return {};
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

Database::Database(std::string path, Mode mode) : path_(std::move(path)), mode_(mode) {
  const bool create = mode == Mode::create;
  std::error_code code;
  if (!create && !std::filesystem::exists(path_, code)) {
    throw ResultsError(fmt::format("cannot read {}: {}", path_, std::strerror(ENOENT)));
  }
  // A reader, too, has to recover a file whose writer was killed: SQLite falls back to reading
  // only where the file cannot be written.
  const int flags = SQLITE_OPEN_READWRITE | (create ? SQLITE_OPEN_CREATE : 0);
  sqlite3* handle = nullptr;
  const int opened = sqlite3_open_v2(path_.c_str(), &handle, flags, nullptr);
  handle_.reset(handle);
  if (opened != SQLITE_OK) fail();
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, kBusyMilliseconds);
  if (mode == Mode::read) execute("PRAGMA query_only = 1");
}

void Database::execute(const std::string& sql) {
  if (sqlite3_exec(handle(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) fail();
}

void Database::try_execute(const std::string& sql) {
  sqlite3_exec(handle(), sql.c_str(), nullptr, nullptr, nullptr);
}

i64 Database::integer(std::string_view sql) {
  Query statement(*this, sql);
  return statement.next() ? statement.integer(0) : 0;
}

void Database::fail() const {
  const int last = errno;  // SQLite does not keep the one of a COMMIT
  const char* doing = mode_ == Mode::read ? "read" : "write";
  if (handle_ == nullptr)
    throw ResultsError(fmt::format("cannot {} {}: out of memory", doing, path_));
  std::string reason = sqlite3_errmsg(handle());
  const int code = sqlite3_errcode(handle()) & 0xff;
  const int kept = sqlite3_system_errno(handle());
  const int error = kept != 0 ? kept : last;
  if (error != 0 && (code == SQLITE_IOERR || code == SQLITE_CANTOPEN)) {
    reason += fmt::format(" ({})", std::strerror(error));
  }
  throw ResultsError(fmt::format("cannot {} {}: {}", doing, path_, reason));
}

}  // namespace arcbatch
