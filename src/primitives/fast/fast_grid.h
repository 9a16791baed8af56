// Fast kernels of the grid family, on grids of bytes and patches of bit rows.
#pragma once

#include "primitives/fast/fast_grid_color.h"
#include "primitives/fast/fast_grid_geometry.h"
#include "primitives/fast/fast_grid_paint.h"
