// Gates that never ran, drawn from units that did: how often the decision rule errs on the noise of
// this machine. From A/A units with no shift every REGRESSED is a false alarm; with a shift added
// to the candidate the share of REGRESSED is a point of the power curve.
//
// Units are drawn in blocks of consecutive ones, around the end to the start, so that what
// neighbours share stays in. (Politis and Romano, "A circular block-resampling procedure for
// stationary data", 1992.) What the measured units have in common as a whole, such as one layout
// of memory, no resampling can vary: that takes real gates.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "core/base/rng.hpp"
#include "harness/verdict/decision.hpp"

namespace an::harness {

// `wanted` indices below `available`, in runs of `block` consecutive ones (mod `available`) from
// uniform starts; the last run is cut off. All > 0.
std::vector<int> draw_blocks(int available, int wanted, int block, Rng& rng);

struct ResamplePlan {
  int gates = 1000;        // pseudo-gates of one cell, > 0
  int block = 4;           // units; about the cube root of their count
  double shift = 0;        // added to every logarithm of C/R: ln 1.1 for 10 % slower
  std::uint64_t seed = 1;  // gate g draws from stream g, so that more gates repeat the fewer
};

struct ResampleTally {
  std::map<Verdict, int> verdicts;  // after confirmation; all but UNDECIDED and IDENTICAL
  int flagged = 0;                  // REGRESSED in the first batch, confirmed or not
  double mean_units = 0;            // drawn per gate, confirming batches included

  int count(Verdict verdict) const;
};

// Runs `plan.gates` pseudo-gates: looks at 12, 24 and 48 drawn units until decided, and a
// confirming batch of fresh draws for what is flagged. `measured` holds the A/A units, whose ticks
// are judged with every gate. Requires a unit.
ResampleTally resample_gates(const Measured& measured,
                             const DecisionRule& rule,
                             const ResamplePlan& plan);

}  // namespace an::harness
