// Arena: bump allocation for one run. Everything a run makes lives until reset(); kernels
// allocate nowhere else. Blocks are kept across resets, so a warm run never reaches malloc.
// It also keeps the run's deadline, so that what the machine gives is bounded in one place.
#pragma once

#include "core/macros.h"

namespace arcbatch {

class Arena {
 public:
  // `capacity` bounds the physical bytes held; past it allocate() returns nullptr. reset() keeps
  // blocks of `kept` bytes.
  ARC_HD explicit Arena(u64 capacity = u64{4} << 30)
      : Arena(capacity, min_of(kKeptBytes, capacity / 32)) {}
  ARC_HD Arena(u64 capacity, u64 kept) : capacity_(capacity), kept_(kept) {}
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

#if !defined(__CUDA_ARCH__)
  ~Arena() { release(); }
#else
  ARC_HD ~Arena() {}
#endif

  // Uses a caller-owned buffer as the only block (device runs, tests of exhaustion).
  ARC_HD void adopt(void* buffer, u64 size) {
    cur_ = static_cast<char*>(buffer);
    end_ = cur_ + size;
    capacity_ = 0;
  }

  // Returns `size` bytes aligned to 16, uninitialised, or nullptr when the capacity is reached.
  ARC_HD ARC_INLINE void* allocate(u64 size) {
    size = size == 0 ? 16 : (size + 15) & ~u64{15};
    if (ARC_LIKELY(size <= static_cast<u64>(end_ - cur_))) {
      char* p = cur_;
      cur_ += size;
      return p;
    }
    return allocate_slow(size);
  }

  // Forgets everything allocated; keeps the first blocks, 64 MiB of them or 1/32 of the capacity
  // unless it was made to keep more, so that a run that needed much leaves the next what it needs.
  void reset();

#if !defined(__CUDA_ARCH__)
  // Returns `size` bytes that a ScratchMark made before takes back, aligned to 16, from a small
  // buffer that stays warm; nullptr where it has no room left.
  void* scratch(u64 size) {
    size = (size + 15) & ~u64{15};
    if (ARC_UNLIKELY(scratch_ == nullptr) && !make_scratch()) return nullptr;
    if (size > kScratchBytes - scratch_used_) return nullptr;
    void* p = scratch_ + scratch_used_;
    scratch_used_ += size;
    return p;
  }
#endif

  // Sets the tick (core/ticks.h) from which the run is out of time; 0 for none. Past it a new block
  // is refused, as one beyond the capacity is.
  void set_deadline(u64 tick) {
    deadline_ = tick;
    expired_ = false;
  }
  // Whether the deadline has passed. Says so from then on.
  ARC_HD bool expired() {
#if defined(__CUDACC__)
    return false;
#else
    if (ARC_LIKELY(deadline_ == 0)) return false;
    return check_deadline();
#endif
  }

  // Bytes handed out by the operating system and held.
  [[nodiscard]] u64 held() const { return held_; }

  // Bytes allocated since the last reset, with those that were left over at the ends of blocks.
  [[nodiscard]] u64 used() const;

 private:
  friend class ScratchMark;
  static constexpr u64 kKeptBytes = u64{64} << 20;
  static constexpr u64 kScratchBytes = u64{128} << 10;

  struct Block {
    Block* next;
    u64 size;
  };

#if defined(__CUDA_ARCH__)
  ARC_HD void* allocate_slow(u64) { return nullptr; }
#elif defined(__CUDACC__)
  ARC_HD void* allocate_slow(u64 size);
#else
  void* allocate_slow(u64 size);
#endif
  bool make_scratch();
  void release();
  bool check_deadline();

  char* cur_ = nullptr;
  char* end_ = nullptr;
  u64 capacity_;
  u64 kept_;
  u64 held_ = 0;
  u64 deadline_ = 0;
  bool expired_ = false;
  Block* first_ = nullptr;
  Block* current_ = nullptr;
  char* scratch_ = nullptr;
  u64 scratch_used_ = 0;
};

#if !defined(__CUDA_ARCH__)
// While it lives, Arena::scratch() gives; then all of that is taken back. Marks nest.
class ScratchMark {
 public:
  explicit ScratchMark(Arena& arena) : arena_(arena), used_(arena.scratch_used_) {}
  ~ScratchMark() { arena_.scratch_used_ = used_; }
  ScratchMark(const ScratchMark&) = delete;
  ScratchMark& operator=(const ScratchMark&) = delete;

 private:
  Arena& arena_;
  u64 used_;
};
#endif

}  // namespace arcbatch
