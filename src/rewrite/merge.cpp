#include "rewrite/merge.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include "rewrite/solver_steps.h"

namespace arcbatch {
namespace {

// The classes that a solver's error may be of, each before those that it is derived from. With a
// handler of refusals and one for a variable that is unset they are as many as a frame holds.
constexpr const char* kErrors[] = {"TypeError",     "ValueError",     "IndexError",
                                   "KeyError",      "AttributeError", "ZeroDivisionError",
                                   "StopIteration", "RecursionError", "RuntimeError"};
constexpr const char* kNameErrors[] = {"UnboundLocalError", "NameError"};

std::string entry_name(const std::string& function) {
  constexpr std::string_view kPrefix = "solve_";
  const bool prefixed = function.size() > kPrefix.size() && function.rfind(kPrefix, 0) == 0;
  return prefixed ? function.substr(kPrefix.size()) : function;
}

bool is_digits(const std::string& text) {
  return text.find_first_not_of("0123456789") == std::string::npos;
}

// Writes defs of files under names that no two of them share.
class Defs {
 public:
  explicit Defs(const std::vector<std::unique_ptr<SourceModule>>& modules) {
    for (const auto& module : modules) {
      const NameTable& names = module->names();
      for (u32 k = names.first_source_name(); k < names.size(); ++k) {
        ++mentions_[module->text(k)];
      }
    }
  }

  // The name of a def of a file, which is written with all that it calls.
  std::string name_of(const SourceModule& module, u32 def) {
    const auto key = std::make_pair(&module, def);
    if (const auto found = names_.find(key); found != names_.end()) return found->second;
    std::string name = fresh_name(module, module.functions()[def].name);
    names_[key] = name;
    const std::string text = module.def_text(def, name, [&](u32 global) {
      if (module.global(global).kind == Binding::Kind::unknown) {
        return unknown_name(module.text(global));
      }
      return module.global_text(global, [&](u32 other) { return name_of(module, other); });
    });
    text_ += "\n\n" + text;
    return name;
  }

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  [[nodiscard]] bool is_reserved(const SourceModule& module, const std::string& name) const {
    if (name == "batt" || name == "S" || name == "I" || name == "C" || name == "o" || name == "s" ||
        name == "task_id" || name == "log_path") {
      return true;
    }
    if (name.size() > 1 && name[0] == 't' && is_digits(name.substr(1))) return true;
    const DialectInfo& info = dialect_info(module.dialect());
    return find_function(module.dialect(), name) >= 0 ||
           std::any_of(info.constants, info.constants + info.constant_count,
                       [&](const DialectConstant& c) { return c.name == name; });
  }

  // The def's own name where no other file mentions it, else a new one.
  std::string fresh_name(const SourceModule& module, const std::string& name) {
    const auto found = mentions_.find(name);
    const bool is_alone = found != mentions_.end() && found->second == 1;
    if (is_alone && !is_reserved(module, name) && taken_.insert(name).second) return name;
    for (u32 k = 2;; ++k) {
      std::string other = fmt::format("{}_{}", name, k);
      if (mentions_.count(other) == 0 && !is_reserved(module, other) &&
          taken_.insert(other).second) {
        return other;
      }
    }
  }

  // A name without a meaning keeps being one.
  std::string unknown_name(const std::string& name) {
    std::string unknown = "unknown_" + name;
    while (mentions_.count(unknown) != 0) unknown += "_";
    return unknown;
  }

  std::map<std::string, u32> mentions_;  // by how many files
  std::map<std::pair<const SourceModule*, u32>, std::string> names_;
  std::set<std::string> taken_;
  std::string text_;
};

class Merger {
 public:
  Merger(const std::vector<MergeInput>& inputs, Dsl dialect) : dialect_(dialect), table_(dialect) {
    for (const MergeInput& input : inputs) {
      modules_.push_back(std::make_unique<SourceModule>(input.source, input.file, dialect));
    }
    defs_ = std::make_unique<Defs>(modules_);
  }

  Merged merge() {
    for (const auto& module : modules_) {
      for (u32 def = 0; def < module->functions().size(); ++def) {
        // An earlier def of a name can no more be called.
        if (module->find(module->functions()[def].name) != static_cast<int>(def)) continue;
        try {
          add(*module, def);
        } catch (const RewriteError& error) {
          out_.left_out.push_back(
              fmt::format("'{}' is left out: {}", module->functions()[def].name, error.what()));
        }
      }
    }
    const std::string body = defs_->text() + body_;
    out_.source = "# Merged by arcbatch: " + fmt::format("{} solvers.\n", out_.solvers) +
                  import_lines(dialect_, body) + defs_->text() +
                  "\n\ndef batt(task_id, S, I, C, log_path):\n    s = []\n    o = []\n" + body_ +
                  "    return o, s\n";
    return std::move(out_);
  }

 private:
  struct State {
    std::string name;  // the variable, or the text of what is none
    bool is_emitted = false;
    bool is_certain = false;  // set wherever the batt goes on
  };

