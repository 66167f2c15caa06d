// What the litmus tests share.
#pragma once

#include <initializer_list>
#include <string>

#include "core/base/atomic.hpp"

namespace an::model {

inline constexpr auto kRlx = kRelaxed;  // the tables are read by columns
inline constexpr auto kRel = kRelease;
inline constexpr auto kAcq = kAcquire;
inline constexpr auto kSc = kSeqCst;

// An outcome: what the loads returned, in program order.
inline std::string digits(std::initializer_list<int> values) {
  std::string text;
  for (const int value : values) {
    text += static_cast<char>('0' + value);
  }
  return text;
}

}  // namespace an::model
