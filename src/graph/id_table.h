// IdTable: finds things that live elsewhere by their hash; what hash-consing is made of.
#pragma once

#include <cstddef>
#include <vector>

#include "core/macros.h"

namespace arcbatch {

// An open-addressing table of ids. The caller keeps what an id stands for and compares it.
class IdTable {
 public:
  static constexpr u32 kNone = 0xffffffffu;

  IdTable() : slots_(kFirstSlots) {}

  // Returns the id with this hash for which same(id) holds; where there is none, enters `fresh`
  // and returns it.
  template <class Same>
  u32 find_or_add(u64 hash, u32 fresh, Same&& same) {
    if ((count_ + 1) * 2 > slots_.size()) grow();
    const u32 tag = tag_of(hash);
    std::size_t at = tag & (slots_.size() - 1);
    while (slots_[at].id != kNone) {
      if (slots_[at].tag == tag && same(slots_[at].id)) return slots_[at].id;
      at = (at + 1) & (slots_.size() - 1);
    }
    slots_[at] = Slot{tag, fresh};
    ++count_;
    return fresh;
  }

  // Gives all memory back.
  void clear() {
    slots_ = std::vector<Slot>(kFirstSlots);
    count_ = 0;
  }

 private:
  struct Slot {
    u32 tag = 0;
    u32 id = kNone;
  };
  static constexpr std::size_t kFirstSlots = 64;

  static u32 tag_of(u64 hash) { return static_cast<u32>(hash ^ (hash >> 32)); }

  void grow() {
    std::vector<Slot> larger(slots_.size() * 2);
    for (const Slot& slot : slots_) {
      if (slot.id == kNone) continue;
      std::size_t at = slot.tag & (larger.size() - 1);
      while (larger[at].id != kNone) at = (at + 1) & (larger.size() - 1);
      larger[at] = slot;
    }
    slots_.swap(larger);
  }

  std::vector<Slot> slots_;
  std::size_t count_ = 0;
};

// Mixes a word into a hash for IdTable.
inline u64 mix_word(u64 hash, u64 word) {
  hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
  return hash ^ (hash >> 29);
}

}  // namespace arcbatch
