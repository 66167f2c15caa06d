// How often the rule errs when the truth is known: heavy-tailed units (t with three degrees of
// freedom), looks at 12, 24 and 48, a tolerance of 5 %. The expected shares are the published table
// of 3,000 runs; a rank, a level or a look that is off moves them out of their bands.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "harness/verdict/decision.hpp"
#include "tests/harness/verdict/noise.hpp"

namespace an::harness {
namespace {

constexpr int kRuns = 1'000;
constexpr int kTableRuns = 3'000;

struct Shares {
  double ok = 0, regressed = 0, inconclusive = 0, mean_units = 0;
};

// One cell judged again and again: the candidate is slower by `slowdown`, units spread by `sigma`.
// The control is perfect, as it was for the table.
Shares simulate(double sigma, int family, double slowdown, std::uint64_t seed) {
  Noise noise(seed);
  Shares shares;
  for (int run = 0; run < kRuns; ++run) {
    Measured measured;
    Decision decision;
    for (int look = 0; look < kLooks; ++look) {
      const auto units = static_cast<std::size_t>(kLookUnits[static_cast<std::size_t>(look)]);
      while (measured.units.size() < units) {
        measured.units.push_back({{std::log1p(slowdown) + sigma * noise.heavy_tailed()}, {0.0}});
      }
      decision = decide(measured, {.family = family}, look);
      if (decision.verdict != Verdict::kUndecided) {
        break;
      }
    }
    shares.ok += decision.verdict == Verdict::kOk ? 1.0 / kRuns : 0;
    shares.regressed += decision.verdict == Verdict::kRegressed ? 1.0 / kRuns : 0;
    shares.inconclusive += decision.verdict == Verdict::kInconclusive ? 1.0 / kRuns : 0;
    shares.mean_units += static_cast<double>(decision.measured) / kRuns;
  }
  return shares;
}

// Four standard errors of both simulations, and the rounding of the table.
void expect_share(double share, double published, const std::string& what) {
  const double p = std::clamp(published, 0.002, 0.998);
  EXPECT_NEAR(share, published,
              four_standard_errors(p, kRuns) + four_standard_errors(p, kTableRuns) + 0.005)
      << what;
}

TEST(OperatingCharacteristics, MatchThePublishedTable) {
  const std::uint64_t seed = 20251120;
  RecordProperty("seed", std::to_string(seed));
  struct Row {
    double sigma;
    int family;
    double ok_at_0, false_at_5, found_at_7_5, found_at_10, mean_units;
  };
  for (const Row& row :
       {Row{0.016, 1, 1.00, 0.007, 1.000, 1.000, 12}, Row{0.016, 10, 1.00, 0.000, 0.997, 1.000, 12},
        Row{0.030, 1, 1.00, 0.004, 0.925, 1.000, 15}, Row{0.030, 10, 1.00, 0.000, 0.640, 0.999, 15},
        Row{0.065, 1, 0.97, 0.009, 0.260, 0.870, 29},
        Row{0.065, 10, 0.97, 0.000, 0.050, 0.530, 28}}) {
    const std::string name =
        "sigma " + std::to_string(row.sigma) + ", family of " + std::to_string(row.family);
    const Shares same = simulate(row.sigma, row.family, 0, seed);
    expect_share(same.ok, row.ok_at_0, name + ": OK at 0 %");
    expect_share(same.inconclusive, 1 - row.ok_at_0, name + ": inconclusive at 0 %");
    EXPECT_EQ(same.regressed, 0) << name;
    EXPECT_NEAR(same.mean_units, row.mean_units, 2) << name;
    expect_share(simulate(row.sigma, row.family, 0.05, seed + 1).regressed, row.false_at_5,
                 name + ": REGRESSED at 5 %");
    expect_share(simulate(row.sigma, row.family, 0.075, seed + 2).regressed, row.found_at_7_5,
                 name + ": REGRESSED at 7.5 %");
    expect_share(simulate(row.sigma, row.family, 0.10, seed + 3).regressed, row.found_at_10,
                 name + ": REGRESSED at 10 %");
  }
}

}  // namespace
}  // namespace an::harness
