// Evaluation of the steps of batt functions, each plan over registers of its own.
#include "backend/cpu/batt_executor.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "backend/cpu/constants.h"
#include "backend/cpu/tokpidjin.h"
#include "backend/evaluator.h"
#include "primitives/tokpidjin/run.h"

namespace arcbatch {
namespace {

// Values of one example may be made on top of those of another up to about what a core's cache
// holds.
constexpr u64 kKeptBytes = u64{2} << 20;

// What finds no room here runs alone, with all of a run's memory, while this is still held.
u64 capacity_of(const RunOptions& options) {
  constexpr u64 kLeast = u64{16} << 20;
  return min_of(options.arena_bytes, max_of(options.arena_bytes / 8, kLeast));
}

// Whether the function's result is a function that it makes.
bool makes_function(u32 number) {
  switch (static_cast<tok::Fn>(number)) {
    case tok::Fn::compose:
    case tok::Fn::chain:
    case tok::Fn::matcher:
    case tok::Fn::rbind:
    case tok::Fn::lbind:
    case tok::Fn::power:
    case tok::Fn::fork: return true;
    default: return false;
  }
}

// Whether a step ended for want of what a run alone might have, or have not. Where all that was
// charged is paid for, any other end is the same alone.
bool ends_with_budget(Status status) {
  return status == Status::limit_steps || status == Status::limit_bytes ||
         kind_of(status) == StatusKind::resource;
}

bool is_error_in(Status status, u64 mask) {
  return is_error(status) && ((mask >> static_cast<u32>(status)) & 1) != 0;
}

}  // namespace

BattExecutor::BattExecutor(const RunOptions& options)
    : options_(options),
      arena_(capacity_of(options), capacity_of(options) / 4),
      frames_(new Frame[kMaxFrames]),
      unknown_(tokpidjin_unknown()) {
  for (u32 k = 0; k < dialect_info(Dsl::tokpidjin).function_count; ++k) {
    primitives_.push_back(tokpidjin_function(k));
  }
  ctx_.generic_only = true;
  ctx_.orders_later = true;
  code_.primitives = primitives_.data();
  code_.dialect_call = &call_tokpidjin;
  code_.unknown = &unknown_;
  evaluator_ = std::make_unique<Evaluator>(ctx_, code_, frames_.get(), FastKernels{});
  restart();
}

BattExecutor::~BattExecutor() = default;

u32 BattExecutor::add(const Program& program, BattPlan plan) {
  auto bound = std::make_unique<Bound>();
  bound->number = static_cast<u32>(bound_.size());
  bound->program = &program;
  bound->plan = std::move(plan);
  bound->leaf_calls.resize(bound->plan.code.size());
  bound->registers.resize(bound->plan.register_count);
  bound->states.resize(bound->plan.steps.size());
  bound->constants.resize(program.constants.size());
  bound->texts.resize(program.texts.size());
  for (u32 k = 0; k < bound->constants.size(); ++k) {
    const Constant& c = program.constants[k];
    if (!inline_constant(program.constants, k, bound->constants.data())) {
      bound->compound_constants.push_back(k);
    }
    if (c.kind == Constant::Kind::text) {
      const u64 text = static_cast<u64>(c.integer);
      bound->constants[k] = tokpidjin_text(bound->texts[text], program.texts[text]);
    }
  }
  for (u32 k = 0; k < 2; ++k) {
    bound->lists[k] = ListObj{};
    bound->lists[k].flags = kUnordered;
    bound->registers[bound->plan.lists[k]] = Value::of(&bound->lists[k]);
  }
  bound->view.code = bound->plan.code.data();
  bound->view.operands = bound->plan.operands.data();
  bound->view.leaf_calls = bound->leaf_calls.data();
  bound->view.register_count = bound->plan.register_count;
  bound_.push_back(std::move(bound));
  return static_cast<u32>(bound_.size() - 1);
}

void BattExecutor::restart() {
  counts_.restarts++;
  arena_.reset();
  ctx_.start(&arena_, options_.limits);
  memo_.clear();
  std::fill(std::begin(valid_from_), std::end(valid_from_), ++clock_);
}

bool BattExecutor::restart_is_due() const { return arena_.used() > kKeptBytes; }

void BattExecutor::set_samples(const Value& samples) {
  arguments_[BattPlan::kSamples] = samples;
  std::fill(std::begin(valid_from_), std::end(valid_from_), ++clock_);
}

void BattExecutor::set_input(const Value& input) {
  arguments_[BattPlan::kInput] = input;
  valid_from_[static_cast<u32>(BattLevel::example)] = ++clock_;
  valid_from_[static_cast<u32>(BattLevel::compared)] = clock_;
}

void BattExecutor::set_compared(const Value& compared) {
  arguments_[BattPlan::kCompared] = compared;
  valid_from_[static_cast<u32>(BattLevel::compared)] = ++clock_;
}

// Makes the plan the one that the evaluator works on.
Status BattExecutor::open(Bound& bound) {
  ctx_.call_depth = 0;
  code_.functions = &bound.view;
  code_.constants = bound.constants.data();
  std::copy(std::begin(arguments_), std::end(arguments_), bound.registers.begin());
  ARC_TRY(evaluator_->open(bound.view, bound.registers.data()));
  if (bound.epoch == counts_.restarts) return Status::ok;
  for (const u32 k : bound.compound_constants) {
    items_.clear();
    for (const u32 child : bound.program->constants[k].children) {
      items_.push_back(bound.constants[child]);
    }
    Value made;
    ARC_TRY(make_tuple(ctx_, items_.data(), items_.size(), made));
    if (depth_of(made) > ctx_.max_depth) return Status::limit_depth;
    ARC_TRY(canonical(made, bound.constants[k]));
  }
  bound.epoch = counts_.restarts;
  return Status::ok;
}

Status BattExecutor::run(u32 number) {
  Bound& bound = *bound_[number];
  appended_.clear();
  counts_.runs++;
  if (open(bound) != Status::ok) return Status::resource_memory;
  i64 steps = static_cast<i64>(options_.limits.steps) - 1;  // that are left; one is for the call
  i64 bytes = static_cast<i64>(options_.limits.bytes);
  Status status = Status::ok;
  const u64 count = bound.plan.steps.size();
  u64 k = 0;
  for (; k < count && status == Status::ok; ++k) {
    const BattStep& step = bound.plan.steps[k];
    StepState& state = bound.states[k];
    const bool appends = step.kind == BattStep::Kind::append;
    if (!appends && state.stamp < valid_from_[static_cast<u32>(step.level)]) {
      counts_.evaluated++;
      evaluate(bound, step, state, static_cast<i64>(options_.limits.steps),
               static_cast<i64>(options_.limits.bytes));
    }
    status = state.status;
    i64 paid = state.steps;
    const bool guarded = step.kind == BattStep::Kind::guarded && status == Status::ok;
    if (appends || guarded) {
      if (append(bound, guarded ? state.failed_at : step.first) != Status::ok) {
        return Status::resource_memory;
      }
      ++paid;
    }
    if (paid > steps || state.bytes > bytes || ends_with_budget(status)) {
      status = end_within(bound, step, state, steps, bytes);
      if (kind_of(status) != StatusKind::limit) return Status::resource_memory;
    } else {
      steps -= paid;
      bytes -= state.bytes;
    }
  }
  counts_.steps += k;
  if (status != Status::ok) {
    const u32 at = bound.plan.code[bound.states[k - 1].failed_at].statement;
    const std::vector<Statement>& statements =
        bound.program->functions[bound.plan.function].statements;
    error_line_ = at < statements.size() ? statements[at].line : 0;
  }
  return status;
}

// How a run ends in a step that costs more than the `steps` and `bytes` that are left: with a
// limit, at the state's failed_at. Any other status says that this is not known.
Status BattExecutor::end_within(Bound& bound, const BattStep& step, StepState& state, i64 steps,
                                i64 bytes) {
  if (kind_of(state.status) == StatusKind::resource) return state.status;
  // Where one instruction was charged for all, the charge that cannot be paid ends the run in it,
  // whatever would have come of it.
  const bool is_single =
      step.handler == 0 || (state.status != Status::ok && state.failed_at == step.first);
  const i64 paid = state.steps + (step.kind == BattStep::Kind::append ? 1 : 0);
  if (is_single) {
    // Which of two comes first is not known before all is done again, which it is alone.
    if ((paid > steps) == (state.bytes > bytes)) return Status::resource_memory;
    state.failed_at = step.first;
    return paid > steps ? Status::limit_steps : Status::limit_bytes;
  }
  evaluate(bound, step, state, steps, bytes);
  state.stamp = 0;  // not the state with all of a run's budget
  if (step.kind == BattStep::Kind::guarded && state.status == Status::ok && state.steps >= steps) {
    return Status::limit_steps;
  }
  return state.status;
}

// Appends to one of the lists, at an instruction that says what.
Status BattExecutor::append(Bound& bound, u32 at) {
  const Operand* operands = bound.plan.operands.data() + bound.plan.code[at].first_operand;
  Appended& appended = appended_.emplace_back();
  appended.list = operands[0].index() == bound.plan.lists[0] ? 0 : 1;
  ARC_TRY(evaluator_->read_operand(operands[1], appended.item));
  // A list that is not returned is nobody's business.
  if (operands[0].index() != bound.plan.lists[appended.list]) appended_.pop_back();
  return Status::ok;
}

void BattExecutor::evaluate(Bound& bound, const BattStep& step, StepState& state, i64 steps,
                            i64 bytes) {
  ctx_.steps = steps;
  ctx_.bytes = bytes;
  u32 at = step.first;
  const auto run_to = [&](u32 end) {
    for (; at < end; ++at) ARC_TRY(run_instr(bound, at));
    return Status::ok;
  };
  Status status = Status::ok;
  if (step.kind == BattStep::Kind::guarded) {
    status = run_to(at + step.count - 1u);
    for (u32 k = 0; status != Status::ok && k < step.handler; ++k) {
      const BattHandler& handler = bound.plan.handlers[step.first_handler + k];
      if (((handler.mask >> static_cast<u32>(status)) & 1) == 0) continue;
      at = handler.first;
      status = run_to(at + handler.count - 1);
      break;
    }
  } else {
    status = run_to(at + step.count);
    if (step.kind == BattStep::Kind::attempt && is_error_in(status, step.mask)) {
      at = step.first + step.count;
      status = run_to(at + step.handler);
    }
  }
  state.stamp = clock_;
  state.steps = steps - ctx_.steps;
  state.bytes = bytes - ctx_.bytes;
  state.status = status;
  state.failed_at = at;
}

Status BattExecutor::run_instr(Bound& bound, u32 at) {
  const Instr& in = bound.plan.code[at];
  if (in.op == Opcode::call && in.operand_count <= CallMemo::kMaxArguments + 1) {
    return call(bound, at);
  }
  return run_single(at);
}

Status BattExecutor::run_single(u32 at) {
  const Status status = evaluator_->run_single(at);
  return status != Status::ok && evaluator_->leaves_unknown(status) ? Status::ok : status;
}

// Whether a result may stand for that of another call: it holds nothing that has an identity.
bool BattExecutor::may_be_kept(const Value& v) const {
  switch (v.tag) {
    case Tag::none: return true;
    case Tag::real: return !std::isnan(v.real->value) || v.same_bits(tok::the_nan());
    case Tag::closure:
      return v.same_bits(unknown_) ||
             (v.closure->kind == ClosureKind::dialect && v.closure->function < tok::kFnCount &&
              v.same_bits(tokpidjin_function(v.closure->function)));
    case Tag::list: return false;
    default: return (flags_of(v) & kHasAddress) == 0;
  }
}

Status BattExecutor::call(Bound& bound, u32 at) {
  const Instr& in = bound.plan.code[at];
  const Operand* operands = bound.plan.operands.data() + in.first_operand;
  CallMemo::Key key;
  key.count = in.operand_count;
  for (u32 k = 0; k < in.operand_count; ++k) {
    const Value* of_kind[] = {bound.registers.data(), bound.constants.data(), primitives_.data()};
    key.values[k] = of_kind[static_cast<u32>(operands[k].kind())][operands[k].index()];
  }
  key.finish();
  const bool makes =
      operands[0].kind() == OperandKind::primitive && makes_function(operands[0].index());
  const CallMemo::Owner owner{bound.number, at};
  const CallMemo::Result* known = makes ? memo_.find_made(key, owner) : memo_.find(key);
  // What cannot be paid for is made again, to end where it ends alone.
  if (known != nullptr && known->steps <= ctx_.steps && known->bytes <= ctx_.bytes) {
    bound.registers[in.dst] = known->value;
    ctx_.steps -= known->steps;
    ctx_.bytes -= known->bytes;
    return known->status;
  }
  counts_.calls++;
  CallMemo::Result result;
  result.steps = ctx_.steps;
  result.bytes = ctx_.bytes;
  result.status = run_single(at);
  if (result.status != Status::ok && !is_error(result.status)) return result.status;
  result.steps -= ctx_.steps;
  result.bytes -= ctx_.bytes;
  if (result.status == Status::ok) {
    result.value = bound.registers[in.dst];
    if (result.value.is_tuple()) {
      ARC_TRY(memo_.canonical(ctx_, result.value, result.value));
      bound.registers[in.dst] = result.value;
    }
    if (makes) {
      memo_.keep_made(key, owner, result);
      return Status::ok;
    }
    if (!may_be_kept(result.value)) return Status::ok;
  } else if (makes) {
    return result.status;
  }
  memo_.keep(key, result);
  return result.status;
}

}  // namespace arcbatch
