// Items of a slice: a worker takes all programs of a graph on one example and evaluates each node
// once, so that every program ends as it does alone. It is what GraphRunner and NodeExecutor do on
// the host, in the memory of one worker.
#pragma once

#include "backend/device/worker_parts.h"
#include "backend/evaluator.h"

namespace arcbatch::device {

class GraphWorker {
 public:
  ARC_HD GraphWorker(const Workspace& w, const Desk& desk, const SliceItem& item)
      : w_(w),
        slice_(*w.slice),
        desk_(desk),
        graph_(w.slice->graph(item.graph)),
        example_(w.examples->examples()[item.example]),
        numbers_(w.slice->run_numbers(item)),
        nodes_(graph_.part(graph_.nodes)),
        operands_(graph_.part(graph_.operands)),
        leaf_calls_(graph_.part(graph_.leaf_calls)),
        steps_(graph_.part(graph_.steps)),
        evaluator_(ctx_, code_, desk.frames, desk.kernels, w.frames) {}
  GraphWorker(const GraphWorker&) = delete;
  GraphWorker& operator=(const GraphWorker&) = delete;

  // Steps are taken in preorder: what a program has left is known from its last step's depth. Where
  // a step fails, the programs below end, and their other steps are not looked at.
  ARC_HD void run() {
    Status ready = lay_out();
    if (ready == Status::ok) ready = restart();
    if (ready != Status::ok) {
      RunEnd end;
      end.status = ready;
      end_programs(0, graph_.step_count, end);
      count();
      return;
    }
    // The call of the function itself is a step, which there is where programs share anything.
    left_[0] = Budget{full_.steps - 1, full_.bytes};
    for (u32 k = 0; k < graph_.step_count;) {
      const GraphStep& step = steps_[k];
      const Instr& in = nodes_[step.node];
      Budget left = left_[step.depth];
      RunEnd end;
      end.stage = Stage::called;
      if (in.op == Opcode::ret) {
        end = result_of(step.node);
      } else if (in.op == Opcode::raise) {
        end.status = in.status;
      } else if (in.op == Opcode::refuse) {
        end.status = Status::unsupported_construct;
        end.refusal = in.immediate;
      } else {
        end.status = visit(step.node, left);
        if (end.status == Status::ok) {
          left_[step.depth + 1] = left;
          ++k;
          continue;
        }
      }
      end.function = kNowhere;
      end.statement = step.depth;
      end.steps = static_cast<u64>(full_.steps - left.steps);
      end_programs(k, step.end, end);
      k = step.end;
    }
    count();
  }

 private:
  // What a program has left.
  struct Budget {
    i64 steps = 0;
    i64 bytes = 0;
  };
  // What is known of a node in this epoch: how it ends, but not where the budget decides that.
  struct State {
    i64 steps = 0;  // charged
    i64 bytes = 0;
    u32 epoch = 0;
    Status status = Status::ok;
  };
  // What programs return that end in one node.
  struct Result {
    bool known = false;
    RunEnd end;
  };

  template <class T>
  ARC_HD T* take(u64 count) {
    const u64 bytes = (count * sizeof(T) + 15) & ~u64{15};
    if (bytes > bytes_) return nullptr;
    T* const taken = reinterpret_cast<T*>(memory_);
    memory_ += bytes;
    bytes_ -= bytes;
    for (u64 k = 0; k < count; ++k) taken[k] = T{};
    return taken;
  }

  // Sets what is known of nodes and results before the arena.
  ARC_HD Status lay_out() {
    memory_ = desk_.memory;
    bytes_ = desk_.bytes;
    states_ = take<State>(graph_.node_count);
    ARC_ALLOC(states_);
    values_ = take<Value>(graph_.node_count);
    ARC_ALLOC(values_);
    missing_ = take<u32>(graph_.node_count);
    ARC_ALLOC(missing_);
    results_ = take<Result>(graph_.result_count);
    ARC_ALLOC(results_);
    left_ = take<Budget>(u64{graph_.depth} + 2);
    ARC_ALLOC(left_);
    function_.code = nodes_;
    function_.operands = operands_;
    function_.leaf_calls = leaf_calls_;
    function_.param_count = 1;
    function_.required = 1;
    function_.register_count = graph_.node_count;
    code_.functions = &function_;
    code_.primitives = w_.primitives;
    return Status::ok;
  }

