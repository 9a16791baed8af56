// Evaluator: runs of prepared functions. Charges, order and errors are those of step_code(). Host
// only. Included by evaluator.h.
#pragma once

#if !defined(__CUDA_ARCH__)

namespace arcbatch {

// Calls a usable function with all its parameters; `index` is its number. fallback: the budget ends
// among function values that were made before, and run() has to find out where.
inline Status Evaluator::run_prepared(PreparedFunction& function, u32 index, const Value* args,
                                      Value& out) {
  top_ = 0;
  native_ = 0;
  start_anew();
  located_ = false;
  const i64 steps = ctx_.steps;
  const i64 bytes = ctx_.bytes;
  ARC_TRY(ctx_.charge(1));
  Frame* f = nullptr;
  ARC_TRY(push(FrameKind::code, 1, f));
  f->function = &code_.functions[index];
  f->function_index = index;
  f->regs = function.registers.data();
  for (u32 k = 0; k < function.params; ++k) f->regs[k] = args[k];
  const Status status = step_prepared(*f, function.steps.data(), out);
  if (ARC_LIKELY(status == Status::ok)) {
    ctx_.leaf_calls += function.leaf_calls;
    return pop();
  }
  for (const PreparedStep& step : function.steps) {
    if (step.at < f->i && step.kind <= PreparedStep::Kind::leaf_4) ctx_.leaf_calls++;
  }
  if (status == Status::fallback) {
    ctx_.steps = steps;
    ctx_.bytes = bytes;
    ctx_.call_depth = 0;
    return status;
  }
  return unwind(status, 0);
}

// Runs steps up to the end of the function; f.i is set where one fails.
inline Status Evaluator::step_prepared(Frame& f, const PreparedStep* step, Value& out) {
  using Kind = PreparedStep::Kind;
  Status status = Status::ok;
  for (;; ++step) {
    switch (step->kind) {
      case Kind::leaf_1: status = prepared_leaf<1>(*step); break;
      case Kind::leaf_2: status = prepared_leaf<2>(*step); break;
      case Kind::leaf_3: status = prepared_leaf<3>(*step); break;
      case Kind::leaf_4: status = prepared_leaf<4>(*step); break;
      case Kind::charge:
        if (ARC_UNLIKELY(ctx_.steps < step->steps || ctx_.bytes < step->bytes)) {
          status = Status::fallback;
          break;
        }
        ctx_.steps -= step->steps;
        ctx_.bytes -= step->bytes;
        continue;
      case Kind::call: status = prepared_call(*step); break;
      case Kind::ret:
        out = *step->args[0];
        if (ARC_LIKELY(!is_pending(out))) return Status::ok;
        status = list_pending(ctx_, out);
        if (status == Status::ok) return status;
        break;
      default: {
        f.i = step->at + 1;
        const Instr& in = f.function->code[step->at];
        status =
            settle(in.op == Opcode::call ? step_call(f, in, bases_of(f)) : step_other(f, in), 1);
        if (f.awaiting) {
          f.awaiting = false;
          f.regs[in.dst] = ret_;
        }
        break;
      }
    }
    if (ARC_UNLIKELY(status != Status::ok)) {
      f.i = step->at + 1;
      return status;
    }
  }
}

template <u32 N>
ARC_INLINE Status Evaluator::prepared_leaf(const PreparedStep& step) {
  static_assert(N <= PreparedStep::kMaxArgs);
  alignas(Value) unsigned char storage[N * sizeof(Value)];  // nothing to construct
  const Value* args = step.args[0];
  if (N > 1 || ARC_UNLIKELY(step.in_place)) {
    Value* copies = reinterpret_cast<Value*>(storage);
    for (u32 k = 0; k < N; ++k) copies[k] = *step.args[k];
    args = copies;
  }
  return pay_and_call(static_cast<Prim>(step.prim), args, N, *step.dst,
                      [&] { return step.kernel(ctx_, args, *step.dst); });
}

inline Status Evaluator::prepared_call(const PreparedStep& step) {
  alignas(Value) unsigned char storage[PreparedStep::kMaxArgs * sizeof(Value)];
  Value* args = reinterpret_cast<Value*>(storage);
  for (u32 k = 0; k < step.count; ++k) {
    args[k] = *step.args[k + 1];
    if (ARC_UNLIKELY(is_pending(args[k]))) ARC_TRY(list_pending(ctx_, args[k]));
  }
  return call(*step.args[0], args, step.count, *step.dst);
}

}  // namespace arcbatch

#endif
