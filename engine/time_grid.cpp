// SPDX-License-Identifier: BSD-3-Clause
// Keeps the library non-empty until its first source.
#include "engine/time_grid.hpp"
