#include "harness/conductor/kernel_settings.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>

namespace an::harness {
namespace {

namespace fs = std::filesystem;

class KernelSettingsTest : public testing::Test {
 protected:
  KernelSettingsTest() {
    std::string pattern = fs::temp_directory_path() / "antinode-settings-XXXXXX";
    root_ = ::mkdtemp(pattern.data());
  }
  ~KernelSettingsTest() override { fs::remove_all(root_); }

  void write(const std::string& path, const std::string& text) const {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path) << text;
  }
  KernelSettings settings() const { return read_kernel_settings(root_); }

  fs::path root_;
};

TEST_F(KernelSettingsTest, AMachineThatSaysNothingIsUnknown) {
  const KernelSettings none = settings();
  EXPECT_FALSE(none.governor || none.turbo || none.smt || none.thp || none.clocksource);
  EXPECT_FALSE(none.command_line || none.isolated_cpus || none.swappiness || none.swap_used_kib);
  EXPECT_FALSE(none.perf_event_paranoid || none.cpu_quota || none.mitigations);
}

TEST_F(KernelSettingsTest, AnEmptyListOfIsolatedCpusIsAnAnswer) {
  write("sys/devices/system/cpu/isolated", "\n");
  EXPECT_EQ(settings().isolated_cpus, "");
}

TEST_F(KernelSettingsTest, TurboIsReadFromEitherDriver) {
  write("sys/devices/system/cpu/cpufreq/boost", "1\n");
  EXPECT_EQ(settings().turbo, "on");
  write("sys/devices/system/cpu/intel_pstate/no_turbo", "1\n");
  EXPECT_EQ(settings().turbo, "off");
}

TEST_F(KernelSettingsTest, SwapUsedIsTotalLessFree) {
  write("proc/meminfo", "MemTotal: 9 kB\nSwapTotal:      100 kB\nSwapFree:        60 kB\n");
  EXPECT_EQ(settings().swap_used_kib, 40);
}

TEST_F(KernelSettingsTest, OnlyWhatAffectsThisCpuIsAMitigation) {
  write("sys/devices/system/cpu/vulnerabilities/meltdown", "Not affected\n");
  write("sys/devices/system/cpu/vulnerabilities/retbleed", "Mitigation: IBPB\n");
  const auto mitigations = settings().mitigations;
  ASSERT_TRUE(mitigations);
  EXPECT_EQ(*mitigations, (std::map<std::string, std::string>{{"retbleed", "Mitigation: IBPB"}}));
}

TEST_F(KernelSettingsTest, TheTightestQuotaOfTheGroupsAboveCounts) {
  write("proc/self/cgroup", "0::/a/b\n");
  write("sys/fs/cgroup/cgroup.controllers", "cpuset cpu io\n");
  ASSERT_TRUE(settings().cpu_quota);
  EXPECT_EQ(settings().cpu_quota->cpus, std::nullopt) << "no limit anywhere";
  write("sys/fs/cgroup/a/b/cpu.max", "max 100000\n");
  EXPECT_EQ(settings().cpu_quota->cpus, std::nullopt);
  write("sys/fs/cgroup/a/cpu.max", "150000 100000\n");
  EXPECT_EQ(settings().cpu_quota->cpus, 1.5);
  write("sys/fs/cgroup/a/b/cpu.max", "50000 100000\n");
  EXPECT_EQ(settings().cpu_quota->cpus, 0.5);
}

TEST_F(KernelSettingsTest, TheQuotaOfControlGroupsVersion1IsReadToo) {
  write("proc/self/cgroup", "2:cpu,cpuacct:/\n1:name=systemd:/\n");
  write("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n");
  write("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
  ASSERT_TRUE(settings().cpu_quota);
  EXPECT_EQ(settings().cpu_quota->cpus, std::nullopt);
  write("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "200000\n");
  EXPECT_EQ(settings().cpu_quota->cpus, 2.0);
}

TEST_F(KernelSettingsTest, WithoutTheCpuControllerTheQuotaIsUnknown) {
  write("proc/self/cgroup", "0::/\n");
  write("sys/fs/cgroup/cgroup.controllers", "memory pids\n");
  EXPECT_FALSE(settings().cpu_quota);
}

TEST(KernelPart, WhatIsForInitIsLeftOut) {
  EXPECT_EQ(kernel_part("quiet psi=1 -- --token x"), "quiet psi=1");
  EXPECT_EQ(kernel_part("quiet --flag"), "quiet --flag");
  EXPECT_EQ(kernel_part("-- x"), "");
  EXPECT_EQ(kernel_part("quiet --"), "quiet");
}

TEST(Hz, IsTheInverseOfTheCoarseClock) {
  EXPECT_EQ(hz_of_resolution(4'000'000), 250);
  EXPECT_EQ(hz_of_resolution(3'333'333), 300);
  EXPECT_EQ(hz_of_resolution(1'000'000), 1000);
  EXPECT_EQ(hz_of_resolution(10'000'000), 100);
  EXPECT_EQ(hz_of_resolution(1), std::nullopt) << "not a tick";
  EXPECT_EQ(hz_of_resolution(0), std::nullopt);
}

TEST(CpuLists, CountAndContainRanges) {
  EXPECT_EQ(count_cpu_list("0-3,8"), 5);
  EXPECT_EQ(count_cpu_list(""), 0);
  EXPECT_TRUE(is_in_cpu_list(8, "0-3,8"));
  EXPECT_TRUE(is_in_cpu_list(2, "0-3,8"));
  EXPECT_FALSE(is_in_cpu_list(4, "0-3,8"));
}

}  // namespace
}  // namespace an::harness
