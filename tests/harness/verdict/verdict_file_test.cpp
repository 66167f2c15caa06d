#include "harness/verdict/verdict_file.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

namespace an::harness {
namespace {

CellVerdict judged(Verdict verdict) {
  CellVerdict cell;
  cell.status = Status::kOk;
  cell.decision.verdict = verdict;
  return cell;
}

CellVerdict unjudged(Status status) {
  CellVerdict cell;
  cell.status = status;
  cell.reason = "so";
  return cell;
}

GateResult result(const std::vector<CellVerdict>& cells, bool strict = false) {
  return result_of(tally(cells), strict);
}

TEST(GateResultTest, GoodVerdictsPassEvenStrictly) {
  for (const Verdict verdict : {Verdict::kOk, Verdict::kImproved, Verdict::kIdentical}) {
    EXPECT_EQ(result({judged(verdict)}, true), GateResult::kPassed) << to_string(verdict);
  }
}

TEST(GateResultTest, WhatIsNotDecidedFailsOnlyStrictly) {
  const CellVerdict ok = judged(Verdict::kOk);
  for (const CellVerdict& loose : {judged(Verdict::kInconclusive), judged(Verdict::kUnderpowered),
                                   unjudged(Status::kNotApplicable)}) {
    EXPECT_EQ(result({ok, loose}), GateResult::kPassed);
    EXPECT_EQ(result({ok, loose}, true), GateResult::kUnsound);
  }
}

TEST(GateResultTest, NothingJudgedIsNoPass) {
  EXPECT_EQ(result({}), GateResult::kUnsound);
  EXPECT_EQ(result({unjudged(Status::kNotApplicable)}), GateResult::kUnsound);
}

TEST(GateResultTest, AnInvalidCellIsUnsoundAndLighterThanARegression) {
  const CellVerdict invalid = judged(Verdict::kInvalid);
  EXPECT_EQ(result({judged(Verdict::kOk), invalid}), GateResult::kUnsound);
  EXPECT_EQ(result({judged(Verdict::kRegressed), invalid}), GateResult::kRegressed);
}

TEST(GateResultTest, AFailedCellWeighsMost) {
  for (const Status status : {Status::kWrong, Status::kCrash, Status::kTimeout}) {
    EXPECT_EQ(result({judged(Verdict::kRegressed), unjudged(status)}), GateResult::kFailedCell);
  }
}

TEST(VerdictLineTest, CountsEveryVerdictAndTheLargestMde) {
  CellVerdict fine = judged(Verdict::kOk), coarse = judged(Verdict::kInconclusive);
  fine.decision.mde = std::log(1.011);
  coarse.decision.mde = std::log(1.021);
  EXPECT_EQ(verdict_line(tally({fine, coarse, judged(Verdict::kIdentical)})),
            "VERDICT: regressed=0 ok=1 improved=0 identical=1 inconclusive=1 invalid=0 "
            "underpowered=0 mde=2.1%");
}

TEST(VerdictLineTest, WhatWasNotJudgedStandsBehind) {
  EXPECT_EQ(verdict_line(tally({unjudged(Status::kCrash), unjudged(Status::kNotApplicable),
                                unjudged(Status::kPartial)})),
            "VERDICT: regressed=0 ok=0 improved=0 identical=0 inconclusive=0 invalid=0 "
            "underpowered=0 mde=none failed=1 na=1 partial=1");
}

}  // namespace
}  // namespace an::harness
