// Module-level binding in source order: the last binding of a name is what functions see, while
// defaults and module constants see what stands before them.
#include "frontend/resolve.h"

namespace arcbatch {

namespace {

constexpr u64 bit(Status status) { return u64{1} << static_cast<u32>(status); }

constexpr u64 all_errors() {
  u64 mask = 0;
  for (u32 s = 0; s < 64; ++s) {
    if (is_error(static_cast<Status>(s))) mask |= u64{1} << s;
  }
  return mask;
}

struct ExceptionClass {
  std::string_view name;
  u64 mask;
};

constexpr ExceptionClass kExceptions[] = {
    {"BaseException", all_errors()},
    {"Exception", all_errors()},
    {"ArithmeticError", bit(Status::zero_division_error) | bit(Status::overflow_error)},
    {"AttributeError", bit(Status::attribute_error)},
    {"IndexError", bit(Status::index_error)},
    {"KeyError", bit(Status::key_error)},
    {"LookupError", bit(Status::index_error) | bit(Status::key_error)},
    {"NameError", bit(Status::name_error) | bit(Status::unbound_local_error)},
    {"OverflowError", bit(Status::overflow_error)},
    {"RecursionError", bit(Status::recursion_error)},
    {"RuntimeError", bit(Status::runtime_error) | bit(Status::recursion_error)},
    {"StopIteration", bit(Status::stop_iteration)},
    {"TypeError", bit(Status::type_error)},
    {"UnboundLocalError", bit(Status::unbound_local_error)},
    {"ValueError", bit(Status::value_error)},
    {"ZeroDivisionError", bit(Status::zero_division_error)},
};

// The other exception classes of Python's builtins, which nothing here raises.
bool is_other_exception(std::string_view name) {
  for (const std::string_view suffix : {"Error", "Exception", "Warning"}) {
    if (name.size() > suffix.size() && name.substr(name.size() - suffix.size()) == suffix) {
      return true;
    }
  }
  return name == "GeneratorExit" || name == "KeyboardInterrupt" || name == "SystemExit" ||
         name == "StopAsyncIteration";
}

u64 hash_of(const std::vector<u32>& children) {
  u64 hash = children.size();
  for (const u32 child : children) hash = (hash ^ child) * 0x9e3779b97f4a7c15u + (hash >> 29);
  return hash;
}

}  // namespace

u32 ConstantPool::add(Constant::Kind kind, i64 value) {
  Constant constant;
  constant.kind = kind;
  constant.integer = value;
  constants_.push_back(std::move(constant));
  return static_cast<u32>(constants_.size() - 1);
}

u32 ConstantPool::none() {
  if (none_ == kAbsent) none_ = add(Constant::Kind::none, 0);
  return none_;
}

u32 ConstantPool::text(u64 index) { return add(Constant::Kind::text, static_cast<i64>(index)); }

u32 ConstantPool::boolean(bool value) {
  u32& slot = booleans_[value ? 1 : 0];
  if (slot == kAbsent) slot = add(Constant::Kind::boolean, value ? 1 : 0);
  return slot;
}

u32 ConstantPool::integer(i64 value) {
  if (value >= kSmallest && value < kSmallest + static_cast<i64>(small_.size())) {
    u32& slot = small_[static_cast<std::size_t>(value - kSmallest)];
    if (slot == kAbsent) slot = add(Constant::Kind::integer, value);
    return slot;
  }
  const auto [it, is_new] = integers_.try_emplace(value, 0);
  if (is_new) it->second = add(Constant::Kind::integer, value);
  return it->second;
}

u32 ConstantPool::tuple(std::vector<u32> children) {
  const u64 hash = hash_of(children);
  const auto [first, last] = tuples_.equal_range(hash);
  for (auto it = first; it != last; ++it) {
    if (constants_[it->second].children == children) return it->second;
  }
  const u32 index = add(Constant::Kind::tuple, 0);
  constants_[index].children = std::move(children);
  tuples_.emplace(hash, index);
  return index;
}

u32 ConstantPool::dialect(u32 index) {
  u32& slot = dialect_[index];
  if (slot != kAbsent) return slot;
  const DialectConstant& constant = of_dialect_[index];
  switch (constant.kind) {
    case DialectConstant::Kind::boolean: slot = boolean(constant.a != 0); break;
    case DialectConstant::Kind::integer: slot = integer(constant.a); break;
    case DialectConstant::Kind::pair:
      slot = tuple({integer(constant.a), integer(constant.b)});
      break;
  }
  return slot;
}

Module::Module(const Ast& ast_in, const NameTable& names_in, Reporter& reporter_in,
               Program& program_in)
    : ast(ast_in),
      names(names_in),
      reporter(reporter_in),
      program(program_in),
      constants(program_in.constants, names_in.dialect()) {
  // The same for every file of a dialect, so worked out once.
  const auto make = [this] {
    std::vector<Binding> all;
    for (u32 name = 0; name < names.first_source_name(); ++name) all.push_back(base_binding(name));
    return all;
  };
  bindings_.reserve(names.size());
  if (names.dialect() == Dsl::arc_dsl) {
    static const std::vector<Binding> fixed = make();
    bindings_ = fixed;
  } else {
    static const std::vector<Binding> fixed = make();
    bindings_ = fixed;
  }
  bindings_.resize(names.size());
}

Binding Module::base_binding(u32 name) const {
  Binding binding;
  if (name >= names.first_source_name() || name < kFirstFunctionName) return binding;
  if (name < names.first_constant()) {
    binding.kind = Binding::Kind::operand;
    binding.operand = Operand::make(OperandKind::primitive, name - kFirstFunctionName);
  } else if (name < names.first_foreign()) {
    binding.kind = Binding::Kind::dialect;
  } else {
    binding.kind = Binding::Kind::foreign;
  }
  return binding;
}

const Binding& Module::global(u32 name) {
  Binding& binding = bindings_[name];
  if (binding.kind == Binding::Kind::dialect) {
    binding.kind = Binding::Kind::operand;
    binding.operand =
        Operand::make(OperandKind::constant, constants.dialect(name - names.first_constant()));
  } else if (binding.kind == Binding::Kind::unknown && opaque_module_ != 0) {
    binding.kind = Binding::Kind::foreign;
  }
  return binding;
}

std::string Module::foreign_reason(u32 name) const {
  const std::string text = quoted(names.text(name));
  if (name >= names.first_foreign() && name < names.first_foreign() + kTypeNameCount) {
    return "the type " + text + " as a value is outside the supported subset";
  }
  if (name >= names.first_foreign() && name < names.first_source_name()) {
    return "Python's " + text + " is outside the supported subset";
  }
  if (opaque_module_ != 0) {
    std::string reason = text + " may come from the star import of " +
                         quoted(names.text(opaque_module_)) +
                         ", whose contents are outside the supported subset";
    if (const auto* other = other_dialect_with(names.dialect(), names.text(name));
        other != nullptr) {
      reason += "; it is of the dialect " + std::string(other->name) + " (--dialect " +
                std::string(other->name) + ")";
    }
    return reason;
  }
  return text + " is imported from outside the dialect";
}

bool Module::exception_mask(u32 name, u64& mask) const {
  if (name < names.first_foreign() || name >= names.first_source_name() ||
      bindings_[name].kind != Binding::Kind::foreign) {
    return false;
  }
  const std::string_view text = names.text(name);
  for (const ExceptionClass& exception : kExceptions) {
    if (exception.name == text) {
      mask |= exception.mask;
      return true;
    }
  }
  return is_other_exception(text);
}

u32 Module::text_constant(const Node& node) {
  const std::string_view text =
      std::string_view(program.text->source).substr(node.a, node.b - node.a);
  const auto [it, is_new] = texts_.try_emplace(std::string(text), 0);
  if (is_new) {
    it->second = constants.text(program.texts.size());
    program.texts.emplace_back(text);
  }
  return it->second;
}

u32 Module::reason(const std::string& text) {
  const auto [it, is_new] = reasons_.try_emplace(text, static_cast<u32>(program.reasons.size()));
  if (is_new) program.reasons.push_back(text);
  return it->second;
}

bool Module::fold(u32 index, std::string_view what, Operand& out) {
  const Node& node = ast.nodes[index];
  const auto constant = [&](u32 i) {
    out = Operand::make(OperandKind::constant, i);
    return true;
  };
  switch (node.kind) {
    case NodeKind::none: return constant(constants.none());
    case NodeKind::boolean: return constant(constants.boolean(node.a != 0));
    case NodeKind::text: return constant(text_constant(node));
    case NodeKind::integer: return constant(constants.integer(node.integer()));
    case NodeKind::name: {
      const Binding& binding = global(node.a);
      if (binding.kind == Binding::Kind::operand) {
        out = binding.operand;
        return true;
      }
      if (binding.kind == Binding::Kind::foreign) {
        reporter.error(node.offset, foreign_reason(node.a));
      } else {
        reporter.error(node.offset, "unknown name " + quoted(names.text(node.a)) + " in " +
                                        std::string(what) + " (NameError when the file is loaded)");
      }
      return false;
    }
    case NodeKind::tuple: {
      std::vector<u32> children;
      children.reserve(node.b);
      for (u32 i = 0; i < node.b; ++i) {
        Operand child;
        if (!fold(ast.children[node.a + i], what, child)) return false;
        if (child.kind() != OperandKind::constant) {
          reporter.refuse(node.offset, std::string(what) + " with a function in a tuple");
          return false;
        }
        children.push_back(child.index());
      }
      return constant(constants.tuple(std::move(children)));
    }
    case NodeKind::big_integer:
      reporter.refuse(node.offset, "an integer literal beyond 64 bits");
      return false;
    default:
      reporter.refuse(node.offset, std::string(what) + " that is not a literal or a constant");
      return false;
  }
}

void Module::bind_def(u32 index) {
  const FunctionAst& source = ast.functions[index];
  const u32 slot = static_cast<u32>(program.functions.size());
  Function& function = program.functions.emplace_back();
  function.name = std::string(names.text(source.name));
  function.line = source.line;
  function.params.reserve(source.param_count);
  for (u32 i = 0; i < source.param_count; ++i) {
    const ParamAst& param = ast.params[source.first_param + i];
    function.params.emplace_back(names.text(param.name));
    if (param.default_node == kNoNode) {
      ++function.required;
      continue;
    }
    Operand value;
    if (!fold(param.default_node, "a default value", value)) continue;
    if (value.kind() != OperandKind::constant) {
      reporter.refuse(param.offset, "a function as a default value");
      continue;
    }
    function.defaults.push_back(value.index());
  }
  program.defs.push_back(slot);
  def_asts.push_back(index);
  bindings_[source.name] =
      Binding{Binding::Kind::operand, Operand::make(OperandKind::function, slot)};
}

// A star import binds again what an earlier statement may have shadowed.
void Module::bind_star(const ModuleItem& item) {
  const std::string_view module = names.text(item.name);
  const auto rebind = [&](u32 first, u32 count) {
    for (u32 name = first; name < first + count; ++name) bindings_[name] = base_binding(name);
  };
  if (module == "constants") {
    rebind(names.first_constant(), names.first_foreign() - names.first_constant());
  } else if (module == "dsl" || module == "arc_types" || module == "typing") {
    if (module == "dsl") rebind(kFirstFunctionName, names.first_constant() - kFirstFunctionName);
    rebind(names.first_foreign(), kTypeNameCount);
  } else {
    opaque_module_ = item.name;
  }
}

void Module::bind() {
  program.functions.reserve(ast.items.size());
  for (const ModuleItem& item : ast.items) {
    switch (item.kind) {
      case ItemKind::def: bind_def(item.a); break;
      case ItemKind::import_star: bind_star(item); break;
      case ItemKind::import_name: {
        Binding binding = item.a == 0 ? base_binding(item.name) : Binding{};
        if (binding.kind == Binding::Kind::unknown) binding.kind = Binding::Kind::foreign;
        bindings_[item.name] = binding;
        break;
      }
      case ItemKind::assign: {
        Operand value;
        if (fold(item.a, "a module-level value", value)) {
          bindings_[item.name] = Binding{Binding::Kind::operand, value};
        }
        break;
      }
    }
  }
}

}  // namespace arcbatch
