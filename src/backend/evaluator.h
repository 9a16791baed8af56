// Evaluator: calls any function value on an explicit stack of frames. Straight-line code and
// leaf primitives run here; closures and higher-order primitives are in evaluator_closures.h and
// evaluator_maps.h. On the host they may use the native stack to a small depth instead
// (evaluator_native.h), and run functions that were prepared (evaluator_prepared.h), with the same
// outcome.
#pragma once

#include "backend/execution.h"
#include "backend/frame.h"
#include "backend/prepared.h"
#include "primitives/dispatch.h"
#include "primitives/in_order.h"
#include "primitives/unordered.h"
#include "values/pending.h"
#if defined(__CUDACC__)
#include "primitives/force_order.h"
#endif

namespace arcbatch {

class Evaluator {
 public:
  // `frames` outlives the evaluator. kMaxFrames of them are always enough; with fewer, what nests
  // deeper ends for want of memory.
  ARC_HD Evaluator(Ctx& ctx, const CodeView& code, Frame* frames, const FastKernels& fast,
                   u32 frame_count = kMaxFrames)
      : ctx_(ctx), code_(code), frames_(frames), fast_(fast), frame_count_(frame_count) {}

  Observer observer;

  // Where the last error or limit was raised: function and statement of the innermost code
  // frame. Valid after run() returned a status other than ok.
  u32 error_function = 0;
  u32 error_statement = 0;
  i64 refusal = -1;  // index of the program's reason, where a `refuse` was reached

  // Calls fn(args...) to its end.
  ARC_HD Status run(const Value& fn, const Value* args, u32 n, Value& out) {
    top_ = 0;
    native_ = 0;
    start_anew();
    located_ = false;
    Status status = Status::ok;
    if (ARC_LIKELY(fn.tag == Tag::closure && fn.closure->kind == ClosureKind::def)) {
      status = enter_function(fn.closure, args, n);
      if (ARC_LIKELY(status == Status::ok)) status = step_code(frames_[0]);
    } else {
      bool done = false;
      status = invoke(fn, args, n, done);
    }
    if (ARC_UNLIKELY(status != Status::ok || top_ != 0)) ARC_TRY(settle(status, 0));
    out = ret_;
    return Status::ok;
  }

  // For a caller that runs instructions in an order of its own, on registers of its own: after
  // open(), run_single() and read_operand() work on them as the code of a function that was called
  // by nobody. `function` and `registers` outlive this.
  ARC_HD Status open(const FunctionView& function, Value* registers) {
    top_ = 0;
    native_ = 0;
    located_ = false;
    Frame* f = nullptr;
    ARC_TRY(push(FrameKind::code, 1, f));
    f->function = &function;
    f->function_index = 0;
    f->regs = registers;
    return Status::ok;
  }

  // Runs the instruction `at`, which neither jumps nor returns, nor is in a try block.
  ARC_HD ARC_INLINE Status run_single(u32 at) {
    Frame& f = frames_[0];
    const LeafCall& leaf = f.function->leaf_calls[at];
    if (ARC_LIKELY(leaf.count != 0)) return step_leaf(leaf, bases_of(f), f.regs);
    return run_single_other(at);
  }

#if !defined(__CUDA_ARCH__)
  Status run_prepared(PreparedFunction& function, u32 index, const Value* args, Value& out);

  // After run_single(at) ended as `status`: whether code goes on behind it, with a value that is
  // unknown.
  bool leaves_unknown(Status status) {
    return code_.unknown != nullptr && leave_unknown(frames_[0], status);
  }

  // Calls fn(args...) from within a dialect's function that this evaluator runs.
  Status call_back(const Value& fn, const Value* args, u32 n, Value& out) {
    return call(fn, args, n, out);
  }
#endif

  // Sets `out` to the value of an operand, as a function would return it.
  ARC_HD Status read_operand(Operand o, Value& out) { return read(frames_[0], o, out); }

 private:
  ARC_HD __attribute__((noinline)) Status run_single_other(u32 at) {
    Frame& f = frames_[0];
    f.i = at + 1;
    start_anew();
    located_ = false;
    const Instr& in = f.function->code[at];
    const Status status =
        settle(in.op == Opcode::call ? step_call(f, in, bases_of(f)) : step_other(f, in), 1);
    if (f.awaiting) {
      f.awaiting = false;
      f.regs[in.dst] = ret_;
    }
    return status;
  }

