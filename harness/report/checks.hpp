// The checklist of a machine, for people and for programs.
#pragma once

#include <string>
#include <vector>

#include "harness/conductor/checklist.hpp"

namespace an::harness {

// A line per item; below those that do not pass, what it means and what to do; then the sum.
std::string checklist_text(const std::vector<CheckItem>& items);

// {"v":1,"checks":[{"name","state","value","meaning","remedy"}]}, indented, with a line end.
std::string checklist_json(const std::vector<CheckItem>& items);

}  // namespace an::harness
