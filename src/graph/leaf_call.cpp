// Recognises calls of leaf primitives.
#include "graph/leaf_call.h"

namespace arcbatch {

LeafCall leaf_call_of(const Operand* operands, const Instr& in) {
  LeafCall call;
  if (in.op != Opcode::call || in.keyword_set != 0 || in.operand_count < 2) return call;
  if (operands[0].kind() != OperandKind::primitive) return call;
  const PrimInfo& info = prim_info(static_cast<Prim>(operands[0].index()));
  const u32 n = in.operand_count - 1u;
  if (info.kind != PrimKind::leaf || info.arity != n) return call;
  for (u32 k = 0; k < n; ++k) {
    const Operand o = operands[k + 1];
    call.args[k] = o;
    call.in_place = call.in_place || (o.kind() == OperandKind::reg && o.index() == in.dst);
  }
  call.prim = static_cast<u16>(operands[0].index());
  call.dst = in.dst;
  call.count = static_cast<u8>(n);
  return call;
}

}  // namespace arcbatch
