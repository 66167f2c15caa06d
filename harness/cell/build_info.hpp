// How this cell was built. Recorded with every figure.
#pragma once

#include "harness/protocol/messages.hpp"

namespace an::harness {

// Compiler, flags, build type and sanitizers of this executable.
BuildEntry build_info();

// The project's version, without a commit: equal code is to hash equal.
const char* project_version();

}  // namespace an::harness
