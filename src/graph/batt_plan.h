// BattPlan: a function batt(task_id, S, I, C, log_path) as steps that know what they depend on, so
// that each is evaluated once for all inputs that it cannot tell apart. No values live here.
#pragma once

#include <optional>
#include <vector>

#include "graph/program.h"

namespace arcbatch {

// What a step has to be evaluated again for.
enum class BattLevel : u8 {
  task,     // depends on S at most
  example,  // on I too
  compared  // on C too
};

// Consecutive instructions of BattPlan::code.
struct BattStep {
  enum class Kind : u8 {
    single,   // one instruction
    attempt,  // `count` instructions; where one fails with an error of the mask, then the `handler`
              // instructions behind them
    append,   // the operand of the instruction joins a list
    guarded   // `count` instructions, the last of which is an append; where one fails with a status
              // of the mask of one of the `handler` BattPlan::handlers, the first such takes its
              // place
  };
  Kind kind = Kind::single;
  BattLevel level = BattLevel::task;
  u16 count = 1;
  u16 handler = 0;
  u32 first = 0;
  u64 mask = 0;  // of errors, see Opcode::try_push
  u32 first_handler = 0;
};

// Instructions that stand in for a guarded step; the last of them is an append.
struct BattHandler {
  u64 mask = 0;
  u32 first = 0;
  u32 count = 0;
};

// Every register has one instruction that sets it, or an attempt.
struct BattPlan {
  static constexpr u32 kSamples = 0;  // the registers of S, I and C
  static constexpr u32 kInput = 1;
  static constexpr u32 kCompared = 2;

  std::vector<BattStep> steps;  // in the order of the function; the last makes what it returns
  std::vector<BattHandler> handlers;
  std::vector<Instr> code;
  std::vector<Operand> operands;
  u32 function = 0;  // of the program
  u32 register_count = 3;
  u32 lists[2] = {0, 0};  // the registers of the lists that are returned, in order
};

// Returns the plan of a function of five parameters that is a sequence of calls, tuples, items,
// appends to two lists that it returns as a pair, tries of which both ways set the same name, and
// tries all ways of which end in an append.
// Nothing for any other function.
std::optional<BattPlan> plan_batt(const Program& program, u32 function);

}  // namespace arcbatch
