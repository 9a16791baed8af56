// From the instructions of a batt function to a plan.
#include "graph/batt_plan.h"

#include <algorithm>

namespace arcbatch {
namespace {

constexpr u32 kParameters = 5;  // task_id, S, I, C, log_path

class Planner {
 public:
  explicit Planner(const Function& function) : f_(function) {}

  bool plan(BattPlan& out) {
    if (f_.params.size() != kParameters || f_.capture_count != 0) return false;
    registers_.assign(f_.register_count, Known{});
    registers_[1] = {Operand::make(OperandKind::reg, BattPlan::kSamples), BattLevel::task, true};
    registers_[2] = {Operand::make(OperandKind::reg, BattPlan::kInput), BattLevel::example, true};
    registers_[3] = {Operand::make(OperandKind::reg, BattPlan::kCompared), BattLevel::compared,
                     true};
    u32 at = 0;
    while (at < f_.code.size() && f_.code[at].op != Opcode::ret) {
      const bool planned = f_.code[at].op != Opcode::try_push ? single(at)
                           : ends_in_append(at)               ? guarded(at)
                                                              : attempt(at);
      if (!planned) return false;
    }
    if (at == f_.code.size() || !returns_lists(f_.operands[f_.code[at].first_operand])) {
      return false;
    }
    out = std::move(plan_);
    return true;
  }

 private:
  // What a register of the function is in the plan, where it is set.
  struct Known {
    Operand operand;
    BattLevel level = BattLevel::task;
    bool is_set = false;
    bool is_list = false;
  };

  bool read(Operand o, Operand& out, BattLevel& level) const {
    out = o;
    if (o.kind() == OperandKind::function) return false;
    if (o.kind() != OperandKind::reg) return true;
    const Known& known = registers_[o.index()];
    if (!known.is_set || known.is_list) return false;
    out = known.operand;
    level = std::max(level, known.level);
    return true;
  }

  // Appends an instruction whose operands are known to the plan's code.
  bool translate(const Instr& in, BattLevel& level) {
    if (in.keyword_set != 0) return false;
    Instr made = in;
    made.first_operand = static_cast<u32>(plan_.operands.size());
    for (u32 k = 0; k < in.operand_count; ++k) {
      Operand operand;
      if (!read(f_.operands[in.first_operand + k], operand, level)) return false;
      plan_.operands.push_back(operand);
    }
    plan_.code.push_back(made);
    return true;
  }

  static bool makes_value(Opcode op) {
    return op == Opcode::call || op == Opcode::tuple || op == Opcode::subscript ||
           op == Opcode::unknown;
  }

  void set(u32 reg, u32 to, BattLevel level) {
    registers_[reg] = Known{Operand::make(OperandKind::reg, to), level, true, false};
  }

  bool single(u32& at) {
    const Instr& in = f_.code[at++];
    BattStep step;
    step.first = static_cast<u32>(plan_.code.size());
    switch (in.op) {
      case Opcode::list:
        registers_[in.dst] = Known{Operand::make(OperandKind::reg, plan_.register_count++),
                                   BattLevel::task, true, true};
        return true;
      case Opcode::move: {
        const Operand from = f_.operands[in.first_operand];
        Known known;
        if (from.kind() == OperandKind::reg && registers_[from.index()].is_list) return false;
        if (!read(from, known.operand, known.level)) return false;
        known.is_set = true;
        registers_[in.dst] = known;
        return true;
      }
      case Opcode::append: return append(in);
      case Opcode::tuple:
        if (makes_lists(in)) break;
        [[fallthrough]];
      case Opcode::call:
      case Opcode::subscript:
      case Opcode::unpack: {
        if (!translate(in, step.level)) return false;
        const u32 count = in.op == Opcode::unpack ? static_cast<u32>(in.immediate) : 1;
        plan_.code.back().dst = plan_.register_count;
        for (u32 k = 0; k < count; ++k) set(in.dst + k, plan_.register_count++, step.level);
        plan_.steps.push_back(step);
        return true;
      }
      default: return false;
    }
    // The tuple of the lists.
    Instr made = in;
    made.first_operand = static_cast<u32>(plan_.operands.size());
    for (u32 k = 0; k < 2; ++k) {
      const Operand o = registers_[f_.operands[in.first_operand + k].index()].operand;
      plan_.lists[k] = o.index();
      plan_.operands.push_back(o);
    }
    made.dst = plan_.register_count++;
    returned_ = in.dst;
    registers_[in.dst].is_set = false;
    plan_.code.push_back(made);
    plan_.steps.push_back(step);
    return true;
  }

