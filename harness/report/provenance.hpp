// Where the figures of a stored run come from, out of its own manifest. Pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/report/table.hpp"
#include "harness/verdict/run_files.hpp"

namespace an::harness {

// The lines below the table of `run`. Of the builds that may not be published, those that figures
// come from are named.
Provenance provenance_of(const StoredRun& run);

// The first line: "Intel Xeon ..., 2 of 2 CPUs, Linux 6.1".
std::string machine_text(const std::optional<std::string>& cpu,
                         std::size_t allowed_cpus,
                         std::optional<std::int64_t> logical_cpus,
                         const std::optional<std::string>& kernel);

// "0123456789ab", with "+" when the sources were changed.
std::string commit_text(const std::string& commit, bool is_dirty);

// "deque: Debug with address": a build whose figures may not be published.
std::string unpublishable_text(const std::string& name,
                               const std::string& type,
                               const std::string& sanitizer);

// `words` as a shell reads them back.
std::string shell_text(const std::vector<std::string>& words);

}  // namespace an::harness
