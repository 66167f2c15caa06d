#include "core/base/error.hpp"

#include <stdexcept>
#include <string>

#include "gtest/gtest.h"

namespace an {
namespace {

TEST(Error, SaysWhatThenCauseThenRemedyAsSentences) {
  const Error error("io_uring_setup: EPERM", "Likely the container forbids it",
                    "Run with --io=epoll");
  EXPECT_STREQ(error.what(),
               "io_uring_setup: EPERM. Likely the container forbids it. Run with --io=epoll.");
  EXPECT_EQ(error.cause(), "Likely the container forbids it");
  EXPECT_EQ(error.remedy(), "Run with --io=epoll");
}

TEST(Error, LeavesOutWhatIsNotKnown) {
  EXPECT_STREQ(Error("it failed", "", "").what(), "it failed.");
  EXPECT_STREQ(Error("it failed", "", "Try again").what(), "it failed. Try again.");
}

TEST(Error, IsCaughtAsRuntimeError) {
  EXPECT_THROW(throw Error("a", "b", "c"), std::runtime_error);
}

}  // namespace
}  // namespace an
