// Images: programs, examples and the runs of a slice as flat bytes that go to a device in one copy
// each, and what comes back. Host and device read the same structures.
#pragma once

#include <type_traits>

#include "backend/code.h"
#include "graph/graph_step.h"
#include "graph/parameters.h"
#include "values/context.h"

namespace arcbatch::device {

// Grows with every change of what lies in these bytes.
inline constexpr u32 kImageVersion = 3;

// A part of an image: how far behind its header it lies and, once rebased, where.
template <class T>
struct Part {
  u64 at = 0;
  [[nodiscard]] ARC_HD T* get() const { return reinterpret_cast<T*>(at); }
};

// One function of a program, and all that it reaches. Functions, constants and sets of keywords
// are numbered within the image; the function itself is number 0.
struct ProgramImage {
  u64 bytes = 0;
  u32 function_count = 0;
  u32 constant_count = 0;
  u32 keyword_set_count = 0;
  u32 compound_words = 0;
  Parameters parameters = Parameters::i;
  Part<FunctionView> functions;
  Part<ClosureObj> closures;  // by function: the def object
  Part<Value> function_values;
  Part<Value> constants;  // those that are no tuples in an arena
  Part<KeywordView> keyword_sets;
  // The other constants, children before parents: number, count of children, the children.
  Part<u32> compounds;
};

// Many programs as one graph (graph/batch_graph.h): what executors read of it, and nothing that
// has to be rebased.
struct GraphImage {
  u64 bytes = 0;
  u32 node_count = 0;
  u32 constant_count = 0;
  u32 compound_words = 0;
  u32 step_count = 0;  // without the sentinel, which is there too
  u32 result_count = 0;
  u32 depth = 0;  // of the deepest step
  u32 uses_pairs = 0;
  u32 pad = 0;
  Part<const Instr> nodes;
  Part<const Operand> operands;
  Part<const LeafCall> leaf_calls;
  Part<const Value> constants;
  Part<const u32> compounds;  // as a ProgramImage has them
  Part<const GraphStep> steps;
  template <class T>
  [[nodiscard]] ARC_HD const T* part(Part<const T> p) const {
    return reinterpret_cast<const T*>(reinterpret_cast<u64>(this) + p.at);
  }
};

// A grid of an example. Grids without cells have no bytes.
struct GridImage {
  u32 h = 0;
  u32 w = 0;
  u64 cells = 0;  // offset from the start of the examples
};

struct ExampleImage {
  GridImage input;
  GridImage expected;
  u32 has_expected = 0;
  // The training examples of its task, by number.
  u32 train_first = 0;
  u32 train_count = 0;
  u32 pad = 0;
};

// All examples of a piece of work: they stay on a device as long as the work lasts.
struct ExamplesImage {
  u32 count = 0;
  u32 pad[3] = {};
  [[nodiscard]] ARC_HD const ExampleImage* examples() const {
    return reinterpret_cast<const ExampleImage*>(this + 1);
  }
  [[nodiscard]] ARC_HD const i8* cells(const GridImage& g) const {
    return reinterpret_cast<const i8*>(this) + g.cells;
  }
};

struct SliceRun {
  u32 program = 0;
  u32 example = 0;
};

// A graph on one example.
struct SliceItem {
  u32 graph = 0;
  u32 example = 0;
  // Into the numbers of runs: one for each program of the graph, in the order in which they end, or
  // kNoRun for those whose run is not to be had from it.
  u64 first = 0;
};
inline constexpr u32 kNoRun = ~u32{0};

// The runs of one launch, with their programs behind them. Those that share their work belong to
// items; the others come first in the numbering.
struct SliceImage {
  u32 program_count = 0;
  u32 run_count = 0;    // all of them
  u32 alone_count = 0;  // of them, those that share nothing
  u32 item_count = 0;
  u32 serial = 0;      // of the slice; what comes back bears it
  u8 want_values = 0;  // 1: values are brought down
  u8 want_grids = 0;   // 1: whatever is a grid comes as one
  u8 profile = 0;      // 1: calls of primitives are counted and timed
  u8 pad = 0;
  u32 queue_length = 0;  // items and runs alone; less where a test has a device fail
  u64 programs = 0;      // offset of the offsets of the ProgramImages
  u64 graphs = 0;        // offset of the offsets of the GraphImages
  u64 items = 0;         // offset of the SliceItems
  u64 numbers = 0;       // offset of the numbers of their runs
  u64 runs = 0;          // offset of the SliceRuns, of which there are alone_count
  Limits limits;
  u64 most_steps = 0;        // runs that need more are left to the CPU
  u64 value_bytes = 0;       // room for all values
  u64 largest_value = 0;     // values that need more are left to the CPU
  u64 most_nanoseconds = 0;  // of a run; 0 for no limit

