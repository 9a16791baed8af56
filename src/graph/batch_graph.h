// BatchGraph: many programs as one hash-consed graph, so that a statement that occurs in many of
// them is evaluated once an input. No values live here; docs/architecture.md tells the rules.
#pragma once

#include <string>
#include <vector>

#include "graph/fingerprint.h"
#include "graph/graph_step.h"
#include "graph/id_table.h"
#include "graph/leaf_call.h"
#include "graph/parameters.h"
#include "graph/program.h"

namespace arcbatch {

// What a batch of programs comes to.
struct GraphSize {
  u64 programs = 0;
  u64 opaque = 0;      // of them, those that have to run alone
  u64 statements = 0;  // instructions of the others, without moves
  u64 nodes = 0;       // different ones
  u64 steps = 0;       // nodes in the tree of programs, see GraphStep
};

// What a node's value depends on and thus how long it holds: the last of these that it depends on.
enum class NodeClass : u8 { literals, pairs, input, compared };
inline constexpr u32 kNodeClasses = 4;

// Programs are added, then finish() is called, then the graph is read, by as many threads as like
// to. A node is an Instr whose registers are nodes: `dst` is the node itself, or for `unpack` the
// first of the nodes that stand for the parts. `move` is such a part, of its operand. `ret`,
// `raise` and `refuse` end a program; for `ret`, `immediate` counts these nodes, and for `refuse`
// it is a number of a reason.
class BatchGraph {
 public:
  // See graph_step.h.
  static constexpr u32 kInput = kInputNode;
  static constexpr u32 kPairs = kPairsNode;
  static constexpr u32 kCompared = kComparedNode;
  static constexpr u32 kArguments = kArgumentNodes;

  BatchGraph();

  // Adds a function that has Parameters; returns its number, from 0 on. The program must outlive
  // the graph. Nodes are of the dialect of the first program: those of others are opaque.
  u32 add(const Program& program, u32 function);

  // Puts the steps in order. Nothing can be added from then on.
  void finish();

  [[nodiscard]] GraphSize size() const;

  // The dialect of the nodes.
  [[nodiscard]] Dsl dialect() const { return dialect_; }

  // ---- programs, by number

  [[nodiscard]] u32 program_count() const { return static_cast<u32>(programs_.size()); }
  [[nodiscard]] const Program& program(u32 k) const { return *programs_[k].program; }
  [[nodiscard]] u32 function(u32 k) const { return programs_[k].function; }
  [[nodiscard]] Parameters parameters(u32 k) const {
    return *parameters_of(programs_[k].program->functions[programs_[k].function]);
  }
  // Whether a program that is not opaque takes the training pairs.
  [[nodiscard]] bool uses_pairs() const { return uses_pairs_; }
  // Whether a program that is not opaque takes what is compared with.
  [[nodiscard]] bool uses_compared() const { return uses_compared_; }
  // Whether the program uses what nodes cannot say, and has no steps.
  [[nodiscard]] bool is_opaque(u32 k) const { return programs_[k].end == kNone; }
  // Nesting of the deepest tuple of literals that the program mentions.
  [[nodiscard]] u32 constant_depth(u32 k) const { return programs_[k].constant_depth; }
  [[nodiscard]] const Fingerprint& fingerprint(u32 k) const { return programs_[k].fingerprint; }
  // The statement of the program that is its step at `depth`, or nullptr.
  [[nodiscard]] const Statement* statement(u32 k, u32 depth) const;

  // ---- the graph, once finished

  // One more than there are: the last is a sentinel.
  [[nodiscard]] const std::vector<GraphStep>& steps() const { return steps_; }
  // Programs that are not opaque, in the order of their last steps.
  [[nodiscard]] const std::vector<u32>& by_end() const { return by_end_; }
  [[nodiscard]] const std::vector<Instr>& nodes() const { return nodes_; }
  [[nodiscard]] const std::vector<LeafCall>& leaf_calls() const { return leaf_calls_; }
  [[nodiscard]] const std::vector<Operand>& operands() const { return operands_; }
  [[nodiscard]] const std::vector<Constant>& constants() const { return constants_; }
  [[nodiscard]] u32 result_count() const { return result_count_; }
  [[nodiscard]] std::vector<NodeClass> node_classes() const;
  // The nodes but the arguments whose value is the same for all inputs of a task: those of literals
  // and training pairs alone.
  [[nodiscard]] std::vector<u32> nodes_without_input() const;
  [[nodiscard]] const std::string& reason(const Instr& refuse) const {
    return reasons_[static_cast<u64>(refuse.immediate)];
  }
  // Sets `out` to the reason of a number that such a node has, if there is one.
  bool reason_at(u64 number, std::string& out) const {
    if (number >= reasons_.size()) return false;
    out = reasons_[number];
    return true;
  }

 private:
  static constexpr u32 kNone = IdTable::kNone;

  struct ProgramEntry {
    const Program* program = nullptr;
    u32 function = 0;
    u32 first_statement = 0;  // into statements_
    u32 end = kNone;          // the last branch, after finish() the last step
    u32 constant_depth = 0;
    Fingerprint fingerprint;
  };
  // A step before steps are in order.
  struct Branch {
    u32 node = 0;
    u32 parent = kNone;
  };

  void translate(ProgramEntry& entry);
  bool translate_instr(const Function& f, const Instr& in);
  bool read(Operand o, Operand& out) const;
  void append(u32 node, u32 statement);
  u32 node_of(Instr in, const Operand* operands, bool makes_identity);
  Fingerprint fingerprint_of_node(const Instr& in, const Operand* operands, u32 occurrence) const;
  u32 constant_of(const Program& program, u32 constant);
  u32 reason_of(const std::string& reason);
  void order_steps();

  std::vector<ProgramEntry> programs_;
  std::vector<u32> statements_;  // by program and depth: into Function::statements
  std::vector<Branch> branches_;
  IdTable branch_ids_;
  std::vector<GraphStep> steps_;
  std::vector<u32> by_end_;

  std::vector<Instr> nodes_;
  std::vector<LeafCall> leaf_calls_;
  std::vector<Operand> operands_;
  std::vector<u32> occurrences_;           // by node, see node_of()
  std::vector<u32> last_users_;            // by node: 1 + the program that had it last
  std::vector<Fingerprint> fingerprints_;  // by node
  IdTable node_ids_;
  u32 result_count_ = 0;
  Dsl dialect_ = Dsl::arc_dsl;
  bool uses_pairs_ = false;
  bool uses_compared_ = false;
  u64 statement_count_ = 0;
  u64 opaque_count_ = 0;

  std::vector<Constant> constants_;
  std::vector<u32> constant_depths_;
  std::vector<Fingerprint> constant_fingerprints_;
  IdTable constant_ids_;
  std::vector<std::string> reasons_;

  // Of the program being added.
  const Program* mapped_program_ = nullptr;
  std::vector<u32> constant_map_;  // of mapped_program_: 1 + the constant here, 0 where not known
  std::vector<Operand> registers_;
  std::vector<bool> assigned_;
  std::vector<Operand> arguments_;
  Fingerprinter path_;
  u32 branch_ = kNone;
  u32 deepest_ = 0;
};

}  // namespace arcbatch
