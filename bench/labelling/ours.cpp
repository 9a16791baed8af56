// This engine's `objects` as a contestant.
#include "contestants.h"

namespace arcbatch::labelling {
namespace {

class Ours : public Contestant {
 public:
  Ours(KernelPath path, Isa isa)
      : objects_(
            fast_kernels(resolve_kernel_path(path), isa).table[static_cast<u32>(Prim::objects)]) {}

  [[nodiscard]] const char* name() const override { return "arcbatch"; }

  u64 label(const Sample& sample, const Question& question) override {
    arena_.reset();
    ctx_.start(&arena_, Limits{});
    // As of a grid that nothing has been asked of.
    sample.grid->mostcommon_state = 0;
    const Value args[4] = {Value::of(sample.grid), Value::boolean(true),
                           Value::boolean(question.diagonal),
                           Value::boolean(question.without_background)};
    Value out;
    if (objects_(ctx_, args, out) != Status::ok) return 0;
    return out.set->count;
  }

 private:
  Arena arena_;
  Ctx ctx_;
  FastKernel objects_;
};

}  // namespace

std::unique_ptr<Contestant> make_ours(KernelPath path, Isa isa) {
  return std::make_unique<Ours>(path, isa);
}

}  // namespace arcbatch::labelling
