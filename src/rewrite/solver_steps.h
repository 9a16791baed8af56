// Solvers as steps over values that are numbered across all of them: equal numbers are one
// computation.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "graph/parameters.h"
#include "rewrite/source_module.h"
#include "rewrite/tame.h"

namespace arcbatch {

// A literal, a function or an argument, which stands for itself, or what a step makes.
struct NumberedValue {
  std::string text;  // of a literal or the like; of a step its expression, operands as "{number}"
  std::vector<u32> operands;
  bool is_step = false;
  bool may_raise = false;
  u32 parts = 0;  // of an unpacking: the values that follow this one are its parts
  Callable callable;
};

struct SolverSteps {
  std::vector<u32> steps;  // in Python's order
  u32 result = 0;
};

// Two values are one if they are the same operation on the same values: literals that print alike,
// so True is not 1; functions and arguments of one name. Within one solver equal calls stay two,
// since functions that they may make are told apart by address; the k-th ones of two solvers are
// one.
class ValueTable {
 public:
  explicit ValueTable(Dsl dialect) : dialect_(dialect) {}

  // Returns the steps of a def, or nothing where it has what these cannot say: lambdas, lists,
  // `try`, calls of defs, keywords, names that may be unset or unknown. Throws RewriteError for
  // names from outside the dialect.
  std::optional<SolverSteps> steps_of(const SourceModule& module, u32 def, Parameters parameters);

  // The step that calls a def of the merged file.
  u32 call_of(const std::string& def, const std::vector<u32>& arguments);
  // The step that copies a value that is none itself.
  u32 copy_of(u32 source);
  u32 argument(const std::string& name) { return plain(name, name, {}); }

  [[nodiscard]] const NumberedValue& operator[](u32 value) const { return values_[value]; }
  [[nodiscard]] u32 size() const { return static_cast<u32>(values_.size()); }

 private:
  class Reader;
  u32 plain(const std::string& key, const std::string& text, const Callable& callable);
  u32 step(const std::string& key, NumberedValue value);

  Dsl dialect_;
  std::vector<NumberedValue> values_;
  std::unordered_map<std::string, u32> numbers_;
};

}  // namespace arcbatch
