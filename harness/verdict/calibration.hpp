// What a calibration found: how often the gate would cry wolf on this machine, and which slowdowns
// it would catch. Pure functions of measured units; calibrate.hpp measures them.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/conductor/run.hpp"
#include "harness/verdict/decision.hpp"
#include "harness/verdict/rate.hpp"
#include "harness/verdict/resample.hpp"

namespace an::harness {

// Slowdowns of the power curve, as fractions.
inline constexpr std::array<double, 9> kPowerSlowdowns{0,    0.025, 0.05,  0.06, 0.075,
                                                       0.09, 0.1,   0.125, 0.15};

// The median of the units' medians with its 95 % sign-test interval. Logarithms.
struct Effect {
  std::optional<double> theta, low, high;
};

// Gates and what they said. `flagged` is what the calibration asks for: REGRESSED, confirmed.
struct GateTally {
  std::map<Verdict, int> verdicts;
  Rate regressed;
  double mean_units = 0;  // per gate
};

// One point of the power curve: the A/A units with a slowdown added.
struct PowerPoint {
  double slowdown = 0;
  GateTally gates;
};

// What equal arms differ by, and what follows from that.
struct NoiseFigures {
  int units = 0, planned = 0, kept = 0;  // units; rounds planned and kept
  Effect effect;                         // C/R
  std::optional<double> sigma, sd;       // spread of D: robust, and plain
  std::optional<double> rho, effective_n;
  std::optional<int> best_turns;                       // K*; at most kBestTurnsMax
  std::array<std::optional<double>, kLooks> caught{};  // per look: the least slowdown found with
                                                       // the rule's power, tolerance included
};
inline constexpr int kBestTurnsMax = 99;

// The injected slowdown.
struct Injection {
  double asked = 0;                  // of the whole, as a fraction
  std::int64_t n = 0;                // the size that should have it
  Effect effect;                     // as measured
  GateTally resampled;               // gates drawn from the slow units
  std::optional<GateTally> shifted;  // gates drawn from A/A units, with theta as measured added
  std::optional<GateTally> real;     // gates that ran
};

// The control experiment: arms that spin while they are idle and are not frozen.
struct Trap {
  CellPlan cell;
  double asked = 0;   // the slowdown that was there to be found
  Effect effect;      // and what is read of all rounds, those that do not count too
  TickTest ticks;     // of all rounds
  Decision decision;  // of those that count, as in a gate
};

struct CellCalibration {
  CellPlan cell;
  Status status = Status::kOk;  // unless kOk, nothing below is to be used
  std::string reason;
  NoiseFigures noise;
  GateTally resampled;            // A/A gates, drawn
  std::vector<PowerPoint> power;  // by kPowerSlowdowns
  std::optional<GateTally> real;  // A/A gates that ran
  std::optional<Injection> injection;
};

struct CalibrationOutcome {
  std::vector<CellCalibration> cells;
  std::optional<Trap> trap;
  std::string no_trap;  // why there is none
  bool interrupted = false;
};

// What does not depend on the cell.
struct CalibrationPlan {
  DecisionRule rule;
  int units = 60;        // measured of each cell
  int resampled = 1000;  // gates drawn from them, of each kind
  int real = 0;          // gates of equal arms that run; of the slow arm at least half as many
  int turns = 6;         // of a unit
  double injected = 0.1;
  std::uint64_t seed = 1;
  int hz = 0;  // of the kernel's tick; 0 when not known
};

// What a unit costs, in any unit of time: its processes, and one round of turns.
struct UnitCosts {
  double start = 0, round = 0;
};

Effect effect_of(const Measured& measured);
NoiseFigures noise_of(const Measured& measured, const CalibrationPlan& plan, UnitCosts costs);

// plan.resampled gates drawn from `measured`, with ln(1 + slowdown) added to C/R.
GateTally drawn_gates(const Measured& measured, const CalibrationPlan& plan, double slowdown);

// Gates made of batches that were measured one after the other: a batch that says REGRESSED is
// confirmed by the next one, which is then part of no other gate.
class GateSeries {
 public:
  void add(const Decision& batch);

  // Whether the last batch still wants its confirmation.
  bool waits() const { return flagged_.has_value(); }
  const std::vector<Decision>& gates() const { return gates_; }
  GateTally tally() const;

 private:
  std::optional<Decision> flagged_;
  std::vector<Decision> gates_;
  int units_ = 0;
};

// The size at which the whole is slower by `asked`, from sizes n and 2 n whose time ratio has the
// logarithm `doubling`: time is taken as linear in n between them. At least n + 1. Requires
// doubling > 0.
std::int64_t size_for(std::int64_t n, double doubling, double asked);

// What is asked of a machine on which the gate may be trusted, and is not so here; a sentence each.
// False alarms: the upper limit of their rate below 5 %, and half of the
// gates must say OK: where all are INVALID there is no alarm either. The injected slowdown, if it was measured
// as at least 0.9 of what was asked: caught in 90 %. The trap, where there are two workers: INVALID.
std::vector<std::string> shortcomings(const CalibrationOutcome& outcome);

// calibration.json (results/README.md), ended by a line end.
std::string calibration_json(const CalibrationOutcome& outcome,
                             const CalibrationPlan& plan,
                             const std::vector<std::string>& command);

}  // namespace an::harness
