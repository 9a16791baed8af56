// Mutants: programs like a given one but for one function, as a search makes them.
#pragma once

#include <random>
#include <string>

#include "graph/program.h"

namespace arcbatch {

// Returns the source of `function` under `name`, in which one primitive that a statement names is
// another one with as many arguments, each choice as likely. Returns the empty string for a
// function of more than one parameter, or one that is more than a list of assignments and a
// return, or names no primitive. The same state of `random` gives the same text everywhere.
std::string mutant_of(const Program& program, u32 function, const std::string& name,
                      std::mt19937_64& random);

}  // namespace arcbatch
