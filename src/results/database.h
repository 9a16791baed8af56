// SQLite as the results files use it: a connection, statements, and errors that name the file.
#pragma once

#include <sqlite3.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "core/macros.h"

namespace arcbatch {

// A results file that cannot be read, written or used; the text names it.
class ResultsError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class Database;

// A prepared statement. Parameters and columns count from 0.
class Query {
 public:
  // `database` must outlive the statement.
  Query(Database& database, std::string_view sql);

  // Sets the parameters in order and runs a statement that returns no rows. A std::optional
  // without a value is NULL; texts must live until the call returns.
  template <class... Values>
  void run(const Values&... values) {
    reset();
    int index = 0;
    (bind(++index, values), ...);
    while (next()) {
    }
    reset();
  }

  // Sets the parameters and starts a query, whose rows next() then reaches. Texts must live until
  // the last of them.
  template <class... Values>
  void start(const Values&... values) {
    reset();
    int index = 0;
    (bind(++index, values), ...);
  }
  // Goes to the next row; false after the last.
  bool next();

  [[nodiscard]] i64 integer(int column) const;
  [[nodiscard]] u64 natural(int column) const { return static_cast<u64>(integer(column)); }
  [[nodiscard]] double real(int column) const;
  [[nodiscard]] bool is_null(int column) const;
  // The text lives until the next call of next(), run() or start().
  [[nodiscard]] std::string_view text(int column) const;

 private:
  void reset();
  void check(int code);
  void bind(int index, i64 value);
  void bind(int index, u64 value) { bind(index, static_cast<i64>(value)); }
  void bind(int index, u32 value) { bind(index, static_cast<i64>(value)); }
  void bind(int index, bool value) { bind(index, static_cast<i64>(value)); }
  void bind(int index, double value);
  void bind(int index, std::string_view value);
  void bind(int index, const std::string& value) { bind(index, std::string_view(value)); }
  void bind(int index, const char* value) { bind(index, std::string_view(value)); }
  template <class T>
  void bind(int index, const std::optional<T>& value) {
    if (value) {
      bind(index, *value);
    } else {
      bind_null(index);
    }
  }
  void bind_null(int index);

  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  Database* database_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

class Database {
 public:
  enum class Mode {
    create,  // a new file; there must be none
    write,
    read,
  };

  // Opens the file; ResultsError where that fails.
  Database(std::string path, Mode mode);

  // Runs statements without parameters.
  void execute(const std::string& sql);
  // The same, where failing does no harm.
  void try_execute(const std::string& sql);

  // Returns the one integer that a query yields; 0 for NULL.
  [[nodiscard]] i64 integer(std::string_view sql);

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] sqlite3* handle() const { return handle_.get(); }

  // Throws ResultsError with the reason of the last failure.
  [[noreturn]] void fail() const;

 private:
  struct Close {
    void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
  };
  std::string path_;
  Mode mode_;
  std::unique_ptr<sqlite3, Close> handle_;
};

}  // namespace arcbatch
