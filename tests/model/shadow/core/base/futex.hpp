// Shadow of core/base/futex.hpp: the model's futex, which also wakes for no reason.
#pragma once

#include <cstdint>

#include "core/base/atomic.hpp"
#include "core/base/clock.hpp"

namespace an {

bool futex_wait(Atomic<std::uint32_t>& word, std::uint32_t expected, Deadline until) noexcept;
void futex_wake(Atomic<std::uint32_t>& word, int count) noexcept;

}  // namespace an
