#include "harness/verdict/resample.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "tests/harness/verdict/noise.hpp"

namespace an::harness {
namespace {

// A/A units as they are measured with frozen arms: nine rounds, of which a unit's median spreads by
// about 1.6 %, with tails.
Measured same_build(int units, double sigma, std::uint64_t seed) {
  Noise noise(seed);
  Measured measured{{}, 9, {}};
  for (int i = 0; i < units; ++i) {
    UnitRatios unit;
    const double candidate = sigma * noise.heavy_tailed();
    const double control = sigma * noise.heavy_tailed();
    for (int round = 0; round < 9; ++round) {
      unit.candidate.push_back(candidate + sigma * noise.normal());
      unit.control.push_back(control + sigma * noise.normal());
    }
    measured.units.push_back(unit);
  }
  return measured;
}

int sum_of(const ResampleTally& tally) {
  int sum = 0;
  for (const auto& [verdict, count] : tally.verdicts) {
    sum += count;
  }
  return sum;
}

TEST(DrawBlocks, DrawsRunsOfNeighboursAroundTheEnd) {
  Rng rng(1);
  bool wrapped = false;
  for (int experiment = 0; experiment < 50; ++experiment) {
    const std::vector<int> drawn = draw_blocks(7, 11, 4, rng);
    ASSERT_EQ(drawn.size(), 11U);
    for (std::size_t i = 0; i < drawn.size(); ++i) {
      EXPECT_GE(drawn[i], 0);
      EXPECT_LT(drawn[i], 7);
      if (i % 4 != 0) {
        EXPECT_EQ(drawn[i], (drawn[i - 1] + 1) % 7);
        wrapped = wrapped || drawn[i] == 0;
      }
    }
  }
  EXPECT_TRUE(wrapped);
}

// Without the wrap the units at both ends would be drawn less often.
TEST(DrawBlocks, DrawsEveryUnitEquallyOften) {
  Rng rng(2);
  constexpr int kDraws = 40'000;
  std::vector<int> counts(10, 0);
  for (const int index : draw_blocks(10, kDraws, 4, rng)) {
    ++counts[static_cast<std::size_t>(index)];
  }
  for (const int count : counts) {
    EXPECT_NEAR(count, kDraws / 10, 4 * std::sqrt(4 * kDraws / 10.0));
  }
}

TEST(ResampleGates, RaiseNoFalseAlarmOnUnitsThatAreTheSame) {
  const ResampleTally tally = resample_gates(same_build(60, 0.012, 3), {}, {.gates = 400});
  EXPECT_EQ(tally.count(Verdict::kRegressed), 0);
  EXPECT_GE(tally.count(Verdict::kOk), 396);
  EXPECT_EQ(sum_of(tally), 400);
  EXPECT_NEAR(tally.mean_units, 12, 1);
}

TEST(ResampleGates, FindASlowdownBeyondTheTolerance) {
  const Measured measured = same_build(60, 0.012, 3);
  const ResampleTally tally = resample_gates(measured, {}, {.gates = 400, .shift = std::log(1.10)});
  EXPECT_GE(tally.count(Verdict::kRegressed), 390);
  EXPECT_GE(tally.flagged, tally.count(Verdict::kRegressed));
  EXPECT_GE(tally.mean_units, 24);  // confirmed by a second batch
}

TEST(ResampleGates, FindMoreTheLargerTheSlowdown) {
  const Measured measured = same_build(60, 0.03, 5);
  int before = -1;
  for (const double slowdown : {0.0, 0.075, 0.15}) {
    const ResampleTally tally =
        resample_gates(measured, {}, {.gates = 200, .shift = std::log1p(slowdown)});
    EXPECT_GT(tally.count(Verdict::kRegressed), before) << slowdown;
    before = tally.count(Verdict::kRegressed);
  }
}

TEST(ResampleGates, SeeAnImprovement) {
  const ResampleTally tally =
      resample_gates(same_build(60, 0.012, 3), {}, {.gates = 100, .shift = -std::log(1.10)});
  EXPECT_GE(tally.count(Verdict::kImproved), 95);
}

TEST(ResampleGates, RefuseWhatTheUnitsDoNotCarry) {
  Measured measured = same_build(60, 0.012, 3);
  measured.ticks = {324, 253, 0.05};
  const ResampleTally tally = resample_gates(measured, {}, {.gates = 50});
  EXPECT_EQ(tally.count(Verdict::kInvalid), 50);
}

// Half of the units in a row are slow, and blocks are as long: a batch sees one half or the other.
TEST(ResampleGates, ConfirmWhatTheyFlag) {
  Measured measured = same_build(96, 0.005, 5);
  for (std::size_t i = 0; i < 48; ++i) {
    for (double& ratio : measured.units[i].candidate) {
      ratio += std::log(1.10);
    }
  }
  const ResampleTally tally = resample_gates(measured, {}, {.gates = 400, .block = 48});
  EXPECT_GT(tally.count(Verdict::kRegressed), 0);
  EXPECT_GE(tally.flagged - tally.count(Verdict::kRegressed), 50);
  EXPECT_GE(tally.count(Verdict::kInconclusive), tally.flagged - tally.count(Verdict::kRegressed));
}

TEST(ResampleGates, AreRepeatedByTheirSeed) {
  const Measured measured = same_build(60, 0.05, 7);
  const ResamplePlan plan{.gates = 100, .shift = std::log(1.06), .seed = 9};
  EXPECT_EQ(resample_gates(measured, {}, plan).verdicts,
            resample_gates(measured, {}, plan).verdicts);
  ResamplePlan other = plan;
  other.seed = 10;
  EXPECT_NE(resample_gates(measured, {}, plan).verdicts,
            resample_gates(measured, {}, other).verdicts);
}

}  // namespace
}  // namespace an::harness
