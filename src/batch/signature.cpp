// The runs behind the signature and their hash.
#include "batch/signature.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "batch/bench.h"
#include "batch/corpus.h"
#include "task/embedded.h"
#include "task/loader.h"

namespace arcbatch {
namespace {

constexpr u64 kGenerated = 1500;
constexpr u64 kFirstSeed = 20240229;

u64 fnv1a(u64 hash, std::string_view text) {
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return hash;
}

std::string in_one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ';');
  return text;
}

// Steps count for values only: a path may notice an error earlier than another.
void add(Signature& signature, const std::string& label, const Outcome& outcome) {
  signature.runs++;
  const StatusKind kind = outcome.kind();
  if (kind == StatusKind::value) {
    signature.values++;
    signature.lines.push_back(
        fmt::format("{}: value {} in {} steps", label, outcome.value, outcome.steps));
    return;
  }
  if (kind == StatusKind::error) signature.errors++;
  signature.lines.push_back(fmt::format("{}: {} {} at line {}", label,
                                        status_kind_name(outcome.status),
                                        status_name(outcome.status), outcome.line));
}

void add_examples(Signature& signature, Runner& runner, const RunOptions& options) {
  CandidateList list;
  for (const EmbeddedFile& file : embedded_examples()) {
    if (file.path.ends_with(".py")) add_candidates(list, file.text, std::string(file.path));
  }
  const LoadResult tasks = load_embedded_tasks();
  const Program* loaded = nullptr;
  for (const BenchCase& c : bench_cases(list.candidates, tasks.tasks, 0)) {
    if (c.candidate->program.get() != loaded) {
      loaded = c.candidate->program.get();
      runner.load(*loaded);
    }
    add(signature,
        fmt::format("{} {} {}", c.candidate->name, c.is_test ? "test" : "train", c.index),
        run_on_grid(runner, options, c.candidate->function, c.pair().input, nullptr));
  }
}

void add_generated(Signature& signature, Runner& runner, const RunOptions& options) {
  for (u64 seed = kFirstSeed; seed < kFirstSeed + kGenerated; ++seed) {
    CorpusWriter writer(seed);
    const std::string source = writer.program(2 + writer.below(8));
    const GridData grid = writer.grid();
    const CompileResult compiled = compile_source(source, "generated");
    if (!compiled.ok) {  // would be a fault of the writer; it shows as a line of its own
      signature.lines.push_back(fmt::format("seed {}: does not compile", seed));
      continue;
    }
    runner.load(compiled.program);
    add(signature, fmt::format("seed {}, {}", seed, in_one_line(source)),
        run_on_grid(runner, options, compiled.program.defs.back(), grid, nullptr));
  }
}

}  // namespace

Signature take_signature(KernelPath path) {
  RunOptions options;
  options.path = path;
  options.limits.steps = 3'000'000;
  options.limits.bytes = u64{200} << 20;
  Runner runner(options);
  Signature signature;
  add_examples(signature, runner, options);
  add_generated(signature, runner, options);
  signature.number = 0xcbf29ce484222325u;
  for (const std::string& line : signature.lines) {
    signature.number = fnv1a(fnv1a(signature.number, line), "\n");
  }
  return signature;
}

std::string signature_text(const Signature& signature) {
  return fmt::format("{:016x}", signature.number);
}

}  // namespace arcbatch
