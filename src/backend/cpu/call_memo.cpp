// Open addressing over calls and over the bytes of grids.
#include "backend/cpu/call_memo.h"

#include <algorithm>
#include <cstring>

#include "values/build.h"

namespace arcbatch {
namespace {

constexpr std::size_t kLeastSlots = 1024;

u64 mix(u64 hash, u64 word) {
  hash = (hash ^ word) * 0x9e3779b97f4a7c15ull;
  return hash ^ (hash >> 29);
}

bool same_key(const CallMemo::Key& a, const CallMemo::Key& b) {
  if (a.hash != b.hash || a.count != b.count) return false;
  for (u32 k = 0; k < a.count; ++k) {
    if (!a.values[k].same_bits(b.values[k])) return false;
  }
  return true;
}

u64 hash_cells(const GridObj& grid) {
  u64 hash = mix(grid.h, grid.w);
  const u64 size = u64{grid.h} * grid.w;
  const i8* cells = grid.cells();
  u64 at = 0;
  for (; at + 8 <= size; at += 8) {
    u64 word = 0;
    std::memcpy(&word, cells + at, 8);
    hash = mix(hash, word);
  }
  u64 word = 0;
  std::memcpy(&word, cells + at, size - at);
  return mix(hash, word);
}

bool same_cells(const GridObj& a, const GridObj& b) {
  return a.h == b.h && a.w == b.w && std::memcmp(a.cells(), b.cells(), u64{a.h} * a.w) == 0;
}

}  // namespace

void CallMemo::Key::finish() {
  hash = count;
  for (u32 k = 0; k < count; ++k) {
    const Value& v = values[k];
    hash = mix(hash, static_cast<u64>(v.i) ^ (static_cast<u64>(v.tag) << 56) ^
                         (static_cast<u64>(static_cast<u32>(v.aux)) << 24));
  }
}

CallMemo::CallMemo() : slots_(kLeastSlots), grids_(kLeastSlots) {}

void CallMemo::clear() {
  std::fill(slots_.begin(), slots_.end(), 0);
  entries_.clear();
  owners_.clear();
  std::fill(grids_.begin(), grids_.end(), GridSlot{});
  grid_count_ = 0;
}

const CallMemo::Result* CallMemo::find(const Key& key) const {
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t at = key.hash & mask; slots_[at] != 0; at = (at + 1) & mask) {
    const Entry& entry = entries_[slots_[at] - 1];
    if (same_key(entry.key, key)) return &entry.result;
  }
  return nullptr;
}

void CallMemo::keep(const Key& key, const Result& result) {
  if (2 * (entries_.size() + 1) > slots_.size()) grow();
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = key.hash & mask;
  while (slots_[at] != 0) at = (at + 1) & mask;
  entries_.push_back(Entry{key, result, 0});
  slots_[at] = static_cast<u32>(entries_.size());
}

const CallMemo::Result* CallMemo::find_made(const Key& key, Owner owner) {
  const std::size_t mask = slots_.size() - 1;
  Entry* free_entry = nullptr;
  for (std::size_t at = key.hash & mask; slots_[at] != 0; at = (at + 1) & mask) {
    Entry& entry = entries_[slots_[at] - 1];
    if (!same_key(entry.key, key)) continue;
    bool taken = false;
    for (u32 k = entry.owners; k != 0; k = owners_[k - 1].next) {
      const Owner& other = owners_[k - 1].owner;
      if (other.program != owner.program) continue;
      if (other.statement == owner.statement) return &entry.result;
      taken = true;
    }
    if (!taken && free_entry == nullptr) free_entry = &entry;
  }
  if (free_entry == nullptr) return nullptr;
  add_owner(*free_entry, owner);
  return &free_entry->result;
}

void CallMemo::keep_made(const Key& key, Owner owner, const Result& result) {
  keep(key, result);
  add_owner(entries_.back(), owner);
}

void CallMemo::add_owner(Entry& entry, Owner owner) {
  owners_.push_back(OwnerLink{owner, entry.owners});
  entry.owners = static_cast<u32>(owners_.size());
}

void CallMemo::grow() {
  slots_.assign(slots_.size() * 2, 0);
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t k = 0; k < entries_.size(); ++k) {
    std::size_t at = entries_[k].key.hash & mask;
    while (slots_[at] != 0) at = (at + 1) & mask;
    slots_[at] = static_cast<u32>(k + 1);
  }
}

Status CallMemo::canonical(Ctx& ctx, const Value& v, Value& out) {
  out = v;
  GridObj* grid = nullptr;
  ARC_TRY(as_grid(ctx, v, grid));
  if (grid == nullptr) return Status::ok;
  const u64 hash = hash_cells(*grid);
  if (2 * (grid_count_ + 1) > grids_.size()) grow_grids();
  const std::size_t mask = grids_.size() - 1;
  std::size_t at = hash & mask;
  for (; grids_[at].grid != nullptr; at = (at + 1) & mask) {
    if (grids_[at].hash != hash || !same_cells(*grids_[at].grid, *grid)) continue;
    out = Value::of(grids_[at].grid);
    return Status::ok;
  }
  grids_[at] = GridSlot{hash, grid};
  ++grid_count_;
  out = Value::of(grid);
  return Status::ok;
}

void CallMemo::grow_grids() {
  std::vector<GridSlot> old(grids_.size() * 2);
  old.swap(grids_);
  const std::size_t mask = grids_.size() - 1;
  for (const GridSlot& slot : old) {
    if (slot.grid == nullptr) continue;
    std::size_t at = slot.hash & mask;
    while (grids_[at].grid != nullptr) at = (at + 1) & mask;
    grids_[at] = slot;
  }
}

}  // namespace arcbatch
