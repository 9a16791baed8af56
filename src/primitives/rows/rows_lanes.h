// Rows vocabulary as 32 SIMT lanes, emulated: strips of 32 rows (or bytes), one per lane, with
// votes, ballots and shuffles where lanes need one another. Replacing Lanes by a warp's registers
// and intrinsics leaves the algorithms as they stand. Host and device.
#pragma once

#include "core/bits.h"
#include "core/macros.h"

namespace arcbatch {

inline constexpr u32 kLanes = 32;

// One value per lane. Operators act lane by lane; the named members are what a warp has
// intrinsics for.
template <class T>
struct Lanes {
  T value[kLanes];

  // The lane's own index decides what it holds.
  template <class F>
  ARC_HD static Lanes of(F&& f) {
    Lanes r;
    for (u32 lane = 0; lane < kLanes; ++lane) r.value[lane] = f(lane);
    return r;
  }
  ARC_HD static Lanes all(T v) {
    return of([v](u32) { return v; });
  }

  // Lane k takes lane k - by's value; the lanes without one take `edge`.
  [[nodiscard]] ARC_HD Lanes shuffle_up(u32 by, T edge) const {
    return of([&](u32 lane) { return lane >= by ? value[lane - by] : edge; });
  }
  // Lane k takes lane k + by's value; the lanes without one take `edge`.
  [[nodiscard]] ARC_HD Lanes shuffle_down(u32 by, T edge) const {
    return of([&](u32 lane) { return lane + by < kLanes ? value[lane + by] : edge; });
  }
  [[nodiscard]] ARC_HD Lanes shuffle_xor(u32 mask) const {
    return of([&](u32 lane) { return value[lane ^ mask]; });
  }
  // One lane's value, for all.
  [[nodiscard]] ARC_HD T broadcast(u32 lane) const { return value[lane]; }
  // Bit k: whether lane k's value is not 0.
  [[nodiscard]] ARC_HD u32 ballot() const {
    u32 bits = 0;
    for (u32 lane = 0; lane < kLanes; ++lane) {
      bits |= static_cast<u32>(value[lane] != 0 ? 1 : 0) << lane;
    }
    return bits;
  }
  // Vote: whether any lane's value is not 0.
  [[nodiscard]] ARC_HD bool any() const { return ballot() != 0; }

  // Reductions as butterflies: after five exchanges every lane holds the result.
  [[nodiscard]] ARC_HD T sum() const {
    Lanes r = *this;
    for (u32 mask = kLanes / 2; mask != 0; mask /= 2) {
      const Lanes o = r.shuffle_xor(mask);
      r = of([&](u32 lane) { return static_cast<T>(r.value[lane] + o.value[lane]); });
    }
    return r.broadcast(0);
  }
  [[nodiscard]] ARC_HD T or_all() const {
    Lanes r = *this;
    for (u32 mask = kLanes / 2; mask != 0; mask /= 2) r = r | r.shuffle_xor(mask);
    return r.broadcast(0);
  }

  ARC_HD friend Lanes operator|(const Lanes& a, const Lanes& b) {
    return of([&](u32 lane) { return static_cast<T>(a.value[lane] | b.value[lane]); });
  }
  ARC_HD friend Lanes operator&(const Lanes& a, const Lanes& b) {
    return of([&](u32 lane) { return static_cast<T>(a.value[lane] & b.value[lane]); });
  }
  ARC_HD friend Lanes operator^(const Lanes& a, const Lanes& b) {
    return of([&](u32 lane) { return static_cast<T>(a.value[lane] ^ b.value[lane]); });
  }
  ARC_HD friend Lanes operator~(const Lanes& a) {
    return of([&](u32 lane) { return static_cast<T>(~a.value[lane]); });
  }
  ARC_HD friend Lanes operator+(const Lanes& a, const Lanes& b) {
    return of([&](u32 lane) { return static_cast<T>(a.value[lane] + b.value[lane]); });
  }
  ARC_HD friend Lanes operator<<(const Lanes& a, u32 by) {
    return of([&](u32 lane) { return static_cast<T>(a.value[lane] << by); });
  }
  ARC_HD friend Lanes operator>>(const Lanes& a, u32 by) {
    return of([&](u32 lane) { return static_cast<T>(a.value[lane] >> by); });
  }
};

struct RowsLanes {
  static constexpr const char* kName = "lanes";
  static constexpr bool kSpills = false;

