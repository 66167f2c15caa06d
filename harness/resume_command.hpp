// `run --resume`: going on with what an interrupted run left.
#pragma once

#include <vector>

#include "harness/conductor/catalogue.hpp"
#include "harness/conductor/run.hpp"
#include "harness/options.hpp"
#include "harness/verdict/resume.hpp"

namespace an::harness {

// What `run --resume --out=DIR` runs; DIR of a shard is shard_directory() by default. Without a flag
// that selects or measures, and without --plan: what the manifest in DIR says. With them: that;
// take_up_run then compares. A DIR without a run, or in which one was killed before its manifest was
// written, is begun, with `resume` false in the result, if it is said with what. Throws UsageError when there is nothing to go by, an::Error for a manifest that is not one.
Options resumed_options(const Options& given);

// What the run in request.out has, its files cut to that (unless it is finished). Throws UsageError
// when its plan, cells or machine are not those of `request`, an::Error when it cannot be read.
// DirectoryLock is held.
Resumption take_up_run(const RunRequest& request,
                       const Catalogue& catalogue,
                       const std::vector<CellPlan>& cells);

}  // namespace an::harness
