// The generic kernels: every leaf primitive with the reference's behaviour on every argument,
// written on Python's operations alone. Sets are made with their tables, so this path always
// knows the order; it is the oracle of the fast kernels and what they fall back on.
#pragma once

#include "primitives/kernels/generic_arithmetic.h"
#include "primitives/kernels/generic_container.h"
#include "primitives/kernels/generic_grid.h"
#include "primitives/kernels/generic_object.h"
#include "primitives/kernels/generic_patch.h"
