#include "core/base/assert.hpp"

#include <csignal>

#include "gtest/gtest.h"

namespace an {
namespace {

TEST(AssertDeathTest, AFailedAssertionPrintsExpressionPlaceAndThreadThenAborts) {
  EXPECT_EXIT(AN_ASSERT(1 + 1 == 3), testing::KilledBySignal(SIGABRT),
              "assertion failed: 1 \\+ 1 == 3.*in TestBody of .*assert_test.cpp, thread [0-9]+");
}

TEST(Assert, AConditionThatHoldsIsEvaluatedOnceAndGoesOn) {
  int evaluations = 0;
  AN_ASSERT(++evaluations == 1);
  EXPECT_EQ(evaluations, 1);
}

TEST(Assert, IsOneStatementAfterIf) {
  for (const bool is_guarded : {false, true}) {
    bool reached_else = false;
    if (is_guarded)
      AN_ASSERT(is_guarded);
    else
      reached_else = true;
    EXPECT_NE(reached_else, is_guarded);
  }
}

#ifdef NDEBUG
TEST(Assert, DcheckDoesNotEvaluateInReleaseBuilds) {
  int evaluations = 0;
  AN_DCHECK(++evaluations == 0);
  EXPECT_EQ(evaluations, 0);
}
#else
TEST(AssertDeathTest, DcheckAssertsInDebugBuilds) {
  EXPECT_EXIT(AN_DCHECK(false), testing::KilledBySignal(SIGABRT), "assertion failed: false");
}
#endif

}  // namespace
}  // namespace an
