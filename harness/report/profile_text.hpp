// What `harness profile` prints, for people and for programs. Pure functions.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/verdict/profile.hpp"

namespace an::harness {

// A block per workload and size: counts, work and span, and per scheduler and number of workers the
// speed-up beside its bounds and where the rest of the workers' time went. `operations` maps a workload to
// the name of its operation.
std::string profiles_text(const std::vector<Profile>& profiles,
                          const std::map<std::string, std::string>& operations);

// The same as one JSON object (results/README.md), indented, with a line end.
std::string profiles_json(const std::vector<Profile>& profiles);

}  // namespace an::harness
