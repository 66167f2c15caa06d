#include "harness/cell/idle_spin.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <iterator>

namespace an::harness {
namespace {

std::ptrdiff_t threads_now() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/task"),
                       std::filesystem::directory_iterator());
}

TEST(IdleSpin, TheVariableSaysHowManyThreadsSpin) {
  ::unsetenv("ANTINODE_IDLE_SPIN");
  EXPECT_EQ(idle_spinners(), 0);
  for (const char* wrong : {"", "two", "-1", "1025", "2x", "99999999999"}) {
    ::setenv("ANTINODE_IDLE_SPIN", wrong, 1);
    EXPECT_EQ(idle_spinners(), 0) << wrong;
  }
  ::setenv("ANTINODE_IDLE_SPIN", "2", 1);
  EXPECT_EQ(idle_spinners(), 2);
  ::unsetenv("ANTINODE_IDLE_SPIN");
}

TEST(IdleSpin, ItsThreadsLiveAsLongAsItDoes) {
  const auto before = threads_now();
  {
    const IdleSpin spin(2);
    EXPECT_EQ(threads_now(), before + 2);
  }
  EXPECT_EQ(threads_now(), before);
}

}  // namespace
}  // namespace an::harness
