// What the streams of this process are.
#pragma once

#include "harness/options.hpp"
#include "harness/report/progress.hpp"

namespace an::harness {

// Whether standard output gets colours: as --color says, else on a terminal unless NO_COLOR is set.
bool wants_colour(const Options& options);

// How progress is shown on standard error.
ProgressStyle progress_style();

}  // namespace an::harness
