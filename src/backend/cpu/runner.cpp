// Runner on the host, and the choice of kernels.
#include "backend/cpu/runner.h"

#include "backend/binding.h"
#include "backend/cpu/constants.h"
#include "backend/cpu/prepare.h"
#include "backend/cpu/profile.h"
#include "backend/cpu/tokpidjin.h"
#include "backend/evaluator.h"
#include "core/ticks.h"

namespace arcbatch {

namespace {

// A function batt(task_id, S, I, C, log_path) goes on behind a statement of unknown value, since
// each of its results is an outcome of its own.
constexpr u32 kBattParameters = 5;

}  // namespace

Runner::Runner(const RunOptions& options)
    : options_(options),
      arena_(options.arena_bytes),
      own_fast_(fast_kernels(resolve_kernel_path(options.path), options.isa)),
      fast_(own_fast_),
      frames_(new Frame[kMaxFrames]),
      unknown_(tokpidjin_unknown()) {
  for (u32 k = 0; k < kPrimCount; ++k) primitives_.push_back(Value::primitive(k));
  if (options.profile && fast_.table != nullptr) {
    profile_ = empty_profile(fast_);
    fast_ = own_fast_ = profiling_kernels();
    ctx_.profile = profile_.data();
  }
  bind_kernels();
}

Runner::~Runner() = default;

// Other dialects than arc-dsl have generic kernels alone, behind values of their own.
void Runner::set_dialect(Dsl dialect) {
  if (dialect == dialect_) return;
  dialect_ = dialect;
  primitives_.clear();
  if (dialect == Dsl::arc_dsl) {
    for (u32 k = 0; k < kPrimCount; ++k) primitives_.push_back(Value::primitive(k));
    fast_ = own_fast_;
  } else {
    for (u32 k = 0; k < dialect_info(dialect).function_count; ++k) {
      primitives_.push_back(tokpidjin_function(k));
    }
    fast_ = {};
  }
  bind_kernels();
}

void Runner::bind_kernels() {
  ctx_.generic_only = fast_.dispatch == nullptr && fast_.table == nullptr;
  ctx_.orders_later = own_fast_.dispatch != nullptr || own_fast_.table != nullptr;
  code_.unknown = nullptr;
  evaluator_ = std::make_unique<Evaluator>(ctx_, code_, frames_.get(), fast_);
}

void Runner::load(const Program& program) {
  program_ = &program;
  leaf_calls_.clear();
  set_dialect(program.dialect);
  for (const Function& f : program.functions) {
    if (program.dialect == Dsl::arc_dsl) {
      add_leaf_calls(f, leaf_calls_);
    } else {
      leaf_calls_.resize(leaf_calls_.size() + f.code.size());
    }
  }
  functions_.clear();
  const LeafCall* leaf_calls = leaf_calls_.data();
  for (const Function& f : program.functions) {
    FunctionView v;
    v.code = f.code.data();
    v.operands = f.operands.data();
    v.defaults = f.defaults.data();
    v.leaf_calls = leaf_calls;
    leaf_calls += f.code.size();
    v.param_count = static_cast<u32>(f.params.size());
    v.required = f.required;
    v.capture_count = f.capture_count;
    v.register_count = f.register_count;
    functions_.push_back(v);
  }
  // A def is one object however often it is read; it holds no value of a run.
  closures_.assign(functions_.size(), ClosureObj{});
  function_values_.clear();
  for (u32 k = 0; k < functions_.size(); ++k) {
    closures_[k].kind = ClosureKind::def;
    closures_[k].argcount = static_cast<u8>(functions_[k].param_count);
    closures_[k].function = k;
    function_values_.push_back(Value::of(&closures_[k]));
  }
  constants_.assign(program.constants.size(), Value{});
  texts_.assign(program.texts.size(), ClosureObj{});
  is_compound_.assign(program.constants.size(), false);
  for (u32 k = 0; k < program.constants.size(); ++k) {
    is_compound_[k] = !inline_constant(program.constants, k, constants_.data());
    if (program.constants[k].kind == Constant::Kind::text) {
      const u64 text = static_cast<u64>(program.constants[k].integer);
      constants_[k] = tokpidjin_text(texts_[text], program.texts[text]);
    }
  }
  keyword_letters_.clear();
  for (const std::vector<std::string>& names : program.keyword_sets) {
    for (const std::string& name : names) keyword_letters_ += name.size() == 1 ? name[0] : '\0';
  }
  keyword_sets_.clear();
  u64 at = 0;
  for (const std::vector<std::string>& names : program.keyword_sets) {
    keyword_sets_.push_back({keyword_letters_.data() + at, static_cast<u32>(names.size())});
    at += names.size();
  }
  compound_constants_.assign(functions_.size(), {});
  is_reached_.assign(functions_.size(), 0);
  prepared_of_.assign(functions_.size(), 0);
  prepared_count_ = 0;
  code_.functions = functions_.data();
  code_.keyword_sets = keyword_sets_.data();
  code_.constants = constants_.data();
  code_.primitives = primitives_.data();
  code_.function_values = function_values_.data();
  code_.dialect_call = dialect_ == Dsl::tokpidjin ? &call_tokpidjin : nullptr;
}

std::vector<PrimProfile> Runner::take_profile() {
  std::vector<PrimProfile> taken = profile_;
  clear_profile(profile_);
  return taken;
}

void Runner::begin() {
  arena_.reset();
  if (options_.max_seconds > 0) {
    const double ticks = options_.max_seconds * 1e9 / nanoseconds_per_tick();
    arena_.set_deadline(ticks_now() + static_cast<u64>(min_of(ticks, 1e18)) + 1);
  }
  ctx_.start(&arena_, options_.limits);
}

// Tuples live in the arena because their caches do. Children come before their parents in the
// pool.
Status Runner::materialise_constants(u32 index) {
  for (const u32 k : compound_constants_[index]) {
    const Constant& c = program_->constants[k];
    items_.clear();
    for (const u32 child : c.children) items_.push_back(constants_[child]);
    ARC_TRY(make_tuple(ctx_, items_.data(), items_.size(), constants_[k]));
    if (depth_of(constants_[k]) > ctx_.max_depth) return Status::limit_depth;
  }
  return Status::ok;
}

void Runner::find_reached(u32 index) {
  is_reached_[index] = 1;
  // The profile counts what makes functions, and batt functions go on behind some errors.
  if (fast_.table != nullptr && !options_.profile && dialect_ == Dsl::arc_dsl &&
      program_->functions[index].params.size() != kBattParameters) {
    prepare(index);
  }
  for (const u32 k : reached_from(*program_, index).constants) {
    if (is_compound_[k]) compound_constants_[index].push_back(k);
  }
}

void Runner::prepare(u32 index) {
  if (prepared_count_ == prepared_.size()) {
    prepared_.push_back(std::make_unique<PreparedFunction>());
  }
  PreparedFunction& function = *prepared_[prepared_count_];
  prepare_function(*program_, index, code_, is_compound_, fast_, function);
  if (function.usable) prepared_of_[index] = static_cast<u32>(++prepared_count_);
}

Status Runner::run(u32 index, const Value* args, u32 n, Value& out) {
  error_statement_ = nullptr;
  refusal_ = {};
  if (ARC_UNLIKELY(!is_reached_[index])) find_reached(index);
  if (!compound_constants_[index].empty()) ARC_TRY(materialise_constants(index));
  const bool is_batt = program_->functions[index].params.size() == kBattParameters;
  code_.unknown = is_batt ? &unknown_ : nullptr;
  Evaluator& evaluator = *evaluator_;
  evaluator.error_function = 0;
  evaluator.error_statement = 0;
  evaluator.refusal = -1;
  evaluator.observer = observer;
  Status status = Status::fallback;
  if (const u32 k = prepared_of_[index];
      k != 0 && observer.statement_done == nullptr && n == prepared_[k - 1]->params) {
    status = evaluator.run_prepared(*prepared_[k - 1], index, args, out);
  }
  if (ARC_UNLIKELY(status == Status::fallback)) {
    status = evaluator.run(function_values_[index], args, n, out);
  }
  if (status == Status::resource_memory && arena_.expired()) status = Status::resource_time;
  arena_.set_deadline(0);  // printing and comparing are not the run's
  ctx_.asking = kPrimCount;
  if (status != Status::ok) {
    const Function& f = program_->functions[evaluator.error_function];
    if (evaluator.error_statement < f.statements.size()) {
      error_statement_ = &f.statements[evaluator.error_statement];
    }
    if (status == Status::unsupported_construct && evaluator.refusal >= 0 &&
        static_cast<u64>(evaluator.refusal) < program_->reasons.size()) {
      refusal_ = program_->reasons[static_cast<u64>(evaluator.refusal)];
    }
  }
  return status;
}

}  // namespace arcbatch
