// Module: what the names of a file mean at module level, its constant pool and the texts that
// its instructions refer to. Locals are the compiler's.
#pragma once

#include <array>
#include <string>
#include <unordered_map>
#include <vector>

#include "frontend/ast.h"
#include "frontend/diagnostics.h"
#include "frontend/names.h"
#include "graph/program.h"

namespace arcbatch {

// The literals of a program, each once.
class ConstantPool {
 public:
  ConstantPool(std::vector<Constant>& constants, Dsl dialect)
      : constants_(constants),
        of_dialect_(dialect_info(dialect).constants),
        dialect_(dialect_info(dialect).constant_count, kAbsent) {
    small_.fill(kAbsent);
  }

  u32 none();
  u32 boolean(bool value);
  u32 integer(i64 value);
  u32 tuple(std::vector<u32> children);
  u32 text(u64 index);     // a new one
  u32 dialect(u32 index);  // of the dialect's constants

  [[nodiscard]] const Constant& operator[](u32 index) const { return constants_[index]; }

 private:
  static constexpr u32 kAbsent = 0xffffffffu;
  static constexpr i64 kSmallest = -16;  // integers from here on have a slot of their own
  u32 add(Constant::Kind kind, i64 value);

  std::vector<Constant>& constants_;
  const DialectConstant* of_dialect_;
  u32 none_ = kAbsent;
  std::array<u32, 2> booleans_{kAbsent, kAbsent};
  std::array<u32, 64> small_{};
  std::vector<u32> dialect_;
  std::unordered_map<i64, u32> integers_;
  std::unordered_multimap<u64, u32> tuples_;  // by the hash of the children
};

struct Binding {
  enum class Kind : u8 {
    unknown,  // NameError when read
    operand,
    dialect,  // a constant of the dialect, not in the pool yet
    foreign,  // a name of Python's or of an import: its value is outside the subset
  };
  Kind kind = Kind::unknown;
  Operand operand;
};

class Module {
 public:
  Module(const Ast& ast, const NameTable& names, Reporter& reporter, Program& program);

  // Runs the module level: binds every name and makes the functions, still without code.
  void bind();

  // Returns what a global name means once the whole file has run.
  const Binding& global(u32 name);

  // Returns the operand of a literal, a known global name or a tuple of constants; reports
  // anything else as `what` and returns false.
  bool fold(u32 index, std::string_view what, Operand& out);

  // Returns the constant of a text literal.
  u32 text_constant(const Node& node);

  // Returns the index of a refusal's text in Program::reasons.
  u32 reason(const std::string& text);

  // Returns why a foreign name can't be read.
  [[nodiscard]] std::string foreign_reason(u32 name) const;

  // Returns the errors (bit = Status) that an exception class of Python catches, or false if
  // the name isn't one.
  bool exception_mask(u32 name, u64& mask) const;

  const Ast& ast;
  const NameTable& names;
  Reporter& reporter;
  Program& program;
  ConstantPool constants;
  std::vector<u32> def_asts;      // the FunctionAst of each def
  std::vector<Function> lambdas;  // appended to the program's functions at the end

 private:
  [[nodiscard]] Binding base_binding(u32 name) const;
  void bind_def(u32 index);
  void bind_star(const ModuleItem& item);

  std::vector<Binding> bindings_;
  std::unordered_map<std::string, u32> reasons_;
  std::unordered_map<std::string, u32> texts_;  // to their constants
  u32 opaque_module_ = 0;                       // a star import of unknown contents, 0 = none
};

}  // namespace arcbatch
