#include "workloads/pareto_body.hpp"

#include <algorithm>
#include <cmath>

#include "core/base/assert.hpp"
#include "core/base/rng.hpp"

namespace an::workloads::pareto_body {

// Squares the step, x -> factor x + summand, as often as there are binary digits (Brown, "Random
// number generation with arbitrary strides", Transactions of the ANS 1994).
std::uint64_t jump(std::uint64_t x, std::uint64_t iterations) {
  std::uint64_t factor = kFactor;
  std::uint64_t summand = kSummand;
  for (; iterations != 0; iterations /= 2) {
    if (iterations % 2 == 1) {
      x = factor * x + summand;
    }
    summand *= factor + 1;
    factor *= factor;
  }
  return x;
}

// The inverse of F(k) = (1 - (shortest / k)^alpha) / (1 - (shortest / longest)^alpha).
std::uint64_t iterations_at(double uniform) {
  constexpr auto kFrom = static_cast<double>(kShortest);
  const double whole = 1 - std::pow(kFrom / static_cast<double>(kLongest), kAlpha);
  return static_cast<std::uint64_t>(kFrom * std::pow(1 - uniform * whole, -1 / kAlpha));
}

Workload::Input Workload::prepare(std::int64_t n, std::uint64_t seed) {
  AN_ASSERT(n >= kMin);
  AN_ASSERT(n <= kMax);
  Input input{std::vector<Body>(static_cast<std::size_t>(n))};
  Rng rng(seed);
  for (Body& body : input.bodies) {
    body = {rng.next(), iterations_at(rng.unit()), 0};
  }
  return input;
}

void Workload::reset(Input& input) {
  for (Body& body : input.bodies) {
    body.result = 0;
  }
}

std::uint64_t Workload::digest(const Input& input, const Answer& /*answer*/) {
  std::uint64_t digest = 0;
  for (const Body& body : input.bodies) {
    digest = fold(digest, body.result);
  }
  return digest;
}

std::uint64_t Workload::expected(const Input& input) {
  std::uint64_t digest = 0;
  for (const Body& body : input.bodies) {
    digest = fold(digest, jump(body.start, body.iterations));
  }
  return digest;
}

std::vector<Note> Workload::notes(const Input& input) {
  std::uint64_t sum = 0;
  std::uint64_t longest = 0;
  for (const Body& body : input.bodies) {
    sum += body.iterations;
    longest = std::max(longest, body.iterations);
  }
  return {{"iterations", static_cast<std::int64_t>(sum)},
          {"longest_task_iterations", static_cast<std::int64_t>(longest)},
          {"longest_task_share_ppm", static_cast<std::int64_t>(longest * 1'000'000 / sum)}};
}

}  // namespace an::workloads::pareto_body
