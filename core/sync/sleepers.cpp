#include "core/sync/sleepers.hpp"

#include <utility>
#include <vector>

#include "core/base/assert.hpp"

namespace an {

Sleepers::Sleepers(std::uint32_t waiters, Orders near_to_far)
    : near_to_far_(std::move(near_to_far)), waiters_(waiters) {
  AN_ASSERT(near_to_far_.empty() || near_to_far_.size() == waiters);
  for (std::vector<std::uint32_t>& order : near_to_far_) {
    std::vector<bool> is_named(waiters, false);
    std::vector<std::uint32_t> whole;
    whole.reserve(waiters);
    const auto append = [&](std::uint32_t waiter) {
      if (!is_named[waiter]) {
        is_named[waiter] = true;
        whole.push_back(waiter);
      }
    };
    for (const std::uint32_t waiter : order) {
      AN_ASSERT(waiter < waiters);
      append(waiter);
    }
    for (std::uint32_t waiter = 0; waiter < waiters; ++waiter) {
      append(waiter);
    }
    order = std::move(whole);
  }
}

}  // namespace an
