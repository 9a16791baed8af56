// Evaluation of nodes: a code frame whose registers are the nodes' values, run one instruction at
// a time.
#include "backend/cpu/node_executor.h"

#include <algorithm>
#include <utility>

#include "backend/cpu/constants.h"
#include "backend/evaluator.h"

namespace arcbatch {
namespace {

// Whether another budget might have given another status. An order is refused where elements would
// have to be taken in it, and want of budget in the middle of them is such a case.
bool follows_from_budget(Status status) {
  return status == Status::limit_steps || status == Status::limit_bytes ||
         status == Status::unsupported_order;
}

}  // namespace

NodeExecutor::NodeExecutor(const RunOptions& options, u64 batch_bytes, MakeInput make_input)
    : options_(options),
      batch_bytes_(batch_bytes),
      make_input_(std::move(make_input)),
      arena_(options.arena_bytes),
      frames_(new Frame[kMaxFrames]) {
  for (u32 k = 0; k < kPrimCount; ++k) primitives_.push_back(Value::primitive(k));
  const FastKernels fast = fast_kernels(resolve_kernel_path(options.path), options.isa);
  ctx_.generic_only = fast.dispatch == nullptr && fast.table == nullptr;
  evaluator_ = std::make_unique<Evaluator>(ctx_, code_, frames_.get(), fast);
}

NodeExecutor::~NodeExecutor() = default;

void NodeExecutor::load(const BatchGraph& graph) {
  graph_ = &graph;
  states_.assign(graph.nodes().size(), State{});
  values_.resize(graph.nodes().size());
  constants_.resize(graph.constants().size());
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
  code_.functions = &function_;
  code_.constants = constants_.data();
  code_.primitives = primitives_.data();
}

Status NodeExecutor::begin() {
  flushed_ = false;
  return restart();
}

// Drops all values but the input and the constants, which are made anew.
Status NodeExecutor::restart() {
  if (++epoch_ == 0) {
    std::fill(states_.begin(), states_.end(), State{});
    epoch_ = 1;
  }
  bounds_.clear();
  arena_.reset();
  ctx_.start(&arena_, options_.limits);
  ARC_TRY(evaluator_->open(function_, values_.data()));
  ARC_TRY(make_input_(ctx_, values_[BatchGraph::kInput]));
  states_[BatchGraph::kInput].epoch = epoch_;
  return make_constants();
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
  State& s = states_[node];
  if (s.epoch == epoch_ && s.bound) {
    const Bound& bound = bounds_[static_cast<u64>(s.steps)];
    if (bound.before.steps == budget.steps && bound.before.bytes == budget.bytes) {
      budget = bound.after;
      counts_.reused++;
      return s.status;
    }
  }
  if (ARC_UNLIKELY(arena_.held() > batch_bytes_)) {
    counts_.flushes++;
    flushed_ = true;
    ARC_TRY(restart());
  }
  Budget left = budget;
  Status status = run_node(node, left);
  if (ARC_UNLIKELY(status == Status::resource_memory)) {
    // Once more with nothing in the arena but what the node needs.
    counts_.flushes++;
    flushed_ = true;
    ARC_TRY(restart());
    left = budget;
    status = run_node(node, left);
    if (status == Status::resource_memory) return status;
  }
  budget = left;
  return status;
}

// Evaluates a node and notes what came of it.
Status NodeExecutor::run_node(u32 node, Budget& budget) {
  if (ARC_UNLIKELY(flushed_)) ARC_TRY(make_operands(node));
  State& s = states_[node];
  counts_.evaluated++;
  // A node that is known, but costs more than is left: how far the budget goes is found out, and
  // what is known stays.
  const bool known = s.epoch == epoch_ && !s.bound;
  const Value value = values_[node];
  ctx_.steps = budget.steps;
  ctx_.bytes = budget.bytes;
  const Status status = evaluator_->run_single(node);
  if (ARC_UNLIKELY(known)) {
    values_[node] = value;
    counts_.bound++;
  } else if (ARC_UNLIKELY(follows_from_budget(status))) {
    s = State{static_cast<i64>(bounds_.size()), 0, epoch_, status, true};
    bounds_.push_back(Bound{budget, {ctx_.steps, ctx_.bytes}});
    counts_.bound++;
  } else if (ARC_LIKELY(status != Status::resource_memory)) {
    s = State{budget.steps - ctx_.steps, budget.bytes - ctx_.bytes, epoch_, status, false};
  }
  budget = Budget{ctx_.steps, ctx_.bytes};
  return status;
}

// Evaluates what the node's operands need and a flush has dropped. All of it ended as ok before,
// within the budget of the program at hand.
Status NodeExecutor::make_operands(u32 node) {
  const std::vector<Instr>& nodes = graph_->nodes();
  missing_.assign(1, node);
  while (!missing_.empty()) {
    const u32 at = missing_.back();
    const std::size_t before = missing_.size();
    for (u32 k = 0; k < nodes[at].operand_count; ++k) {
      const Operand o = graph_->operands()[nodes[at].first_operand + k];
      if (o.kind() != OperandKind::reg || o.index() == BatchGraph::kInput) continue;
      const Instr& in = nodes[o.index()];
      const u32 owner =
          in.op == Opcode::move ? graph_->operands()[in.first_operand].index() : o.index();
      if (states_[owner].epoch != epoch_ || states_[owner].bound) missing_.push_back(owner);
    }
    if (missing_.size() > before) continue;
    missing_.pop_back();
    if (at == node) continue;
    if (states_[at].epoch == epoch_ && !states_[at].bound) continue;  // needed by two
    ctx_.steps = static_cast<i64>(options_.limits.steps);
    ctx_.bytes = static_cast<i64>(options_.limits.bytes);
    const Budget full{ctx_.steps, ctx_.bytes};
    counts_.evaluated++;
    const Status status = evaluator_->run_single(at);
    if (status != Status::ok) return Status::resource_memory;
    states_[at] = State{full.steps - ctx_.steps, full.bytes - ctx_.bytes, epoch_, status, false};
  }
  return Status::ok;
}

Status NodeExecutor::result(u32 ret, Value& out) {
  const Operand operand = graph_->operands()[graph_->nodes()[ret].first_operand];
  for (bool again = false;; again = true) {
    Status status = flushed_ ? make_operands(ret) : Status::ok;
    if (status == Status::ok) status = evaluator_->read_operand(operand, out);
    if (status != Status::resource_memory || again) return status;
    counts_.flushes++;
    flushed_ = true;
    ARC_TRY(restart());
  }
}

}  // namespace arcbatch
