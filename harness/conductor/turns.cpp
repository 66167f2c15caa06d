// See turns.hpp.
#include "harness/conductor/turns.hpp"

#include <algorithm>
#include <cmath>
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

std::vector<std::vector<std::size_t>> latin_square(std::size_t count, Rng& rng) {
  const std::vector<std::size_t> rows = shuffled_order(count, rng);
  const std::vector<std::size_t> columns = shuffled_order(count, rng);
  const std::vector<std::size_t> symbols = shuffled_order(count, rng);
  std::vector<std::vector<std::size_t>> square(count, std::vector<std::size_t>(count));
  for (std::size_t row = 0; row < count; ++row) {
    for (std::size_t column = 0; column < count; ++column) {
      square[row][column] = symbols[(rows[row] + columns[column]) % count];
    }
  }
  return square;
}

const std::vector<std::size_t>& RoundOrders::of(std::size_t round) {
  const std::size_t number = round / count_;
  if (block_.empty() || number != number_) {
    Rng rng = Rng::stream(seed_, number);
    block_ = latin_square(count_, rng);
    number_ = number;
  }
  return block_[round % count_];
}

int units_of(int samples, int turns) {
  return (samples - 1) / turns + 1;
}

int turns_of_unit(int samples, int turns, int unit) {
  return std::min(turns, samples - unit * turns);
}

bool is_look(int units) {
  return std::find(kPrecisionLooks.begin(), kPrecisionLooks.end(), units) != kPrecisionLooks.end();
}

std::int64_t iterations_to_vary(std::int64_t iterations, Nanos ns, Nanos tick_ns) {
  const Nanos most_ns = std::min(2 * tick_ns, ns / 2);
  return static_cast<std::int64_t>(static_cast<double>(most_ns) /
                                   static_cast<double>(std::max<Nanos>(ns, 1)) *
                                   static_cast<double>(iterations));
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
  constexpr double kAgreement = 0.25;
  const double per_iteration_ns = static_cast<double>(ns) / static_cast<double>(iterations_);
  const double before_ns = std::exchange(per_iteration_before_ns_, per_iteration_ns);
  const std::int64_t next = next_iterations(iterations_, ns, min_time_ns_);
  if (next != iterations_) {
    was_long_enough_ = false;
    iterations_ = next;
    return false;
  }
  const bool agrees = std::abs(per_iteration_ns - before_ns) <= kAgreement * per_iteration_ns;
  return std::exchange(was_long_enough_, true) || (before_ns > 0 && agrees) ||
         ns / kBeyondDoubt >= min_time_ns_;
}

}  // namespace an::harness
