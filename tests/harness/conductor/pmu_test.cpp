#include "harness/conductor/pmu.hpp"

#include <gtest/gtest.h>

#include <cerrno>

namespace an::harness {
namespace {

TEST(Pmu, WithinOnePerCentIsPlausible) {
  for (const std::int64_t seen : {990'000, 1'000'000, 1'010'000}) {
    const PmuFact fact = judge_pmu({seen, 500'000}, 1'000'000);
    EXPECT_EQ(fact.plausible, true) << seen;
    EXPECT_EQ(fact.reason, "");
  }
}

TEST(Pmu, WrongCountsAreLiveButImplausible) {
  for (const std::int64_t seen : {0, 7, 989'000, 1'011'000, 2'000'000}) {
    const PmuFact fact = judge_pmu({seen, 500'000}, 1'000'000);
    EXPECT_TRUE(fact.available);
    EXPECT_EQ(fact.plausible, false) << seen;
    EXPECT_NE(fact.reason.find(std::to_string(seen)), std::string::npos) << fact.reason;
  }
}

TEST(Pmu, NoCyclesAreImplausibleTooForThatTakesTime) {
  EXPECT_EQ(judge_pmu({1'000'000, 0}, 1'000'000).plausible, false);
}

TEST(Pmu, CountersThatSharedTheirRegistersAreNotTrusted) {
  EXPECT_EQ(judge_pmu({std::nullopt, 5}, 1'000'000).plausible, false);
  EXPECT_EQ(judge_pmu({5, std::nullopt}, 1'000'000).plausible, false);
}

TEST(Pmu, ARefusalIsAbsentAndTellsTheRemedy) {
  const PmuFact none = refused_pmu(ENOENT), forbidden = refused_pmu(EACCES);
  EXPECT_FALSE(none.available);
  EXPECT_EQ(none.plausible, std::nullopt);
  EXPECT_NE(forbidden.reason.find("perf_event_paranoid"), std::string::npos);
  EXPECT_EQ(none.reason.find("perf_event_paranoid"), std::string::npos);
}

TEST(Pmu, CountersThatCannotOpenReadAsAbsent) {
  const HardwareCounters nobodys(-7);  // no such process
  EXPECT_NE(nobodys.error(), 0);
  EXPECT_EQ(nobodys.read().instructions, std::nullopt);
  EXPECT_EQ(nobodys.read().cycles, std::nullopt);
}

TEST(Pmu, ThisMachineGetsAnAnswerEitherWay) {
  const PmuFact fact = check_pmu();
  EXPECT_EQ(fact.available, fact.plausible.has_value());
  EXPECT_EQ(fact.reason.empty(), fact.plausible.value_or(false));
}

}  // namespace
}  // namespace an::harness
