// Operations are listed from the programs' code; nothing here is on the way of a run.
#include "routing_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "backend/binding.h"
#include "backend/cpu/isa.h"
#include "logging.h"
#include "primitives/registry.h"
#include "summary.h"

namespace arcbatch::cli {
namespace {

constexpr const char* kGeneric = "cpu-generic";

// The primitives that a function's code, or that of functions it can call, names, with the number
// of places.
std::map<u32, u32> operations_of(const Program& program, u32 function) {
  std::map<u32, u32> operations;
  for (const u32 f : reached_from(program, function).functions) {
    for (const Operand& operand : program.functions[f].operands) {
      if (operand.kind() == OperandKind::primitive) operations[operand.index()]++;
    }
  }
  return operations;
}

std::string times(u32 places) { return places == 1 ? "" : fmt::format(" ({} times)", places); }

class LoggedRouting : public BatchEvaluator {
 public:
  LoggedRouting(std::unique_ptr<BatchEvaluator> evaluator, const RunPlan& plan,
                ProgramCache& programs, std::string backend)
      : evaluator_(std::move(evaluator)),
        plan_(plan),
        programs_(programs),
        backend_(std::move(backend)) {}

  bool help() override { return evaluator_->help(); }

  void evaluate(BatchResult& result) override {
    for (u64 run = result.range.first; run < result.range.end;) {
      const u32 index = plan_.place_of(run).candidate;
      u64 grids = 0;
      while (run < result.range.end && plan_.place_of(run).candidate == index) {
        const u64 end = std::min(result.range.end, plan_.pair_end(run));
        grids += end - run;
        run = end;
      }
      const Candidate& candidate = plan_.candidates()[index];
      const ProgramCache::ProgramPtr program = programs_.get(candidate.file_index);
      for (const auto& [prim, places] : operations_of(*program, candidate.function)) {
        log(LogLevel::debug, fmt::format("{}: {}{} on {} to {}", candidate.name,
                                         dialect_info(program->dialect).functions[prim].name,
                                         times(places), counted(grids, "grid"), backend_));
      }
    }
    evaluator_->evaluate(result);
    std::string text = fmt::format("runs {} to {}: ", result.range.first, result.range.end - 1);
    if (result.device.slices > 0) {
      text += fmt::format("{} ran on {}, {} left to the CPU; ", result.device.runs, backend_,
                          result.device.all_left());
    }
    text += fmt::format("{} operations on fast kernels, {} on {}", result.fast_calls,
                        result.generic_calls, kGeneric);
    log(LogLevel::debug, text);
  }

 private:
  std::unique_ptr<BatchEvaluator> evaluator_;
  const RunPlan& plan_;
  ProgramCache& programs_;
  std::string backend_;
};

}  // namespace

std::string cpu_name(const RunOptions& options) {
  const KernelPath path = resolve_kernel_path(options.path);
  if (path == KernelPath::simd) {
    return fmt::format("cpu-{}", isa_name(resolve_isa(options.isa)));
  }
  return fmt::format("cpu-{}", kernel_path_name(path));
}

std::unique_ptr<BatchEvaluator> logged_routing(std::unique_ptr<BatchEvaluator> evaluator,
                                               const RunPlan& plan, ProgramCache& programs,
                                               std::string backend) {
  return std::make_unique<LoggedRouting>(std::move(evaluator), plan, programs, std::move(backend));
}

std::string batch_complete_text(const BatchJob& job, const BatchTotals& totals) {
  const auto line = [](u64 done, u64 all, const char* noun, const std::string& where) {
    const double part =
        all == 0 ? 100.0 : 100.0 * static_cast<double>(done) / static_cast<double>(all);
    return fmt::format("Batch complete: {}/{} {} ran on {} ({:.1f}%)", done, all, noun, where,
                       part);
  };
  if (job.devices != nullptr) {
    const u64 left = totals.runs - totals.device.runs;
    std::string text = line(totals.device.runs, totals.runs, "runs", job.devices->info(0).name);
    if (left > 0) text += fmt::format(", {} on {}", left, cpu_name(job.options));
    return text;
  }
  const u64 all = totals.fast_calls + totals.generic_calls;
  const std::string where = cpu_name(job.options);
  if (totals.fast_calls == 0) return line(totals.generic_calls, all, "operations", kGeneric);
  std::string text = line(totals.fast_calls, all, "operations", where);
  if (totals.generic_calls > 0) text += fmt::format(", {} on {}", totals.generic_calls, kGeneric);
  return text;
}

}  // namespace arcbatch::cli
