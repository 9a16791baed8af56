// ProgramCache: compiled program files, shared by workers. Holds those used last, up to a bound;
// the others are compiled again when they are asked for, so that a million files need not fit.
#pragma once

#include <condition_variable>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <vector>

#include "graph/program.h"

namespace arcbatch {

class ProgramCache {
 public:
  using ProgramPtr = std::shared_ptr<const Program>;
  // Compiles file number `file`; may be called by several threads at once, and may throw.
  using Loader = std::function<ProgramPtr(u32 file)>;

  // `sizes` has the size of every file's text; the files held are at most `capacity` together,
  // except that the one used last is always held.
  ProgramCache(std::vector<u64> sizes, u64 capacity, Loader load);

  // Holds a program that is compiled already.
  void put(u32 file, ProgramPtr program);

  // Returns the program of a file. Workers that ask for one file at a time wait for one compiler.
  ProgramPtr get(u32 file);

 private:
  struct Entry {
    ProgramPtr program;  // null: not held
    bool loading = false;
    std::list<u32>::iterator used;  // in used_, while held
  };

  void hold(u32 file, ProgramPtr program);

  std::mutex mutex_;
  std::condition_variable loaded_;
  std::vector<u64> sizes_;
  u64 capacity_;
  Loader load_;
  u64 held_ = 0;
  std::vector<Entry> entries_;
  std::list<u32> used_;  // files held, the one used last first
};

}  // namespace arcbatch
