// From what was typed to what can be run: names checked against the catalogue, and the run
// directory.
#pragma once

#include <filesystem>
#include <optional>

#include "harness/conductor/catalogue.hpp"
#include "harness/conductor/run.hpp"
#include "harness/options.hpp"

namespace an::harness {

// The request that `options` make, with every name and number known to `catalogue`; `out` is left
// empty. Throws UsageError for unknown names (with the nearest match), a size that no selected
// workload accepts, settings of unknown or unselected schedulers, and allocators that are not
// installed; an::Error when there is nothing to run at all. Looks for libraries, writes nothing.
RunRequest make_request(const Options& options, const Catalogue& catalogue);

// Makes the run directory: `out`, or results/run-YYYYMMDD-HHMMSS (UTC, with a suffix when taken)
// under the current directory. Returns it, existing, empty and writable. Throws UsageError when it
// cannot be made or written, or already holds something.
std::filesystem::path make_run_directory(const std::optional<std::filesystem::path>& out);

// Throws UsageError, about --trace, when `file` cannot be written; one that is not there yet is made.
void check_trace_file(const std::filesystem::path& file);

}  // namespace an::harness
