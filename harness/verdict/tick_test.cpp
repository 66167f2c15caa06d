// See tick_test.hpp.
#include "harness/verdict/tick_test.hpp"

#include <algorithm>

#include "core/base/assert.hpp"
#include "harness/verdict/binomial.hpp"

namespace an::harness {
namespace {

constexpr std::int64_t kNearNs = 100'000;
constexpr double kChances = 4;
constexpr double kAlpha = 0.01;

bool is_near(std::int64_t ns, std::int64_t tick_ns) {
  const std::int64_t past = ns % tick_ns;
  return ns >= tick_ns - kNearNs && std::min(past, tick_ns - past) < kNearNs;
}

}  // namespace

double TickTest::fraction() const {
  return turns > 0 ? static_cast<double>(near) / turns : 0;
}

bool TickTest::quantised() const {
  const double limit = kChances * chance;
  if (turns == 0 || limit >= 1) {
    return false;
  }
  // The bound lies above the limit just when so many near turns are rarer than alpha at the limit.
  return binomial_at_most(turns - near, turns, 1 - limit) < kAlpha;
}

TickTest tick_test(const std::vector<std::int64_t>& turn_ns, int hz) {
  AN_ASSERT(hz > 0);
  const std::int64_t tick_ns = 1'000'000'000 / hz;
  TickTest test;
  test.turns = static_cast<int>(turn_ns.size());
  test.near = static_cast<int>(std::count_if(
      turn_ns.begin(), turn_ns.end(), [&](std::int64_t ns) { return is_near(ns, tick_ns); }));
  test.chance = std::min(1.0, 2.0 * static_cast<double>(kNearNs) / static_cast<double>(tick_ns));
  return test;
}

}  // namespace an::harness
