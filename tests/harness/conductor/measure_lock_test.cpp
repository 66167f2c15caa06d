#include "harness/conductor/measure_lock.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <array>
#include <optional>
#include <vector>

namespace an::harness {
namespace {

class MeasureLockTest : public testing::Test {
 protected:
  MeasureLockTest() {
    ::unsetenv("ANTINODE_LOCK");
    std::string pattern = std::filesystem::temp_directory_path() / "antinode-lock-XXXXXX";
    root_ = ::mkdtemp(pattern.data());
  }
  ~MeasureLockTest() override { std::filesystem::remove_all(root_); }

  std::filesystem::path root_;
  std::vector<std::string> notes_;
  std::function<void(const std::string&)> note_ = [this](const std::string& text) {
    notes_.push_back(text);
  };
};

TEST_F(MeasureLockTest, ASecondOneWaitsAndNamesTheHolder) {
  std::array<int, 2> wake{};
  ASSERT_EQ(::pipe(wake.data()), 0);
  ASSERT_EQ(::write(wake[1], "!", 1), 1);
  {
    const MeasureLock first(root_ / "lock", -1, note_);
    EXPECT_TRUE(first.is_held());
    EXPECT_TRUE(notes_.empty());
    const MeasureLock second(root_ / "lock", wake[0], note_);  // interrupted while it waits
    EXPECT_FALSE(second.is_held());
    ASSERT_EQ(notes_.size(), 1u);
    EXPECT_NE(notes_[0].find("process " + std::to_string(::getpid())), std::string::npos);
  }
  const MeasureLock third(root_ / "lock", wake[0], note_);
  EXPECT_TRUE(third.is_held());
  ::close(wake[0]);
  ::close(wake[1]);
}

TEST_F(MeasureLockTest, WithoutAFileItGoesOnAndSaysSo) {
  const MeasureLock lock(root_ / "missing" / "lock", -1, note_);
  EXPECT_FALSE(lock.is_held());
  EXPECT_EQ(notes_.size(), 1u);
}

TEST_F(MeasureLockTest, TheEnvironmentSwitchesItOff) {
  ::setenv("ANTINODE_LOCK", "off", 1);
  const MeasureLock lock(root_ / "lock", -1, note_);
  EXPECT_FALSE(lock.is_held());
  EXPECT_FALSE(std::filesystem::exists(root_ / "lock"));
  ::unsetenv("ANTINODE_LOCK");
}

}  // namespace
}  // namespace an::harness
