// CPython 3.11's list sort: runs, binary insertion, galloping merges chosen by powersort. The
// sequence of comparisons is part of the answer, since keys may be only partially ordered and a
// comparison may raise. Elements are (key, item) pairs moved together.
#pragma once

#include "values/ops.h"

namespace arcbatch {

// Sorter over parallel arrays of keys and items.
class TimSort {
 public:
  ARC_HD TimSort(Ctx& ctx, Value* keys, Value* items, u32 n)
      : ctx_(ctx), keys_(keys), items_(items), n_(n) {}

  ARC_HD Status sort() {
    if (n_ < 2) return Status::ok;
    spare_keys_ = ctx_.make<Value>(n_);
    ARC_ALLOC(spare_keys_);
    spare_items_ = ctx_.make<Value>(n_);
    ARC_ALLOC(spare_items_);
    const u32 minrun = minimum_run(n_);
    u32 lo = 0;
    u32 remaining = n_;
    while (remaining > 0) {
      bool descending = false;
      u32 n = 0;
      ARC_TRY(count_run(lo, lo + remaining, n, descending));
      if (descending) reverse(lo, lo + n);
      if (n < minrun) {
        const u32 force = min_of(remaining, minrun);
        ARC_TRY(binary_insertion(lo, lo + force, lo + n));
        n = force;
      }
      ARC_TRY(found_new_run(lo, n));
      runs_[run_count_++] = Run{lo, n, 0};
      lo += n;
      remaining -= n;
    }
    while (run_count_ > 1) {
      u32 k = run_count_ - 2;
      if (k > 0 && runs_[k - 1].length < runs_[k + 1].length) --k;
      ARC_TRY(merge_at(k));
    }
    return Status::ok;
  }

 private:
  struct Run {
    u32 base;
    u32 length;
    i32 power;
  };
  static constexpr u32 kMinGallop = 7;

  ARC_HD Status less(const Value& a, const Value& b, bool& out) {
    return compare(ctx_, Cmp::lt, a, b, out);
  }

  ARC_HD static u32 minimum_run(u32 n) {
    u32 carried = 0;
    while (n >= 64) {
      carried |= n & 1;
      n >>= 1;
    }
    return n + carried;
  }

  ARC_HD void reverse(u32 lo, u32 hi) {
    while (lo + 1 < hi) {
      --hi;
      const Value k = keys_[lo];
      keys_[lo] = keys_[hi];
      keys_[hi] = k;
      const Value v = items_[lo];
      items_[lo] = items_[hi];
      items_[hi] = v;
      ++lo;
    }
  }

  // Length of the run at lo: ascending, or strictly descending.
  ARC_HD Status count_run(u32 lo, u32 hi, u32& n, bool& descending) {
    descending = false;
    n = 1;
    if (lo + 1 == hi) return Status::ok;
    n = 2;
    bool below = false;
    ARC_TRY(less(keys_[lo + 1], keys_[lo], below));
    descending = below;
    for (u32 k = lo + 2; k < hi; ++k, ++n) {
      ARC_TRY(less(keys_[k], keys_[k - 1], below));
      if (below != descending) break;
    }
    return Status::ok;
  }

  // Sorts [lo, hi) whose part [lo, start) is sorted.
  ARC_HD Status binary_insertion(u32 lo, u32 hi, u32 start) {
    if (lo == start) ++start;
    for (; start < hi; ++start) {
      u32 l = lo;
      u32 r = start;
      const Value pivot = keys_[start];
      const Value item = items_[start];
      do {
        const u32 p = l + ((r - l) >> 1);
        bool below = false;
        ARC_TRY(less(pivot, keys_[p], below));
        if (below) {
          r = p;
        } else {
          l = p + 1;
        }
      } while (l < r);
      for (u32 p = start; p > l; --p) {
        keys_[p] = keys_[p - 1];
        items_[p] = items_[p - 1];
      }
      keys_[l] = pivot;
      items_[l] = item;
    }
    return Status::ok;
  }