  [[nodiscard]] bool is_list(Operand o) const {
    return o.kind() == OperandKind::reg && registers_[o.index()].is_set &&
           registers_[o.index()].is_list;
  }

  [[nodiscard]] bool makes_lists(const Instr& in) const {
    return in.operand_count == 2 && is_list(f_.operands[in.first_operand]) &&
           is_list(f_.operands[in.first_operand + 1]);
  }

  [[nodiscard]] bool returns_lists(Operand o) const {
    return returned_.has_value() && o.kind() == OperandKind::reg && o.index() == *returned_ &&
           !registers_[o.index()].is_set && plan_.lists[0] != plan_.lists[1];
  }

  bool append(const Instr& in) {
    const Operand list = f_.operands[in.first_operand];
    if (!is_list(list) || returned_.has_value()) return false;
    BattStep step;
    step.kind = BattStep::Kind::append;
    step.first = static_cast<u32>(plan_.code.size());
    Operand item;
    if (!read(f_.operands[in.first_operand + 1], item, step.level)) return false;
    Instr made = in;
    made.first_operand = static_cast<u32>(plan_.operands.size());
    plan_.operands.push_back(registers_[list.index()].operand);
    plan_.operands.push_back(item);
    plan_.code.push_back(made);
    plan_.steps.push_back(step);
    return true;
  }

  // Instructions that make values, of which the last sets `reg` and the others what no later step
  // may read; returns how many, or nothing.
  std::optional<u16> block(u32& at, Opcode end, BattLevel& level, u32& reg) {
    const u32 begin = at;
    std::vector<u32> inside;
    for (; at < f_.code.size() && f_.code[at].op != end; ++at) {
      if (at - begin == 0xffff || !makes_value(f_.code[at].op)) return std::nullopt;
      if (!translate(f_.code[at], level)) return std::nullopt;
      reg = f_.code[at].dst;
      plan_.code.back().dst = plan_.register_count;
      set(reg, plan_.register_count++, level);
      inside.push_back(reg);
    }
    if (at == begin || at == f_.code.size()) return std::nullopt;
    for (const u32 k : inside) registers_[k].is_set = false;
    return static_cast<u16>(at - begin);
  }

  // try: x = ...; except (...): x = ...
  bool attempt(u32& at) {
    const Instr& push = f_.code[at++];
    BattStep step;
    step.kind = BattStep::Kind::attempt;
    step.first = static_cast<u32>(plan_.code.size());
    step.mask = push.mask;
    u32 set_by_try = 0;
    u32 set_by_handler = 0;
    const std::optional<u16> count = block(at, Opcode::try_pop, step.level, set_by_try);
    if (!count || at + 1 >= f_.code.size() || f_.code[at + 1].op != Opcode::jump) return false;
    const u32 end = static_cast<u32>(f_.code[at + 1].immediate);
    at += 2;
    if (push.immediate != at || end <= at || end > f_.code.size()) return false;
    const u32 handler = at;
    const u32 try_last = static_cast<u32>(plan_.code.size() - 1);
    while (at < end) {
      const Instr& in = f_.code[at];
      if (at - handler == 0xffff || !makes_value(in.op) || !translate(in, step.level)) return false;
      set_by_handler = in.dst;
      plan_.code.back().dst = plan_.register_count;
      set(in.dst, plan_.register_count++, step.level);
      ++at;
    }
    if (set_by_try != set_by_handler) return false;
    step.count = *count;
    step.handler = static_cast<u16>(end - handler);
    for (u32 k = handler; k < end; ++k) registers_[f_.code[k].dst].is_set = false;
    const u32 both = plan_.code[try_last].dst;
    plan_.code.back().dst = both;
    set(set_by_try, both, step.level);
    plan_.steps.push_back(step);
    return true;
  }

