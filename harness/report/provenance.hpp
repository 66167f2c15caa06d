// Where the figures of a stored run come from, out of its own manifest. Pure functions.
#pragma once

#include <string>
#include <vector>

#include "harness/report/table.hpp"
#include "harness/verdict/run_files.hpp"

namespace an::harness {

// The lines below the table of `run`. Of the builds that may not be published, those that figures
// come from are named.
Provenance provenance_of(const StoredRun& run);

// `words` as a shell reads them back.
std::string shell_text(const std::vector<std::string>& words);

}  // namespace an::harness
