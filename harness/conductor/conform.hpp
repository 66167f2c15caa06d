// `harness conform ./cell`: is this executable a cell? Runs a list of named checks of
// harness/PROTOCOL.md against it, each in a fresh process, so that one failure does not hide the
// next.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/base/clock.hpp"

namespace an::harness {

struct ConformCheck {
  std::string name;  // a sentence: "an unknown request gets an error and the cell stays usable"
  bool passed = false;
  std::string reason;  // what happened instead; empty when passed
};

// Ignores SIGPIPE from then on. Every check, in a fixed order; those that need a valid describe
// reply are reported as failed when there is none. `timeout_ns` is per request. Never throws for
// what the cell does.
std::vector<ConformCheck> conform(const std::filesystem::path& executable, Nanos timeout_ns);

}  // namespace an::harness
