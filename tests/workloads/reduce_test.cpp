#include "workloads/reduce.hpp"

#include <gtest/gtest.h>

#include <utility>

#include "tests/workloads/serial_run.hpp"

namespace an::workloads::reduce {
namespace {

using namespace an::tests;

TEST(Reduce, AnswersAreRightAndRepeat) {
  for (const std::int64_t n : {1, 2, 511, 512, 513, 100'001, 1 << 20}) {
    auto input = Workload::prepare(n, 3);
    EXPECT_EQ(digest_of_run<Workload>(input), Workload::expected(input)) << n;
    EXPECT_EQ(digest_of_run<Workload>(input), Workload::expected(input)) << n;
  }
}

TEST(Reduce, TheClosedFormIsTheSum) {
  EXPECT_EQ(sum_of({10, 3}, 1), 10U);
  EXPECT_EQ(sum_of({10, 3}, 4), 10U + 13 + 16 + 19);
  EXPECT_EQ(sum_of({10, 3}, 5), 10U + 13 + 16 + 19 + 22);
  EXPECT_EQ(terms({10, 3}, 3), (std::vector<std::uint64_t>{10, 13, 16}));
}

TEST(Reduce, ACorruptedAnswerIsNoticed) {
  auto input = Workload::prepare(1000, 3);
  const std::uint64_t sum = answer_of<Workload>(input);
  EXPECT_EQ(Workload::digest(input, sum), Workload::expected(input));
  EXPECT_NE(Workload::digest(input, sum + 1), Workload::expected(input));
  EXPECT_NE(Workload::digest(input, 0), Workload::expected(input));
}

TEST(Reduce, AnyElementDroppedOrTakenTwiceIsNoticed) {
  auto input = Workload::prepare(5000, 3);
  for (const std::size_t i : {0U, 511U, 512U, 4999U}) {
    const std::uint64_t right = std::exchange(input.values[i], 0);
    EXPECT_NE(digest_of_run<Workload>(input), Workload::expected(input)) << i;
    input.values[i] = 2 * right;
    EXPECT_NE(digest_of_run<Workload>(input), Workload::expected(input)) << i;
    input.values[i] = right;
  }
}

TEST(Reduce, OperationsAndBytesAreThoseOfTheInput) {
  const auto input = Workload::prepare(4097, 3);
  EXPECT_EQ(Workload::operations(input), 4097U);
  EXPECT_EQ(Workload::footprint_bytes(4097),
            static_cast<std::int64_t>(input.values.capacity() * sizeof(std::uint64_t)));
  EXPECT_EQ(note_of<Workload>(input, "grain"), 512);
}

TEST(Reduce, TheSeedDecidesTheIntegers) {
  EXPECT_EQ(digest_of_size<Workload>(100, 1), digest_of_size<Workload>(100, 1));
  EXPECT_NE(digest_of_size<Workload>(100, 1), digest_of_size<Workload>(100, 2));
}

}  // namespace
}  // namespace an::workloads::reduce
