// Signature: one number for all that is observable over a fixed set of runs. Two builds, kernel
// paths or machines that differ in one outcome or one charged step differ in it.
#pragma once

#include <string>
#include <vector>

#include "backend/cpu/runner.h"

namespace arcbatch {

struct Signature {
  u64 number = 0;
  u64 runs = 0;
  u64 values = 0;
  u64 errors = 0;                  // runs that ended in an exception of Python's
  std::vector<std::string> lines;  // a run each: what the number is made of
};

// Runs the built-in examples and generated programs on the path, within limits of its own.
Signature take_signature(KernelPath path);

// Returns the number as 16 hexadecimal digits.
std::string signature_text(const Signature& signature);

}  // namespace arcbatch