  // Steps the frames above `base`, of which the newest has just given `status`, to their end.
  ARC_HD Status settle(Status status, u32 base) {
    for (;;) {
      if (ARC_UNLIKELY(status != Status::ok)) {
        status = unwind(status, base);
        if (status != Status::ok) return status;
      }
      if (top_ == base) return Status::ok;
      status = step(frames_[top_ - 1]);
    }
  }

  // Starts a call: `done` with the result in ret_, or a frame pushed.
  ARC_HD Status invoke(const Value& fn, const Value* args, u32 n, bool& done) {
    done = false;
#if !defined(__CUDA_ARCH__)
    if (fast_.table != nullptr && native_ < kMaxNative &&
        (fn.tag != Tag::closure || fn.closure->kind < ClosureKind::def)) {
      done = true;
      return call(fn, args, n, ret_);
    }
#endif
    return invoke_framed(fn, args, n, done);
  }

  ARC_HD Status invoke_framed(const Value& fn, const Value* args, u32 n, bool& done) {
    if (fn.tag == Tag::primitive) {
      const Prim p = static_cast<Prim>(fn.i);
      if (arity_of(p) != n) return Status::type_error;
      if (is_higher(p)) return invoke_higher(p, args, done);
      done = true;
      return call_leaf(p, args, n, ret_);
    }
    if (fn.tag != Tag::closure) return Status::type_error;
    ClosureObj* c = fn.closure;
    if (c->kind >= ClosureKind::def) {
      if (c->kind != ClosureKind::dialect) return enter_function(c, args, n);
      done = true;  // needs no frame
      return call_dialect(*c, args, n, ret_);
    }
    if (c->argcount != n) return Status::type_error;
    return enter_closure(c, args, n, done);
  }

  ARC_HD Status call_dialect(const ClosureObj& c, const Value* args, u32 n, Value& out) {
#if !defined(__CUDA_ARCH__)
    if (ARC_UNLIKELY(code_.dialect_call == nullptr)) return Status::unsupported_construct;
    ctx_.leaf_calls++;
    ctx_.generic_calls++;
    ARC_TRY(code_.dialect_call(*this, ctx_, c.function, args, n, out));
    located_ = false;  // errors that it caught are forgotten
    return Status::ok;
#else
    return Status::unsupported_construct;
#endif
  }

  ARC_HD ARC_INLINE Status call_leaf(Prim p, const Value* args, u32 n, Value& out) {
    ctx_.leaf_calls++;
    return pay_and_call(p, args, n, out, [&] { return call_fast(p, args, out); });
  }

  // The rest of a leaf call; `fast` calls its fast kernel, if there is one.
  template <class Fast>
  ARC_HD ARC_INLINE Status pay_and_call(Prim p, const Value* args, u32 n, Value& out, Fast&& fast) {
    Ctx& ctx = ctx_;
    u64 cost = 1;
    u32 unusual = 0;
    for (u32 k = 0; k < n; ++k) {
      const Value& v = args[k];
      if (v.tag >= Tag::tuple) {
        cost += v.head->weight;  // bounded by kMaxExpanded, as of every finished value
        unusual |= v.head->flags & (v.tag == Tag::set ? kHasAddress : kUnordered | kPending);
      } else {
        cost += inline_weight(v.tag);
      }
    }
    const i64 left = ctx.steps - static_cast<i64>(cost);
    if (ARC_UNLIKELY(left < 0)) {
      ctx.steps = 0;
      return Status::limit_steps;
    }
    ctx.steps = left;
    if (ARC_UNLIKELY(unusual != 0)) {
      ARC_TRY(call_unusual(p, args, n, out));
    } else {
      const Status status = fast();
      if (ARC_UNLIKELY(status != Status::ok)) {
        if (status != Status::fallback) return status;
        ARC_TRY(call_generic_kernel(ctx, p, args, out));
      }
    }
    return check_result(ctx, out);
  }

  // A call on a container whose order is by address, on a list, or on a pending tuple.
  ARC_HD __attribute__((noinline)) Status call_unusual(Prim p, const Value* args, u32 n,
                                                       Value& out) {
    for (u32 k = 0; k < n; ++k) {
      if (args[k].tag == Tag::list) return Status::unsupported_construct;
    }
    Value listed[kMaxLeafArgs];
    bool pending = false;
    for (u32 k = 0; k < n; ++k) pending = pending || is_pending(args[k]);
    if (pending) {
      if (takes_pending(p)) {
        const Status status = call_fast(p, args, out);
        if (status != Status::fallback) return status;
      }
      for (u32 k = 0; k < n; ++k) {
        listed[k] = args[k];
        if (is_pending(args[k])) ARC_TRY(list_pending(ctx_, listed[k]));
      }
      args = listed;
    }
    if (!any_by_address(args, n)) return call_kernel(p, args, out);
    return call_unordered(
        ctx_, p, args, n, [&](const Value* a, Value& r) { return call_kernel(p, a, r); }, out);
  }

