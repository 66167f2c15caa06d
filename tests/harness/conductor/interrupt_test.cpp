#include "harness/conductor/interrupt.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

namespace an::harness {
namespace {

void do_nothing(int) {}

TEST(Interrupt, RemembersASignal) {
  for (const int signal : {SIGINT, SIGTERM}) {
    const Interrupt interrupt;
    EXPECT_FALSE(interrupt.is_requested());
    ::raise(signal);
    EXPECT_TRUE(interrupt.is_requested());
    EXPECT_TRUE(interrupt.is_requested());
  }
}

TEST(Interrupt, AWriteToNobodyIsAnErrorMeanwhile) {
  const Interrupt interrupt;
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ::close(ends[0]);
  EXPECT_EQ(::write(ends[1], "x", 1), -1);
  ::close(ends[1]);
}

TEST(Interrupt, PutsTheFormerHandlersBack) {
  ::signal(SIGINT, do_nothing);
  { const Interrupt interrupt; }
  EXPECT_EQ(::signal(SIGINT, SIG_DFL), do_nothing);
}

}  // namespace
}  // namespace an::harness
