// A warm run reaches neither operator new nor malloc: the arena and the frames are all it needs.
#include <gtest/gtest.h>

#include <cstdlib>
#include <new>
#include <vector>

#include "batch/candidates.h"
#include "batch/outcome.h"
#include "task/embedded.h"
#include "task/loader.h"

// Sanitizers bring an allocator of their own, with hooks; elsewhere these definitions come before
// the C library's, for the C++ library too.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define ARC_TEST_HOOKS 1
#endif

namespace {

bool counting = false;  // the tests run on one thread
unsigned long allocations = 0;

void count_one() {
  if (counting) allocations++;
}

}  // namespace

#if defined(ARC_TEST_HOOKS)

// Declared here: GCC ships the function without its header.
extern "C" int __sanitizer_install_malloc_and_free_hooks(void (*on_malloc)(const volatile void*,
                                                                           std::size_t),
                                                         void (*on_free)(const volatile void*));

namespace {
void on_malloc(const volatile void*, std::size_t) { count_one(); }
void on_free(const volatile void*) {}
const int kInstalled = __sanitizer_install_malloc_and_free_hooks(&on_malloc, &on_free);
}  // namespace

#elif defined(__GLIBC__)

extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* block, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);

void* malloc(std::size_t size) {
  count_one();
  return __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) {
  count_one();
  return __libc_calloc(count, size);
}
void* realloc(void* block, std::size_t size) {
  count_one();
  return __libc_realloc(block, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) {
  count_one();
  return __libc_memalign(alignment, size);
}
}

#else
#define ARC_TEST_NO_COUNT 1
#endif

namespace arcbatch {
namespace {

class Counting {
 public:
  Counting() {
    allocations = 0;
    counting = true;
  }
  ~Counting() { counting = false; }
  Counting(const Counting&) = delete;
  Counting& operator=(const Counting&) = delete;
};

Status run_once(Runner& runner, u32 function, const GridData& grid) {
  runner.begin();
  Value input;
  Value out;
  ARC_TRY(grid_value(runner.ctx(), grid, input));
  return runner.run(function, &input, 1, out);
}

TEST(Allocation, IsCounted) {
#if defined(ARC_TEST_NO_COUNT)
  GTEST_SKIP() << "no way to count allocations with this C library";
#else
  {
    const Counting now;
    void* volatile a = ::operator new(100);
    void* volatile b = std::malloc(100);
    ::operator delete(a);
    std::free(b);
  }
  EXPECT_EQ(allocations, 2u);
#endif
}

TEST(Allocation, WarmRunsOfTheExamplesNeedNone) {
#if defined(ARC_TEST_NO_COUNT)
  GTEST_SKIP() << "no way to count allocations with this C library";
#endif
  CandidateList list;
  for (const EmbeddedFile& file : embedded_examples()) {
    if (file.path.ends_with(".py")) add_candidates(list, file.text, std::string(file.path));
  }
  const LoadResult tasks = load_embedded_tasks();
  ASSERT_FALSE(list.candidates.empty());
  for (const KernelPath path :
       {KernelPath::generic, KernelPath::scalar, KernelPath::simd, KernelPath::lanes}) {
    if (!kernel_path_available(path)) continue;
    RunOptions options;
    options.path = path;
    Runner runner(options);
    for (const Candidate& c : list.candidates) {
      runner.load(*c.program);
      for (const Task& task : tasks.tasks) {
        if (task.id != c.task_id) continue;
        std::vector<Pair> pairs = task.train;
        pairs.insert(pairs.end(), task.test.begin(), task.test.end());
        for (const Pair& pair : pairs) {
          ASSERT_EQ(run_once(runner, c.function, pair.input), Status::ok);
        }
        unsigned long found = 0;
        Status status = Status::ok;
        {
          const Counting now;
          for (u32 k = 0; k < 3; ++k) {
            for (const Pair& pair : pairs) {
              const Status ended = run_once(runner, c.function, pair.input);
              if (ended != Status::ok) status = ended;
            }
          }
          found = allocations;
        }
        EXPECT_EQ(status, Status::ok) << c.name;
        EXPECT_EQ(found, 0u) << c.name << " --path " << kernel_path_name(path);
      }
    }
  }
}

}  // namespace
}  // namespace arcbatch