  // The node depth at which a merge of two neighbouring runs stands in a nearly optimal tree.
  ARC_HD static i32 node_power(u64 s1, u64 n1, u64 n2, u64 n) {
    i32 power = 0;
    u64 a = 2 * s1 + n1;
    u64 b = a + n1 + n2;
    for (;;) {
      ++power;
      if (a >= n) {
        a -= n;
        b -= n;
      } else if (b >= n) {
        return power;
      }
      a <<= 1;
      b <<= 1;
    }
  }

  ARC_HD Status found_new_run(u32, u32 length) {
    if (run_count_ == 0) return Status::ok;
    const Run& top = runs_[run_count_ - 1];
    const i32 power = node_power(top.base, top.length, length, n_);
    while (run_count_ > 1 && runs_[run_count_ - 2].power > power) {
      ARC_TRY(merge_at(run_count_ - 2));
    }
    runs_[run_count_ - 1].power = power;
    return Status::ok;
  }

  // Where `key` goes in the sorted a[0..n), left of equals, searching outward from `hint`.
  ARC_HD Status gallop_left(const Value& key, const Value* a, i64 n, i64 hint, i64& out) {
    i64 last = 0;
    i64 ofs = 1;
    bool below = false;
    ARC_TRY(less(a[hint], key, below));
    if (below) {  // a[hint] < key: gallop right
      const i64 limit = n - hint;
      while (ofs < limit) {
        ARC_TRY(less(a[hint + ofs], key, below));
        if (!below) break;
        last = ofs;
        ofs = (ofs << 1) + 1;
      }
      ofs = min_of(ofs, limit);
      last += hint;
      ofs += hint;
    } else {
      const i64 limit = hint + 1;
      while (ofs < limit) {
        ARC_TRY(less(a[hint - ofs], key, below));
        if (below) break;
        last = ofs;
        ofs = (ofs << 1) + 1;
      }
      ofs = min_of(ofs, limit);
      const i64 k = last;
      last = hint - ofs;
      ofs = hint - k;
    }
    ++last;
    while (last < ofs) {
      const i64 m = last + ((ofs - last) >> 1);
      ARC_TRY(less(a[m], key, below));
      if (below) {
        last = m + 1;
      } else {
        ofs = m;
      }
    }
    out = ofs;
    return Status::ok;
  }

  // The same, right of equals.
  ARC_HD Status gallop_right(const Value& key, const Value* a, i64 n, i64 hint, i64& out) {
    i64 last = 0;
    i64 ofs = 1;
    bool below = false;
    ARC_TRY(less(key, a[hint], below));
    if (below) {  // key < a[hint]: gallop left
      const i64 limit = hint + 1;
      while (ofs < limit) {
        ARC_TRY(less(key, a[hint - ofs], below));
        if (!below) break;
        last = ofs;
        ofs = (ofs << 1) + 1;
      }
      ofs = min_of(ofs, limit);
      const i64 k = last;
      last = hint - ofs;
      ofs = hint - k;
    } else {
      const i64 limit = n - hint;
      while (ofs < limit) {
        ARC_TRY(less(key, a[hint + ofs], below));
        if (below) break;
        last = ofs;
        ofs = (ofs << 1) + 1;
      }
      ofs = min_of(ofs, limit);
      last += hint;
      ofs += hint;
    }
    ++last;
    while (last < ofs) {
      const i64 m = last + ((ofs - last) >> 1);
      ARC_TRY(less(key, a[m], below));
      if (below) {
        ofs = m;
      } else {
        last = m + 1;
      }
    }
    out = ofs;
    return Status::ok;
  }

  ARC_HD void move(i64 to, const Value* keys, const Value* items, i64 from, i64 n) {
    if (keys == keys_ && to > from) {
      for (i64 k = n - 1; k >= 0; --k) {
        keys_[to + k] = keys[from + k];
        items_[to + k] = items[from + k];
      }
      return;
    }
    for (i64 k = 0; k < n; ++k) {
      keys_[to + k] = keys[from + k];
      items_[to + k] = items[from + k];
    }
  }

