// Reads values that encode() wrote. Recursion follows the nesting of values, which the depth limit
// bounds.
#include "backend/device/decode.h"

#include "backend/device/encode.h"
#include "primitives/registry.h"
#include "values/print.h"

namespace arcbatch::device {
namespace {

class Reader {
 public:
  explicit Reader(std::span<const u8> bytes) : bytes_(bytes) {}

  [[nodiscard]] bool at_end() const { return at_ == bytes_.size(); }

  bool grid_bytes(GridBytes& g) {
    u64 h = 0;
    u64 w = 0;
    if (!count(h) || !count(w) || h == 0 || w == 0) return false;
    const u64 left = bytes_.size() - at_;
    if (h > left || w > left / h) return false;
    g = {static_cast<u32>(h), static_cast<u32>(w),
         reinterpret_cast<const i8*>(bytes_.data() + at_)};
    at_ += h * w;
    return true;
  }

  bool value(std::string& out) {
    u8 code = 0;
    if (!byte(code)) return false;
    switch (static_cast<Code>(code)) {
      case Code::none: out += "None"; return true;
      case Code::no: out += "False"; return true;
      case Code::yes: out += "True"; return true;
      case Code::integer: return integer(out);
      case Code::pair: return pair(out);
      case Code::cell:
        out += '(';
        if (!integer(out)) return false;
        out += ", ";
        if (!pair(out)) return false;
        out += ')';
        return true;
      case Code::primitive: return primitive(out);
      case Code::closure: return closure(out);
      case Code::tuple: return items(out, "(", ",)", ")");
      case Code::list: return items(out, "[", "]", "]");
      case Code::set: return set(out);
      case Code::grid: return grid(out);
    }
    return false;
  }

 private:
  bool byte(u8& out) {
    if (at_end()) return false;
    out = bytes_[at_++];
    return true;
  }

  bool count(u64& out) {
    out = 0;
    for (u32 shift = 0; shift < 64; shift += 7) {
      u8 part = 0;
      if (!byte(part)) return false;
      out |= u64{part & 0x7fu} << shift;
      if (part < 0x80) return true;
    }
    return false;
  }

  bool integer(std::string& out) {
    u64 n = 0;
    if (!count(n)) return false;
    append_int(out, static_cast<i64>(n >> 1) ^ -static_cast<i64>(n & 1));
    return true;
  }

  bool pair(std::string& out) {
    out += '(';
    if (!integer(out)) return false;
    out += ", ";
    if (!integer(out)) return false;
    out += ')';
    return true;
  }

  bool primitive(std::string& out) {
    u64 n = 0;
    if (!count(n) || n >= kPrimCount) return false;
    append_function(out, prim_info(static_cast<Prim>(n)).name);
    return true;
  }

  bool closure(std::string& out) {
    u8 kind = 0;
    if (!byte(kind) || kind > static_cast<u8>(ClosureKind::lambda)) return false;
    append_function(out, closure_name(static_cast<ClosureKind>(kind)));
    return true;
  }

  bool list(std::string& out, u64 n) {
    for (u64 k = 0; k < n; ++k) {
      if (k > 0) out += ", ";
      if (!value(out)) return false;
    }
    return true;
  }

  bool items(std::string& out, const char* open, const char* close_one, const char* close) {
    u64 n = 0;
    if (!count(n)) return false;
    out += open;
    if (!list(out, n)) return false;
    out += n == 1 ? close_one : close;
    return true;
  }

  bool set(std::string& out) {
    u64 n = 0;
    if (!count(n)) return false;
    if (n == 0) {
      out += "frozenset()";
      return true;
    }
    out += "frozenset({";
    if (!list(out, n)) return false;
    out += "})";
    return true;
  }

  bool grid(std::string& out) {
    GridBytes g;
    if (!grid_bytes(g)) return false;
    append_grid(out, g.cells, g.h, g.w);
    return true;
  }

  std::span<const u8> bytes_;
  std::size_t at_ = 0;
};

}  // namespace

std::optional<GridBytes> grid_of(std::span<const u8> bytes) {
  if (bytes.empty() || bytes[0] != static_cast<u8>(Code::grid)) return std::nullopt;
  Reader reader(bytes.subspan(1));
  GridBytes g;
  return reader.grid_bytes(g) && reader.at_end() ? std::optional(g) : std::nullopt;
}

bool append_repr_of(std::span<const u8> bytes, std::string& out) {
  Reader reader(bytes);
  return reader.value(out) && reader.at_end();
}

}  // namespace arcbatch::device
