#include "harness/conductor/name_filter.hpp"

#include <gtest/gtest.h>

#include "core/base/error.hpp"

namespace an::harness {
namespace {

TEST(NameFilter, WithoutATextEverythingIsSelected) {
  EXPECT_TRUE(NameFilter(std::nullopt).selects("deque/line"));
}

TEST(NameFilter, FindsTheExpressionAnywhere) {
  const NameFilter filter("^deque/.*(line|pop)$");
  EXPECT_TRUE(filter.selects("deque/line"));
  EXPECT_FALSE(filter.selects("deque/lines"));
  EXPECT_FALSE(filter.selects("a/deque/line"));
}

TEST(NameFilter, ALeadingMinusSelectsTheOthers) {
  const NameFilter filter("-line");
  EXPECT_FALSE(filter.selects("deque/line"));
  EXPECT_TRUE(filter.selects("deque/pop"));
}

TEST(NameFilter, RefusesWhatIsNoExpression) {
  EXPECT_THROW(NameFilter("("), Error);
  EXPECT_THROW(NameFilter("-["), Error);
}

}  // namespace
}  // namespace an::harness
