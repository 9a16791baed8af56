// One pass over straight-line code, with what is known of each register.
#include "backend/cpu/prepare.h"

#include "backend/binding.h"
#include "primitives/dispatch.h"

namespace arcbatch {
namespace {

using Kind = PreparedStep::Kind;
static_assert(kMaxLeafArgs == PreparedStep::kMaxArgs);

// What a result pays in check_result() for a function value.
i64 bytes_of_function() { return static_cast<i64>(48 + 16 * inline_weight(Tag::closure)); }

bool has_blocks(const Function& f) {
  for (const Instr& in : f.code) {
    if (in.op == Opcode::try_push || in.op == Opcode::try_pop || in.op == Opcode::jump) return true;
  }
  return false;
}

bool can_be_called(const Program& program, u32 index) {
  for (const u32 k : reached_from(program, index).functions) {
    const Function& f = program.functions[k];
    for (const Operand o : f.operands) {
      if (o.kind() == OperandKind::function && o.index() == index) return true;
    }
    for (const Instr& in : f.code) {
      if (in.op == Opcode::make_lambda && static_cast<u32>(in.immediate) == index) return true;
    }
  }
  return false;
}

class Preparation {
 public:
  Preparation(const Function& f, const CodeView& code, const std::vector<bool>& is_compound,
              const FastKernels& kernels, PreparedFunction& out)
      : f_(f), code_(code), is_compound_(is_compound), kernels_(kernels), out_(out) {}

  // False where the function cannot be prepared.
  bool run() {
    out_.params = static_cast<u32>(f_.params.size());
    out_.registers.assign(f_.register_count, Value{});
    writes_.assign(f_.register_count, 0);
    is_known_.assign(f_.register_count, 0);
    for (u32 k = 0; k < out_.params + f_.capture_count; ++k) writes_[k] = 2;
    count_writes();
    std::size_t functions = 0;
    for (const Instr& in : f_.code) functions += makes_function(in) ? 1 : 0;
    out_.closures.clear();
    out_.closures.reserve(functions);  // their addresses are values
    assigned_.assign(f_.register_count, 0);
    for (u32 k = 0; k < out_.params + f_.capture_count; ++k) assigned_[k] = 1;
    for (u32 at = 0; at < f_.code.size(); ++at) {
      const Instr& in = f_.code[at];
      if (!reads_assigned(in)) return false;
      if (in.op == Opcode::ret) {
        PreparedStep& step = add(Kind::ret, at);
        step.args[0] = place_of(operands(in)[0]);
        return true;
      }
      if (in.op == Opcode::raise || in.op == Opcode::refuse) {
        add(Kind::other, at);
        return true;
      }
      translate(in, at);
      for (u32 k = 0; k < width(in); ++k) assigned_[in.dst + k] = 1;
    }
    return false;  // every function ends with a return
  }

 private:
  [[nodiscard]] const Operand* operands(const Instr& in) const {
    return f_.operands.data() + in.first_operand;
  }
  // Registers that an instruction writes, from dst on.
  static u32 width(const Instr& in) {
    switch (in.op) {
      case Opcode::unpack: return static_cast<u32>(in.immediate);
      case Opcode::append:
      case Opcode::ret:
      case Opcode::raise:
      case Opcode::refuse: return 0;
      default: return 1;
    }
  }
  void count_writes() {
    for (const Instr& in : f_.code) {
      for (u32 k = 0; k < width(in); ++k) {
        u8& writes = writes_[in.dst + k];
        if (writes < 2) writes++;
      }
    }
  }
  [[nodiscard]] bool reads_assigned(const Instr& in) const {
    for (u32 k = 0; k < in.operand_count; ++k) {
      const Operand o = operands(in)[k];
      if (o.kind() == OperandKind::reg && assigned_[o.index()] == 0) return false;
    }
    return true;
  }
  const Value* place_of(Operand o) {
    switch (o.kind()) {
      case OperandKind::constant: return code_.constants + o.index();
      case OperandKind::primitive: return code_.primitives + o.index();
      case OperandKind::function: return code_.function_values + o.index();
      default: return &out_.registers[o.index()];
    }
  }
  // Whether the operand has the same value in every run, by now in its place.
  [[nodiscard]] bool is_known(Operand o) const {
    switch (o.kind()) {
      case OperandKind::constant: return !is_compound_[o.index()];
      case OperandKind::reg: return is_known_[o.index()] != 0;
      default: return true;
    }
  }
  static bool makes_function(const Instr& in) {
    return in.op == Opcode::call && in.keyword_set == 0 && in.operand_count >= 3;
  }

