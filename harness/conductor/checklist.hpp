// Is this a machine to measure on? One line per fact that has spoiled figures before.
#pragma once

#include <string>
#include <vector>

#include "harness/conductor/environment.hpp"

namespace an::harness {

enum class CheckState { kPass, kFail, kUnknown };

// "pass", "fail", "unknown".
const char* to_string(CheckState state);

struct CheckItem {
  std::string name;
  CheckState state = CheckState::kUnknown;
  std::string value;    // what was found; "unknown" when nothing was
  std::string meaning;  // why it matters
  std::string remedy;   // what to do unless it passes
};

// Always the same items in the same order. Pure.
std::vector<CheckItem> checklist(const Environment& machine);

}  // namespace an::harness
