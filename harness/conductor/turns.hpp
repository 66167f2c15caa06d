// Who is next, and for how many iterations. Pure functions, so that the rules can be tested without
// a cell.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/base/clock.hpp"
#include "core/base/rng.hpp"
#include "harness/conductor/run.hpp"

namespace an::harness {

inline constexpr std::int64_t kIterationsMax = std::int64_t{1} << 30;

// A uniformly random order of 0..count-1 (Fisher and Yates).
std::vector<std::size_t> shuffled_order(std::size_t count, Rng& rng);

// A Latin square with random rows, columns and symbols: `count` orders of 0..count-1, in which
// everyone has every position once. O(count^2).
std::vector<std::vector<std::size_t>> latin_square(std::size_t count, Rng& rng);

// The order of every round: block after block, each a Latin square drawn afresh. So no arm is early
// more often than another, and none always follows the same neighbour.
class RoundOrders {
 public:
  // Of `count` arms.
  RoundOrders(std::size_t count, std::uint64_t seed) : count_(count), seed_(seed) {}

  // That of round number `round`, from 0; valid until the next call. It follows from the seed alone,
  // whatever was asked before: a run that is resumed goes on with the orders it would have had.
  const std::vector<std::size_t>& of(std::size_t round);

 private:
  std::size_t count_;
  std::uint64_t seed_;
  std::vector<std::vector<std::size_t>> block_;
  std::size_t number_ = 0;  // of the block
};

// Units that `samples` turns need at `turns` a unit, and the turns of unit number `unit`: the last
// may have fewer. Requires positive arguments and `unit` below the units.
int units_of(int samples, int turns);
int turns_of_unit(int samples, int turns, int unit);

// The units after which a run that stops by precision looks, and what each look may spend of the
// 5 %. Six units, the least that have an interval at 5 %, have none at a third of that.
inline constexpr std::array<int, 3> kPrecisionLooks{12, 24, 48};
inline constexpr double kAlphaOfLook = kAlpha / kPrecisionLooks.size();
bool is_look(int units);

// The two-sided level of the intervals of a run.
inline double alpha_of(const RunRequest& request) {
  return request.rel_ci ? kAlphaOfLook : kAlpha;
}

// The most iterations by which to lengthen the turns of some units, of those that took `ns` for
// `iterations`: up to two ticks of the kernel, but no more than half a turn. A different length in each
// unit tells turns that the kernel holds until a tick from turns that happen to last a whole number of
// ticks: the latter then do so by chance only. 0 when the tick (`tick_ns` 0) is not known.
std::int64_t iterations_to_vary(std::int64_t iterations, Nanos ns, Nanos tick_ns);

// Calibration: the iterations of the next try after `iterations` of them took `ns`; `iterations`
// itself when that is `min_time_ns` or more, or cannot grow. Aims a fifth above it, grows at least by
// one and at most tenfold.
std::int64_t next_iterations(std::int64_t iterations, Nanos ns, Nanos min_time_ns);

// How many iterations make a turn. One long run does not settle it: the first also starts threads
// and touches memory. The count stands once a run of it was long enough, and so was the run before,
// or that of fewer took as long per iteration, within a quarter; or once one run was four times as
// long as it must be. A count that fails grows, so this ends.
class Calibration {
 public:
  explicit Calibration(Nanos min_time_ns) : min_time_ns_(min_time_ns) {}

  // What to run next, or the answer.
  std::int64_t iterations() const { return iterations_; }
  // iterations() of them took `ns`: true when their number stands.
  bool settles(Nanos ns);

 private:
  Nanos min_time_ns_;
  std::int64_t iterations_ = 1;
  bool was_long_enough_ = false;        // in the run before, of as many
  double per_iteration_before_ns_ = 0;  // in the run before; 0 in the first
};

}  // namespace an::harness
