// FunctionCompiler: the syntax tree of a function to instructions over registers, in Python's
// order of evaluation.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "frontend/resolve.h"

namespace arcbatch {

// What the names of the def being compiled mean; kept between defs so that nothing is cleared.
struct LocalNames {
  struct Slot {
    u32 def = 0;  // 1 + index of the def that this entry is about
    u32 reg = 0;
    u32 writes = 0;       // as a parameter and by assignments
    u32 list_writes = 0;  // assignments of '[]'; known once lists were looked for
  };
  std::vector<Slot> slots;   // by name
  std::vector<u8> assigned;  // by register: certainly set at this point
  std::vector<u32> trail;    // registers in the order in which they became set
};

class FunctionCompiler {
 public:
  FunctionCompiler(Module& module, LocalNames& names);

  // Compiles the body of the def `index` of the program.
  void compile_def(u32 index);

 private:
  static constexpr u32 kNoRegister = 0xffffffffu;
  // The captures of a lambda are only known at its end, so its temporaries are numbered from
  // here and moved down then.
  static constexpr u32 kTemporaryBase = 1u << 28;

  struct TryFrame {
    u32 first_push = 0;  // the try_push of the last handler; that of handler k is n - 1 - k on
    u32 handler_count = 0;
    u32 handler = 0;                 // handlers begun
    u32 unknown_push = kNoRegister;  // the try_push of refusals, of a try that ends in an entry
    u32 entry = 0;                   // and the entry, a node of kind append
    std::size_t trail_mark = 0;
    std::vector<u32> jumps;                  // to the end
    std::vector<std::vector<u32>> branches;  // what each way to the end has set
  };

  FunctionCompiler(Module& module, FunctionCompiler& parent);  // for a lambda

  // Statements: compile.cpp.
  void declare_locals(const FunctionAst& source);
  void begin_statement(const Stmt& stmt);
  void end_statement();
  void compile_assign(const Stmt& stmt);
  void store(u32 index, Operand value);
  void unpack(const Node& target, Operand value);
  void compile_expression_statement(const Stmt& stmt);
  void compile_return(const Stmt& stmt);
  void begin_try(u32 index);
  bool find_entry(u32 index, u32& entry) const;
  void append_unknown(TryFrame& frame);
  void begin_handler(const Stmt& stmt);
  void end_branch(TryFrame& frame);
  void end_try();
  u64 handler_mask(const Stmt& stmt);
  void finish(u32 line);
  void mark_assigned(u32 reg);
  [[nodiscard]] std::string_view statement_text(u32 begin, u32 end) const;
  u32 compile_lambda_body(const FunctionAst& source);

  // Expressions: compile_expression.cpp. They return where the value is; `dst` is where an
  // instruction should leave it, or kNoRegister for a temporary.
  Operand compile(u32 index, u32 dst);
  Operand compile_name(const Node& node);
  bool find_known(const Node& node, Operand& out);
  Operand compile_tuple(const Node& node, u32 dst);
  Operand compile_call(const Node& node, u32 dst);
  Operand compile_keyword_call(const Node& node, u32 dst, std::size_t base);
  Operand compile_subscript(const Node& node, u32 dst);
  Operand compile_lambda(const Node& node, u32 dst);
  Operand compile_append(const Node& node);
  void compile_operands(u32 first, u32 count);
  bool constant_index(u32 index, i64& value);
  void settle(std::size_t base);
  [[nodiscard]] bool is_maybe_unset(Operand operand) const;
  bool is_harmless(u32 index);
  bool is_list(u32 index);
  void find_lists();
  void check_arity(const Node& node, Operand callee, u32 given);
  // A function of the dialect, and whether its errors are defaults.
  [[nodiscard]] const DialectFunction& function_of(Operand callee) const {
    return dialect_info(module_.program.dialect).functions[callee.index()];
  }
  [[nodiscard]] bool is_safe(Operand callee) const {
    return callee.kind() == OperandKind::primitive && dialect_info(module_.program.dialect).safe;
  }
  bool find_local(u32 name, u32 offset, u32& reg);
  bool find_capture(u32 name, u32 offset, u32& reg);
  [[nodiscard]] bool is_local(u32 name) const;
  [[nodiscard]] bool mentions_local(u32 index) const;
  [[nodiscard]] bool reads_unset(u32 index) const;

  u32 emit(Opcode op, u32 dst, std::size_t base);
  Operand emit_to(Opcode op, u32 dst, std::size_t base);
  void emit_raise(Status status);
  void emit_refuse(const std::string& reason);
  void warn_unknown(const Node& node);
  [[nodiscard]] std::string suggestion(u32 name) const;
  u32 new_temporary();
  Operand constant(u32 index) const { return Operand::make(OperandKind::constant, index); }
  Operand reg(u32 index) const { return Operand::make(OperandKind::reg, index); }

  Module& module_;
  const Ast& ast_;
  Reporter& reporter_;
  LocalNames& names_;
  FunctionCompiler* parent_ = nullptr;  // of a lambda
  Function* function_ = nullptr;
  const FunctionAst* source_ = nullptr;
  u32 def_mark_ = 0;     // of the def in LocalNames
  u32 local_count_ = 0;  // registers of parameters and locals of a def
  u32 first_temporary_ = 0;
  u32 next_temporary_ = 0;
  u32 max_temporary_ = 0;
  bool dead_ = false;        // the statement has raised: the rest of it is never evaluated
  bool terminated_ = false;  // the function has returned
  bool lists_known_ = false;
  std::vector<Operand> stack_;  // operands of the instructions being built
  std::vector<TryFrame> tries_;
  std::unordered_map<u32, u32> own_;  // of a lambda: name to register
  std::vector<Operand> captures_;     // of a lambda: the enclosing function's registers
};

}  // namespace arcbatch
