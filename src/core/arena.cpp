// The arena's slow path: chains of malloc'ed blocks.
#include "core/arena.h"

#include <cstdlib>

#include "core/ticks.h"
#include "core/watch.h"

namespace arcbatch {
namespace {
constexpr u64 kFirstBlock = u64{1} << 20;
}  // namespace

void* Arena::allocate_slow(u64 size) {
  if (capacity_ == 0 || expired()) return nullptr;
  const u64 header = (sizeof(Block) + 15) & ~u64{15};
  // Blocks after the current one are left from an earlier, larger run.
  while (current_ != nullptr && current_->next != nullptr) {
    current_ = current_->next;
    if (current_->size >= size) {
      cur_ = reinterpret_cast<char*>(current_) + header;
      end_ = cur_ + current_->size;
      return allocate(size);
    }
  }
  u64 block_size = current_ == nullptr ? kFirstBlock : min_of<u64>(held_, u64{256} << 20);
  block_size = max_of(block_size, size);
  if (block_size > capacity_ || held_ > capacity_ - block_size) {
    block_size = size;
    if (block_size > capacity_ || held_ > capacity_ - block_size) return nullptr;
  }
  auto* block = static_cast<Block*>(std::malloc(header + block_size));
  if (block == nullptr) return nullptr;
  block->next = nullptr;
  block->size = block_size;
  held_ += block_size;
  if (current_ == nullptr) {
    first_ = block;
  } else {
    current_->next = block;
  }
  current_ = block;
  cur_ = reinterpret_cast<char*>(block) + header;
  end_ = cur_ + block_size;
  return allocate(size);
}

bool Arena::make_scratch() {
  if (capacity_ < kScratchBytes || held_ > capacity_ - kScratchBytes) return false;
  scratch_ = static_cast<char*>(std::malloc(kScratchBytes));
  if (scratch_ != nullptr) held_ += kScratchBytes;
  return scratch_ != nullptr;
}

bool Arena::check_deadline() {
  if (expired_) return true;
  const u64 now = ticks_now();
  expired_ = now >= deadline_ || !Watch::goes_on(now);
  return expired_;
}

u64 Arena::used() const {
  u64 bytes = 0;
  for (const Block* block = first_; block != current_; block = block->next) bytes += block->size;
  return current_ == nullptr ? 0 : bytes + current_->size - static_cast<u64>(end_ - cur_);
}

void Arena::reset() {
  const u64 header = (sizeof(Block) + 15) & ~u64{15};
  if (first_ == nullptr) return;
  Block* last = first_;
  for (u64 kept = first_->size; last->next != nullptr; last = last->next) {
    kept += last->next->size;
    if (kept > kept_) break;
  }
  for (Block* block = last->next; block != nullptr;) {
    Block* next = block->next;
    held_ -= block->size;
    std::free(block);
    block = next;
  }
  last->next = nullptr;
  current_ = first_;
  cur_ = reinterpret_cast<char*>(first_) + header;
  end_ = cur_ + first_->size;
}

void Arena::release() {
  while (first_ != nullptr) {
    Block* next = first_->next;
    std::free(first_);
    first_ = next;
  }
  std::free(scratch_);
  scratch_ = nullptr;
  current_ = nullptr;
  cur_ = end_ = nullptr;
  held_ = 0;
}

}  // namespace arcbatch