  // Whether the last instruction of a try's own block is an append.
  [[nodiscard]] bool ends_in_append(u32 at) const {
    while (at < f_.code.size() && f_.code[at].op != Opcode::try_pop) ++at;
    return at < f_.code.size() && f_.code[at - 1].op == Opcode::append;
  }

  // Instructions that make values, and an append behind them. What they set may not be read later.
  bool entry(u32& at, BattLevel& level, u32& count) {
    std::vector<u32> inside;
    for (count = 0; at < f_.code.size() && count < 0xffff; ++at, ++count) {
      const Instr& in = f_.code[at];
      if (in.op == Opcode::append) {
        const Operand list = f_.operands[in.first_operand];
        Operand item;
        if (!is_list(list) || returned_.has_value()) return false;
        if (!read(f_.operands[in.first_operand + 1], item, level)) return false;
        Instr made = in;
        made.first_operand = static_cast<u32>(plan_.operands.size());
        plan_.operands.push_back(registers_[list.index()].operand);
        plan_.operands.push_back(item);
        plan_.code.push_back(made);
        ++at;
        ++count;
        for (const u32 k : inside) registers_[k].is_set = false;
        return true;
      }
      if (!makes_value(in.op) || !translate(in, level)) return false;
      plan_.code.back().dst = plan_.register_count;
      set(in.dst, plan_.register_count++, level);
      inside.push_back(in.dst);
    }
    return false;
  }

  // try: ...; o.append(...) except (...): ...; o.append(...), with one handler or more
  bool guarded(u32& at) {
    std::vector<u32> pushes;
    for (; at < f_.code.size() && f_.code[at].op == Opcode::try_push; ++at) pushes.push_back(at);
    BattStep step;
    step.kind = BattStep::Kind::guarded;
    step.first = static_cast<u32>(plan_.code.size());
    step.first_handler = static_cast<u32>(plan_.handlers.size());
    step.handler = static_cast<u16>(pushes.size());
    u32 count = 0;
    if (!entry(at, step.level, count) || !pops(at, pushes.size())) return false;
    step.count = static_cast<u16>(count);
    if (at >= f_.code.size() || f_.code[at].op != Opcode::jump) return false;
    const u32 end = static_cast<u32>(f_.code[at++].immediate);
    for (; !pushes.empty(); pushes.pop_back()) {
      const Instr& push = f_.code[pushes.back()];
      BattHandler handler{push.mask, static_cast<u32>(plan_.code.size()), 0};
      if (push.immediate != at || !pops(at, pushes.size() - 1)) return false;
      if (!entry(at, step.level, handler.count)) return false;
      plan_.handlers.push_back(handler);
      if (pushes.size() == 1) break;
      if (at >= f_.code.size() || f_.code[at].op != Opcode::jump ||
          f_.code[at++].immediate != end) {
        return false;
      }
    }
    if (at != end) return false;
    plan_.steps.push_back(step);
    return true;
  }

  // So many try_pops.
  bool pops(u32& at, std::size_t count) const {
    for (; count > 0; --count, ++at) {
      if (at >= f_.code.size() || f_.code[at].op != Opcode::try_pop) return false;
    }
    return true;
  }

  const Function& f_;
  BattPlan plan_;
  std::vector<Known> registers_;
  std::optional<u32> returned_;
};

}  // namespace

std::optional<BattPlan> plan_batt(const Program& program, u32 function) {
  if (program.dialect != Dsl::tokpidjin) return std::nullopt;
  BattPlan plan;
  if (!Planner(program.functions[function]).plan(plan)) return std::nullopt;
  plan.function = function;
  return plan;
}

}  // namespace arcbatch
