// Runner: one worker's executor on the CPU. Holds the arena, the frames and the plain-array form
// of a program; calls one function at a time.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "backend/code.h"
#include "backend/cpu/isa.h"
#include "backend/execution.h"
#include "backend/prepared.h"

namespace arcbatch {

struct Frame;

// Which kernels run. `generic` is the oracle: always-ordered sets and no fast kernel.
enum class KernelPath : u8 { automatic, generic, scalar, simd, lanes };

// Sets `path` from "auto", "generic", "scalar", "simd" or "lanes"; false for other names.
bool parse_kernel_path(std::string_view name, KernelPath& path);
const char* kernel_path_name(KernelPath path);

// Whether this machine can run the path, and the path that `automatic` stands for.
bool kernel_path_available(KernelPath path);
KernelPath resolve_kernel_path(KernelPath path);

// The fast kernels of a path; none for generic. `isa`, which must be available, says which vectors
// `simd` uses.
FastKernels fast_kernels(KernelPath path, Isa isa = Isa::automatic);

// The kernels of `scalar`, `lanes` or none, called as a device calls them: everything is a frame.
FastKernels framed_kernels(KernelPath path);

struct RunOptions {
  Limits limits;
  KernelPath path = KernelPath::automatic;
  Isa isa = Isa::automatic;
  u64 arena_bytes = u64{8} << 30;  // physical memory of one run
  double max_seconds = 0;          // wall-clock time of one run; 0 for no limit
  bool profile = false;            // count and time calls by primitive (not for generic and lanes)
  bool score = false;              // score outputs against expected ones
};

class Runner {
 public:
  explicit Runner(const RunOptions& options);
  ~Runner();

  // Binds a program, which must outlive the binding.
  void load(const Program& program);

  // Frees all values of earlier runs and restores the budget. Build arguments after this.
  void begin();

  // Frees all values, and memory beyond what is kept for the next run: before others run.
  void rest() { arena_.reset(); }

  // Calls function `index` of the program. The result lives until the next begin().
  Status run(u32 index, const Value* args, u32 n, Value& out);

  Ctx& ctx() { return ctx_; }
  // Returns what was counted since the last call: by primitive, then one for what is outside of all
  // calls; empty unless the options ask for it.
  std::vector<PrimProfile> take_profile();
  const Program& program() const { return *program_; }
  Observer observer;
  // After a failed run: function and statement, or nullptr where nothing had started.
  const Statement* error_statement() const { return error_statement_; }
  // Steps charged by the last run.
  u64 steps_used() const { return options_.limits.steps - static_cast<u64>(ctx_.steps); }
  // Reason text of a run that ended as unsupported_construct.
  std::string_view refusal() const { return refusal_; }

 private:
  void set_dialect(Dsl dialect);
  void bind_kernels();
  Status materialise_constants(u32 index);
  void find_reached(u32 index);
  void prepare(u32 index);

  RunOptions options_;
  Arena arena_;
  Ctx ctx_;
  FastKernels own_fast_;  // of the options
  FastKernels fast_;      // of the program's dialect
  Dsl dialect_ = Dsl::arc_dsl;
  std::vector<PrimProfile> profile_;
  const Program* program_ = nullptr;
  std::vector<FunctionView> functions_;
  std::vector<LeafCall> leaf_calls_;  // of all instructions, function by function
  std::vector<KeywordView> keyword_sets_;
  std::string keyword_letters_;
  std::vector<Value> primitives_;
  std::vector<Value> constants_;
  std::vector<bool> is_compound_;                            // constants that live in the arena
  std::vector<std::vector<u32>> compound_constants_;         // by function, those it can reach
  std::vector<u8> is_reached_;                               // by function: the above is known
  std::vector<std::unique_ptr<PreparedFunction>> prepared_;  // those of programs before are reused
  std::size_t prepared_count_ = 0;                           // of this program
  std::vector<u32> prepared_of_;                             // by function: 0, or 1 + its place
  std::vector<Value> items_;
  std::vector<ClosureObj> closures_;  // one per def
  std::vector<ClosureObj> texts_;     // what stands for the program's texts
  std::vector<Value> function_values_;
  CodeView code_;  // of all these
  std::unique_ptr<Frame[]> frames_;
  std::unique_ptr<Evaluator> evaluator_;
  const Value unknown_;  // see CodeView::unknown
  const Statement* error_statement_ = nullptr;
  std::string_view refusal_;
};

}  // namespace arcbatch
