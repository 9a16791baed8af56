#include "rewrite/extract.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "frontend/frontend.h"
#include "graph/batch_graph.h"
#include "graph/parameters.h"
#include "rewrite/units.h"

namespace arcbatch {
namespace {

constexpr u32 kParameter = 0xfffffffeu;  // in place of a unit

bool is_number(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

// The variables of the units that are kept: assignments that one read may see are one variable.
class Variables {
 public:
  // The variable that a unit (kParameter: the call) sets for a name.
  u32 of(u32 unit, u32 name) {
    const auto [it, is_new] = ids_.try_emplace({unit, name}, static_cast<u32>(parents_.size()));
    if (is_new) parents_.push_back(it->second);
    return root(it->second);
  }
  void join(u32 a, u32 b) { parents_[root(a)] = root(b); }
  u32 root(u32 id) {
    while (parents_[id] != id) id = parents_[id] = parents_[parents_[id]];
    return id;
  }

 private:
  std::map<std::pair<u32, u32>, u32> ids_;
  std::vector<u32> parents_;
};

}  // namespace

class Extraction {
 public:
  Extraction(std::string_view source, const std::string& file, Dsl dialect)
      : module_(source, file, dialect) {}

  Extracted run(const ExtractRequest& request);

 private:
  void choose_function(const std::string& name);
  Place choose_place(const std::string& node);
  Place entry_of(const std::string& number);
  void name_parameters();
  void keep_units();
  void join_variables(const Unit& unit, u32 id);
  void order_units();
  void emit(u32 id);
  [[nodiscard]] u32 variable_read(const Unit& unit, u32 id, u32 name);
  std::string text_of_unit(u32 id);
  std::string global_name(u32 name);
  std::string local_name(u32 variable);
  std::string solver(const std::string& name);

