// Corpus: seeded random programs that follow types, so that most of them return a value, and the
// grids they run on. The same seed gives the same text on every machine and compiler.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "primitives/registry.h"
#include "task/task.h"

namespace arcbatch {

// What a variable of a generated program holds, as far as the writer follows it.
enum class CorpusType : u8 {
  other,
  boolean,
  integer,
  pair,   // of integers
  cell,   // (color, location)
  row,    // a tuple of integers
  grid,   //
  grids,  // a tuple of them; likewise the next two
  pairs,
  pieces,
  integers,  // from here on sets: of integers, of pairs, of cells, of indices, of objects
  indices,
  object,
  indices_set,
  objects,
};

class CorpusWriter {
 public:
  explicit CorpusWriter(u64 seed) : random_(seed) {}

  // Returns the source of `def program(I)` with at least `statements` statements: those that
  // build functions for others come on top.
  std::string program(u32 statements);

  // Returns a grid: noise, few colours, or nearly one colour.
  GridData grid() { return random_grid(random_); }
  static GridData random_grid(std::mt19937_64& random);

  // Returns a number below `n`.
  u32 below(u32 n) { return static_cast<u32>(random_() % n); }

 private:
  struct Variable {
    std::string name;
    CorpusType type = CorpusType::other;
  };
  // A function of one argument: its text, what it takes and what it gives.
  struct Function {
    std::string text;
    CorpusType result = CorpusType::other;
  };

  bool statement();
  bool leaf_call(Prim p, std::string& call, CorpusType& result);
  bool higher_call(Prim p, std::string& call, CorpusType& result);
  bool argument(std::string_view wanted, Variable& out);
  bool container(Variable& out);
  // Finds a function for an argument of type `from`; `wanted` other than `other` fixes its result.
  bool function(CorpusType from, CorpusType wanted, u32 depth, Function& out);
  bool primitive(CorpusType from, CorpusType wanted, Function& out);
  bool bound(CorpusType from, CorpusType wanted, Function& out);
  bool built(CorpusType from, CorpusType wanted, u32 depth, Function& out);
  std::string assign(const std::string& expression);
  std::string constant(CorpusType type);

  std::mt19937_64 random_;
  std::vector<Variable> pool_;
  std::string text_;
  u32 next_ = 1;
};

}  // namespace arcbatch
