// Batches of random programs and mutants through a graph, every outcome as alone.
// ARCBATCH_GRAPH_PROGRAMS sets how many programs run, ARCBATCH_SEED the first seed.
#include <gtest/gtest.h>

#include <cstdlib>

#include "batch/candidates.h"
#include "batch/mutants.h"
#include "random_programs.h"
#include "sharing.h"
#include "task/embedded.h"
#include "task/loader.h"

namespace arcbatch {
namespace {

using test::Batch;

constexpr u32 kFamilies = 40;  // of a batch
constexpr u32 kMembers = 10;   // of a family: a program, its mutants, and one of these twice
constexpr u32 kBatchInputs = 2;

u64 setting(const char* name, u64 otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

// The sources that families start from: random programs of two kinds, and the examples.
std::string ancestor(u64 seed, const CandidateList& examples) {
  std::mt19937_64 random(seed);
  const auto write = [](auto writer) { return writer.program(3 + writer.below(10)); };
  switch (seed % 3) {
    case 0: return write(test::ProgramWriter(seed));
    case 1: return write(CorpusWriter(seed));
    default: {
      const Candidate& c = examples.candidates[random() % examples.candidates.size()];
      const std::string mutant = mutant_of(*c.program, c.function, "f", random);
      return mutant.empty() ? write(CorpusWriter(seed)) : mutant;
    }
  }
}

TEST(BatchGraphRandom, OutcomesAreThoseOfProgramsAlone) {
  const u64 count = setting("ARCBATCH_GRAPH_PROGRAMS", 20000);
  const u64 first_seed = setting("ARCBATCH_SEED", 1);
  CandidateList examples;
  for (const EmbeddedFile& file : embedded_examples()) {
    if (file.path.ends_with(".py")) add_candidates(examples, file.text, std::string(file.path));
  }
  const LoadResult tasks = load_embedded_tasks();
  ASSERT_FALSE(examples.candidates.empty());
  const KernelPath paths[] = {KernelPath::automatic, KernelPath::scalar,    KernelPath::automatic,
                              KernelPath::generic,   KernelPath::automatic, KernelPath::lanes};
  u64 done = 0;
  u64 values = 0;
  SharingCounts sums;
  for (u64 seed = first_seed; done < count; ++seed) {
    std::mt19937_64 random(seed);
    Batch batch;
    for (u32 family = 0; family < kFamilies; ++family) {
      const std::string source = ancestor(seed * kFamilies + family, examples);
      const CompileResult compiled = compile_source(source, "ancestor");
      ASSERT_TRUE(compiled.ok) << source;
      batch.add(source);
      std::string mutant = source;
      for (u32 k = 2; k < kMembers; ++k) {
        const std::string next =
            mutant_of(compiled.program, compiled.program.defs.back(), "m", random);
        if (!next.empty()) mutant = next;
        batch.add(mutant);
      }
      batch.add(mutant);
    }
    std::vector<GridData> inputs;
    for (u32 k = 0; k + 1 < kBatchInputs; ++k) inputs.push_back(CorpusWriter::random_grid(random));
    const Task& task = tasks.tasks[random() % tasks.tasks.size()];
    inputs.push_back(task.train[0].input);
    RunOptions options;
    options.path = paths[seed % std::size(paths)];
    options.limits.steps = 1'000'000;
    options.limits.bytes = u64{50} << 20;
    FlushLimits flush;
    // Every other batch has too little of something.
    switch (seed % 8) {
      case 1: options.limits.steps = 1 + random() % 3000; break;
      case 3: options.limits.bytes = random() % 40000; break;
      case 2: flush.branch_bytes = 0; break;
      case 5: flush.held_bytes = 0; break;
      case 6: flush.branch_bytes = random() % 20000; break;
      case 7: options.limits.depth = 2 + static_cast<u32>(random() % 3); break;
      default: break;
    }
    SharingCounts counts;
    for (const std::string& difference :
         batch.differences(options, inputs, &*task.train[0].output, &counts, flush)) {
      ADD_FAILURE() << "seed " << seed << " path " << kernel_path_name(options.path) << "\n"
                    << difference;
    }
    if (HasFailure()) return;
    done += batch.graph().program_count();
    values += counts.results;
    sums.runs += counts.runs;
    sums.nodes.evaluated += counts.nodes.evaluated;
    sums.nodes.reused += counts.nodes.reused;
    sums.nodes.bound += counts.nodes.bound;
    sums.nodes.flushes += counts.nodes.flushes;
  }
  EXPECT_GT(values, count / 20);
  std::printf(
      "%llu programs, %llu runs, %llu different values; %llu nodes evaluated, %llu reused, %llu "
      "limited, %llu flushes\n",
      static_cast<unsigned long long>(done), static_cast<unsigned long long>(sums.runs),
      static_cast<unsigned long long>(values),
      static_cast<unsigned long long>(sums.nodes.evaluated),
      static_cast<unsigned long long>(sums.nodes.reused),
      static_cast<unsigned long long>(sums.nodes.bound),
      static_cast<unsigned long long>(sums.nodes.flushes));
}

}  // namespace
}  // namespace arcbatch
