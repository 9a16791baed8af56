// What the parameters of a function stand for when it runs on an example of a task.
#pragma once

#include <optional>

#include "graph/program.h"

namespace arcbatch {

// The arguments, in order: I is the input, S the training pairs of the task as a tuple of
// (input, output), C what the result is compared with: None, unless a run asks for the expected
// output, since an engine that gave it away would not be told from one that found it. `batt` is
// (task_id, S, I, C, log_path), of which the first and the last are None.
enum class Parameters : u8 { i, s_i, s_i_c, batt };

// Whether C is among them.
inline bool takes_compared(Parameters parameters) {
  return parameters == Parameters::s_i_c || parameters == Parameters::batt;
}

// Returns what a function takes: the input, if it can be called with one argument; the others only
// for parameters that are called S, I and C. Nothing for functions that cannot run on an example.
inline std::optional<Parameters> parameters_of(const Function& f) {
  if (f.params.empty()) return std::nullopt;
  if (f.required <= 1) return Parameters::i;
  if (f.params.size() == 5 && f.params[1] == "S" && f.params[2] == "I" && f.params[3] == "C") {
    return Parameters::batt;
  }
  if (f.params[0] != "S" || f.params[1] != "I") return std::nullopt;
  if (f.params.size() == 2) return Parameters::s_i;
  if (f.params.size() == 3 && f.params[2] == "C") return Parameters::s_i_c;
  return std::nullopt;
}

// The same for functions that solve a task: those of batt files merge several.
inline std::optional<Parameters> solver_parameters_of(const Function& f) {
  const std::optional<Parameters> parameters = parameters_of(f);
  return parameters == Parameters::batt ? std::nullopt : parameters;
}

}  // namespace arcbatch
