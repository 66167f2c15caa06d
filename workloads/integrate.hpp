// integrate: the area under f(x) = (x^2 + 1) x over [0, n], by trapezoids that are halved until
// halving no longer matters. Forks with a little arithmetic between them, and a tree that is deeper
// where the curve bends more: at the far end about ten levels more than near zero.
//
// Source: integrate of the Cilk distribution (Frigo, Leiserson and Randall, "The implementation of
// the Cilk-5 multithreaded language", PLDI 1998), with f as there. Operation: one join. Sizes: n =
// 150, 3,000, 20,000, each within 10^-6 an interval. The seed has no effect.
//
// The halves are added in the order of the tree, so every schedule gives the same bits. The right
// answer is the closed form n^4 / 4 + n^2 / 2, plus what the trapezoids add to it: for a cubic an
// interval of width h around m is too large by exactly h^3 f''(m) / 12 = h^3 m / 2. What then
// remains is rounding.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/base/assert.hpp"
#include "core/task/fork_join.hpp"
#include "workloads/workload.hpp"

namespace an::workloads::integrate {

// An interval is accepted when halving it changes its area by less than this.
inline constexpr double kEpsilon = 1e-6;

// Relative. An answer is the sum of areas rounded four times each, and rounded once more at each of
// fewer than 60 levels: below 2^6 * 2^-53 of the whole.
inline constexpr double kTolerance = 0x1p-47;

constexpr double curve(double x) {
  return (x * x + 1) * x;
}

// The area under the curve from x1 to x2, whose values there are y1 and y2 and whose trapezoid has
// the area `whole`.
template <ForkJoinWorker W>
[[gnu::noinline]] double area_of(
    W worker, double x1, double y1, double x2, double y2, double whole) {
  const double half = (x2 - x1) / 2;
  const double middle = x1 + half;
  const double y = curve(middle);
  const double lower = (y1 + y) / 2 * half;
  const double upper = (y + y2) / 2 * half;
  if (std::abs(lower + upper - whole) < kEpsilon) {
    return lower + upper;
  }
  auto [left, right] = worker.join([=](W w) { return area_of(w, x1, y1, middle, y, lower); },
                                   [=](W w) { return area_of(w, middle, y, x2, y2, upper); });
  return left + right;
}

// What the search for the accepted intervals of [0, n] comes to, without recursion and without
// adding an area.
struct Walk {
  std::uint64_t joins = 0;
  double excess = 0;  // by how much the trapezoids exceed the true area
};
Walk walk(std::int64_t n);

struct Workload {
  static constexpr std::string_view kName = "integrate";
  static constexpr std::string_view kSummary =
      "adaptive quadrature: forks with a little arithmetic";
  static constexpr std::string_view kSource = "Frigo et al., Cilk-5, PLDI 1998; its integrate.cilk";
  static constexpr std::string_view kOperation = "join";
  static constexpr std::string_view kParameter = "n";
  static constexpr std::array<NamedSize, 3> kSizes{
      {{"small", 150}, {"medium", 3000}, {"large", 20000}}};
  static constexpr std::int64_t kMin = 1;
  // Far beyond it an area is rounded by more than kEpsilon, and the tree would be the rounding's.
  static constexpr std::int64_t kMax = 20000;

  struct Input {
    std::int64_t n;
    Walk walk;
  };
  using Answer = double;

  static Input prepare(std::int64_t n, std::uint64_t /*seed*/) {
    AN_ASSERT(n >= kMin);
    AN_ASSERT(n <= kMax);
    return Input{n, walk(n)};
  }
  static void reset(Input& /*input*/) {}

  template <ForkJoinWorker W>
  static Answer run(W worker, Input& input) {
    const auto end = static_cast<double>(input.n);
    return area_of(worker, 0, curve(0), end, curve(end), curve(end) / 2 * end);
  }

  static double right_answer(const Input& input) {
    const auto square = static_cast<double>(input.n * input.n);
    return square * square / 4 + square / 2 + input.walk.excess;
  }

  // An area within the tolerance counts as the right one, so that rounding never decides; any other
  // counts as it is.
  static std::uint64_t digest(const Input& input, const Answer& answer);
  static std::uint64_t expected(const Input& input);
  static std::uint64_t operations(const Input& input) { return input.walk.joins; }
  static std::int64_t footprint_bytes(std::int64_t /*n*/) { return sizeof(Input); }
  static std::vector<Note> notes(const Input& input) {
    return {{"intervals", static_cast<std::int64_t>(2 * (input.walk.joins + 1))}};
  }
};

}  // namespace an::workloads::integrate
