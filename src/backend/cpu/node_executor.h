// NodeExecutor: evaluates nodes of a BatchGraph for one input, each once, and knows what each was
// charged, so that every program pays as if it ran alone.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "backend/code.h"
#include "backend/cpu/profile.h"
#include "backend/cpu/runner.h"
#include "graph/batch_graph.h"

namespace arcbatch {

class Evaluator;

// What a program has left.
struct Budget {
  i64 steps = 0;
  i64 bytes = 0;
};

// When an input's values are dropped, to be made again where they are needed.
struct FlushLimits {
  // Between two branches of programs, once values take this much: about what stays in a core's
  // cache. Values that were made again count too, but may not be most of it.
  u64 branch_bytes = u64{16} << 20;
  // Anywhere, once the arena holds this much of the machine's memory.
  u64 held_bytes = u64{1} << 30;
};

// What was done, over all inputs.
struct NodeCounts {
  u64 evaluated = 0;  // nodes, those that were made again too
  u64 again = 0;      // of them, because a flush had dropped their values
  u64 reused = 0;     // visits of a node that was known
  u64 bound = 0;      // evaluations that ended for want of budget, or as unsupported
  u64 flushes = 0;    // times that the arena was emptied within an input
  u64 kept = 0;       // nodes whose values were kept from the input before
};

class NodeExecutor {
 public:
  // Sets the values of the input that is being worked on, of its task's training pairs for kPairs,
  // and of what is compared with for kCompared, in the context's arena.
  using MakeInput = std::function<Status(Ctx&, u32 node, Value&)>;

  NodeExecutor(const RunOptions& options, const FlushLimits& limits, MakeInput make_input);
  ~NodeExecutor();

  // Takes a finished graph, which must outlive its use here.
  void load(const BatchGraph& graph);

  // Forgets the last input and makes the next. Where that has the same training pairs as the last,
  // what does not depend on the input is kept, as long as memory for it is at hand.
  Status begin(bool same_pairs);

  // Goes on with the same input and training pairs, and with another value of kCompared: what does
  // not depend on that is kept.
  Status compare_anew();
  // Whether a node's value depends on what is compared with.
  [[nodiscard]] bool depends_on_compared(u32 node) const {
    return !depends_on_compared_.empty() && depends_on_compared_[node];
  }

  // Says that the next node belongs to other programs than the last one did.
  void branch();

  // Runs a node that is neither ret, raise nor refuse: charges `budget` and returns how it ends in
  // a program that has this left and whose earlier nodes all ended as ok. resource_memory is not
  // the node's end but this executor's: the program has to run alone.
  ARC_INLINE Status visit(u32 node, Budget& budget) {
    const State& s = states_[node];
    if (ARC_UNLIKELY(profiled_)) profile_of(node).visits++;
    if (ARC_LIKELY(s.epoch == epoch_ && s.steps <= budget.steps && s.bytes <= budget.bytes &&
                   !s.bound)) {
      budget.steps -= s.steps;
      budget.bytes -= s.bytes;
      counts_.reused++;
      return s.status;
    }
    return evaluate(node, budget);
  }

  // Sets `out` to the operand of a ret node whose program has come this far.
  Status result(u32 ret, Value& out);

  // The epoch in which values are there: it moves on with every input and every flush.
  [[nodiscard]] u32 epoch() const { return epoch_; }
  Ctx& ctx() { return ctx_; }
  [[nodiscard]] const NodeCounts& counts() const { return counts_; }

  // Returns what was counted since the last call; all zero unless RunOptions::profile.
  Profile take_profile();

 private:
  // What is known of a node in this epoch. A status that follows from the budget in part counts
  // only for that very budget: then it is bound, and steps and bytes are an index of bounds_.
  struct State {
    i64 steps = 0;  // charged
    i64 bytes = 0;
    u32 epoch = 0;
    Status status = Status::ok;
    bool bound = false;
  };
  struct Bound {
    Budget before;
    Budget after;
  };

  Status evaluate(u32 node, Budget& budget);
  Status run_node(u32 node, Budget& budget);
  Status run_profiled(u32 node);
  NodeProfile& profile_of(u32 node) { return profile_.nodes[static_cast<u32>(classes_[node])]; }
  void set_dialect(Dsl dialect);
  Status make_compared();
  Status restart();
  Status next_input();
  void next_epoch();
  Status flush();
  void note(u32 node, const State& state);
  [[nodiscard]] bool is_there(u32 node) const {
    return states_[node].epoch == epoch_ && !states_[node].bound;
  }
  [[nodiscard]] bool has_operands(u32 node) const;
  Status make_operands(u32 node);
  Status make_constants();

  const BatchGraph* graph_ = nullptr;
  RunOptions options_;
  FlushLimits limits_;
  MakeInput make_input_;
  Arena arena_;
  Ctx ctx_;
  FunctionView function_;
  CodeView code_;
  std::vector<State> states_;
  std::vector<Value> values_;
  std::vector<Bound> bounds_;
  bool profiled_ = false;
  std::vector<NodeClass> classes_;  // where profiled
  Profile profile_;
  std::vector<u32> missing_;
  // Nodes that found no room even alone, by node; empty without any. Their programs run alone at
  // once on what follows, since finding out takes as long as the run.
  std::vector<bool> too_large_;
  Dsl dialect_ = Dsl::arc_dsl;
  std::vector<bool> depends_on_compared_;  // by node; empty where nothing does
  std::vector<u32> compared_;              // those nodes
  std::vector<u32> fixed_;  // nodes that do not depend on the input, where pairs are used
  u32 epoch_ = 0;
  bool ready_ = false;    // the input and the constants are there
  bool flushed_ = false;  // within this input, so that values may be missing
  u64 made_again_ = 0;    // bytes of values made again since the last flush
  NodeCounts counts_;

  std::vector<Value> constants_;
  std::vector<u32> compound_constants_;  // that live in the arena
  std::vector<Value> items_;
  std::vector<Value> primitives_;
  std::unique_ptr<Frame[]> frames_;
  std::unique_ptr<Evaluator> evaluator_;
};

}  // namespace arcbatch
