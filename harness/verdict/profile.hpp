// What a run of serial, the instrument `profile` and other schedulers says of a program and of them: work
// and span, the bounds on the speed-up that follow, and where what was measured lost against W workers.
// (Graham 1966 and Brent 1974 for the bounds; He, Leiserson, Leiserson, "The Cilkview scalability
// analyzer", SPAA 2010, for the burdened one; Olivier, de Supinski, Schulz, Prins, "Characterizing and
// mitigating work time inflation in task parallel programs", SC 2012, for the losses.)
//
// All times are ns of one iteration; medians over units, as everywhere. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/verdict/summary.hpp"
#include "harness/verdict/turn_values.hpp"

namespace an::harness {

inline constexpr const char* kProfileScheduler = "profile";

// A span in time is refused when profiling changed the run by more than this share of it.
inline constexpr double kCorrectionMax = 0.30;

// Of W workers that took `time_ns` for what serial does in `serial_ns`, alone in `alone_ns`.
struct Loss {
  double total_ns = 0;            // W * T_W: what the workers spent together
  double work_ns = 0;             // T_s: what had to be done
  double scheduling_ns = 0;       // T_1 - T_s: what forks and joins add on one worker
  std::optional<double> idle_ns;  // nothing to run; absent when the scheduler does not say
  double rest_ns = 0;  // the rest: work that takes longer on several workers; and idle, if absent
};
Loss loss_of(double workers,
             double time_ns,
             double serial_ns,
             double alone_ns,
             std::optional<double> idle_ns);

// No schedule takes less than this: the work law and the span law.
double time_at_least(double workers, double work_ns, double span_ns);
// Work stealing takes about this at most, by Cilkview: T_1/W + 1.7 (1 - 1/W) burdened span.
double time_burdened(double workers, double work_ns, double burdened_ns);

// Exact, and the same in every run.
struct ProfileCounts {
  std::int64_t strands = 0, joins = 0, tasks = 0, span_strands = 0;
  friend bool operator==(const ProfileCounts&, const ProfileCounts&) = default;
};

// One scheduler on more than one worker.
struct ProfiledSpeedup {
  CellPlan plan;
  std::string missing;  // why there is nothing; empty when there is
  Figure speedup;       // T_s / T_W, by rounds
  double time_ns = 0;   // T_W
  Loss loss;
  // With a span only.
  std::optional<double> speedup_at_most, speedup_burdened;
};

// One workload and size.
struct Profile {
  std::string workload;
  std::int64_t n = 0;
  std::int64_t ops = 0;             // of one iteration
  std::optional<double> serial_ns;  // T_s
  std::optional<ProfileCounts> counts;
  std::optional<double> correction;  // share of the profiled time that was not the program's
  std::optional<double> batched;     // share of it that was timed several strands at a time
  std::string refusal;               // why there are no spans in time; empty when there are
  Figure span_ns;                    // T_inf, scaled to serial's time
  Figure burdened_ns;                // the same with burdens, which are not scaled
  std::vector<ProfiledSpeedup> speedups;
};

// One per workload and size of `outcome`, in its order. `results` are those of summarise(outcome).
std::vector<Profile> profiles_of(const RunOutcome& outcome, const std::vector<CellResult>& results);

}  // namespace an::harness
