#include "workloads/integrate.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <limits>

#include "tests/workloads/serial_run.hpp"

namespace an::workloads::integrate {
namespace {

using namespace an::tests;

// Runs joins like the serial scheduler, second branch first, and counts them.
struct Counting {
  std::uint64_t* joins;

  template <class F, class G>
  JoinResult<Counting, F, G> join(F&& f, G&& g) const {
    ++*joins;
    auto second = run_branch(g, *this);
    return {run_branch(f, *this), std::move(second)};
  }
};

TEST(Integrate, AnswersAreRightAndRepeat) {
  for (const std::int64_t n : {1, 2, 3, 7, 37, 150, 1001}) {
    auto input = Workload::prepare(n, 1);
    EXPECT_EQ(digest_of_run<Workload>(input), Workload::expected(input)) << n;
    EXPECT_EQ(digest_of_run<Workload>(input), Workload::expected(input)) << n;
  }
}

TEST(Integrate, TheRightAnswerIsCloseToTheClosedForm) {
  for (const std::int64_t n : {1, 2, 150}) {
    const auto input = Workload::prepare(n, 1);
    const auto x = static_cast<double>(n);
    const double closed_form = x * x * x * x / 4 + x * x / 2;
    const auto intervals = static_cast<double>(note_of<Workload>(input, "intervals"));
    EXPECT_GT(Workload::right_answer(input), closed_form) << n;
    EXPECT_LT(Workload::right_answer(input), closed_form + intervals * kEpsilon / 3) << n;
  }
}

TEST(Integrate, TheWalkCountsTheJoinsOfTheKernelAndTheOrderChangesNoBit) {
  for (const std::int64_t n : {1, 3, 150, 1001}) {
    auto input = Workload::prepare(n, 1);
    std::uint64_t joins = 0;
    const double answer = Workload::run(Counting{&joins}, input);
    EXPECT_EQ(Workload::operations(input), joins) << n;
    EXPECT_EQ(std::bit_cast<std::uint64_t>(answer),
              std::bit_cast<std::uint64_t>(answer_of<Workload>(input)))
        << n;
  }
}

// The interval at zero has the smallest area of all.
TEST(Integrate, NoIntervalOfSmallIsTooSmallToBeMissed) {
  const auto input = Workload::prepare(150, 1);
  double width = 75;
  while (curve(width / 2) / 2 * width - curve(width) / 4 * width < -kEpsilon) {
    width /= 2;
  }
  const double area = curve(width / 2) / 2 * (width / 2);
  const double right = Workload::right_answer(input);
  EXPECT_NE(Workload::digest(input, right - area), Workload::expected(input)) << area;
  EXPECT_NE(Workload::digest(input, right + area), Workload::expected(input)) << area;
}

TEST(Integrate, ACorruptedAnswerIsNoticed) {
  for (const std::int64_t n : {std::int64_t{1}, std::int64_t{150}, std::int64_t{3000}}) {
    const auto input = Workload::prepare(n, 1);
    const double right = Workload::right_answer(input);
    EXPECT_EQ(Workload::digest(input, right), Workload::expected(input));
    EXPECT_NE(Workload::digest(input, right * (1 + 0x1p-44)), Workload::expected(input));
    EXPECT_NE(Workload::digest(input, 0), Workload::expected(input));
    EXPECT_NE(Workload::digest(input, std::numeric_limits<double>::quiet_NaN()),
              Workload::expected(input));
  }
}

TEST(Integrate, TheSeedHasNoEffect) {
  EXPECT_EQ(digest_of_size<Workload>(20, 1), digest_of_size<Workload>(20, 2));
  EXPECT_NE(expected_of_size<Workload>(20, 1), expected_of_size<Workload>(21, 1));
}

}  // namespace
}  // namespace an::workloads::integrate
