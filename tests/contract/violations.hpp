// What the contract checks are made of: each returns the violations it saw as sentences.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/base/atomic.hpp"
#include "core/task/scheduler.hpp"

namespace an::contract {

using Violations = std::vector<std::string>;

inline void demand(Violations& violations, bool kept, std::string promise) {
  if (!kept) {
    violations.push_back(std::move(promise));
  }
}

inline SchedulerConfig config_of(std::uint32_t workers) {
  SchedulerConfig config;
  config.workers = workers;
  config.seed = 7;
  return config;
}

template <class W>
[[gnu::noinline]] std::int64_t count_leaves(W worker, int depth, Atomic<std::int64_t>& leaves) {
  if (depth == 0) {
    leaves.fetch_add(1, kStat);
    return 1;
  }
  auto [left, right] = worker.join([&](W w) { return count_leaves(w, depth - 1, leaves); },
                                   [&](W w) { return count_leaves(w, depth - 1, leaves); });
  return left + right;
}

}  // namespace an::contract
