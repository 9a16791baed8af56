// Leaf calls of functions, and what a function reaches.
#include "backend/binding.h"

#include <algorithm>
#include <unordered_set>

namespace arcbatch {
namespace {

// The leaf call that an instruction is, if all its registers hold a value by then.
LeafCall leaf_call_where(const Function& f, const Instr& in, const std::vector<bool>& assigned) {
  const LeafCall call = leaf_call_of(f.operands.data() + in.first_operand, in);
  for (u32 k = 0; k < call.count; ++k) {
    if (call.args[k].kind() == OperandKind::reg && !assigned[call.args[k].index()]) return {};
  }
  return call;
}

// Walks from a function to all that its code names. What it costs does not grow with the file.
class Reach {
 public:
  Reach(const Program& program, u32 index) : program_(program) {
    add_function(index);
    for (std::size_t at = 0; at < found.functions.size(); ++at) {
      const Function& f = program.functions[found.functions[at]];
      for (const Operand o : f.operands) {
        if (o.kind() == OperandKind::function) add_function(o.index());
        if (o.kind() == OperandKind::constant) add_constant(o.index());
      }
      for (const u32 k : f.defaults) add_constant(k);
      for (const Instr& in : f.code) {
        if (in.op == Opcode::make_lambda) add_function(static_cast<u32>(in.immediate));
      }
    }
  }

  Reached found;

 private:
  void add_function(u32 k) {
    if (seen_functions_.insert(k).second) found.functions.push_back(k);
  }
  void add_constant(u32 k) {
    if (!seen_constants_.insert(k).second) return;
    for (const u32 child : program_.constants[k].children) add_constant(child);
    found.constants.push_back(k);
  }

  const Program& program_;
  std::unordered_set<u32> seen_functions_;
  std::unordered_set<u32> seen_constants_;
};

}  // namespace

void add_leaf_calls(const Function& f, std::vector<LeafCall>& calls) {
  const bool straight = std::none_of(f.code.begin(), f.code.end(), [](const Instr& in) {
    return in.op == Opcode::try_push || in.op == Opcode::jump;
  });
  if (!straight) {
    calls.resize(calls.size() + f.code.size());
    return;
  }
  std::vector<bool> assigned(f.register_count);
  const std::size_t given = f.params.size() + f.capture_count;
  std::fill(assigned.begin(), assigned.begin() + static_cast<std::ptrdiff_t>(given), true);
  for (const Instr& in : f.code) {
    calls.push_back(leaf_call_where(f, in, assigned));
    switch (in.op) {
      case Opcode::move:
      case Opcode::call:
      case Opcode::tuple:
      case Opcode::subscript:
      case Opcode::make_lambda:
      case Opcode::list: assigned[in.dst] = true; break;
      case Opcode::unpack:
        for (i64 k = 0; k < in.immediate; ++k) assigned[in.dst + static_cast<u64>(k)] = true;
        break;
      default: break;
    }
  }
}

Reached reached_from(const Program& program, u32 index) { return Reach(program, index).found; }

}  // namespace arcbatch
