// Who is next, and for how many iterations. Pure functions, so that the rules can be tested without
// a cell.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/base/clock.hpp"
#include "core/base/rng.hpp"

namespace an::harness {

inline constexpr std::int64_t kIterationsMax = std::int64_t{1} << 30;

// A uniformly random order of 0..count-1 (Fisher and Yates). Freshly drawn for every round, so that
// no cell always follows the same neighbour.
std::vector<std::size_t> shuffled_order(std::size_t count, Rng& rng);

// Calibration: the iterations of the next try after `iterations` of them took `ns`; `iterations`
// itself when that is long enough, or cannot grow. Aims a fifth above `min_time_ns`, grows at least
// by one and at most tenfold.
std::int64_t next_iterations(std::int64_t iterations, Nanos ns, Nanos min_time_ns);

// How many iterations make a turn. One long run does not settle it: the first also starts threads
// and touches memory. The count stands once a second run of it was long enough too, or one run was
// four times as long as it must be. A count that fails grows by a fifth at least, so this ends.
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
  bool was_long_enough_ = false;  // in the run before, of as many
};

}  // namespace an::harness