  // Lanes of the strip that starts at `base`, of n elements in all; the others hold 0.
  template <class T>
  ARC_HD static Lanes<T> load(const T* a, u64 base, u64 n) {
    return Lanes<T>::of([&](u32 lane) { return base + lane < n ? a[base + lane] : T{0}; });
  }
  template <class T>
  ARC_HD static void store(T* dst, u64 base, u64 n, const Lanes<T>& v) {
    for (u32 lane = 0; lane < kLanes; ++lane) {
      if (base + lane < n) dst[base + lane] = v.value[lane];
    }
  }
  // dst[k] = f(k) for all k < n, a strip at a time: all lanes compute, then all store.
  template <class T, class F>
  ARC_HD static void map(T* dst, u64 n, F&& f) {
    for (u64 base = 0; base < n; base += kLanes) {
      store(dst, base, n,
            Lanes<T>::of([&](u32 lane) { return base + lane < n ? f(base + lane) : T{0}; }));
    }
  }
  // Whether f(k) holds for some k < n: a vote per strip.
  template <class F>
  ARC_HD static bool vote(u64 n, F&& f) {
    for (u64 base = 0; base < n; base += kLanes) {
      const Lanes<u32> found = Lanes<u32>::of(
          [&](u32 lane) { return static_cast<u32>(base + lane < n && f(base + lane) ? 1 : 0); });
      if (found.any()) return true;
    }
    return false;
  }

  // ---- bit rows: n words ----------------------------------------------------------------------

  ARC_HD static void fill(u64* dst, u64 value, u32 n) {
    map(dst, n, [=](u64) { return value; });
  }
  ARC_HD static void copy(u64* dst, const u64* a, u32 n) {
    map(dst, n, [=](u64 k) { return a[k]; });
  }
  ARC_HD static void bit_or(u64* dst, const u64* a, const u64* b, u32 n) {
    map(dst, n, [=](u64 k) { return a[k] | b[k]; });
  }
  ARC_HD static void bit_and(u64* dst, const u64* a, const u64* b, u32 n) {
    map(dst, n, [=](u64 k) { return a[k] & b[k]; });
  }
  ARC_HD static void bit_andnot(u64* dst, const u64* a, const u64* b, u32 n) {
    map(dst, n, [=](u64 k) { return a[k] & ~b[k]; });
  }
  ARC_HD static void shift_columns(u64* dst, const u64* a, i32 by, u32 n) {
    map(dst, n, [=](u64 k) { return by >= 0 ? a[k] << by : a[k] >> -by; });
  }
  ARC_HD static u64 any(const u64* a, u32 n) {
    Lanes<u64> seen = Lanes<u64>::all(0);
    for (u32 base = 0; base < n; base += kLanes) seen = seen | load(a, base, n);
    return seen.or_all();
  }
  ARC_HD static u32 count(const u64* a, u32 n) {
    Lanes<u32> total = Lanes<u32>::all(0);
    for (u32 base = 0; base < n; base += kLanes) {
      const Lanes<u64> row = load(a, base, n);
      total = total + Lanes<u32>::of([&](u32 lane) { return popcount64(row.value[lane]); });
    }
    return total.sum();
  }
  ARC_HD static bool equal(const u64* a, const u64* b, u32 n) {
    return !vote(n, [=](u64 k) { return a[k] != b[k]; });
  }
  ARC_HD static bool meets(const u64* a, const u64* b, u32 n) {
    return vote(n, [=](u64 k) { return (a[k] & b[k]) != 0; });
  }

  // The set bits of `mask` that runs of it connect to the bits of `seed`, a subset of it: upwards
  // by the carry of one addition, downwards by doubling steps.
  ARC_HD static u64 spread(u64 seed, u64 mask) {
    u64 near = (((mask + seed) ^ mask) & mask) | seed;
    u64 open = mask;
    for (u32 step = 1; step < 64; step *= 2) {
      near |= open & (near >> step);
      open &= open >> step;
    }
    return near;
  }
  // The strips exchange their edge rows through memory; a strip settles before the next starts.
  ARC_HD static void flood(u64* seed, const u64* mask, u32 n, bool diagonal) {
    bool changed = n != 0;
    while (changed) {
      changed = false;
      for (u32 base = 0; base < n; base += kLanes) {
        const u64 above = base > 0 ? seed[base - 1] : 0;
        const u64 below = base + kLanes < n ? seed[base + kLanes] : 0;
        const Lanes<u64> open = load(mask, base, n);
        Lanes<u64> now = load(seed, base, n);
        for (bool moving = true; moving;) {
          Lanes<u64> near = now.shuffle_up(1, above) | now.shuffle_down(1, below);
          if (diagonal) near = near | (near << 1) | (near >> 1);
          const Lanes<u64> touched = (now | near) & open;
          const Lanes<u64> next = Lanes<u64>::of(
              [&](u32 lane) { return spread(touched.value[lane], open.value[lane]); });
          moving = (next ^ now).any();
          changed = changed || moving;
          now = next;
        }
        store(seed, base, n, now);
      }
      if (n <= kLanes) return;  // one strip has no edges to exchange
    }
  }

  // ---- byte rows: h rows of w <= 64 bytes, `stride` apart ---------------------------------------

