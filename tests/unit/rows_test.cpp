// The implementations of the Rows vocabulary against the scalar one, on random rows of all sizes
// and at every tail; also that nothing is written past the end.
#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "primitives/rows/rows_lanes.h"
#include "primitives/rows/rows_scalar.h"
#include "primitives/rows/rows_simd.h"

namespace arcbatch {
namespace {

constexpr u64 kPadding = 64;  // readable past the end of byte rows
constexpr u64 kGuard = 0x9e3779b97f4a7c15ULL;

// Random data, the same for every implementation of one case.
class Source {
 public:
  explicit Source(u32 seed) : engine_(seed) {}
  u64 bits() { return engine_(); }
  u32 below(u32 n) { return static_cast<u32>(engine_() % n); }

  // Words of random density, so that empty and full rows occur.
  std::vector<u64> words(u64 n) {
    const u32 density = below(5);
    std::vector<u64> v(n);
    for (u64& word : v) {
      switch (density) {
        case 0: word = bits() & bits() & bits(); break;
        case 1: word = bits() | bits() | bits(); break;
        case 2: word = below(3) == 0 ? bits() : 0; break;
        case 3: word = ~u64{0}; break;
        default: word = bits(); break;
      }
    }
    return v;
  }
  // Bytes of few values, mostly colours, and the padding after them.
  std::vector<i8> cells(u64 n) {
    const bool any = below(4) == 0;
    const u32 colors = 1 + below(10);
    std::vector<i8> v(n + kPadding);
    for (i8& cell : v) cell = static_cast<i8>(any ? below(256) - 128 : below(colors));
    return v;
  }

