// What the parts of the public interface share.
#pragma once

#include "arcbatch/arcbatch.h"
#include "batch/outcome.h"
#include "batch/run_plan.h"
#include "graph/program.h"

namespace arcbatch::api {

struct Program::Impl {
  arcbatch::Program program;
};

// Reaches into the classes of the public interface.
struct Access {
  static const arcbatch::Program& program(const Program& program) { return program.impl_->program; }
};

std::vector<Message> messages_of(const std::vector<Diagnostic>& diagnostics);
RunResult result_of(Outcome&& outcome);
// Throws std::invalid_argument for kernels that do not exist or cannot run on this machine.
RunOptions run_options_of(const Options& options);
// Throws std::invalid_argument for a dialect that does not exist.
Dsl dialect_of(std::string_view name);
// The same of what C is.
Comparison comparison_of(std::string_view name);

}  // namespace arcbatch::api
