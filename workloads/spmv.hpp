// spmv: a sparse matrix of n rows times a vector. Rows differ in length by orders of magnitude, and
// where the long ones stand is random: equal numbers of rows are unequal work, and every entry
// reads the vector at a random place.
//
// Source: the kernel of NAS CG (Bailey et al., "The NAS parallel benchmarks", Supercomputing 1991),
// compressed rows as in Barrett et al., "Templates for the solution of linear systems", SIAM, 1994.
// Lengths follow Zipf's law (Newman, "Power laws, Pareto distributions and Zipf's law",
// Contemporary Physics, 2005): the row of rank r has kRowMin + n / (r + kRankOffset) entries, in
// columns drawn uniformly. The longest, n / 8 entries, is not split: the span is about a hundredth
// of the work. The grain is kGrain rows. Operation: one entry: a multiplication and
// an addition. Sizes: n = 16,384 rows (152,000 entries), 524,288 (6.7 million), 2,097,152 (30
// million). The seed gives ranks, columns and values.
//
// Values are small integers held as doubles: every sum is exact (below 2^53), so its order does not
// matter, and the expected vector is computed in integers.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/base/assert.hpp"
#include "core/task/fork_join.hpp"
#include "workloads/workload.hpp"

namespace an::workloads::spmv {

inline constexpr std::int64_t kGrain = 64;
inline constexpr std::int64_t kRowMin = 2;
inline constexpr std::int64_t kRankOffset = 8;
inline constexpr std::uint32_t kValuesMax = 1024;  // of the matrix and of the vector

// Entries of the row of rank `rank`, 0 being the longest.
constexpr std::int64_t length_of(std::int64_t rank, std::int64_t rows) {
  return kRowMin + rows / (rank + kRankOffset);
}

// Entries of the whole matrix: depends on its size alone. O(sqrt(rows)).
std::int64_t entries_for(std::int64_t rows);

struct Input {
  std::uint64_t seed;
  std::vector<std::uint32_t> row_starts;  // n + 1: row i is entries [row_starts[i], [i + 1])
  std::vector<std::uint32_t> columns;     // per entry
  std::vector<double> values;             // per entry
  std::vector<double> vector;             // n
  std::vector<double> product;            // n: the answer
};

Input make_input(std::int64_t rows, std::uint64_t seed);
std::uint64_t digest_of(const std::vector<double>& product);
// Draws the entries again, in order of rank, and adds each to the element of its row, in integers:
// reads no row, no column and no value of `input`.
std::uint64_t expected_digest(const Input& input);

// The product of one row and the vector.
[[gnu::noinline]] inline double row_product(const std::uint32_t* columns,
                                            const double* values,
                                            std::uint32_t count,
                                            const double* vector) {
  double sum = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    sum += values[i] * vector[columns[i]];
  }
  return sum;
}

struct Workload {
  static constexpr std::string_view kName = "spmv";
  static constexpr std::string_view kSummary = "sparse matrix times vector: rows of unequal length";
  static constexpr std::string_view kSource = "NAS CG, Bailey et al., 1991; Zipf row lengths";
  static constexpr std::string_view kOperation = "entry";
  static constexpr std::string_view kParameter = "rows";
  static constexpr std::array<NamedSize, 3> kSizes{
      {{"small", 16'384}, {"medium", 524'288}, {"large", 2'097'152}}};
  static constexpr std::int64_t kMin = 1;
  static constexpr std::int64_t kMax = std::int64_t{1} << 26;  // 15 GiB, fewer than 2^32 entries

  using Input = spmv::Input;
  using Answer = Unit;  // the answer is in Input::product

  static Input prepare(std::int64_t n, std::uint64_t seed) {
    AN_ASSERT(n >= kMin);
    AN_ASSERT(n <= kMax);
    return make_input(n, seed);
  }
  static void reset(Input& input) { input.product.assign(input.product.size(), 0.0); }

  template <ForkJoinWorker W>
  static Answer run(W worker, Input& input) {
    an::for_range(worker, 0, static_cast<std::int64_t>(input.product.size()), kGrain,
                  [row_starts = input.row_starts.data(), columns = input.columns.data(),
                   values = input.values.data(), vector = input.vector.data(),
                   product = input.product.data()](W /*worker*/, std::int64_t row) {
                    const std::uint32_t first = row_starts[row];
                    product[row] = row_product(columns + first, values + first,
                                               row_starts[row + 1] - first, vector);
                  });
    return Unit{};
  }

  static std::uint64_t digest(const Input& input, const Answer& /*answer*/) {
    return digest_of(input.product);
  }
  static std::uint64_t expected(const Input& input) { return expected_digest(input); }
  static std::uint64_t operations(const Input& input) { return input.values.size(); }
  static std::int64_t footprint_bytes(std::int64_t n) {
    constexpr std::int64_t kPerEntry = sizeof(std::uint32_t) + sizeof(double);
    constexpr std::int64_t kPerRow = sizeof(std::uint32_t) + 2 * sizeof(double);
    return entries_for(n) * kPerEntry + n * kPerRow +
           static_cast<std::int64_t>(sizeof(std::uint32_t));
  }
  static std::vector<Note> notes(const Input& input) {
    const auto rows = static_cast<std::int64_t>(input.product.size());
    return {{"entries", static_cast<std::int64_t>(input.values.size())},
            {"longest_row", length_of(0, rows)},
            {"grain", kGrain}};
  }
};

}  // namespace an::workloads::spmv