  // Drops all values but the arguments, literals and what is compared, which are made anew.
  ARC_HD Status restart() {
    ++epoch_;
    expected_made_ = false;
    arena_.adopt(memory_, bytes_);
    start_context(ctx_, arena_, slice_, desk_);
    full_ = Budget{ctx_.steps, ctx_.bytes};
    ARC_TRY(evaluator_.open(function_, values_));
    if (graph_.uses_pairs != 0) {
      ARC_TRY(make_pairs(ctx_, *w_.examples, example_, values_[kPairsNode]));
    }
    const GridImage& g = example_.input;
    ARC_TRY(cells_value(ctx_, g.h, g.w, w_.examples->cells(g), values_[kInputNode]));
    values_[kComparedNode] = Value::none();
    for (u32 k = 0; k < kArgumentNodes; ++k) states_[k].epoch = epoch_;
    const Literals literals{graph_.part(graph_.constants), graph_.constant_count,
                            graph_.part(graph_.compounds), graph_.compound_words, false};
    return make_constants(ctx_, literals, code_.constants);
  }

  // Memory that is short for want of an arena may be found in an empty one.
  [[nodiscard]] ARC_HD bool may_flush(Status status) const {
    return status == Status::resource_memory && ctx_.shortage == Shortage::arena;
  }

  // Charges `left` and returns how a node ends in a program that has this left, and whose earlier
  // nodes all ended as ok. resource_memory is not the node's end but this worker's.
  ARC_HD Status visit(u32 node, Budget& left) {
    const State& s = states_[node];
    if (s.epoch == epoch_ && s.steps <= left.steps && s.bytes <= left.bytes) {
      left.steps -= s.steps;
      left.bytes -= s.bytes;
      return s.status;
    }
    Budget after = left;
    ctx_.shortage = Shortage::arena;
    Status status = run_node(node, after);
    if (may_flush(status)) {
      // Once more with nothing in the arena but what the node needs.
      ARC_TRY(restart());
      after = left;
      status = run_node(node, after);
    }
    left = after;
    return status;
  }

  ARC_HD Status run_node(u32 node, Budget& left) {
    if (epoch_ > 1 && !has_operands(node)) ARC_TRY(make_operands(node));
    State& s = states_[node];
    evaluated_++;
    // A node that is known, but costs more than is left: how far the budget goes is found out, and
    // what is known stays.
    const bool known = s.epoch == epoch_;
    const Value value = values_[node];
    ctx_.steps = left.steps;
    ctx_.bytes = left.bytes;
    const Status status = evaluator_.run_single(node);
    if (known) {
      values_[node] = value;
    } else if (!follows_from_budget(status) && status != Status::resource_memory) {
      note(node, State{left.steps - ctx_.steps, left.bytes - ctx_.bytes, epoch_, status});
    }
    left = Budget{ctx_.steps, ctx_.bytes};
    return status;
  }

  // Whether another budget might have given another status. An order is refused where elements
  // would have to be taken in it, and want of budget in the middle of them is such a case.
  ARC_HD static bool follows_from_budget(Status status) {
    return status == Status::limit_steps || status == Status::limit_bytes ||
           status == Status::unsupported_order;
  }

  // Keeps what is known of a node, and of the parts of a tuple that it unpacks.
  ARC_HD void note(u32 node, const State& state) {
    states_[node] = state;
    const Instr& in = nodes_[node];
    if (in.op != Opcode::unpack || state.status != Status::ok) return;
    for (u32 k = 0; k < static_cast<u32>(in.immediate); ++k) states_[in.dst + k] = state;
  }

  [[nodiscard]] ARC_HD bool is_there(Operand o) const {
    return o.kind() != OperandKind::reg || states_[o.index()].epoch == epoch_;
  }
  [[nodiscard]] ARC_HD bool has_operands(u32 node) const {
    const Instr& in = nodes_[node];
    for (u32 k = 0; k < in.operand_count; ++k) {
      if (!is_there(operands_[in.first_operand + k])) return false;
    }
    return true;
  }

