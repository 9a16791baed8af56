// Hashing of program structures with XXH3, whose values its authors keep stable.
#include "graph/fingerprint.h"

#include <charconv>
#include <vector>

#include "primitives/registry.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace arcbatch {

std::optional<Fingerprint> Fingerprint::of(std::string_view text) {
  if (text.size() != 32) return std::nullopt;
  Fingerprint fingerprint;
  const auto read = [](std::string_view digits, u64& number) {
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), number, 16);
    return error == std::errc() && end == digits.data() + digits.size();
  };
  if (!read(text.substr(0, 16), fingerprint.high) || !read(text.substr(16), fingerprint.low)) {
    return std::nullopt;
  }
  return fingerprint;
}

std::string Fingerprint::text() const {
  static const char* const kDigits = "0123456789abcdef";
  std::string out;
  for (const u64 half : {high, low}) {
    for (int shift = 60; shift >= 0; shift -= 4) out += kDigits[(half >> shift) & 15];
  }
  return out;
}

Fingerprint hash_bytes(std::string_view bytes) {
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return {hash.high64, hash.low64};
}

Fingerprinter& Fingerprinter::add(u64 number) {
  char bytes[8];
  for (int k = 0; k < 8; ++k) bytes[k] = static_cast<char>((number >> (8 * k)) & 0xff);
  bytes_.append(bytes, sizeof bytes);
  return *this;
}

Fingerprinter& Fingerprinter::add(const Fingerprint& part) { return add(part.high).add(part.low); }

Fingerprinter& Fingerprinter::add(std::string_view text) {
  add(u64{text.size()});
  bytes_ += text;
  return *this;
}

Fingerprint Fingerprinter::take() {
  const Fingerprint hash = hash_bytes(bytes_);
  bytes_.clear();
  return hash;
}

Fingerprint fingerprint_of_constant(const Program& program, u32 constant) {
  const Constant& c = program.constants[constant];
  Fingerprinter hash;
  hash.add(std::string_view("constant")).add(static_cast<u64>(c.kind));
  if (c.kind == Constant::Kind::tuple) {
    hash.add(u64{c.children.size()});
    for (const u32 child : c.children) hash.add(fingerprint_of_constant(program, child));
  } else if (c.kind == Constant::Kind::text) {
    hash.add(program.texts[static_cast<u64>(c.integer)]);
  } else if (c.kind != Constant::Kind::none) {
    hash.add(static_cast<u64>(c.integer));
  }
  return hash.take();
}

Fingerprint fingerprint_of_code(const Program& program, u32 function) {
  std::vector<u32> reached = {function};
  std::vector<u32> number(program.functions.size());  // 1 + place among the reached
  number[function] = 1;
  const auto number_of = [&](u32 k) {
    if (number[k] == 0) {
      reached.push_back(k);
      number[k] = static_cast<u32>(reached.size());
    }
    return u64{number[k]};
  };
  Fingerprinter hash;
  hash.add(std::string_view("code"));
  if (program.dialect != Dsl::arc_dsl) hash.add(dialect_info(program.dialect).name);
  for (std::size_t at = 0; at < reached.size(); ++at) {
    const Function& f = program.functions[reached[at]];
    hash.add(u64{f.params.size()}).add(f.required).add(f.capture_count);
    for (const u32 k : f.defaults) hash.add(fingerprint_of_constant(program, k));
    hash.add(u64{f.code.size()});
    for (const Instr& in : f.code) {
      hash.add(static_cast<u64>(in.op)).add(std::string_view(status_name(in.status)));
      hash.add(in.dst).add(in.mask).add(in.operand_count);
      if (in.op == Opcode::make_lambda) {
        hash.add(number_of(static_cast<u32>(in.immediate)));
      } else if (in.op == Opcode::refuse) {
        hash.add(program.reasons[static_cast<u64>(in.immediate)]);
      } else {
        hash.add(static_cast<u64>(in.immediate));
      }
      for (u32 k = 0; k < in.operand_count; ++k) {
        const Operand o = f.operands[in.first_operand + k];
        hash.add(static_cast<u64>(o.kind()));
        switch (o.kind()) {
          case OperandKind::reg: hash.add(o.index()); break;
          case OperandKind::constant: hash.add(fingerprint_of_constant(program, o.index())); break;
          case OperandKind::primitive:
            hash.add(dialect_info(program.dialect).functions[o.index()].name);
            break;
          case OperandKind::function: hash.add(number_of(o.index())); break;
        }
      }
      if (in.keyword_set == 0) continue;
      for (const std::string& name : program.keyword_sets[in.keyword_set - 1]) hash.add(name);
    }
  }
  return hash.take();
}

}  // namespace arcbatch
