// Numbers what a function reaches anew and lays it out flat.
#include "backend/device/program_image.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <unordered_map>

#include "backend/binding.h"
#include "backend/cpu/constants.h"

namespace arcbatch::device {
namespace {

constexpr u64 aligned(u64 bytes) { return (bytes + 15) & ~u64{15}; }

// Grows by parts that begin at multiples of 16.
class Layout {
 public:
  template <class T>
  u64 add(const T* items, u64 n) {
    const u64 at = bytes.size();
    bytes.resize(at + aligned(n * sizeof(T)));
    if (n != 0) std::memcpy(bytes.data() + at, items, n * sizeof(T));
    return at;
  }
  std::vector<u8> bytes;
};

// An offset where an executor has a pointer; rebase() makes it one.
template <class T>
const T* as_pointer(u64 offset) {
  return reinterpret_cast<const T*>(offset);
}

// Lays out literals as values, and as words those that have to live in an arena.
template <class Image>
void add_literals(Layout& layout, const std::vector<Constant>& literals, Image& image) {
  std::vector<Value> constants(literals.size());
  std::vector<u32> compounds;
  for (u32 k = 0; k < literals.size(); ++k) {
    if (inline_constant(literals, k, constants.data())) continue;
    const std::vector<u32>& children = literals[k].children;
    compounds.push_back(k);
    compounds.push_back(static_cast<u32>(children.size()));
    compounds.insert(compounds.end(), children.begin(), children.end());
  }
  image.constant_count = static_cast<u32>(constants.size());
  image.compound_words = static_cast<u32>(compounds.size());
  image.constants.at = layout.add(constants.data(), constants.size());
  image.compounds.at = layout.add(compounds.data(), compounds.size());
}

class ImageBuilder {
 public:
  ImageBuilder(const Program& program, u32 index)
      : program_(program), reached_(reached_from(program, index)) {
    for (u32 k = 0; k < reached_.functions.size(); ++k)
      function_numbers_[reached_.functions[k]] = k;
    for (u32 k = 0; k < reached_.constants.size(); ++k) {
      constant_numbers_[reached_.constants[k]] = k;
      has_texts_ =
          has_texts_ || program.constants[reached_.constants[k]].kind == Constant::Kind::text;
    }
  }

  BuiltProgram build(Parameters parameters) {
    image_.parameters = parameters;
    const ProgramImage blank{};
    layout_.add(&blank, 1);
    std::vector<FunctionView> views;
    for (const u32 k : reached_.functions) views.push_back(add_function(program_.functions[k]));
    add_constants();
    add_keyword_sets();
    add_closures(views);
    image_.function_count = static_cast<u32>(views.size());
    image_.functions.at = layout_.add(views.data(), views.size());
    image_.bytes = layout_.bytes.size();
    std::memcpy(layout_.bytes.data(), &image_, sizeof image_);
    return {std::move(layout_.bytes), std::move(reached_.functions)};
  }

 private:
  [[nodiscard]] Operand renumbered(Operand o) const {
    switch (o.kind()) {
      case OperandKind::constant: return Operand::make(o.kind(), constant_numbers_.at(o.index()));
      case OperandKind::function: return Operand::make(o.kind(), function_numbers_.at(o.index()));
      default: return o;
    }
  }

  // Sets of keywords are numbered as they are met.
  u32 set_number(u32 set) {
    u32& number = set_numbers_[set - 1];
    if (number == 0) {
      sets_.push_back(set - 1);
      number = static_cast<u32>(sets_.size());
    }
    return number;
  }