  [[nodiscard]] ARC_HD ProgramImage* program(u32 k) {
    u8* base = reinterpret_cast<u8*>(this);
    return reinterpret_cast<ProgramImage*>(base + reinterpret_cast<u64*>(base + programs)[k]);
  }
  [[nodiscard]] ARC_HD SliceRun run(u32 k) {
    return reinterpret_cast<SliceRun*>(reinterpret_cast<u8*>(this) + runs)[k];
  }
  [[nodiscard]] ARC_HD const GraphImage& graph(u32 k) {
    u8* base = reinterpret_cast<u8*>(this);
    return *reinterpret_cast<GraphImage*>(base + reinterpret_cast<u64*>(base + graphs)[k]);
  }
  [[nodiscard]] ARC_HD const SliceItem& item(u32 k) {
    return reinterpret_cast<SliceItem*>(reinterpret_cast<u8*>(this) + items)[k];
  }
  // The numbers of an item's runs.
  [[nodiscard]] ARC_HD const u32* run_numbers(const SliceItem& item) {
    return reinterpret_cast<u32*>(reinterpret_cast<u8*>(this) + numbers) + item.first;
  }
};

// Why a device left a run to the CPU.
enum class GiveUp : u8 {
  none,
  arena,        // the worker's memory is full
  frames,       // calls nested deeper than it has frames for
  stack,        // values or orders nested deeper than its native stack allows
  steps,        // more steps than a slice should wait for
  order,        // an order that is refused, perhaps for want of these steps
  value_size,   // the value is too large to be brought down
  values_full,  // the values of the slice fill the room there is for them
  lost,         // no device is left; not said by devices
  batt,         // a function of a batt file, whose lists and texts they lack; not said by devices
  count_,
};
inline constexpr u32 kGiveUps = static_cast<u32>(GiveUp::count_);

// How far a run came.
enum class Stage : u8 {
  before,  // the function was not called: argument or literals
  called,
  returned,  // and what it returned was looked at
};

// How a run ended on the device.
struct RunEnd {
  u32 serial = 0;  // the slice's: written last
  Status status = Status::ok;
  GiveUp give_up = GiveUp::none;
  u8 match = 0;  // 1 where the value equals the expected one
  Stage stage = Stage::before;
  // Where an error was raised in a call: the function's number within the image, or kNowhere, and
  // its statement. Of a run that shared its work: kNowhere, and the depth of the step that failed.
  u32 function = 0;
  u32 statement = 0;
  i64 refusal = -1;
  u64 steps = 0;
  u64 value_at = 0;  // into the values
  u32 value_bytes = 0;
  u32 leaf_calls = 0;
  u32 generic_calls = 0;
  u32 pad = 0;
};
inline constexpr u32 kNowhere = ~u32{0};

// What a profiled slice counts of a primitive.
struct PrimCounts {
  u64 calls = 0;
  u64 generic = 0;
  u64 orders = 0;
  u64 nanoseconds = 0;
};

// What comes down: this, the RunEnds, the values.
struct SliceEnd {
  u32 next = 0;  // of the queue
  u32 pad = 0;
  u64 values = 0;  // bytes of them, with those for which there was no room
  // Summed over the workers: from where one begins to where there is no run left for it.
  u64 busy_nanoseconds = 0;
  // Of runs that shared their work: statements that they came through, nodes that were evaluated
  // for them and calls of primitives in these.
  u64 statements = 0;
  u64 evaluated = 0;
  u64 leaf_calls = 0;
  u64 generic_calls = 0;
  u64 pad2 = 0;
  // By primitive, and one more for what is outside of all calls. All zero without a profile.
  PrimCounts primitives[kPrimCount + 1];
  [[nodiscard]] ARC_HD RunEnd* ends() { return reinterpret_cast<RunEnd*>(this + 1); }
  [[nodiscard]] ARC_HD u8* value_bytes(u32 runs) { return reinterpret_cast<u8*>(ends() + runs); }
};

// Bytes of a SliceEnd with the ends of so many runs.
ARC_HD constexpr u64 slice_end_bytes(u32 runs) {
  return sizeof(SliceEnd) + u64{runs} * sizeof(RunEnd);
}

// A number that differs where two builds would read the bytes differently.
constexpr u64 layout_of_images() {
  u64 mixed = kImageVersion;
  const u64 parts[] = {sizeof(ProgramImage),
                       sizeof(ExampleImage),
                       sizeof(GraphImage),
                       sizeof(SliceItem),
                       sizeof(SliceImage),
                       sizeof(RunEnd),
                       sizeof(SliceEnd),
                       sizeof(Instr),
                       sizeof(LeafCall),
                       sizeof(Value),
                       sizeof(ClosureObj),
                       sizeof(FunctionView),
                       sizeof(Limits),
                       kPrimCount,
                       static_cast<u64>(GiveUp::count_),
                       static_cast<u64>(Status::unsupported_construct)};
  for (const u64 part : parts) mixed = mixed * 1099511628211u + part;
  return mixed;
}

// Puts addresses for the offsets of an image that has been copied to where it will be used.
ARC_HD inline void rebase(ProgramImage& image) {
  const u64 base = reinterpret_cast<u64>(&image);
  const auto move_pointer = [base](auto*& p) {
    p = reinterpret_cast<std::remove_reference_t<decltype(p)>>(reinterpret_cast<u64>(p) + base);
  };
  image.functions.at += base;
  image.closures.at += base;
  image.function_values.at += base;
  image.constants.at += base;
  image.keyword_sets.at += base;
  image.compounds.at += base;
  for (u32 k = 0; k < image.function_count; ++k) {
    FunctionView& f = image.functions.get()[k];
    move_pointer(f.code);
    move_pointer(f.operands);
    move_pointer(f.defaults);
    move_pointer(f.leaf_calls);
    image.function_values.get()[k] = Value::of(image.closures.get() + k);
  }
  for (u32 k = 0; k < image.keyword_set_count; ++k) {
    move_pointer(image.keyword_sets.get()[k].letters);
  }
}

}  // namespace arcbatch::device
