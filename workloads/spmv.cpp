#include "workloads/spmv.hpp"

#include <bit>
#include <numeric>
#include <utility>

#include "core/base/rng.hpp"
#include "workloads/checksum.hpp"

namespace an::workloads::spmv {
namespace {

// One number per consumer of the seed.
enum Stream : std::uint64_t { kRanks, kVector, kEntries };

// The row of each rank: a random permutation (Fisher and Yates).
std::vector<std::uint32_t> rows_by_rank(std::int64_t rows, std::uint64_t seed) {
  std::vector<std::uint32_t> order(static_cast<std::size_t>(rows));
  std::iota(order.begin(), order.end(), 0U);
  Rng rng = Rng::stream(seed, kRanks);
  for (std::size_t i = order.size(); i > 1; --i) {
    std::swap(order[i - 1], order[rng.below(static_cast<std::uint32_t>(i))]);
  }
  return order;
}

std::vector<std::uint32_t> vector_of(std::int64_t rows, std::uint64_t seed) {
  std::vector<std::uint32_t> vector(static_cast<std::size_t>(rows));
  Rng rng = Rng::stream(seed, kVector);
  for (std::uint32_t& element : vector) {
    element = 1 + rng.below(kValuesMax);
  }
  return vector;
}

// Calls visit(row, column, value) for every entry, rows in order of rank.
template <class Visit>
void for_each_entry(std::int64_t rows, std::uint64_t seed, const Visit& visit) {
  Rng rng = Rng::stream(seed, kEntries);
  std::int64_t rank = 0;
  for (const std::uint32_t row : rows_by_rank(rows, seed)) {
    const std::int64_t length = length_of(rank++, rows);
    for (std::int64_t i = 0; i < length; ++i) {
      const std::uint64_t bits = rng.next();
      const auto column =
          static_cast<std::uint32_t>(((bits >> 32) * static_cast<std::uint64_t>(rows)) >> 32);
      visit(row, column, 1 + static_cast<std::uint32_t>(bits % kValuesMax));
    }
  }
}

}  // namespace

std::int64_t entries_for(std::int64_t rows) {
  // The sum of rows / k over k = kRankOffset .. rows, one step for all k of the same quotient.
  std::int64_t entries = kRowMin * rows;
  for (std::int64_t k = kRankOffset; k <= rows;) {
    const std::int64_t quotient = rows / k;
    const std::int64_t last = rows / quotient;
    entries += quotient * (last - k + 1);
    k = last + 1;
  }
  return entries;
}

Input make_input(std::int64_t rows, std::uint64_t seed) {
  const auto count = static_cast<std::size_t>(rows);
  const auto entries = static_cast<std::size_t>(entries_for(rows));
  const std::vector<std::uint32_t> vector = vector_of(rows, seed);
  Input input{seed,
              std::vector<std::uint32_t>(count + 1),
              std::vector<std::uint32_t>(entries),
              std::vector<double>(entries),
              std::vector<double>(vector.begin(), vector.end()),
              std::vector<double>(count)};
  std::int64_t rank = 0;
  for (const std::uint32_t row : rows_by_rank(rows, seed)) {
    input.row_starts[row + 1] = static_cast<std::uint32_t>(length_of(rank++, rows));
  }
  std::inclusive_scan(input.row_starts.begin(), input.row_starts.end(), input.row_starts.begin());
  std::vector<std::uint32_t> next(input.row_starts.begin(), input.row_starts.end() - 1);
  for_each_entry(rows, seed, [&](std::uint32_t row, std::uint32_t column, std::uint32_t value) {
    const std::uint32_t place = next[row]++;
    input.columns[place] = column;
    input.values[place] = value;
  });
  return input;
}

std::uint64_t digest_of(const std::vector<double>& product) {
  Checksum checksum;
  for (const double element : product) {
    checksum.add(std::bit_cast<std::uint64_t>(element));
  }
  return fold(0, checksum.value());
}

std::uint64_t expected_digest(const Input& input) {
  const auto rows = static_cast<std::int64_t>(input.product.size());
  const std::vector<std::uint32_t> vector = vector_of(rows, input.seed);
  std::vector<std::uint64_t> sums(input.product.size());
  for_each_entry(rows, input.seed,
                 [&](std::uint32_t row, std::uint32_t column, std::uint32_t value) {
                   sums[row] += std::uint64_t{value} * vector[column];
                 });
  Checksum checksum;
  for (const std::uint64_t sum : sums) {
    checksum.add(std::bit_cast<std::uint64_t>(static_cast<double>(sum)));
  }
  return fold(0, checksum.value());
}

}  // namespace an::workloads::spmv
