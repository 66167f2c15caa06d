#include "core/base/backoff.hpp"

#include "gtest/gtest.h"

namespace an {
namespace {

TEST(Backoff, PausesSixTimesBeforeItYields) {
  Backoff backoff;
  int waits = 0;
  while (!backoff.is_yielding()) {
    backoff.wait();
    ++waits;
  }
  EXPECT_EQ(waits, 6) << "1, 2, 4, 8, 16 and 32 pauses";
}

TEST(Backoff, StaysYieldingUntilReset) {
  Backoff backoff;
  for (int i = 0; i < 100; ++i) {
    backoff.wait();
  }
  EXPECT_TRUE(backoff.is_yielding());
  backoff.reset();
  EXPECT_FALSE(backoff.is_yielding());
}

}  // namespace
}  // namespace an