  PreparedStep& add(Kind kind, u32 at) {
    PreparedStep& step = out_.steps.emplace_back();
    step.kind = kind;
    step.at = at;
    return step;
  }

  void translate(const Instr& in, u32 at) {
    const LeafCall leaf = leaf_call_of(operands(in), in);
    if (leaf.count != 0) {
      constexpr Kind kKinds[] = {Kind::leaf_1, Kind::leaf_2, Kind::leaf_3, Kind::leaf_4};
      PreparedStep& step = add(kKinds[leaf.count - 1], at);
      step.in_place = leaf.in_place;
      step.prim = leaf.prim;
      step.kernel = kernels_.table[leaf.prim];
      step.dst = &out_.registers[leaf.dst];
      for (u32 k = 0; k < leaf.count; ++k) step.args[k] = place_of(leaf.args[k]);
      out_.leaf_calls++;
      return;
    }
    if (make_function(in, at)) return;
    if (in.op == Opcode::call && in.keyword_set == 0 &&
        in.operand_count <= PreparedStep::kMaxArgs) {
      PreparedStep& step = add(Kind::call, at);
      step.count = static_cast<u8>(in.operand_count - 1);
      step.dst = &out_.registers[in.dst];
      for (u32 k = 0; k < in.operand_count; ++k) step.args[k] = place_of(operands(in)[k]);
      return;
    }
    add(Kind::other, at);
  }

  // Makes the function value that the instruction makes, where that is the same in every run.
  bool make_function(const Instr& in, u32 at) {
    if (!makes_function(in) || writes_[in.dst] != 1) return false;
    const Operand* args = operands(in);
    if (args[0].kind() != OperandKind::primitive) return false;
    const u32 n = in.operand_count - 1u;
    const Prim prim = static_cast<Prim>(args[0].index());
    ClosureKind kind{};
    u32 argcount = 1;
    if (!makes_closure(prim, kind) || arity_of(prim) != n) return false;
    i64 steps = 1;
    for (u32 k = 1; k <= n; ++k) {
      if (!is_known(args[k])) return false;
      steps += static_cast<i64>(weight_of(*place_of(args[k])));
    }
    if (kind == ClosureKind::rbind || kind == ClosureKind::lbind) {
      const Value& bound = *place_of(args[1]);
      if (!bound.is_function()) return false;  // raises
      const u32 takes = bound.tag == Tag::primitive ? arity_of(static_cast<Prim>(bound.i))
                                                    : bound.closure->argcount;
      argcount = bound_argcount(takes);
    }
    ClosureObj& c = out_.closures.emplace_back();
    c.kind = kind;
    c.argcount = static_cast<u8>(argcount);
    for (u32 k = 0; k < n; ++k) c.args[k] = *place_of(args[k + 1]);
    out_.registers[in.dst] = Value::of(&c);
    is_known_[in.dst] = 1;
    if (out_.steps.empty() || out_.steps.back().kind != Kind::charge) add(Kind::charge, at);
    out_.steps.back().steps += steps;
    out_.steps.back().bytes += bytes_of_function();
    return true;
  }

  const Function& f_;
  const CodeView& code_;
  const std::vector<bool>& is_compound_;
  const FastKernels& kernels_;
  PreparedFunction& out_;
  std::vector<u8> writes_;    // by register: 0, 1, or 2 for more; 2 for parameters
  std::vector<u8> is_known_;  // by register
  std::vector<u8> assigned_;  // by register
};

}  // namespace

void prepare_function(const Program& program, u32 index, const CodeView& code,
                      const std::vector<bool>& is_compound, const FastKernels& kernels,
                      PreparedFunction& out) {
  out.steps.clear();
  out.leaf_calls = 0;
  const Function& f = program.functions[index];
  out.usable = !has_blocks(f) && f.required == f.params.size() && f.capture_count == 0 &&
               !can_be_called(program, index) &&
               Preparation(f, code, is_compound, kernels, out).run();
}

}  // namespace arcbatch
