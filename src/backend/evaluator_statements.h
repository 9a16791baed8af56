// Evaluator: instructions other than calls and returns. Included by evaluator.h.
#pragma once

namespace arcbatch {

ARC_HD inline Status Evaluator::step_other(Frame& f, const Instr& in) {
  const Operand* operands = f.function->operands + in.first_operand;
  Value v;
  switch (in.op) {
    case Opcode::move: return read(f, operands[0], f.regs[in.dst]);
    case Opcode::tuple: {
      Value* items = ctx_.make<Value>(in.operand_count);
      ARC_ALLOC(items);
      for (u32 k = 0; k < in.operand_count; ++k) ARC_TRY(read(f, operands[k], items[k]));
      ARC_TRY(ctx_.charge(base_cost(items, in.operand_count)));
      ARC_TRY(make_tuple(ctx_, items, in.operand_count, v));
      f.regs[in.dst] = v;
      return check_result(ctx_, v);
    }
    case Opcode::subscript: {
      Value container;
      ARC_TRY(read(f, operands[0], container));
      if (is_unknown(container)) return Status::unsupported_order;
      ARC_TRY(ctx_.charge(1));
      ARC_TRY(py_getitem(ctx_, container, in.immediate, v));
      f.regs[in.dst] = v;
      return Status::ok;
    }
    case Opcode::unpack: {
      ARC_TRY(read(f, operands[0], v));
      if (is_unknown(v)) return Status::unsupported_order;
      if (!v.is_tuple() && !v.is_set()) return Status::type_error;
      if (len_of(v) != static_cast<u64>(in.immediate)) return Status::value_error;
      Iter it;
      ARC_TRY(it.start(ctx_, v));
      for (u32 k = 0; it.next(v); ++k) f.regs[in.dst + k] = v;
      return Status::ok;
    }
    case Opcode::make_lambda: {
      const u32 index = static_cast<u32>(in.immediate);
      const FunctionView& fv = code_.functions[index];
      ClosureObj* c = nullptr;
      ARC_TRY(make_closure(ClosureKind::lambda, fv.param_count, c));
      c->function = index;
      c->captures = ctx_.make<Value>(in.operand_count);
      ARC_ALLOC(c->captures);
      c->capture_count = in.operand_count;
      for (u32 k = 0; k < in.operand_count; ++k) ARC_TRY(read(f, operands[k], c->captures[k]));
      f.regs[in.dst] = Value::of(c);
      return ctx_.charge(1);
    }
    case Opcode::raise: return in.status;
    case Opcode::refuse: refusal = in.immediate; return Status::unsupported_construct;
    case Opcode::try_push:
      if (f.handler_count == kMaxHandlers) return Status::unsupported_construct;
      f.handlers[f.handler_count++] = Handler{in.mask, static_cast<u32>(in.immediate)};
      return Status::ok;
    case Opcode::try_pop: f.handler_count--; return Status::ok;
    case Opcode::jump: f.i = static_cast<u32>(in.immediate); return Status::ok;
    case Opcode::list: {
      ListObj* l = ctx_.make<ListObj>();
      ARC_ALLOC(l);
      *l = ListObj{};
      l->flags = kUnordered;  // has every call look twice
      f.regs[in.dst] = Value::of(l);
      return Status::ok;
    }
    case Opcode::unknown:
      if (code_.unknown == nullptr) return Status::unsupported_order;
      f.regs[in.dst] = *code_.unknown;
      return Status::ok;
    case Opcode::append: {
      ARC_TRY(read(f, operands[0], v));
      if (v.tag != Tag::list) return Status::attribute_error;
      Value item;
      ARC_TRY(read(f, operands[1], item));
      Vec<Value> grown{v.list->items, v.list->len, v.list->capacity};
      ARC_TRY(ctx_.charge(1));
      ARC_TRY(grown.push(ctx_, item));
      v.list->items = grown.data;
      v.list->len = grown.size;
      v.list->capacity = grown.capacity;
      return Status::ok;
    }
    default: return Status::unsupported_construct;
  }
}

}  // namespace arcbatch