  // The fast kernel of a primitive, or fallback.
  ARC_HD ARC_INLINE Status call_fast(Prim p, const Value* args, Value& out) {
#if !defined(__CUDA_ARCH__)
    if (ARC_LIKELY(fast_.table != nullptr)) {
      return fast_.table[static_cast<u32>(p)](ctx_, args, out);
    }
#endif
    return fast_.dispatch != nullptr ? fast_.dispatch(ctx_, p, args, out) : Status::fallback;
  }

  ARC_HD ARC_INLINE Status call_kernel(Prim p, const Value* args, Value& out) {
    const Status status = call_fast(p, args, out);
    if (ARC_LIKELY(status != Status::fallback)) return status;
    return call_generic_kernel(ctx_, p, args, out);
  }

  ARC_HD static Status call_generic_kernel(Ctx& ctx, Prim p, const Value* args, Value& out) {
    ctx.generic_calls++;
    if (ctx.profile != nullptr) ctx.profile[static_cast<u32>(p)].generic++;
    return call_generic(ctx, p, args, out);
  }

  ARC_HD Status push(FrameKind kind, u8 python_frames, Frame*& out) {
    ctx_.call_depth += python_frames;
    if (ARC_UNLIKELY(ctx_.call_depth > kOverflowDepth)) {
      ctx_.call_depth -= python_frames;
      return Status::recursion_error;
    }
    if (ARC_UNLIKELY(top_ == frame_count_)) {
      ctx_.call_depth -= python_frames;
      return ctx_.run_short(Shortage::frames);
    }
    Frame& f = frames_[top_++];
    f.kind = kind;
    f.state = 0;
    f.python_frames = python_frames;
    f.awaiting = false;
    if (kind == FrameKind::map) {
      f.map = MapState{};
    } else if (kind == FrameKind::code) {
      f.i = 0;
      f.statement = 0;
      f.handler_count = 0;
    }
    out = &f;
    return Status::ok;
  }

  // Leaves the top frame with ret_ as its result.
  ARC_HD Status pop() {
    const bool doubtful = ctx_.call_depth > kCertainDepth;
    ctx_.call_depth -= frames_[--top_].python_frames;
    return ARC_UNLIKELY(doubtful) ? Status::limit_recursion : Status::ok;
  }

  ARC_HD Status step(Frame& f) {
    switch (f.kind) {
      case FrameKind::code: return step_code(f);
      case FrameKind::closure: return step_closure(f);
      default: return step_map(f);
    }
  }

  // Carries an error up the frames above `base`; ok where a frame goes on.
  ARC_HD Status unwind(Status status, u32 base) {
    while (top_ > base) {
      Frame& f = frames_[top_ - 1];
      if (f.kind == FrameKind::map) {
        if (f.state == 0 && recover_map(f.map, status)) {
          f.awaiting = false;
          located_ = false;
          return Status::ok;
        }
        if (status == Status::stop_iteration && f.map.stop_is_error) {
          status = Status::runtime_error;
          located_ = false;  // a new exception, raised where the map is called
        }
      } else if (f.kind == FrameKind::code) {
#if !defined(__CUDA_ARCH__)
        if (top_ == 1 && code_.unknown != nullptr && leave_unknown(f, status)) return Status::ok;
#endif
        if (!located_) {
          located_ = true;
          error_function = f.function_index;
          error_statement = f.function->code[f.i == 0 ? 0 : f.i - 1].statement;
        }
        // A refusal is caught by what the front end adds for results that stay unknown.
        if (f.handler_count > 0 &&
            (is_error(status) || kind_of(status) == StatusKind::unsupported)) {
          while (f.handler_count > 0) {
            const Handler h = f.handlers[--f.handler_count];
            if ((h.mask >> static_cast<u32>(status)) & 1) {
              f.i = h.target;
              f.statement = f.function->code[h.target].statement;
              f.awaiting = false;
              located_ = false;
              return Status::ok;
            }
          }
        }
      }
      ctx_.call_depth -= f.python_frames;
      --top_;
    }
    return status;
  }

