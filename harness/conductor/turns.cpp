// See turns.hpp.
#include "harness/conductor/turns.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace an::harness {

std::vector<std::size_t> shuffled_order(std::size_t count, Rng& rng) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (std::size_t left = count; left > 1; --left) {
    std::swap(order[left - 1], order[rng.below(static_cast<std::uint32_t>(left))]);
  }
  return order;
}

std::int64_t next_iterations(std::int64_t iterations, Nanos ns, Nanos min_time_ns) {
  if (ns >= min_time_ns || iterations >= kIterationsMax) {
    return iterations;
  }
  const double per_iteration =
      static_cast<double>(std::max<Nanos>(ns, 1)) / static_cast<double>(iterations);
  const double wanted = 1.2 * static_cast<double>(min_time_ns) / per_iteration;
  const std::int64_t most = std::min(iterations * 10, kIterationsMax);
  return wanted >= static_cast<double>(most)
             ? most
             : std::clamp(static_cast<std::int64_t>(wanted), iterations + 1, most);
}

bool Calibration::settles(Nanos ns) {
  constexpr Nanos kBeyondDoubt = 4;
  const std::int64_t next = next_iterations(iterations_, ns, min_time_ns_);
  if (next != iterations_) {
    iterations_ = next;
    was_long_enough_ = false;
    return false;
  }
  const bool is_settled = was_long_enough_ || ns / kBeyondDoubt >= min_time_ns_;
  was_long_enough_ = true;
  return is_settled;
}

}  // namespace an::harness
