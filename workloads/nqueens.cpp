#include "workloads/nqueens.hpp"

namespace an::workloads::nqueens {

std::uint64_t count_placements(int n) {
  struct Row {
    Board board;
    std::uint32_t untried;
  };
  std::array<Row, 33> rows;
  const auto below_first_queen = [&rows, n](int column) {
    std::uint64_t placed = 1;
    const Board first = Board{(1U << n) - 1}.with(1U << column);
    rows[0] = {first, first.legal()};
    for (int depth = 0; depth >= 0;) {
      Row& row = rows[static_cast<std::size_t>(depth)];
      if (row.untried == 0) {
        --depth;
        continue;
      }
      const Board next = row.board.with(row.untried & (0U - row.untried));
      row.untried &= row.untried - 1;
      ++placed;
      rows[static_cast<std::size_t>(++depth)] = {next, next.legal()};
    }
    return placed;
  };
  std::uint64_t half = 0;
  for (int column = 0; column < n / 2; ++column) {
    half += below_first_queen(column);
  }
  return 2 * half + (n % 2 == 1 ? below_first_queen(n / 2) : 0);
}

}  // namespace an::workloads::nqueens
