// The generic kernels and the replays of set order, which everything on the host shares.
#include "primitives/force_order.h"
