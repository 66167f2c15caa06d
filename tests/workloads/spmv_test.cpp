#include "workloads/spmv.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "tests/workloads/serial_run.hpp"

namespace an::workloads::spmv {
namespace {

using namespace an::tests;

TEST(Spmv, AnswersAreRightAndRepeat) {
  for (const std::int64_t n : {1, 2, 63, 64, 65, 1100, 16'384}) {
    auto input = Workload::prepare(n, 3);
    EXPECT_EQ(digest_of_run<Workload>(input), Workload::expected(input)) << n;
    EXPECT_EQ(digest_of_run<Workload>(input), Workload::expected(input)) << n;
  }
}

TEST(Spmv, AHandMadeProductIsRight) {
  // Rows (2 at 0, 3 at 2), none, (5 at 1) times (1, 10, 100).
  Input input{0, {0, 2, 2, 3}, {0, 2, 1}, {2, 3, 5}, {1, 10, 100}, {0, 0, 0}};
  answer_of<Workload>(input);
  EXPECT_EQ(input.product, (std::vector<double>{302, 0, 50}));
}

TEST(Spmv, ACorruptedElementIsNoticed) {
  auto input = Workload::prepare(1001, 3);
  const Unit answer = answer_of<Workload>(input);
  EXPECT_EQ(Workload::digest(input, answer), Workload::expected(input));
  for (const std::size_t row : {0U, 500U, 1000U}) {
    const double right = input.product[row];
    for (const double wrong : {right + 1, right - 0.5, 0.0, -right}) {
      input.product[row] = wrong;
      EXPECT_NE(Workload::digest(input, answer), Workload::expected(input)) << row << " " << wrong;
    }
    input.product[row] = right;
  }
}

TEST(Spmv, AWrongEntryIsNoticed) {
  auto input = Workload::prepare(1001, 3);
  const std::uint64_t right = Workload::expected(input);
  input.values[4711] += 1;
  EXPECT_NE(digest_of_run<Workload>(input), right);
  input.values[4711] -= 1;
  ++input.row_starts[17];
  EXPECT_NE(digest_of_run<Workload>(input), right);
  --input.row_starts[17];
  EXPECT_EQ(digest_of_run<Workload>(input), right);
}

TEST(Spmv, ARowLeftOutIsNoticedAlsoInTheSecondRun) {
  auto input = Workload::prepare(100, 3);
  answer_of<Workload>(input);
  Workload::reset(input);
  EXPECT_EQ(*std::max_element(input.product.begin(), input.product.end()), 0.0);
  EXPECT_NE(Workload::digest(input, Unit{}), Workload::expected(input));
}

TEST(Spmv, RowLengthsFollowTheLawWhateverTheSeed) {
  for (const std::uint64_t seed : {1U, 2U}) {
    const auto input = Workload::prepare(16'384, seed);
    std::vector<std::int64_t> lengths;
    for (std::size_t row = 0; row + 1 < input.row_starts.size(); ++row) {
      lengths.push_back(input.row_starts[row + 1] - input.row_starts[row]);
    }
    std::sort(lengths.rbegin(), lengths.rend());
    for (std::size_t rank = 0; rank < lengths.size(); ++rank) {
      ASSERT_EQ(lengths[rank], length_of(static_cast<std::int64_t>(rank), 16'384)) << rank;
    }
  }
}

TEST(Spmv, EntriesAreTheSumOfTheLengths) {
  for (const std::int64_t rows : {1, 7, 8, 9, 100, 1100, 16'384}) {
    std::int64_t entries = 0;
    for (std::int64_t rank = 0; rank < rows; ++rank) {
      entries += length_of(rank, rows);
    }
    EXPECT_EQ(entries_for(rows), entries) << rows;
  }
}

TEST(Spmv, SumsStayExactAtTheLargestSize) {
  const std::int64_t longest = length_of(0, Workload::kMax);
  EXPECT_LT(longest * kValuesMax * kValuesMax, std::int64_t{1} << 53);
}

TEST(Spmv, TheLargestSizeHasFewerEntriesThanAnIndexCanCount) {
  EXPECT_LT(entries_for(Workload::kMax), std::int64_t{1} << 32);
}

TEST(Spmv, OperationsAndBytesAreThoseOfTheInput) {
  const auto input = Workload::prepare(16'384, 3);
  EXPECT_EQ(static_cast<std::int64_t>(Workload::operations(input)), entries_for(16'384));
  EXPECT_EQ(note_of<Workload>(input, "entries"), entries_for(16'384));
  EXPECT_EQ(note_of<Workload>(input, "longest_row"), 2050);
  EXPECT_EQ(note_of<Workload>(input, "grain"), 64);
  const std::size_t indices = input.row_starts.capacity() + input.columns.capacity();
  const std::size_t doubles =
      input.values.capacity() + input.vector.capacity() + input.product.capacity();
  EXPECT_EQ(Workload::footprint_bytes(16'384),
            static_cast<std::int64_t>(indices * sizeof(std::uint32_t) + doubles * sizeof(double)));
}

TEST(Spmv, TheSeedDecidesTheMatrix) {
  EXPECT_EQ(digest_of_size<Workload>(100, 1), digest_of_size<Workload>(100, 1));
  EXPECT_NE(digest_of_size<Workload>(100, 1), digest_of_size<Workload>(100, 2));
}

}  // namespace
}  // namespace an::workloads::spmv