  ARC_HD static void equals(u64* dst, const i8* cells, u32 stride, u32 h, u32 w, i8 value) {
    map(dst, h, [=](u64 r) {
      const i8* row = cells + r * stride;
      u64 bits = 0;
      for (u32 k = 0; k < w; ++k) bits |= static_cast<u64>(row[k] == value ? 1 : 0) << k;
      return bits;
    });
  }
  // Lane = row; each compares its own with itself and with the row of the lane above it.
  ARC_HD static void neighbors(u64* left, u64* up, u64* up_left, u64* up_right, const i8* cells,
                               u32 stride, u32 h, u32 w) {
    const auto compare = [=](u64 r, u64 above, i32 by) {
      const i8* row = cells + r * stride;
      u64 bits = 0;
      for (i32 k = 0; k < static_cast<i32>(w); ++k) {
        if (r < above || k + by < 0 || k + by >= static_cast<i32>(w)) continue;
        bits |= static_cast<u64>(row[k] == (row - above * stride)[k + by] ? 1 : 0) << k;
      }
      return bits;
    };
    map(left, h, [=](u64 r) { return compare(r, 0, -1); });
    map(up, h, [=](u64 r) { return compare(r, 1, 0); });
    if (up_left == nullptr) return;
    map(up_left, h, [=](u64 r) { return compare(r, 1, -1); });
    map(up_right, h, [=](u64 r) { return compare(r, 1, 1); });
  }
  ARC_HD static void put(i8* cells, u32 stride, const u64* mask, u32 h, u32 w, i8 value) {
    put_each(cells, stride, mask, h, w, [=](u64, u32) { return value; });
  }
  ARC_HD static void put_from(i8* cells, u32 stride, const u64* mask, u32 h, u32 w, const i8* from,
                              u32 from_stride) {
    put_each(cells, stride, mask, h, w, [=](u64 r, u32 k) { return from[r * from_stride + k]; });
  }

  // ---- byte runs: n bytes ---------------------------------------------------------------------

  ARC_HD static void copy_bytes(i8* dst, const i8* a, u64 n) {
    map(dst, n, [=](u64 k) { return a[k]; });
  }
  ARC_HD static void fill_bytes(i8* dst, i8 value, u64 n) {
    map(dst, n, [=](u64) { return value; });
  }
  ARC_HD static void replace_bytes(i8* dst, const i8* a, i8 from, i8 to, u64 n) {
    map(dst, n, [=](u64 k) { return a[k] == from ? to : a[k]; });
  }
  ARC_HD static void switch_bytes(i8* dst, const i8* a, i8 x, i8 y, u64 n) {
    map(dst, n, [=](u64 k) { return a[k] == x ? y : a[k] == y ? x : a[k]; });
  }
  ARC_HD static void match_bytes(i8* dst, const i8* a, const i8* b, i8 fallback, u64 n) {
    map(dst, n, [=](u64 k) { return a[k] == b[k] ? a[k] : fallback; });
  }
  ARC_HD static bool equal_bytes(const i8* a, const i8* b, u64 n) {
    return !vote(n, [=](u64 k) { return a[k] != b[k]; });
  }
  ARC_HD static u32 count_bytes(const i8* a, i8 value, u64 n) {
    u32 total = 0;
    for (u64 base = 0; base < n; base += kLanes) {
      const Lanes<u32> found = Lanes<u32>::of([&](u32 lane) {
        return static_cast<u32>(base + lane < n && a[base + lane] == value ? 1 : 0);
      });
      total += popcount64(found.ballot());
    }
    return total;
  }
  ARC_HD static void reverse_bytes(i8* dst, const i8* a, u64 n) {
    map(dst, n, [=](u64 k) { return a[n - 1 - k]; });
  }
  // Lanes are rows of a, so that every store of a column is one run of dst.
  ARC_HD static void transpose_bytes(i8* dst, const i8* a, u32 h, u32 w) {
    for (u32 k = 0; k < w; ++k) {
      map(dst + u64{k} * h, h, [=](u64 r) { return a[r * w + k]; });
    }
  }
  // In turn for each value of a strip: its lanes vote, and one adds their number.
  ARC_HD static void histogram(u32* counts, const i8* a, u64 n) {
    for (u64 base = 0; base < n; base += kLanes) {
      const Lanes<i8> cell = load(a, base, n);
      u32 left = n - base >= kLanes ? ~u32{0} : (u32{1} << (n - base)) - 1;
      while (left != 0) {
        const i8 value = cell.broadcast(ctz64(left));
        const u32 same = Lanes<u32>::of([&](u32 lane) {
                           return static_cast<u32>(cell.value[lane] == value ? 1 : 0);
                         }).ballot() &
                         left;
        counts[static_cast<i32>(value) + 128] += popcount64(same);
        left &= ~same;
      }
    }
  }

 private:
  // Lane = row; the columns in step.
  template <class F>
  ARC_HD static void put_each(i8* cells, u32 stride, const u64* mask, u32 h, u32 w, F&& f) {
    for (u32 base = 0; base < h; base += kLanes) {
      const Lanes<u64> rows = load(mask, base, h);
      for (u32 k = 0; k < w; ++k) {
        for (u32 lane = 0; lane < kLanes; ++lane) {
          if (((rows.value[lane] >> k) & 1) == 0) continue;
          cells[u64{base + lane} * stride + k] = f(u64{base} + lane, k);
        }
      }
    }
  }
};

}  // namespace arcbatch
