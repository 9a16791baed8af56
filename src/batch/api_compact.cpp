// Functions as arrays, from and to text.
#include <fmt/format.h>

#include <algorithm>

#include "arcbatch/session.h"
#include "batch/api_impl.h"
#include "primitives/registry.h"

namespace arcbatch::api {
namespace {

constexpr std::int32_t kTuple = 0;
constexpr std::int32_t kSubscript = 1;

[[noreturn]] void refuse(const std::string& text) { throw std::invalid_argument(text); }

std::string literal(const Data& data) {
  switch (data.kind()) {
    case Data::Kind::none: return "None";
    case Data::Kind::boolean: return data.integer() != 0 ? "True" : "False";
    case Data::Kind::integer: return fmt::format("{}", data.integer());
    case Data::Kind::tuple: {
      std::string text = "(";
      for (std::size_t k = 0; k < data.items().size(); ++k) {
        text += (k > 0 ? ", " : "") + literal(data.items()[k]);
      }
      return text + (data.items().size() == 1 ? ",)" : ")");
    }
    case Data::Kind::set: break;
  }
  refuse("a constant holds a set, which no literal says");
}

class TextWriter {
 public:
  explicit TextWriter(const CompactProgram& program) : program_(program) {}

  std::string write(std::string_view name) {
    std::string text = fmt::format("def {}(I):\n", name);
    while (at_ < program_.code.size()) {
      const std::string call = statement();
      text += fmt::format("    x{} = {}\n", ++statements_, call);
    }
    return text + "    return " + reference(program_.returned) + "\n";
  }

 private:
  std::int32_t take() {
    if (at_ == program_.code.size())
      refuse(fmt::format("code ends within statement {}", statements_ + 1));
    return program_.code[at_++];
  }

  std::string statement() {
    const std::int32_t callee = take();
    const std::int32_t count = take();
    if (count < 0) refuse(fmt::format("code[{}] is no number of arguments: {}", at_ - 1, count));
    std::vector<std::string> arguments;
    const std::size_t first = at_;
    for (std::int32_t k = 0; k < count; ++k) arguments.push_back(reference(take()));
    const std::string list = fmt::format("{}", fmt::join(arguments, ", "));
    if ((callee & 3) != CompactProgram::form) return reference(callee) + "(" + list + ")";
    if (callee >> 2 == kTuple) return "(" + list + (count == 1 ? ",)" : ")");
    if (callee >> 2 != kSubscript || count != 2) {
      refuse(fmt::format("code[{}] is no form with {} arguments: {}", first - 2, count, callee));
    }
    const Data* index = nullptr;
    if ((program_.code[first + 1] & 3) == CompactProgram::constant) {
      index = &program_.constants[static_cast<std::size_t>(program_.code[first + 1] >> 2)];
    }
    if (index == nullptr || index->kind() != Data::Kind::integer) {
      refuse(fmt::format("code[{}] is no constant int to subscript with", first + 1));
    }
    return arguments[0] + "[" + arguments[1] + "]";
  }

  std::string reference(std::int32_t ref) const {
    const std::int32_t number = ref >> 2;
    const auto within = [number](std::size_t count) {
      return number >= 0 && static_cast<std::size_t>(number) < count;
    };
    switch (ref & 3) {
      case CompactProgram::result:
        if (!within(statements_ + 1)) break;
        return number == 0 ? "I" : fmt::format("x{}", number);
      case CompactProgram::constant:
        if (!within(program_.constants.size())) break;
        return literal(program_.constants[static_cast<std::size_t>(number)]);
      case CompactProgram::primitive:
        if (!within(kPrimCount)) break;
        return primitive_names()[static_cast<std::size_t>(number)];
      default: break;
    }
    refuse(fmt::format("{} refers to nothing that is there in statement {}", ref, statements_ + 1));
  }

  const CompactProgram& program_;
  std::size_t at_ = 0;
  std::size_t statements_ = 0;
};

class CompactWriter {
 public:
  CompactWriter(const arcbatch::Program& program, const Function& function)
      : program_(program), function_(function), registers_(function.register_count, kUnset) {}

