// WorkBoard: batches of which other workers take examples once they have no batch of their own, so
// that one program that takes long on every example holds up one core no longer than the others.
#pragma once

#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <vector>

#include "batch/coordinator.h"
#include "graph/batch_graph.h"

namespace arcbatch {

// A batch as one graph, whose examples are taken one by one by whoever works on it.
struct GraphWork {
  struct Example {
    u32 task = 0;
    u32 index = 0;   // of the task's examples, those for training first
    u64 number = 0;  // of the first run on it, over the runs of a candidate
  };

  const BatchGraph* graph = nullptr;
  u32 first = 0;  // the candidates are first, first + 1, ..., end - 1
  u32 end = 0;
  std::vector<Example> examples;
  std::atomic<u64> next = 0;      // of the examples
  BatchResult* result = nullptr;  // each run's record is its example's; the rest under `merging`
  std::mutex merging;

  u32 helpers = 0;           // under the board's mutex, as is
  std::exception_ptr error;  // what a helper threw
};

class WorkBoard {
 public:
  // Offers work until withdraw() returns, which waits for those who help and throws what they
  // threw.
  void offer(GraphWork& work);
  void withdraw(GraphWork& work);

  // Returns work that has examples left, to be left again; nullptr if there is none.
  GraphWork* join();
  void leave(GraphWork& work, std::exception_ptr error);

 private:
  std::mutex mutex_;
  std::condition_variable left_;
  std::vector<GraphWork*> offered_;
};

}  // namespace arcbatch
