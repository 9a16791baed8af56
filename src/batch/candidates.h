// Candidates: the functions of program files that can be run on a task's grids.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "frontend/frontend.h"
#include "graph/fingerprint.h"
#include "graph/parameters.h"

namespace arcbatch {

// What a program is, whatever its names are.
struct Identity {
  Fingerprint fingerprint;
  u64 size = 0;  // its calls, tuples, subscripts and the like
};

// Returns the identity of a function that has Parameters.
Identity identity_of(const Program& program, u32 function);

// A function to run: on one task where its name says so, else on all of them.
struct Candidate {
  // Null where it was let go to save memory; CandidateList::files[file_index] has it then.
  std::shared_ptr<const Program> program;
  u32 function = 0;
  Parameters parameters = Parameters::i;
  u32 file_index = 0;   // into CandidateList::files
  std::string name;     // "solve_00d62c1b"
  std::string file;     // as the outcomes name it
  std::string task_id;  // "00d62c1b" for a name solve_<id>; empty: every task
  Identity identity;    // once add_identity() has been called
};

// A file that compiled.
struct ProgramFile {
  std::string path;  // where its text is read
  std::string hash;  // content_hash() of the text
  u64 bytes = 0;     // of the text
};

// A function that has no Parameters.
struct SkippedFunction {
  std::string file;
  std::string name;
  u32 line = 0;
  u32 required = 0;  // parameters without a default
};

struct CandidateList {
  Dsl dialect = Dsl::arc_dsl;  // of all of them
  std::vector<Candidate> candidates;
  std::vector<ProgramFile> files;  // those that compiled
  std::vector<SkippedFunction> skipped;
  std::vector<Diagnostic> warnings;
  std::vector<Diagnostic> errors;      // of the files that do not compile
  std::vector<std::string> bad_files;  // those files
};

// Appends the functions of a compiled file, the last one of `list.files`. Of several functions of
// one name the last counts, as in Python.
void add_functions(CandidateList& list, const std::shared_ptr<const Program>& program,
                   const std::string& file);

// Sets the candidate's identity; its program must be there.
void add_identity(Candidate& candidate);

// Compiles one file's text and appends its functions. `file` is the name that outcomes and
// diagnostics give it.
void add_candidates(CandidateList& list, std::string_view source, const std::string& file,
                    Dsl dialect = Dsl::arc_dsl);

}  // namespace arcbatch