  [[nodiscard]] ARC_HD bool is_unknown(const Value& v) const {
#if defined(__CUDA_ARCH__)
    (void)v;
    return false;
#else
    return code_.unknown != nullptr && v.same_bits(*code_.unknown);
#endif
  }

#if !defined(__CUDA_ARCH__)
  // Calls whose value follows from addresses (evaluator_unknown.h).
  bool leave_unknown(Frame& f, Status status);
  static bool never_raises(const Value& fn, u32 n, u32 nested);
#endif

  // ---- straight-line code ---------------------------------------------------------------------

  ARC_HD Status enter_function(ClosureObj* c, const Value* args, u32 n) {
    const FunctionView& fv = code_.functions[c->function];
    if (n > fv.param_count || n < fv.required) return Status::type_error;
    ARC_TRY(ctx_.charge(1));
    Frame* f = nullptr;
    ARC_TRY(push(FrameKind::code, 1, f));
    f->function = &fv;
    f->function_index = c->function;
    f->regs = ctx_.make<Value>(fv.register_count);
    ARC_ALLOC(f->regs);
    static_assert(static_cast<u32>(Tag::unset) == 0);
    __builtin_memset(static_cast<void*>(f->regs), 0, u64{fv.register_count} * sizeof(Value));
    for (u32 k = 0; k < n; ++k) f->regs[k] = args[k];
    for (u32 k = n; k < fv.param_count; ++k) {
      f->regs[k] = code_.constants[fv.defaults[k - fv.required]];
    }
    for (u32 k = 0; k < fv.capture_count; ++k) f->regs[fv.param_count + k] = c->captures[k];
    return Status::ok;
  }

  // Where operands of a kind are read from, in the frame that runs.
  struct Bases {
    const Value* of_kind[4];
    [[nodiscard]] ARC_HD const Value& operator[](Operand o) const {
      return of_kind[static_cast<u32>(o.kind())][o.index()];
    }
  };

  ARC_HD Bases bases_of(const Frame& f) {
    static_assert(static_cast<u32>(OperandKind::reg) == 0);
    static_assert(static_cast<u32>(OperandKind::constant) == 1);
    static_assert(static_cast<u32>(OperandKind::primitive) == 2);
    static_assert(static_cast<u32>(OperandKind::function) == 3);
    return Bases{{f.regs, code_.constants, code_.primitives, code_.function_values}};
  }

  ARC_HD Status read(const Frame& f, Operand o, Value& out) {
    out = bases_of(f)[o];
    if (ARC_UNLIKELY(is_pending(out))) return list_pending(ctx_, out);
    return ARC_LIKELY(out.tag != Tag::unset) ? Status::ok : Status::unbound_local_error;
  }

  // Tells the observer where the instruction to come begins another statement.
  ARC_HD void report(Frame& f) {
    const u32 next = f.function->code[f.i].statement;
    if (next == f.statement) return;
    for (u32 k = 0; k < f.function->register_count; ++k) {
      if (is_pending(f.regs[k])) (void)list_pending(ctx_, f.regs[k]);
    }
    observer.statement_done(observer.self, ctx_, f.function_index, f.statement, f.regs);
    f.statement = next;
  }

  ARC_HD Status step_code(Frame& f) {
    if (f.awaiting) {
      f.awaiting = false;
      f.regs[f.dst] = ret_;
    }
    const FunctionView& fv = *f.function;
    const Bases bases = bases_of(f);
    const bool observed = observer.statement_done != nullptr;
    Value* const regs = f.regs;
    for (;;) {
      const LeafCall* leaf = fv.leaf_calls + f.i;
      if (ARC_UNLIKELY(observed)) report(f);
      // Where an error is to be located, f.i has to be right.
      for (; leaf->count != 0 && !observed; ++leaf) {
        f.i++;
        ARC_TRY(step_leaf(*leaf, bases, regs));
      }
      f.i++;
      if (leaf->count != 0) {
        ARC_TRY(step_leaf(*leaf, bases, regs));
        continue;
      }
      const Instr& in = fv.code[f.i - 1];
      if (ARC_LIKELY(in.op == Opcode::call)) {
        ARC_TRY(step_call(f, in, bases));
        if (f.awaiting) return Status::ok;
        continue;
      }
      if (in.op == Opcode::ret) {
        const Value& v = bases[fv.operands[in.first_operand]];
        if (ARC_UNLIKELY(is_pending(v) || v.tag == Tag::unset)) {
          ARC_TRY(read(f, fv.operands[in.first_operand], ret_));
        } else {
          ret_ = v;
        }
        return pop();
      }
      ARC_TRY(step_other(f, in));
    }
  }

