#include "workloads/fib.hpp"

#include <gtest/gtest.h>

#include "tests/workloads/serial_run.hpp"

namespace an::workloads::fib {
namespace {

using namespace an::tests;

// Counts the joins a kernel asks for, and runs them one after the other.
struct CountingWorker {
  std::uint64_t* joins;

  template <class F, class G>
  JoinResult<CountingWorker, F, G> join(F f, G g) const {
    ++*joins;
    auto first = run_branch(f, *this);
    return {first, run_branch(g, *this)};
  }
};

TEST(Fib, TheLoopGivesPublishedValues) {  // OEIS A000045
  EXPECT_EQ(fib_by_loop(0), 0U);
  EXPECT_EQ(fib_by_loop(1), 1U);
  EXPECT_EQ(fib_by_loop(10), 55U);
  EXPECT_EQ(fib_by_loop(30), 832'040U);
  EXPECT_EQ(fib_by_loop(50), 12'586'269'025U);
}

TEST(Fib, AnswersAreRightAndRepeat) {
  for (std::int64_t n = Workload::kMin; n <= 22; ++n) {
    auto input = Workload::prepare(n, 1);
    EXPECT_EQ(digest_of_run<Workload>(input), Workload::expected(input)) << n;
    EXPECT_EQ(digest_of_run<Workload>(input), Workload::expected(input)) << n;
    EXPECT_EQ(answer_of<Workload>(input), fib_by_loop(n)) << n;
  }
}

TEST(Fib, ACorruptedAnswerIsNoticed) {
  const auto input = Workload::prepare(20, 1);
  EXPECT_EQ(Workload::digest(input, 6765), Workload::expected(input));
  EXPECT_NE(Workload::digest(input, 6764), Workload::expected(input));
  EXPECT_NE(Workload::digest(input, 0), Workload::expected(input));
}

TEST(Fib, OperationsAreTheJoinsMade) {
  for (std::int64_t n = Workload::kMin; n <= 20; ++n) {
    auto input = Workload::prepare(n, 1);
    std::uint64_t joins = 0;
    Workload::run(CountingWorker{&joins}, input);
    EXPECT_EQ(Workload::operations(input), joins) << n;
  }
  EXPECT_EQ(Workload::operations(Workload::prepare(30, 1)), 1'346'268U);
}

TEST(Fib, TheSeedHasNoEffect) {
  EXPECT_EQ(digest_of_size<Workload>(15, 1), digest_of_size<Workload>(15, 2));
}

}  // namespace
}  // namespace an::workloads::fib