  void add(const SourceModule& module, u32 def) {
    const Function& f = module.functions()[def];
    const auto parameters = solver_parameters_of(f);
    if (!parameters) return;
    std::optional<SolverSteps> steps = table_.steps_of(module, def, *parameters);
    if (!steps) {
      std::vector<u32> arguments;
      if (*parameters != Parameters::i) arguments.push_back(table_.argument("S"));
      arguments.push_back(table_.argument("I"));
      if (*parameters == Parameters::s_i_c) arguments.push_back(table_.argument("C"));
      const u32 call = table_.call_of(defs_->name_of(module, def), arguments);
      write(SolverSteps{{call}, call}, f.name, true);
      ++out_.opaque;
    } else {
      out_.statements += static_cast<u32>(steps->steps.size());
      write(*steps, f.name, false);
    }
    ++out_.solvers;
  }

  State& state(u32 value) {
    if (states_.size() < table_.size()) states_.resize(table_.size());
    return states_[value];
  }

  std::string new_variable() { return fmt::format("t{}", ++variables_); }

  std::string operand_text(u32 value) {
    const NumberedValue& v = table_[value];
    const std::string& name = state(value).name;
    return name.empty() ? v.text : name;
  }

  std::string expression(const NumberedValue& v) {
    std::string text;
    std::size_t next = 0;
    for (std::size_t k = 0; k < v.text.size(); ++k) {
      if (v.text.compare(k, 2, "{}") != 0) {
        text += v.text[k];
        continue;
      }
      const std::string operand = operand_text(v.operands[next++]);
      const bool is_primary = k == 0 && v.text.size() > 2 && operand[0] == '-';
      text += is_primary ? "(" + operand + ")" : operand;
      ++k;
    }
    return text;
  }

  void line(const std::string& text) { body_ += std::string(indent_, ' ') + text + "\n"; }

  // The variables that the step sets.
  std::string targets(u32 value) {
    const u32 parts = table_[value].parts;
    if (parts == 0) return state(value).name;
    std::string text;
    for (u32 k = 1; k <= parts; ++k) text += (k == 1 ? "" : ", ") + state(value + k).name;
    return parts == 1 ? text + "," : text;
  }

  void write_step(u32 value) {
    const NumberedValue& v = table_[value];
    if (state(value).is_certain) return;
    if (v.may_raise && indent_ == 4) {
      line("try:");
      indent_ = 8;
    }
    const bool is_first = !state(value).is_emitted;
    if (is_first && v.parts == 0) state(value).name = new_variable();
    for (u32 k = 1; is_first && k <= v.parts; ++k) state(value + k).name = new_variable();
    const std::string assignment = targets(value) + " = " + expression(v);
    if (is_first) {
      line(assignment);
    } else {
      line("try:");
      line("    " + targets(value));
      line("except UnboundLocalError:");
      line("    " + assignment);
    }
    state(value).is_emitted = true;
    state(value).is_certain = indent_ == 4;
  }

  void write(SolverSteps steps, const std::string& function, bool is_opaque) {
    for (const u32 step : steps.steps) out_.shared += !is_opaque && state(step).is_emitted ? 1 : 0;
    if (state(steps.result).name.empty() && !table_[steps.result].is_step &&
        !is_part(steps, steps.result)) {
      steps.result = table_.copy_of(steps.result);
      steps.steps.push_back(steps.result);
    }
    for (const u32 step : steps.steps) write_step(step);
    const std::string name = unique_name(entry_name(function));
    std::string variable = state(steps.result).name;
    // A number stands for one computation, its errors included.
    const bool in_try = indent_ != 4;
    if (const auto used = numbers_.find(variable);
        used != numbers_.end() && (in_try || used->second)) {
      const std::string copy = new_variable();
      line(copy + " = " + variable);
      variable = copy;
    }
    numbers_.emplace(variable, in_try);
    const std::string entry = fmt::format("o.append(({}, False, '{}', ", variable.substr(1), name);
    line(entry + variable + "))");
    if (indent_ == 4) return;
    indent_ = 4;
    const auto handle = [&](const char* error) {
      line(fmt::format("except {}:", error));
      line(fmt::format("    {}'{}'))", entry, error));
    };
    for (const char* error : kErrors) handle(error);
    if (is_opaque) {
      for (const char* error : kNameErrors) handle(error);
    }
  }

  // Whether a value is a part of one of the solver's unpackings.
  [[nodiscard]] bool is_part(const SolverSteps& steps, u32 value) const {
    return std::any_of(steps.steps.begin(), steps.steps.end(), [&](u32 step) {
      return value > step && value <= step + table_[step].parts;
    });
  }

  std::string unique_name(const std::string& name) {
    std::string unique = name;
    for (u32 k = 2; !entries_.insert(unique).second; ++k) unique = fmt::format("{}.{}", name, k);
    return unique;
  }

  Dsl dialect_;
  std::vector<std::unique_ptr<SourceModule>> modules_;
  std::unique_ptr<Defs> defs_;
  ValueTable table_;
  std::vector<State> states_;
  std::set<std::string> entries_;
  std::map<std::string, bool> numbers_;  // variables of entries, and whether they are in a `try`
  std::string body_;
  std::size_t indent_ = 4;
  u32 variables_ = 0;
  Merged out_;
};

}  // namespace

Merged merge_solvers(const std::vector<MergeInput>& inputs, Dsl dialect) {
  return Merger(inputs, dialect).merge();
}

}  // namespace arcbatch
