#include "harness/conductor/memory_guard.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>

namespace an::harness {
namespace {

namespace fs = std::filesystem;

class MemoryGuardTest : public testing::Test {
 protected:
  MemoryGuardTest() {
    std::string pattern = fs::temp_directory_path() / "antinode-guard-XXXXXX";
    root_ = ::mkdtemp(pattern.data());
  }
  ~MemoryGuardTest() override { fs::remove_all(root_); }

  void write(const std::string& path, const std::string& text) const {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path) << text;
  }

  fs::path root_;
};

TEST_F(MemoryGuardTest, AdmitsInOrderUpToTheShare) {
  const auto refusals = refuse_what_does_not_fit({50, 40, 30, 0}, 100);
  EXPECT_EQ(refusals[0], "");
  EXPECT_NE(refusals[1], "");
  EXPECT_EQ(refusals[2], "");  // 50 + 30 are exactly 80 %
  EXPECT_EQ(refusals[3], "");
}

TEST_F(MemoryGuardTest, ARefusalTellsNeedAvailableAndRemedy) {
  const auto refusal = refuse_what_does_not_fit({3 << 20}, 2 << 20).at(0);
  for (const char* part : {"3.0 MiB", "2.0 MiB", "--size"}) {
    EXPECT_NE(refusal.find(part), std::string::npos) << refusal;
  }
}

TEST_F(MemoryGuardTest, FewerCellsAreTheRemedyOnlyWhereOthersTakeTheMemory) {
  const auto refusals = refuse_what_does_not_fit({50 << 20, 200 << 20, 40 << 20}, 100 << 20);
  EXPECT_EQ(refusals[1].find("besides"), std::string::npos) << refusals[1];
  EXPECT_EQ(refusals[1].find("--scheduler"), std::string::npos) << refusals[1];
  EXPECT_NE(refusals[2].find("besides 50.0 MiB"), std::string::npos) << refusals[2];
  EXPECT_NE(refusals[2].find("--scheduler"), std::string::npos) << refusals[2];
}

TEST_F(MemoryGuardTest, UnknownMemoryAdmitsEverything) {
  EXPECT_EQ(memory_available_bytes(root_), std::nullopt);
  EXPECT_EQ(refuse_what_does_not_fit({INT64_MAX}, std::nullopt).at(0), "");
}

TEST_F(MemoryGuardTest, ReadsMemAvailable) {
  write("proc/meminfo", "MemTotal: 100 kB\nMemAvailable:   20 kB\n");
  EXPECT_EQ(memory_available_bytes(root_), 20 * 1024);
}

TEST_F(MemoryGuardTest, TheTightestControlGroupCounts) {
  write("proc/meminfo", "MemAvailable:   20 kB\n");
  write("proc/self/cgroup", "0::/a/b\n");
  write("sys/fs/cgroup/a/memory.max", "9000\n");
  write("sys/fs/cgroup/a/memory.current", "4000\n");
  write("sys/fs/cgroup/a/b/memory.max", "max\n");
  EXPECT_EQ(memory_available_bytes(root_), 5000);
  EXPECT_EQ(memory_limit_bytes(root_), 9000);
}

TEST_F(MemoryGuardTest, VersionOneGroupsAreRead) {
  write("proc/self/cgroup", "4:cpu,memory:/x\n");
  write("sys/fs/cgroup/memory/x/memory.limit_in_bytes", "9223372036854771712\n");
  EXPECT_EQ(memory_limit_bytes(root_), std::nullopt);
  write("sys/fs/cgroup/memory/memory.limit_in_bytes", "700\n");
  write("sys/fs/cgroup/memory/memory.usage_in_bytes", "800\n");
  EXPECT_EQ(memory_available_bytes(root_), 0);
}

}  // namespace
}  // namespace an::harness