  // Evaluates what the node's operands need and a restart has dropped. All of it ended as ok
  // before, within the budget of the program at hand.
  ARC_HD Status make_operands(u32 node) {
    // Depth first: the nodes between `node` and the one at hand, each an operand of the one before.
    u32 depth = 0;
    u32 at = node;
    for (;;) {
      const Instr& in = nodes_[at];
      u32 next = at;
      for (u32 k = 0; k < in.operand_count && next == at; ++k) {
        const Operand o = operands_[in.first_operand + k];
        if (!is_there(o)) next = o.index();
      }
      if (next != at) {
        missing_[depth++] = at;
        at = next;
        continue;
      }
      if (at == node) return Status::ok;
      if (in.op != Opcode::move) {
        ctx_.steps = full_.steps;
        ctx_.bytes = full_.bytes;
        evaluated_++;
        const Status status = evaluator_.run_single(at);
        if (status != Status::ok) return Status::resource_memory;
        note(at, State{full_.steps - ctx_.steps, full_.bytes - ctx_.bytes, epoch_, status});
      }
      at = missing_[--depth];
    }
  }

  // How programs end that return what a node returns: it is compared and encoded once.
  ARC_HD RunEnd result_of(u32 ret) {
    Result& result = results_[nodes_[ret].immediate];
    if (result.known) return result.end;
    ctx_.shortage = Shortage::arena;
    RunEnd end;
    end.stage = Stage::called;
    Sink sink = sink_of(slice_);
    end.status = describe_result(ret, end, sink);
    if (may_flush(end.status)) {
      end = RunEnd{};
      end.stage = Stage::called;
      sink = sink_of(slice_);
      end.status = restart();
      if (end.status == Status::ok) end.status = describe_result(ret, end, sink);
    }
    end.give_up = give_up_of(ctx_, slice_, end.status);
    if (end.status == Status::ok && slice_.want_values != 0) send_value(w_, sink, end);
    result.known = true;
    result.end = end;
    return end;
  }

  ARC_HD Status describe_result(u32 ret, RunEnd& end, Sink& sink) {
    if (!has_operands(ret)) ARC_TRY(make_operands(ret));
    Value value;
    ARC_TRY(evaluator_.read_operand(operands_[nodes_[ret].first_operand], value));
    end.stage = Stage::returned;
    ctx_.asking = kPrimCount;
    const bool compared = example_.has_expected != 0;
    if (compared && !expected_made_) {
      ARC_TRY(make_expected(ctx_, *w_.examples, example_, expected_));
      expected_made_ = true;
    }
    return describe(ctx_, slice_, compared ? &expected_ : nullptr, value, end, sink);
  }

  // Gives an end to the programs whose last step is one of these.
  ARC_HD void end_programs(u32 first_step, u32 last_step, RunEnd end) {
    if (end.give_up == GiveUp::none) end.give_up = give_up_of(ctx_, slice_, end.status);
    end.serial = slice_.serial;
    const u32 last = steps_[last_step].first_program;
    for (u32 k = steps_[first_step].first_program; k < last; ++k) {
      if (numbers_[k] == kNoRun) continue;
      w_.end->ends()[numbers_[k]] = end;
      statements_ += u64{end.statement} + 1;
    }
  }

  ARC_HD void count() {
    add_shared(w_.end->statements, statements_);
    add_shared(w_.end->evaluated, evaluated_);
    add_shared(w_.end->leaf_calls, ctx_.leaf_calls);
    add_shared(w_.end->generic_calls, ctx_.generic_calls);
  }

  const Workspace& w_;
  SliceImage& slice_;
  const Desk& desk_;
  const GraphImage& graph_;
  const ExampleImage& example_;
  const u32* numbers_;
  const Instr* nodes_;
  const Operand* operands_;
  const LeafCall* leaf_calls_;
  const GraphStep* steps_;

  u8* memory_ = nullptr;  // behind the tables
  u64 bytes_ = 0;
  State* states_ = nullptr;
  Value* values_ = nullptr;
  u32* missing_ = nullptr;
  Result* results_ = nullptr;
  Budget* left_ = nullptr;  // by depth
  Budget full_;
  u32 epoch_ = 0;
  Value expected_;
  bool expected_made_ = false;
  u64 statements_ = 0;
  u64 evaluated_ = 0;

  Arena arena_;
  Ctx ctx_;
  FunctionView function_;
  CodeView code_;
  Evaluator evaluator_;
};

// Not inlined: what it keeps is large, and runs alone need none of it.
ARC_HD __attribute__((noinline)) inline void run_item(const Workspace& w, const Desk& desk,
                                                      const SliceItem& item) {
  GraphWorker(w, desk, item).run();
}

}  // namespace arcbatch::device
