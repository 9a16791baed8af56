// Evaluation of nodes: a code frame whose registers are the nodes' values, run one instruction at
// a time.
#include "backend/cpu/node_executor.h"

#include <algorithm>
#include <utility>

#include "backend/cpu/constants.h"
#include "backend/cpu/tokpidjin.h"
#include "backend/evaluator.h"
#include "core/ticks.h"

namespace arcbatch {
namespace {

// Whether another budget might have given another status. An order is refused where elements would
// have to be taken in it, and want of budget in the middle of them is such a case.
bool follows_from_budget(Status status) {
  return status == Status::limit_steps || status == Status::limit_bytes ||
         status == Status::unsupported_order;
}

// Neither the parts of what is unpacked nor the ends of programs are.
bool is_evaluated(Opcode op) {
  return op != Opcode::move && op != Opcode::ret && op != Opcode::raise && op != Opcode::refuse;
}

// What finds no room here runs alone, with all of a run's memory, while this is still held: so the
// memory of both has to be little more than that.
u64 capacity_of(const RunOptions& options) {
  constexpr u64 kLeast = u64{16} << 20;
  return min_of(options.arena_bytes, max_of(options.arena_bytes / 16, kLeast));
}

}  // namespace

NodeExecutor::NodeExecutor(const RunOptions& options, const FlushLimits& limits,
                           MakeInput make_input)
    : options_(options),
      limits_(limits),
      make_input_(std::move(make_input)),
      arena_(capacity_of(options)),
      frames_(new Frame[kMaxFrames]) {
  for (u32 k = 0; k < kPrimCount; ++k) primitives_.push_back(Value::primitive(k));
  FastKernels fast = fast_kernels(resolve_kernel_path(options.path), options.isa);
  ctx_.generic_only = fast.dispatch == nullptr && fast.table == nullptr;
  profiled_ = options.profile && fast.table != nullptr;
  if (profiled_) {
    profile_.primitives = empty_profile(fast);
    ctx_.profile = profile_.primitives.data();
    fast = profiling_kernels();
  }
  evaluator_ = std::make_unique<Evaluator>(ctx_, code_, frames_.get(), fast);
}

NodeExecutor::~NodeExecutor() = default;

// As Runner::set_dialect(): others than arc-dsl have generic kernels alone.
void NodeExecutor::set_dialect(Dsl dialect) {
  if (dialect == dialect_) return;
  dialect_ = dialect;
  primitives_.clear();
  FastKernels fast;
  if (dialect == Dsl::arc_dsl) {
    for (u32 k = 0; k < kPrimCount; ++k) primitives_.push_back(Value::primitive(k));
    fast = profiled_ ? profiling_kernels()
                     : fast_kernels(resolve_kernel_path(options_.path), options_.isa);
  } else {
    for (u32 k = 0; k < dialect_info(dialect).function_count; ++k) {
      primitives_.push_back(tokpidjin_function(k));
    }
  }
  ctx_.generic_only = fast.dispatch == nullptr && fast.table == nullptr;
  code_.dialect_call = dialect == Dsl::tokpidjin ? &call_tokpidjin : nullptr;
  evaluator_ = std::make_unique<Evaluator>(ctx_, code_, frames_.get(), fast);
}

void NodeExecutor::load(const BatchGraph& graph) {
  graph_ = &graph;
  set_dialect(graph.dialect());
  states_.assign(graph.nodes().size(), State{});
  values_.resize(graph.nodes().size());
  too_large_.clear();
  constants_.assign(graph.constants().size(), Value{});  // what a graph before left would be read
  compound_constants_.clear();
  for (u32 k = 0; k < constants_.size(); ++k) {
    if (!inline_constant(graph.constants(), k, constants_.data())) compound_constants_.push_back(k);
  }
  function_.code = graph.nodes().data();
  function_.operands = graph.operands().data();
  function_.leaf_calls = graph.leaf_calls().data();
  function_.param_count = 1;
  function_.required = 1;
  function_.register_count = static_cast<u32>(values_.size());
  if (profiled_) {
    classes_ = graph.node_classes();
    for (u32 k = BatchGraph::kArguments; k < classes_.size(); ++k) {
      if (is_evaluated(graph.nodes()[k].op)) profile_of(k).nodes++;
    }
  }
  fixed_.clear();
  if (graph.uses_pairs()) fixed_ = graph.nodes_without_input();
  depends_on_compared_.clear();
  compared_.clear();
  if (graph.uses_compared()) {
    for (const NodeClass c : graph.node_classes()) {
      if (c == NodeClass::compared)
        compared_.push_back(static_cast<u32>(depends_on_compared_.size()));
      depends_on_compared_.push_back(c == NodeClass::compared);
    }
  }
  ready_ = false;
  code_.functions = &function_;
  code_.constants = constants_.data();
  code_.primitives = primitives_.data();
}

Status NodeExecutor::begin(bool same_pairs) {
  const bool keep =
      same_pairs && ready_ && !flushed_ && !fixed_.empty() && arena_.used() < limits_.branch_bytes;
  flushed_ = false;
  return keep ? next_input() : restart();
}

void NodeExecutor::next_epoch() {
  if (++epoch_ == 0) {
    std::fill(states_.begin(), states_.end(), State{});
    epoch_ = 1;
  }
  made_again_ = 0;
  bounds_.clear();
}

// Drops all values but the input and the constants, which are made anew.
Status NodeExecutor::restart() {
  next_epoch();
  ready_ = false;
  arena_.reset();
  ctx_.start(&arena_, options_.limits);
  ARC_TRY(evaluator_->open(function_, values_.data()));
  if (graph_->uses_pairs()) {
    ARC_TRY(make_input_(ctx_, BatchGraph::kPairs, values_[BatchGraph::kPairs]));
  }
  ARC_TRY(make_input_(ctx_, BatchGraph::kInput, values_[BatchGraph::kInput]));
  ARC_TRY(make_compared());
  for (u32 k = 0; k < BatchGraph::kArguments; ++k) states_[k].epoch = epoch_;
  ARC_TRY(make_constants());
  ready_ = true;
  return Status::ok;
}

Status NodeExecutor::make_compared() {
  values_[BatchGraph::kCompared] = Value::none();
  if (!graph_->uses_compared()) return Status::ok;
  return make_input_(ctx_, BatchGraph::kCompared, values_[BatchGraph::kCompared]);
}

Status NodeExecutor::compare_anew() {
  if (!ready_) return restart();
  for (const u32 node : compared_) states_[node].epoch = 0;
  ctx_.steps = static_cast<i64>(options_.limits.steps);
  ctx_.bytes = static_cast<i64>(options_.limits.bytes);
  if (const Status status = make_compared(); status != Status::ok) {
    ready_ = false;
    return status;
  }
  states_[BatchGraph::kCompared].epoch = epoch_;
  return Status::ok;
}

// Makes another input beside all values that there are, and takes over those that still hold.
Status NodeExecutor::next_input() {
  const u32 before = epoch_;
  next_epoch();
  if (epoch_ < before) return restart();
  ready_ = false;
  ctx_.start(&arena_, options_.limits);
  ARC_TRY(evaluator_->open(function_, values_.data()));
  ARC_TRY(make_input_(ctx_, BatchGraph::kInput, values_[BatchGraph::kInput]));
  ARC_TRY(make_compared());
  for (u32 k = 0; k < BatchGraph::kArguments; ++k) states_[k].epoch = epoch_;
  for (const u32 node : fixed_) {
    State& s = states_[node];
    if (s.epoch != before || s.bound) continue;
    s.epoch = epoch_;
    counts_.kept++;
  }
  ready_ = true;
  return Status::ok;
}

Status NodeExecutor::flush() {
  counts_.flushes++;
  flushed_ = true;
  return restart();
}

void NodeExecutor::branch() {
  const u64 used = arena_.used();
  // A failure shows when the next value is made.
  if (used > limits_.branch_bytes && used > 4 * made_again_) static_cast<void>(flush());
}

// Tuples live in the arena because their caches do. Children come before their parents.
Status NodeExecutor::make_constants() {
  for (const u32 k : compound_constants_) {
    items_.clear();
    for (const u32 child : graph_->constants()[k].children) items_.push_back(constants_[child]);
    ARC_TRY(make_tuple(ctx_, items_.data(), items_.size(), constants_[k]));
  }
  return Status::ok;
}

Status NodeExecutor::evaluate(u32 node, Budget& budget) {
  const State& s = states_[node];
  if (s.epoch == epoch_ && s.bound) {
    const Bound& bound = bounds_[static_cast<u64>(s.steps)];
    if (bound.before.steps == budget.steps && bound.before.bytes == budget.bytes) {
      budget = bound.after;
      counts_.reused++;
      return s.status;
    }
  }
  if (ARC_UNLIKELY(!too_large_.empty() && too_large_[node])) return Status::resource_memory;
  if (ARC_UNLIKELY(!ready_ || arena_.held() > limits_.held_bytes)) ARC_TRY(flush());
  Budget left = budget;
  Status status = run_node(node, left);
  if (ARC_UNLIKELY(status == Status::resource_memory)) {
    // Once more with nothing in the arena but what the node needs.
    ARC_TRY(flush());
    left = budget;
    status = run_node(node, left);
    if (status == Status::resource_memory) {
      too_large_.resize(states_.size());
      too_large_[node] = true;
      return status;
    }
  }
  budget = left;
  return status;
}

// Evaluates a node and notes what came of it.
Status NodeExecutor::run_node(u32 node, Budget& budget) {
  if (flushed_ && !has_operands(node)) ARC_TRY(make_operands(node));
  const State& s = states_[node];
  counts_.evaluated++;
  // A node that is known, but costs more than is left: how far the budget goes is found out, and
  // what is known stays.
  const bool known = s.epoch == epoch_ && !s.bound;
  const Value value = values_[node];
  ctx_.steps = budget.steps;
  ctx_.bytes = budget.bytes;
  const Status status = ARC_LIKELY(!profiled_) ? evaluator_->run_single(node) : run_profiled(node);
  if (ARC_UNLIKELY(known)) {
    values_[node] = value;
    counts_.bound++;
  } else if (ARC_UNLIKELY(follows_from_budget(status))) {
    note(node, State{static_cast<i64>(bounds_.size()), 0, epoch_, status, true});
    bounds_.push_back(Bound{budget, {ctx_.steps, ctx_.bytes}});
    counts_.bound++;
  } else if (ARC_LIKELY(status != Status::resource_memory)) {
    note(node, State{budget.steps - ctx_.steps, budget.bytes - ctx_.bytes, epoch_, status, false});
  }
  budget = Budget{ctx_.steps, ctx_.bytes};
  return status;
}

Status NodeExecutor::run_profiled(u32 node) {
  NodeProfile& p = profile_of(node);
  const u64 used = arena_.used();
  const u64 orders = ctx_.order_requests;
  const u64 generic = ctx_.generic_calls;
  const u64 start = ticks_now();
  const Status status = evaluator_->run_single(node);
  p.ticks += ticks_now() - start;
  p.evaluated++;
  p.bytes += arena_.used() - used;
  p.orders += ctx_.order_requests - orders;
  p.generic += ctx_.generic_calls - generic;
  return status;
}

Profile NodeExecutor::take_profile() {
  Profile taken = profile_;
  profile_.nodes = {};
  clear_profile(profile_.primitives);
  return taken;
}

// Whether the values that a node needs are there.
bool NodeExecutor::has_operands(u32 node) const {
  const LeafCall& leaf = graph_->leaf_calls()[node];
  if (ARC_LIKELY(leaf.count != 0)) {
    for (u32 k = 0; k < leaf.count; ++k) {
      if (leaf.args[k].kind() == OperandKind::reg && !is_there(leaf.args[k].index())) return false;
    }
    return true;
  }
  const Instr& in = graph_->nodes()[node];
  const Operand* operands = graph_->operands().data() + in.first_operand;
  for (u32 k = 0; k < in.operand_count; ++k) {
    if (operands[k].kind() == OperandKind::reg && !is_there(operands[k].index())) return false;
  }
  return true;
}

// Evaluates what the node's operands need and a flush has dropped. All of it ended as ok before,
// within the budget of the program at hand.
Status NodeExecutor::make_operands(u32 node) {
  const std::vector<Instr>& nodes = graph_->nodes();
  const u64 used = arena_.used();
  missing_.assign(1, node);
  while (!missing_.empty()) {
    const u32 at = missing_.back();
    const std::size_t before = missing_.size();
    for (u32 k = 0; k < nodes[at].operand_count; ++k) {
      const Operand o = graph_->operands()[nodes[at].first_operand + k];
      if (o.kind() != OperandKind::reg || is_there(o.index())) continue;
      missing_.push_back(o.index());
    }
    if (missing_.size() > before) continue;
    missing_.pop_back();
    if (at == node || is_there(at)) continue;  // as what several need, and parts, by now are
    const Budget full{static_cast<i64>(options_.limits.steps),
                      static_cast<i64>(options_.limits.bytes)};
    ctx_.steps = full.steps;
    ctx_.bytes = full.bytes;
    counts_.evaluated++;
    counts_.again++;
    const Status status = ARC_LIKELY(!profiled_) ? evaluator_->run_single(at) : run_profiled(at);
    if (status != Status::ok) return Status::resource_memory;
    note(at, State{full.steps - ctx_.steps, full.bytes - ctx_.bytes, epoch_, status, false});
  }
  made_again_ += arena_.used() - used;
  return Status::ok;
}

// Keeps what is known of a node, and of the parts of a tuple that it unpacks.
void NodeExecutor::note(u32 node, const State& state) {
  states_[node] = state;
  if (ARC_LIKELY(graph_->leaf_calls()[node].count != 0)) return;
  const Instr& in = graph_->nodes()[node];
  if (ARC_LIKELY(in.op != Opcode::unpack || state.status != Status::ok)) return;
  for (u32 k = 0; k < static_cast<u32>(in.immediate); ++k) states_[in.dst + k] = state;
}

Status NodeExecutor::result(u32 ret, Value& out) {
  const Operand operand = graph_->operands()[graph_->nodes()[ret].first_operand];
  for (bool again = false;; again = true) {
    if (!ready_) ARC_TRY(flush());
    Status status = has_operands(ret) ? Status::ok : make_operands(ret);
    if (status == Status::ok) status = evaluator_->read_operand(operand, out);
    if (status != Status::resource_memory || again) return status;
    ARC_TRY(flush());
  }
}

}  // namespace arcbatch
