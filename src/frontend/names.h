// NameTable: identifiers interned as small numbers. Keywords, the dialect's names and the names
// that Python itself defines come first, so that a range of numbers says what a name is.
#pragma once

#include <string_view>
#include <vector>

#include "core/macros.h"
#include "primitives/dialects.h"

namespace arcbatch {

// Python's keywords; the value is the interned name.
enum class Keyword : u32 {
  kw_false,
  kw_none,
  kw_true,
  kw_and,
  kw_as,
  kw_assert,
  kw_async,
  kw_await,
  kw_break,
  kw_class,
  kw_continue,
  kw_def,
  kw_del,
  kw_elif,
  kw_else,
  kw_except,
  kw_finally,
  kw_for,
  kw_from,
  kw_global,
  kw_if,
  kw_import,
  kw_in,
  kw_is,
  kw_lambda,
  kw_nonlocal,
  kw_not,
  kw_or,
  kw_pass,
  kw_raise,
  kw_return,
  kw_try,
  kw_while,
  kw_with,
  kw_yield,
  count_
};

inline constexpr u32 kKeywordCount = static_cast<u32>(Keyword::count_);
inline constexpr u32 kFirstFunctionName = kKeywordCount;  // of the dialect's functions
inline constexpr u32 kTypeNameCount = 24;  // the foreign names that arc_types exports come first

class NameTable {
 public:
  // Starts with the keywords, the dialect's functions and constants, and the foreign names.
  explicit NameTable(Dsl dialect = Dsl::arc_dsl);

  // Returns the number of `name`, a new one if need be. `name` must outlive the table and be ASCII.
  u32 intern(std::string_view name) { return intern(name, key_of(name)); }
  // The same for a caller that has key_of(name) already.
  u32 intern(std::string_view name, u64 key);

  // Up to eight bytes are their own key, the first lowest; longer names have one with the top bit.
  static u64 key_of(std::string_view name);

  [[nodiscard]] std::string_view text(u32 name) const {
    return name < fixed_size_ ? fixed_.texts[name] : own_.texts[name - fixed_size_];
  }
  [[nodiscard]] u32 size() const { return fixed_size_ + own_.size(); }

  [[nodiscard]] Dsl dialect() const { return dialect_; }
  [[nodiscard]] u32 first_constant() const { return first_constant_; }
  [[nodiscard]] u32 first_foreign() const { return first_foreign_; }

  // Returns the first number of the names that occur in the source alone.
  [[nodiscard]] u32 first_source_name() const { return fixed_size_; }

 private:
  struct Slot {
    u64 key = 0;
    u32 name = 0;  // 1 + index into texts, 0 = free
  };
  static constexpr u32 kAbsent = 0xffffffffu;

  struct Table {
    explicit Table(std::size_t capacity) : slots(capacity) {}
    [[nodiscard]] u32 size() const { return static_cast<u32>(texts.size()); }
    [[nodiscard]] u32 find(std::string_view name, u64 key) const;
    u32 add(std::string_view name, u64 key);  // of a name that is not there

    std::vector<std::string_view> texts;
    std::vector<Slot> slots;  // a power of two of them, at least half of them free
  };
  static const Table& fixed(Dsl dialect);

  Dsl dialect_;
  u32 first_constant_;
  u32 first_foreign_;
  const Table& fixed_;  // of all name tables of the dialect
  u32 fixed_size_;
  Table own_;
};

}  // namespace arcbatch