  ARC_HD void save(i64 from, i64 n) {
    for (i64 k = 0; k < n; ++k) {
      spare_keys_[k] = keys_[from + k];
      spare_items_[k] = items_[from + k];
    }
  }

  ARC_HD Status merge_at(u32 k) {
    i64 a = runs_[k].base;
    i64 na = runs_[k].length;
    const i64 b = runs_[k + 1].base;
    i64 nb = runs_[k + 1].length;
    runs_[k].length += runs_[k + 1].length;
    if (k + 3 == run_count_) runs_[k + 1] = runs_[k + 2];
    --run_count_;
    i64 skip = 0;
    ARC_TRY(gallop_right(keys_[b], keys_ + a, na, 0, skip));
    a += skip;
    na -= skip;
    if (na == 0) return Status::ok;
    ARC_TRY(gallop_left(keys_[a + na - 1], keys_ + b, nb, nb - 1, nb));
    if (nb == 0) return Status::ok;
    return na <= nb ? merge_low(a, na, b, nb) : merge_high(a, na, b, nb);
  }

  // Merges with the left run saved aside. On an error the arrays are in an unspecified order.
  ARC_HD Status merge_low(i64 a, i64 na, i64 b, i64 nb) {
    save(a, na);
    i64 dest = a;
    i64 sa = 0;  // in the spare arrays
    i64 sb = b;
    i64 gallop = min_gallop_;
    move(dest++, keys_, items_, sb++, 1);
    --nb;
    bool merged = nb == 0;
    bool last_one = !merged && na == 1;
    while (!merged && !last_one) {
      i64 a_wins = 0;
      i64 b_wins = 0;
      for (;;) {  // one at a time, until one run wins often
        bool below = false;
        ARC_TRY(less(keys_[sb], spare_keys_[sa], below));
        if (below) {
          move(dest++, keys_, items_, sb++, 1);
          ++b_wins;
          a_wins = 0;
          if (--nb == 0) {
            merged = true;
            break;
          }
          if (b_wins >= gallop) break;
        } else {
          move(dest++, spare_keys_, spare_items_, sa++, 1);
          ++a_wins;
          b_wins = 0;
          if (--na == 1) {
            last_one = true;
            break;
          }
          if (a_wins >= gallop) break;
        }
      }
      if (merged || last_one) break;
      ++gallop;
      do {
        gallop -= gallop > 1 ? 1 : 0;
        min_gallop_ = gallop;
        ARC_TRY(gallop_right(keys_[sb], spare_keys_ + sa, na, 0, a_wins));
        if (a_wins != 0) {
          move(dest, spare_keys_, spare_items_, sa, a_wins);
          dest += a_wins;
          sa += a_wins;
          na -= a_wins;
          if (na == 1) {
            last_one = true;
            break;
          }
          // Only an inconsistent order can use up the left run here.
          if (na == 0) {
            merged = true;
            break;
          }
        }
        move(dest++, keys_, items_, sb++, 1);
        if (--nb == 0) {
          merged = true;
          break;
        }
        ARC_TRY(gallop_left(spare_keys_[sa], keys_ + sb, nb, 0, b_wins));
        if (b_wins != 0) {
          move(dest, keys_, items_, sb, b_wins);
          dest += b_wins;
          sb += b_wins;
          nb -= b_wins;
          if (nb == 0) {
            merged = true;
            break;
          }
        }
        move(dest++, spare_keys_, spare_items_, sa++, 1);
        if (--na == 1) {
          last_one = true;
          break;
        }
      } while (a_wins >= kMinGallop || b_wins >= kMinGallop);
      if (merged || last_one) break;
      ++gallop;
      min_gallop_ = gallop;
    }
    if (last_one) {  // the left run's last element belongs after all of the right run
      move(dest, keys_, items_, sb, nb);
      move(dest + nb, spare_keys_, spare_items_, sa, 1);
      return Status::ok;
    }
    move(dest, spare_keys_, spare_items_, sa, na);
    return Status::ok;
  }

