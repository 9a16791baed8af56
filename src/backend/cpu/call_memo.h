// CallMemo: what calls of the same values came to, and one value for all grids that are equal. It
// holds until the arena is reset.
#pragma once

#include <utility>
#include <vector>

#include "values/context.h"
#include "values/value.h"

namespace arcbatch {

class CallMemo {
 public:
  static constexpr u32 kMaxArguments = 4;

  // How a call ended, and what it was charged.
  struct Result {
    Value value;
    i64 steps = 0;
    i64 bytes = 0;
    Status status = Status::ok;
  };

  // A function and its arguments, by identity.
  struct Key {
    Value values[kMaxArguments + 1];
    u32 count = 0;
    u64 hash = 0;
    void finish();  // sets the hash
  };

  // Two statements of a program that make a function make two, which the program can tell apart.
  struct Owner {
    u32 program = 0;
    u32 statement = 0;
  };

  CallMemo();

  // Forgets everything.
  void clear();

  // What the call came to, or nullptr. It holds until the next keep().
  [[nodiscard]] const Result* find(const Key& key) const;
  void keep(const Key& key, const Result& result);

  // The same for calls that make a function: what is found was given to no other statement of the
  // owner's program.
  const Result* find_made(const Key& key, Owner owner);
  void keep_made(const Key& key, Owner owner, const Result& result);

  // Sets `out` to the one value for all grids that are equal to `v`; to `v` if it is no grid.
  Status canonical(Ctx& ctx, const Value& v, Value& out);

 private:
  struct Entry {
    Key key;
    Result result;
    u32 owners = 0;  // 1 + the last of its owners
  };
  struct OwnerLink {
    Owner owner;
    u32 next = 0;  // 1 + another owner of the same entry
  };
  struct GridSlot {
    u64 hash = 0;
    GridObj* grid = nullptr;
  };

  void add_owner(Entry& entry, Owner owner);
  void grow();
  void grow_grids();

  std::vector<u32> slots_;  // 1 + an entry, or 0; by hash, then the next
  std::vector<Entry> entries_;
  std::vector<OwnerLink> owners_;
  std::vector<GridSlot> grids_;
  std::size_t grid_count_ = 0;
};

}  // namespace arcbatch
