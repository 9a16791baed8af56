// The walk through the steps of a graph, and what is told of it.
#include "batch/graph_runner.h"

#include <algorithm>

#include "values/print.h"

namespace arcbatch {
namespace {

constexpr u32 kAlone = 0x80000000u;

}  // namespace

GraphRunner::GraphRunner(const RunOptions& options, const FlushLimits& flush)
    : options_(options),
      limits_(options.limits),
      executor_(options, flush, [this](Ctx& ctx, u32 node, Value& out) {
        if (node == BatchGraph::kPairs) return pairs_value(ctx, *input_.pairs, out);
        if (node == BatchGraph::kCompared) return compared_value(ctx, input_, out);
        return grid_value(ctx, *input_.input, out);
      }) {}

void GraphRunner::load(const BatchGraph& graph) {
  graph_ = &graph;
  executor_.load(graph);
  loaded_ = nullptr;
  end_of_.assign(graph.program_count(), 0);
  results_.assign(graph.result_count(), Result{});
  ends_.clear();
  ends_.reserve(graph.steps().size());
  u32 deepest = 0;
  for (const GraphStep& step : graph.steps()) deepest = std::max(deepest, step.depth);
  left_.resize(u64{deepest} + 2);
  always_alone_.clear();
  limited_ = 0;
  for (u32 k = 0; k < graph.program_count(); ++k) {
    if (graph.is_opaque(k)) {
      always_alone_.push_back(k);
    } else if (limits_.steps == 0 || graph.constant_depth(k) > limits_.depth) {
      always_alone_.push_back(k);
      limited_++;
    }
  }
}

void GraphRunner::run(const RunInput& input, const GridData* expected, bool same_pairs) {
  input_ = input;
  expected_ = expected;
  expected_epoch_ = 0;
  text_.clear();
  start_run();
  first_on_example_ = counts_.inputs;
  if (limits_.steps > 0) walk(executor_.begin(same_pairs));
  run_alone();
}

void GraphRunner::run_compared(const GridData* compared) {
  input_.compared = compared;
  start_run();
  if (limits_.steps > 0) walk(executor_.compare_anew());
  run_alone();
}

void GraphRunner::start_run() {
  counts_.inputs++;
  counts_.runs += graph_->program_count();
  ends_.clear();
  alone_programs_ = always_alone_;
}

// Whether the result is the one of this run.
bool GraphRunner::is_described(u32 ret, const Result& result) const {
  return result.input == counts_.inputs ||
         (result.input >= first_on_example_ && !executor_.depends_on_compared(ret));
}

// Steps are taken in preorder: what a program has left is known from its last step's depth. Where
// a step fails, the programs below end, and their other steps are not looked at.
void GraphRunner::walk(Status begun) {
  const std::vector<GraphStep>& steps = graph_->steps();
  const std::vector<Instr>& nodes = graph_->nodes();
  const u32 count = static_cast<u32>(steps.size() - 1);
  if (begun != Status::ok) {
    End end;
    end.status = Status::resource_memory;
    end_programs(0, count, end);
    return;
  }
  // The call of the function itself is a step, which there is: limits_.steps is not 0.
  left_[0] = Budget{static_cast<i64>(limits_.steps) - 1, static_cast<i64>(limits_.bytes)};
  u64 visits = 0;
  u32 next_depth = 0;  // of the step that would go on with the same programs
  for (u32 k = 0; k < count;) {
    const GraphStep& step = steps[k];
    if (step.depth != next_depth) executor_.branch();
    next_depth = step.depth + 1;
    const Instr& in = nodes[step.node];
    Budget left = left_[step.depth];
    End end;
    visits++;
    if (in.op == Opcode::ret) {
      end.status = finish(step.node, end);
    } else if (in.op == Opcode::raise) {
      end.status = in.status;
    } else if (in.op == Opcode::refuse) {
      end.status = Status::unsupported_construct;
    } else {
      end.status = executor_.visit(step.node, left);
      if (ARC_LIKELY(end.status == Status::ok)) {
        left_[step.depth + 1] = left;
        ++k;
        continue;
      }
    }
    end.depth = step.depth;
    end.node = step.node;
    end.steps = limits_.steps - static_cast<u64>(left.steps);
    end_programs(k, step.end, end);
    k = step.end;
  }
  counts_.visits += visits;
}

// Gives an end to the programs whose last step is one of these.
void GraphRunner::end_programs(u32 first_step, u32 last_step, const End& end) {
  const std::vector<GraphStep>& steps = graph_->steps();
  const u32 last = steps[last_step].first_program;
  const u32 number = static_cast<u32>(ends_.size());
  counts_.statements += u64{last - steps[first_step].first_program} * (end.depth + 1);
  if (end.status != Status::resource_memory) ends_.push_back(end);
  for (u32 k = steps[first_step].first_program; k < last; ++k) {
    const u32 program = graph_->by_end()[k];
    if (ARC_LIKELY(end.status != Status::resource_memory)) {
      end_of_[program] = number;
    } else {
      alone_programs_.push_back(program);
      counts_.alone_memory++;
    }
  }
}

// Ends programs that return. What they return is compared and printed once an input.
Status GraphRunner::finish(u32 ret, End& end) {
  const u32 number = static_cast<u32>(graph_->nodes()[ret].immediate);
  Result& result = results_[number];
  if (!is_described(ret, result)) {
    Value value;
    ARC_TRY(executor_.result(ret, value));
    result.status = describe(value, result);
    if (result.status == Status::resource_memory) return result.status;
    result.input = counts_.inputs;
    counts_.results++;
  }
  end.result = number + 1;
  return result.status;
}

// As run_on_values() does: comparing and printing have the run's budgets anew.
Status GraphRunner::describe(const Value& value, Result& result) {
  Ctx& ctx = executor_.ctx();
  result.match = false;
  result.first = text_.size();
  result.size = 0;
  if (expected_ != nullptr && expected_epoch_ != executor_.epoch()) {
    ARC_TRY(grid_value(ctx, *expected_, expected_value_));
    expected_epoch_ = executor_.epoch();
  }
  ctx.steps = static_cast<i64>(limits_.steps);
  ctx.bytes = static_cast<i64>(limits_.bytes);
  if (expected_ != nullptr) {
    ARC_TRY(equal(ctx, value, expected_value_, result.match));
    if (options_.score) {
      ARC_TRY(score_value(ctx, value, *expected_, result.match, result.score));
    }
  }
  const Status status = append_repr(ctx, value, text_);
  if (status != Status::ok) {
    result.match = false;
    text_.resize(result.first);
  }
  result.size = text_.size() - result.first;
  if (status == Status::ok) {
    result.output =
        fingerprint_of_output(StatusKind::value, std::string_view(text_).substr(result.first));
  }
  return status;
}

void GraphRunner::run_alone() {
  counts_.alone_limits += limited_;
  counts_.alone_opaque += always_alone_.size() - limited_;
  alone_.clear();
  for (const u32 k : alone_programs_) {
    if (runner_ == nullptr) runner_ = std::make_unique<Runner>(options_);
    if (loaded_ != &graph_->program(k)) {
      loaded_ = &graph_->program(k);
      runner_->load(*loaded_);
    }
    end_of_[k] = kAlone | static_cast<u32>(alone_.size());
    alone_.push_back(run_on_example(*runner_, options_, graph_->function(k), graph_->parameters(k),
                                    input_, expected_));
  }
  if (!alone_.empty()) runner_->rest();
}

Ending GraphRunner::ending(u32 program) const {
  Ending ending;
  if ((end_of_[program] & kAlone) != 0) {
    const Outcome& outcome = alone_[end_of_[program] & ~kAlone];
    ending.status = outcome.status;
    ending.steps = outcome.steps;
    ending.match = outcome.match;
    ending.score = outcome.score;
    ending.output = outcome.output;
    ending.value = outcome.value;
    ending.reason = outcome.reason;
    ending.statement = outcome.statement;
    ending.line = outcome.line;
    return ending;
  }
  const End& end = ends_[end_of_[program]];
  ending.status = end.status;
  ending.steps = end.steps;
  if (end.result != 0) {
    const Result& result = results_[end.result - 1];
    ending.value = std::string_view(text_).substr(result.first, result.size);
    ending.match = result.match;
    if (end.status == Status::ok) {
      ending.score = result.score;
      ending.output = result.output;
    }
  } else {
    ending.match = false;
    if (const Statement* statement = graph_->statement(program, end.depth)) {
      ending.statement = statement->text;
      ending.line = statement->line;
    }
  }
  if (expected_ == nullptr) {
    ending.match.reset();
    ending.score.reset();
  } else if (!options_.score) {
    ending.score.reset();
  } else if (end.status != Status::ok) {
    ending.score = Score{};
  }
  if (end.status == Status::ok || is_error(end.status)) return ending;
  const Instr& in = graph_->nodes()[end.node];
  ending.reason = in.op == Opcode::refuse && end.result == 0 ? std::string_view(graph_->reason(in))
                                                             : status_name(end.status);
  return ending;
}

Outcome outcome_of(const Ending& ending, bool texts) {
  Outcome outcome;
  outcome.status = ending.status;
  outcome.reason = ending.reason;
  outcome.steps = ending.steps;
  outcome.match = ending.match;
  outcome.line = ending.line;
  outcome.score = ending.score;
  outcome.output = ending.output;
  if (texts) {
    outcome.value = ending.value;
    outcome.statement = ending.statement;
    if (outcome.status != Status::ok) note_output(outcome);
  }
  return outcome;
}

Outcome GraphRunner::outcome(u32 program) const {
  if ((end_of_[program] & kAlone) != 0) return alone_[end_of_[program] & ~kAlone];
  return outcome_of(ending(program), true);
}

SharingCounts GraphRunner::counts() {
  SharingCounts counts = counts_;
  counts.nodes = executor_.counts();
  const auto add = [&counts](const Ctx& ctx) {
    counts.leaf_calls += ctx.leaf_calls;
    counts.generic_calls += ctx.generic_calls;
  };
  add(executor_.ctx());
  if (runner_ != nullptr) add(runner_->ctx());
  return counts;
}

Profile GraphRunner::take_profile() {
  Profile profile = executor_.take_profile();
  if (runner_ != nullptr) add_profile(profile.primitives, runner_->take_profile());
  return profile;
}

}  // namespace arcbatch
