#include "harness/conductor/checklist.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace an::harness {
namespace {

// A machine on which everything passes.
Environment quiet_machine() {
  Environment machine;
  machine.allowed_cpus = {0, 1};
  machine.hypervisor = false;
  machine.loadavg = {0.1, 0.1, 0.1};
  machine.psi_avg10_percent = 0.5;
  machine.steal_share = 0;
  machine.pmu = {true, true, ""};
  KernelSettings& settings = machine.settings;
  settings.governor = "performance";
  settings.turbo = "off";
  settings.smt = "off";
  settings.thp = "madvise";
  settings.clocksource = "tsc";
  settings.command_line = "quiet";
  settings.isolated_cpus = "";
  settings.hz = 250;
  settings.aslr = 2;
  settings.swap_used_kib = 0;
  settings.perf_event_paranoid = 2;
  settings.cpu_quota = CpuQuota{};
  settings.mitigations.emplace();
  return machine;
}

CheckItem item(const Environment& machine, const std::string& name) {
  for (const CheckItem& found : checklist(machine)) {
    if (found.name == name) {
      return found;
    }
  }
  ADD_FAILURE() << "no item " << name;
  return {};
}

TEST(Checklist, AQuietMachinePassesEverything) {
  for (const CheckItem& found : checklist(quiet_machine())) {
    EXPECT_EQ(found.state, CheckState::kPass) << found.name << ": " << found.value;
  }
}

TEST(Checklist, WhatCannotBeReadIsUnknownAndNeverPasses) {
  const std::vector<CheckItem> items = checklist(Environment{});
  EXPECT_EQ(items.size(), checklist(quiet_machine()).size());
  for (const CheckItem& found : items) {
    EXPECT_EQ(found.state, CheckState::kUnknown) << found.name;
    EXPECT_FALSE(found.meaning.empty() || found.remedy.empty() || found.value.empty())
        << found.name;
  }
}

struct Fault {
  const char* item;
  void (*spoil)(Environment&);
};

class EachFault : public testing::TestWithParam<Fault> {};

TEST_P(EachFault, FailsItsItemAndNoOther) {
  Environment machine = quiet_machine();
  GetParam().spoil(machine);
  for (const CheckItem& found : checklist(machine)) {
    const bool is_this = found.name == GetParam().item;
    EXPECT_EQ(found.state, is_this ? CheckState::kFail : CheckState::kPass) << found.name;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Checklist,
    EachFault,
    testing::Values(
        Fault{"governor", [](Environment& m) { m.settings.governor = "powersave"; }},
        Fault{"boost", [](Environment& m) { m.settings.turbo = "on"; }},
        Fault{"smt", [](Environment& m) { m.settings.smt = "on"; }},
        Fault{"thp", [](Environment& m) { m.settings.thp = "always"; }},
        Fault{"aslr", [](Environment& m) { m.settings.aslr = 0; }},
        Fault{"swap", [](Environment& m) { m.settings.swap_used_kib = 1; }},
        Fault{"mitigations",
              [](Environment& m) { m.settings.command_line = "quiet mitigations=off"; }},
        Fault{"cpu quota", [](Environment& m) { m.settings.cpu_quota = CpuQuota{1.5}; }},
        Fault{"clocksource", [](Environment& m) { m.settings.clocksource = "hpet"; }},
        Fault{"load", [](Environment& m) { m.loadavg[0] = 1; }},
        Fault{"pressure", [](Environment& m) { m.psi_avg10_percent = 20; }},
        Fault{"steal", [](Environment& m) { m.steal_share = 0.05; }},
        Fault{"hypervisor", [](Environment& m) { m.hypervisor = true; }},
        Fault{"isolated cpus", [](Environment& m) { m.settings.isolated_cpus = "1-3"; }},
        Fault{"perf paranoid", [](Environment& m) { m.settings.perf_event_paranoid = 3; }},
        Fault{"counters",
              [](Environment& m) {
                m.pmu = {true, false, "wrong"};
              }}),
    [](const auto& fault) {
      std::string name = fault.param.item;
      std::replace(name.begin(), name.end(), ' ', '_');
      return name;
    });

TEST(Checklist, AQuotaOfAllAllowedCpusIsNoLimit) {
  Environment machine = quiet_machine();
  machine.settings.cpu_quota = CpuQuota{2.0};
  EXPECT_EQ(item(machine, "cpu quota").state, CheckState::kPass);
}

TEST(Checklist, AKernelThatDoesNotKnowSmtDoesNotPass) {
  Environment machine = quiet_machine();
  machine.settings.smt = "notimplemented";
  EXPECT_EQ(item(machine, "smt").state, CheckState::kUnknown);
}

}  // namespace
}  // namespace an::harness
