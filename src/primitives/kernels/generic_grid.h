// Generic kernels of the grid family.
#pragma once

#include "primitives/kernels/generic_grid_paint.h"
#include "primitives/kernels/generic_grid_shape.h"
