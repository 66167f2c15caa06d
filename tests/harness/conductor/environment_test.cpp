#include "harness/conductor/environment.hpp"

#include <gtest/gtest.h>

#include <unistd.h>
#include <array>
#include <cstring>

#include <nlohmann/json.hpp>

namespace an::harness {
namespace {

TEST(EnvironmentFacts, EveryFactIsAMemberEvenWhenUnknown) {
  const auto json = nlohmann::json::parse(to_json(Environment{}));
  for (const char* name :
       {"cpu", "cores", "kernel", "governor", "loadavg", "thp", "host", "microcode", "stepping",
        "hz", "aslr", "libc", "cpu_quota", "isolated_cpus", "mitigations", "swappiness"}) {
    ASSERT_TRUE(json.contains(name)) << name;
    EXPECT_TRUE(json[name].is_null()) << name;
  }
  for (const auto& member : json["noise"].items()) {
    EXPECT_TRUE(member.value().is_null()) << member.key();
  }
  EXPECT_TRUE(json["pmu"]["plausible"].is_null());
}

TEST(EnvironmentFacts, ThisMachineHasACpuAndMemory) {
  const Environment here = read_environment();
  EXPECT_FALSE(here.allowed_cpus.empty());
  EXPECT_GT(here.memory_kib.value_or(0), 0);
  EXPECT_GE(here.logical_cpus.value_or(0), 1);
  EXPECT_TRUE(here.kernel);
}

TEST(EnvironmentFacts, AQuotaIsANumberAndNoneAWord) {
  Environment machine;
  machine.settings.cpu_quota = CpuQuota{};
  EXPECT_EQ(nlohmann::json::parse(to_json(machine))["cpu_quota"], "none");
  machine.settings.cpu_quota = CpuQuota{1.5};
  EXPECT_EQ(nlohmann::json::parse(to_json(machine))["cpu_quota"], 1.5);
}

TEST(EnvironmentFacts, TheHostNameIsNotGivenAway) {
  std::array<char, 256> name{};
  ASSERT_EQ(::gethostname(name.data(), name.size() - 1), 0);
  const Environment here = read_environment();
  EXPECT_EQ(here.host.value_or("").size(), 16u);
  EXPECT_NE(here.host.value_or(""), name.data());
  EXPECT_EQ(here.host, read_environment().host);
}

TEST(EnvironmentFacts, TheCommitIsKnownOrSaidToBeUnknown) {
  const std::string commit = git_commit();
  EXPECT_TRUE(commit == "unknown" || commit.size() == 40) << commit;
}

}  // namespace
}  // namespace an::harness