 private:
  std::mt19937_64 engine_;
};

template <class R>
class Rows : public testing::Test {
 protected:
  void SetUp() override {
    if constexpr (requires { R::available(); }) {
      if (!R::available()) GTEST_SKIP() << "this machine lacks the instructions";
    }
  }
};
#if defined(__x86_64__)
using Implementations = testing::Types<RowsV2, RowsAvx2, RowsAvx512, RowsLanes>;
#elif defined(__aarch64__)
using Implementations = testing::Types<RowsNeon, RowsLanes>;
#else
using Implementations = testing::Types<RowsLanes>;
#endif
TYPED_TEST_SUITE(Rows, Implementations);

// Runs `check` on seeds; a failure prints the one it happened with.
template <class F>
void for_seeds(u32 n, F&& check) {
  for (u32 seed = 1; seed <= n; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    Source source(seed);
    check(source);
    if (testing::Test::HasFailure()) return;
  }
}

// Compares what two implementations of `op(dst)` leave in dst, guards behind it included.
template <class T, class F, class G>
void expect_same(const std::vector<T>& initial, F&& scalar, G&& other, const char* what) {
  std::vector<T> a = initial;
  std::vector<T> b = initial;
  scalar(a.data());
  other(b.data());
  EXPECT_EQ(a, b) << what;
}

TYPED_TEST(Rows, WordMaps) {
  using R = TypeParam;
  using S = RowsScalar;
  for_seeds(400, [](Source& source) {
    const u32 n = source.below(90);
    const std::vector<u64> a = source.words(n);
    const std::vector<u64> b = source.words(n);
    const std::vector<u64> blank(n + 8, kGuard);
    const u64* x = a.data();
    const u64* y = b.data();
    const i32 by = static_cast<i32>(source.below(127)) - 63;
    expect_same(
        blank, [&](u64* d) { S::fill(d, 7, n); }, [&](u64* d) { R::fill(d, 7, n); }, "fill");
    expect_same(
        blank, [&](u64* d) { S::copy(d, x, n); }, [&](u64* d) { R::copy(d, x, n); }, "copy");
    expect_same(
        blank, [&](u64* d) { S::bit_or(d, x, y, n); }, [&](u64* d) { R::bit_or(d, x, y, n); },
        "bit_or");
    expect_same(
        blank, [&](u64* d) { S::bit_and(d, x, y, n); }, [&](u64* d) { R::bit_and(d, x, y, n); },
        "bit_and");
    expect_same(
        blank, [&](u64* d) { S::bit_andnot(d, x, y, n); },
        [&](u64* d) { R::bit_andnot(d, x, y, n); }, "bit_andnot");
    expect_same(
        blank, [&](u64* d) { S::shift_columns(d, x, by, n); },
        [&](u64* d) { R::shift_columns(d, x, by, n); }, "shift_columns");
    // In place.
    std::vector<u64> own = a;
    own.resize(n + 8, kGuard);
    expect_same(
        own, [&](u64* d) { S::bit_andnot(d, d, y, n); }, [&](u64* d) { R::bit_andnot(d, d, y, n); },
        "bit_andnot in place");
    expect_same(
        own, [&](u64* d) { S::shift_columns(d, d, by, n); },
        [&](u64* d) { R::shift_columns(d, d, by, n); }, "shift_columns in place");
  });
}

TYPED_TEST(Rows, WordQuestions) {
  using R = TypeParam;
  using S = RowsScalar;
  for_seeds(400, [](Source& source) {
    const u32 n = source.below(90);
    const std::vector<u64> a = source.words(n);
    std::vector<u64> b = source.below(2) == 0 ? a : source.words(n);
    if (n != 0 && source.below(2) == 0) b[source.below(n)] ^= u64{1} << source.below(64);
    const u64* x = a.data();
    EXPECT_EQ(S::any(x, n), R::any(x, n));
    EXPECT_EQ(S::count(x, n), R::count(x, n));
    EXPECT_EQ(S::equal(x, b.data(), n), R::equal(x, b.data(), n));
    EXPECT_EQ(S::meets(x, b.data(), n), R::meets(x, b.data(), n));
    // Complements but for one bit, so that both answers occur.
    for (u32 k = 0; k < n; ++k) b[k] = ~a[k];
    EXPECT_FALSE(R::meets(x, b.data(), n));
    if (n != 0) {
      b[source.below(n)] |= u64{1} << source.below(64);
      EXPECT_EQ(S::meets(x, b.data(), n), R::meets(x, b.data(), n));
    }
  });
}

TYPED_TEST(Rows, Flood) {
  using R = TypeParam;
  for_seeds(1500, [](Source& source) {
    const u32 n = 1 + source.below(source.below(4) == 0 ? 150 : 30);
    const u32 w = 1 + source.below(64);
    std::vector<u64> mask = source.words(n);
    for (u64& row : mask) row &= ~u64{0} >> (64 - w);
    std::vector<u64> seed(n + 8, 0);
    seed[source.below(n)] = u64{1} << source.below(w);
    if (source.below(3) == 0) seed[source.below(n)] |= source.bits();
    for (u32 k = 0; k < n; ++k) seed[k] &= mask[k];
    const u64* m = mask.data();
    for (const bool diagonal : {false, true}) {
      expect_same(
          seed, [&](u64* d) { RowsScalar::flood(d, m, n, diagonal); },
          [&](u64* d) { R::flood(d, m, n, diagonal); }, "flood");
    }
  });
}

// A path that winds through every second row takes the most passes.
TYPED_TEST(Rows, FloodFollowsWindings) {
  using R = TypeParam;
  for (const u32 n : {1u, 31u, 32u, 33u, 64u, 65u, 129u}) {
    std::vector<u64> mask(n);
    u64 cells = 0;
    for (u32 k = 0; k < n; ++k) {
      mask[k] = k % 2 == 0 ? ~u64{0} : k % 4 == 1 ? u64{1} << 63 : u64{1};
      cells += static_cast<u64>(__builtin_popcountll(mask[k]));
    }
    for (const bool diagonal : {false, true}) {
      std::vector<u64> seed(n, 0);
      seed[n - 1] = mask[n - 1];
      R::flood(seed.data(), mask.data(), n, diagonal);
      EXPECT_EQ(RowsScalar::count(seed.data(), n), cells) << n << " rows";
    }
  }
}

TYPED_TEST(Rows, ByteRows) {
  using R = TypeParam;
  using S = RowsScalar;
  for_seeds(1500, [](Source& source) {
    const u32 h = source.below(40);
    const u32 w = 1 + source.below(64);
    const u32 stride = w + (source.below(2) == 0 ? 0 : source.below(20));
    const u32 from_stride = w + source.below(5);
    const std::vector<i8> cells = source.cells(u64{h} * stride);
    const std::vector<i8> from = source.cells(u64{h} * from_stride);
    const std::vector<u64> mask = source.words(h);
    const std::vector<u64> blank(h + 8, kGuard);
    const i8 value = static_cast<i8>(source.below(10));
    expect_same(
        blank, [&](u64* d) { S::equals(d, cells.data(), stride, h, w, value); },
        [&](u64* d) { R::equals(d, cells.data(), stride, h, w, value); }, "equals");
    expect_same(
        cells, [&](i8* d) { S::put(d, stride, mask.data(), h, w, value); },
        [&](i8* d) { R::put(d, stride, mask.data(), h, w, value); }, "put");
    expect_same(
        cells, [&](i8* d) { S::put_from(d, stride, mask.data(), h, w, from.data(), from_stride); },
        [&](i8* d) { R::put_from(d, stride, mask.data(), h, w, from.data(), from_stride); },
        "put_from");
  });
}

TYPED_TEST(Rows, Neighbors) {
  using R = TypeParam;
  using S = RowsScalar;
  for_seeds(1500, [](Source& source) {
    const u32 h = 1 + source.below(40);
    const u32 w = 1 + source.below(64);
    const u32 stride = w + (source.below(2) == 0 ? 0 : source.below(20));
    const std::vector<i8> cells = source.cells(u64{h} * stride);
    const std::vector<u64> blank(h * u64{4} + 8, kGuard);
    for (const bool diagonal : {false, true}) {
      const auto call = [&](auto rows, u64* d) {
        decltype(rows)::neighbors(d, d + h, diagonal ? d + h * u64{2} : nullptr, d + h * u64{3},
                                  cells.data(), stride, h, w);
      };
      expect_same(
          blank, [&](u64* d) { call(S{}, d); }, [&](u64* d) { call(R{}, d); }, "neighbors");
    }
  });
}

TYPED_TEST(Rows, ByteMaps) {
  using R = TypeParam;
  using S = RowsScalar;
  for_seeds(1500, [](Source& source) {
    const u64 n = source.below(source.below(2) == 0 ? 70 : 1000);
    const std::vector<i8> a = source.cells(n);
    const std::vector<i8> b = source.cells(n);
    const std::vector<i8> blank(n + kPadding, 99);
    const i8* p = a.data();
    const i8 x = static_cast<i8>(source.below(10));
    const i8 y = static_cast<i8>(source.below(10));
    expect_same(
        blank, [&](i8* d) { S::copy_bytes(d, p, n); }, [&](i8* d) { R::copy_bytes(d, p, n); },
        "copy_bytes");
    expect_same(
        blank, [&](i8* d) { S::fill_bytes(d, x, n); }, [&](i8* d) { R::fill_bytes(d, x, n); },
        "fill_bytes");
    expect_same(
        blank, [&](i8* d) { S::replace_bytes(d, p, x, y, n); },
        [&](i8* d) { R::replace_bytes(d, p, x, y, n); }, "replace_bytes");
    expect_same(
        blank, [&](i8* d) { S::switch_bytes(d, p, x, y, n); },
        [&](i8* d) { R::switch_bytes(d, p, x, y, n); }, "switch_bytes");
    expect_same(
        blank, [&](i8* d) { S::match_bytes(d, p, b.data(), x, n); },
        [&](i8* d) { R::match_bytes(d, p, b.data(), x, n); }, "match_bytes");
    expect_same(
        blank, [&](i8* d) { S::reverse_bytes(d, p, n); }, [&](i8* d) { R::reverse_bytes(d, p, n); },
        "reverse_bytes");
    // In place: an overlapping tail must not be changed twice.
    expect_same(
        a, [&](i8* d) { S::switch_bytes(d, d, x, y, n); },
        [&](i8* d) { R::switch_bytes(d, d, x, y, n); }, "switch_bytes in place");
    expect_same(
        a, [&](i8* d) { S::replace_bytes(d, d, x, y, n); },
        [&](i8* d) { R::replace_bytes(d, d, x, y, n); }, "replace_bytes in place");
  });
}

TYPED_TEST(Rows, ByteQuestions) {
  using R = TypeParam;
  using S = RowsScalar;
  for_seeds(600, [](Source& source) {
    const u64 n = source.below(20) == 0 ? source.below(20000) : source.below(300);
    const std::vector<i8> a = source.cells(n);
    std::vector<i8> b = a;
    if (n != 0 && source.below(2) == 0) b[source.below(static_cast<u32>(n))] ^= 1;
    b[n] = static_cast<i8>(~b[n]);  // past the end: must not matter
    const i8 value = static_cast<i8>(source.below(10));
    EXPECT_EQ(S::equal_bytes(a.data(), b.data(), n), R::equal_bytes(a.data(), b.data(), n));
    EXPECT_EQ(S::count_bytes(a.data(), value, n), R::count_bytes(a.data(), value, n));
    const std::vector<u32> counts(256, 5);
    expect_same(
        counts, [&](u32* d) { S::histogram(d, a.data(), n); },
        [&](u32* d) { R::histogram(d, a.data(), n); }, "histogram");
  });
}

// Byte counters must not overflow.
TYPED_TEST(Rows, CountsLongRunsOfOneValue) {
  using R = TypeParam;
  constexpr u64 kLength = 20'001;
  for (const i8 value : {i8{-128}, i8{-1}, i8{0}, i8{9}, i8{10}, i8{127}}) {
    const std::vector<i8> a(kLength + kPadding, value);
    std::vector<u32> counts(256, 0);
    R::histogram(counts.data(), a.data(), kLength);
    EXPECT_EQ(counts[static_cast<u32>(value + 128)], kLength);
    EXPECT_EQ(R::count_bytes(a.data(), value, kLength), kLength);
  }
}

TYPED_TEST(Rows, TransposesEverySmallShape) {
  using R = TypeParam;
  using S = RowsScalar;
  Source source(1);
  for (u32 h = 0; h <= 40; ++h) {
    for (u32 w = 0; w <= 40; ++w) {
      std::vector<i8> a(u64{h} * w + kPadding);
      for (i8& cell : a) cell = static_cast<i8>(source.bits());
      const std::vector<i8> blank(u64{h} * w + kPadding, 99);
      SCOPED_TRACE(testing::Message() << h << " x " << w);
      expect_same(
          blank, [&](i8* d) { S::transpose_bytes(d, a.data(), h, w); },
          [&](i8* d) { R::transpose_bytes(d, a.data(), h, w); }, "transpose_bytes");
    }
  }
}

}  // namespace
}  // namespace arcbatch