  SourceModule module_;
  u32 def_ = 0;
  std::unique_ptr<Units> units_;
  Place place_;
  std::string label_;  // of the place, for the comment
  std::vector<bool> kept_;
  std::vector<u32> order_;
  std::vector<bool> emitted_;
  Variables variables_;
  std::map<u32, std::string> parameters_;   // by name: S, I, C, or empty for those of batt alone
  std::map<u32, std::string> local_names_;  // by variable
  std::set<std::string> taken_;             // names that variables must not have
  std::set<std::string> used_;              // of S, I and C
  std::map<u32, std::string> defs_;         // texts of the file's defs that are called
  u32 count_ = 0;
};

void Extraction::choose_function(const std::string& name) {
  int def = name.empty() ? module_.find("batt") : module_.find(name);
  if (def < 0 && name.empty() && !module_.functions().empty()) {
    def = static_cast<int>(module_.functions().size() - 1);
  }
  if (def < 0) {
    throw RewriteError(name.empty()
                           ? module_.file() + ": defines no function"
                           : fmt::format("{}: defines no function '{}'", module_.file(), name));
  }
  def_ = static_cast<u32>(def);
}

// The parameters of a batt function by place; of a solver those of a run.
void Extraction::name_parameters() {
  const Function& f = module_.functions()[def_];
  const FunctionAst& ast = module_.function_ast(def_);
  std::vector<std::string> meaning;
  if (f.params.size() == 5) {
    meaning = {"", "S", "I", "C", ""};
  } else if (const auto parameters = solver_parameters_of(f); !parameters) {
    throw RewriteError(fmt::format(
        "{}:{}: the parameters of '{}' are none of (I), (S, I), (S, I, C) and those of a batt file",
        module_.file(), f.line, f.name));
  } else if (*parameters == Parameters::i) {
    meaning = {"I"};
  } else {
    meaning = {"S", "I", "C"};
  }
  for (u32 k = 0; k < f.params.size(); ++k) {
    const u32 name = module_.ast().params[ast.first_param + k].name;
    if (k < meaning.size()) {
      parameters_[name] = meaning[k];
    } else {
      parameters_[name] = module_.literal(f.defaults[k - f.required]);
    }
  }
}

// The entry of a result list whose number it is.
Place Extraction::entry_of(const std::string& number) {
  for (const ResultEntry& entry : units_->entries()) {
    const Node& tuple = module_.node(entry.item);
    const Node& first = module_.node(module_.ast().children[tuple.a]);
    if (tuple.b < 2 || first.kind != NodeKind::integer ||
        std::to_string(first.integer()) != number) {
      continue;
    }
    label_ = "the entry (";
    for (u32 k = 0; k + 1 < tuple.b; ++k) {
      label_ += module_.expression(module_.ast().children[tuple.a + k], [this](u32 name) {
        return module_.text(name);
      }) + ", ";
    }
    label_ += "...)";
    return entry.value;
  }
  return {};
}

Place Extraction::choose_place(const std::string& node) {
  const std::string where = module_.functions()[def_].name;
  if (node.empty()) {
    label_ = "what " + where + " returns";
    if (units_->result().node == kNoNode) {
      throw RewriteError(fmt::format("{}: '{}' returns no value", module_.file(), where));
    }
    return units_->result();
  }
  if (is_number(node)) {
    if (Place found = entry_of(node); found.node != kNoNode) return found;
  }
  const std::string variable = is_number(node) ? "t" + node : node;
  for (const u32 name : module_.locals(def_)) {
    if (module_.text(name) != variable) continue;
    label_ = "the variable " + variable;
    return units_->variable(name);
  }
  throw RewriteError(
      is_number(node) ? fmt::format("{}: '{}' appends no entry ({}, ...) and has no variable "
                                    "t{}",
                                    module_.file(), where, node, node)
                      : fmt::format("{}: '{}' has no variable '{}'", module_.file(), where, node));
}

// Marks what the value depends on; with it, in a block whose errors are entries, all that may
// raise before it.
void Extraction::keep_units() {
  const std::vector<Unit>& units = units_->units();
  kept_.assign(units.size(), false);
  std::vector<u32> open;
  const auto need = [&](const Unit& unit) {
    if (unit.is_lost) {
      throw RewriteError(fmt::format("{}: {} depends on what a 'try' statement may leave unset",
                                     module_.file(), label_));
    }
    for (const UnitRead& read : unit.reads) {
      for (const u32 from : read.from) {
        if (!kept_[from]) open.push_back(from);
        kept_[from] = true;
      }
    }
  };
  need(place_.reading);
  for (u32 k = 0; place_.reading.block != 0 && k < place_.unit; ++k) {
    if (units[k].block != place_.reading.block || !units[k].may_raise || kept_[k]) continue;
    kept_[k] = true;
    open.push_back(k);
  }
  while (!open.empty()) {
    const u32 unit = open.back();
    open.pop_back();
    need(units[unit]);
  }
}

// What a name stands for where a unit reads it.
u32 Extraction::variable_read(const Unit& unit, u32 id, u32 name) {
  for (const UnitRead& read : unit.reads) {
    if (read.name != name) continue;
    if (read.from.empty()) {
      return variables_.of(parameters_.count(name) != 0 ? kParameter : id, name);
    }
    return variables_.of(read.from.back(), name);
  }
  return variables_.of(id, name);
}

void Extraction::join_variables(const Unit& unit, u32 id) {
  for (const UnitRead& read : unit.reads) {
    for (std::size_t k = 1; k < read.from.size(); ++k) {
      variables_.join(variables_.of(read.from[k - 1], read.name),
                      variables_.of(read.from[k], read.name));
    }
    // A name that may still be unset after the first of them may be the parameter.
    const bool perhaps = !read.from.empty() && [&] {
      const std::vector<u32>& certain = units_->units()[read.from[0]].assigned;
      return std::find(certain.begin(), certain.end(), read.name) == certain.end();
    }();
    if (perhaps && parameters_.count(read.name) != 0) {
      variables_.join(variables_.of(read.from[0], read.name), variables_.of(kParameter, read.name));
    }
    // Within a `try` a name is one variable, before it is set there and after.
    const auto sets = [&](const std::vector<u32>& names) {
      return std::find(names.begin(), names.end(), read.name) != names.end();
    };
    if (unit.is_try && (sets(unit.assigned) || sets(unit.perhaps))) {
      variables_.join(variable_read(unit, id, read.name), variables_.of(id, read.name));
    }
  }
}

void Extraction::emit(u32 id) {
  if (emitted_[id]) return;
  emitted_[id] = true;
  for (const UnitRead& read : units_->units()[id].reads) {
    for (const u32 from : read.from) emit(from);
  }
  order_.push_back(id);
}

// Statements that may raise stay in their order; the others stand where they are needed first, so
// that one computation has one text.
void Extraction::order_units() {
  const std::vector<Unit>& units = units_->units();
  std::vector<u32> kept;
  bool in_order = false;
  std::set<u32> set;
  for (u32 k = 0; k < units.size(); ++k) {
    if (!kept_[k]) continue;
    kept.push_back(k);
    in_order = in_order || !units[k].perhaps.empty();
    for (const u32 name : units[k].assigned) {
      in_order = in_order || !set.insert(variables_.of(k, name)).second;
    }
  }
  if (in_order) {
    order_ = kept;
    return;
  }
  emitted_.assign(units.size(), false);
  for (const u32 k : kept) {
    if (units[k].may_raise) emit(k);
  }
  for (const UnitRead& read : place_.reading.reads) {
    for (const u32 from : read.from) emit(from);
  }
}

std::string Extraction::global_name(u32 name) {
  std::string text = module_.global_text(name, [this](u32 def) {
    const std::string& own = module_.functions()[def].name;
    if (module_.find(own) != static_cast<int>(def)) {
      throw RewriteError(fmt::format("{}: several functions are called '{}'", module_.file(), own));
    }
    if (defs_.count(def) == 0) {
      defs_[def] = "";
      defs_[def] = module_.def_text(def, own, [this](u32 n) { return global_name(n); });
    }
    return own;
  });
  taken_.insert(text);
  return text;
}

std::string Extraction::local_name(u32 variable) {
  std::string& name = local_names_[variable];
  if (!name.empty()) return name;
  do {
    name = fmt::format("x{}", ++count_);
  } while (taken_.count(name) != 0);
  return name;
}

std::string Extraction::text_of_unit(u32 id) {
  const Unit& unit = units_->units()[id];
  const auto is_set = [&](u32 name) {
    return std::find(unit.assigned.begin(), unit.assigned.end(), name) != unit.assigned.end() ||
           std::find(unit.perhaps.begin(), unit.perhaps.end(), name) != unit.perhaps.end();
  };
  const auto variable_name = [&](u32 variable, u32 name) {
    const auto parameter = parameters_.find(name);
    if (parameter == parameters_.end() || variables_.of(kParameter, name) != variable) {
      return local_name(variable);
    }
    if (parameter->second.empty()) {
      throw RewriteError(fmt::format("{}: {} depends on the parameter '{}'", module_.file(), label_,
                                     module_.text(name)));
    }
    used_.insert(parameter->second);
    return parameter->second;
  };
  const Naming reads = [&](u32 name) {
    if (!units_->is_local(name)) return global_name(name);
    return variable_name(variable_read(unit, id, name), name);
  };
  if (unit.is_try) {
    return module_.statements(unit.begin, unit.end, 4, [&](u32 name) {
      return is_set(name) ? variable_name(variables_.of(id, name), name) : reads(name);
    });
  }
  const Stmt& stmt = module_.ast().stmts[unit.begin];
  const u32 value_node = stmt.kind == StmtKind::assign ? stmt.c : stmt.a;
  const std::string value = module_.expression(value_node, reads);
  std::string targets;
  for (u32 k = 0; stmt.kind == StmtKind::assign && k < stmt.b; ++k) {
    targets += module_.targets(module_.ast().children[stmt.a + k], [&](u32 name) {
      return variable_name(variables_.of(id, name), name);
    }) + " = ";
  }
  return "    " + targets + value + "\n";
}

std::string Extraction::solver(const std::string& name) {
  constexpr u32 kHere = 0xfffffffdu;  // the place, as a reader
  const auto write_body = [&] {
    used_.clear();
    local_names_.clear();
    count_ = 0;
    const auto& reads = place_.reading.reads;
    // A value that a unit leaves in a variable is O there; any other is assigned at the end.
    const bool is_name = place_.node == kNoNode || module_.node(place_.node).kind == NodeKind::name;
    bool is_set = false;
    if (is_name && reads.size() == 1) {
      const u32 variable = variable_read(place_.reading, kHere, reads[0].name);
      const bool is_parameter = parameters_.count(reads[0].name) != 0 &&
                                variables_.of(kParameter, reads[0].name) == variable;
      is_set = !reads[0].from.empty() && !is_parameter;
      if (is_set) local_names_[variable] = "O";
    }
    std::string body;
    for (const u32 unit : order_) body += text_of_unit(unit);
    if (is_set) return body;
    const Naming naming = [&](u32 n) {
      if (!units_->is_local(n)) return global_name(n);
      const u32 variable = variable_read(place_.reading, kHere, n);
      if (parameters_.count(n) == 0 || variables_.of(kParameter, n) != variable) {
        return local_name(variable);
      }
      const std::string& parameter = parameters_[n];
      if (parameter.empty()) {
        throw RewriteError(fmt::format("{}: {} depends on the parameter '{}'", module_.file(),
                                       label_, module_.text(n)));
      }
      used_.insert(parameter);
      return parameter;
    };
    const std::string value =
        place_.node == kNoNode ? naming(reads.at(0).name) : module_.expression(place_.node, naming);
    return body + "    O = " + value + "\n";
  };
  write_body();  // for the names that variables must not have
  const std::string body = write_body();
  std::string parameters = "I";
  if (used_.count("S") != 0) parameters = "S, I";
  if (used_.count("C") != 0) parameters = "S, I, C";
  std::string text = "# " + module_.file() + ": " + label_ + "\n";
  std::string defs;
  for (const auto& [def, def_text] : defs_) defs += "\n\n" + def_text;
  text += import_lines(module_.dialect(), body + defs) + defs;
  return text + "\n\ndef " + name + "(" + parameters + "):\n" + body + "    return O\n";
}

Extracted Extraction::run(const ExtractRequest& request) {
  choose_function(request.function);
  name_parameters();
  units_ = std::make_unique<Units>(module_, def_);
  place_ = choose_place(request.node);
  keep_units();
  for (u32 k = 0; k < kept_.size(); ++k) {
    if (kept_[k]) join_variables(units_->units()[k], k);
  }
  join_variables(place_.reading, kNoUnit);
  order_units();
  for (const char* reserved : {"S", "I", "C", "O"}) taken_.insert(reserved);
  for (const ParamAst& param : module_.ast().params) taken_.insert(module_.text(param.name));
  Extracted out;
  const std::string draft = solver("solve");
  const CompileResult compiled = compile_source(draft, "extracted", module_.dialect());
  if (!compiled.ok) {
    throw RewriteError("what was extracted does not compile: " +
                       format_diagnostic(compiled.errors.front()));
  }
  BatchGraph graph;
  graph.add(compiled.program, compiled.program.defs.back());
  out.fingerprint = graph.fingerprint(0).text();
  out.name = "solve_" + out.fingerprint;
  out.source = solver(out.name);
  return out;
}

Extracted extract(std::string_view source, const std::string& file, Dsl dialect,
                  const ExtractRequest& request) {
  return Extraction(source, file, dialect).run(request);
}

}  // namespace arcbatch
