#include "workloads/nqueens.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cstdlib>
#include <vector>

#include "tests/workloads/serial_run.hpp"

namespace an::workloads::nqueens {
namespace {

using namespace an::tests;

struct Count {
  std::uint64_t placements = 0;
  std::uint64_t solutions = 0;
};

// The textbook search: one column per row, every pair compared.
void search(std::vector<int>& columns, int n, Count& count) {
  const int row = static_cast<int>(columns.size());
  if (row == n) {
    ++count.solutions;
    return;
  }
  for (int column = 0; column < n; ++column) {
    bool is_legal = true;
    for (int above = 0; above < row; ++above) {
      const int other = columns[static_cast<std::size_t>(above)];
      is_legal = is_legal && other != column && std::abs(other - column) != row - above;
    }
    if (is_legal) {
      ++count.placements;
      columns.push_back(column);
      search(columns, n, count);
      columns.pop_back();
    }
  }
}

TEST(Nqueens, AnswersAreRightAndRepeat) {
  for (std::int64_t n = Workload::kMin; n <= 9; ++n) {
    auto input = Workload::prepare(n, 1);
    EXPECT_EQ(digest_of_run<Workload>(input), Workload::expected(input)) << n;
    EXPECT_EQ(digest_of_run<Workload>(input), Workload::expected(input)) << n;
  }
}

TEST(Nqueens, TheTableIsThatOfAnIndependentSearch) {
  for (int n = 1; n <= 8; ++n) {
    Count count;
    std::vector<int> columns;
    search(columns, n, count);
    EXPECT_EQ(kSolutions[static_cast<std::size_t>(n - 1)], count.solutions) << n;
    EXPECT_EQ(Workload::operations(Workload::prepare(n, 1)), count.placements) << n;
  }
}

TEST(Nqueens, EightQueensHaveThePublishedTree) {
  // Knuth, "Estimating the efficiency of backtrack programs", 1975: 2057 nodes with the root.
  EXPECT_EQ(Workload::operations(Workload::prepare(8, 1)), 2056U);
  auto input = Workload::prepare(8, 1);
  EXPECT_EQ(answer_of<Workload>(input), 92U);
}

TEST(Nqueens, LowerHalfLeavesBothPartsSomething) {
  EXPECT_EQ(lower_half(0b11), 0b01U);
  EXPECT_EQ(lower_half(0b11110000), 0b00110000U);
  for (std::uint32_t set = 1; set < (1U << Workload::kMax); ++set) {
    if (!std::has_single_bit(set)) {
      const std::uint32_t lower = lower_half(set);
      ASSERT_EQ(lower & ~set, 0U) << set;
      ASSERT_NE(lower, 0U) << set;
      ASSERT_NE(lower, set) << set;
    }
  }
}

TEST(Nqueens, ACorruptedAnswerIsNoticed) {
  const auto input = Workload::prepare(8, 1);
  EXPECT_EQ(Workload::digest(input, 92), Workload::expected(input));
  EXPECT_NE(Workload::digest(input, 91), Workload::expected(input));
  EXPECT_NE(Workload::digest(input, 0), Workload::expected(input));
}

TEST(Nqueens, TheSeedHasNoEffect) {
  EXPECT_EQ(digest_of_size<Workload>(6, 1), digest_of_size<Workload>(6, 2));
}

}  // namespace
}  // namespace an::workloads::nqueens
