// From a compiled file to its candidates.
#include "batch/candidates.h"

#include <unordered_map>

#include "batch/content_hash.h"
#include "graph/batch_graph.h"

namespace arcbatch {
namespace {
constexpr std::string_view kSolve = "solve_";
}  // namespace

void add_functions(CandidateList& list, const std::shared_ptr<const Program>& program,
                   const std::string& file) {
  std::unordered_map<std::string_view, u32> last;
  for (const u32 index : program->defs) last[program->functions[index].name] = index;
  for (const u32 index : program->defs) {
    const Function& f = program->functions[index];
    if (last[f.name] != index) continue;
    const std::optional<Parameters> parameters = parameters_of(f);
    if (!parameters) {
      list.skipped.push_back({file, f.name, f.line, f.required});
      continue;
    }
    Candidate c;
    c.program = program;
    c.function = index;
    c.parameters = *parameters;
    c.file_index = static_cast<u32>(list.files.size() - 1);
    c.name = f.name;
    c.file = file;
    if (f.name.starts_with(kSolve)) c.task_id = f.name.substr(kSolve.size());
    list.candidates.push_back(std::move(c));
  }
}

Identity identity_of(const Program& program, u32 function) {
  BatchGraph graph;
  const u32 k = graph.add(program, function);
  Identity identity;
  identity.fingerprint = graph.fingerprint(k);
  for (const Instr& in : program.functions[function].code) {
    if (in.op != Opcode::move && in.op != Opcode::ret) identity.size++;
  }
  return identity;
}

void add_identity(Candidate& candidate) {
  candidate.identity = identity_of(*candidate.program, candidate.function);
}

void add_candidates(CandidateList& list, std::string_view source, const std::string& file,
                    Dsl dialect) {
  CompileResult compiled = compile_source(source, file, dialect);
  if (!compiled.ok) {
    list.errors.insert(list.errors.end(), compiled.errors.begin(), compiled.errors.end());
    list.bad_files.push_back(file);
    return;
  }
  list.files.push_back({file, content_hash(source), source.size()});
  const auto& warnings = compiled.program.warnings;
  list.warnings.insert(list.warnings.end(), warnings.begin(), warnings.end());
  add_functions(list, std::make_shared<const Program>(std::move(compiled.program)), file);
}

}  // namespace arcbatch
