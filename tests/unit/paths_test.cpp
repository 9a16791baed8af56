// Every kernel path against the always-ordered oracle, in one process: same status, same repr of
// every traced value, same steps charged. ARCBATCH_PATH_PROGRAMS sets how many programs run,
// ARCBATCH_SEED the first seed.
#include <gtest/gtest.h>

#include <cstdlib>

#include "backend/cpu/runner.h"
#include "frontend/frontend.h"
#include "random_programs.h"
#include "values/print.h"

namespace arcbatch {
namespace {

struct Seen {
  Status status = Status::ok;
  std::string value;
  u32 line = 0;
  u64 steps = 0;
  std::string trace;
};

void note(void* self, Ctx& ctx, u32, u32 statement, const Value* registers) {
  auto& text = *static_cast<std::string*>(self);
  // Every third statement is looked at, so that orders are also asked for late.
  if (statement % 3 != 0) return;
  const Value& v = registers[statement + 1];
  if (v.tag == Tag::unset || (flags_of(v) & kHasFunction) != 0) return;
  std::string repr;
  const Status status = append_repr(ctx, v, repr);
  text += status == Status::ok ? repr : status_name(status);
  text += '\n';
}

Seen run(Runner& runner, const Program& program, const GridData& grid, bool observed) {
  Seen seen;
  runner.load(program);
  runner.begin();
  GridObj* g = nullptr;
  EXPECT_EQ(make_grid(runner.ctx(), grid.h, grid.w, g), Status::ok);
  for (u64 k = 0; k < grid.cells.size(); ++k) g->cells()[k] = grid.cells[k];
  const Value arg = Value::of(g);
  Value out;
  // What nobody watches may be left undone.
  runner.observer = observed ? Observer{&seen.trace, &note} : Observer{};
  seen.status = runner.run(program.defs.back(), &arg, 1, out);
  seen.steps = runner.steps_used();
  if (seen.status == Status::ok) {
    seen.status = append_repr(runner.ctx(), out, seen.value);
  }
  if (runner.error_statement() != nullptr) seen.line = runner.error_statement()->line;
  return seen;
}

u64 setting(const char* name, u64 otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

TEST(Paths, AgreeWithTheOracle) {
  const u64 count = setting("ARCBATCH_PATH_PROGRAMS", 3000);
  const u64 first_seed = setting("ARCBATCH_SEED", 1);
  RunOptions options;
  options.limits.steps = 3'000'000;
  options.limits.bytes = u64{200} << 20;
  options.path = KernelPath::generic;
  Runner oracle(options);
  std::vector<std::unique_ptr<Runner>> runners;
  std::vector<std::string> paths;
  const auto add = [&](KernelPath path, Isa isa) {
    options.path = path;
    options.isa = isa;
    runners.push_back(std::make_unique<Runner>(options));
    paths.push_back(std::string(kernel_path_name(path)) + " " + isa_name(isa));
  };
  add(KernelPath::scalar, Isa::automatic);
  add(KernelPath::lanes, Isa::automatic);
  for (const Isa isa : {Isa::x86_64_v2, Isa::avx2, Isa::avx512, Isa::neon}) {
    if (isa_available(isa)) add(KernelPath::simd, isa);
  }
  u64 values = 0;
  u64 different = 0;
  for (u64 k = 0; k < count && different < 5; ++k) {
    // Every other program follows types all the way: it gets further, the wild one elsewhere.
    const auto write = [](auto writer, GridData& input) {
      const std::string text = writer.program(4 + writer.below(12));
      input = writer.grid();
      return text;
    };
    GridData grid;
    const std::string source = k % 2 == 0 ? write(test::ProgramWriter(first_seed + k), grid)
                                          : write(CorpusWriter(first_seed + k), grid);
    const bool observed = k % 4 < 2;
    const CompileResult compiled = compile_source(source, "random");
    ASSERT_TRUE(compiled.ok) << source;
    const Seen expected = run(oracle, compiled.program, grid, observed);
    values += expected.status == Status::ok ? 1 : 0;
    for (std::size_t p = 0; p < paths.size(); ++p) {
      const Seen got = run(*runners[p], compiled.program, grid, observed);
      const bool same = got.status == expected.status && got.value == expected.value &&
                        got.line == expected.line && got.trace == expected.trace &&
                        (got.status != Status::ok || got.steps == expected.steps);
      if (same) continue;
      different++;
      std::string cells;
      for (u32 r = 0; r < grid.h; ++r) {
        cells += r == 0 ? "[[" : ", [";
        for (u32 c = 0; c < grid.w; ++c) {
          cells += (c == 0 ? "" : ", ") + std::to_string(grid.at(r, c));
        }
        cells += "]";
      }
      ADD_FAILURE() << "seed " << first_seed + k << " path " << paths[p] << "\n"
                    << source << cells << "]\noracle: " << status_name(expected.status) << " line "
                    << expected.line << " steps " << expected.steps << "\n"
                    << expected.value.substr(0, 600) << "\n"
                    << expected.trace.substr(0, 1500) << "\ngot: " << status_name(got.status)
                    << " line " << got.line << " steps " << got.steps << "\n"
                    << got.value.substr(0, 600) << "\n"
                    << got.trace.substr(0, 1500);
      break;
    }
  }
  RecordProperty("values", static_cast<int>(values));
  std::printf("%llu programs from seed %llu, %llu returned a value\n",
              static_cast<unsigned long long>(count), static_cast<unsigned long long>(first_seed),
              static_cast<unsigned long long>(values));
}

}  // namespace
}  // namespace arcbatch
