// Calls of every primitive on arguments such as programs make, as text that this engine and CPython
// both run, and what each call costs at least.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "primitives/registry.h"
#include "task/task.h"

namespace arcbatch {

// One call. `setup` makes its arguments: statements, one a line, that may use the grid I. `call` is
// one call of names that the setup assigned, of constants and primitives, and of G: a grid equal to
// I that nothing has looked at.
//
// The floor counts what no implementation on packed values can leave out. `bytes` names the values
// (r: the result) that have to be read or written as a whole, in the densest form that there is
// (see PackedSize). `operations` adds steps that depend on one another or take a decision each, as
// terms of the form 7, len:x or 2*cells:x, measures as in PackedSize. A call's dispatch is not
// counted here: every call has it.
struct PrimitiveCall {
  Prim prim = Prim::identity;
  const char* setup = "";
  const char* call = "";
  const char* bytes = "";
  const char* operations = "";
};

// All calls, those of one primitive next to each other, the most usual first.
const std::vector<PrimitiveCall>& primitive_calls();

// A grid that calls are measured on.
struct CallGrid {
  std::string name;  // "10x10"
  GridData grid;
};

// A small grid with five objects and a large one with fourteen.
const std::vector<CallGrid>& call_grids();

// Whether the call's cost depends on the grid, i.e. whether its text mentions I or G.
bool uses_grid(const PrimitiveCall& call);

// The names that the call's text takes from its setup, and G where it is among them; at least one,
// in order of appearance (G where there is none: a function has to have a parameter here).
std::vector<std::string> call_arguments(const PrimitiveCall& call);

// Functions of call k: setup_k(I, G) makes the arguments once; calls_k takes `copies` sets of
// arguments, one after the other, and calls the primitive on each; empty_k takes the same and
// does nothing. calls_k returns the last result. Under CPython setup_k returns the tuple of
// arguments; here its variables are looked at, since a tuple might not hold them as they are.
enum class Dialect : u8 { engine, python };
std::string call_program(u32 copies, Dialect dialect);

// The names of these functions.
std::string setup_name(u32 k);
std::string calls_name(u32 k);
std::string empty_name(u32 k);

}  // namespace arcbatch
