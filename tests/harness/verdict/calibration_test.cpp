#include "harness/verdict/calibration.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "harness/verdict/arms.hpp"
#include "harness/verdict/misfire.hpp"
#include "tests/harness/verdict/noise.hpp"

namespace an::harness {
namespace {

constexpr double kUnitSigma = 0.012;
constexpr double kTurnSigma = 0.02;

// Rounds of arms whose truth is known: equal but for `slow` (a logarithm) of the last, log-normal,
// with a layout drawn per unit and arm and a drift that all arms share.
std::vector<RoundRecord> invented_rounds(int units, int arms, double slow, std::uint64_t seed) {
  Noise noise(seed);
  std::vector<RoundRecord> rounds;
  for (int unit = 0; unit < units; ++unit) {
    std::vector<double> layout;
    for (int arm = 0; arm < arms; ++arm) {
      layout.push_back(kUnitSigma / std::sqrt(2.0) * noise.normal());
    }
    for (int turn = 0; turn < 9; ++turn) {
      RoundRecord round;
      round.unit = unit + 5;
      round.turn = turn;
      const double drift = 0.5 * std::sin(0.01 * (9 * unit + turn));
      for (int arm = 0; arm < arms; ++arm) {
        const double ratio = drift + layout[static_cast<std::size_t>(arm)] +
                             kTurnSigma / std::sqrt(2.0) * noise.normal() +
                             (arm == arms - 1 ? slow : 0);
        round.ns.push_back(static_cast<Nanos>(41e6 * std::exp(ratio)));
        round.ns_per_iteration.push_back(static_cast<double>(round.ns.back()) / 10);
      }
      rounds.push_back(round);
    }
  }
  return rounds;
}

Measured equal_units(int units, std::uint64_t seed) {
  return measured_of(invented_rounds(units, 3, 0, seed), 9, 250, {});
}

TEST(MeasuredOf, RatiosAreThoseOfTheArmsAndDroppedRoundsAreLeftOut) {
  std::vector<RoundRecord> rounds(3);
  for (RoundRecord& round : rounds) {
    round.unit = 4;
    round.ns = {1000, 1100, 1210, 900};
    round.ns_per_iteration = {100, 110, 121, 90};
  }
  rounds[1].dropped = Dropped::kPressure;
  rounds[2].unit = 5;
  rounds[2].dropped = Dropped::kThawed;
  const Measured measured = measured_of(rounds, 9, 250, {0, 3, 2});
  ASSERT_EQ(measured.units.size(), 2U);
  ASSERT_EQ(measured.units[0].candidate.size(), 1U);
  EXPECT_NEAR(measured.units[0].candidate[0], std::log(0.9), 1e-12);
  EXPECT_NEAR(measured.units[0].control[0], std::log(1.21), 1e-12);
  EXPECT_TRUE(measured.units[1].candidate.empty());
  EXPECT_EQ(measured.planned_rounds, 9);
  EXPECT_EQ(measured.ticks.turns, 3);
  EXPECT_EQ(measured_of(rounds, 9, 0, {}).ticks.turns, 0);
}

TEST(Calibration, NoiseFiguresAreThoseOfTheDistribution) {
  const CalibrationPlan plan;
  const NoiseFigures noise = noise_of(equal_units(400, 3), plan, {2, 1});
  EXPECT_EQ(noise.units, 400);
  EXPECT_EQ(noise.kept, 3600);
  EXPECT_NEAR(*noise.effect.theta, 0, 0.004);
  EXPECT_LT(*noise.effect.low, 0.001);
  EXPECT_GT(*noise.effect.high, -0.001);
  // The median of nine turns adds pi/2 sigma^2 / 9 to the variance between units.
  const double expected = std::sqrt(kUnitSigma * kUnitSigma + 1.5 * kTurnSigma * kTurnSigma / 9);
  EXPECT_NEAR(*noise.sigma, expected, 0.2 * expected);
  EXPECT_NEAR(*noise.sd, expected, 0.15 * expected);
  const double between = kUnitSigma * kUnitSigma;
  const double within = kTurnSigma * kTurnSigma;
  EXPECT_NEAR(*noise.rho, between / (between + within), 0.06);
  EXPECT_EQ(*noise.best_turns, 3);  // ceil(sqrt(2 * 2.8))
  EXPECT_NEAR(percent(*noise.caught[2]), 7, 1.2);
  EXPECT_GT(*noise.caught[0], *noise.caught[1]);
  EXPECT_GT(*noise.caught[1], *noise.caught[2]);
}

TEST(Calibration, EqualArmsRaiseNoAlarmAndTheSlowOneIsCaught) {
  CalibrationPlan plan;
  plan.resampled = 300;
  const auto rounds = invented_rounds(60, 4, std::log(1.1), 11);
  const Measured equal = measured_of(rounds, 9, 250, {0, 1, 2});
  const Measured slow = measured_of(rounds, 9, 250, {0, 3, 2});
  const GateTally alarms = drawn_gates(equal, plan, 0);
  EXPECT_EQ(alarms.regressed.count, 0);
  EXPECT_EQ(alarms.regressed.trials, 300);
  EXPECT_NEAR(alarms.regressed.interval.high, 0.0122, 0.0001);  // 1 - 0.025^(1/300)
  const Effect effect = effect_of(slow);
  EXPECT_NEAR(*effect.theta, std::log(1.1), 0.008);
  const GateTally caught = drawn_gates(slow, plan, 0);
  EXPECT_GE(caught.regressed.count, 290);
  EXPECT_GE(caught.mean_units, 24) << "a confirming batch is part of what it costs";
  const GateTally shifted = drawn_gates(equal, plan, std::expm1(*effect.theta));
  EXPECT_NEAR(shifted.regressed.share(), caught.regressed.share(), 0.05);
}

TEST(Calibration, ThePowerCurveRises) {
  CalibrationPlan plan;
  plan.resampled = 200;
  const Measured equal = equal_units(60, 5);
  int before = 0;
  for (const double slowdown : kPowerSlowdowns) {
    const int count = drawn_gates(equal, plan, slowdown).regressed.count;
    EXPECT_GE(count, before) << slowdown;
    before = count;
  }
  EXPECT_EQ(drawn_gates(equal, plan, 0.025).regressed.count, 0);
  EXPECT_GE(before, 195) << "15 % slower";
}

TEST(Calibration, TheSlowSizeFollowsFromTheCostOfAStep) {
  EXPECT_EQ(size_for(1000, std::log(2.0), 0.1), 1100);  // nothing but steps
  EXPECT_EQ(size_for(1000, std::log(1.5), 0.1), 1200);  // half of the time is something else
  EXPECT_EQ(size_for(4, std::log(2.0), 0.1), 5);
}

TEST(GateSeries, TheNextBatchConfirmsAndIsNoOtherGate) {
  const auto batch = [](Verdict verdict, int units) {
    Decision decision;
    decision.verdict = verdict;
    decision.measured = units;
    return decision;
  };
  GateSeries series;
  series.add(batch(Verdict::kOk, 12));
  series.add(batch(Verdict::kRegressed, 24));
  EXPECT_TRUE(series.waits());
  EXPECT_EQ(series.gates().size(), 1u);
  series.add(batch(Verdict::kRegressed, 12));
  EXPECT_FALSE(series.waits());
  series.add(batch(Verdict::kRegressed, 12));
  series.add(batch(Verdict::kOk, 12));
  const GateTally tally = series.tally();
  EXPECT_EQ(tally.regressed.count, 1);
  EXPECT_EQ(tally.regressed.trials, 3);
  EXPECT_EQ(tally.verdicts.at(Verdict::kOk), 1);
  EXPECT_EQ(tally.verdicts.at(Verdict::kInconclusive), 1) << "not confirmed";
  EXPECT_EQ(tally.mean_units, 24);
}

// A calibration with nothing wanting.
CalibrationOutcome sound_outcome() {
  CalibrationOutcome outcome;
  CellCalibration cell;
  cell.cell.name = "cell";
  cell.cell.workers = 2;
  cell.noise.units = 60;
  cell.resampled = {{{Verdict::kOk, 1000}}, rate_of(0, 1000), 12};
  cell.injection.emplace();
  cell.injection->asked = 0.1;
  cell.injection->effect.theta = std::log(1.099);
  cell.injection->resampled.regressed = rate_of(960, 1000);
  outcome.cells.push_back(cell);
  outcome.trap.emplace();
  outcome.trap->decision.verdict = Verdict::kInvalid;
  return outcome;
}

std::string only_shortcoming(const CalibrationOutcome& outcome) {
  const std::vector<std::string> found = shortcomings(outcome);
  return found.size() == 1 ? found[0] : std::to_string(found.size()) + " shortcomings";
}

TEST(Shortcomings, NothingIsWantingWhereTheGateHolds) {
  EXPECT_TRUE(shortcomings(sound_outcome()).empty());
}

TEST(Shortcomings, FalseAlarmsMayBeRareButNotPossible) {
  CalibrationOutcome outcome = sound_outcome();
  outcome.cells[0].resampled.regressed = rate_of(60, 1000);
  EXPECT_EQ(only_shortcoming(outcome),
            "cell: 60 of 1000 gates of equal builds say REGRESSED, so it may be 7.7 % of them");
  outcome.cells[0].real =
      GateTally{{{Verdict::kOk, 100}}, rate_of(0, 100), 12};  // gates that ran outweigh drawn ones
  EXPECT_TRUE(shortcomings(outcome).empty());
}

// On a machine so disturbed that every gate is INVALID, none is wrong.
TEST(Shortcomings, GatesThatNeverDecideProveNothing) {
  CalibrationOutcome outcome = sound_outcome();
  outcome.cells[0].resampled.verdicts = {{Verdict::kInvalid, 501}, {Verdict::kOk, 499}};
  EXPECT_EQ(only_shortcoming(outcome),
            "cell: only 499 of 1000 gates of equal builds say OK: too noisy");
}

TEST(Shortcomings, TheSlowArmMustBeSlowAndCaught) {
  CalibrationOutcome outcome = sound_outcome();
  outcome.cells[0].injection->resampled.regressed = rate_of(899, 1000);
  EXPECT_EQ(only_shortcoming(outcome),
            "cell: a slowdown of 10 % is caught by 899 of 1000 gates only");
  outcome.cells[0].injection->effect.theta = std::log(1.0001);
  EXPECT_EQ(only_shortcoming(outcome), "cell: the injected slowdown of 10 % reads +0.01 %");
}

TEST(Shortcomings, WhatWasNotTriedIsWanting) {
  CalibrationOutcome outcome = sound_outcome();
  outcome.cells[0].injection.reset();
  EXPECT_EQ(only_shortcoming(outcome), "cell: no slowdown could be injected");
  outcome = sound_outcome();
  outcome.cells[0].noise.units = 11;
  EXPECT_NE(only_shortcoming(outcome).find("11 units"), std::string::npos);
  outcome = sound_outcome();
  outcome.trap.reset();
  outcome.no_trap = "so";
  EXPECT_EQ(only_shortcoming(outcome), "the trap was not set: so");
  outcome.cells[0].cell.workers = 1;
  EXPECT_TRUE(shortcomings(outcome).empty()) << "one worker waits for nobody";
}

TEST(Shortcomings, TheTrapMustBeInvalid) {
  CalibrationOutcome outcome = sound_outcome();
  outcome.trap->cell.name = "bait";
  outcome.trap->decision.verdict = Verdict::kOk;
  EXPECT_EQ(only_shortcoming(outcome),
            "the trap, bait with arms that are not frozen, is not INVALID but OK");
}

// Ten runs of A, then ten of B, on a machine that drifts: none of the rules is to blame for the
// data, all call it a difference. The same drift in interleaved rounds is the test above.
TEST(Misfire, SequentialRulesMisfireOnDrift) {
  Noise noise(21);
  std::vector<SequentialRuns> comparisons;
  double phase = 0;
  for (int i = 0; i < 200; ++i) {
    SequentialRuns runs;
    for (std::vector<double>* side : {&runs.a, &runs.b}) {
      for (int run = 0; run < 10; ++run) {
        phase += 0.01;
        side->push_back(1e6 * std::exp(0.5 * std::sin(phase) + 0.01 * noise.normal()));
      }
    }
    comparisons.push_back(runs);
  }
  const std::vector<RuleRate> rates = sequential_rates(comparisons);
  ASSERT_EQ(rates.size(), 3U);
  EXPECT_EQ(rates[0].rule, "compare.py");
  EXPECT_GT(rates[0].false_alarms.share(), 0.5);
  EXPECT_GT(rates[1].false_alarms.share(), 0.5);
  EXPECT_GT(rates[2].false_alarms.share(), 0.05);
  EXPECT_EQ(rates[2].false_alarms.trials, 200);
}

TEST(Misfire, EitherDirectionIsAFalseAlarm) {
  EXPECT_TRUE(is_false_alarm(Verdict::kRegressed));
  EXPECT_TRUE(is_false_alarm(Verdict::kImproved));
  EXPECT_FALSE(is_false_alarm(Verdict::kOk));
  EXPECT_FALSE(is_false_alarm(Verdict::kInvalid));
}

}  // namespace
}  // namespace an::harness
