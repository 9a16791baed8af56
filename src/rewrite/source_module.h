// SourceModule: a file as its syntax tree and what its names mean, for tools that write programs
// again; and how expressions and statements are written.
#pragma once

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "frontend/resolve.h"

namespace arcbatch {

// What stands in the way of writing a program again, as a message for a person.
class RewriteError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// What a name is called in the new text; asked for names that are no parameters of a lambda.
using Naming = std::function<std::string(u32 name)>;

class SourceModule {
 public:
  // Throws RewriteError with the first diagnostic if the file does not compile.
  SourceModule(std::string_view source, std::string file, Dsl dialect);
  SourceModule(const SourceModule&) = delete;
  SourceModule& operator=(const SourceModule&) = delete;

  [[nodiscard]] const std::string& file() const { return program_.file; }
  [[nodiscard]] Dsl dialect() const { return program_.dialect; }
  [[nodiscard]] const Ast& ast() const { return ast_; }
  [[nodiscard]] const Node& node(u32 index) const { return ast_.nodes[index]; }
  [[nodiscard]] const NameTable& names() const { return *names_; }
  [[nodiscard]] std::string text(u32 name) const { return std::string(names_->text(name)); }

  // The defs, in source order; functions() has their names and parameters.
  [[nodiscard]] const std::vector<Function>& functions() const { return program_.functions; }
  [[nodiscard]] const FunctionAst& function_ast(u32 def) const {
    return ast_.functions[module_->def_asts[def]];
  }
  // Returns the number of the last def of that name, or -1.
  [[nodiscard]] int find(const std::string& name) const { return program_.find(name); }
  // The names that a def has as parameters or assigns.
  [[nodiscard]] std::vector<u32> locals(u32 def) const;

  // What a name means at module level.
  [[nodiscard]] const Binding& global(u32 name) const { return module_->global(name); }
  [[nodiscard]] const Constant& constant(u32 index) const { return program_.constants[index]; }
  // A literal as Python prints it: equal texts are the same value and type.
  [[nodiscard]] std::string literal(u32 constant) const;
  // The text of what a global name means: its own name where the dialect has it, a literal for a
  // constant of the file, `def_name(number)` for a def. Throws for names from outside the dialect.
  [[nodiscard]] std::string global_text(u32 name,
                                        const std::function<std::string(u32)>& def_name) const;

  [[nodiscard]] std::string expression(u32 index, const Naming& naming) const;
  // What stands before a '=': a name, or several.
  [[nodiscard]] std::string targets(u32 index, const Naming& naming) const;
  // The statements from `begin` to `end`, lines indented by `indent` spaces.
  [[nodiscard]] std::string statements(u32 begin, u32 end, std::size_t indent,
                                       const Naming& naming) const;
  // A def called `name`, its parameters and locals as they are.
  [[nodiscard]] std::string def_text(u32 def, const std::string& name, const Naming& global) const;

  // Appends the names that an expression reads, but those that lambdas bind.
  void collect_names(u32 index, std::vector<u32>& out) const;

 private:
  void write(u32 index, const Naming& naming, std::vector<u32>& bound, std::string& out) const;
  void write_list(u32 first, u32 count, const Naming& naming, std::vector<u32>& bound,
                  std::string& out) const;
  void collect(u32 index, std::vector<u32>& bound, std::vector<u32>& out) const;

  Program program_;
  Ast ast_;
  std::unique_ptr<Reporter> reporter_;
  std::unique_ptr<NameTable> names_;
  std::unique_ptr<Module> module_;
};

// The imports that a file of the dialect begins with, for a body that mentions these names.
std::string import_lines(Dsl dialect, std::string_view body);

}  // namespace arcbatch