  FunctionView add_function(const Function& f) {
    std::vector<Instr> code = f.code;
    for (Instr& in : code) {
      if (in.keyword_set != 0) in.keyword_set = set_number(in.keyword_set);
      if (in.op == Opcode::make_lambda)
        in.immediate = function_numbers_.at(static_cast<u32>(in.immediate));
      if (has_texts_ && in.op == Opcode::append) {  // texts are the host's alone
        in.op = Opcode::refuse;
        in.immediate = static_cast<i64>(program_.reasons.size());
      }
    }
    std::vector<Operand> operands;
    for (const Operand o : f.operands) operands.push_back(renumbered(o));
    std::vector<u32> defaults;
    for (const u32 k : f.defaults) defaults.push_back(constant_numbers_.at(k));
    std::vector<LeafCall> calls;
    add_leaf_calls(f, calls);
    for (LeafCall& call : calls) {
      for (Operand& o : call.args) o = renumbered(o);
    }
    FunctionView view;
    view.code = as_pointer<Instr>(layout_.add(code.data(), code.size()));
    view.operands = as_pointer<Operand>(layout_.add(operands.data(), operands.size()));
    view.defaults = as_pointer<u32>(layout_.add(defaults.data(), defaults.size()));
    view.leaf_calls = as_pointer<LeafCall>(layout_.add(calls.data(), calls.size()));
    view.param_count = static_cast<u32>(f.params.size());
    view.required = f.required;
    view.capture_count = f.capture_count;
    view.register_count = f.register_count;
    return view;
  }

  void add_constants() {
    std::vector<Constant> literals;  // as the image numbers them and their children
    for (const u32 k : reached_.constants) {
      Constant& literal = literals.emplace_back(program_.constants[k]);
      for (u32& child : literal.children) child = constant_numbers_.at(child);
    }
    add_literals(layout_, literals, image_);
  }

  void add_keyword_sets() {
    std::vector<KeywordView> views;
    for (const u32 set : sets_) {
      const std::vector<std::string>& names = program_.keyword_sets[set];
      std::string letters;
      for (const std::string& name : names) letters += name.size() == 1 ? name[0] : '\0';
      views.push_back({as_pointer<char>(layout_.add(letters.data(), letters.size())),
                       static_cast<u32>(names.size())});
    }
    image_.keyword_set_count = static_cast<u32>(views.size());
    image_.keyword_sets.at = layout_.add(views.data(), views.size());
  }

  void add_closures(const std::vector<FunctionView>& views) {
    std::vector<ClosureObj> closures(views.size());
    for (u32 k = 0; k < views.size(); ++k) {
      closures[k] = ClosureObj{};
      closures[k].kind = ClosureKind::def;
      closures[k].argcount = static_cast<u8>(views[k].param_count);
      closures[k].function = k;
    }
    const std::vector<Value> values(views.size());  // rebase() points them to the closures
    image_.closures.at = layout_.add(closures.data(), closures.size());
    image_.function_values.at = layout_.add(values.data(), values.size());
  }

