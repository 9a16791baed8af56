// From the instructions of programs to nodes, and from the nodes of programs to a tree of steps.
#include "graph/batch_graph.h"

#include <algorithm>
#include <stdexcept>

namespace arcbatch {
namespace {

constexpr u32 kMaxNodes = u32{1} << 28;  // an operand's index has 29 bits

// Calls whose result may be, or may hold, something with an identity that a program can see, and
// that the call made: a function or, in tokpidjin, whose defaults and numbers may be such as well,
// a nan. Leaf primitives only hand on what they are given.
bool may_make_identity(Dsl dialect, Operand callee) {
  return dialect != Dsl::arc_dsl || callee.kind() != OperandKind::primitive ||
         prim_info(static_cast<Prim>(callee.index())).kind == PrimKind::higher;
}

bool can_be_node(const Function& f, const Instr& in) {
  switch (in.op) {
    case Opcode::move:
    case Opcode::call:
    case Opcode::tuple:
    case Opcode::subscript:
    case Opcode::unpack:
    case Opcode::ret:
    case Opcode::raise:
    case Opcode::refuse: break;
    default: return false;
  }
  if (in.keyword_set != 0) return false;
  const Operand* operands = f.operands.data() + in.first_operand;
  return std::none_of(operands, operands + in.operand_count,
                      [](Operand o) { return o.kind() == OperandKind::function; });
}

bool holds_text(const Program& program, u32 constant) {
  const Constant& c = program.constants[constant];
  return c.kind == Constant::Kind::text ||
         std::any_of(c.children.begin(), c.children.end(),
                     [&program](u32 child) { return holds_text(program, child); });
}

// Whether all instructions of the function can be nodes. Those of batt files go on where nodes end,
// and texts are the program's own.
bool can_be_shared(const Program& program, const Function& f) {
  const std::optional<Parameters> parameters = parameters_of(f);
  if (!parameters || parameters == Parameters::batt || f.capture_count != 0) return false;
  const auto is_text = [&program](Operand o) {
    return o.kind() == OperandKind::constant && holds_text(program, o.index());
  };
  if (!program.texts.empty() &&
      (std::any_of(f.operands.begin(), f.operands.end(), is_text) ||
       std::any_of(f.defaults.begin(), f.defaults.end(),
                   [&program](u32 k) { return holds_text(program, k); }))) {
    return false;
  }
  return std::all_of(f.code.begin(), f.code.end(),
                     [&f](const Instr& in) { return can_be_node(f, in); });
}

}  // namespace

BatchGraph::BatchGraph() {
  for (const char* name : {"input", "pairs", "compared"}) {
    nodes_.emplace_back();
    leaf_calls_.emplace_back();
    occurrences_.push_back(0);
    last_users_.push_back(0);
    fingerprints_.push_back(Fingerprinter().add(std::string_view(name)).take());
  }
}

u32 BatchGraph::add(const Program& program, u32 function) {
  if (!steps_.empty()) throw std::logic_error("a finished graph takes no programs");
  if (programs_.empty()) dialect_ = program.dialect;
  if (mapped_program_ != &program) {
    mapped_program_ = &program;
    constant_map_.assign(program.constants.size(), 0);
  }
  ProgramEntry entry;
  entry.program = &program;
  entry.function = function;
  entry.first_statement = static_cast<u32>(statements_.size());
  if (program.dialect == dialect_ && can_be_shared(program, program.functions[function])) {
    programs_.push_back(entry);
    translate(programs_.back());
  } else {
    entry.fingerprint = fingerprint_of_code(program, function);
    programs_.push_back(entry);
    ++opaque_count_;
  }
  return static_cast<u32>(programs_.size() - 1);
}

void BatchGraph::translate(ProgramEntry& entry) {
  const Program& program = *entry.program;
  const Function& f = program.functions[entry.function];
  registers_.resize(f.register_count);
  assigned_.assign(f.register_count, false);
  deepest_ = 0;
  const Parameters parameters = *parameters_of(f);
  u32 given = 0;
  const auto give = [&](u32 node) {
    registers_[given] = Operand::make(OperandKind::reg, node);
    assigned_[given++] = true;
  };
  if (parameters != Parameters::i) {
    give(kPairs);
    uses_pairs_ = true;
  }
  give(kInput);
  if (parameters == Parameters::s_i_c) {
    give(kCompared);
    uses_compared_ = true;
  }
  for (u32 k = given; k < f.params.size(); ++k) {
    const u32 constant = constant_of(program, f.defaults[k - f.required]);
    registers_[k] = Operand::make(OperandKind::constant, constant);
    assigned_[k] = true;
  }
  branch_ = kNone;
  path_.add(std::string_view("program"));
  if (dialect_ != Dsl::arc_dsl) path_.add(dialect_info(dialect_).name);
  for (const Instr& in : f.code) {
    if (!translate_instr(f, in)) break;
  }
  entry.end = branch_;
  entry.constant_depth = deepest_;
  entry.fingerprint = path_.take();
  // The program's constants are made before it runs, those of code that is never reached too.
  for (const Operand o : f.operands) {
    if (o.kind() == OperandKind::constant) {
      const u32 constant = constant_of(program, o.index());
      entry.constant_depth = std::max(entry.constant_depth, constant_depths_[constant]);
    }
  }
  for (const u32 k : f.defaults) {
    entry.constant_depth =
        std::max(entry.constant_depth, constant_depths_[constant_of(program, k)]);
  }
}

// What an operand of the program is in the graph; false for a register without a value.
bool BatchGraph::read(Operand o, Operand& out) const {
  if (o.kind() == OperandKind::reg) {
    out = registers_[o.index()];
    return assigned_[o.index()];
  }
  out = o;
  if (o.kind() == OperandKind::constant) {
    out = Operand::make(OperandKind::constant, constant_map_[o.index()] - 1);
  }
  return true;
}

// Adds one instruction to the program's path; false where the program ends with it.
bool BatchGraph::translate_instr(const Function& f, const Instr& in) {
  arguments_.clear();
  for (u32 k = 0; k < in.operand_count; ++k) {
    const Operand o = f.operands[in.first_operand + k];
    if (o.kind() == OperandKind::constant) constant_of(*mapped_program_, o.index());
    Operand argument;
    if (!read(o, argument)) {
      Instr raise;
      raise.op = Opcode::raise;
      raise.status = Status::unbound_local_error;
      append(node_of(raise, nullptr, false), in.statement);
      return false;
    }
    arguments_.push_back(argument);
  }
  if (in.op == Opcode::move) {
    registers_[in.dst] = arguments_[0];
    assigned_[in.dst] = true;
    return true;
  }
  Instr node;
  node.op = in.op;
  node.operand_count = in.operand_count;
  switch (in.op) {
    case Opcode::subscript:
    case Opcode::unpack: node.immediate = in.immediate; break;
    case Opcode::raise: node.status = in.status; break;
    case Opcode::refuse:
      node.immediate = reason_of(mapped_program_->reasons[static_cast<u64>(in.immediate)]);
      break;
    default: break;
  }
  const bool makes_identity = in.op == Opcode::call && may_make_identity(dialect_, arguments_[0]);
  const u32 id = node_of(node, arguments_.data(), makes_identity);
  append(id, in.statement);
  if (in.op == Opcode::ret || in.op == Opcode::raise || in.op == Opcode::refuse) return false;
  const u32 count = in.op == Opcode::unpack ? static_cast<u32>(in.immediate) : 1;
  for (u32 k = 0; k < count; ++k) {
    registers_[in.dst + k] = Operand::make(OperandKind::reg, nodes_[id].dst + k);
    assigned_[in.dst + k] = true;
  }
  return true;
}

// Makes the node the program's next step.
void BatchGraph::append(u32 node, u32 statement) {
  ++statement_count_;
  statements_.push_back(statement);
  path_.add(fingerprints_[node]);
  const u64 hash = mix_word(mix_word(0, node), branch_);
  const u32 fresh = static_cast<u32>(branches_.size());
  const u32 found = branch_ids_.find_or_add(hash, fresh, [&](u32 k) {
    return branches_[k].node == node && branches_[k].parent == branch_;
  });
  if (found == fresh) branches_.push_back(Branch{node, branch_});
  branch_ = found;
}

// Returns the node of an operation on operands. Two functions made by two statements of one
// program are two even if they are made alike, so a statement that may make one is another node
// than the program's earlier ones of its kind. The k-th ones of several programs are one node:
// no program can tell.
u32 BatchGraph::node_of(Instr in, const Operand* operands, bool makes_identity) {
  const u32 user = static_cast<u32>(programs_.size());
  u64 hash = mix_word(
      static_cast<u64>(in.op) | u64{in.operand_count} << 8 | static_cast<u64>(in.status) << 24,
      in.op == Opcode::ret ? 0 : static_cast<u64>(in.immediate));
  for (u32 k = 0; k < in.operand_count; ++k) hash = mix_word(hash, operands[k].bits);
  for (u32 occurrence = 0;; ++occurrence) {
    const u32 fresh = static_cast<u32>(nodes_.size());
    const u32 id = node_ids_.find_or_add(mix_word(hash, occurrence), fresh, [&](u32 k) {
      const Instr& other = nodes_[k];
      return other.op == in.op && other.operand_count == in.operand_count &&
             other.status == in.status && occurrences_[k] == occurrence &&
             (other.immediate == in.immediate || in.op == Opcode::ret) &&
             std::equal(operands, operands + in.operand_count,
                        operands_.data() + other.first_operand,
                        [](Operand a, Operand b) { return a.bits == b.bits; });
    });
    if (id != fresh) {
      if (makes_identity && last_users_[id] == user) continue;
      last_users_[id] = user;
      return id;
    }
    in.first_operand = static_cast<u32>(operands_.size());
    operands_.insert(operands_.end(), operands, operands + in.operand_count);
    in.dst = in.op == Opcode::unpack ? id + 1 : id;
    if (in.op == Opcode::ret) in.immediate = result_count_++;
    const Fingerprint fingerprint = fingerprint_of_node(in, operands, occurrence);
    const u32 parts = in.op == Opcode::unpack ? static_cast<u32>(in.immediate) : 0;
    if (u64{id} + parts >= kMaxNodes) throw std::length_error("a graph of too many nodes");
    nodes_.push_back(in);
    // Other dialects' functions are called as a whole.
    leaf_calls_.push_back(dialect_ == Dsl::arc_dsl ? leaf_call_of(operands, in) : LeafCall{});
    for (u32 k = 0; k < parts; ++k) {
      Instr part;
      part.op = Opcode::move;
      part.operand_count = 1;
      part.first_operand = static_cast<u32>(operands_.size());
      part.dst = id + 1 + k;
      operands_.push_back(Operand::make(OperandKind::reg, id));
      nodes_.push_back(part);
      leaf_calls_.emplace_back();
    }
    occurrences_.resize(nodes_.size(), 0);
    occurrences_[id] = occurrence;
    last_users_.resize(nodes_.size(), 0);
    last_users_[id] = user;
    fingerprints_.push_back(fingerprint);
    for (u32 k = 0; k < parts; ++k) {
      fingerprints_.push_back(
          Fingerprinter().add(std::string_view("part")).add(k).add(fingerprint).take());
    }
    return id;
  }
}

Fingerprint BatchGraph::fingerprint_of_node(const Instr& in, const Operand* operands,
                                            u32 occurrence) const {
  Fingerprinter hash;
  hash.add(std::string_view("node")).add(static_cast<u64>(in.op)).add(occurrence);
  switch (in.op) {
    case Opcode::subscript:
    case Opcode::unpack: hash.add(static_cast<u64>(in.immediate)); break;
    case Opcode::raise: hash.add(std::string_view(status_name(in.status))); break;
    case Opcode::refuse: hash.add(reason(in)); break;
    default: break;
  }
  for (u32 k = 0; k < in.operand_count; ++k) {
    const Operand o = operands[k];
    hash.add(static_cast<u64>(o.kind()));
    switch (o.kind()) {
      case OperandKind::reg: hash.add(fingerprints_[o.index()]); break;
      case OperandKind::constant: hash.add(constant_fingerprints_[o.index()]); break;
      default: hash.add(dialect_info(dialect_).functions[o.index()].name); break;
    }
  }
  return hash.take();
}

// Literals are one constant if they print alike: True is not 1.
u32 BatchGraph::constant_of(const Program& program, u32 constant) {
  if (constant_map_[constant] != 0) return constant_map_[constant] - 1;
  Constant c = program.constants[constant];
  u32 depth = 0;
  u64 hash = mix_word(static_cast<u64>(c.kind), static_cast<u64>(c.integer));
  for (u32& child : c.children) {
    child = constant_of(program, child);
    depth = std::max(depth, constant_depths_[child]);
    hash = mix_word(hash, child);
  }
  if (c.kind == Constant::Kind::tuple) ++depth;
  const u32 fresh = static_cast<u32>(constants_.size());
  const u32 id = constant_ids_.find_or_add(hash, fresh, [&](u32 k) {
    const Constant& other = constants_[k];
    return other.kind == c.kind && other.integer == c.integer && other.children == c.children;
  });
  if (id == fresh) {
    constants_.push_back(std::move(c));
    constant_depths_.push_back(depth);
    constant_fingerprints_.push_back(fingerprint_of_constant(program, constant));
  }
  constant_map_[constant] = id + 1;
  return id;
}

u32 BatchGraph::reason_of(const std::string& reason) {
  const auto found = std::find(reasons_.begin(), reasons_.end(), reason);
  if (found != reasons_.end()) return static_cast<u32>(found - reasons_.begin());
  reasons_.push_back(reason);
  return static_cast<u32>(reasons_.size() - 1);
}

void BatchGraph::finish() {
  if (!steps_.empty()) throw std::logic_error("the graph is finished");
  order_steps();
  branches_ = {};
  branch_ids_.clear();
  node_ids_.clear();
  constant_ids_.clear();
  occurrences_ = {};
  last_users_ = {};
  fingerprints_ = {};
  constant_fingerprints_ = {};
  constant_depths_ = {};
  constant_map_ = {};
}

// Steps in preorder, branches of one parent in the order in which they came.
void BatchGraph::order_steps() {
  const u32 count = static_cast<u32>(branches_.size());
  // Steps below each branch, itself included, from which preorder places follow: branches come
  // after their parents.
  std::vector<u32> sizes(count, 1);
  for (u32 k = count; k-- > 0;) {
    if (branches_[k].parent != kNone) sizes[branches_[k].parent] += sizes[k];
  }
  std::vector<u32> places(count);
  std::vector<u32> next(count);  // by branch: the place of its next child
  u32 next_root = 0;
  steps_.resize(u64{count} + 1);
  for (u32 k = 0; k < count; ++k) {
    const u32 parent = branches_[k].parent;
    u32& place = parent == kNone ? next_root : next[parent];
    places[k] = place;
    next[k] = place + 1;
    GraphStep& step = steps_[place];
    step.node = branches_[k].node;
    step.depth = parent == kNone ? 0 : steps_[places[parent]].depth + 1;
    step.end = place + sizes[k];
    place += sizes[k];
  }
  steps_[count].end = count + 1;
  // Programs by their last step, and how many have theirs before each.
  for (ProgramEntry& entry : programs_) {
    if (entry.end == kNone) continue;
    entry.end = places[entry.end];
    steps_[entry.end + 1].first_program++;
  }
  for (u32 k = 1; k <= count; ++k) steps_[k].first_program += steps_[k - 1].first_program;
  by_end_.resize(steps_[count].first_program);
  std::vector<u32> at(count);
  for (u32 k = 0; k < program_count(); ++k) {
    const u32 end = programs_[k].end;
    if (end != kNone) by_end_[steps_[end].first_program + at[end]++] = k;
  }
}

std::vector<NodeClass> BatchGraph::node_classes() const {
  std::vector<NodeClass> classes(nodes_.size(), NodeClass::literals);
  classes[kInput] = NodeClass::input;
  classes[kPairs] = NodeClass::pairs;
  classes[kCompared] = NodeClass::compared;
  for (u32 k = kArguments; k < nodes_.size(); ++k) {  // operands come before those that use them
    const Instr& in = nodes_[k];
    for (u32 n = 0; n < in.operand_count; ++n) {
      const Operand o = operands_[in.first_operand + n];
      if (o.kind() == OperandKind::reg) classes[k] = std::max(classes[k], classes[o.index()]);
    }
  }
  return classes;
}

std::vector<u32> BatchGraph::nodes_without_input() const {
  const std::vector<NodeClass> classes = node_classes();
  std::vector<u32> fixed;
  for (u32 k = kArguments; k < nodes_.size(); ++k) {
    if (classes[k] <= NodeClass::pairs) fixed.push_back(k);
  }
  return fixed;
}

GraphSize BatchGraph::size() const {
  GraphSize size;
  size.programs = programs_.size();
  size.opaque = opaque_count_;
  size.statements = statement_count_;
  size.nodes = nodes_.size() - kArguments;
  size.steps = steps_.empty() ? branches_.size() : steps_.size() - 1;
  return size;
}

const Statement* BatchGraph::statement(u32 k, u32 depth) const {
  const ProgramEntry& entry = programs_[k];
  const Function& f = entry.program->functions[entry.function];
  const u32 statement = statements_[entry.first_statement + depth];
  return statement < f.statements.size() ? &f.statements[statement] : nullptr;
}

}  // namespace arcbatch
