#include "harness/conductor/conform.hpp"

#include "tests/harness/conductor/fake_cells.hpp"

namespace an::harness {
namespace {

class ConformTest : public FakeCells {
 protected:
  // The names of the checks that fail, joined.
  std::string failures(const std::string& mode, Nanos timeout_ns = kPatienceNs) {
    const auto cell = root_ / "cell-candidate";
    if (!std::filesystem::exists(cell)) {
      add_cell("candidate");
    }
    misbehave(mode);
    std::string names;
    for (const ConformCheck& check : conform(cell, timeout_ns)) {
      EXPECT_EQ(check.passed, check.reason.empty());
      names += check.passed ? "" : check.name + ": " + check.reason + "\n";
    }
    return names;
  }
};

TEST_F(ConformTest, AGoodCellPassesEverything) {
  EXPECT_EQ(failures(""), "");
}

TEST_F(ConformTest, NoiseOnItsStandardOutputIsHarmless) {
  EXPECT_EQ(failures("noise"), "");
}

TEST_F(ConformTest, EveryMisdeedIsFound) {
  const std::vector<std::pair<std::string, std::string>> misdeeds{
      {"wrong_first", "workload fib"},    {"wrong", "workload fib"},
      {"bad_ops", "workload fib"},        {"segv", "workload fib"},
      {"chatter", "workload fib"},        {"unprepared", "a turn before a prepare"},
      {"exit_dirty", "quit is answered"}, {"protocol2", "describe gets a valid reply"}};
  for (const auto& [mode, check] : misdeeds) {
    EXPECT_NE(failures(mode).find(check), std::string::npos) << mode;
  }
}

TEST_F(ConformTest, WhatIsNotACellFailsWithoutHarm) {
  const auto checks = conform("/bin/true", kPatienceNs);
  EXPECT_FALSE(checks.at(0).passed);
  EXPECT_FALSE(conform("/nonexistent", kPatienceNs).at(0).passed);
}

}  // namespace
}  // namespace an::harness
