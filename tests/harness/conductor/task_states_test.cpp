#include "harness/conductor/task_states.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <string>

#include "harness/conductor/child.hpp"

namespace an::harness {
namespace {

TEST(TaskStates, TheLetterStandsAfterTheName) {
  EXPECT_EQ(state_in("12 (sh) T 1 2"), 'T');
  EXPECT_EQ(state_in("12 (a) R (b) S 1 2"), 'S');
  EXPECT_EQ(state_in(""), '?');
  EXPECT_EQ(state_in("12 (sh)"), '?');
}

TEST(TaskStates, WeAreRunning) {
  EXPECT_FALSE(is_stopped(::getpid()));
}

// A child that says when what it started is there.
std::string first_line(const Child& child) {
  std::string text(32, '\0');
  const ssize_t count = ::read(child.read_fd(), text.data(), text.size());
  return text.substr(0, static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
}

TEST(TaskStates, AStoppedProcessWithItsChildrenRests) {
  Child child({"/bin/sh", {"-c", "sleep 1000 & echo up; wait"}, {}, {}});
  ASSERT_EQ(first_line(child), "up\n");
  EXPECT_TRUE(child.freeze(20'000'000'000));
  EXPECT_TRUE(is_stopped(child.pid()));
  child.thaw();
  EXPECT_FALSE(is_stopped(child.pid()));
}

TEST(TaskStates, AChildOutsideOfTheGroupDoesNotRest) {
  Child child({"/bin/sh", {"-c", "setsid sleep 1000 & echo $!; wait"}, {}, {}});
  const pid_t helper = std::stoi(first_line(child));
  while (::getpgid(helper) == child.pid()) {
  }
  EXPECT_FALSE(child.freeze(50'000'000));
  EXPECT_FALSE(is_stopped(child.pid()));
  ::kill(helper, SIGKILL);
  EXPECT_TRUE(child.freeze(20'000'000'000));
}

}  // namespace
}  // namespace an::harness
