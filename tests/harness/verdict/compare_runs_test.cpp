#include "harness/verdict/compare_runs.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

#include "core/base/rng.hpp"
#include "harness/verdict/stats.hpp"
#include "tests/harness/verdict/stored_runs.hpp"

namespace an::harness {
namespace {

// By scheduler: the time of a turn in each unit.
using Turns = std::map<std::string, std::vector<std::int64_t>>;

class CompareRuns : public StoredRunTest {
 protected:
  // A run of one turn per unit; `edit` changes the manifest.
  StoredRun run_of(const Turns& turns, const std::function<void(Json&)>& edit = {}) const {
    std::vector<Json> identities, samples, cells;
    for (const auto& [scheduler, times] : turns) {
      identities.push_back(identity(scheduler));
      cells.push_back(cell_line(scheduler));
      for (std::size_t unit = 0; unit < times.size(); ++unit) {
        samples.push_back(sample_line(scheduler, static_cast<int>(unit), 0, times[unit]));
      }
    }
    Json manifest = manifest_of(identities);
    manifest["plan"]["alpha"] = kAlpha;
    if (edit) {
      edit(manifest);
    }
    write("manifest.json", manifest.dump());
    write_lines("samples.jsonl", samples);
    write_lines("cells.jsonl", cells);
    return read_run(root());
  }
  // `run` with the first samples of the cell of `scheduler` changed.
  static StoredRun with_samples(StoredRun run,
                                const std::string& scheduler,
                                const std::function<void(Sample&)>& edit) {
    for (StoredCell& cell : run.cells) {
      if (cell.record.plan.scheduler == scheduler) {
        std::for_each(cell.record.samples.begin(), cell.record.samples.end(), edit);
      }
    }
    return run;
  }
  static std::string name_of(const std::string& scheduler) { return identity(scheduler)["cell"]; }
};

TEST_F(CompareRuns, TheRatioIsOfTheTwoXSerialWithTheirIntervalsCrossed) {
  const StoredRun reference = run_of(
      {{"good", {200, 210, 220, 230, 240, 250}}, {"serial", {100, 100, 100, 100, 100, 100}}});
  const StoredRun candidate =
      run_of({{"good", {60, 66, 60, 66, 60, 66}}, {"serial", {20, 20, 20, 20, 20, 20}}});
  const RunComparison comparison = compare_runs(reference, candidate);
  ASSERT_EQ(comparison.cells.size(), 1u);
  const MatchedCell& cell = comparison.cells[0];
  EXPECT_EQ(cell.plan.name, name_of("good"));
  EXPECT_EQ(cell.reference.units, 6);
  EXPECT_DOUBLE_EQ(cell.reference.x_serial.value(), 2.25);
  EXPECT_DOUBLE_EQ(cell.candidate.x_serial.value(), 3.15);
  EXPECT_DOUBLE_EQ(cell.ratio.value(), 3.15 / 2.25);
  EXPECT_DOUBLE_EQ(cell.ratio_low.value(), 3.0 / 2.5);
  EXPECT_DOUBLE_EQ(cell.ratio_high.value(), 3.3 / 2.0);
}

TEST_F(CompareRuns, BelowSixUnitsThereIsARatioAndNoInterval) {
  const StoredRun six = run_of({{"good", {2, 2, 2, 2, 2, 2}}, {"serial", {1, 1, 1, 1, 1, 1}}});
  const StoredRun five = run_of({{"good", {2, 2, 2, 2, 2}}, {"serial", {1, 1, 1, 1, 1}}});
  EXPECT_EQ(compare_runs(six, six).cells.at(0).ratio_low, 1.0);
  const RunComparison comparison = compare_runs(six, five);
  EXPECT_EQ(comparison.cells.at(0).ratio, 1.0);
  EXPECT_EQ(comparison.cells.at(0).ratio_low, std::nullopt);
  EXPECT_EQ(comparison.cells.at(0).ratio_high, std::nullopt);
}

TEST_F(CompareRuns, WithoutASerialCellThereIsARankAndNoRatio) {
  const RunComparison comparison =
      compare_runs(run_of({{"good", {2, 2}}}), run_of({{"good", {3, 3}}}));
  ASSERT_EQ(comparison.cells.size(), 1u);
  EXPECT_EQ(comparison.cells[0].ratio, std::nullopt);
  EXPECT_EQ(comparison.cells[0].reference.rank, 1);
}

// Six units are enough at 5 %, and not at the half of it.
TEST_F(CompareRuns, ARunThatLookedTakesHalfOfTheErrorOfBoth) {
  const std::vector<std::int64_t> six(6, 2), twelve(12, 2), ones(12, 1);
  const auto looked = [](Json& manifest) { manifest["plan"]["alpha"] = kAlpha / 3; };
  const StoredRun fixed = run_of({{"good", six}, {"serial", ones}});
  const StoredRun precise = run_of({{"good", twelve}, {"serial", ones}}, looked);
  EXPECT_TRUE(compare_runs(fixed, fixed).cells.at(0).ratio_low);
  const MatchedCell cell = compare_runs(fixed, precise).cells.at(0);
  EXPECT_TRUE(cell.reference.x_serial_low) << "shown as in the summary of its run";
  EXPECT_FALSE(cell.ratio_low);
  EXPECT_TRUE(compare_runs(precise, precise).cells.at(0).ratio_low);
}

// Draws of distributions with median 1, the extremes among them: half of the mass next to the
// median on one side, the other half far away on the other.
double draw(int kind, Rng& rng) {
  constexpr double kNear = 1.0 + 1e-3, kFar = 100.0;
  const double u = rng.unit();
  const double spread = 1.0 + 1e-4 * u;
  const bool is_above = (rng.next() >> 63) != 0;
  switch (kind) {
    case 0:
      return is_above ? kNear * spread : 1 / (kFar * spread);
    case 1:
      return is_above ? kFar * spread : 1 / (kNear * spread);
    case 2:
      return is_above ? kNear * spread : 1 / (kNear * spread);
    default:
      return std::exp(3 * (u - 0.5));
  }
}

Interval sign_interval(int kind, int n, Rng& rng) {
  std::vector<double> values;
  for (int i = 0; i < n; ++i) {
    values.push_back(draw(kind, rng));
  }
  return median_interval(values, kAlpha).value();
}

TEST(RatioInterval, MissesTheRatioOfTheMediansNoMoreOftenThanEachOfTheIntervals) {
  constexpr int kDraws = 4000, kKinds = 4;
  const double most = kDraws * kAlpha + 4 * std::sqrt(kDraws * kAlpha * (1 - kAlpha));
  Rng rng(1);
  for (const auto& [n_reference, n_candidate] :
       std::vector<std::pair<int, int>>{{6, 6}, {9, 9}, {6, 12}}) {
    for (int kinds = 0; kinds < kKinds * kKinds; ++kinds) {
      int missed = 0;
      for (int i = 0; i < kDraws; ++i) {
        const Interval reference = sign_interval(kinds % kKinds, n_reference, rng);
        const Interval candidate = sign_interval(kinds / kKinds, n_candidate, rng);
        const Interval ratio = ratio_interval(reference, candidate);
        missed += ratio.low > 1 || ratio.high < 1 ? 1 : 0;
      }
      EXPECT_LE(missed, most) << n_reference << " " << n_candidate << " kinds " << kinds;
    }
  }
}

TEST_F(CompareRuns, RanksAreWithinARunAndOverCellsOfBoth) {
  const StoredRun reference =
      run_of({{"a", {10}}, {"b", {20}}, {"c", {20}}, {"only", {1}}, {"serial", {5}}});
  const StoredRun candidate = run_of({{"a", {900}}, {"b", {800}}, {"c", {700}}, {"serial", {5}}});
  const RunComparison comparison = compare_runs(reference, candidate);
  ASSERT_EQ(comparison.cells.size(), 3u);
  std::vector<std::pair<int, int>> ranks;
  for (const MatchedCell& cell : comparison.cells) {
    EXPECT_EQ(cell.ranked, 3);
    ranks.emplace_back(cell.reference.rank, cell.candidate.rank);
  }
  EXPECT_EQ(ranks, (std::vector<std::pair<int, int>>{{1, 3}, {2, 2}, {2, 1}}));
}

TEST_F(CompareRuns, RanksAreWithinWorkloadSizeAndWorkers) {
  StoredRun run = run_of({{"a", {10}}, {"b", {20}}, {"c", {30}}});
  run.cells[1].record.plan.workers = 2;
  const RunComparison comparison = compare_runs(run, run);
  std::vector<std::pair<int, int>> ranks;
  for (const MatchedCell& cell : comparison.cells) {
    ranks.emplace_back(cell.reference.rank, cell.ranked);
  }
  EXPECT_EQ(ranks, (std::vector<std::pair<int, int>>{{1, 2}, {1, 1}, {2, 2}}));
}

TEST_F(CompareRuns, AbsoluteTimesAreThereOnTheSameMachineOnly) {
  const Turns turns{{"good", {200}}, {"serial", {100}}};
  const StoredRun here = run_of(turns);
  const MatchedCell same = compare_runs(here, run_of({{"good", {300}}})).cells.at(0);
  EXPECT_EQ(same.reference.ns_per_op, 10.0);
  EXPECT_EQ(same.candidate.ns_per_op, 15.0);
  EXPECT_EQ(same.ns_ratio, 1.5);
  const std::map<std::string, std::string> facts{{"cpu", "cpu A CPU; another"},
                                                 {"host", "host 0123456789abcdef; another"},
                                                 {"kernel", "kernel Linux 6; another"}};
  for (const auto& [name, phrase] : facts) {
    const auto move = [&fact = name](Json& manifest) { manifest["machine"][fact] = "another"; };
    const RunComparison comparison = compare_runs(here, run_of(turns, move));
    EXPECT_EQ(comparison.machine_differences, std::vector<std::string>{phrase});
    const MatchedCell& cell = comparison.cells.at(0);
    EXPECT_FALSE(cell.reference.ns_per_op || cell.candidate.ns_per_op || cell.ns_ratio);
    EXPECT_EQ(cell.ratio, 1.0);
    EXPECT_EQ(cell.candidate.rank, 1);
  }
}

TEST_F(CompareRuns, AMachineThatIsNotKnownIsNotTheSame) {
  const auto forget = [](Json& manifest) { manifest["machine"]["host"] = nullptr; };
  const StoredRun run = run_of({{"good", {200}}}, forget);
  const RunComparison comparison = compare_runs(run, run);
  EXPECT_EQ(comparison.machine_differences, std::vector<std::string>{"host unknown; unknown"});
  EXPECT_EQ(comparison.cells.at(0).ns_ratio, std::nullopt);
}

TEST_F(CompareRuns, EveryCellIsInOneListAndTheAddedBaselineInNone) {
  StoredRun reference =
      run_of({{"a", {1}}, {"b", {1}}, {"c", {1}}, {"gone", {1}}, {"serial", {1}}});
  StoredRun candidate = run_of({{"a", {1}}, {"b", {1}}, {"c", {1}}, {"new", {1}}, {"serial", {1}}});
  candidate.cells[1].record.status = Status::kPartial;
  candidate.cells[1].record.reason = "the run ended before this cell did";
  for (StoredRun* run : {&reference, &candidate}) {
    run->cells[2].record.status = Status::kNotApplicable;
    run->cells[2].record.samples.clear();
  }
  const RunComparison comparison = compare_runs(reference, candidate);
  ASSERT_EQ(comparison.cells.size(), 1u);
  EXPECT_EQ(comparison.cells[0].plan.name, name_of("a"));
  ASSERT_EQ(comparison.left_out.size(), 2u);
  EXPECT_EQ(comparison.left_out[0].cell, name_of("b"));
  EXPECT_EQ(comparison.left_out[0].reason,
            "the candidate is partial: the run ended before this cell did");
  EXPECT_FALSE(comparison.left_out[0].never_ran);
  EXPECT_EQ(comparison.left_out[1].reason, "the reference is n/a; the candidate is n/a");
  EXPECT_TRUE(comparison.left_out[1].never_ran);
  EXPECT_EQ(comparison.only_reference, std::vector<std::string>{name_of("gone")});
  EXPECT_EQ(comparison.only_candidate, std::vector<std::string>{name_of("new")});
}

TEST_F(CompareRuns, DigestsAreComparedPerIteration) {
  const Turns turns{{"good", {200}}};
  // Digests 7, folded twice, and three and four times.
  const auto digest_of = [](std::uint64_t check, std::int64_t iterations) {
    return [=](Sample& sample) {
      sample.check = check;
      sample.iterations = iterations;
      sample.ops = 10 * iterations;
    };
  };
  const StoredRun twice = with_samples(run_of(turns), "good", digest_of(224, 2));
  const StoredRun thrice = with_samples(run_of(turns), "good", digest_of(6951, 3));
  const StoredRun four = with_samples(run_of(turns), "good", digest_of(215488, 4));
  EXPECT_TRUE(compare_runs(twice, thrice).cells.at(0).same_work);
  EXPECT_TRUE(compare_runs(twice, four).cells.at(0).same_work);
  for (const std::uint64_t check : {6950u, 224u}) {
    const StoredRun other = with_samples(run_of(turns), "good", digest_of(check, 3));
    EXPECT_FALSE(compare_runs(twice, other).cells.at(0).same_work) << check;
  }
  const StoredRun longer =
      with_samples(twice, "good", [](Sample& sample) { sample.ops = 11 * sample.iterations; });
  EXPECT_FALSE(compare_runs(twice, longer).cells.at(0).same_work);
}

TEST_F(CompareRuns, SaysWhatWasMeasuredDifferently) {
  const Turns turns{{"good", {200}}};
  // The candidate does not say whether it froze.
  const StoredRun reference =
      run_of(turns, [](Json& manifest) { manifest["plan"]["freeze"] = true; });
  EXPECT_TRUE(compare_runs(reference, reference).plan_differences.empty());
  const StoredRun candidate = run_of(turns, [](Json& manifest) {
    manifest["seed"] = 2;
    manifest["plan"]["turns"] = 9;
    manifest["plan"]["pin"] = "compact";  // the reference's has none
  });
  EXPECT_EQ(compare_runs(reference, candidate).plan_differences,
            (std::vector<std::string>{"seed 1; 2", "turns 3; 9"}));
}

TEST_F(CompareRuns, SaysThatTheSerialCellsAreDifferentExecutables) {
  const auto with_hash = [](const char* hash) {
    return [=](Json& manifest) { manifest["build"]["cells"]["serial"]["code_hash"] = hash; };
  };
  const Turns turns{{"good", {200}}};
  const StoredRun reference = run_of(turns, with_hash("aa"));
  EXPECT_TRUE(compare_runs(reference, run_of(turns, with_hash("bb"))).serial_differs);
  EXPECT_FALSE(compare_runs(reference, run_of(turns, with_hash("aa"))).serial_differs);
  EXPECT_FALSE(compare_runs(reference, run_of(turns)).serial_differs) << "it is not known";
}

TEST(GoldenRunCompared, HasRatiosOfOneAndNoInterval) {
  const StoredRun golden = read_run(AN_GOLDEN_RUN);
  const RunComparison comparison = compare_runs(golden, golden);
  ASSERT_EQ(comparison.cells.size(), 4u);
  for (const MatchedCell& cell : comparison.cells) {
    EXPECT_EQ(cell.ratio, 1.0);
    EXPECT_EQ(cell.ratio_low, std::nullopt);
    EXPECT_TRUE(cell.same_work);
  }
  EXPECT_FALSE(comparison.left_out.empty());
}

}  // namespace
}  // namespace an::harness
