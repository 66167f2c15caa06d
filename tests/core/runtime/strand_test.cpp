#include "core/runtime/strand.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>

#include "schedulers/serial.hpp"

namespace an {
namespace {

using SerialWorker = schedulers::serial::Scheduler::Worker;

class StrandTest : public ::testing::Test {
 protected:
  StrandOf<SerialWorker> worker_{SerialWorker{}};
  Strand strand_{worker_};
};

TEST_F(StrandTest, JoinReturnsBothResultsInOrder) {
  const auto [a, b] = strand_.join([](Strand) { return 1; }, [] { return std::string("two"); });
  EXPECT_EQ(a, 1);
  EXPECT_EQ(b, "two");
}

TEST_F(StrandTest, VoidBecomesUnitAndResultsMayBeMoveOnly) {
  int calls = 0;
  auto [unit, pointer] =
      strand_.join([&calls] { ++calls; }, [](Strand) { return std::make_unique<int>(5); });
  EXPECT_EQ(unit, Unit{});
  EXPECT_EQ(*pointer, 5);
  EXPECT_EQ(calls, 1);
}

TEST_F(StrandTest, SpeaksTheVocabulary) {
  std::vector<int> seen(100);
  for_range(strand_, 0, 100, 7,
            [&seen](Strand, std::int64_t i) { ++seen[static_cast<std::size_t>(i)]; });
  EXPECT_EQ(seen, std::vector<int>(100, 1));
  const auto digits = [](Strand, std::int64_t i) { return std::to_string(i); };
  EXPECT_EQ(reduce(strand_, 0, 10, 3, std::string(), digits, std::plus<>{}), "0123456789");
}

TEST_F(StrandTest, AnExceptionLeavesTheJoin) {
  const auto fail = [] { throw std::runtime_error("a branch's"); };
  EXPECT_THROW(strand_.join(fail, [] { return 1; }), std::runtime_error);
  EXPECT_THROW(strand_.join([] { return 1; }, fail), std::runtime_error);
}

}  // namespace
}  // namespace an