  const Program& program_;
  Reached reached_;
  bool has_texts_ = false;
  // By the program's numbers; small beside the program, which may be a file of thousands.
  std::unordered_map<u32, u32> function_numbers_;
  std::unordered_map<u32, u32> constant_numbers_;
  std::unordered_map<u32, u32> set_numbers_;  // one more than the number within the image
  std::vector<u32> sets_;                     // those that were met
  ProgramImage image_;
  Layout layout_;
};

}  // namespace

BuiltProgram build_program(const Program& program, u32 index, Parameters parameters) {
  return ImageBuilder(program, index).build(parameters);
}

std::vector<u8> build_graph(const BatchGraph& graph) {
  GraphImage image;
  Layout layout;
  layout.add(&image, 1);
  const auto add = [&layout](const auto& items) { return layout.add(items.data(), items.size()); };
  image.nodes.at = add(graph.nodes());
  image.operands.at = add(graph.operands());
  image.leaf_calls.at = add(graph.leaf_calls());
  image.steps.at = add(graph.steps());
  add_literals(layout, graph.constants(), image);
  image.node_count = static_cast<u32>(graph.nodes().size());
  image.step_count = static_cast<u32>(graph.steps().size() - 1);
  image.result_count = graph.result_count();
  for (const GraphStep& step : graph.steps()) image.depth = std::max(image.depth, step.depth);
  image.uses_pairs = graph.uses_pairs() ? 1 : 0;
  image.bytes = layout.bytes.size();
  std::memcpy(layout.bytes.data(), &image, sizeof image);
  return std::move(layout.bytes);
}

u64 graph_table_bytes(u64 instructions) {
  constexpr u64 kBytesANode = 128;  // more than GraphWorker takes of one that returns
  return (instructions + kArgumentNodes) * kBytesANode;
}

GridImage ExamplesBuilder::add_grid(const GridData& grid) {
  GridImage image{grid.h, grid.w, cells_.size()};
  cells_.insert(cells_.end(), grid.cells.begin(), grid.cells.end());
  return image;
}

void ExamplesBuilder::add_pair(const Pair& pair, u32 train_first, u32 train_count) {
  ExampleImage image;
  image.input = add_grid(pair.input);
  if (pair.output) {
    image.expected = add_grid(*pair.output);
    image.has_expected = 1;
  }
  image.train_first = train_first;
  image.train_count = train_count;
  examples_.push_back(image);
}

void ExamplesBuilder::add(const Task& task) {
  const u32 first = count();
  const u32 train = static_cast<u32>(task.train.size());
  for (const Pair& pair : task.train) add_pair(pair, first, train);
  for (const Pair& pair : task.test) add_pair(pair, first, train);
}

std::vector<u8> ExamplesBuilder::finish() const {
  const u64 cells_at = sizeof(ExamplesImage) + examples_.size() * sizeof(ExampleImage);
  std::vector<ExampleImage> examples = examples_;
  for (ExampleImage& e : examples) {
    e.input.cells += cells_at;
    e.expected.cells += cells_at;
  }
  ExamplesImage header;
  header.count = count();
  Layout layout;
  layout.bytes.resize(aligned(cells_at + cells_.size()));
  std::memcpy(layout.bytes.data(), &header, sizeof header);
  if (!examples.empty()) {
    std::memcpy(layout.bytes.data() + sizeof header, examples.data(),
                examples.size() * sizeof(ExampleImage));
  }
  if (!cells_.empty()) std::memcpy(layout.bytes.data() + cells_at, cells_.data(), cells_.size());
  return std::move(layout.bytes);
}

void SliceBuilder::add_program(std::vector<u8> image) {
  image_bytes_ += aligned(image.size());
  images_.push_back(std::move(image));
}

void SliceBuilder::add_graph(std::vector<u8> image) {
  image_bytes_ += aligned(image.size());
  graphs_.push_back(std::move(image));
}

void SliceBuilder::add_item(u32 graph, u32 example, const std::vector<u32>& numbers) {
  items_.push_back({graph, example, numbers_.size()});
  for (const u32 number : numbers) shared_runs_ += number == kNoRun ? 0 : 1;
  numbers_.insert(numbers_.end(), numbers.begin(), numbers.end());
}

u64 SliceBuilder::bytes() const {
  return aligned(sizeof(SliceImage)) + aligned(images_.size() * sizeof(u64)) +
         aligned(graphs_.size() * sizeof(u64)) + aligned(items_.size() * sizeof(SliceItem)) +
         aligned(numbers_.size() * sizeof(u32)) + aligned(runs_.size() * sizeof(SliceRun)) +
         image_bytes_;
}

void SliceBuilder::write(u8* to, SliceImage header) const {
  header.program_count = programs();
  header.run_count = runs();
  header.alone_count = static_cast<u32>(runs_.size());
  header.item_count = static_cast<u32>(items_.size());
  header.queue_length = header.alone_count + header.item_count;
  u64 at = aligned(sizeof(SliceImage));
  const auto reserve = [&at](u64 bytes) {
    const u64 here = at;
    at += aligned(bytes);
    return here;
  };
  header.programs = reserve(images_.size() * sizeof(u64));
  header.graphs = reserve(graphs_.size() * sizeof(u64));
  header.items = reserve(items_.size() * sizeof(SliceItem));
  header.numbers = reserve(numbers_.size() * sizeof(u32));
  header.runs = reserve(runs_.size() * sizeof(SliceRun));
  std::memcpy(to, &header, sizeof header);
  const auto put = [to](u64 where, const auto& list) {
    if (!list.empty()) std::memcpy(to + where, list.data(), list.size() * sizeof(list[0]));
  };
  put(header.items, items_);
  put(header.numbers, numbers_);
  put(header.runs, runs_);
  const auto put_images = [&](u64 offsets, const std::vector<std::vector<u8>>& images) {
    for (std::size_t k = 0; k < images.size(); ++k) {
      const u64 here = reserve(images[k].size());
      std::memcpy(to + offsets + k * sizeof(u64), &here, sizeof here);
      std::memcpy(to + here, images[k].data(), images[k].size());
    }
  };
  put_images(header.programs, images_);
  put_images(header.graphs, graphs_);
}

}  // namespace arcbatch::device
