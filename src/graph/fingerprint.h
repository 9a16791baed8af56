// Fingerprint: 128 bits that stand for the structure of a program, the same in every process and
// on every machine.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "graph/program.h"

namespace arcbatch {

// Two programs have one fingerprint if they are the same computation written down in two ways:
// names of variables, parameters and the function, comments, layout and line numbers don't count;
// every call, its arguments, and the order of calls do. docs/architecture.md says what is hashed.
struct Fingerprint {
  u64 high = 0;
  u64 low = 0;

  bool operator==(const Fingerprint&) const = default;
  // 32 hexadecimal digits.
  [[nodiscard]] std::string text() const;
  // The fingerprint of such digits; nothing for another text.
  static std::optional<Fingerprint> of(std::string_view text);
};

// Returns the hash (XXH3, 128 bits) of bytes as they are.
Fingerprint hash_bytes(std::string_view bytes);

// Collects what a fingerprint is made of; numbers count by value, not by the machine's byte order.
class Fingerprinter {
 public:
  Fingerprinter& add(u64 number);
  Fingerprinter& add(const Fingerprint& part);
  Fingerprinter& add(std::string_view text);
  // Returns the fingerprint of all that was added, and forgets it.
  Fingerprint take();

 private:
  std::string bytes_;
};

// Returns the fingerprint of a constant of the program.
Fingerprint fingerprint_of_constant(const Program& program, u32 constant);

// Returns the fingerprint of a function as it is written, with all functions that it can reach.
Fingerprint fingerprint_of_code(const Program& program, u32 function);

}  // namespace arcbatch