  CompactProgram write() {
    if (function_.params.size() != 1 || function_.required != 1) {
      refuse(fmt::format("{} takes other parameters than one", function_.name));
    }
    registers_[0] = CompactProgram::reference(CompactProgram::result, 0);
    for (const Instr& in : function_.code) {
      if (in.op == Opcode::ret) {
        out_.returned = reference(in, 0);
        return std::move(out_);
      }
      add(in);
    }
    refuse("the function returns nothing");
  }

 private:
  static constexpr std::int32_t kUnset = -1;

  void add(const Instr& in) {
    if (in.op == Opcode::move) {
      registers_[in.dst] = reference(in, 0);
      return;
    }
    u32 first = 0;
    if (in.op == Opcode::call && in.keyword_set == 0) {
      out_.code.push_back(reference(in, 0));
      first = 1;
    } else if (in.op == Opcode::tuple) {
      out_.code.push_back(CompactProgram::reference(CompactProgram::form, kTuple));
    } else if (in.op == Opcode::subscript) {
      out_.code.push_back(CompactProgram::reference(CompactProgram::form, kSubscript));
    } else {
      refuse(fmt::format("line {}: arrays cannot say '{}'", function_.statements[in.statement].line,
                         function_.statements[in.statement].text));
    }
    const bool subscript = in.op == Opcode::subscript;
    out_.code.push_back(static_cast<std::int32_t>(in.operand_count - first + (subscript ? 1 : 0)));
    for (u32 k = first; k < in.operand_count; ++k) out_.code.push_back(reference(in, k));
    if (subscript) out_.code.push_back(constant(Data::integer(in.immediate)));
    registers_[in.dst] = CompactProgram::reference(CompactProgram::result, ++statements_);
  }

  std::int32_t reference(const Instr& in, u32 k) {
    const Operand o = function_.operands[in.first_operand + k];
    switch (o.kind()) {
      case OperandKind::reg:
        if (registers_[o.index()] == kUnset) break;
        return registers_[o.index()];
      case OperandKind::constant: return constant(data_of(o.index()));
      case OperandKind::primitive:
        return CompactProgram::reference(CompactProgram::primitive,
                                         static_cast<std::int32_t>(o.index()));
      case OperandKind::function: break;
    }
    refuse(fmt::format("line {}: arrays cannot say '{}'", function_.statements[in.statement].line,
                       function_.statements[in.statement].text));
  }

  std::int32_t constant(Data&& data) {
    const auto found = std::find(out_.constants.begin(), out_.constants.end(), data);
    const auto number = static_cast<std::int32_t>(found - out_.constants.begin());
    if (found == out_.constants.end()) out_.constants.push_back(std::move(data));
    return CompactProgram::reference(CompactProgram::constant, number);
  }

  Data data_of(u32 index) const {
    const Constant& c = program_.constants[index];
    switch (c.kind) {
      case Constant::Kind::none:
      case Constant::Kind::text: break;  // arc-dsl has no texts
      case Constant::Kind::boolean: return Data::boolean(c.integer != 0);
      case Constant::Kind::integer: return Data::integer(c.integer);
      case Constant::Kind::tuple: {
        std::vector<Data> items;
        for (const u32 child : c.children) items.push_back(data_of(child));
        return Data::tuple(std::move(items));
      }
    }
    return Data::none();
  }

  const arcbatch::Program& program_;
  const Function& function_;
  std::vector<std::int32_t> registers_;  // the reference that each stands for
  CompactProgram out_;
  std::int32_t statements_ = 0;
};

}  // namespace

const std::vector<std::string>& primitive_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (u32 k = 0; k < kPrimCount; ++k) all.emplace_back(prim_info(static_cast<Prim>(k)).name);
    return all;
  }();
  return names;
}

std::string to_text(const CompactProgram& program, std::string_view name) {
  return TextWriter(program).write(name);
}

CompactProgram to_compact(const Program& program, std::string_view function) {
  const arcbatch::Program& compiled = Access::program(program);
  const int index = compiled.find(std::string(function));
  if (index < 0) {
    throw std::out_of_range(fmt::format("the program has no function '{}'", function));
  }
  return CompactWriter(compiled, compiled.functions[static_cast<u32>(index)]).write();
}

}  // namespace arcbatch::api
