// Queries. CROSS JOIN makes SQLite go through the runs in their order and look the rest up.
#include "results/reader.h"

#include <fmt/format.h>

namespace arcbatch {
namespace {

StatusKind kind_named(std::string_view name) {
  // One status of every kind.
  for (const Status status : {Status::ok, Status::type_error, Status::limit_steps,
                              Status::resource_memory, Status::unsupported_order}) {
    if (name == status_kind_name(status)) return kind_of(status);
  }
  throw ResultsError(fmt::format("a run has the unknown status '{}'", name));
}

constexpr const char* kProgramColumns =
    "SELECT name, file, source_hash, fingerprint, size, first_run, runs FROM programs ";

StoredProgram program_of(const Query& row) {
  StoredProgram program{
      std::string(row.text(0)), std::string(row.text(1)), std::string(row.text(2)), {}};
  const std::optional<Fingerprint> fingerprint = Fingerprint::of(row.text(3));
  if (!fingerprint) throw ResultsError("a program has no fingerprint of 32 hexadecimal digits");
  program.identity = {*fingerprint, row.natural(4)};
  return program;
}

}  // namespace

RunReader::RunReader(Database& database, const std::vector<StoredTask>& tasks)
    : tasks_(tasks),
      shows_compared_(read_header(database).comparison != Comparison::none),
      select_(database,
              "SELECT p.name, p.file, r.task, r.split, r.example, r.status, r.match, r.value, "
              "r.error, r.statement, r.line, r.reason, r.steps, r.output, r.shape, r.cells, "
              "r.palette, " +
                  compared_column(database, "r") +
                  " FROM runs r CROSS JOIN programs p ON p.id = r.program ORDER BY r.id") {}

bool RunReader::next(RunText& run) {
  if (!select_.next()) return false;
  const auto text = [this](int column) -> std::optional<std::string_view> {
    if (select_.is_null(column)) return std::nullopt;
    return select_.text(column);
  };
  run.program = select_.text(0);
  run.file = select_.text(1);
  run.task = tasks_.at(select_.natural(2)).name;
  run.is_test = select_.text(3) == "test";
  run.index = static_cast<u32>(select_.natural(4));
  run.status = select_.text(5);
  run.match = select_.is_null(6) ? std::nullopt : std::optional<bool>(select_.integer(6) != 0);
  run.value = text(7);
  run.error = text(8);
  run.statement = text(9);
  run.line = static_cast<u32>(select_.natural(10));
  run.reason = text(11);
  run.steps = select_.natural(12);
  run.output.reset();
  if (!select_.is_null(13)) run.output = select_.text(13);
  run.shows_compared = shows_compared_;
  run.compared.reset();
  if (!select_.is_null(17)) run.compared = select_.integer(17) != 0;
  run.score.reset();
  if (!select_.is_null(14)) run.score = {select_.real(14), select_.real(15), select_.real(16)};
  return true;
}

void add_stored_runs(Database& database, RunStatistics& statistics) {
  Query select(database, "SELECT program, task, status, match, coalesce(error, reason), " +
                             compared_column(database, "runs") + " FROM runs ORDER BY id");
  while (select.next()) {
    RunFacts facts;
    facts.candidate = static_cast<u32>(select.natural(0));
    facts.task = static_cast<u32>(select.natural(1));
    facts.kind = kind_named(select.text(2));
    if (!select.is_null(3)) facts.match = select.integer(3) != 0;
    facts.reason = select.text(4);
    facts.compared = select.integer(5) != 0;
    statistics.add(facts);
  }
  statistics.finish();
}

std::vector<CandidateTotals> slowest_programs(Database& database, std::size_t count) {
  std::vector<CandidateTotals> slowest;
  Query select(database,
               "SELECT program, runs, seconds, longest, longest_task FROM program_times "
               "ORDER BY seconds DESC, program LIMIT ?");
  select.start(static_cast<u64>(count));
  while (select.next()) {
    CandidateTotals totals;
    totals.candidate = static_cast<u32>(select.natural(0));
    totals.runs = select.natural(1);
    totals.seconds = select.real(2);
    totals.longest = select.real(3);
    totals.longest_task = static_cast<u32>(select.natural(4));
    slowest.push_back(totals);
  }
  return slowest;
}

StoredProgram read_program(Database& database, u32 id) {
  Query select(database, kProgramColumns + std::string("WHERE id = ?"));
  select.start(id);
  if (!select.next()) {
    throw ResultsError(fmt::format("{} lacks program number {}", database.path(), id));
  }
  return program_of(select);
}

ProgramReader::ProgramReader(Database& database)
    : programs_(database, kProgramColumns + std::string("ORDER BY id")),
      runs_(database, "SELECT status, match, output, (shape + cells + palette) / 3, " +
                          compared_column(database, "runs") +
                          " FROM runs WHERE id >= ? AND id < ? ORDER BY id") {}

bool ProgramReader::next(ProgramRow& row) {
  if (!programs_.next()) return false;
  row = {};
  row.program = program_of(programs_);
  const u64 first = programs_.natural(5);
  runs_.start(first, first + programs_.natural(6));
  Fingerprinter behaviour;
  bool complete = true;
  double scores = 0;
  u64 scored = 0;
  while (runs_.next()) {
    row.runs++;
    const StatusKind kind = kind_named(runs_.text(0));
    (kind == StatusKind::value   ? row.values
     : kind == StatusKind::error ? row.errors
                                 : row.others)++;
    const bool compared = runs_.integer(4) != 0;
    row.matched += runs_.integer(1) != 0 && !compared ? 1 : 0;
    complete = complete && !runs_.is_null(2);
    behaviour.add(runs_.text(2));
    if (runs_.is_null(3) || compared) continue;
    scores += runs_.real(3);
    scored++;
  }
  if (complete && row.runs > 0) row.behaviour = behaviour.take();
  if (scored > 0) row.score = scores / static_cast<double>(scored);
  return true;
}

std::string program_header() {
  return "program,file,fingerprint,size,runs,values,errors,others,matched,score,behaviour\r\n";
}

std::string program_row(const ProgramRow& row) {
  const StoredProgram& p = row.program;
  return fmt::format("{},{},{},{},{},{},{},{},{},{},{}\r\n", csv_field(p.name), csv_field(p.file),
                     p.identity.fingerprint.text(), p.identity.size, row.runs, row.values,
                     row.errors, row.others, row.matched,
                     row.score ? fmt::format("{}", *row.score) : "",
                     row.behaviour ? row.behaviour->text() : "");
}

SessionTotals read_sessions(Database& database) {
  SessionTotals totals;
  Query sessions(database,
                 "SELECT count(*), total(seconds), coalesce(sum(fast_calls), 0), "
                 "coalesce(sum(generic_calls), 0) FROM sessions");
  if (sessions.next()) {
    totals.sessions = sessions.natural(0);
    totals.seconds = sessions.real(1);
    totals.fast_calls = sessions.natural(2);
    totals.generic_calls = sessions.natural(3);
  }
  Query times(database, "SELECT total(seconds) FROM program_times");
  if (times.next()) totals.seconds_in_programs = times.real(0);
  return totals;
}

}  // namespace arcbatch
