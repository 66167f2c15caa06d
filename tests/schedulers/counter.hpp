// A scheduler's counter by name, for tests.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <string_view>

#include "core/task/scheduler.hpp"

namespace an::schedulers {

template <Scheduler S>
std::uint64_t counter(const S& scheduler, std::string_view name) {
  for (const Counter& counter : scheduler.counters()) {
    if (counter.name == name) {
      return counter.value;
    }
  }
  ADD_FAILURE() << "no counter " << name;
  return 0;
}

}  // namespace an::schedulers
