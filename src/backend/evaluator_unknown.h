// Evaluator: calls whose value follows from addresses, in code that goes on behind them. Included
// by evaluator.h.
#pragma once

#if !defined(__CUDA_ARCH__)

namespace arcbatch {

// Whether the outermost code goes on after a call that ended for want of an order, since it
// cannot have raised: a public function gives a default, and so do closures of nothing else.
inline bool Evaluator::leave_unknown(Frame& f, Status status) {
  if (status != Status::unsupported_order || f.i == 0) return false;
  if (code_.dialect_call == nullptr) return false;  // a dialect whose functions raise
  const Instr& in = f.function->code[f.i - 1];
  if (in.op != Opcode::call || in.keyword_set != 0) return false;
  const Value& callee = bases_of(f)[f.function->operands[in.first_operand]];
  if (!never_raises(callee, in.operand_count - 1u, 0)) return false;
  f.regs[in.dst] = *code_.unknown;
  f.awaiting = false;
  located_ = false;
  return true;
}

// Whether a call of `fn` with `n` arguments cannot raise.
inline bool Evaluator::never_raises(const Value& fn, u32 n, u32 nested) {
  constexpr u32 kDeepest = 64;
  if (fn.tag != Tag::closure || nested > kDeepest) return false;
  const ClosureObj& c = *fn.closure;
  if (c.kind == ClosureKind::dialect) return c.capture_count == 0 && c.captures == nullptr;
  if (c.kind >= ClosureKind::def || c.argcount != n) return false;
  if (c.kind == ClosureKind::rbind || c.kind == ClosureKind::lbind) {
    return never_raises(c.args[0], n + 1, nested + 1);
  }
  const u32 outer = c.kind == ClosureKind::fork ? 2 : 1;
  const u32 held = c.kind == ClosureKind::matcher ? 1 : c.kind == ClosureKind::compose ? 2 : 3;
  for (u32 k = 0; k < held; ++k) {
    if (!never_raises(c.args[k], k == 0 ? outer : 1, nested + 1)) return false;
  }
  return true;
}

}  // namespace arcbatch

#endif