  // The result is written in place: where the call fails, nobody looks at the register again.
  ARC_HD ARC_INLINE Status step_leaf(const LeafCall& leaf, const Bases& bases, Value* regs) {
    const Prim p = static_cast<Prim>(leaf.prim);
    Value& to = regs[leaf.dst];
    const Value& first = bases[leaf.args[0]];
    if (leaf.count == 1 && ARC_LIKELY(!leaf.in_place)) return call_leaf(p, &first, 1, to);
    alignas(Value) unsigned char storage[kMaxLeafArgs * sizeof(Value)];  // nothing to construct
    Value* args = reinterpret_cast<Value*>(storage);
    args[0] = first;
    args[1] = bases[leaf.args[1]];
    if (leaf.count == 2) return call_leaf(p, args, 2, to);
    args[2] = bases[leaf.args[2]];
    args[3] = bases[leaf.args[3]];
    return call_leaf(p, args, leaf.count, to);
  }

  ARC_HD Status step_call(Frame& f, const Instr& in, const Bases& bases) {
    const Operand* operands = f.function->operands + in.first_operand;
    constexpr u32 kInline = 8;
    alignas(Value) unsigned char storage[kInline * sizeof(Value)];  // no constructors to run
    Value* args = reinterpret_cast<Value*>(storage);
    const u32 n = in.operand_count - 1u;
    const Value& callee = bases[operands[0]];
    if (n > kInline) {
      args = ctx_.make<Value>(n);
      ARC_ALLOC(args);
    }
    bool unbound = callee.tag == Tag::unset;
    for (u32 k = 0; k < n; ++k) {
      args[k] = bases[operands[k + 1]];
      unbound = unbound || args[k].tag == Tag::unset;
      if (ARC_UNLIKELY(is_pending(args[k]))) ARC_TRY(list_pending(ctx_, args[k]));
    }
    if (ARC_UNLIKELY(unbound)) return Status::unbound_local_error;
    if (ARC_UNLIKELY(in.keyword_set != 0)) {
      ARC_TRY(bind_keywords(callee, code_.keyword_sets[in.keyword_set - 1], args, n));
    }
    bool done = false;
    ARC_TRY(invoke(callee, args, n, done));
    if (done) {
      f.regs[in.dst] = ret_;
    } else {
      f.awaiting = true;
      f.dst = in.dst;
    }
    return Status::ok;
  }

  ARC_HD Status step_other(Frame& f, const Instr& in);
  ARC_HD Status make_closure(ClosureKind kind, u32 argcount, ClosureObj*& out) {
    out = ctx_.make<ClosureObj>();
    ARC_ALLOC(out);
    *out = ClosureObj{};
    out->kind = kind;
    out->argcount = static_cast<u8>(argcount);
    return Status::ok;
  }

  ARC_HD Status bind_keywords(const Value& callee, const KeywordView& names, Value* args, u32 n);

  // ---- closures (evaluator_closures.h) --------------------------------------------------------

  ARC_HD Status enter_closure(ClosureObj* c, const Value* args, u32 n, bool& done);
  ARC_HD Status step_closure(Frame& f);
  ARC_HD Status invoke_builder(Prim p, const Value* args, Value& out);
  ARC_HD Status make_power(const Value* args, Value& out);
  ARC_HD Status co_argcount(const Value& fn, u32& out);

  // ---- higher-order primitives (evaluator_maps.h, evaluator_finish.h) -------------------------

