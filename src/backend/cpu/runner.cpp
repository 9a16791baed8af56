// Runner on the host, and the choice of kernels.
#include "backend/cpu/runner.h"

namespace arcbatch {

Runner::Runner(const RunOptions& options)
    : options_(options),
      arena_(options.arena_bytes),
      fast_(fast_dispatch(resolve_kernel_path(options.path))),
      frames_(new Frame[kMaxFrames]) {
  ctx_.generic_only = fast_ == nullptr;
}

void Runner::load(const Program& program) {
  program_ = &program;
  functions_.clear();
  for (const Function& f : program.functions) {
    FunctionView v;
    v.code = f.code.data();
    v.operands = f.operands.data();
    v.defaults = f.defaults.data();
    v.param_count = static_cast<u32>(f.params.size());
    v.required = f.required;
    v.capture_count = f.capture_count;
    v.register_count = f.register_count;
    functions_.push_back(v);
  }
  function_values_.assign(functions_.size(), Value{});
  constants_.assign(program.constants.size(), Value{});
  compound_constants_.clear();
  for (u32 k = 0; k < program.constants.size(); ++k) {
    const Constant& c = program.constants[k];
    switch (c.kind) {
      case Constant::Kind::none: constants_[k] = Value::none(); break;
      case Constant::Kind::boolean: constants_[k] = Value::boolean(c.integer != 0); break;
      case Constant::Kind::integer: constants_[k] = Value::integer(c.integer); break;
      case Constant::Kind::tuple: compound_constants_.push_back(k); break;
    }
  }
}

void Runner::begin() {
  arena_.reset();
  ctx_.start(&arena_, options_.limits);
}

// Tuples live in the arena because their caches do. Children come before their parents in the
// pool.
Status Runner::materialise_constants() {
  std::vector<Value> items;
  for (const u32 k : compound_constants_) {
    const Constant& c = program_->constants[k];
    items.clear();
    for (const u32 child : c.children) items.push_back(constants_[child]);
    ARC_TRY(make_tuple(ctx_, items.data(), items.size(), constants_[k]));
    if (depth_of(constants_[k]) > ctx_.max_depth) return Status::limit_depth;
  }
  return Status::ok;
}

Status Runner::run(u32 index, const Value* args, u32 n, Value& out) {
  error_statement_ = nullptr;
  refusal_ = {};
  for (Value& v : function_values_) v = Value{};
  if (!compound_constants_.empty()) ARC_TRY(materialise_constants());
  CodeView code;
  code.functions = functions_.data();
  code.function_count = static_cast<u32>(functions_.size());
  code.constants = constants_.data();
  code.function_values = function_values_.data();
  Evaluator evaluator(ctx_, code, frames_.get(), fast_);
  evaluator.observer = observer;
  Value fn;
  ARC_TRY(evaluator.def_value(index, fn));
  const Status status = evaluator.run(fn, args, n, out);
  if (status != Status::ok) {
    const Function& f = program_->functions[evaluator.error_function];
    if (evaluator.error_statement < f.statements.size()) {
      error_statement_ = &f.statements[evaluator.error_statement];
    }
    if (status == Status::unsupported_construct && evaluator.refusal >= 0 &&
        static_cast<u64>(evaluator.refusal) < program_->reasons.size()) {
      refusal_ = program_->reasons[static_cast<u64>(evaluator.refusal)];
    }
  }
  return status;
}

}  // namespace arcbatch
