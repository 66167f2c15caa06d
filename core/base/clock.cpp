#include "core/base/clock.hpp"

#include <algorithm>

namespace an {
namespace {

std::uint64_t measure_ticks_per_us() noexcept {
  constexpr Nanos kWindow = 2'000'000;
  const Nanos start_ns = now_ns();
  const std::uint64_t start = ticks();
  Nanos elapsed_ns = 0;
  do {
    elapsed_ns = now_ns() - start_ns;
  } while (elapsed_ns < kWindow);
  const std::uint64_t elapsed = ticks() - start;
  return std::max<std::uint64_t>(1, elapsed * 1000 / static_cast<std::uint64_t>(elapsed_ns));
}

}  // namespace

std::uint64_t ticks_per_us() noexcept {
  static const std::uint64_t rate = measure_ticks_per_us();
  return rate;
}

}  // namespace an
