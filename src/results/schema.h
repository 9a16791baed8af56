// The tables of a results file; docs/results.md describes them.
#pragma once

namespace arcbatch {

// Says in the file's head that it is ours ("ArcB"), and the version of the tables.
inline constexpr int kApplicationId = 0x41726342;
inline constexpr int kSchemaVersion = 4;
// The oldest version that can be read. Before 4, runs had no column `compared`, and C was None.
inline constexpr int kOldestReadable = 3;

// In `runs`, the columns that reports read come before the long texts, which SQLite then need not
// touch.
inline constexpr const char* kSchema = R"sql(
CREATE TABLE meta (
  key TEXT PRIMARY KEY,
  value NOT NULL
) WITHOUT ROWID;
CREATE TABLE programs (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  file TEXT NOT NULL,
  source_hash TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  size INTEGER NOT NULL,
  first_run INTEGER NOT NULL,
  runs INTEGER NOT NULL
);
CREATE TABLE tasks (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  content_hash TEXT NOT NULL,
  train INTEGER NOT NULL,
  test INTEGER NOT NULL,
  expected INTEGER NOT NULL
);
CREATE TABLE runs (
  id INTEGER PRIMARY KEY,
  program INTEGER NOT NULL REFERENCES programs,
  task INTEGER NOT NULL REFERENCES tasks,
  split TEXT NOT NULL,
  example INTEGER NOT NULL,
  status TEXT NOT NULL,
  match INTEGER,
  steps INTEGER NOT NULL,
  output TEXT,
  shape REAL,
  cells REAL,
  palette REAL,
  error TEXT,
  line INTEGER,
  reason TEXT,
  statement TEXT,
  value TEXT,
  compared INTEGER
);
CREATE TABLE predictions (
  run INTEGER PRIMARY KEY REFERENCES runs,
  grid TEXT NOT NULL
);
CREATE TABLE program_times (
  program INTEGER PRIMARY KEY REFERENCES programs,
  runs INTEGER NOT NULL,
  seconds REAL NOT NULL,
  longest REAL NOT NULL,
  longest_task INTEGER NOT NULL REFERENCES tasks
);
CREATE TABLE sessions (
  id INTEGER PRIMARY KEY,
  started TEXT NOT NULL,
  kernels TEXT NOT NULL,
  jobs INTEGER NOT NULL,
  batch_size INTEGER NOT NULL,
  seconds REAL NOT NULL,
  runs INTEGER NOT NULL,
  fast_calls INTEGER NOT NULL,
  generic_calls INTEGER NOT NULL,
  ended TEXT,
  devices TEXT
);
CREATE TABLE setup (
  key TEXT NOT NULL,
  position INTEGER NOT NULL,
  value NOT NULL,
  PRIMARY KEY (key, position)
) WITHOUT ROWID;
)sql";

}  // namespace arcbatch