  // Merges from the right with the right run saved aside.
  ARC_HD Status merge_high(i64 a, i64 na, i64 b, i64 nb) {
    save(b, nb);
    i64 dest = b + nb - 1;
    i64 sa = a + na - 1;
    i64 sb = nb - 1;  // in the spare arrays
    i64 gallop = min_gallop_;
    move(dest--, keys_, items_, sa--, 1);
    --na;
    bool merged = na == 0;
    bool last_one = !merged && nb == 1;
    while (!merged && !last_one) {
      i64 a_wins = 0;
      i64 b_wins = 0;
      for (;;) {
        bool below = false;
        ARC_TRY(less(spare_keys_[sb], keys_[sa], below));
        if (below) {
          move(dest--, keys_, items_, sa--, 1);
          ++a_wins;
          b_wins = 0;
          if (--na == 0) {
            merged = true;
            break;
          }
          if (a_wins >= gallop) break;
        } else {
          move(dest--, spare_keys_, spare_items_, sb--, 1);
          ++b_wins;
          a_wins = 0;
          if (--nb == 1) {
            last_one = true;
            break;
          }
          if (b_wins >= gallop) break;
        }
      }
      if (merged || last_one) break;
      ++gallop;
      do {
        gallop -= gallop > 1 ? 1 : 0;
        min_gallop_ = gallop;
        i64 k = 0;
        ARC_TRY(gallop_right(spare_keys_[sb], keys_ + a, na, na - 1, k));
        a_wins = na - k;
        if (a_wins != 0) {
          dest -= a_wins;
          sa -= a_wins;
          move(dest + 1, keys_, items_, sa + 1, a_wins);
          na -= a_wins;
          if (na == 0) {
            merged = true;
            break;
          }
        }
        move(dest--, spare_keys_, spare_items_, sb--, 1);
        if (--nb == 1) {
          last_one = true;
          break;
        }
        ARC_TRY(gallop_left(keys_[sa], spare_keys_, nb, nb - 1, k));
        b_wins = nb - k;
        if (b_wins != 0) {
          dest -= b_wins;
          sb -= b_wins;
          move(dest + 1, spare_keys_, spare_items_, sb + 1, b_wins);
          nb -= b_wins;
          if (nb == 1) {
            last_one = true;
            break;
          }
          if (nb == 0) {
            merged = true;
            break;
          }
        }
        move(dest--, keys_, items_, sa--, 1);
        if (--na == 0) {
          merged = true;
          break;
        }
      } while (a_wins >= kMinGallop || b_wins >= kMinGallop);
      if (merged || last_one) break;
      ++gallop;
      min_gallop_ = gallop;
    }
    if (last_one) {  // the right run's first element belongs before all of the left run
      dest -= na;
      sa -= na;
      move(dest + 1, keys_, items_, sa + 1, na);
      move(dest, spare_keys_, spare_items_, sb, 1);
      return Status::ok;
    }
    if (nb != 0) move(dest - nb + 1, spare_keys_, spare_items_, 0, nb);
    return Status::ok;
  }

  Ctx& ctx_;
  Value* keys_;
  Value* items_;
  u32 n_;
  Value* spare_keys_ = nullptr;
  Value* spare_items_ = nullptr;
  i64 min_gallop_ = kMinGallop;
  Run runs_[85] = {};
  u32 run_count_ = 0;
};

// Sorts items by keys, as sorted(items, key=...) does once it has the keys. A comparison that
// raises ends the sort with its status.
ARC_HD inline Status sort_by_key(Ctx& ctx, Value* keys, Value* items, u32 n) {
  TimSort sorter(ctx, keys, items, n);
  return sorter.sort();
}

}  // namespace arcbatch