  ARC_HD void start_anew() {
    wasted_ = 0;
    first_steps_ = ctx_.steps;
  }
  // Takes note that what was done since there were `steps` left has to be done again.
  ARC_HD void waste(i64 steps) { wasted_ += static_cast<u64>(steps - ctx_.steps); }
  // Whether maps go in Python's order, one by one: where much had to be done again, so that the
  // repetitions of nested maps cannot multiply.
  [[nodiscard]] ARC_HD bool is_careful() const {
    return wasted_ > kWasteAllowed + kWasteFactor * static_cast<u64>(first_steps_ - ctx_.steps);
  }
  // From here on orders are asked for by a higher-order primitive itself.
  ARC_HD void asks(Prim p) { ctx_.asking = static_cast<u32>(p); }
  ARC_HD Status charge_higher(Prim p, const Value* args, u32 n);
  ARC_HD Status invoke_higher(Prim p, const Value* args, bool& done);
  ARC_HD Status enter_map(Prim p, const Value& fn, const Value& a, const Value& b);
  ARC_HD Status open_map(MapState& f, const Value& fn, const Value& a, const Value& b);
  ARC_HD Status open_items(MapState& f, const Value& fn, const Value& a, const Value& b);
  ARC_HD Status open_container(MapState& f, const Value& container);
  ARC_HD Status open_pairs(MapState& f);
  ARC_HD Status invoke_item(MapState& f, bool& done);
  ARC_HD Status step_map(Frame& frame);
  ARC_HD Status consume(MapState& f);
  ARC_HD bool recover_map(MapState& f, Status& status);
  ARC_HD Status restart_in_order(MapState& f);
  ARC_HD Status finish_map(MapState& f, Value& out, bool& call_again);
  ARC_HD Status finish_apply(MapState& f, Value& out);
  ARC_HD Status finish_filter(MapState& f, Value& out);
  ARC_HD Status finish_merge(MapState& f, const Value& containers, Value& out);
  ARC_HD Status finish_extremum(MapState& f, Value& out, bool& call_again);
  ARC_HD Status finish_order(MapState& f, Value& out);
  ARC_HD Status finish_extract(MapState& f, Value& out);
  ARC_HD Status first_in_order(MapState& f, const bool* candidate, u32& out);

#if !defined(__CUDA_ARCH__)
  // ---- prepared functions (evaluator_prepared.h) ----------------------------------------------

  Status step_prepared(Frame& f, const PreparedStep* step, Value& out);
  template <u32 N>
  Status prepared_leaf(const PreparedStep& step);
  Status prepared_call(const PreparedStep& step);

  // ---- calls on the native stack (evaluator_native.h) -----------------------------------------

  Status call(const Value& fn, const Value* args, u32 n, Value& out);
  Status call_other(const Value& fn, const Value* args, u32 n, Value& out);
  Status call_higher(const Value& fn, const Value* args, u32 n, Value& out);
  Status call_framed(const Value& fn, const Value* args, u32 n, Value& out);
  Status call_closure(const ClosureObj& c, const Value* args, u32 n, Value& out);
  Status call_map(Prim p, const Value* args, Value& out);
  Status call_items(MapState& f, Value& out);

  // ---- calls on whole columns of arguments (evaluator_columns.h, evaluator_column_maps.h) -----

  class Level;
  bool try_columns(MapState& f);
  Status column(const Value& fn, const Column* args, u32 n_args, u32 n, Value* out);
  static bool are_pairs(const Column& c, u32 n);
  Status column_apply(const Value& fn, const Column& pairs, u32 n, Value* out);
  Status column_leaf(Prim p, const Column* args, u32 n_args, u32 n, Value* out);
  static void add_column_cost(const Column& c, u32 n, u64& cost, u32& unusual);
  Status column_of(const Column& fns, const Column* args, u32 n_args, u32 n, Value* out);
  Status column_of_calls(const Column& fns, const Column* args, u32 n_args, u32 n, Value* out);
  Value* temporary(u32 n);
  Status column_closure(ClosureKind kind, const Column* held, const Column* args, u32 n_args, u32 n,
                        Value* out);
  static bool joins_maps(Prim p, const Column* args, u32 n);
  Status column_maps(Prim p, const Column* args, u32 n, Value* out);
  Status run_joined(MapState* maps, u32 count, u32 total, Value* out);
#endif

  Ctx& ctx_;
  const CodeView& code_;
  Frame* frames_;
  FastKernels fast_;
  u32 frame_count_;
  u32 top_ = 0;
  u32 native_ = 0;       // native calls in use, of kMaxNative
  u64 wasted_ = 0;       // steps of work that has to be done again
  i64 first_steps_ = 0;  // the budget when the run began
  bool located_ = false;
  Value ret_;
};

}  // namespace arcbatch

#include "backend/evaluator_closures.h"
#include "backend/evaluator_maps.h"
#include "backend/evaluator_statements.h"

// These use what those declare.
#include "backend/evaluator_columns.h"
#include "backend/evaluator_native.h"
#include "backend/evaluator_prepared.h"
#include "backend/evaluator_unknown.h"
