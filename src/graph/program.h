// Program: the compiled form of one source file. Functions of straight-line instructions over
// numbered registers; what the front end produces and the executors run. No values live here.
#pragma once

#include <forward_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/macros.h"
#include "core/status.h"
#include "primitives/dialects.h"

namespace arcbatch {

// Where an instruction reads an operand from. Packed into 32 bits: kind in the top 3 bits.
enum class OperandKind : u8 { reg = 0, constant = 1, primitive = 2, function = 3 };

struct Operand {
  u32 bits = 0;
  ARC_HD static Operand make(OperandKind kind, u32 index) {
    return Operand{(static_cast<u32>(kind) << 29) | index};
  }
  [[nodiscard]] ARC_HD OperandKind kind() const { return static_cast<OperandKind>(bits >> 29); }
  [[nodiscard]] ARC_HD u32 index() const { return bits & 0x1fffffffu; }
};

enum class Opcode : u8 {
  move,         // dst = operands[0]
  call,         // dst = operands[0](operands[1..]); keywords are bound by position where the
                // callee is known, else see `keywords`
  tuple,        // dst = (operands...)
  subscript,    // dst = operands[0][immediate]
  unpack,       // operands[0] spread over registers dst, dst+1, ... (immediate of them)
  make_lambda,  // dst = function `immediate` of the program, capturing operands[i] into the
                // callee's registers param_count + i
  ret,          // return operands[0]
  raise,        // raise `status` (an unknown name, an arity error known early)
  refuse,       // end as unsupported; immediate indexes Program::reasons
  try_push,     // errors whose class is in the mask (bit = Status value) jump to `immediate`
  try_pop,      // leaves the innermost try; immediate unused
  jump,         // continue at instruction `immediate`
  list,         // dst = a new empty list
  append,       // operands[0].append(operands[1])
  unknown,      // dst = the value that a refused computation has in a batt function
};

struct Instr {
  Opcode op = Opcode::move;
  Status status = Status::ok;  // for raise
  u16 operand_count = 0;
  u32 first_operand = 0;  // into Function::operands
  u32 dst = 0;
  u32 keyword_set = 0;  // call: 0 = none, else 1 + index into Program::keyword_sets
  i64 immediate = 0;    // see Opcode; for try_push the mask is in `mask`
  u64 mask = 0;
  u32 statement = 0;  // into Function::statements
};

// A name that a statement assigns, and its register.
struct Target {
  std::string_view name;
  u32 reg = 0;
};

// One source statement: what a trace names and what an outcome reports.
struct Statement {
  u32 line = 0;           // 1-based
  u32 column = 0;         // 1-based, in bytes
  std::string_view text;  // the statement's source, inner newlines and indent collapsed
  // Names assigned here, in order (several for tuple unpacking): a range of Function::targets.
  u32 first_target = 0;
  u32 target_count = 0;
  u32 last_instr = 0;  // one past the last instruction of the statement
};

// What the views of statements and targets point into.
struct ProgramText {
  std::string source;                        // with padding for the lexer behind it
  std::forward_list<std::string> rewritten;  // texts that are no piece of the source
};

struct Function {
  std::string name;  // "<lambda>" for lambdas
  std::vector<std::string> params;
  u32 required = 0;           // parameters without a default
  std::vector<u32> defaults;  // constant index of each default, for params[required..]
  u32 capture_count = 0;      // values a lambda closes over, stored after the parameters
  u32 register_count = 0;     // parameters, captures, locals, temporaries
  std::vector<Operand> operands;
  std::vector<Instr> code;  // always ends in ret
  std::vector<Statement> statements;
  std::vector<Target> targets;
  u32 line = 0;  // of the def
};

// A literal: None, bool, int, a tuple of literals (children are indices into the pool), or a text.
struct Constant {
  enum class Kind : u8 { none, boolean, integer, tuple, text } kind = Kind::none;
  i64 integer = 0;  // text: into Program::texts
  std::vector<u32> children;
};

struct Diagnostic {
  enum class Severity : u8 { warning, error } severity = Severity::error;
  std::string file;
  u32 line = 0;             // 1-based
  u32 column = 0;           // 1-based
  std::string message;      // "unknown name 'fil'; did you mean 'fill'?"
  std::string source_line;  // the offending line without its newline
};

// Formats "file:line:column: error: message", the source line and a caret below the column.
std::string format_diagnostic(const Diagnostic& diagnostic);

struct Program {
  std::string file;
  Dsl dialect = Dsl::arc_dsl;
  std::shared_ptr<ProgramText> text;  // shared by copies of the program
  std::vector<Function> functions;    // top-level defs and, after them, lambdas
  std::vector<u32> defs;              // indices of the top-level defs in source order
  std::vector<Constant> constants;
  std::vector<std::string> texts;                      // of dialects that have them; each once
  std::vector<std::vector<std::string>> keyword_sets;  // names of a call's trailing operands
  std::vector<std::string> reasons;                    // texts of refusals
  std::vector<Diagnostic> warnings;

  // Returns the index of the (last) top-level def of that name, or -1.
  [[nodiscard]] int find(const std::string& name) const;
};

}  // namespace arcbatch
